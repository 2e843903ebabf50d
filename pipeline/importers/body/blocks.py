"""A Markdown text as its outermost blocks, to be looked at and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.content.containers import NAMES, OpeningFence, find_end, read_fence, read_opening
from pipeline.content.markdown import spans
from pipeline.errors import PressroomError


class Kind(StrEnum):
    """What an outermost block is: a reference defines a link's address, a note a footnote."""

    HEADING = "heading"
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
class Block:
    """An outermost block: its Markdown as written, for a heading its text alone.

    `level` is that of a heading, 1 to 6, and 0 otherwise. `line` counts from 1 within the body.
    """

    kind: Kind
    text: str
    level: int = 0
    line: int | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of its Markdown."""
        return self.text.split("\n")


_CODE_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")

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


def blocks_of(body: str) -> tuple[Block, ...]:
    """The outermost blocks of a Markdown text, in their order; no line of it is lost.

    A container is one block, if it is one that an article may have (`pipeline.content.containers`).
    """
    lines = body.split("\n")
    blocks: list[Block] = []
    done = 0
    for start, end in _containers(lines):
        blocks += _outermost(lines[done:start], done)
        blocks.append(Block(Kind.CONTAINER, "\n".join(lines[start:end]), 0, start + 1))
        done = end
    return (*blocks, *_outermost(lines[done:], done))


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


def _outermost(lines: list[str], offset: int) -> list[Block]:
    blocks: list[Block] = []
    done = 0
    for type_, start, end, mark in sorted(spans("\n".join(lines)), key=lambda span: (span[1], span[2])):
        if type_ not in _KINDS or end <= done:
            continue
        blocks += _between(lines, done, start)
        blocks.append(_block(_KINDS[type_], lines[max(start, done) : end], mark, max(start, done)))
        done = end
    blocks += _between(lines, done, len(lines))
    return [replace(block, line=block.line + offset) if block.line else block for block in blocks]


def body_of(blocks: Iterable[Block]) -> str:
    """The Markdown text of these blocks, with an empty line between them and a line end behind."""
    parts = []
    before: Block | None = None
    for block in blocks:
        text = f"{'#' * block.level} {block.text}" if block.kind is Kind.HEADING else block.text
        if not text.strip():
            continue
        # Definitions stand together; two lists would grow into one without something between them.
        apart = "\n" if before and before.kind is block.kind is Kind.REFERENCE else "\n\n"
        if before and before.kind is block.kind is Kind.LIST:
            apart = "\n\n<!-- -->\n\n"
        parts.append(apart + text if before else text)
        before = block
    return "".join(parts) + "\n" if parts else ""


def _block(kind: Kind, lines: list[str], mark: str, start: int) -> Block:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if kind is Kind.HEADING:
        return Block(kind, _heading(lines), int(mark[1:]), start + 1)
    return Block(kind, "\n".join(lines), 0, start + 1)


def _heading(lines: list[str]) -> str:
    if match := re.fullmatch(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*", lines[0]):
        return (match[1] or "").strip()
    return " ".join(line.strip() for line in lines[:-1])


def _between(lines: list[str], start: int, end: int) -> list[Block]:
    """What no token covers: definitions of links' addresses, and footnotes."""
    found: list[Block] = []
    for number, line in enumerate(lines[start:end], start=start + 1):
        if found and found[-1].kind is Kind.NOTE and not re.match(r" {0,3}\S", line):
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}")
        elif line.strip():
            kind = Kind.NOTE if re.match(r" {0,3}\[\^", line) else Kind.REFERENCE
            found.append(Block(kind, line, 0, number))
    return [replace(block, text=block.text.rstrip()) for block in found]
