"""Writes content as plain text, in full.

The text is wrapped by its width on the screen. Headings are underlined, quotes are prefixed with `> `, code
is indented and otherwise unchanged, and the addresses of links go to a numbered list: `the study [3]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.content.footnotes import is_reference, number_of
from pipeline.content.text_table import table_lines
from pipeline.content.text_width import collapse_spaces, width, wrap
from pipeline.content.tree import BLOCKS, VOID, is_block
from pipeline.content.tree_text import tree_text
from pipeline.model import Block, BlockKind, Element, MergeField, Node
from pipeline.support.limits import TEXT_COLUMNS
from pipeline.support.merge import GLUE, mark, marked
from pipeline.support.urls import shows_number

_NARROWEST = 24
_UNDERLINES = {"h1": "=", "h2": "=", "h3": "-", "h4": "~", "h5": "~", "h6": "~"}
_SUPERSCRIPTS = dict(zip("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


class LinkList:
    """The addresses of a text's links, each once, numbered from 1 in the order of the text."""

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
        """The list for the end of the text: `[1] https://…`, one line each, never wrapped."""
        return "\n".join(f"[{number}] {address}" for address, number in self._numbers.items())


def blocks_to_text(
    blocks: Iterable[Block],
    links: LinkList,
    footnotes: Iterable[tuple[Node, ...]] = (),
    width: int = TEXT_COLUMNS,
    sponsored_by: str = "Sponsored by",
    notes_title: str = "",
) -> str:
    """Selected blocks as plain text without a final newline, then their footnotes.

    `width` is in columns. Merge fields are marked and never break. The addresses of links are
    added to `links`, which the caller writes once, at the end of the whole text. `notes_title` is the title
    above the footnotes.
    """
    writer = _TextWriter(links, sponsored_by)
    chunks = writer.blocks(blocks, width)
    note_lines = [
        _hanging(f"{_note(number)} ", writer.flow(note, width - len(_note(number)) - 1))
        for number, note in enumerate(footnotes, start=1)
    ]
    if note_lines:
        chunks.append(["-" * 20, notes_title] if notes_title else ["-" * 20])
        chunks.append([line for note in note_lines for line in note])
    return "\n".join(_separated(chunks))


class _TextWriter:
    def __init__(self, links: LinkList, sponsored_by: str) -> None:
        self.links = links
        self.sponsored_by = sponsored_by

    def blocks(self, blocks: Iterable[Block], columns: int) -> list[list[str]]:
        """Chunks of lines, to be separated by empty lines."""
        return [chunk for block in blocks for chunk in self._block(block, columns)]

    def _block(self, block: Block, columns: int) -> list[list[str]]:
        form = _CONTAINER_FORMS.get(block.kind)
        return form(self, block, columns) if form else self.blocks(block.blocks, columns)

    def _prose(self, block: Block, columns: int) -> list[list[str]]:
        return self._chunks(block.nodes, columns)

    def _callout(self, block: Block, columns: int) -> list[list[str]]:
        return [_titled(block.title, columns), *self.blocks(block.blocks, columns), ["-" * columns]]

    def _sponsor(self, block: Block, columns: int) -> list[list[str]]:
        return self._callout(replace(block, title=f"{self.sponsored_by} {block.title}"), columns)

    def _call_to_action(self, block: Block, columns: int) -> list[list[str]]:
        button = self._linked(self.line(block.link_text), marked(block.link_url))
        return [*self.blocks(block.blocks, columns), wrap(button, columns)]

    def _buttons(self, block: Block, columns: int) -> list[list[str]]:
        lines = [_hanging("- ", line) for line in self.blocks(block.blocks, columns - 2)]
        return [[line for button in lines for line in button]]

    def _person(self, block: Block, columns: int) -> list[list[str]]:
        name = wrap(", ".join(filter(None, (block.title, block.role))), columns)
        return [name, *self.blocks(block.blocks, columns)]

    def _video(self, block: Block, columns: int) -> list[list[str]]:
        words = tree_text(block.link_text, alt=True)
        return self._call_to_action(replace(block, link_text=(words,), blocks=()), columns) + self.blocks(
            block.blocks, columns
        )

    def _event(self, block: Block, columns: int) -> list[list[str]]:
        event, calendar = block.event, []
        facts = (self.line(block.nodes), event.when if event else "", block.role)
        head = [line for fact in facts if fact for line in wrap(fact, columns)]
        words = self.blocks(block.blocks, columns)
        if event and event.url:
            calendar = [wrap(self._linked(event.calendar, event.url), columns)]
        return [head, *words, *calendar]

    def _audio(self, block: Block, columns: int) -> list[list[str]]:
        (title,) = self._call_to_action(replace(block, blocks=()), columns)
        details = wrap(block.audio.details, columns) if block.audio and block.audio.details else []
        return [[*title, *details], *self.blocks(block.blocks, columns)]

    def _pull_quote(self, block: Block, columns: int) -> list[list[str]]:
        chunks = self.blocks(block.blocks, columns - 2)
        if block.title:
            chunks.append(_hanging("— ", wrap(block.title, columns - 4)))
        return [[f"> {line}".rstrip(" ") for line in _separated(chunks)]]

    def flow(self, nodes: Sequence[Node], columns: int) -> list[str]:
        """Nodes as lines, their blocks separated by empty lines unless a list is tight."""
        tight = not any(isinstance(node, Element) and node.tag in ("p", "pre", "table") for node in nodes)
        chunks = self._chunks(nodes, columns)
        return [line for chunk in chunks for line in chunk] if tight else _separated(chunks)

    def line(self, nodes: Iterable[Node]) -> str:
        r"""Inline nodes as text that is still to be wrapped; `\v` is a line break."""
        return "".join([self._inline(node) for node in nodes])

    def _chunks(self, nodes: Iterable[Node], columns: int) -> list[list[str]]:
        columns = max(columns, _NARROWEST)
        chunks: list[list[str]] = []
        for are_blocks, group in groupby(nodes, is_block):
            if are_blocks:
                chunks += [self._element(node, columns) for node in group if isinstance(node, Element)]
            elif (text := self.line(group)).strip(" \n\t\v"):
                chunks.append(wrap(text, columns))
        return [lines for lines in chunks if lines]

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
            return _hanging("    ", self.flow(node.children, columns - 4))
        if tag in ("dl", "figure"):
            return [line for chunk in self._chunks(node.children, columns) for line in chunk]
        return self.flow(node.children, columns)

    def _list(self, node: Element, columns: int) -> list[str]:
        items = [child for child in node.children if isinstance(child, Element)]
        count = int(node.get("start") or 1)
        numbers = []
        for item in items:
            count = int(item.get("value") or count)
            numbers.append(f"{count}. " if node.tag == "ol" else "- ")
            count += 1
        indent = max(map(len, numbers), default=2)
        loose = any(
            isinstance(child, Element) and child.tag == "p" for item in items for child in item.children
        )
        lines: list[str] = []
        for number, item in zip(numbers, items, strict=True):
            if loose and lines:
                lines.append("")
            lines.extend(_hanging(number.rjust(indent), self.flow(item.children, columns - indent)))
        return lines

    def _inline(self, node: Node) -> str:
        if isinstance(node, str):
            return collapse_spaces(node)
        if isinstance(node, MergeField):
            return mark(node)
        if is_reference(node):
            return _note(number_of(node))
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
            return self._linked(inner, marked(node.get("href") or ""))
        if tag == "sup":
            return _superscript_or_subscript(inner, _SUPERSCRIPTS, "^")
        if tag == "sub":
            return _superscript_or_subscript(inner, _SUBSCRIPTS, "_")
        if tag in ("del", "s"):
            return f"~{inner}~"
        # Only odd HTML has a block inside a line of text; its words must not join the next ones.
        return f" {inner} " if tag in BLOCKS else inner

    def _linked(self, text: str, address: str) -> str:
        if not address or address.startswith("#"):
            return text
        shown = text.strip(" \v\n")
        bare = re.sub(r"^(https?://|mailto:)", "", address).rstrip("/")
        if shows_number(shown, address):
            return text
        if shown in (address, bare) or (shown.rstrip("/") == bare and "/" in shown):
            return text if address.startswith("mailto:") else text.replace(shown, address)
        number = f"[{self.links.number(address)}]"
        return f"{text.rstrip(' ')}{GLUE}{number}" if shown else number


_CONTAINER_FORMS: dict[BlockKind, Callable[[_TextWriter, Block, int], list[list[str]]]] = {
    BlockKind.AUDIO: _TextWriter._audio,
    BlockKind.BUTTONS: _TextWriter._buttons,
    BlockKind.CALLOUT: _TextWriter._callout,
    BlockKind.CTA: _TextWriter._call_to_action,
    BlockKind.EVENT: _TextWriter._event,
    BlockKind.PERSON: _TextWriter._person,
    BlockKind.PROSE: _TextWriter._prose,
    BlockKind.PULLQUOTE: _TextWriter._pull_quote,
    BlockKind.SPONSOR: _TextWriter._sponsor,
    BlockKind.VIDEO: _TextWriter._video,
}


def _note(number: int) -> str:
    """The number of a footnote: raised, as no link's number is."""
    return "".join(_SUPERSCRIPTS[figure] for figure in str(number))


def _superscript_or_subscript(text: str, table: dict[str, str], sign: str) -> str:
    """Superscript or subscript text, so that 10³ does not read as 103; letters as in 1st are kept."""
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
            parts.append(mark(child))
        else:
            parts.append("\n" if child.tag == "br" else _code(child))
    text = "".join(parts)
    return text.removesuffix("\n") if node.tag == "pre" else text


def _hanging(mark: str, lines: list[str]) -> list[str]:
    """Lines with a mark before the first, and as many spaces before the others."""
    space = " " * width(mark)
    return [
        (mark + line).rstrip(" ") if index == 0 else space + line if line else ""
        for index, line in enumerate(lines or [""])
    ]


def _titled(title: str, columns: int) -> list[str]:
    if not title:
        return ["-" * columns]
    lines = wrap(title, columns - 6)
    first = f"-- {lines[0]} "
    return [first + "-" * max(2, columns - width(first)), *(f"   {line}" for line in lines[1:])]


def _separated(chunks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for chunk in chunks:
        if lines:
            lines.append("")
        lines.extend(chunk)
    return lines
