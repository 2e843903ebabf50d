"""Rules on the HTML as Outlook on Windows reads it, which draws with Word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import buttons, pixels, vertical_padding
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import text_of
from pipeline.checks.outlook_view import readable
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.css import declarations, hex_colour
from pipeline.support.limits import EMAIL_WIDTH

_MARK = re.compile(r"<!--\[if([^>]*?)\]>|(<!\[endif\]-->)|<!--\[if[^>]*>|<!\[endif\][^>]*>?", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def _width(element: Element) -> float:
    """The width of an element by its style or its attribute; 0 where neither has pixels."""
    for name, value, _ in declarations(element.get("style") or ""):
        if name == "width" and pixels(value):
            return pixels(value) or 0
    attribute = (element.get("width") or "").removesuffix("px")
    return float(attribute) if attribute.isdigit() else 0


@rule(
    "WORD001",
    Severity.ERROR,
    "Outlook's view is not balanced",
    source="Microsoft, conditional comments",
    remedy="Leave the same tags open in both branches of the conditional comment.",
)
def unbalanced(context: CheckContext) -> Iterator[Violation]:
    """Word closes the tables where it likes, and the email falls apart in Outlook alone."""
    for error in context.outlook.errors:
        if error not in context.page.errors:
            yield Violation(f"in Outlook, {error.message}", context.at(error.line))


@rule(
    "WORD002",
    Severity.ERROR,
    "Columns are too wide together in Outlook",
    source="Outlook on Windows draws with Word",
    remedy=f"Let the columns' widths sum to {EMAIL_WIDTH} px at most.",
)
def columns_too_wide(context: CheckContext) -> Iterator[Violation]:
    """Outlook widens the email, or puts one column below the other."""
    for row in context.outlook.all("tr"):
        widths = [_width(cell) for cell in row if cell.tag == "td"]
        if sum(widths) > EMAIL_WIDTH:
            needles = (f'<mj-column width="{max(widths):g}px"', "<mj-column width")
            place = context.in_theme(context.outlook.lines[row], *needles)
            yield Violation(f"in Outlook, a row's columns are {sum(widths):g} px wide together.", place)


@rule(
    "WORD003",
    Severity.ERROR,
    "An image has no width in Outlook",
    source="Outlook on Windows draws with Word",
    remedy="Write a width attribute for the image.",
)
def image_without_width(context: CheckContext) -> Iterator[Violation]:
    """Word shows it in its own size, which is twice the intended one."""
    for image in context.outlook.all("img"):
        if not (image.get("width") or "").isdigit():
            place = context.places.of_image(image.get("src") or "")
            yield Violation("in Outlook, an image has no width.", place)


@rule(
    "WORD004",
    Severity.WARNING,
    "Word's elements are outside a conditional comment",
    source="Microsoft, VML",
    remedy="Put them in <!--[if mso]> … <![endif]-->.",
)
def vml_outside(context: CheckContext) -> Iterator[Violation]:
    """Other clients show what is in them, or drop it."""
    for element in context.page.all():
        if element.tag.startswith(("v:", "o:", "w:")):
            place = context.at(context.page.lines[element])
            yield Violation(f"<{element.tag}> is outside a conditional comment.", place)


@rule(
    "WORD005",
    Severity.ERROR,
    "A conditional comment is not well formed",
    source="Microsoft, conditional comments",
    remedy="In the theme, write <!--[if mso]> … <![endif]-->, each closed before the next is opened.",
)
def open_comment(context: CheckContext) -> Iterator[Violation]:
    """What follows it is lost, in Outlook or everywhere, or all readers see what was meant for Outlook."""
    opened: list[tuple[str, int]] = []
    html = context.rendered.html
    for mark in _MARK.finditer(html):
        line = html.count("\n", 0, mark.start()) + 1
        place = context.in_theme(line, mark[0])
        if mark[2]:
            if not opened:
                yield Violation("a conditional comment ends that never began.", context.at(line))
            opened = opened[:-1]
        elif mark[1] is None:
            yield Violation(f"{mark[0]} does not begin or end a conditional comment.", place)
        else:
            if not readable(mark[1]):
                yield Violation(f'Outlook cannot read the condition "{mark[1].strip()}".', place)
            if opened:
                yield Violation("a conditional comment begins inside another.", place)
            opened.append((mark[0], line))
    for text, line in opened:
        yield Violation(f"the conditional comment {text} is never closed.", context.in_theme(line, text))
    # Blanks instead of comments keep the lines.
    rest = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), html)
    for start in re.finditer("<!--", rest):
        yield Violation("a comment is never closed.", context.at(rest.count("\n", 0, start.start()) + 1))


@rule(
    "WORD006",
    Severity.ERROR,
    "A heading is lost in Outlook",
    source="Outlook on Windows draws with Word",
    remedy="Let both branches of the conditional comment show it.",
)
def lost_in_outlook(context: CheckContext) -> Iterator[Violation]:
    """Outlook's readers get less than the others."""
    shown = {text_of(each) for each in context.outlook.all("h1", "h2", "h3")}
    for heading in context.page.all("h1", "h2", "h3"):
        if (text := text_of(heading)) not in shown:
            yield Violation(f'Outlook does not show "{text}".', context.at(context.page.lines[heading]))


@rule(
    "WORD007",
    Severity.WARNING,
    "Outlook draws a button as bare text",
    source="Outlook on Windows; caniemail.com, css-padding",
    remedy="In the theme, put the link in a table cell with bgcolor and mso-padding-alt.",
)
def button_without_cell(context: CheckContext) -> Iterator[Violation]:
    """Word ignores the padding of a link, so the button shrinks to its words, or disappears."""
    for link, link_style in buttons(context.page, context.light):
        cell = context.page.nearest(link, "td", "th")
        style = context.light.of(cell) if cell is not None else {}
        padded = "mso-padding-alt" in style or vertical_padding(style) > 0
        if not (hex_colour(style.get("background-color", "")) and padded):
            written = link_style.get("padding")
            needles = (f"padding:{written}", f"padding: {written}") if written else ()
            place = context.in_theme(context.page.lines[link], *needles)
            yield Violation(f'Outlook draws the button "{text_of(link)}" as bare text.', place)


@rule(
    "WORD008",
    Severity.WARNING,
    "A width is set by max-width alone",
    source="Outlook on Windows; caniemail.com, css-max-width",
    remedy="In the theme, put a table of that width around it in <!--[if mso]>, as mj-section does.",
)
def only_max_width(context: CheckContext) -> Iterator[Violation]:
    """Outlook on Windows draws the part as wide as the window, with lines too long to read."""
    page = context.outlook
    for element in page.all("div", "table", "td"):
        style = {name: value for name, value, _ in declarations(element.get("style") or "")}
        limit = style.get("max-width", "")
        around = (each for each in page.ancestors(element) if each.tag in {"table", "td"})
        if pixels(limit) and not _width(element) and not any(map(_width, around)):
            message = f"in Outlook, a <{element.tag}> of at most {limit} is as wide as the window."
            place = context.in_theme(page.lines[element], f"max-width:{limit}", f"max-width: {limit}")
            yield Violation(message, place)
