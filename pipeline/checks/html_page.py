"""HTML as the checks see it: a tree whose elements know their line, the errors of its markup, its text.

Parsed by the standard library, because a check must see what was written: a forgiving parser would
close what was left open, and a client might not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from html.parser import HTMLParser
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

    root: Element
    lines: Mapping[Element, int]
    parents: Mapping[Element, Element]
    errors: tuple[MarkupError, ...]

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements of these names (all without one), in the order of the page."""
        if not tags:
            return iter(self._elements)
        if len(tags) == 1:
            return iter(self._by_tag.get(tags[0], ()))
        known = self._by_tag.keys() & tags
        return (each for each in self._elements if each.tag in known) if known else iter(())

    @cached_property
    def _elements(self) -> tuple[Element, ...]:
        return tuple(self.root.iter())[1:]

    @cached_property
    def _by_tag(self) -> Mapping[str, list[Element]]:
        elements: dict[str, list[Element]] = {}
        for each in self._elements:
            elements.setdefault(each.tag, []).append(each)
        return elements

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
        known = self._nearest.setdefault(tags, {})
        if element not in known:
            parent = self.parents.get(element)
            around = None if parent is None else self.nearest(parent, *tags)
            known[element] = element if element.tag in tags else around
        return known[element]

    @cached_property
    def _nearest(self) -> dict[tuple[str, ...], dict[Element, Element | None]]:
        return {}

    @cached_property
    def pieces(self) -> list[TextPiece]:
        """The text of the page piece by piece, also what no client shows."""
        return text_pieces(self.root, lambda element: False)

    def copy(self) -> HtmlPage:
        """The same page with elements of its own, to change their attributes."""
        copies = {self.root: Element(self.root.tag)}
        for each in self._elements:
            copies[each] = copy = Element(each.tag, each.attrib)
            copy.text, copy.tail = each.text, each.tail
            copies[self.parents[each]].append(copy)
        return HtmlPage(
            copies[self.root],
            {copies[each]: line for each, line in self.lines.items()},
            {copies[each]: copies[parent] for each, parent in self.parents.items()},
            self.errors,
        )


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
    # A list: where each level is a generator, a piece is handed on once for each level above it.
    pieces: list[TextPiece] = []
    _add_pieces(pieces, element, None, skip, alt)
    return pieces


def _add_pieces(
    pieces: list[TextPiece],
    element: Element,
    block: Element | None,
    skip: Callable[[Element], bool],
    alt: bool,
) -> None:
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
        _add_pieces(pieces, child, block, skip, alt)
        pieces.append(TextPiece(element, child.tail or "", block))


# Several rules ask for the text of the same elements.
@lru_cache(maxsize=1024)
def text_of(element: Element) -> str:
    """The text inside an element, blocks parted by spaces, white space collapsed, alt texts included."""
    texts: list[str] = []
    _add_texts(texts, element)
    return " ".join("".join(texts).split())


def _add_texts(texts: list[str], element: Element) -> None:
    if _has_no_text(element):
        return
    around = " " if element.tag in BLOCKS else ""
    texts.append(around)
    if element.tag == "br":
        texts.append(" ")
    elif element.tag == "img":
        texts.append(element.get("alt") or "")
    else:
        texts.append(element.text or "")
    for child in element:
        _add_texts(texts, child)
        texts.append(child.tail or "")
    texts.append(around)


def parse_page(html: str) -> HtmlPage:
    """Parse HTML. Comments are left out, those for Outlook too: see `outlook_view.py`."""
    (page,) = parse_versions([html])
    return page


def parse_versions(*versions: Sequence[str]) -> list[HtmlPage]:
    """Parse the versions of a page, each in pieces. A piece that several of them have is read once."""
    read = cache(_read)
    pages = []
    for pieces in versions:
        # A tag, a comment or a style sheet may go on in the next piece.
        if not all(complete for _, complete in map(read, pieces)):
            pieces = ["".join(pieces)]
        builder, line = _PageBuilder(), 1
        for piece in pieces:
            builder.add(read(piece)[0], line)
            line += piece.count("\n")
        pages.append(builder.page())
    return pages


_Token = tuple[int, str, dict[str, str] | None, str]
"""Line, name and attributes of a start tag; an end tag has no attributes; a text is last, and has no name."""


def _read(piece: str) -> tuple[list[_Token], bool]:
    """Read a piece of HTML. Returns its tokens, and whether nothing in it goes on behind its end."""
    tokenizer = _Tokenizer()
    tokenizer.feed(piece)
    complete = not tokenizer.rawdata and tokenizer.cdata_elem is None
    tokenizer.close()
    return tokenizer.tokens, complete


class _Tokenizer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[_Token] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of two equal attributes the first counts (HTML Living Standard, 13.2.5.33).
        attributes = {name: value or "" for name, value in reversed(attrs)}
        self.tokens.append((self.getpos()[0], tag, attributes, ""))

    def handle_endtag(self, tag: str) -> None:
        self.tokens.append((self.getpos()[0], tag, None, ""))

    def handle_data(self, data: str) -> None:
        self.tokens.append((self.getpos()[0], "", None, data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # A comment up to the next `>` (HTML Living Standard, 13.2.5.41). Python before 3.14 raises
        # AssertionError for a keyword that it does not know.
        return self.rawdata.find(">", i) + 1 or -1


class _PageBuilder:
    def __init__(self) -> None:
        self.root = Element("page")
        self.stack = [self.root]
        self.lines: dict[Element, int] = {}
        self.parents: dict[Element, Element] = {}
        self.errors: list[MarkupError] = []

    def add(self, tokens: Iterable[_Token], first_line: int) -> None:
        """Add a piece that begins in this line."""
        for number, tag, attributes, text in tokens:
            parent, line = self.stack[-1], first_line + number - 1
            if attributes is not None:
                element = Element(tag, attributes)
                parent.append(element)
                self.parents[element] = parent
                self.lines[element] = line
                if tag not in VOID:
                    self.stack.append(element)
            elif tag:
                self._end(tag, line)
            elif len(parent):
                parent[-1].tail = (parent[-1].tail or "") + text
            else:
                parent.text = (parent.text or "") + text

    def page(self) -> HtmlPage:
        """Close what is open, and return the page."""
        while len(self.stack) > 1:
            self._close_unclosed()
        return HtmlPage(self.root, self.lines, self.parents, tuple(self.errors))

    def _end(self, tag: str, line: int) -> None:
        if self.stack[-1].tag == tag and len(self.stack) > 1:
            self.stack.pop()
            return
        if tag in VOID:
            return
        if not any(each.tag == tag for each in self.stack[1:]):
            self.errors.append(MarkupError(f"</{tag}> closes nothing.", line))
            return
        while self.stack[-1].tag != tag:
            self._close_unclosed()
        self.stack.pop()

    def _close_unclosed(self) -> None:
        """Close the innermost open element, whose end tag is missing."""
        element = self.stack.pop()
        self.errors.append(MarkupError(f"<{element.tag}> is never closed.", self.lines[element]))
