"""Headings: real ones, from the second level on, without a jump; and rules that part nothing."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import inner, is_bold, readable
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain.shapes import ends

Blocks = tuple[Block, ...]

_TOP = 2
"""The level of an article's own headings; its title is the first."""

_ATTRIBUTES = re.compile(r"\s+\{:?\s?[#.][^{}\n]*\}\s*$")
_LONGEST = 80


def real(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """Short lines in bold are headings, in a text that has no others; bold within a heading is its look."""
    none = not any(block.kind is Kind.HEADING for block in blocks)
    made: list[Block] = []
    left: list[Left] = []
    for at, block in enumerate(blocks):
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        if none and below is not None and _is_heading(block) and not _is_heading(below):
            block = replace(block, kind=Kind.HEADING, level=_TOP, text=inner(block.text))
        if block.kind is Kind.HEADING:
            text = inner(block.text)
            if match := _ATTRIBUTES.search(text):
                left.append(Left(match[0].strip(), "an anchor or a style for the page"))
                text = text[: match.start()]
            if not readable(text):
                if text.strip():
                    left.append(Left(text, "a heading without words"))
                continue
            block = replace(block, text=text)
        made.append(block)
    return replace(draft, left=(*draft.left, *left)), tuple(made)


def _is_heading(block: Block) -> bool:
    if block.kind is not Kind.PARAGRAPH or not is_bold(block.text):
        return False
    words = readable(block.text)
    return len(words) <= _LONGEST and ends(words) not in {".", ",", ";", "!", "…"} and "](" not in block.text


def levels(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """The outermost headings stand on the second level, and each below one that is one level above it."""
    open_: list[int] = []
    made = []
    for block in blocks:
        if block.kind is Kind.HEADING:
            while open_ and open_[-1] >= block.level:
                open_.pop()
            open_.append(block.level)
            block = replace(block, level=min(6, _TOP + len(open_) - 1))
        made.append(block)
    return draft, tuple(made)


def rules(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A rule stays between two parts of a text; at its ends, twice, or before a heading it parts nothing."""
    made: list[Block] = []
    for block in blocks:
        if block.kind is Kind.HEADING or block.kind is Kind.RULE:
            while made and made[-1].kind is Kind.RULE:
                made.pop()
        if block.kind is Kind.RULE:
            if not made or made[-1].kind is Kind.HEADING:
                continue
            block = replace(block, text="---")
        made.append(block)
    while made and made[-1].kind is Kind.RULE:
        made.pop()
    return draft, tuple(made)
