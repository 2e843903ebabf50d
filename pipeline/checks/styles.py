"""Rules on type and colour as they are written and as they come out: legible for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.css import colour, declarations, mistakes, pixels, style_rules
from pipeline.checks.page import text_of
from pipeline.checks.places import words_of
from pipeline.checks.rule import Found, Rule
from pipeline.checks.subject import Subject
from pipeline.checks.visible import texts
from pipeline.model import BlockKind, Place, Severity
from pipeline.model import Element as Node

SMALLEST = 14.0
BODY = 16.0
"""CSS pixels: below 14 nobody reads with ease, and body text is read at arm's length."""

LOOSE = 1.5
_LONG = 120
"""Characters from which a paragraph is running text, and not a line of its own."""

_GENERIC = frozenset({"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "inherit"})
_COLOURED = re.compile(
    r"(?:^|-)(?:color|background|border|border-(?:top|right|bottom|left))$|background-color$"
)
_OTHER_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab)\([^)]*\)")


def small_text(subject: Subject) -> Iterator[Found]:
    """Shown text below 14 px: one finding a size."""
    seen: set[str] = set()
    for element, text in texts(subject.page, subject.light):
        size = subject.light.of(element).get("font-size", "16px")
        pixel = pixels(size)
        if pixel is not None and 0 < pixel < SMALLEST and size not in seen:
            seen.add(size)
            yield Found(
                f'"{_short(text)}" is {pixel:g} px high.', _written(subject, element, f"font-size:{size}")
            )


def small_body(subject: Subject) -> Iterator[Found]:
    """Running text below 16 px."""
    for element in _paragraphs(subject):
        size = pixels(subject.light.of(element).get("font-size", "16px"))
        if size is not None and size < BODY:
            yield Found(
                f'running text is {size:g} px: "{_short(text_of(element))}".',
                _written(subject, element, f"font-size: {size:g}px"),
            )
            return


def tight_lines(subject: Subject) -> Iterator[Found]:
    """Running text whose lines stand closer than one and a half times its size."""
    for element in _paragraphs(subject):
        style = subject.light.of(element)
        size, line = pixels(style.get("font-size", "16px")) or 16.0, style.get("line-height", "normal")
        height = pixels(line) if line.endswith("px") else _factor(line) * size
        if height is not None and height < LOOSE * size - 0.01:
            yield Found(
                f"lines of running text are {height / size:.2f} times its size apart.",
                _written(subject, element, f"line-height: {line}"),
            )
            return


def aligned_astray(subject: Subject) -> Iterator[Found]:
    """Running text that is justified or centred."""
    for element in _paragraphs(subject):
        align = subject.light.of(element).get("text-align", "")
        if align in {"justify", "center"}:
            yield Found(
                f'running text is aligned "{align}": "{_short(text_of(element))}".',
                _written(subject, element, f"text-align: {align}"),
            )
            return


def plain_link(subject: Subject) -> Iterator[Found]:
    """A link in running text that only its colour tells from the words around it."""
    for element in _paragraphs(subject):
        for link in element.iter("a"):
            if "underline" not in subject.light.of(link).get("text-decoration", ""):
                yield Found(
                    f'the link "{text_of(link)}" is not underlined.',
                    subject.places.of_theme("text-decoration: none")
                    or subject.places.of_link(link.get("href") or ""),
                )
                return


def other_colour(subject: Subject) -> Iterator[Found]:
    """A colour that is not six hex digits: one finding for each."""
    seen: set[str] = set()
    for name, value, line in _declared(subject):
        if not _COLOURED.search(name):
            continue
        for found in _OTHER_COLOUR.findall(value):
            if colour(found) != found.lower() and found not in seen:
                seen.add(found)
                yield Found(
                    f'the colour "{found}" is not six digits.',
                    subject.places.of_theme(found) or subject.at(line),
                )


def no_bgcolor(subject: Subject) -> Iterator[Found]:
    """A background by style alone on a table, cell or the body."""
    for element in subject.outlook.all("body", "table", "td"):
        written = {name: value for name, value, _ in declarations(element.get("style") or "")}
        ground = colour(written.get("background-color", written.get("background", "").split(" ")[0]))
        if ground and not element.get("bgcolor"):
            yield Found(
                f"<{element.tag}> has the background {ground} by style alone.",
                _written(subject, element, f"background-color:{ground}"),
            )
            return


def no_generic_font(subject: Subject) -> Iterator[Found]:
    """A font stack that ends in a font that a reader may not have."""
    seen: set[str] = set()
    for name, value, line in _declared(subject):
        last = value.rsplit(",", 1)[-1].strip(" '\"").lower()
        if name == "font-family" and last not in _GENERIC and value not in seen:
            seen.add(value)
            yield Found(
                f"the fonts {value} end in no generic family.",
                subject.places.of_theme(value) or subject.at(line),
            )


def unreadable_style(subject: Subject) -> Iterator[Found]:
    """A style attribute that a client cannot read."""
    for element in subject.page.all():
        for message in mistakes(element.get("style") or ""):
            yield Found(
                f"the style of <{element.tag}> cannot be read: {message}.",
                subject.at(subject.page.lines[element]),
            )


# --- what is looked at -----------------------------------------------------------------------


def _paragraphs(subject: Subject) -> Iterator[Element]:
    """The page's paragraphs that an editor wrote as running text."""
    written = {
        words_of(node.children)
        for each in subject.writings
        for block in each.content.blocks
        if block.kind is BlockKind.PROSE
        for node in block.nodes
        if isinstance(node, Node) and node.tag == "p"
    }
    long = {words for words in written if len(words) >= _LONG}
    for paragraph in subject.page.all("p"):
        text = text_of(paragraph)
        if text in long:
            yield paragraph


def _declared(subject: Subject) -> Iterator[tuple[str, str, int]]:
    """Every declaration of the page, in style attributes and style elements, with its line."""
    page = subject.page
    for element in page.all():
        for name, value, _ in declarations(element.get("style") or ""):
            yield name, value, page.lines[element]
    for sheet in page.all("style"):
        for rule in style_rules(sheet.text or "", page.lines[sheet]):
            for name, value, _ in rule.declarations:
                yield name, value, rule.line


def _written(subject: Subject, element: Element, text: str) -> Place:
    """The theme's line that says it, or the built file's."""
    looser = text.replace(":", ": ") if ": " not in text else text.replace(": ", ":")
    found = subject.places.of_theme(text) or subject.places.of_theme(looser)
    page = subject.page if element in subject.page.lines else subject.outlook
    return found or subject.at(page.lines[element])


def _factor(value: str) -> float:
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        return float(value)
    if re.fullmatch(r"\d+(?:\.\d+)?%", value):
        return float(value[:-1]) / 100
    return 1.2  # `normal`, as browsers draw it


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
        "Align it to the start side.",
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
