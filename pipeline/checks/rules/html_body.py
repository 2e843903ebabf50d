"""Rules on the body of the HTML: a sound tree, that a screen reader finds its way in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.buttons import buttons, line_height, padding
from pipeline.checks.context import CheckContext
from pipeline.checks.css import declarations, pixels
from pipeline.checks.html_page import text_of
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.visible_text import visible_texts
from pipeline.model import Severity

CONTAINER = 600
"""The widest that an email may be, in CSS pixels."""

PHONE = 320
"""The width of the narrowest phone in use, and of WCAG's reflow (2.2, 1.4.10)."""

TAP = 44
"""The height of a target that a thumb hits, in CSS pixels."""

_LANDMARKS = ("main", "nav", "header", "footer", "section", "article", "aside", "search")
_DROPPED = (
    "script form input button select textarea iframe frame frameset object embed applet svg math video "
    "audio canvas dialog marquee base"
)
_FORBIDDEN = tuple(_DROPPED.split())
_ROLES = "banner complementary contentinfo form main navigation region search"
_LANDMARK_ROLES = frozenset(_ROLES.split())
_CODE = ("code", "kbd", "pre", "samp")
_LEFT = re.compile(r"\\u\{[0-9a-f]+\}|zq[TC]\d+zq|\{%.*?%\}|\{#.*?#\}|</?mj-[a-z-]+")
_LEFT_IN_STYLE = re.compile(_LEFT.pattern + r"|\\n|\\\"")
_KNOWN = (
    "a abbr address area b bdi bdo big blockquote body br caption center cite code col colgroup data dd del "
    "details dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 head hgroup hr html i img ins kbd li "
    "link map mark meta noscript ol p picture pre q rp rt ruby s samp small source span strike strong style "
    "sub summary sup table tbody td tfoot th thead time title tr tt u ul var wbr"
)
_ELEMENTS = frozenset(_KNOWN.split()) | {*_LANDMARKS, *_FORBIDDEN}


def unbalanced(subject: CheckContext) -> Iterator[Violation]:
    """A tag that is never closed, or closes nothing."""
    for slip in subject.page.slips:
        yield Violation(slip.message, subject.at(slip.line))


def not_one_h1(subject: CheckContext) -> Iterator[Violation]:
    """None, or more than one."""
    found = list(subject.page.all("h1"))
    if not found:
        yield Violation("the email has no h1.", subject.places.issue)
    for extra in found[1:]:
        yield Violation(f'"{text_of(extra)}" is a second h1.', subject.origin(extra, "<h1"))


def skipped_level(subject: CheckContext) -> Iterator[Violation]:
    """A heading two or more levels below the one before it."""
    before = 0
    for heading in subject.page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(heading.tag[1])
        if level > before + 1:
            text = text_of(heading)
            what = f"follows an h{before}" if before else "is the first heading"
            yield Violation(f'"{text}" is an h{level} and {what}.', subject.origin(heading, f"<h{level}"))
        before = level


def landmark(subject: CheckContext) -> Iterator[Violation]:
    """An element that claims to be a part of the page, which in webmail is not the email's."""
    for element in subject.page.all(*_LANDMARKS):
        yield Violation(f"the email uses <{element.tag}>.", subject.origin(element, f"<{element.tag}"))
    for element in subject.page.all():
        if (role := element.get("role")) in _LANDMARK_ROLES:
            yield Violation(f'the email uses role="{role}".', subject.origin(element, f'role="{role}"'))


def no_article(subject: CheckContext) -> Iterator[Violation]:
    """The wrapper that names the email to a screen reader."""
    for element in subject.page.all():
        if element.get("role") == "article" and element.get("aria-label"):
            return
    yield Violation('no element has role="article" and an aria-label.', subject.at())


def layout_table_read_aloud(subject: CheckContext) -> Iterator[Violation]:
    """A table for layout without role="presentation", in Outlook's branch too."""
    seen: set[str] = set()
    for page in (subject.page, subject.outlook):
        for table in page.all("table"):
            if table.get("role") not in {"presentation", "none"} and not _holds_data(table):
                place = subject.origin(table, "<table>")
                if str(place) not in seen:
                    seen.add(str(place))
                    yield Violation('a table for layout has no role="presentation".', place)


def data_table_without_headers(subject: CheckContext) -> Iterator[Violation]:
    """A table of data whose headings are not marked, or that is hidden from a screen reader."""
    for table in subject.page.all("table"):
        if not _holds_data(table):
            continue
        place = subject.origin(table, "<th")
        if table.get("role") in {"presentation", "none"}:
            yield Violation('a table with headings has role="presentation".', place)
        elif any(not each.get("scope") for each in table.iter("th") if text_of(each)):
            yield Violation("a table has a heading without scope.", place)


def _holds_data(table: Element) -> bool:
    """Whether a table's own cells are headings."""
    return any(each.tag == "th" for row in table.iter("tr") if _nearest_table(table, row) for each in row)


def _nearest_table(table: Element, row: Element) -> bool:
    return not any(row in inner.iter("tr") for inner in table.iter("table") if inner is not table)


def too_wide(subject: CheckContext) -> Iterator[Violation]:
    """A width beyond the container, or a least width beyond a phone; in Outlook's branch too."""
    for page in (subject.page, subject.outlook):
        for element in page.all():
            for said, width, most in _widths(element):
                if width > most:
                    yield Violation(
                        f"<{element.tag}> is {width:g} px wide by {said}; there is room for {most}.",
                        subject.origin(element, f"{width:g}px", f'width="{width:g}"'),
                    )


def _widths(element: Element) -> Iterator[tuple[str, float, int]]:
    attribute = (element.get("width") or "").removesuffix("px")
    if attribute.isdigit():
        yield "its attribute", float(attribute), CONTAINER
    for name, value, _ in declarations(element.get("style") or ""):
        if name in {"width", "min-width", "max-width"} and (length := pixels(value)):
            yield name, length, PHONE if name == "min-width" else CONTAINER


def forbidden_element(subject: CheckContext) -> Iterator[Violation]:
    """What mail clients drop, or refuse the message for."""
    for element in subject.page.all(*_FORBIDDEN):
        yield Violation(f"the email uses <{element.tag}>.", subject.origin(element, f"<{element.tag}"))


def unknown_element(subject: CheckContext) -> Iterator[Violation]:
    """An element that HTML does not have: a slip, or MJML that was not turned into HTML."""
    for element in subject.page.all():
        # Word's elements have a rule of their own.
        if element.tag not in _ELEMENTS and ":" not in element.tag:
            yield Violation(
                f"<{element.tag}> is no element of HTML.", subject.origin(element, f"<{element.tag}")
            )


def twice_the_id(subject: CheckContext) -> Iterator[Violation]:
    """Two elements of one id."""
    seen: set[str] = set()
    for element in subject.page.all():
        name = element.get("id")
        if name and name in seen:
            yield Violation(f'the id "{name}" stands twice.', subject.origin(element, f'id="{name}"'))
        seen.add(name or "")


def left_over(subject: CheckContext) -> Iterator[Violation]:
    """What a stage should have taken out: escapes, tokens, template marks, MJML."""
    page = subject.page
    for element in page.all():
        for name, value in element.attrib.items():
            # An address or a text that an editor wrote may hold what it likes: it joins after mrml.
            found = _LEFT_IN_STYLE.search(value) if name == "style" else _LEFT.search(value)
            if found and name not in {"href", "src", "alt", "title", "aria-label"}:
                place = subject.in_theme(page.lines[element], value[: found.start()][-20:])
                yield Violation(f'"{found[0]}" is left over in {name} of <{element.tag}>.', place)
    for element, text in visible_texts(page, subject.light):
        if element.tag in _CODE or page.within(element, *_CODE) or element.tag == "img":
            continue
        if found := _LEFT.search(text):
            yield Violation(f'"{found[0]}" is left over in the text.', subject.origin(element, found[0]))


def low_button(subject: CheckContext) -> Iterator[Violation]:
    """A link drawn as a button that a thumb may miss."""
    for link in buttons(subject):
        style = subject.light.of(link)
        height = padding(style) + line_height(style)
        if height < TAP:
            said = style.get("padding", "")
            forms = (f"padding:{said}", f"padding: {said}", f'inner-padding="{said}"') if said else ()
            yield Violation(
                f'the button "{text_of(link)}" is {height:g} px high.',
                subject.in_theme(subject.page.lines[link], *forms, "<mj-button"),
            )


RULES = (
    Rule(
        "BODY001",
        Severity.ERROR,
        "A tag is not balanced",
        "Clients close it where they like: in one the email is whole, in another it falls apart.",
        "Close it in the theme's template.",
        "HTML Living Standard, 13.1.2",
        unbalanced,
    ),
    Rule(
        "BODY002",
        Severity.ERROR,
        "The email has not exactly one h1",
        "Screen-reader users go by headings; the h1 tells where the letter begins.",
        "Keep the issue's title as the only h1.",
        "WCAG 2.2, 1.3.1; technique H42",
        not_one_h1,
    ),
    Rule(
        "BODY003",
        Severity.WARNING,
        "A heading skips a level",
        "Who goes by headings looks for the one between.",
        "Use the next lower level: `##` first, then `###`.",
        "WCAG 2.2, 1.3.1; technique G141",
        skipped_level,
    ),
    Rule(
        "BODY004",
        Severity.WARNING,
        "The body uses a landmark element",
        "In webmail it stands inside the page's own, and a screen reader announces it as one of those.",
        "Use a div or a table.",
        "ARIA in HTML; email accessibility guidelines of the Email Markup Consortium",
        landmark,
    ),
    Rule(
        "BODY005",
        Severity.WARNING,
        "The email is not named to a screen reader",
        'Without a wrapper with role="article" and an aria-label it begins without a name.',
        "Let the theme's body have a title: mrml makes the wrapper from mj-title.",
        "Email Markup Consortium, accessibility report",
        no_article,
    ),
    Rule(
        "BODY006",
        Severity.ERROR,
        "A table for layout is read as a table",
        "A screen reader counts its rows and columns aloud.",
        'Give it role="presentation".',
        "WCAG 2.2, 1.3.1; technique F46",
        layout_table_read_aloud,
    ),
    Rule(
        "BODY007",
        Severity.ERROR,
        "A table's headings are not marked",
        "A screen reader cannot say which column a number stands in.",
        "Write the table in Markdown with a head row; in a template, use <th scope>.",
        "WCAG 2.2, 1.3.1; technique H63",
        data_table_without_headers,
    ),
    Rule(
        "BODY008",
        Severity.ERROR,
        "Something is wider than the email",
        "Outlook and tablets scroll sideways, or widen the whole email.",
        "Keep widths at 600 px or less.",
        "Outlook on Windows; the reading pane of webmail",
        too_wide,
    ),
    Rule(
        "BODY009",
        Severity.ERROR,
        "The email uses an element that mail clients drop",
        "What stands in it is lost, and some filters refuse the message.",
        "Link to the web page instead.",
        "caniemail.com, HTML",
        forbidden_element,
    ),
    Rule(
        "BODY010",
        Severity.WARNING,
        "An id stands twice",
        "A label or style finds the first one only.",
        "Make it unique, or leave it out.",
        "HTML Living Standard, 3.2.3.1",
        twice_the_id,
    ),
    Rule(
        "BODY011",
        Severity.ERROR,
        "Something is left over in the HTML",
        "Readers see what was meant for a machine.",
        "Find it in the theme's templates; in an article, write it as code.",
        "mrml 6.0.1 writes escapes in attributes",
        left_over,
    ),
    Rule(
        "BODY012",
        Severity.WARNING,
        "A button is too low for a thumb",
        "Below 44 px many miss it.",
        "Raise its padding or line height in the theme.",
        "WCAG 2.2, 2.5.5 Target Size (Enhanced); Apple's Human Interface Guidelines",
        low_button,
    ),
    Rule(
        "BODY013",
        Severity.ERROR,
        "The email holds an element that HTML does not have",
        "Clients drop it or draw it as plain text; MJML here means that mrml did not know it.",
        "Correct its name in the theme.",
        "HTML Living Standard, 4",
        unknown_element,
    ),
)
