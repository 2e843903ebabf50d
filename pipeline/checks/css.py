"""Resolved styles of a page: what each element's colours and type come to, as a browser cascades them.

The only module that imports tinycss2 and cssselect2. It covers what email uses: type and class
selectors, `!important`, inline styles, inheritance, and the media features of width and colour scheme
(CSS Cascade 4; Media Queries 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2

from pipeline.checks.page import Page

_INHERITED = (
    "color direction font-family font-size font-style font-weight letter-spacing line-height "
    "list-style-type text-align text-transform visibility white-space word-break"
)
INHERITED = frozenset(_INHERITED.split())
_SIZES = {"h1": "32px", "h2": "24px", "h3": "18.72px", "h4": "16px", "h5": "13.28px", "h6": "10.72px"}
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class View:
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


def matches(media: str, view: View) -> bool:
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


class Styles:
    """The resolved styles of a page in one view. Selectors that cannot be read match nothing."""

    def __init__(self, page: Page, view: View = View()) -> None:
        self._known: dict[Element, Mapping[str, str]] = {}
        self._page = page
        self._sheet: cssselect2.Matcher[tuple[tuple[str, str, bool], ...]] = cssselect2.Matcher()
        for sheet in page.all("style"):
            for rule in style_rules(sheet.text or "", media=sheet.get("media") or ""):
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
                self._sheet.add_selector(selector, rule.declarations)

    def of(self, element: Element) -> Mapping[str, str]:
        """The element's properties: its own, and those it inherits. Shorthands stand as written."""
        if element not in self._known:
            self._known[element] = self._resolve(element)
        return self._known[element]

    def _resolve(self, element: Element) -> Mapping[str, str]:
        parent = self._page.parents.get(element)
        inherited = {k: v for k, v in self.of(parent).items() if k in INHERITED} if parent is not None else {}
        found = dict(inherited)
        if element.tag in _SIZES:
            found["font-size"] = _SIZES[element.tag]
        if element.tag in _BOLD:
            found["font-weight"] = "bold"
        if element.tag == "a":
            found["text-decoration"] = "underline"
            found["color"] = "#0000ee"
        if ground := element.get("bgcolor"):
            found["background-color"] = ground
        weak: list[tuple[str, str]] = []
        strong: list[tuple[str, str]] = []
        for *_, payload in self._sheet.match(self._wrapped[element]):
            for name, value, important in payload:
                (strong if important else weak).append((name, value))
        for name, value, important in declarations(element.get("style") or ""):
            # An important rule of the sheet wins over an inline style that is not.
            (strong if important else weak).append((name, value))
        for name, value in (*weak, *strong):
            _set(found, name, value, inherited)
        return found


_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


def _set(found: dict[str, str], name: str, value: str, inherited: Mapping[str, str]) -> None:
    if value == "inherit":
        value = inherited.get(name, "")
    if name == "background":
        colour = _HEX.search(value)
        if colour:
            found["background-color"] = colour[0]
        elif value in {"none", "transparent"}:
            found["background-color"] = "transparent"
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


def colour(value: str) -> str | None:
    """A colour as six hex digits in lower case; None where it is none, or see-through."""
    value = value.strip().lower()
    names = {"white": "#ffffff", "black": "#000000"}
    if value in names:
        return names[value]
    if re.fullmatch(r"#[0-9a-f]{6}", value):
        return value
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(c * 2 for c in value[1:])
    return None
