"""Rules on the HTML as Outlook on Windows reads it, which draws with Word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import buttons, four_sides, pixels, vertical_padding
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import text_of, text_pieces
from pipeline.checks.outlook_view import readable
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.css import declarations, hex_colour
from pipeline.support.limits import EMAIL_WIDTH
from pipeline.support.numbers_in_text import whole_number

_MARK = re.compile(r"<!(?:--\[if([^>]*?)\]>|(\[endif\]-->)|--\[if[^>]*>|\[endif\][^>]*>?)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?-->)?", re.DOTALL)
_LEAST_INDENT = 16
"""Pixels that a bullet takes at least."""

_LONGEST_LINE = 28
"""Characters of code that fit a phone."""


def _width(element: Element) -> float:
    """The width of an element by its style or its attribute; 0 where neither has pixels."""
    return _width_of(element.get("style") or "", (element.get("width") or "").removesuffix("px"))


@lru_cache(maxsize=2048)
def _width_of(style: str, attribute: str) -> float:
    for name, value, _ in declarations(style):
        if name == "width" and pixels(value):
            return pixels(value) or 0
    return whole_number(attribute) or 0


def _room(context: CheckContext, element: Element) -> float:
    """The width that the cells around an element leave it: of the nearest with a width, without padding."""
    taken = 0.0
    for around in context.outlook_page.ancestors(element):
        if around.tag in {"td", "th"}:
            taken += _sides(context.word_styles.of(around))
        if width := _width(around):
            return min(width, EMAIL_WIDTH) - taken
    return EMAIL_WIDTH - taken


def _sides(style: Mapping[str, str]) -> float:
    """The padding of a cell at its left and right, in pixels, as Word reads it."""
    if alternative := style.get("mso-padding-alt"):
        _, right, _, left = four_sides(alternative.split())
    else:
        left, right = (style.get(f"padding-{side}", "0") for side in ("left", "right"))
    return (pixels(left) or 0) + (pixels(right) or 0)


@rule(
    "WORD001",
    Severity.ERROR,
    "Outlook's view is not balanced",
    source="Microsoft, conditional comments",
    remedy="Leave the same tags open in both branches of the conditional comment.",
)
def unbalanced(context: CheckContext) -> Iterator[Violation]:
    """Word closes the tables where it likes, and the email falls apart in Outlook alone."""
    for error in context.outlook_page.errors:
        if error not in context.page.errors:
            yield Violation(f"in Outlook, {error.message}", context.built(error.line))


@rule(
    "WORD002",
    Severity.ERROR,
    "Something is too wide for its cell in Outlook",
    source="Outlook on Windows draws with Word",
    remedy=f"Let columns sum to {EMAIL_WIDTH} px at most, and what is in a cell fit beside its padding.",
)
def columns_too_wide(context: CheckContext) -> Iterator[Violation]:
    """Outlook widens the email, or puts one column below the other."""
    for element in context.outlook_page.all("table", "img"):
        width, room = _width(element), _room(context, element)
        if width > room:
            message = (
                f"in Outlook, a <{element.tag}> is {width:g} px wide, and its cell has room for {room:g}."
            )
            forms = (f"width:{width:g}px", f'width="{width:g}"')
            yield Violation(message, context.origin(element, *forms), about=message)
    for row in context.outlook_page.all("tr"):
        widths = [_width(cell) for cell in row if cell.tag == "td"]
        if sum(widths) > EMAIL_WIDTH:
            needles = (f'<mj-column width="{max(widths):g}px"', "<mj-column width")
            place = context.in_theme(context.outlook_page.lines[row], *needles)
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
    for image in context.outlook_page.all("img"):
        if whole_number(image.get("width") or "") is None:
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
            place = context.built(context.page.lines[element])
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
    line, counted = 1, 0
    for mark in _MARK.finditer(html):
        line += html.count("\n", counted, mark.start())
        counted = mark.start()
        if mark[2]:
            if not opened:
                yield Violation("a conditional comment ends that never began.", context.built(line))
            opened = opened[:-1]
        elif mark[1] is None:
            message = f"{mark[0]} does not begin or end a conditional comment."
            yield Violation(message, context.in_theme(line, mark[0]))
        else:
            if not readable(mark[1]):
                message = f'Outlook cannot read the condition "{mark[1].strip()}".'
                yield Violation(message, context.in_theme(line, mark[0]))
            if opened:
                message = "a conditional comment begins inside another."
                yield Violation(message, context.in_theme(line, mark[0]))
            opened.append((mark[0], line))
    for text, line in opened:
        yield Violation(f"the conditional comment {text} is never closed.", context.in_theme(line, text))
    for comment in _COMMENT.finditer(html):
        if comment[1] is None:
            line = html.count("\n", 0, comment.start()) + 1
            yield Violation("a comment is never closed.", context.built(line))


@rule(
    "WORD006",
    Severity.ERROR,
    "A heading is lost in Outlook",
    source="Outlook on Windows draws with Word",
    remedy="Let both branches of the conditional comment show it.",
)
def lost_in_outlook(context: CheckContext) -> Iterator[Violation]:
    """Outlook's readers get less than the others."""
    shown = {text_of(each) for each in context.outlook_page.all("h1", "h2", "h3")}
    for heading in context.page.all("h1", "h2", "h3"):
        if (text := text_of(heading)) not in shown:
            yield Violation(f'Outlook does not show "{text}".', context.built(context.page.lines[heading]))


@rule(
    "WORD007",
    Severity.WARNING,
    "Outlook draws a button as bare text",
    source="Outlook on Windows; caniemail.com, css-padding",
    remedy="In the theme, put the link in a table cell with bgcolor and mso-padding-alt.",
)
def button_without_cell(context: CheckContext) -> Iterator[Violation]:
    """Word ignores the padding of a link, so the button shrinks to its words, or disappears."""
    for link, link_style in buttons(context.page, context.light_styles):
        cell = context.page.nearest(link, "td", "th")
        style = context.light_styles.of(cell) if cell is not None else {}
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
    page = context.outlook_page
    for element in page.all("div", "table", "td"):
        style = {name: value for name, value, _ in declarations(element.get("style") or "")}
        limit = style.get("max-width", "")
        around = (each for each in page.ancestors(element) if each.tag in {"table", "td"})
        if pixels(limit) and not _width(element) and not any(map(_width, around)):
            message = f"in Outlook, a <{element.tag}> of at most {limit} is as wide as the window."
            place = context.in_theme(page.lines[element], f"max-width:{limit}", f"max-width: {limit}")
            yield Violation(message, place)


@rule(
    "WORD009",
    Severity.WARNING,
    "Outlook loses a link's padding",
    source="Outlook on Windows; caniemail.com, css-padding",
    remedy="In the theme, put the link alone into a table cell with mso-padding-alt, or use line-height.",
)
def padded_link(context: CheckContext) -> Iterator[Violation]:
    """Word ignores the padding of a link, so that lines which it parts move together."""
    for link in context.outlook_page.all("a"):
        style = context.word_styles.of(link)
        if not vertical_padding(style) or not (text := text_of(link)):
            continue
        cell = context.outlook_page.nearest(link, "td", "th")
        around = context.word_styles.of(cell) if cell is not None else {}
        alone = cell is not None and text_of(cell) == text
        if not (alone and ("mso-padding-alt" in around or vertical_padding(around) > 0)):
            written = style.get("padding", "")
            needles = (f"padding:{written}", f"padding: {written}") if written else ()
            yield Violation(
                f'Outlook loses the padding of the link "{text}".',
                context.in_theme(context.outlook_page.lines[link], *needles),
                about=written,
            )


@rule(
    "WORD010",
    Severity.WARNING,
    "Outlook cuts off the bullets of a list",
    source="Outlook before 2021; Windows Mail (measured)",
    remedy="In email/content.css, write the list's indent as a margin "
    f"of {_LEAST_INDENT} px or more, and `padding: 0`.",
)
def cut_bullets(context: CheckContext) -> Iterator[Violation]:
    """Word draws bullets and numbers in the margin, and a list without one loses them at the edge."""
    for item in context.outlook_page.all("ul", "ol"):
        style = context.word_styles.of(item)
        side = "right" if style.get("direction") == "rtl" else "left"
        padding, margin = (pixels(style.get(f"{name}-{side}", "")) for name in ("padding", "margin"))
        if padding or (margin is not None and margin < _LEAST_INDENT):
            problem = f"{padding:g} px of padding" if padding else f"a margin of {margin or 0:g} px"
            place = context.in_theme(context.outlook_page.lines[item], "ul, ol {", "<ul", "<ol")
            yield Violation(f"a list has {problem} at its {side}.", place, about=problem)


@rule(
    "WORD011",
    Severity.WARNING,
    "In Outlook, text touches its bar or the edge of its ground",
    source="Outlook on Windows; caniemail.com, css-padding: on table cells only",
    remedy="In the theme, put it into a table of one cell that has the padding.",
)
def padding_outside_cells(context: CheckContext) -> Iterator[Violation]:
    """Word knows padding of table cells alone, so that a quotation's bar runs into the words."""
    for element in context.outlook_page.all("blockquote", "div", "p", "pre", "dd", "figure"):
        style = context.word_styles.of(element)
        for side in ("left", "right"):
            bar = f"border-{side}" in style or hex_colour(style.get("background-color", ""))
            if bar and pixels(style.get(f"padding-{side}", "0")) and text_of(element):
                place = context.origin(element, f"{element.tag} {{", f"<{element.tag}")
                message = f"in Outlook, a <{element.tag}> has no padding at its {side}."
                yield Violation(message, place, about=message)


@rule(
    "WORD012",
    Severity.WARNING,
    "Code is as wide as its longest line",
    source="caniemail.com, css-white-space: not in Outlook on Windows, nor in Samsung's mail; "
    f"a phone shows {_LONGEST_LINE} characters of code in a line",
    remedy="Write it in Markdown; in a template, end its lines with <br>, in a table cell and not in <pre>.",
)
def unbroken_code(context: CheckContext) -> Iterator[Violation]:
    """Where `white-space` is unknown, its lines do not break, and widen the email for every other part."""
    for element in context.page.all("pre"):
        lines = "".join(piece.text for piece in text_pieces(element)).splitlines()
        if (longest := max(map(len, lines), default=0)) > _LONGEST_LINE:
            place = context.origin(element, "<pre")
            yield Violation(f"a <pre> has a line of {longest} characters.", place)
