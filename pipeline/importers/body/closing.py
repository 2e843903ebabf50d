"""What stands below an article: a disclaimer, which has a field, and the furniture of pages and letters."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import inner, is_bold, is_emphasised, links, readable
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain import phrases
from pipeline.importers.plain.closing import is_disclaimer
from pipeline.importers.plain.shapes import same

Blocks = tuple[Block, ...]

_EDGE = 8
"""How many blocks from the end count as the end."""


def disclaimer(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A disclaimer at the end, by its words, or below its name; in italics or not."""
    kept: list[Block] = list(blocks)
    left: list[Left] = []
    at = max(0, len(kept) - _EDGE)
    while at < len(kept):
        block = kept[at]
        words = readable(block.text)
        label = phrases.DISCLAIMER_LABEL.match(words)
        named = block.kind is Kind.HEADING or is_bold(block.text) or block.kind is Kind.PARAGRAPH
        below = kept[at + 1] if at + 1 < len(kept) else None
        if named and label and label.end() == len(words) and below and _disclaims(readable(below.text)):
            draft = _with(draft, readable(below.text), left)
            left += _links_of(below)
            left.append(Left(words, "the name of the disclaimer"))
            del kept[at : at + 2]
        elif block.kind in (Kind.PARAGRAPH, Kind.QUOTE) and _is_disclaimer(block):
            text = words[label.end() :] if label and label.end() < len(words) else words
            if text is not words:
                left.append(Left(words[: len(words) - len(text)].strip(), "the name of the disclaimer"))
            draft = _with(draft, text, left)
            left += _links_of(block)
            del kept[at]
        else:
            at += 1
    return replace(draft, left=(*draft.left, *left)), tuple(kept)


def _links_of(block: Block) -> list[Left]:
    return [
        Left(each.markdown, "a link of the disclaimer, which is plain text") for each in links(block.text)
    ]


def _is_disclaimer(block: Block) -> bool:
    words = readable(block.text)
    label = phrases.DISCLAIMER_LABEL.match(words)
    if label and label.end() < len(words):
        return _disclaims(words[label.end() :])
    return is_disclaimer(words) or (is_emphasised(block.text) and _disclaims(words) and len(words) < 600)


def _disclaims(words: str) -> bool:
    return phrases.DISCLAIMS.search(words) is not None


def _with(draft: Draft, text: str, left: list[Left]) -> Draft:
    if not draft.disclaimer:
        return replace(draft, disclaimer=text)
    if same(text) in same(draft.disclaimer):
        left.append(Left(text, "the disclaimer once more"))
        return draft
    return replace(draft, disclaimer=f"{draft.disclaimer}\n{text}")


def furniture(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """Sign-ups, share lines, copyright, policies and who we are: below the text, a short line each."""
    kept: list[Block] = []
    left: list[Left] = []
    taken = ""  # the reason for what stands below a heading that is furniture
    for at, block in enumerate(blocks):
        words = readable(block.text)
        near = at >= len(blocks) - _EDGE and at > 0
        if block.kind is Kind.HEADING:
            taken = ""
        reason = _reason(block, words) if near else ""
        if reason and block.kind is Kind.HEADING:
            taken = reason
        if reason or (taken and near and block.kind in (Kind.PARAGRAPH, Kind.LIST, Kind.RULE)):
            left += [] if block.kind is Kind.RULE else [Left(block.text, reason or taken)]
        else:
            taken = ""
            kept.append(block)
    return replace(draft, left=(*draft.left, *left)), tuple(kept)


def _reason(block: Block, words: str) -> str:
    if block.kind not in (Kind.PARAGRAPH, Kind.HEADING) or len(words) > 320:
        return ""
    if block.kind is Kind.HEADING:
        if phrases.SIGN_UP.fullmatch(words.rstrip("!.:")) or phrases.SIGN_UP.match(words):
            return "newsletter sign-up"
        about = phrases.ABOUT.match(words)
        return "about the publisher" if about and about.end() == len(words) else ""
    text = inner(block.text)
    if phrases.LEGAL.fullmatch(words):
        return "footer of the page"
    if phrases.SIGN_UP.match(words) and len(words) <= 220:
        return "newsletter sign-up"
    if phrases.COMMENTS.fullmatch(words):
        return "comments of the page"
    parts = [part for part in re.split(r"\s*[|·•,/]\s*|\s{2,}", readable(text)) if part]
    if len(parts) > 1 and all(
        phrases.SHARE.fullmatch(part) or phrases.SHARE_LABEL.fullmatch(part) for part in parts
    ):
        return "share buttons"
    return ""
