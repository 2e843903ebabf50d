"""Tables of contents: they are made anew where they are wanted; their anchors lead nowhere in an email."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import is_bold, links, readable
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain import phrases
from pipeline.importers.plain.shapes import same

Blocks = tuple[Block, ...]

_MARK = re.compile(
    r"(?:[*+-] .{0,40}\n)?\s*(?:\[\[?_?toc_?\]\]?|\{:\s?toc\s?\}|\[\[toc\]\]|<!-- ?toc ?-->)\s*",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"\{:?\s?[.#:\w][^{}\n]*\}")
"""An attribute list of Kramdown alone on its line."""
_ITEM = re.compile(r"^\s*(?:[-+*]|\d{1,3}[.)])\s+", re.MULTILINE)


def contents(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A list of links within the page, with its heading; a list of the headings' words below "Contents"."""
    headings = {same(readable(block.text)) for block in blocks if block.kind is Kind.HEADING}
    kept: list[Block] = []
    left: list[Left] = []
    for block in blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.LIST) and _MARK.fullmatch(block.text):
            left.append(Left(block.text, "the place of a table of contents"))
        elif block.kind is Kind.PARAGRAPH and _ATTRIBUTES.fullmatch(block.text.strip()):
            left.append(Left(block.text, "attributes for the page (Kramdown)"))
        elif block.kind is Kind.LIST and (
            _leads_inside(block) or (_named(kept) and _repeats(block, headings))
        ):
            if _named(kept):
                left.append(Left(kept.pop().text, "table of contents"))
            left.append(Left(block.text, "table of contents"))
        else:
            kept.append(block)
    return replace(draft, left=(*draft.left, *left)), tuple(kept)


def _leads_inside(block: Block) -> bool:
    found = links(block.text)
    items = len(_ITEM.findall(block.text))
    beside = len(readable(_ITEM.sub("", block.text))) - sum(len(readable(each.text)) + 1 for each in found)
    return (
        len(found) > 1
        and len(found) >= items
        and beside <= items * 4
        and all(each.address.startswith("#") for each in found)
    )


def _repeats(block: Block, headings: set[str]) -> bool:
    lines = [same(readable(line)) for line in _ITEM.sub("", block.text).split("\n") if line.strip()]
    return bool(lines) and sum(line in headings for line in lines) * 3 >= len(lines) * 2


def _named(kept: list[Block]) -> bool:
    if not kept:
        return False
    last = kept[-1]
    words = readable(last.text).rstrip(":")
    named = (
        last.kind is Kind.HEADING or is_bold(last.text) or (last.kind is Kind.PARAGRAPH and len(words) < 40)
    )
    return named and phrases.CONTENTS.fullmatch(words) is not None
