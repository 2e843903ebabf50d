"""Selects the content for a medium and an audience, by the containers `only`, `email-only` and `web-only`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

from pipeline.content import footnotes
from pipeline.content.tree import elements
from pipeline.model import Block, BlockKind, Content


class Medium(StrEnum):
    """What content is written for."""

    EMAIL = "email"
    WEB = "web"
    FEED = "feed"
    TEXT = "text"


def select_blocks(blocks: tuple[Block, ...], medium: Medium, audience: str) -> tuple[Block, ...]:
    """The blocks for a medium and an audience, without the containers that select them."""
    is_mail = medium in (Medium.EMAIL, Medium.TEXT)
    selected: list[Block] = []
    for block in blocks:
        inner = select_blocks(block.blocks, medium, audience)
        included = {
            BlockKind.ONLY: block.title == audience,
            BlockKind.EMAIL_ONLY: is_mail,
            BlockKind.WEB_ONLY: not is_mail,
            BlockKind.SNIPPET: True,
        }.get(block.kind)
        if included is None:
            selected.append(replace(block, blocks=inner) if block.blocks else block)
        elif included:
            selected.extend(inner)
    return tuple(selected)


def for_audience(content: Content, medium: Medium, audience: str) -> Content:
    """The content for a medium and an audience: its blocks, with only their footnotes and images.

    Footnotes are numbered again, without those that only omitted blocks refer to.
    """
    all_blocks = tuple(content.blocks)
    selected = select_blocks(all_blocks, medium, audience)
    if selected == all_blocks:
        return content
    blocks, notes = footnotes.renumber(selected, dict(enumerate(content.footnotes, start=1)))
    nodes = (*footnotes.block_nodes(blocks), *(node for note in notes for node in note))
    sources = {element.get("src") for element in elements(nodes)}
    images = tuple(image for image in content.images if image.url in sources)
    return replace(content, blocks=blocks, footnotes=notes, images=images, **block_values(blocks))


def block_values(blocks: Iterable[Block]) -> dict[str, Any]:
    """The fields of `Content` that its blocks have: their events and audio, in the order of the text."""
    every = tuple(_every(blocks))
    return {
        "events": tuple(block.event for block in every if block.event),
        "audio": tuple(block.audio for block in every if block.audio),
    }


def _every(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _every(block.blocks)
