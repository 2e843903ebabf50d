"""What of a page is seen: each run of text with the element it stands in, and what is behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.css import Styles, rgba
from pipeline.checks.html_page import HtmlPage

_UNSEEN = frozenset({"head", "style", "script", "title", "noscript"})
_INK = re.compile("[^\\s\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
"""Anything but white space and the characters that take no room."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OTHERS = "blockquote caption center dd div dt figcaption li p pre td th"
BLOCKS = HEADINGS | frozenset(_OTHERS.split())
"""Elements whose text makes lines of its own."""


def visible_texts(page: HtmlPage, styles: Styles) -> Iterator[tuple[Element, str]]:
    """Each text that is shown, with the element whose styles it has, in the order of the page.

    An image's text is its alt text.
    """
    yield from _texts(page.root, styles)


def block_of(page: HtmlPage, element: Element) -> Element | None:
    """The block that a text in this element is a part of."""
    return next((each for each in (element, *page.above(element)) if each.tag in BLOCKS), None)


def blocks(page: HtmlPage, styles: Styles) -> dict[Element, str]:
    """Each block with the text that it holds by itself and not in a block of its own."""
    found: dict[Element, list[str]] = {}
    for element, text in visible_texts(page, styles):
        block = block_of(page, element)
        if block is not None and element.tag != "img":
            found.setdefault(block, []).append(text)
    return {block: " ".join(pieces) for block, pieces in found.items()}


def _texts(element: Element, styles: Styles) -> Iterator[tuple[Element, str]]:
    style = styles.of(element)
    if element.tag in _UNSEEN or style.get("display") == "none" or style.get("visibility") == "hidden":
        return
    if text := _seen(element.text):
        yield element, text
    if element.tag == "img" and (alt := (element.get("alt") or "").strip()):
        yield element, alt
    for child in element:
        yield from _texts(child, styles)
        if tail := _seen(child.tail):
            yield element, tail


def _seen(text: str | None) -> str:
    return " ".join(text.split()) if text and _INK.search(text) else ""


def background(page: HtmlPage, styles: Styles, element: Element, blank: str = "#ffffff") -> str:
    """The colour behind an element: its own background over those above it, as they let through."""
    behind = blank
    for each in reversed((element, *page.above(element))):
        behind = blend(styles.of(each).get("background-color", ""), behind) or behind
    return behind


def blend(colour: str, behind: str) -> str | None:
    """A colour as it looks over another, in six digits; None where it is no colour."""
    found = rgba(colour) if colour else None
    if found is None:
        return None
    below = (int(behind[at : at + 2], 16) / 255 for at in (1, 3, 5))
    mixed = (top * found[3] + under * (1 - found[3]) for top, under in zip(found, below, strict=False))
    return "#" + "".join(f"{round(255 * each):02x}" for each in mixed)
