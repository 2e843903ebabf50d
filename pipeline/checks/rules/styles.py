"""Rules on type and colour as they are written and as they come out: legible for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.buttons import font_size, line_height
from pipeline.checks.context import CheckContext
from pipeline.checks.css import colour, declarations, mistakes, parts, pixels, rgba, sheet_mistakes, sheets
from pipeline.checks.html_page import text_of
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.rules.contrast import is_large
from pipeline.checks.visible_text import HEADINGS, block_of, blocks, visible_texts
from pipeline.model import Place, Severity

SMALLEST = 14.0
BODY = 16.0
"""CSS pixels: below 14 nobody reads with ease, and body text is read at arm's length."""

LOOSE = 1.5
_WRAPS = 40
"""Characters that no longer fit in one line on a phone."""

_LONG = 120
"""Characters from which a paragraph is running text, and not a line of its own."""

_GENERIC = frozenset({"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "inherit"})
_COLOURED = ("color", "background", "border", "outline", "text-decoration-color", "box-shadow", "text-shadow")
_FUNCTIONS = "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark"
_COLOUR_FUNCTIONS = frozenset(_FUNCTIONS.split())
_NO_COLOUR = frozenset({"transparent", "currentcolor"})


def small_text(subject: CheckContext) -> Iterator[Violation]:
    """Shown text below 14 px: one finding a size."""
    seen: set[str] = set()
    for element, text in visible_texts(subject.page, subject.light):
        size = subject.light.of(element).get("font-size", "16px")
        pixel = pixels(size)
        if pixel is not None and 0 < pixel < SMALLEST and size not in seen:
            seen.add(size)
            yield Violation(
                f'"{_short(text)}" is {pixel:g} px high.', _written(subject, element, f"font-size:{size}")
            )


def small_body(subject: CheckContext) -> Iterator[Violation]:
    """What an editor wrote as text, below 16 px: one finding a size."""
    seen: set[float] = set()
    for element, text in _blocks(subject, "p", "li", "td", "dd"):
        size = font_size(subject.light.of(element))
        if SMALLEST <= size < BODY and size not in seen and subject.origins.is_running(subject.page, element):
            seen.add(size)
            yield Violation(
                f'running text is {size:g} px: "{_short(text)}".',
                _written(subject, element, f"font-size: {size:g}px"),
            )


def tight_lines(subject: CheckContext) -> Iterator[Violation]:
    """Text over several lines that stand closer than one and a half times its size: one finding a pair."""
    seen: set[tuple[float, float]] = set()
    for element, text in _blocks(subject):
        style = subject.light.of(element)
        size, height = font_size(style), line_height(style)
        # Headings and other large lines stand closer by custom; what fits a line has none to lose.
        if element.tag in HEADINGS or is_large(style) or len(text) <= _WRAPS:
            continue
        if height < LOOSE * size - 0.01 and (size, height) not in seen:
            seen.add((size, height))
            said = style.get("line-height", "")
            pair = f"font-size:{style.get('font-size', '')};line-height:{said}"
            attributes = f'font-size="{style.get("font-size", "")}" line-height="{said}"'
            spaced = pair.replace(":", ": ").replace(";", "; ")
            forms = (pair, spaced, attributes, f"line-height: {said}", f"line-height:{said}")
            yield Violation(
                f'lines of text are {height / size:.2f} times its size apart: "{_short(text)}".',
                subject.in_theme(subject.page.lines[element], *(forms if said else ())),
            )


def aligned_astray(subject: CheckContext) -> Iterator[Violation]:
    """Running text that is justified, centred or set to the far side: one finding an alignment."""
    page = subject.page.first("html")
    far = "left" if page is not None and page.get("dir") == "rtl" else "right"
    seen: set[str] = set()
    for element, text in _blocks(subject):
        align = subject.light.of(element).get("text-align", "")
        figures = element.tag in {"td", "th"} and align == far
        astray = align in {"justify", "center", far, "end"} and not figures
        if astray and len(text) >= _LONG and align not in seen:
            seen.add(align)
            yield Violation(
                f'running text is aligned "{align}": "{_short(text)}".',
                _written(subject, element, f"text-align: {align}"),
            )


def plain_link(subject: CheckContext) -> Iterator[Violation]:
    """A link among other words that only its colour tells from them: one finding for each text."""
    seen: set[str] = set()
    for element, words in _blocks(subject):
        if element.tag in HEADINGS or _row_of_links(element):
            continue
        for link in element.iter("a"):
            style, text = subject.light.of(link), text_of(link)
            lined = style.get("text-decoration", "") + style.get("text-decoration-line", "")
            boxed = colour(style.get("background-color", "")) or "border-bottom" in style
            alone = text in {"", words} or block_of(subject.page, link) is not element
            if not (alone or "underline" in lined or boxed or text in seen):
                seen.add(text)
                yield Violation(f'the link "{text}" is not underlined.', subject.origin(link))


def _row_of_links(block: Element) -> bool:
    """Whether a block holds links only, as a footer does: its place tells them from text."""
    between = (block.text, *(child.tail for child in block))
    return not any((each or "").strip(" \t\n\u00a0|·•") for each in between) and all(
        child.tag in {"a", "br"} for child in block
    )


def other_colour(subject: CheckContext) -> Iterator[Violation]:
    """A colour that is not six hex digits: one finding for each."""
    seen: set[str] = set()
    for name, value, line in _declared(subject):
        for found in _other(value) if name.startswith(_COLOURED) else ():
            if found not in seen:
                seen.add(found)
                yield Violation(
                    f'the colour "{found}" is not six digits.', subject.in_theme(line, value, found)
                )
    for element in subject.page.all():
        for name in ("bgcolor", "color"):
            value = element.get(name) or ""
            if value and value not in seen and not re.fullmatch("#[0-9a-fA-F]{6}", value):
                seen.add(value)
                place = subject.in_theme(subject.page.lines[element], f'{name}="{value}"')
                yield Violation(f'the colour "{value}" is not six digits.', place)


def _other(value: str) -> Iterator[str]:
    found = parts(value)
    yield from sorted(each for each in found.hashes if len(each) != 7)
    yield from sorted(f"{each}()" for each in found.functions & _COLOUR_FUNCTIONS)
    yield from sorted(each for each in found.words - _NO_COLOUR if rgba(each))


def no_bgcolor(subject: CheckContext) -> Iterator[Violation]:
    """A table, cell or body whose background its bgcolor does not say: one finding a colour."""
    seen: set[tuple[str, str]] = set()
    for page in (subject.page, subject.outlook):
        for element in page.all("body", "table", "td", "th"):
            written = {name: value for name, value, _ in declarations(element.get("style") or "")}
            said = written.get("background-color", written.get("background", ""))
            ground = next(filter(None, map(colour, said.split())), "")
            if (
                not ground
                or (element.get("bgcolor") or "").lower() == ground
                or (element.tag, ground) in seen
            ):
                continue
            seen.add((element.tag, ground))
            yield Violation(
                f"<{element.tag}> has the background {ground} by style alone.",
                _written(subject, element, f"background-color:{ground}"),
            )


def no_generic_font(subject: CheckContext) -> Iterator[Violation]:
    """A font stack that ends in a font that a reader may not have."""
    seen: set[str] = set()
    for name, value, line in _declared(subject):
        last = value.rsplit(",", 1)[-1].strip(" '\"").lower()
        if name == "font-family" and last not in _GENERIC and value not in seen:
            seen.add(value)
            yield Violation(
                f"the fonts {value} end in no generic family.",
                subject.places.of_theme(value) or subject.at(line),
            )


def unreadable_style(subject: CheckContext) -> Iterator[Violation]:
    """A style attribute or a style sheet that a client cannot read."""
    for page in (subject.page, subject.outlook):
        for element in page.all():
            style = element.get("style") or ""
            for message in mistakes(style):
                yield Violation(
                    f"the style of <{element.tag}> cannot be read: {message}.", subject.origin(element, style)
                )
    for sheet in subject.page.all("style"):
        for message, line in sheet_mistakes(sheet.text or ""):
            at = subject.page.lines[sheet] + line - 1
            written = subject.rendered.html.split("\n")[at - 1].strip()
            yield Violation(f"a style sheet cannot be read: {message}.", subject.in_theme(at, written))


# --- what is looked at -----------------------------------------------------------------------


def _blocks(subject: CheckContext, *tags: str) -> Iterator[tuple[Element, str]]:
    """The blocks of shown text, of these names where some are given, with their own words."""
    found = blocks(subject.page, subject.light).items()
    return (each for each in found if not tags or each[0].tag in tags)


def _declared(subject: CheckContext) -> Iterator[tuple[str, str, int]]:
    """Every declaration of the page and of Outlook's view, with its line."""
    for page in (subject.page, subject.outlook):
        for element in page.all():
            for name, value, _ in declarations(element.get("style") or ""):
                yield name, value, page.lines[element]
    for rule in sheets(subject.page):
        for name, value, _ in rule.declarations:
            yield name, value, rule.line


def _written(subject: CheckContext, element: Element, text: str) -> Place:
    """The theme's line that says it, or the built file's."""
    looser = text.replace(":", ": ") if ": " not in text else text.replace(": ", ":")
    found = subject.places.of_theme(text) or subject.places.of_theme(looser)
    page = subject.page if element in subject.page.lines else subject.outlook
    return found or subject.at(page.lines[element])


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rsplit(" ", 1)[0] + "…"


RULES = (
    Rule(
        "TYPE001",
        Severity.WARNING,
        "Text is too small",
        "Below 14 px a phone's readers pinch, and iOS enlarges it as it likes.",
        "Raise it to 14 px or more.",
        "Convention; iOS Mail's text-size-adjust",
        small_text,
    ),
    Rule(
        "TYPE002",
        Severity.WARNING,
        "Running text is too small",
        "A letter is read at arm's length; below 16 px most people hold it nearer.",
        "Raise it to 16 px or more.",
        "Convention of the trade",
        small_body,
    ),
    Rule(
        "TYPE003",
        Severity.WARNING,
        "Lines stand too close",
        "The eye loses the next line.",
        "Set the line height to 1.5 times the size or more.",
        "WCAG 2.2, 1.4.12 Text Spacing",
        tight_lines,
    ),
    Rule(
        "TYPE004",
        Severity.WARNING,
        "Running text is justified or centred",
        "Uneven gaps and beginnings make it hard to read, most of all with dyslexia.",
        "Align it to the start side in the theme; cut a long call to action to a line or two.",
        "WCAG 2.2, 1.4.8 Visual Presentation",
        aligned_astray,
    ),
    Rule(
        "TYPE005",
        Severity.ERROR,
        "A link in running text is not underlined",
        "Who does not see the colour does not see the link.",
        "Underline it.",
        "WCAG 2.2, 1.4.1 Use of Color; technique F73",
        plain_link,
    ),
    Rule(
        "TYPE006",
        Severity.WARNING,
        "A colour is not written in six digits",
        "Outlook and some webmail read no other form, and take black or nothing.",
        "Write it as #1f5f5b.",
        "caniemail.com, rgb(), modern colour functions",
        other_colour,
    ),
    Rule(
        "TYPE007",
        Severity.WARNING,
        "A background is set by style alone",
        "Where styles are dropped, text stands on the wrong ground.",
        "Set bgcolor to the same colour beside it.",
        "Outlook and older webmail",
        no_bgcolor,
    ),
    Rule(
        "TYPE008",
        Severity.WARNING,
        "A font stack ends in no generic family",
        "Where the named fonts are missing, Outlook takes Times New Roman.",
        "End it in serif, sans-serif or monospace.",
        "CSS Fonts 4, 2.1.1; Outlook on Windows",
        no_generic_font,
    ),
    Rule(
        "TYPE009",
        Severity.ERROR,
        "A style cannot be read",
        "From the mistake on, a client drops declarations as it likes.",
        "Mend it in the theme's template.",
        "CSS Syntax 3, 5",
        unreadable_style,
    ),
)
