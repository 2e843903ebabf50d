"""The styles of a page's elements as a browser resolves them, and the sizes and buttons that result.

The only module that imports cssselect2. It covers what email uses: type and class selectors,
`!important`, inline styles, inheritance, attributes that set a style, and the media features of width
and colour scheme (CSS Cascade 4; Media Queries 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from xml.etree.ElementTree import Element

import cssselect2

from pipeline.checks.html_page import HEADINGS, HtmlPage, text_of
from pipeline.checks.outlook_view import outlook_com_marks, outlook_com_view
from pipeline.support.css import StyleRule, declarations, first_colour, hex_colour, style_rules
from pipeline.support.limits import EMAIL_WIDTH

_INHERITED_NAMES = (
    "color direction font-family font-size font-style font-weight letter-spacing line-height "
    "list-style-type text-align text-transform visibility white-space word-break"
)
_INHERITED = frozenset(_INHERITED_NAMES.split())
_SIZES = {"h1": "32px", "h2": "24px", "h3": "18.72px", "h4": "16px", "h5": "13.28px", "h6": "10.72px"}
_BOLD = HEADINGS | {"b", "strong", "th"}
_SIDES = ("top", "right", "bottom", "left")
_FONT = re.compile(r"(\d[\d.]*(?:px|pt|em|rem|%))(?:\s*/\s*(\S+))?\s+(.+)$")


def matches(media: str, dark: bool) -> bool:
    """Whether a media query holds in a colour scheme, for a window as wide as the email.

    One that asks for what an email does not have never holds.
    """
    if not media:
        return True
    if "," in media:
        return any(matches(each.strip(), dark) for each in media.split(","))
    for part in re.split(r"\band\b", media.lower()):
        part = part.replace("only", "").strip()
        scheme = re.fullmatch(r"\(prefers-color-scheme:\s*(dark|light)\)", part)
        width = re.fullmatch(r"\((max|min)-width:\s*(\d+(?:\.\d+)?)px\)", part)
        if scheme:
            holds = (scheme[1] == "dark") is dark
        elif width:
            limit = float(width[2])
            holds = limit >= EMAIL_WIDTH if width[1] == "max" else limit <= EMAIL_WIDTH
        else:
            holds = part in {"", "screen", "all"}
        if not holds:
            return False
    return True


def sheet_rules(page: HtmlPage) -> Iterator[StyleRule]:
    """The rules of all style sheets of a page, each with its line in the page."""
    for sheet in _sheets_of(page):
        yield from style_rules(*sheet)


def _sheets_of(page: HtmlPage) -> Iterator[tuple[str, int, str]]:
    """Text, line and media query of each style sheet."""
    for sheet in page.all("style"):
        yield sheet.text or "", page.lines[sheet], sheet.get("media") or ""


_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)[^\]]*\]")
_POSITION = re.compile("[+~:]")
"""What a selector has that looks at more than an element and those around it."""


class _Path:
    """The names and attributes of an element and of those around it, with the styles that follow from them.

    Elements of the same path look the same, in this page and in all others that have its sheets.
    """

    def __init__(self, rules: tuple[StyleRule, ...], style: Mapping[str, str]) -> None:
        self.rules = rules
        self.style = style
        self.inner: dict[tuple[object, ...], _Path] = {}


class _Sheets:
    """The rules of some style sheets that hold in a colour scheme, and what they came to so far."""

    def __init__(self, rules: Iterable[StyleRule]) -> None:
        self.matcher: cssselect2.Matcher[tuple[int, StyleRule]] = cssselect2.Matcher()
        self.by_position: cssselect2.Matcher[tuple[int, StyleRule]] = cssselect2.Matcher()
        self.positions = False
        self.paths = _Path((), {})
        for number, rule in enumerate(rules):
            with suppress(cssselect2.SelectorError):
                plain = _ATTRIBUTE.sub("", rule.selector).replace(":root", "")
                by_position = bool(_POSITION.search(plain))
                self.positions = self.positions or by_position
                matcher = self.by_position if by_position else self.matcher
                for selector in cssselect2.compile_selector_list(rule.selector):
                    if selector.pseudo_element is None:
                        matcher.add_selector(selector, (number, rule))


_LOOKS = frozenset({"align", "bgcolor", "class", "dir", "id", "lang", "style"})
"""The attributes that an element's look may depend on, beside those that a selector names."""


@lru_cache(maxsize=2)
def _signatures(page: HtmlPage) -> Mapping[Element, tuple[object, ...]]:
    """The names of a page's elements with the attributes that their looks may depend on."""
    names = {name.lower() for rule in sheet_rules(page) for name in _ATTRIBUTE.findall(rule.selector)}
    names |= _LOOKS
    return {
        each: (each.tag, *[pair for pair in each.attrib.items() if pair[0] in names])
        for each in page.root.iter()
    }


@lru_cache(maxsize=8)
def _sheets(sheets: tuple[tuple[str, int, str], ...], dark: bool) -> _Sheets:
    rules = (rule for sheet in sheets for rule in style_rules(*sheet))
    return _Sheets(rule for rule in rules if matches(rule.media, dark))


class Styles:
    """The resolved styles of a page in one colour scheme. Selectors that cannot be read match nothing.

    `outlook_com` adds the marks of Outlook.com's dark mode to the elements.
    """

    def __init__(self, page: HtmlPage, *, dark: bool = False, outlook_com: bool = False) -> None:
        self._paths: dict[Element, _Path] = {}
        sheets = _sheets(tuple(_sheets_of(page)), dark)
        # Each element comes after its parent.
        for element, key in _signatures(page).items():
            parent = page.parents.get(element)
            around = sheets.paths if parent is None else self._paths[parent]
            if outlook_com and (marks := outlook_com_marks(element)):
                key = (*key, *marks)
            by_position = []
            if sheets.positions:
                by_position = sheets.by_position.match(_wrappers(page, outlook_com)[element])
                key = (*key, *(number for *_, (number, _) in by_position))
            path = around.inner.get(key)
            if path is None:
                wrapper = _wrappers(page, outlook_com)[element]
                matched = [*sheets.matcher.match(wrapper), *by_position]
                # By specificity, then by order.
                matched.sort(key=lambda each: (each[0], each[3][0]))
                rules = tuple(rule for *_, (_, rule) in matched)
                path = around.inner[key] = _Path(rules, _resolve(element, rules, around.style))
            self._paths[element] = path

    def rules_of(self, element: Element) -> tuple[StyleRule, ...]:
        """The rules whose selectors match an element, the strongest last."""
        return self._paths[element].rules

    def of(self, element: Element) -> Mapping[str, str]:
        """The element's own and inherited properties. Padding, margin, font and background are split."""
        return self._paths[element].style


@lru_cache(maxsize=2)
def _wrappers(page: HtmlPage, outlook_com: bool) -> Mapping[Element, cssselect2.ElementWrapper]:
    """What cssselect2 knows of the elements of the page."""
    drawn = outlook_com_view(page) if outlook_com else page
    root = cssselect2.ElementWrapper.from_html_root(drawn.root)
    return dict(zip(page.root.iter(), root.iter_subtree(), strict=True))


def _resolve(element: Element, rules: Iterable[StyleRule], above: Mapping[str, str]) -> Mapping[str, str]:
    """The style of an element that these rules match, in one with the style `above`."""
    inherited = {name: value for name, value in above.items() if name in _INHERITED}
    style = inherited | _presentational(element, inherited)
    weak: list[tuple[str, str]] = []
    strong: list[tuple[str, str]] = []
    sheets = (each for rule in rules for each in rule.declarations)
    # An important rule of a sheet wins over an inline style that is not important.
    for name, value, important in (*sheets, *declarations(element.get("style") or "")):
        (strong if important else weak).append((name, value))
    for name, value in (*weak, *strong):
        _set(style, name, value, inherited)
    height = style.get("line-height", "")
    if height.endswith(("em", "%")):
        # It is inherited as a length, not as a ratio (CSS 2.2, 10.8.1).
        style["line-height"] = f"{_relative(height, style.get('font-size', '16px')):.2f}px"
    return style


def _presentational(element: Element, inherited: Mapping[str, str]) -> dict[str, str]:
    """The style that an element's name and attributes set (HTML Living Standard, 15.3)."""
    style: dict[str, str] = {}
    if element.tag in _SIZES:
        style["font-size"] = _SIZES[element.tag]
    if element.tag in {"small", "sub", "sup"}:
        style["font-size"] = f"{_relative('0.8333em', inherited.get('font-size', '16px')):.2f}px"
    if element.tag in _BOLD:
        style["font-weight"] = "bold"
    if element.tag == "a":
        style |= {"text-decoration": "underline", "color": "#0000ee"}
    if (direction := (element.get("dir") or "").lower()) in {"ltr", "rtl"}:
        style["direction"] = direction
    if background := element.get("bgcolor"):
        style["background-color"] = background
    align = "center" if element.tag == "center" else (element.get("align") or "").lower()
    # A table's or an image's `align` says where it floats, not how its text is aligned.
    if align in {"left", "right", "center", "justify"} and element.tag not in {"table", "img"}:
        style["text-align"] = align
    return style


def _set(style: dict[str, str], name: str, value: str, inherited: Mapping[str, str]) -> None:
    if value == "inherit":
        value = inherited.get(name, "")
    if name == "background":
        style["background-color"] = first_colour(value) or "transparent"
    elif name in {"padding", "margin"}:
        for side, each in zip(_SIDES, four_sides(value.split()), strict=True):
            style[f"{name}-{side}"] = each
    elif name == "font" and (font := _FONT.search(value)):
        _set(style, "font-size", font[1], inherited)
        style |= {"line-height": font[2] or "normal", "font-family": font[3]}
        style["font-weight"] = "bold" if re.search(r"\b(bold|[6-9]00)\b", value) else "normal"
    elif name == "font-size" and value.endswith(("em", "%")):
        style[name] = f"{_relative(value, inherited.get(name, '16px'))}px"
    else:
        style[name] = value


def four_sides(values: list[str]) -> tuple[str, str, str, str]:
    """One to four values of a shorthand as top, right, bottom and left (CSS Box 4, 4.2)."""
    top, *rest = values or ["0"]
    right = rest[0] if rest else top
    return top, right, rest[1] if len(rest) > 1 else top, rest[2] if len(rest) > 2 else right


def _relative(value: str, parent_size: str) -> float:
    if value.endswith("rem"):
        return float(value[:-3]) * 16
    number = float(value.removesuffix("em").removesuffix("%"))
    return (pixels(parent_size) or 16.0) * (number if value.endswith("em") else number / 100)


# --- sizes -----------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def pixels(value: str) -> float | None:
    """A length in CSS pixels; None for any other unit."""
    length = re.fullmatch(r"(-?\d+(?:\.\d+)?)(px|pt|)", value.strip())
    if not length or (not length[2] and float(length[1]) != 0):
        return None
    return float(length[1]) * (4 / 3 if length[2] == "pt" else 1)


def font_size(style: Mapping[str, str]) -> float:
    """The font size in pixels; 16 where the style has none."""
    size = pixels(style.get("font-size", "16px"))
    return 16.0 if size is None else size


def line_height(style: Mapping[str, str]) -> float:
    """The height of a line in pixels; browsers' `normal` is about 1.2 times the font size."""
    written = style.get("line-height", "normal")
    length = pixels(written)
    if length is not None and written != "0":
        return length
    try:
        return float(written) * font_size(style)
    except ValueError:
        return 1.2 * font_size(style)


def vertical_padding(style: Mapping[str, str]) -> float:
    """Padding above and below together, in pixels."""
    return sum(pixels(style.get(f"padding-{side}", "0")) or 0 for side in ("top", "bottom"))


def buttons(page: HtmlPage, styles: Styles) -> Iterator[tuple[Element, Mapping[str, str]]]:
    """The links that are drawn as a box, with a background and padding of their own, and their styles."""
    for link in page.all("a"):
        style = styles.of(link)
        if hex_colour(style.get("background-color", "")) and vertical_padding(style) > 0 and text_of(link):
            yield link, style
