"""The tree of a page. Beautiful Soup is wrapped here and nowhere else; lxml parses, as a browser would."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import Comment, Doctype, NavigableString, PageElement, Tag

__all__ = ["BLOCKS", "BeautifulSoup", "NavigableString", "Node", "Tag"]

MAX_DEPTH = 200
"""How deep elements are nested at most; what is deeper loses its elements and keeps its text."""

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "section", "summary", "ul"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "note-text"),
    }
)
"""Elements that are blocks (HTML, section 15.3.3)."""

Node = PageElement
"""An element or a piece of text."""


def soup_of(html: str) -> BeautifulSoup:
    """The tree of a page or fragment, below `body`; comments are taken out. Never raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, "lxml")
    for node in list(soup.descendants):
        if isinstance(node, (Comment, Doctype)) or (
            isinstance(node, NavigableString)
            and type(node).__name__ in ("Declaration", "ProcessingInstruction")
        ):
            node.extract()
    _flatten(soup)
    return soup


def xml_of(text: str) -> BeautifulSoup:
    """The tree of an XML document, read as far as it goes. Entities are not expanded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(text, "xml")
    _flatten(soup)
    return soup


def _flatten(soup: BeautifulSoup) -> None:
    ahead: list[tuple[Tag, int]] = [(soup, 0)]
    while ahead:
        tag, depth = ahead.pop()
        for child in list(tag.children):
            if isinstance(child, Tag):
                if depth >= MAX_DEPTH:
                    child.replace_with(NavigableString(f" {child.get_text(' ')} "))
                else:
                    ahead.append((child, depth + 1))


def body_of(soup: BeautifulSoup) -> Tag:
    """The element that holds what is shown."""
    return soup.body or soup


def fragment_of(html: str) -> Tag:
    """The body of a fragment's tree."""
    return body_of(soup_of(html))


def elements(tag: Tag, *names: str) -> list[Tag]:
    """The elements of these names below a tag that are still in the tree, in their order."""
    return [each for each in tag.descendants if isinstance(each, Tag) and each.name in names]


def tags(tag: Tag) -> Iterator[Tag]:
    """Every element below a tag; those of a part that was taken out meanwhile are passed over."""
    for each in list(tag.find_all(True)):
        if each.parent is not None:
            yield each


def text(node: Node) -> str:
    """The text of a node on one line."""
    if not isinstance(node, Tag):
        return " ".join(str(node).split())
    parts: list[str] = []
    for each in node.descendants:
        if isinstance(each, NavigableString):
            parts.append(str(each))
        elif isinstance(each, Tag) and (each.name in BLOCKS or each.name == "br" or _is_next_link(each)):
            parts.append(" ")
        if isinstance(each, NavigableString) and each.parent is not node and _ends_block(each, node):
            parts.append(" ")
    return " ".join("".join(parts).split())


_UNSEEN = frozenset({"script", "style", "template", "noscript"})


def seen_text(root: Tag) -> str:
    """The text of a page as it is seen, each block on a line of its own."""
    lines: list[str] = [""]
    for node in root.descendants:
        if isinstance(node, Tag) and (node.name in BLOCKS or node.name == "br"):
            lines.append("")
        elif (
            isinstance(node, Tag) and node.name in ("a", "button") and isinstance(node.previous_sibling, Tag)
        ):
            lines[-1] += " "
        elif isinstance(node, NavigableString) and all(each.name not in _UNSEEN for each in node.parents):
            lines[-1] += str(node).replace("\n", " ")
            if _ends_block(node, root):
                lines.append("")
    return "\n".join(line for line in lines if line.strip())


def _is_next_link(tag: Tag) -> bool:
    return tag.name == "a" and isinstance(tag.previous_sibling, Tag)


def _ends_block(last: NavigableString, root: Tag) -> bool:
    """Whether a block ends behind this text."""
    node: Node = last
    while node.parent is not None and node.parent is not root and node.next_sibling is None:
        node = node.parent
        if isinstance(node, Tag) and node.name in BLOCKS:
            return True
    return False


def value(tag: Tag, name: str) -> str:
    """An attribute as one text; empty where it is missing."""
    found = tag.get(name)
    return " ".join(found) if isinstance(found, list) else str(found or "").strip()


def style(tag: Tag) -> dict[str, str]:
    """The declarations of its `style`, names and values in lower case."""
    found = {}
    for part in value(tag, "style").lower().split(";"):
        name, colon, one = part.partition(":")
        if colon:
            found[name.strip()] = one.strip()
    return found


def named(tag: Tag, pattern: re.Pattern[str]) -> bool:
    """Whether a word of its class or its id is as the pattern says."""
    words = f"{value(tag, 'class')} {value(tag, 'id')}".lower().split()
    return any(pattern.fullmatch(word) for word in words)


def is_block(node: Node) -> bool:
    """Whether it is a block."""
    return isinstance(node, Tag) and node.name in BLOCKS


def holds_blocks(tag: Tag) -> bool:
    """Whether a block is somewhere in it."""
    return any(map(is_block, tag.descendants))


def make(name: str, *children: Node | str, **attributes: str) -> Tag:
    """A new element with these children."""
    tag = Tag(name=name, attrs=dict(attributes))
    for child in children:
        tag.append(child)
    return tag
