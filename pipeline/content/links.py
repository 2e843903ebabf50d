"""Lists the links of content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.content.footnotes import block_nodes
from pipeline.content.tree import elements
from pipeline.model import Block, Content


def links_of(content: Content) -> Iterator[tuple[str, int | None]]:
    """The address of each link in content, with its line."""
    nodes = [*block_nodes(content.blocks), *(node for note in content.footnotes for node in note)]
    for element in elements(nodes):
        if element.tag == "a":
            yield element.get("href") or "", element.line
    yield from _call_to_action_links(content.blocks)


def _call_to_action_links(blocks: Iterable[Block]) -> Iterator[tuple[str, int | None]]:
    for block in blocks:
        if block.link_url:
            yield block.link_url, block.line
        yield from _call_to_action_links(block.blocks)
