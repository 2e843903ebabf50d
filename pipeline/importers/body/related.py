"""Other pieces that a text points to, in a quote, a line or a list made for that: they become `related`."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import is_bold, links, readable, unquoted
from pipeline.importers.draft import Draft, Left, Link
from pipeline.importers.plain import phrases

Blocks = tuple[Block, ...]

_LABEL = re.compile(
    rf"(?:{phrases.RELATED.pattern}|see also|also read|also see|read more|learn more)\s*(?:[:–—→-]|\n)\s*",
    re.IGNORECASE,
)
_NAME = re.compile(rf"(?:{phrases.RELATED.pattern}|see also|also read)\s*:?", re.IGNORECASE)


def related(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A quote or a paragraph "Related: …" of links alone; a list of links below such a heading."""
    kept: list[Block] = []
    found: list[Link] = []
    left: list[Left] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.kind in (Kind.QUOTE, Kind.PARAGRAPH) and (label := _label(block)):
            found += _links(block.text)
            left.append(Left(label, "a line that names related articles"))
        elif below is not None and _is_name(block) and below.kind is Kind.LIST and _only_links(below.text):
            found += _links(below.text)
            left.append(Left(readable(block.text), "the name of a list of related articles"))
            at += 1
        else:
            kept.append(block)
        at += 1
    known = {each.address for each in draft.related}
    new = tuple(each for each in dict.fromkeys(found) if each.address not in known)
    return replace(draft, related=(*draft.related, *new), left=(*draft.left, *left)), tuple(kept)


def _label(block: Block) -> str:
    """The words of a block that is nothing but "Related:" and links; empty if it is none."""
    text = readable(unquoted(block.text) if block.kind is Kind.QUOTE else block.text)
    match = _LABEL.match(text)
    if not match:
        return ""
    rest = text[match.end() :]
    for each in links(block.text):
        rest = rest.replace(readable(each.text), "", 1)
    return text if links(block.text) and len(re.sub(r"\W|\band\b", "", rest)) < 3 else ""


def _links(markdown: str) -> list[Link]:
    return [Link(readable(each.text), each.address) for each in links(markdown)]


def _is_name(block: Block) -> bool:
    named = (
        block.kind is Kind.HEADING
        or is_bold(block.text)
        or (block.kind is Kind.PARAGRAPH and len(block.text) < 40)
    )
    return named and _NAME.fullmatch(readable(block.text)) is not None


def _only_links(markdown: str) -> bool:
    items = [line for line in markdown.split("\n") if line.strip()]
    return all(
        len(found := links(item)) == 1
        and len(readable(re.sub(r"^\s*(?:[-+*]|\d+[.)])\s+", "", item))) <= len(readable(found[0].text)) + 3
        for item in items
    )
