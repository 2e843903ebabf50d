"""Values of the model that tests share: one publication, and short ways to write elements and blocks."""

from __future__ import annotations

from pipeline.config.themes import DEFAULT_THEME
from pipeline.model import Block, BlockKind, Element, MergeText, Node, Publication
from pipeline.support import merge

PUBLICATION = Publication(
    title="Synapse",
    base_url="https://synapse.example/news",
    language="en",
    timezone="Europe/London",
    sender_name="Synapse",
    sender_address="letters@synapse.example",
    postal_address="1 Test Street",
    theme=DEFAULT_THEME,
)
"""The publication of `workspace_kit.SETTINGS`; a kit that needs more replaces fields of it."""


def typed(line: str) -> MergeText:
    """A line with merge fields, as an editor types it."""
    return merge.read_line(line, {"offer": ""})


def element(tag: str, *children: Node, **attributes: str) -> Element:
    return Element(tag, tuple(attributes.items()), children)


def paragraph(*children: Node) -> Element:
    return element("p", *children)


def prose(*nodes: Node) -> Block:
    return Block(BlockKind.PROSE, nodes=nodes)
