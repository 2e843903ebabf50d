"""Rules on the HTML as Outlook on Windows reads it, which Word draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.buttons import buttons, cell_of, padding
from pipeline.checks.context import CheckContext
from pipeline.checks.css import colour, declarations, pixels
from pipeline.checks.html_page import HtmlPage, text_of
from pipeline.checks.outlook_view import readable
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.rules.html_body import CONTAINER
from pipeline.model import Severity

_MARK = re.compile(r"<!--\[if([^>]*?)\]>|(<!\[endif\]-->)|<!--\[if[^>]*>|<!\[endif\][^>]*>?", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def unbalanced(subject: CheckContext) -> Iterator[Violation]:
    """A tag that does not balance once the conditional comments are applied."""
    known = {(slip.message, slip.line) for slip in subject.page.slips}
    for slip in subject.outlook.slips:
        if (slip.message, slip.line) not in known:
            yield Violation(f"in Outlook, {slip.message}", subject.at(slip.line))


def columns_too_wide(subject: CheckContext) -> Iterator[Violation]:
    """A row whose cells together are wider than the email."""
    page = subject.outlook
    for row in page.all("tr"):
        widths = [_width(cell) for cell in row if cell.tag == "td"]
        if sum(widths) > CONTAINER:
            yield Violation(
                f"in Outlook, a row's columns are {sum(widths):g} px wide together.",
                subject.in_theme(
                    page.lines[row], f'<mj-column width="{max(widths):g}px"', "<mj-column width"
                ),
            )


def _width(cell: Element) -> float:
    for name, value, _ in declarations(cell.get("style") or ""):
        if name == "width" and pixels(value):
            return pixels(value) or 0
    attribute = (cell.get("width") or "").removesuffix("px")
    return float(attribute) if attribute.isdigit() else 0


def image_without_width(subject: CheckContext) -> Iterator[Violation]:
    """Word takes an image's own size where the attribute is missing."""
    for image in subject.outlook.all("img"):
        if not (image.get("width") or "").isdigit():
            src = image.get("src") or ""
            yield Violation("in Outlook, an image has no width.", subject.places.of_image(src))


def vml_outside(subject: CheckContext) -> Iterator[Violation]:
    """Word's drawing elements where other clients see them."""
    for element in subject.page.all():
        if element.tag.startswith(("v:", "o:", "w:")):
            yield Violation(
                f"<{element.tag}> stands outside a conditional comment.",
                subject.at(subject.page.lines[element]),
            )


def open_comment(subject: CheckContext) -> Iterator[Violation]:
    """A conditional comment that is not closed, closes nothing, stands in another, or cannot be read."""
    opened: list[tuple[str, int]] = []
    html = subject.rendered.html
    for mark in _MARK.finditer(html):
        line = html.count("\n", 0, mark.start()) + 1
        if mark[2]:
            if not opened:
                yield Violation("a conditional comment ends that never began.", subject.at(line))
            opened = opened[:-1]
        elif mark[1] is None:
            yield Violation(
                f"{mark[0]} is no mark of a conditional comment.", subject.in_theme(line, mark[0])
            )
        else:
            if not readable(mark[1]):
                what = f'Outlook cannot read the condition "{mark[1].strip()}".'
                yield Violation(what, subject.in_theme(line, mark[0]))
            if opened:
                yield Violation(
                    "a conditional comment begins inside another.", subject.in_theme(line, mark[0])
                )
            opened.append((mark[0], line))
    for text, line in opened:
        yield Violation(f"the conditional comment {text} is never closed.", subject.in_theme(line, text))
    for found in re.finditer("<!--", _COMMENT.sub(_blank, html)):
        yield Violation("a comment is never closed.", subject.at(html.count("\n", 0, found.start()) + 1))


def _blank(found: re.Match[str]) -> str:
    """As long as what it stands for, so that places stay."""
    return re.sub(r"[^\n]", " ", found[0])


def lost_in_outlook(subject: CheckContext) -> Iterator[Violation]:
    """A heading that most clients show and Outlook does not."""
    there = {text_of(each) for each in subject.outlook.all("h1", "h2", "h3")}
    for heading in subject.page.all("h1", "h2", "h3"):
        if text_of(heading) not in there:
            yield Violation(
                f'Outlook does not show "{text_of(heading)}".', subject.at(subject.page.lines[heading])
            )


def button_without_cell(subject: CheckContext) -> Iterator[Violation]:
    """A button whose box Outlook does not draw, since Word ignores a link's padding."""
    for link in buttons(subject):
        cell = cell_of(subject.page, link)
        style = subject.light.of(cell) if cell is not None else {}
        spaced = "mso-padding-alt" in style or padding(style) > 0
        if not (colour(style.get("background-color", "")) and spaced):
            written = subject.light.of(link).get("padding")
            forms = (f"padding:{written}", f"padding: {written}") if written else ()
            yield Violation(
                f'Outlook draws the button "{text_of(link)}" as bare text.',
                subject.in_theme(subject.page.lines[link], *forms),
            )


def only_max_width(subject: CheckContext) -> Iterator[Violation]:
    """A width that is said by `max-width` alone, with nothing around it that has one."""
    page = subject.outlook
    for element in page.all("div", "table", "td"):
        said = {name: value for name, value, _ in declarations(element.get("style") or "")}
        limit = said.get("max-width", "")
        if not pixels(limit) or _width(element) or _bounded(page, element):
            continue
        yield Violation(
            f"in Outlook, a <{element.tag}> of at most {limit} is as wide as the window.",
            subject.in_theme(page.lines[element], f"max-width:{limit}", f"max-width: {limit}"),
        )


def _bounded(page: HtmlPage, element: Element) -> bool:
    return any(each.tag in {"table", "td"} and _width(each) for each in page.above(element))


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
        "A conditional comment is not well formed",
        "What follows it is lost, in Outlook or everywhere, or all see what was meant for Outlook.",
        "In the theme, write <!--[if mso]> … <![endif]-->, each closed before the next is opened.",
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
    Rule(
        "WORD007",
        Severity.WARNING,
        "Outlook draws a button as bare text",
        "Word ignores the padding of a link, so the button shrinks to its words, or is none at all.",
        "In the theme, put the link in a table cell with bgcolor and mso-padding-alt.",
        "Outlook on Windows; caniemail.com, css-padding",
        button_without_cell,
    ),
    Rule(
        "WORD008",
        Severity.WARNING,
        "A width is said by max-width alone",
        "Outlook on Windows draws the part as wide as the window, with lines too long to read.",
        "In the theme, put a table of that width around it in <!--[if mso]>, as mj-section does.",
        "Outlook on Windows; caniemail.com, css-max-width",
        only_max_width,
    ),
)
