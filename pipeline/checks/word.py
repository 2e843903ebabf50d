"""Rules on the HTML as Outlook on Windows reads it, which Word draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.body import CONTAINER
from pipeline.checks.css import declarations, pixels
from pipeline.checks.page import text_of
from pipeline.checks.rule import Found, Rule
from pipeline.checks.subject import Subject
from pipeline.model import Severity

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def unbalanced(subject: Subject) -> Iterator[Found]:
    """A tag that does not balance once the conditional comments are applied."""
    known = {(slip.message, slip.line) for slip in subject.page.slips}
    for slip in subject.outlook.slips:
        if (slip.message, slip.line) not in known:
            yield Found(f"in Outlook, {slip.message}", subject.at(slip.line))


def columns_too_wide(subject: Subject) -> Iterator[Found]:
    """A row whose cells together are wider than the email."""
    page = subject.outlook
    for row in page.all("tr"):
        widths = [_width(cell) for cell in row if cell.tag == "td"]
        if sum(widths) > CONTAINER:
            yield Found(
                f"in Outlook, a row's columns are {sum(widths):g} px wide together.",
                subject.at(page.lines[row]),
            )


def _width(cell: Element) -> float:
    for name, value, _ in declarations(cell.get("style") or ""):
        if name == "width" and pixels(value):
            return pixels(value) or 0
    attribute = cell.get("width") or ""
    return float(attribute) if attribute.isdigit() else 0


def image_without_width(subject: Subject) -> Iterator[Found]:
    """Word takes an image's own size where the attribute is missing."""
    for image in subject.outlook.all("img"):
        if not (image.get("width") or "").isdigit():
            src = image.get("src") or ""
            yield Found("in Outlook, an image has no width.", subject.places.of_image(src))


def vml_outside(subject: Subject) -> Iterator[Found]:
    """Word's drawing elements where other clients see them."""
    for element in subject.page.all():
        if element.tag.startswith(("v:", "o:", "w:")):
            yield Found(
                f"<{element.tag}> stands outside a conditional comment.",
                subject.at(subject.page.lines[element]),
            )


def open_comment(subject: Subject) -> Iterator[Found]:
    """A conditional comment that is opened and not closed, or the other way."""
    html = subject.rendered.html
    opened, closed = html.count("<!--[if "), html.count("<![endif]-->")
    if opened != closed:
        yield Found(f"{opened} conditional comments are opened, and {closed} closed.", subject.at())
    rest = _COMMENT.sub("", html)
    for found in re.finditer(r"<!--|<!\[", rest):
        line = rest.count("\n", 0, found.start()) + 1
        yield Found("a comment is never closed.", subject.at(line))


def lost_in_outlook(subject: Subject) -> Iterator[Found]:
    """A heading that most clients show and Outlook does not."""
    there = {text_of(each) for each in subject.outlook.all("h1", "h2", "h3")}
    for heading in subject.page.all("h1", "h2", "h3"):
        if text_of(heading) not in there:
            yield Found(
                f'Outlook does not show "{text_of(heading)}".', subject.at(subject.page.lines[heading])
            )


RULES = (
    Rule(
        "WORD001",
        Severity.ERROR,
        "Outlook's view is not balanced",
        "Word closes the tables where it likes, and the email falls apart in Outlook alone.",
        "Give both branches of the conditional comment the same open tags.",
        "Microsoft, conditional comments",
        unbalanced,
    ),
    Rule(
        "WORD002",
        Severity.ERROR,
        "Columns are too wide together in Outlook",
        "Outlook widens the email, or puts one column below the other.",
        "Let the columns' widths sum to 600 px at most.",
        "Outlook on Windows draws with Word",
        columns_too_wide,
    ),
    Rule(
        "WORD003",
        Severity.ERROR,
        "An image has no width in Outlook",
        "Word shows it in its own size, which is twice the one meant.",
        "Give the image a width attribute.",
        "Outlook on Windows draws with Word",
        image_without_width,
    ),
    Rule(
        "WORD004",
        Severity.WARNING,
        "Word's elements stand outside a conditional comment",
        "Other clients show what stands in them, or drop it.",
        "Put them in <!--[if mso]> … <![endif]-->.",
        "Microsoft, VML",
        vml_outside,
    ),
    Rule(
        "WORD005",
        Severity.ERROR,
        "A conditional comment is not closed",
        "All that follows it is lost, in Outlook or everywhere.",
        "Close it with <![endif]-->.",
        "Microsoft, conditional comments",
        open_comment,
    ),
    Rule(
        "WORD006",
        Severity.ERROR,
        "A heading is lost in Outlook",
        "Outlook's readers get less than the others.",
        "Let both branches of the conditional comment show it.",
        "Outlook on Windows draws with Word",
        lost_in_outlook,
    ),
)
