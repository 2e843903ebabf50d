"""Blocks: the outermost parts of a text, on which the rules of `cleanup` work, and their Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.content.containers import NAMES, OpeningFence, find_end, read_fence, read_opening
from pipeline.content.markdown import spans
from pipeline.errors import PressroomError
from pipeline.importers.inline import readable


class Kind(StrEnum):
    """What a block is. A line is a short line of plain text that may be a heading.

    A reference defines a link's address, a note a footnote; `html` is HTML within Markdown.
    """

    HEADING = "heading"
    LINE = "line"
    PARAGRAPH = "paragraph"
    LIST = "list"
    QUOTE = "quote"
    CODE = "code"
    RULE = "rule"
    HTML = "html"
    TABLE = "table"
    NOTE = "note"
    REFERENCE = "reference"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class Box:
    """An element of a page around blocks: its name, role, classes and id, in lower case.

    `number` tells it from other elements of the same source.
    """

    names: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """A block: its Markdown, for a heading its text alone.

    `level` is that of a heading, 1 to 6, and 0 otherwise. `line` counts from 1 within the source. `boxes`
    are the elements around it, the outermost first. `apart` says whether an empty line is before it.
    """

    kind: Kind
    text: str
    level: int = 0
    line: int | None = None
    boxes: tuple[Box, ...] = ()
    apart: bool = True

    @property
    def words(self) -> str:
        """The words that a reader sees, on one line."""
        return readable(self.text)

    @property
    def is_line(self) -> bool:
        """Whether it is one line: of plain text, a heading, or a paragraph of one line."""
        single = self.kind is Kind.PARAGRAPH and "\n" not in self.text.strip()
        return single or self.kind in (Kind.LINE, Kind.HEADING)

    @property
    def is_text(self) -> bool:
        """Whether it is a paragraph, or a line that may be one."""
        return self.kind in (Kind.PARAGRAPH, Kind.LINE)


_KINDS = {
    "heading_open": Kind.HEADING,
    "paragraph_open": Kind.PARAGRAPH,
    "bullet_list_open": Kind.LIST,
    "ordered_list_open": Kind.LIST,
    "blockquote_open": Kind.QUOTE,
    "fence": Kind.CODE,
    "code_block": Kind.CODE,
    "hr": Kind.RULE,
    "html_block": Kind.HTML,
    "table_open": Kind.TABLE,
}
_CODE_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


def parse_blocks(body: str, first_line: int = 1) -> tuple[SourceBlock, ...]:
    """The outermost blocks of Markdown, in their order; no line is lost. `first_line` is the body's.

    A container is one block, if it is one that an article may have (`pipeline.content.containers`).
    """
    lines = body.split("\n")
    blocks: list[SourceBlock] = []
    done = 0
    for start, end in _containers(lines) if ":::" in body else ():
        blocks += _outermost(lines[done:start], done + first_line - 1)
        blocks.append(SourceBlock(Kind.CONTAINER, "\n".join(lines[start:end]), 0, start + first_line))
        done = end
    return (*blocks, *_outermost(lines[done:], done + first_line - 1))


def _containers(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First line and line behind the last of each outermost container."""
    code = ""
    at = 0
    while at < len(lines):
        fence = _CODE_FENCE.match(lines[at])
        if code:
            if fence and fence[1].startswith(code) and not lines[at][fence.end() :].strip():
                code = ""
        elif fence and not (fence[1][0] == "`" and "`" in lines[at][fence.end() :]):
            code = fence[1]
        elif (opening := read_fence(lines[at])) and opening.name in NAMES and lines[at].startswith(":"):
            end, _ = find_end(opening.colons, lines[at + 1 :])
            if end is not None and _is_sound(opening, lines[at + 1 : at + 1 + end]):
                yield at, at + end + 2
                at += end + 1
        at += 1


def _is_sound(opening: OpeningFence, inside: list[str]) -> bool:
    try:
        read_opening(opening, inside)
    except PressroomError:
        return False
    return True


def _outermost(lines: list[str], offset: int) -> list[SourceBlock]:
    blocks: list[SourceBlock] = []
    done = 0
    for type_, start, end, mark in sorted(spans("\n".join(lines)), key=lambda span: (span[1], span[2])):
        if type_ not in _KINDS or end <= done:
            continue
        blocks += _between(lines, done, start)
        first = max(start, done)
        blocks.append(_block(_KINDS[type_], lines[first:end], mark, first + 1))
        done = end
    blocks += _between(lines, done, len(lines))
    return [replace(block, line=block.line + offset) if block.line else block for block in blocks]


def _block(kind: Kind, lines: list[str], mark: str, line: int) -> SourceBlock:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if kind is not Kind.HEADING:
        return SourceBlock(kind, "\n".join(lines), 0, line)
    if match := re.fullmatch(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*", lines[0]):
        return SourceBlock(kind, (match[1] or "").strip(), int(mark[1:]), line)
    return SourceBlock(kind, " ".join(each.strip() for each in lines[:-1]), int(mark[1:]), line)


def _between(lines: list[str], start: int, end: int) -> list[SourceBlock]:
    """What no token covers: definitions of links' addresses, and footnotes."""
    blocks: list[SourceBlock] = []
    for number, line in enumerate(lines[start:end], start=start + 1):
        if blocks and blocks[-1].kind is Kind.NOTE and not re.match(r" {0,3}\S", line):
            blocks[-1] = replace(blocks[-1], text=f"{blocks[-1].text}\n{line}")
        elif line.strip():
            kind = Kind.NOTE if re.match(r" {0,3}\[\^", line) else Kind.REFERENCE
            blocks.append(SourceBlock(kind, line, 0, number))
    return [replace(block, text=block.text.rstrip()) for block in blocks]


def write_blocks(blocks: Iterable[SourceBlock]) -> str:
    """The Markdown of blocks, with an empty line between them and a line end behind."""
    parts = []
    before: SourceBlock | None = None
    for block in blocks:
        text = f"{'#' * block.level} {block.text}" if block.kind is Kind.HEADING else block.text
        if not text.strip():
            continue
        # Definitions are one block; two lists would become one without something between them.
        apart = "\n" if before and before.kind is block.kind is Kind.REFERENCE else "\n\n"
        if before and before.kind is block.kind is Kind.LIST:
            apart = "\n\n<!-- -->\n\n"
        parts.append(apart + text if before else text)
        before = block
    return "".join(parts) + "\n" if parts else ""


def container(name: str, blocks: Iterable[SourceBlock], line: int | None = None) -> SourceBlock:
    """A container around blocks, with more colons than one within; `name` may have a title."""
    text = write_blocks(blocks).strip("\n")
    colons = ":" * max([3, *(len(run) + 1 for run in re.findall(r"^(:{3,})", text, re.MULTILINE))])
    return SourceBlock(Kind.CONTAINER, f"{colons} {name}".rstrip() + f"\n{text}\n{colons}", 0, line)
