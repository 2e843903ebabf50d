"""A Markdown text as its outermost blocks, to be looked at and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.articles.markdown import spans


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

    `level` is that of a heading, 1 to 6, and 0 otherwise. `line` counts from 1 within the body. A container
    is one that a step made (`::: cta`); a source's own text never becomes one by its looks.
    """

    kind: Kind
    text: str
    level: int = 0
    line: int | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of its Markdown."""
        return self.text.split("\n")


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
    """The outermost blocks of a Markdown text, in their order; no line of it is lost."""
    lines = body.split("\n")
    blocks: list[Block] = []
    done = 0
    for type_, start, end, mark in sorted(spans(body), key=lambda span: (span[1], span[2])):
        if type_ not in _KINDS or end <= done:
            continue
        blocks += _between(lines, done, start)
        blocks.append(_block(_KINDS[type_], lines[max(start, done) : end], mark, max(start, done)))
        done = end
    return (*blocks, *_between(lines, done, len(lines)))


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
