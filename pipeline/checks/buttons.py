"""Buttons: links that are drawn as a box, and how high they come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.css import colour, pixels
from pipeline.checks.html_page import HtmlPage, text_of


def buttons(subject: CheckContext) -> Iterator[Element]:
    """The links with a ground of their own and room around their text."""
    for link in subject.page.all("a"):
        found = subject.light.of(link)
        if colour(found.get("background-color", "")) and padding(found) > 0 and text_of(link):
            yield link


def padding(style: Mapping[str, str]) -> float:
    """Padding above and below together, in pixels."""
    return sum(pixels(style.get(f"padding-{side}", "0")) or 0 for side in ("top", "bottom"))


def line_height(style: Mapping[str, str]) -> float:
    """The height of a line in pixels; browsers' `normal` is about 1.2 times the type's size."""
    size = font_size(style)
    said = style.get("line-height", "normal")
    length = pixels(said)
    if length is not None and said != "0":
        return length
    try:
        return float(said) * size
    except ValueError:
        return 1.2 * size


def font_size(style: Mapping[str, str]) -> float:
    """The type's size in pixels; 16 where none is said."""
    found = pixels(style.get("font-size", "16px"))
    return 16.0 if found is None else found


def cell_of(page: HtmlPage, link: Element) -> Element | None:
    """The table cell that holds a button."""
    return next((each for each in page.above(link) if each.tag in {"td", "th"}), None)
