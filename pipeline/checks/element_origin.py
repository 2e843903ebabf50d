"""Which line of an article or letter an element of the finished email was written in.

A paragraph of the email is known again by its words: the writing is the one thing that no theme
changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.html_page import HtmlPage, text_of
from pipeline.checks.source_places import SourceText, content_elements
from pipeline.content.tree import elements
from pipeline.model import Element as Node
from pipeline.model import MergeField, Place
from pipeline.model import Node as AnyNode
from pipeline.support import merge

_NAMES = "a blockquote code dd dl dt figcaption figure h1 h2 h3 h4 h5 h6 img li ol p pre table td th ul"
_KNOWN = frozenset(_NAMES.split())


class ElementOrigins:
    """The index of one edition's writings."""

    def __init__(self, writings: Iterable[SourceText]) -> None:
        self._places: dict[str, Place] = {}
        self._notes: set[str] = set()
        for written in writings:
            for note in written.content.footnotes:
                self._notes |= {text for each in elements(note) if (text := _text(each))}
            for element, line in content_elements(written.content):
                text = _text(element) if element.tag in _KNOWN else ""
                if text:
                    self._places.setdefault(text, written.place(line))

    def of(self, page: HtmlPage, element: Element) -> Place | None:
        """The line of the element, or of the nearest one around it that is known; None for the theme's."""
        for each in (element, *page.above(element)):
            if each.tag in _KNOWN:
                found = self._places.get(text_of(each))
                if found:
                    return found
        return None

    def is_running(self, page: HtmlPage, element: Element) -> bool:
        """Whether an editor wrote the element as text of its own, and not as a note below it."""
        return text_of(element) not in self._notes and self.of(page, element) is not None


def _text(element: Node) -> str:
    return " ".join("".join(_texts((element,))).split())


def _texts(nodes: Iterable[AnyNode]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, MergeField):
            yield merge.neutral(node)
        elif node.tag == "img":
            yield node.get("alt") or ""
        elif node.tag == "br":
            yield " "
        else:
            yield from _texts(node.children)
