"""What of a page is seen: each run of text with the element it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.css import Styles, colour
from pipeline.checks.page import Page

_UNSEEN = frozenset({"head", "style", "script", "title", "noscript"})


def texts(page: Page, styles: Styles) -> Iterator[tuple[Element, str]]:
    """Each text that is shown, with the element whose styles it has, in the order of the page."""
    yield from _texts(page.root, styles)


def _texts(element: Element, styles: Styles) -> Iterator[tuple[Element, str]]:
    if element.tag in _UNSEEN or styles.of(element).get("display") == "none":
        return
    if text := " ".join((element.text or "").split()):
        yield element, text
    if element.tag == "img" and (alt := (element.get("alt") or "").strip()):
        yield element, alt
    for child in element:
        yield from _texts(child, styles)
        if tail := " ".join((child.tail or "").split()):
            yield element, tail


def ground(page: Page, styles: Styles, element: Element) -> str:
    """The colour behind an element: its own background, or that of the nearest one above it."""
    for each in (element, *page.above(element)):
        found = colour(styles.of(each).get("background-color", ""))
        if found:
            return found
    return "#ffffff"
