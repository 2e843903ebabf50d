"""Footnotes: their numbers follow the order in which a reader meets them, without gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.content.tree import elements
from pipeline.model import Block, Element, Node

Notes = tuple[tuple[Node, ...], ...]


def reference(number: int, line: int | None = None) -> Element:
    """A reference to note `number`."""
    return Element("sup", (("class", "footnote"),), (str(number),), line)


def is_reference(node: Node) -> bool:
    """Whether the node refers to a note. No raw HTML can: its classes are dropped."""
    return isinstance(node, Element) and node.tag == "sup" and node.get("class") == "footnote"


def number_of(node: Element) -> int:
    """The number of the note that a reference refers to."""
    return int(str(node.children[0]))


def numbered(
    blocks: tuple[Block, ...], notes: Mapping[int, tuple[Node, ...]]
) -> tuple[tuple[Block, ...], Notes]:
    """Blocks and notes with new numbers from 1, by the order of the references.

    Notes that nothing in the blocks refers to, be it through another note, are left out.
    """
    order: dict[int, int] = {}
    _meet(all_nodes(blocks), notes, order)
    waiting = list(order)
    for number in waiting:
        before = len(order)
        _meet(notes[number], notes, order)
        waiting.extend(list(order)[before:])
    if any(old != new for old, new in order.items()):
        blocks = tuple(_block(block, order) for block in blocks)
        notes = {old: tuple(_node(node, order) for node in notes[old]) for old in order}
    return blocks, tuple(notes[old] for old in order)


def all_nodes(blocks: Iterable[Block]) -> Iterator[Node]:
    """The nodes of blocks, and of the blocks in them, in the order of the text."""
    for block in blocks:
        yield from block.nodes
        yield from all_nodes(block.blocks)
        yield from block.link_text


def _meet(nodes: Iterable[Node], notes: Mapping[int, tuple[Node, ...]], order: dict[int, int]) -> None:
    for element in elements(nodes):
        if is_reference(element) and number_of(element) in notes:
            order.setdefault(number_of(element), len(order) + 1)


def _block(block: Block, order: Mapping[int, int]) -> Block:
    return replace(
        block,
        nodes=tuple(_node(node, order) for node in block.nodes),
        link_text=tuple(_node(node, order) for node in block.link_text),
        blocks=tuple(_block(inner, order) for inner in block.blocks),
    )


def _node(node: Node, order: Mapping[int, int]) -> Node:
    if not isinstance(node, Element):
        return node
    if is_reference(node):
        return reference(order.get(number_of(node), number_of(node)), node.line)
    if not node.children:
        return node
    return replace(node, children=tuple(_node(child, order) for child in node.children))
