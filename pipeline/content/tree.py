"""Builds the safe tree from sanitised HTML, and walks it.

`build_tree` parses only what `sanitize.sanitise` wrote, whose serialisation is unambiguous. At the end of
each element a `finish` function returns the nodes that replace it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import groupby

from pipeline.content.sanitize import LINE, names, sanitise
from pipeline.errors import PressroomError
from pipeline.model import Element, Node
from pipeline.support.files import FORBIDDEN, check_characters

MAX_DEPTH = 60
VOID = frozenset({"br", "hr", "img"})
CODE = frozenset({"code", "kbd", "pre", "samp"})
TASK_BOXES = ("☐ ", "☑ ")
"""With what an item of a task list begins: open, done."""

BLOCKS = names(
    "blockquote dd dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre table caption tbody td "
    "tfoot th thead tr ul"
)
"""Elements that are not part of a line of text."""

FLOW = frozenset({"blockquote", "dd", "figure", "figcaption", "li", "td", "th"})
_WITHOUT_TEXT = frozenset({"dl", "ol", "table", "tbody", "tfoot", "thead", "tr", "ul"})
_TAG_OR_TEXT = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')

Finish = Callable[[str, dict[str, str], tuple[Node, ...], int], Iterable[Node]]
"""From an element's name, attributes, children and line, the nodes that replace it."""


def build_tree(html: str, line: int, finish: Finish) -> tuple[Node, ...]:
    """Sanitise any HTML and build its nodes. `line` is the line of the first elements without one.

    Raises `PressroomError` with a line and no path if elements are nested more than `MAX_DEPTH` deep, or
    the text contains a forbidden character.
    """
    safe = sanitise(html)
    has_forbidden = FORBIDDEN.search(safe) is not None
    top: list[Node] = []
    stack: list[tuple[str, dict[str, str], list[Node], int]] = [("", {}, top, line)]
    at = 0
    for piece in _TAG_OR_TEXT.finditer(safe):
        if piece.start() != at:
            break
        at = piece.end()
        closing, tag, attributes, text = piece.groups()
        if text:
            if has_forbidden:
                check_characters(text, None, line)
            _append_node(stack[-1][2], unescape(text))
            continue
        if not closing:
            values: dict[str, str] = {}
            if attributes:
                values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
                number = values.pop(LINE, "")
                if number.isascii() and number.isdecimal() and len(number) < 9:
                    line = int(number)
                if has_forbidden:
                    check_characters(attributes, None, line)
            stack.append((tag, values, [], line))
            if len(stack) > MAX_DEPTH:
                raise PressroomError(
                    f"this is nested more than {MAX_DEPTH} deep.", None, line, "Use fewer levels."
                )
        if closing or tag in VOID:
            name, values, children, first_line = stack.pop()
            for node in finish(name, values, _without_layout_space(name, children), first_line):
                _append_node(stack[-1][2], node)
    if at != len(safe) or len(stack) != 1:
        raise PressroomError("this HTML cannot be read.", None, line, "Write it as Markdown.")
    return tuple(paragraphs(top))


def paragraphs(nodes: Iterable[Node], line: int | None = None) -> list[Node]:
    """Nodes as blocks: text between blocks becomes a paragraph, white space between them is removed."""
    blocks: list[Node] = []
    for are_blocks, group in groupby(nodes, is_block):
        neighbours = tuple(group)
        if are_blocks:
            blocks += neighbours
        elif any(not isinstance(node, str) or node.strip(" \t\n") for node in neighbours):
            first_line = next((node.line for node in neighbours if isinstance(node, Element)), line)
            blocks.append(Element("p", (), neighbours, first_line))
    return blocks


def elements(nodes: Iterable[Node]) -> Iterator[Element]:
    """All elements among the nodes and their descendants, in the order of the text."""
    for node in nodes:
        if isinstance(node, Element):
            yield node
            yield from elements(node.children)


def is_block(node: Node) -> bool:
    """Whether a node is not part of a line of text."""
    return isinstance(node, Element) and node.tag in BLOCKS


def _append_node(nodes: list[Node], node: Node) -> None:
    if isinstance(node, str):
        if not node:
            return
        if nodes and isinstance(nodes[-1], str):
            nodes[-1] += node
            return
    nodes.append(node)


def _without_layout_space(tag: str, children: list[Node]) -> tuple[Node, ...]:
    """The children without the white space that only separates lines of the source."""
    if tag in _WITHOUT_TEXT or (tag in FLOW and any(map(is_block, children))):
        return tuple(node for node in children if not isinstance(node, str) or node.strip(" \t\n"))
    return tuple(children)
