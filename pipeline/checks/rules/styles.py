"""Rules on type and colour, as written and as resolved: legible for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import font_size, line_height, pixels, sheet_rules
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import BLOCKS, HEADINGS, HtmlPage, text_of
from pipeline.checks.page_text import visible_blocks, visible_texts
from pipeline.checks.rule import Violation, rule
from pipeline.checks.rules.contrast import is_large
from pipeline.model import Place, Severity
from pipeline.support.css import (
    declaration_errors,
    declarations,
    hex_colour,
    rgba,
    stylesheet_errors,
    value_parts,
)

_SMALLEST = 14.0
_BODY = 16.0
"""CSS pixels: below 14 nobody reads with ease, and body text is read at arm's length."""

_LINE_HEIGHT = 1.5
_ONE_LINE = 40
"""Characters that fit in one line on a phone."""

_LONG = 120
"""Characters from which a paragraph is running text, and not a line of its own."""

_GENERIC_FONTS = frozenset({"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "inherit"})
_COLOURED = ("color", "background", "border", "outline", "text-decoration-color", "box-shadow", "text-shadow")
_FUNCTIONS = "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark"
_COLOUR_FUNCTIONS = frozenset(_FUNCTIONS.split())
_NO_COLOUR = frozenset({"transparent", "currentcolor"})


@rule(
    "TYPE001",
    Severity.WARNING,
    "Text is too small",
    source="Convention; iOS Mail's text-size-adjust",
    remedy="Raise it to 14 px or more.",
)
def small_text(context: CheckContext) -> Iterator[Violation]:
    """Below 14 px readers on a phone have to zoom, and iOS enlarges it as it likes."""
    for element, text, _ in visible_texts(context.page, context.light_styles):
        size = context.light_styles.of(element).get("font-size", "16px")
        number = pixels(size)
        if number is not None and 0 < number < _SMALLEST:
            place = _written(context, element, f"font-size:{size}")
            yield Violation(f'"{_short(text)}" is {number:g} px high.', place, about=size)


@rule(
    "TYPE002",
    Severity.WARNING,
    "Running text is too small",
    source="Convention of the trade",
    remedy="Raise it to 16 px or more.",
)
def small_body(context: CheckContext) -> Iterator[Violation]:
    """A letter is read at arm's length; below 16 px most people hold it nearer."""
    for element, text in visible_blocks(context.page, context.light_styles).items():
        size = font_size(context.light_styles.of(element))
        if element.tag not in {"p", "li", "td", "dd"} or not _SMALLEST <= size < _BODY:
            continue
        code = next(element.iter("code"), None)
        if code is not None and text_of(code) == text:
            continue
        if context.places.is_running_text(context.page, element):
            place = _written(context, element, f"font-size: {size:g}px")
            yield Violation(f'running text is {size:g} px: "{_short(text)}".', place, about=size)


@rule(
    "TYPE003",
    Severity.WARNING,
    "Lines are too close together",
    source="WCAG 2.2, 1.4.12 Text Spacing",
    remedy="Set the line height to 1.5 times the size or more.",
)
def tight_lines(context: CheckContext) -> Iterator[Violation]:
    """The eye loses the next line."""
    for element, text in visible_blocks(context.page, context.light_styles).items():
        style = context.light_styles.of(element)
        size, height = font_size(style), line_height(style)
        # Headings and other large lines are closer by custom; text of one line has no next one.
        if element.tag in HEADINGS or is_large(style) or len(text) <= _ONE_LINE:
            continue
        if height < _LINE_HEIGHT * size - 0.01:
            written, type_size = style.get("line-height", ""), style.get("font-size", "")
            forms = (
                f"font-size:{type_size};line-height:{written}",
                f"font-size: {type_size}; line-height: {written}",
                f'font-size="{type_size}" line-height="{written}"',
                f"line-height: {written}",
                f"line-height:{written}",
            )
            yield Violation(
                f'lines of text are {height / size:.2f} times its size apart: "{_short(text)}".',
                context.in_theme(context.page.lines[element], *(forms if written else ())),
                about=(size, height),
            )


@rule(
    "TYPE004",
    Severity.WARNING,
    "Running text is justified or centred",
    source="WCAG 2.2, 1.4.8 Visual Presentation",
    remedy=f"Align it to the start side in the theme; cut a call to action to less than {_LONG} characters.",
)
def badly_aligned(context: CheckContext) -> Iterator[Violation]:
    """Uneven gaps and beginnings make it hard to read, most of all with dyslexia."""
    for element, text in visible_blocks(context.page, context.light_styles).items():
        style = context.light_styles.of(element)
        align = style.get("text-align", "")
        # Code and quotations may run the other way than the language of the email.
        far = "left" if style.get("direction") == "rtl" else "right"
        figures = element.tag in {"td", "th"} and align == far
        bad = align in {"justify", "center", far, "end"} and not figures
        if bad and len(text) >= _LONG:
            place = _written(context, element, f"text-align: {align}")
            yield Violation(f'running text is aligned "{align}": "{_short(text)}".', place, about=align)


@rule(
    "TYPE005",
    Severity.ERROR,
    "A link in running text is not underlined",
    source="WCAG 2.2, 1.4.1 Use of Color; technique F73",
    remedy="Underline it.",
)
def plain_link(context: CheckContext) -> Iterator[Violation]:
    """Readers who do not see the colour do not see the link."""
    for block, block_text in visible_blocks(context.page, context.light_styles).items():
        if block.tag in HEADINGS or _only_links(block):
            continue
        for link in block.iter("a"):
            style, text = context.light_styles.of(link), text_of(link)
            lined = style.get("text-decoration", "") + style.get("text-decoration-line", "")
            boxed = hex_colour(style.get("background-color", "")) or "border-bottom" in style
            alone = text in {"", block_text} or context.page.nearest(link, *BLOCKS) is not block
            if not (alone or "underline" in lined or boxed):
                yield Violation(f'the link "{text}" is not underlined.', context.origin(link), about=text)


def _only_links(block: Element) -> bool:
    """Whether a block holds links only, as in a footer, where a reader expects them."""
    between = (block.text, *(child.tail for child in block))
    return not any((each or "").strip(" \t\n\u00a0|·•") for each in between) and all(
        child.tag in {"a", "br"} for child in block
    )


@rule(
    "TYPE006",
    Severity.WARNING,
    "A colour is not written in six digits",
    source="caniemail.com, rgb(), modern colour functions",
    remedy="Write it as #1f5f5b.",
)
def other_colour(context: CheckContext) -> Iterator[Violation]:
    """Outlook and some webmail read no other form, and take black or nothing."""
    for name, value, line in _declared(context.page, context.outlook_page):
        for colour in _other_forms(value) if name.startswith(_COLOURED) else ():
            place = context.in_theme(line, value, colour)
            yield Violation(f'the colour "{colour}" is not six digits.', place, about=colour)
    for element in context.page.all():
        for name in ("bgcolor", "color"):
            value = element.get(name) or ""
            if value and not re.fullmatch("#[0-9a-fA-F]{6}", value):
                place = context.in_theme(context.page.lines[element], f'{name}="{value}"')
                yield Violation(f'the colour "{value}" is not six digits.', place, about=value)


def _other_forms(value: str) -> Iterator[str]:
    parts = value_parts(value)
    yield from sorted(each for each in parts.hashes if len(each) != 7)
    yield from sorted(f"{each}()" for each in parts.functions & _COLOUR_FUNCTIONS)
    yield from sorted(each for each in parts.words - _NO_COLOUR if rgba(each))


@rule(
    "TYPE007",
    Severity.WARNING,
    "A background is set by style alone",
    source="Outlook and older webmail",
    remedy="Set bgcolor to the same colour beside it.",
)
def no_bgcolor(context: CheckContext) -> Iterator[Violation]:
    """Where styles are dropped, text is on the wrong background."""
    for page in (context.page, context.outlook_page):
        for element in page.all("body", "table", "td", "th"):
            style = {name: value for name, value, _ in declarations(element.get("style") or "")}
            value = style.get("background-color", style.get("background", ""))
            colour = next(filter(None, map(hex_colour, value.split())), "")
            bgcolor = (element.get("bgcolor") or "").lower()
            if colour and bgcolor != colour:
                message = f"<{element.tag}> has the background {colour} by style alone."
                place = _written(context, element, f"background-color:{colour}")
                yield Violation(message, place, about=message)


@rule(
    "TYPE008",
    Severity.WARNING,
    "A font stack ends in no generic family",
    source="CSS Fonts 4, 2.1.1; Outlook on Windows",
    remedy="End it in serif, sans-serif or monospace.",
)
def no_generic_font(context: CheckContext) -> Iterator[Violation]:
    """Where the named fonts are missing, Outlook takes Times New Roman."""
    for name, value, line in _declared(context.page, context.outlook_page):
        last = value.rsplit(",", 1)[-1].strip(" '\"").lower()
        if name == "font-family" and last not in _GENERIC_FONTS:
            place = context.in_theme(line, value)
            yield Violation(f"the fonts {value} end in no generic family.", place, about=value)


@rule(
    "TYPE009",
    Severity.ERROR,
    "A style cannot be read",
    source="CSS Syntax 3, 5",
    remedy="Correct it in the theme's template.",
)
def unreadable_style(context: CheckContext) -> Iterator[Violation]:
    """From the mistake on, a client drops declarations as it likes."""
    for page in (context.page, context.outlook_page):
        for element in page.all():
            style = element.get("style") or ""
            for error in declaration_errors(style):
                place = context.origin(element, style)
                yield Violation(f"the style of <{element.tag}> cannot be read: {error}.", place)
    for sheet in context.page.all("style"):
        for error, line in stylesheet_errors(sheet.text or "", context.page.lines[sheet]):
            yield Violation(f"a style sheet cannot be read: {error}.", context.in_sheet(line))


# --- what is looked at -----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _declared(page: HtmlPage, outlook: HtmlPage) -> list[tuple[str, str, int]]:
    """Name, value and first line of each declaration of the page and of Outlook's view."""
    lines: dict[str, int] = {}
    for each in (page, outlook):
        for element in each.all():
            lines.setdefault(element.get("style") or "", each.lines[element])
    inline = ((name, value, line) for style, line in lines.items() for name, value, _ in declarations(style))
    in_sheets = (
        (name, value, each.line) for each in sheet_rules(page) for name, value, _ in each.declarations
    )
    return [*inline, *in_sheets]


def _written(context: CheckContext, element: Element, text: str) -> Place:
    """The theme's line that holds a declaration, or the built file's."""
    other = text.replace(":", ": ") if ": " not in text else text.replace(": ", ":")
    page = context.page if element in context.page.lines else context.outlook_page
    return context.in_theme(page.lines[element], text, other)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rsplit(" ", 1)[0] + "…"
