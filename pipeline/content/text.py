"""Content as plain text: what a reader of the text part sees is what was written, in full.

The text is wrapped by its width on the screen. Headings are underlined, quotes stand behind `> `,
code stands indented as it is, and a link's address goes to a numbered list: `the study [3]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.content import footnotes as footnotes_of
from pipeline.content.text_table import table_lines
from pipeline.content.text_width import (
    GLUE,
    OPEN,
    collapse_spaces,
    finish_line,
    unbreakable_field,
    width,
    wrap,
)
from pipeline.content.tree import BLOCKS, VOID
from pipeline.model import Block, BlockKind, Element, MergeField, Node
from pipeline.support.limits import TEXT_COLUMNS

_NARROWEST = 24
_UNDERLINES = {"h1": "=", "h2": "=", "h3": "-", "h4": "~", "h5": "~", "h6": "~"}
_RAISED = dict(zip("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾", strict=True))
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


class LinkList:
    """The addresses of a text's links, numbered from 1 in the order of the text, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, address: str) -> int:
        """The number of an address."""
        return self._numbers.setdefault(address, len(self._numbers) + 1)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses, in the order of their numbers."""
        return tuple(self._numbers)

    def to_text(self) -> str:
        """The list to stand at the end: `[1] https://…`, a line each, never wrapped."""
        return "\n".join(f"[{number}] {address}" for address, number in self._numbers.items())


def blocks_to_text(
    blocks: Iterable[Block],
    notes: LinkList,
    footnotes: Iterable[tuple[Node, ...]] = (),
    width: int = TEXT_COLUMNS,
    sponsored_by: str = "Sponsored by",
    notes_title: str = "",
) -> str:
    """Selected blocks as plain text without a final newline, then their footnotes.

    `width` is in columns. Merge fields stand in neutral form and never break. Link addresses are
    numbered in `notes`, whose list the caller writes once, at the end of the whole text. Footnotes
    stand below `notes_title`.
    """
    writer = _TextWriter(notes, sponsored_by)
    chunks = writer.blocks(blocks, width)
    listed = [
        _hung(f"[^{number}] ", writer.flow(note, width - len(f"[^{number}] ")))
        for number, note in enumerate(footnotes, start=1)
    ]
    if listed:
        chunks.append(["-" * 20, notes_title] if notes_title else ["-" * 20])
        chunks.append([line for note in listed for line in note])
    return "\n".join(finish_line(line) for line in _spaced(chunks))


def nodes_to_text(nodes: Iterable[Node], notes: LinkList, width: int = TEXT_COLUMNS) -> str:
    """Nodes as plain text, as `blocks_to_text` writes them."""
    return "\n".join(finish_line(line) for line in _TextWriter(notes, "").flow(tuple(nodes), width))


class _TextWriter:
    def __init__(self, notes: LinkList, sponsored_by: str) -> None:
        self.notes = notes
        self.sponsored_by = sponsored_by

    def blocks(self, blocks: Iterable[Block], columns: int) -> list[list[str]]:
        """Chunks of lines, to be parted by empty lines."""
        chunks: list[list[str]] = []
        for block in blocks:
            chunks.extend(self._block(block, columns))
        return chunks

    def _block(self, block: Block, columns: int) -> list[list[str]]:
        if block.kind is BlockKind.PROSE:
            return self._chunks(block.nodes, columns)
        inner = self.blocks(block.blocks, columns)
        if block.kind is BlockKind.CALLOUT:
            return [_titled(block.title, columns), *inner, ["-" * columns]]
        if block.kind is BlockKind.PULLQUOTE:
            return [self._pull_quote(block, columns)]
        if block.kind is BlockKind.SPONSOR:
            return [_titled(f"{self.sponsored_by} {block.title}", columns), *inner, ["-" * columns]]
        if block.kind is BlockKind.CTA:
            button = self._linked(self.line(block.link_text), block.link_url)
            return [*inner, wrap(button, columns)]
        return inner

    def _pull_quote(self, block: Block, columns: int) -> list[str]:
        chunks = self.blocks(block.blocks, columns - 2)
        if block.title:
            chunks.append(_hung("— ", wrap(block.title.replace(OPEN, ""), columns - 4)))
        return [f"> {line}".rstrip(" ") for line in _spaced(chunks)]

    def flow(self, nodes: Sequence[Node], columns: int) -> list[str]:
        """Nodes as lines, their blocks parted by empty lines unless a list is tight."""
        tight = not any(isinstance(node, Element) and node.tag in ("p", "pre", "table") for node in nodes)
        chunks = self._chunks(nodes, columns)
        return [line for chunk in chunks for line in chunk] if tight else _spaced(chunks)

    def line(self, nodes: Iterable[Node]) -> str:
        r"""Nodes within a line of text, as text to be wrapped; `\v` is a line break."""
        return "".join([self._inline(node) for node in nodes])

    def _chunks(self, nodes: Iterable[Node], columns: int) -> list[list[str]]:
        columns = max(columns, _NARROWEST)
        chunks: list[list[str]] = []
        loose: list[Node] = []

        def close() -> None:
            text = self.line(loose)
            loose.clear()
            if text.strip(" \n\t\v"):
                chunks.append(wrap(text, columns))

        for node in nodes:
            if isinstance(node, Element) and node.tag in BLOCKS:
                close()
                lines = self._element(node, columns)
                if lines:
                    chunks.append(lines)
            else:
                loose.append(node)
        close()
        return chunks

    def _element(self, node: Element, columns: int) -> list[str]:
        tag = node.tag
        if tag in _UNDERLINES:
            lines = wrap(self.line(node.children), columns)
            return [*lines, _UNDERLINES[tag] * max(map(width, lines))]
        if tag in ("ul", "ol"):
            return self._list(node, columns)
        if tag == "blockquote":
            return [f"> {line}".rstrip(" ") for line in self.flow(node.children, columns - 2)]
        if tag == "pre":
            return [f"    {line}" if line.strip() else "" for line in _code(node).split("\n")]
        if tag == "hr":
            return ["* * *"]
        if tag == "table":
            return table_lines(node, self.line, columns)
        if tag == "dd":
            return _hung("    ", self.flow(node.children, columns - 4))
        if tag == "dl":
            return [line for part in node.children for line in self._chunk_lines(part, columns)]
        if tag == "figure":
            return [line for chunk in self._chunks(node.children, columns) for line in chunk]
        return self.flow(node.children, columns)

    def _chunk_lines(self, node: Node, columns: int) -> list[str]:
        return self._element(node, columns) if isinstance(node, Element) else wrap(self.line([node]), columns)

    def _list(self, node: Element, columns: int) -> list[str]:
        items = [child for child in node.children if isinstance(child, Element)]
        number = int(node.get("start") or 1)
        marks = []
        for item in items:
            number = int(item.get("value") or number)
            marks.append(f"{number}. " if node.tag == "ol" else "- ")
            number += 1
        indent = max((len(mark) for mark in marks), default=2)
        loose = any(
            isinstance(child, Element) and child.tag == "p" for item in items for child in item.children
        )
        lines: list[str] = []
        for mark, item in zip(marks, items, strict=True):
            if loose and lines:
                lines.append("")
            lines.extend(_hung(mark.rjust(indent), self.flow(item.children, columns - indent)))
        return lines

    def _inline(self, node: Node) -> str:
        if isinstance(node, str):
            return collapse_spaces(node)
        if isinstance(node, MergeField):
            return unbreakable_field(node)
        if footnotes_of.is_reference(node):
            return f"[^{footnotes_of.number_of(node)}]"
        tag = node.tag
        if tag == "br":
            return "\v"
        if tag == "img":
            alt = node.get("alt") or ""
            return f"[Image: {alt}]" if alt else ""
        if tag in VOID:
            return " "
        inner = self.line(node.children)
        if tag == "a":
            return self._linked(inner, node.get("href") or "")
        if tag in ("sup", "sub"):
            return _shifted(inner, _RAISED if tag == "sup" else _LOWERED, "^" if tag == "sup" else "_")
        if tag in ("del", "s"):
            return f"~{inner}~"
        # A block within a line of text is only in odd HTML; its words must not run into the next.
        return f" {inner} " if tag in BLOCKS else inner

    def _linked(self, text: str, address: str) -> str:
        if not address or address.startswith("#"):
            return text
        shown = text.strip(" \v\n")
        bare = re.sub(r"^(https?://|mailto:)", "", address).rstrip("/")
        if shown in (address, bare) or (shown.rstrip("/") == bare and "/" in shown):
            return text.replace(shown, address.removeprefix("mailto:"))
        mark = f"[{self.notes.number(address)}]"
        return f"{text.rstrip(' ')}{GLUE}{mark}" if shown else mark


def _shifted(text: str, table: dict[str, str], sign: str) -> str:
    """Raised or lowered text, so that 10³ does not read as 103; raised letters (1st) stay as they are."""
    if not text or (sign == "^" and text.isalpha()):
        return text
    if all(character in table for character in text):
        return "".join(table[character] for character in text)
    return f"{sign}({text})" if len(text) > 1 else sign + text


def _code(node: Element) -> str:
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        elif isinstance(child, MergeField):
            parts.append(unbreakable_field(child))
        else:
            parts.append("\n" if child.tag == "br" else _code(child))
    text = "".join(parts)
    return text.removesuffix("\n") if node.tag == "pre" else text


def _hung(mark: str, lines: list[str]) -> list[str]:
    """Lines with a mark before the first and as much space before the others."""
    space = " " * width(mark)
    return [
        (mark + line).rstrip(" ") if index == 0 else space + line if line else ""
        for index, line in enumerate(lines or [""])
    ]


def _titled(title: str, columns: int) -> list[str]:
    if not title:
        return ["-" * columns]
    lines = wrap(title.replace(OPEN, ""), columns - 6)
    first = f"-- {lines[0]} "
    return [first + "-" * max(2, columns - width(first)), *(f"   {line}" for line in lines[1:])]


def _spaced(chunks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for chunk in chunks:
        if lines:
            lines.append("")
        lines.extend(chunk)
    return lines
