"""The features of HTML and CSS that a page uses, by their names at caniemail.com."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import sheet_rules
from pipeline.checks.html_page import HtmlPage
from pipeline.support.css import StyleRule, at_rules, declarations, value_parts


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """A use of a feature: its slug, its text in the page, its line, and its element, unless in a sheet."""

    slug: str
    written: str
    line: int
    element: Element | None = None


def by_name(shared: Mapping[str, str]) -> dict[str, str]:
    """Map each name to what it shares with others, from a table of what is shared and its names."""
    return {name: value for value, names in shared.items() for name in names.split()}


# Beginnings of properties that caniemail.com tests together, by the name of that test.
_FAMILIES = by_name(
    {
        "css-border": "border-bottom border-color border-left border-right border-style border-top "
        "border-width",
        "css-border-inline-block": "border-block border-inline",
        "css-border-radius-logical": "border-end border-start",
        "css-column-layout-properties": "column-rule",
        "css-flex-wrap": "flex-flow",
        "css-grid-template": "grid-template",
        "css-inset": "inset",
        "css-left-right-top-bottom": "bottom left right top",
        "css-margin": "margin-bottom margin-left margin-right margin-top",
        "css-margin-inline-block": "margin-block margin-inline",
        "css-margin-inline-start-end": "margin-inline-end margin-inline-start",
        "css-padding": "padding-bottom padding-left padding-right padding-top",
        "css-padding-inline-block": "padding-block padding-inline",
        "css-padding-inline-start-end": "padding-inline-end padding-inline-start",
        "css-scroll-snap": "scroll-snap",
    }
)
_CORNER = re.compile(r"border-(?:top|bottom)-(?:left|right)-radius")
_FUNCTIONS = by_name(
    {
        "css-conic-gradient": "conic-gradient",
        "css-function-clamp": "clamp",
        "css-function-light-dark": "light-dark",
        "css-function-max": "max",
        "css-function-min": "min",
        "css-linear-gradient": "linear-gradient",
        "css-modern-color": "hsl hwb lab lch oklab oklch",
        "css-radial-gradient": "radial-gradient",
        "css-rgb": "rgb",
        "css-rgba": "rgba",
        "css-unit-calc": "calc",
        "css-variables": "var",
    }
)
_DISPLAYS = by_name(
    {
        "css-display-flex": "flex inline-flex",
        "css-display-grid": "grid inline-grid",
        "css-display-none": "none",
    }
)
_COMMON = frozenset({"block", "inline", "inline-block"})
_ELEMENTS = by_name(
    {
        "html-h1-h6": "h1 h2 h3 h4 h5 h6",
        "html-image-maps": "map area",
        "html-lists": "ul ol li dl dt dd",
        "html-semantics": "article aside details figcaption figure footer header main mark nav section "
        "summary time",
        "html-strike": "s strike",
        "html-strong": "b strong",
        "html-table": "table tr td th thead tbody tfoot",
    }
)
_NAMES = (
    "align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding "
    "cellspacing dir height hidden lang popover required role srcset target valign width"
)
_ATTRIBUTES = frozenset(_NAMES.split())
_BY_VALUE = frozenset({"a", "button", "img", "input", "source"})
"""Elements whose features depend on the values of their attributes, and not only on their names."""

_IMAGES = {"heic": "heif", "jpeg": "jpg", "tif": "tiff"}
_MEDIA = ("prefers-color-scheme", "prefers-reduced-motion", "orientation", "hover", "device-pixel-ratio")
_SELECTORS = {
    "css-selector-attribute": r"\[",
    "css-selector-child": r">",
    "css-selector-adjacent-sibling": r"\+",
    "css-selector-general-sibling": r"~(?!=)",
    "css-selector-grouping": r",",
    "css-selector-id": r"#\w",
    "css-selector-class": r"\.\w",
    "css-selector-universal": r"(?:^|[\s>+~,])\*",
    "css-selector-chaining": r"\.[\w-]+\.",
    "css-selector-descendant": r"[\w\])]\s+[\w.#\[:*]",
    "css-selector-type": r"(?:^|[\s>+~,])[a-z]",
}
_PSEUDO = re.compile(r"(::?)([a-z-]+)")
_OLD_ELEMENTS = frozenset({"before", "after", "first-letter", "first-line"})


@lru_cache(maxsize=2)
def first_uses(page: HtmlPage) -> Mapping[str, FeatureUse]:
    """The first use of each feature, by its slug; those in style sheets come last.

    Some of the slugs are not in the data, since not every feature is tested.
    """
    first: dict[str, FeatureUse] = {}
    for use in _uses(page):
        first.setdefault(use.slug, use)
    return first


def _uses(page: HtmlPage) -> Iterator[FeatureUse]:
    """Uses of features, the first of each among them."""
    known: set[str | tuple[str, ...]] = set()
    for each in page.all():
        line = page.lines.get(each, 1)
        shape = (each.tag, *each.attrib)
        if shape not in known or each.tag in _BY_VALUE:
            known.add(shape)
            for slug, written in _of_element(each):
                if slug not in known:
                    known.add(slug)
                    yield FeatureUse(slug, written, line, each)
        style = each.get("style") or ""
        if style not in known:
            known.add(style)
            for name, value, important in declarations(style):
                for slug in _of_declaration(name, value, important):
                    yield FeatureUse(slug, f"{name}:{value}", line, each)
    for sheet in page.all("style"):
        for name, line, _ in at_rules(sheet.text or "", page.lines[sheet]):
            yield FeatureUse(f"css-at-{name}", f"@{name}", line)
    for rule in sheet_rules(page):
        yield from _of_rule(rule)


# A theme's sheets are the same in all of its emails.
@lru_cache(maxsize=1024)
def _of_rule(rule: StyleRule) -> tuple[FeatureUse, ...]:
    return tuple(_uses_of_rule(rule))


def _uses_of_rule(rule: StyleRule) -> Iterator[FeatureUse]:
    for feature in _MEDIA:
        if f"({feature}" in rule.media or f"-{feature}" in rule.media:
            yield FeatureUse(f"css-at-media-{feature}", feature, rule.line)
    plain = re.sub(r"\[[^\]]*\]", "[]", rule.selector.lower())
    for slug, pattern in _SELECTORS.items():
        if re.search(pattern, plain):
            yield FeatureUse(slug, rule.selector, rule.line)
    for colons, name in _PSEUDO.findall(plain):
        kind = "element" if colons == "::" or name in _OLD_ELEMENTS else "class"
        yield FeatureUse(f"css-pseudo-{kind}-{name}", rule.selector, rule.line)
    for name, value, important in rule.declarations:
        for slug in _of_declaration(name, value, important):
            yield FeatureUse(slug, f"{name}: {value}", rule.line)


@lru_cache(maxsize=4096)
def _of_declaration(name: str, value: str, important: bool) -> frozenset[str]:
    slugs = {"css-important"} if important else set()
    if name.startswith("--"):
        return frozenset({"css-variables", *slugs})
    plain_name = re.sub(r"^-(?:webkit|moz|ms)-", "", name)
    if plain_name == "display":
        # Block and inline are what every client has; some other values have a test of their own.
        slugs |= set() if value in _COMMON else {_DISPLAYS.get(value, "css-display")}
    elif _CORNER.fullmatch(plain_name):
        slugs.add("css-border-radius")
    else:
        slugs |= {_family(plain_name), f"css-{plain_name}"}
    parts = value_parts(value)
    slugs |= {_FUNCTIONS[each] for each in parts.functions if each in _FUNCTIONS}
    slugs |= {f"css-unit-{'percent' if each == '%' else each}" for each in parts.units}
    if plain_name == "background" and "url" in parts.functions:
        slugs.add("css-background-image")
    slugs |= {"css-sytem-ui"} if "system-ui" in parts.words else set()  # the data spells it so
    return frozenset(slugs)


def _family(name: str) -> str:
    stems = [stem for stem in _FAMILIES if name == stem or name.startswith(f"{stem}-")]
    return _FAMILIES[max(stems, key=len)] if stems else f"css-{name}"


def _of_element(element: Element) -> Iterator[tuple[str, str]]:
    tag = element.tag
    yield _ELEMENTS.get(tag, f"html-{tag}"), f"<{tag}>"
    if tag in {"input", "button"}:
        yield f"html-{tag}-{element.get('type') or 'text'}", f"<{tag}>"
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES:
            yield f"html-{name}", name
        if name == "loading":
            yield "html-loading-attribute", name
        if name == "href" and tag == "a":
            if value.startswith("mailto:"):
                yield "html-mailto-links", "mailto:"
            elif value.startswith("#") and len(value) > 1:
                yield "html-anchor-links", value
    if tag in {"img", "source"}:
        source = element.get("src") or element.get("srcset") or ""
        if source.startswith("data:"):
            yield "image-base64", "data:"
        else:
            ending = urlsplit(source).path.rpartition(".")[2].lower()
            yield f"image-{_IMAGES.get(ending, ending)}", source
