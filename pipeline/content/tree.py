"""Allow-listed HTML to the safe tree.

`build` reads what `safe.sanitise` wrote, and only that: its serialisation leaves no case open. Each
element, once closed, goes to a `finish` function that says which nodes stand in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pipeline.content.sanitize import LINE, names, sanitise
from pipeline.errors import PressroomError
from pipeline.model import Element, Node

MAX_DEPTH = 60
VOID = frozenset({"br", "hr", "img"})
BLOCKS = names(
    "blockquote dd dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre table caption tbody td "
    "tfoot th thead tr ul"
)
"""Elements that stand by themselves, and not in a line of text."""

FLOW = frozenset({"blockquote", "dd", "figure", "figcaption", "li", "td", "th"})
_BARE = frozenset({"dl", "ol", "table", "tbody", "tfoot", "thead", "tr", "ul"})
_PIECE = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
# XML 1.0 (section 2.2) has no place for these; C1 controls are banned from mail as well.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

Finish = Callable[[str, dict[str, str], tuple[Node, ...], int], Iterable[Node]]
"""Element name, attributes, children and line, to the nodes that stand for it."""


def forbidden(text: str) -> re.Match[str] | None:
    """The first character that no output format may hold; a line break must be a newline."""
    return _FORBIDDEN.search(text)


def describe(character: str) -> str:
    """What a forbidden character is, by its code point."""
    return f"the character U+{ord(character):04X}, which does not show and breaks mail and feeds"


def build(html: str, line: int, finish: Finish) -> tuple[Node, ...]:
    """The nodes of any HTML, made safe first. `line` is where it begins, for what carries none.

    Raises `PressroomError` with a line, and no path, where elements nest more than `MAX_DEPTH` deep
    or a character is forbidden.
    """
    safe = sanitise(html)
    suspect = forbidden(safe) is not None
    top: list[Node] = []
    stack: list[tuple[str, dict[str, str], list[Node], int]] = [("", {}, top, line)]
    at = 0
    for piece in _PIECE.finditer(safe):
        if piece.start() != at:
            break
        at = piece.end()
        closing, tag, attributes, text = piece.groups()
        if text:
            if suspect:
                _check(text, line)
            _append(stack[-1][2], _text(text))
            continue
        if not closing:
            values = {name: _text(value) for name, value in _ATTRIBUTE.findall(attributes)}
            written = values.pop(LINE, "")
            if written.isascii() and written.isdecimal() and len(written) < 9:
                line = int(written)
            if suspect:
                _check(attributes, line)
            stack.append((tag, values, [], line))
            if len(stack) > MAX_DEPTH:
                raise PressroomError(
                    f"this is nested more than {MAX_DEPTH} deep.", None, line, "Use fewer levels."
                )
        if closing or tag in VOID:
            name, values, children, begun = stack.pop()
            for node in finish(name, values, _tidied(name, children), begun):
                _append(stack[-1][2], node)
    if at != len(safe) or len(stack) != 1:
        raise PressroomError("this HTML cannot be read.", None, line, "Write it as Markdown.")
    return tuple(paragraphs(top))


def paragraphs(nodes: Sequence[Node], line: int | None = None) -> list[Node]:
    """Nodes as blocks only: text that stands loose becomes a paragraph, white space goes."""
    made: list[Node] = []
    loose: list[Node] = []

    def close() -> None:
        if any(not isinstance(node, str) or node.strip(" \t\n") for node in loose):
            begun = next((node.line for node in loose if isinstance(node, Element)), line)
            made.append(Element("p", (), tuple(loose), begun))
        loose.clear()

    for node in nodes:
        if isinstance(node, Element) and node.tag in BLOCKS:
            close()
            made.append(node)
        else:
            loose.append(node)
    close()
    return made


def elements(nodes: Iterable[Node]) -> Iterator[Element]:
    """Every element among the nodes and in them, in the order of the text."""
    for node in nodes:
        if isinstance(node, Element):
            yield node
            yield from elements(node.children)


def has_blocks(nodes: Iterable[Node]) -> bool:
    """Whether a block stands among these nodes."""
    return any(isinstance(node, Element) and node.tag in BLOCKS for node in nodes)


def _append(nodes: list[Node], node: Node) -> None:
    if isinstance(node, str):
        if not node:
            return
        if nodes and isinstance(nodes[-1], str):
            nodes[-1] += node
            return
    nodes.append(node)


def _tidied(tag: str, children: list[Node]) -> tuple[Node, ...]:
    """Without the white space that only parted lines of the source."""
    if tag in _BARE or (tag in FLOW and has_blocks(children)):
        return tuple(node for node in children if not isinstance(node, str) or node.strip(" \t\n"))
    return tuple(children)


def _text(written: str) -> str:
    """The text of a serialised text or attribute (HTML Standard, section 13.3, "escaping a string")."""
    if "&" not in written:
        return written
    text = written.replace("&nbsp;", "\u00a0").replace("&lt;", "<").replace("&gt;", ">")
    return text.replace("&quot;", '"').replace("&amp;", "&")


def _check(written: str, line: int) -> None:
    bad = forbidden(written)
    if bad:
        raise PressroomError(f"this writes {describe(bad[0])}.", None, line, "Delete it.")
