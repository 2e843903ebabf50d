"""CSS read as browsers read it: resolved styles of a page, and what its style sheets are made of.

The only module that imports tinycss2 and cssselect2. It covers what email uses: type and class
selectors, `!important`, inline styles, inheritance, the attributes that stand for styles, and the media
features of width and colour scheme (CSS Cascade 4; Media Queries 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2
import tinycss2.color3

from pipeline.checks.html_page import HtmlPage

_INHERITED = (
    "color direction font-family font-size font-style font-weight letter-spacing line-height "
    "list-style-type text-align text-transform visibility white-space word-break"
)
INHERITED = frozenset(_INHERITED.split())
_SIZES = {"h1": "32px", "h2": "24px", "h3": "18.72px", "h4": "16px", "h5": "13.28px", "h6": "10.72px"}
_SMALL = frozenset({"small", "sub", "sup"})
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_SIDES = ("top", "right", "bottom", "left")


@dataclass(frozen=True, slots=True)
class CssView:
    """How a page is looked at: the scheme, and the viewport's width in CSS pixels."""

    dark: bool = False
    width: int = 600


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One rule of a stylesheet, with the media queries it stands in; `line` is the page's."""

    media: str
    selector: str
    declarations: tuple[tuple[str, str, bool], ...]
    line: int


@lru_cache(maxsize=1024)
def declarations(style: str) -> tuple[tuple[str, str, bool], ...]:
    """Property, value and whether it is important, for each declaration of a `style` attribute."""
    return tuple(
        (each.lower_name, tinycss2.serialize(each.value).strip(), bool(each.important))
        for each in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
        if each.type == "declaration"
    )


def mistakes(style: str) -> tuple[str, ...]:
    """What a client cannot read in a `style` attribute."""
    parsed = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    return tuple(each.message for each in parsed if each.type == "error")


def style_rules(css: str, first_line: int = 1, media: str = "") -> Iterator[StyleRule]:
    """The rules of a stylesheet, those in @media with its query."""
    yield from _rules(tinycss2.parse_stylesheet(css, True, True), first_line, media)


def sheet_mistakes(css: str) -> Iterator[tuple[str, int]]:
    """What a client cannot read in a style sheet, with its line in it; selectors of any kind are read."""
    for rule in _flat(tinycss2.parse_stylesheet(css, True, True)):
        if rule.type == "error":
            yield rule.message, rule.source_line
        elif rule.type == "qualified-rule":
            for each in tinycss2.parse_blocks_contents(rule.content, True, True):
                if each.type == "error":
                    yield each.message, each.source_line


def _flat(parsed: Iterable[Any]) -> Iterator[Any]:
    for each in parsed:
        yield each
        if each.type == "at-rule" and each.lower_at_keyword == "media" and each.content:
            yield from _flat(tinycss2.parse_rule_list(each.content, True, True))


@dataclass(frozen=True, slots=True)
class ValueParts:
    """What a value is made of, in lower case: its functions, units, words and `#` colours."""

    functions: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    hashes: frozenset[str]


@lru_cache(maxsize=2048)
def parts(value: str) -> ValueParts:
    """The parts of a declaration's value, those inside functions too."""
    found: dict[str, set[str]] = {"function": set(), "unit": set(), "ident": set(), "hash": set()}

    def walk(tokens: Iterable[Any]) -> None:
        for token in tokens:
            if token.type == "function":
                found["function"].add(token.lower_name)
                walk(token.arguments)
            elif token.type == "dimension":
                found["unit"].add(token.lower_unit)
            elif token.type == "percentage":
                found["unit"].add("%")
            elif token.type == "ident":
                found["ident"].add(token.lower_value)
            elif token.type == "hash":
                found["hash"].add("#" + token.value)
            elif token.type == "url":
                found["function"].add("url")

    walk(tinycss2.parse_component_value_list(value))
    return ValueParts(*(frozenset(found[kind]) for kind in ("function", "unit", "ident", "hash")))


def at_rules(css: str) -> Iterator[tuple[str, int, bool]]:
    """Each @-rule's name, its line in the stylesheet, and whether another stands inside it."""
    for each in tinycss2.parse_stylesheet(css, True, True):
        if each.type == "at-rule":
            inside = tinycss2.parse_rule_list(each.content or [], True, True)
            yield each.lower_at_keyword, each.source_line, any(one.type == "at-rule" for one in inside)


def _rules(parsed: Iterable[Any], first_line: int, media: str) -> Iterator[StyleRule]:
    for each in parsed:
        if each.type == "qualified-rule":
            found = tinycss2.parse_blocks_contents(each.content, True, True)
            kept = tuple(
                (one.lower_name, tinycss2.serialize(one.value).strip(), bool(one.important))
                for one in found
                if one.type == "declaration"
            )
            selector = tinycss2.serialize(each.prelude).strip()
            yield StyleRule(media, selector, kept, first_line + each.source_line - 1)
        elif each.type == "at-rule" and each.lower_at_keyword == "media" and each.content:
            query = tinycss2.serialize(each.prelude).strip()
            inside = tinycss2.parse_rule_list(each.content, True, True)
            yield from _rules(inside, first_line, f"{media} and {query}" if media else query)


def matches(media: str, view: CssView) -> bool:
    """Whether a media query holds in a view. Queries that need what an email has not do not hold."""
    if not media:
        return True
    if "," in media:
        return any(matches(each.strip(), view) for each in media.split(","))
    for part in re.split(r"\band\b", media.lower()):
        part = part.replace("only", "").strip()
        scheme = re.fullmatch(r"\(prefers-color-scheme:\s*(dark|light)\)", part)
        width = re.fullmatch(r"\((max|min)-width:\s*(\d+(?:\.\d+)?)px\)", part)
        if scheme:
            holds = (scheme[1] == "dark") is view.dark
        elif width:
            limit = float(width[2])
            holds = view.width <= limit if width[1] == "max" else view.width >= limit
        else:
            holds = part in {"", "screen", "all"}
        if not holds:
            return False
    return True


def sheets(page: HtmlPage) -> Iterator[StyleRule]:
    """The rules of all style sheets of a page, each with its line in the page."""
    for sheet in page.all("style"):
        yield from style_rules(sheet.text or "", page.lines[sheet], sheet.get("media") or "")


class Styles:
    """The resolved styles of a page in one view. Selectors that cannot be read match nothing."""

    def __init__(self, page: HtmlPage, view: CssView = CssView()) -> None:
        self._known: dict[Element, Mapping[str, str]] = {}
        self._page = page
        self._sheet: cssselect2.Matcher[StyleRule] = cssselect2.Matcher()
        for rule in sheets(page):
            if matches(rule.media, view):
                self._add(rule)
        self._wrapped = {
            wrapper.etree_element: wrapper
            for wrapper in cssselect2.ElementWrapper.from_html_root(page.root).iter_subtree()
        }

    def _add(self, rule: StyleRule) -> None:
        try:
            selectors = cssselect2.compile_selector_list(rule.selector)
        except cssselect2.SelectorError:
            return
        for selector in selectors:
            if selector.pseudo_element is None:
                self._sheet.add_selector(selector, rule)

    def rules_of(self, element: Element) -> tuple[StyleRule, ...]:
        """The sheets' rules that meet an element, the strongest last."""
        return tuple(rule for *_, rule in self._sheet.match(self._wrapped[element]))

    def of(self, element: Element) -> Mapping[str, str]:
        """The element's properties: its own, and those it inherits. Shorthands stand as written."""
        if element not in self._known:
            self._known[element] = self._resolve(element)
        return self._known[element]

    def _resolve(self, element: Element) -> Mapping[str, str]:
        parent = self._page.parents.get(element)
        inherited = {k: v for k, v in self.of(parent).items() if k in INHERITED} if parent is not None else {}
        found = inherited | _presented(element, inherited)
        weak: list[tuple[str, str]] = []
        strong: list[tuple[str, str]] = []
        for rule in self.rules_of(element):
            for name, value, important in rule.declarations:
                (strong if important else weak).append((name, value))
        for name, value, important in declarations(element.get("style") or ""):
            # An important rule of the sheet wins over an inline style that is not.
            (strong if important else weak).append((name, value))
        for name, value in (*weak, *strong):
            _set(found, name, value, inherited)
        height = found.get("line-height", "")
        if height.endswith(("em", "%")):
            # It is inherited as a length, not as a share (CSS 2.2, 10.8.1).
            found["line-height"] = f"{_relative(height, found.get('font-size', '16px')):.2f}px"
        return found


def _presented(element: Element, inherited: Mapping[str, str]) -> dict[str, str]:
    """What an element's name and attributes say of its style (HTML Living Standard, 15.3)."""
    found: dict[str, str] = {}
    if element.tag in _SIZES:
        found["font-size"] = _SIZES[element.tag]
    if element.tag in _SMALL:
        found["font-size"] = f"{_relative('0.8333em', inherited.get('font-size', '16px')):.2f}px"
    if element.tag in _BOLD:
        found["font-weight"] = "bold"
    if element.tag == "a":
        found |= {"text-decoration": "underline", "color": "#0000ee"}
    if ground := element.get("bgcolor"):
        found["background-color"] = ground
    align = "center" if element.tag == "center" else (element.get("align") or "").lower()
    # A table's or an image's `align` says where it floats, not how its text stands.
    if align in {"left", "right", "center", "justify"} and element.tag not in {"table", "img"}:
        found["text-align"] = align
    return found


_FONT = re.compile(r"(\d[\d.]*(?:px|pt|em|rem|%))(?:\s*/\s*(\S+))?\s+(.+)$")


def _words(value: str) -> Iterator[str]:
    for token in tinycss2.parse_component_value_list(value):
        yield token.serialize()


def _four(values: list[str]) -> tuple[str, str, str, str]:
    """One to four values of a shorthand as top, right, bottom and left (CSS Box 4, 4.2)."""
    top, *rest = values or ["0"]
    right = rest[0] if rest else top
    return top, right, rest[1] if len(rest) > 1 else top, rest[2] if len(rest) > 2 else right


def _set(found: dict[str, str], name: str, value: str, inherited: Mapping[str, str]) -> None:
    if value == "inherit":
        value = inherited.get(name, "")
    if name == "background":
        # The colour is the one part that is a colour; without one, it is none.
        found["background-color"] = next(filter(rgba, _words(value)), "transparent")
    elif name in {"padding", "margin"}:
        for side, each in zip(_SIDES, _four(value.split()), strict=True):
            found[f"{name}-{side}"] = each
    elif name == "font" and (font := _FONT.search(value)):
        _set(found, "font-size", font[1], inherited)
        found |= {"line-height": font[2] or "normal", "font-family": font[3]}
        found["font-weight"] = "bold" if re.search(r"\b(bold|[6-9]00)\b", value) else "normal"
    elif name == "font-size" and value.endswith(("em", "%")):
        found[name] = f"{_relative(value, inherited.get(name, '16px'))}px"
    else:
        found[name] = value


def _relative(value: str, above: str) -> float:
    base = pixels(above) or 16.0
    if value.endswith("rem"):
        return float(value[:-3]) * 16
    number = float(value.removesuffix("em").removesuffix("%"))
    return base * (number if value.endswith("em") else number / 100)


def pixels(value: str) -> float | None:
    """A length in CSS pixels; None for any other unit."""
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)(px|pt|)", value.strip())
    if not found or (not found[2] and float(found[1]) != 0):
        return None
    return float(found[1]) * (4 / 3 if found[2] == "pt" else 1)


def rgba(value: str) -> tuple[float, float, float, float] | None:
    """A colour's red, green, blue and opacity, each 0 to 1; None where it is none (CSS Color 3)."""
    found = tinycss2.color3.parse_color(value)
    return (found[0], found[1], found[2], found[3]) if isinstance(found, tuple) else None


def colour(value: str) -> str | None:
    """A colour as six hex digits in lower case; None where it is none, or see-through."""
    found = rgba(value)
    if found is None or found[3] < 1:
        return None
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in found[:3])
