"""HTML as the checks see it: a tree whose elements know their line, the errors of its markup, its text.

Parsed by the standard library, because a check must see what was written: a forgiving parser would
close what was left open, and a client might not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.content.tree import BLOCKS as CONTENT_BLOCKS

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""HTML elements without an end tag (HTML Living Standard, 13.1.2)."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = CONTENT_BLOCKS | {"body", "center", "div"}
"""Elements whose text makes lines of its own."""


@dataclass(frozen=True, slots=True)
class MarkupError:
    """A tag that does not balance; `line` is the line of the page."""

    message: str
    line: int


@dataclass(frozen=True, eq=False)
class HtmlPage:
    """A parsed page. `lines` and `parents` belong to its elements, which cannot hold them."""

    html: str
    root: Element
    lines: Mapping[Element, int]
    parents: Mapping[Element, Element]
    errors: tuple[MarkupError, ...]

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements of these names (all without one), in the order of the page."""
        every = (each for each in self.root.iter() if each is not self.root)
        return (each for each in every if not tags or each.tag in tags)

    def first(self, tag: str) -> Element | None:
        """The first element of this name."""
        return next(self.all(tag), None)

    @property
    def body(self) -> tuple[Element, ...]:
        """The elements directly in the body; none if there is no body."""
        body = self.first("body")
        return () if body is None else tuple(body)

    def ancestors(self, element: Element) -> Iterator[Element]:
        """The element's parent, its parent and so on."""
        parent = self.parents.get(element)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def within(self, element: Element, *tags: str) -> bool:
        """Whether an ancestor of the element has one of these names."""
        return any(each.tag in tags for each in self.ancestors(element))

    def nearest(self, element: Element, *tags: str) -> Element | None:
        """The element itself or its nearest ancestor that has one of these names."""
        return next((each for each in (element, *self.ancestors(element)) if each.tag in tags), None)


class TextPiece(NamedTuple):
    """A piece of text, the element that holds it, and the block that this element is a part of."""

    element: Element
    text: str
    block: Element | None


def _has_no_text(element: Element) -> bool:
    # A span is hidden for some clients: a cell's name, which phones show.
    hidden = element.tag == "span" and "display:none" in (element.get("style") or "")
    return hidden or element.tag in {"style", "script", "title"}


def text_pieces(
    element: Element,
    skip: Callable[[Element], bool] = _has_no_text,
    *,
    alt: bool = True,
) -> list[TextPiece]:
    """The text of an element piece by piece, in reading order, white space as written.

    `skip` says which elements to leave out. `alt` lets an image read as its alt text; a line break
    reads as a space. Each element has a piece, though it may be empty, so that no block is missed.
    """
    pieces: list[TextPiece] = []

    def collect(element: Element, block: Element | None) -> None:
        if skip(element):
            return
        block = element if element.tag in BLOCKS else block
        text = element.text or ""
        if element.tag == "br":
            text = " "
        elif element.tag == "img":
            text = (element.get("alt") or "") if alt else ""
        pieces.append(TextPiece(element, text, block))
        for child in element:
            collect(child, block)
            pieces.append(TextPiece(element, child.tail or "", block))

    # A list: where each level is a generator, a piece is handed on once for each level above it.
    collect(element, None)
    return pieces


# Several rules ask for the text of the same elements.
@lru_cache(maxsize=1024)
def text_of(element: Element) -> str:
    """The text inside an element, blocks parted by spaces, white space collapsed, alt texts included."""
    blocks = groupby(text_pieces(element), lambda piece: piece.block)
    return " ".join(" ".join("".join(piece.text for piece in pieces) for _, pieces in blocks).split())


def parse_page(html: str) -> HtmlPage:
    """Parse HTML. Comments are left out, those for Outlook too: see `outlook_view.py`."""
    parser = _PageParser()
    parser.feed(html)
    parser.close()
    while len(parser.stack) > 1:
        parser.close_unclosed()
    return HtmlPage(html, parser.root, parser.lines, parser.parents, tuple(parser.errors))


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self.stack = [self.root]
        self.lines: dict[Element, int] = {}
        self.parents: dict[Element, Element] = {}
        self.errors: list[MarkupError] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of two equal attributes the first counts (HTML Living Standard, 13.2.5.33).
        element = Element(tag, {name: value or "" for name, value in reversed(attrs)})
        parent = self.stack[-1]
        parent.append(element)
        self.parents[element] = parent
        self.lines[element] = self.getpos()[0]
        if tag not in VOID:
            self.stack.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not any(each.tag == tag for each in self.stack[1:]):
            self.errors.append(MarkupError(f"</{tag}> closes nothing.", self.getpos()[0]))
            return
        while self.stack[-1].tag != tag:
            self.close_unclosed()
        self.stack.pop()

    def close_unclosed(self) -> None:
        """Close the innermost open element, whose end tag is missing."""
        element = self.stack.pop()
        self.errors.append(MarkupError(f"<{element.tag}> is never closed.", self.lines[element]))

    def handle_data(self, data: str) -> None:
        parent = self.stack[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data
