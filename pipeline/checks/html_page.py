"""HTML as the checks see it: a tree whose elements know their line, and the slips of its writing.

Parsed by the standard library, because a check must see what was written: a forgiving parser would
close what was left open, and a client might not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""HTML elements without an end tag (HTML Living Standard, 13.1.2)."""


@dataclass(frozen=True, slots=True)
class MarkupError:
    """A tag that does not balance; `line` is the line of the page."""

    message: str
    line: int


@dataclass(frozen=True, eq=False)
class HtmlPage:
    """A parsed page. `lines` and `parents` are kept beside the tree, elements being plain."""

    html: str
    root: Element
    lines: Mapping[Element, int]
    parents: Mapping[Element, Element]
    slips: tuple[MarkupError, ...]

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements of these names (all without one), in the order of the page."""
        every = (each for each in self.root.iter() if each is not self.root)
        return (each for each in every if not tags or each.tag in tags)

    def first(self, tag: str) -> Element | None:
        """The first element of this name."""
        return next(self.all(tag), None)

    def within(self, element: Element, *tags: str) -> bool:
        """Whether the element stands inside one of these names."""
        return any(each.tag in tags for each in self.above(element))

    def above(self, element: Element) -> Iterator[Element]:
        """The element's parent, its parent and so on."""
        parent = self.parents.get(element)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)


def text_of(element: Element) -> str:
    """The text inside an element, white space collapsed; an image reads as its alt text."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.tag in {"style", "script", "title"}:
        return
    if element.tag == "img":
        yield element.get("alt") or ""
    if element.tag == "br":
        yield " "
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def parse_page(html: str) -> HtmlPage:
    """The page of this HTML. Comments are left out, those for Outlook too: see `outlook.py`."""
    parser = _PageParser()
    parser.feed(html)
    parser.close()
    while len(parser.stack) > 1:
        parser.leave()
    return HtmlPage(html, parser.root, parser.lines, parser.parents, tuple(parser.slips))


@dataclass
class _OpenElement:
    element: Element
    line: int


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self.stack = [_OpenElement(self.root, 1)]
        self.lines: dict[Element, int] = {}
        self.parents: dict[Element, Element] = {}
        self.slips: list[MarkupError] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of two equal attributes the first counts (HTML Living Standard, 13.2.5.33).
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, value or "")
        element = Element(tag, attributes)
        above = self.stack[-1].element
        above.append(element)
        self.parents[element] = above
        self.lines[element] = self.getpos()[0]
        if tag not in VOID:
            self.stack.append(_OpenElement(element, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not any(each.element.tag == tag for each in self.stack[1:]):
            self.slips.append(MarkupError(f"</{tag}> closes nothing.", self.getpos()[0]))
            return
        while self.stack[-1].element.tag != tag:
            self.leave()
        self.stack.pop()

    def leave(self) -> None:
        """Close what its author did not close."""
        left = self.stack.pop()
        self.slips.append(MarkupError(f"<{left.element.tag}> is never closed.", left.line))

    def handle_data(self, data: str) -> None:
        element = self.stack[-1].element
        if len(element):
            element[-1].tail = (element[-1].tail or "") + data
        else:
            element.text = (element.text or "") + data
