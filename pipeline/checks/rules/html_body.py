"""Rules on the body of the HTML: a sound tree that a screen reader can navigate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import buttons, line_height, pixels, vertical_padding
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HEADINGS, HtmlPage, text_of
from pipeline.checks.page_text import visible_texts
from pipeline.checks.rule import Violation, rule
from pipeline.content.email_forms import TableForm, table_form
from pipeline.model import Severity
from pipeline.support.css import declarations
from pipeline.support.limits import EMAIL_WIDTH, PHONE_WIDTH, TAP_HEIGHT
from pipeline.support.numbers_in_text import whole_number

_LANDMARKS = ("main", "nav", "header", "footer", "section", "article", "aside", "search")
_DROPPED_NAMES = (
    "script form input button select textarea iframe frame frameset object embed applet svg math video "
    "audio canvas dialog marquee base"
)
_DROPPED = tuple(_DROPPED_NAMES.split())
_ROLE_NAMES = "banner complementary contentinfo form main navigation region search"
_LANDMARK_ROLES = frozenset(_ROLE_NAMES.split())
_BREAKING = ("word-break", "overflow-wrap", "word-wrap", "hyphens")
_BREAKS = frozenset({"break-word", "break-all", "anywhere", "auto"})
_LONGEST_WORD = 40
_CODE = ("code", "kbd", "pre", "samp")
_LEFTOVER = re.compile(r"\\u\{[0-9a-f]+\}|zq[TC]\d+zq|\{%.*?%\}|\{#.*?#\}|</?mj-[a-z-]+")
_LEFTOVER_IN_STYLE = re.compile(_LEFTOVER.pattern + r"|\\n|\\\"")
_ELEMENT_NAMES = (
    "a abbr address area b bdi bdo big blockquote body br caption center cite code col colgroup dd data del "
    "details dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 head hgroup hr html i img ins kbd li "
    "link map mark meta noscript ol p picture pre q rp rt ruby s samp small source span strike strong style "
    "sub summary sup table tbody td tfoot th thead time title tr tt u ul var wbr"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split()) | {*_LANDMARKS, *_DROPPED}


@rule(
    "BODY001",
    Severity.ERROR,
    "A tag is not balanced",
    source="HTML Living Standard, 13.1.2",
    remedy="Close it in the theme's template.",
)
def unbalanced(context: CheckContext) -> Iterator[Violation]:
    """Clients close it where they like: in one the email is whole, in another it falls apart."""
    for error in context.page.errors:
        yield Violation(error.message, context.built(error.line))


@rule(
    "BODY002",
    Severity.ERROR,
    "The email has not exactly one h1",
    source="WCAG 2.2, 1.3.1; technique H42",
    remedy="Keep the issue's title as the only h1.",
)
def not_one_h1(context: CheckContext) -> Iterator[Violation]:
    """Screen-reader users go by headings; the h1 tells where the letter begins."""
    headings = list(context.page.all("h1"))
    if not headings:
        yield Violation("the email has no h1.", context.places.issue)
    for heading in headings[1:]:
        yield Violation(f'"{text_of(heading)}" is a second h1.', context.origin(heading, "<h1"))


@rule(
    "BODY003",
    Severity.WARNING,
    "A heading skips a level",
    source="WCAG 2.2, 1.3.1; technique G141",
    remedy="Use the next lower level: `##` first, then `###`.",
)
def skipped_level(context: CheckContext) -> Iterator[Violation]:
    """Readers who go by headings look for the missing one."""
    before = 0
    for heading in context.page.all(*HEADINGS):
        level = int(heading.tag[1])
        if level > before + 1:
            problem = f"follows an h{before}" if before else "is the first heading"
            place = context.origin(heading, f"<h{level}")
            yield Violation(f'"{text_of(heading)}" is an h{level} and {problem}.', place)
        before = level


@rule(
    "BODY004",
    Severity.WARNING,
    "The body uses a landmark element",
    source="ARIA in HTML; email accessibility guidelines of the Email Markup Consortium",
    remedy="Use a div or a table.",
)
def landmark(context: CheckContext) -> Iterator[Violation]:
    """In webmail it is inside the page's own, and a screen reader announces it as one of those."""
    for element in context.page.all(*_LANDMARKS):
        yield Violation(f"the email uses <{element.tag}>.", context.origin(element, f"<{element.tag}"))
    for element in context.page.all():
        if (role := element.get("role")) in _LANDMARK_ROLES:
            yield Violation(f'the email uses role="{role}".', context.origin(element, f'role="{role}"'))


@rule(
    "BODY005",
    Severity.WARNING,
    "A screen reader has no name for the email",
    source="Email Markup Consortium, accessibility report",
    remedy="Let the theme's body have a title: mrml makes the wrapper from mj-title.",
)
def no_article(context: CheckContext) -> Iterator[Violation]:
    """Without a wrapper with role="article" and an aria-label it begins without a name."""
    if not any(each.get("role") == "article" and each.get("aria-label") for each in context.page.all()):
        yield Violation('no element has role="article" and an aria-label.', context.built())


@rule(
    "BODY006",
    Severity.ERROR,
    "A table for layout is read as a table",
    source="WCAG 2.2, 1.3.1; technique F46",
    remedy='Write role="presentation" on it.',
)
def layout_table_read_aloud(context: CheckContext) -> Iterator[Violation]:
    """A screen reader counts its rows and columns aloud."""
    for page in (context.page, context.outlook_page):
        with_headings = _with_headings(page)
        for table in page.all("table"):
            if table.get("role") not in {"presentation", "none"} and table not in with_headings:
                place = context.origin(table, "<table>")
                yield Violation('a table for layout has no role="presentation".', place, about=place)


@rule(
    "BODY007",
    Severity.ERROR,
    "A table's headings are not marked",
    source="WCAG 2.2, 1.3.1; technique H63",
    remedy="Write the table in Markdown with a head row; in a template, use <th scope>.",
)
def data_table_without_headers(context: CheckContext) -> Iterator[Violation]:
    """A screen reader cannot say to which column a number belongs."""
    with_headings = _with_headings(context.page)
    for table in filter(with_headings.__contains__, context.page.all("table")):
        place = context.origin(table, "<th")
        if table.get("role") in {"presentation", "none"}:
            yield Violation('a table with headings has role="presentation".', place)
        elif any(not each.get("scope") for each in table.iter("th") if text_of(each)):
            yield Violation("a table has a heading without scope.", place)


def _with_headings(page: HtmlPage) -> set[Element | None]:
    """The tables that have headings among their own cells, not only in a table inside."""
    return {page.nearest(cell, "table") for cell in page.all("th") if page.parents[cell].tag == "tr"}


@rule(
    "BODY008",
    Severity.ERROR,
    "Something is wider than the email",
    source="Outlook on Windows; the reading pane of webmail",
    remedy=f"Keep widths at {EMAIL_WIDTH} px or less.",
)
def too_wide(context: CheckContext) -> Iterator[Violation]:
    """Outlook and tablets scroll sideways, or widen the whole email."""
    for page in (context.page, context.outlook_page):
        for element in page.all():
            for written, width, limit in _widths(element.get("width") or "", element.get("style") or ""):
                if width > limit:
                    message = f"<{element.tag}> is {width:g} px wide by {written}; there is room for {limit}."
                    place = context.origin(element, f"{width:g}px", f'width="{width:g}"')
                    yield Violation(message, place)


@lru_cache(maxsize=2048)
def _widths(attribute: str, style: str) -> tuple[tuple[str, float, int], ...]:
    widths: list[tuple[str, float, int]] = []
    if (width := whole_number(attribute.removesuffix("px"))) is not None:
        widths.append(("its attribute", float(width), EMAIL_WIDTH))
    for name, value, _ in declarations(style):
        if name in {"width", "min-width", "max-width"} and (length := pixels(value)):
            widths.append((name, length, PHONE_WIDTH if name == "min-width" else EMAIL_WIDTH))
    return tuple(widths)


@rule(
    "BODY009",
    Severity.ERROR,
    "The email uses an element that mail clients drop",
    source="caniemail.com, HTML",
    remedy="Link to the web page instead.",
)
def dropped_element(context: CheckContext) -> Iterator[Violation]:
    """What is in it is lost, and some filters refuse the message."""
    for element in context.page.all(*_DROPPED):
        yield Violation(f"the email uses <{element.tag}>.", context.origin(element, f"<{element.tag}"))


@rule(
    "BODY010",
    Severity.WARNING,
    "Two elements have the same id",
    source="HTML Living Standard, 3.2.3.1",
    remedy="Make it unique, or leave it out.",
)
def duplicate_id(context: CheckContext) -> Iterator[Violation]:
    """A label or style finds the first one only."""
    seen: set[str] = set()
    for element in context.page.all():
        if name := element.get("id"):
            if name in seen:
                place = context.origin(element, f'id="{name}"')
                yield Violation(f'two elements have the id "{name}".', place)
            seen.add(name)


@rule(
    "BODY011",
    Severity.ERROR,
    "Something is left over in the HTML",
    source="mrml 6.0.1 writes escapes in attributes",
    remedy="Find it in the theme's templates; in an article, write it as code.",
)
def leftover(context: CheckContext) -> Iterator[Violation]:
    """Readers see what was meant for a machine: an escape, a token, a template's sign, or MJML."""
    page = context.page
    for element in page.all():
        for name, value in element.attrib.items():
            # An address or a text that an editor wrote may hold what it likes: it joins after mrml.
            if name in {"href", "src", "alt", "title", "aria-label"}:
                continue
            if sign := _leftover_in(value, name == "style"):
                place = context.in_theme(page.lines[element], value[: sign.start()][-20:])
                yield Violation(f'"{sign[0]}" is left over in {name} of <{element.tag}>.', place)
    for element, text, _ in visible_texts(page, context.light_styles):
        sign = _LEFTOVER.search(text)
        if sign and element.tag != "img" and page.nearest(element, *_CODE) is None:
            yield Violation(f'"{sign[0]}" is left over in the text.', context.origin(element, sign[0]))


@lru_cache(maxsize=2048)
def _leftover_in(value: str, is_style: bool) -> re.Match[str] | None:
    return (_LEFTOVER_IN_STYLE if is_style else _LEFTOVER).search(value)


@rule(
    "BODY012",
    Severity.WARNING,
    "A button is too low for a thumb",
    source="WCAG 2.2, 2.5.5 Target Size (Enhanced); Apple's Human Interface Guidelines",
    remedy="Raise its padding or line height in the theme.",
)
def low_button(context: CheckContext) -> Iterator[Violation]:
    """Below 44 px many miss it."""
    for link, style in buttons(context.page, context.light_styles):
        height = vertical_padding(style) + line_height(style)
        if height < TAP_HEIGHT:
            padding = style.get("padding", "")
            forms = (f"padding:{padding}", f"padding: {padding}", f'inner-padding="{padding}"')
            place = context.in_theme(context.page.lines[link], *(forms if padding else ()), "<mj-button")
            yield Violation(f'the button "{text_of(link)}" is {height:g} px high.', place)


@rule(
    "BODY013",
    Severity.ERROR,
    "The email has an element that HTML does not have",
    source="HTML Living Standard, 4",
    remedy="Correct its name in the theme.",
)
def unknown_element(context: CheckContext) -> Iterator[Violation]:
    """Clients drop it or draw it as plain text; MJML here means that mrml did not know it."""
    for element in context.page.all():
        # Word's elements have a rule of their own, WORD004.
        if element.tag not in _ELEMENTS and ":" not in element.tag:
            place = context.origin(element, f"<{element.tag}")
            yield Violation(f"<{element.tag}> is not an element of HTML.", place)


@rule(
    "BODY014",
    Severity.NOTE,
    "A table does not fit a phone",
    source="A phone of 320 px; columns as wide as their longest word or number",
    remedy="Leave out a column, or shorten its longest words.",
)
def wide_table(context: CheckContext) -> Iterator[Violation]:
    """Instead of cutting numbers in two, its rows are shown one below the other, each cell after its name."""
    where = {TableForm.ROWS_ON_PHONES: "on phones", TableForm.ROWS: "everywhere"}
    for source in context.shown_texts:
        for table, line in source.elements("table"):
            if place := where.get(table_form(table)):
                yield Violation(f"a table is too wide: {place} it is shown row by row.", source.place(line))


@rule(
    "BODY015",
    Severity.WARNING,
    "A table may cut a number or a word in two",
    source="CSS Text 3, 5.2; mrml gives each cell of its layout word-break:break-word",
    remedy="In the theme, give the cells of tables `word-break: normal` and `hyphens: manual`.",
)
def cut_cells(context: CheckContext) -> Iterator[Violation]:
    """A number in two lines is read as two numbers."""
    for table in context.page.all("table"):
        if table.get("role") in {"presentation", "none"}:
            continue
        for cell in table.iter():
            style = context.light_styles.of(cell)
            value = next((style[name] for name in _BREAKING if style.get(name) in _BREAKS), None)
            if cell.tag in {"td", "th"} and value:
                place = context.in_theme(context.page.lines[cell], "td {", "td, th {", "<td")
                yield Violation(f'a cell\'s words may break anywhere ("{value}").', place, about=value)


@rule(
    "BODY016",
    Severity.WARNING,
    "Code runs from right to left",
    source="Unicode Standard Annex 9, 4.3; HTML Living Standard, 3.2.6.4",
    remedy='Write dir="ltr" on it.',
)
def turned_code(context: CheckContext) -> Iterator[Violation]:
    """Its brackets, dots and signs change sides, so that it is not what is to be typed."""
    for element in context.page.all(*_CODE):
        if context.light_styles.of(element).get("direction") == "rtl":
            place = context.origin(element, f"<{element.tag}")
            yield Violation(f'the code "{text_of(element)}" runs from right to left.', place)


@rule(
    "BODY017",
    Severity.WARNING,
    "A word is too long for a phone",
    source="caniemail.com: Yahoo does not know word-break, and overflow-wrap is known to few",
    remedy=f"Write <wbr> in the theme where a word of {_LONGEST_WORD} characters or more may break.",
)
def long_word(context: CheckContext) -> Iterator[Violation]:
    """It widens the email, so that all other text is shown smaller, or cut off at the edge."""
    words: dict[str, Element] = {}
    for element, text, _ in visible_texts(context.page, context.light_styles):
        if element.tag != "img":
            words |= {word: element for word in text.split() if len(word) >= _LONGEST_WORD}
    for word, element in words.items():
        yield Violation(f'"{word[:30]}…" has {len(word):,} characters.', context.origin(element, word))
