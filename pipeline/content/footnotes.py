"""Numbers footnotes from 1, without gaps, in the order of their first references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.content.tree import elements
from pipeline.model import Block, Element, Node


def reference(number: int, line: int | None = None) -> Element:
    """A reference to a footnote."""
    return Element("sup", (("class", "footnote"),), (str(number),), line)


def is_reference(node: Node) -> bool:
    """Whether the node is a reference to a footnote. Raw HTML never is, because its classes are removed."""
    return isinstance(node, Element) and node.tag == "sup" and node.get("class") == "footnote"


def number_of(node: Element) -> int:
    """The number in a reference to a footnote."""
    return int(str(node.children[0]))


def renumber(
    blocks: tuple[Block, ...], notes: Mapping[int, tuple[Node, ...]]
) -> tuple[tuple[Block, ...], tuple[tuple[Node, ...], ...]]:
    """Blocks and footnotes with new numbers from 1, in the order of the references.

    Footnotes that the blocks do not refer to, directly or through another footnote, are left out.
    """
    order: dict[int, int] = {}
    _count_references(block_nodes(blocks), notes, order)
    queue = list(order)
    for number in queue:
        before = len(order)
        _count_references(notes[number], notes, order)
        queue.extend(list(order)[before:])
    if any(old != new for old, new in order.items()):
        blocks = tuple(_renumber_block(block, order) for block in blocks)
        notes = {old: tuple(_renumber_node(node, order) for node in notes[old]) for old in order}
    return blocks, tuple(notes[old] for old in order)


def block_nodes(blocks: Iterable[Block]) -> Iterator[Node]:
    """The nodes of blocks, and of the blocks in them, in the order of the text."""
    for block in blocks:
        yield from block.nodes
        yield from block_nodes(block.blocks)
        yield from block.link_text


def _count_references(
    nodes: Iterable[Node], notes: Mapping[int, tuple[Node, ...]], order: dict[int, int]
) -> None:
    """Add the numbers of the footnotes referred to, each with its new number."""
    for element in elements(nodes):
        if is_reference(element) and number_of(element) in notes:
            order.setdefault(number_of(element), len(order) + 1)


def _renumber_block(block: Block, order: Mapping[int, int]) -> Block:
    return replace(
        block,
        nodes=tuple(_renumber_node(node, order) for node in block.nodes),
        link_text=tuple(_renumber_node(node, order) for node in block.link_text),
        blocks=tuple(_renumber_block(inner, order) for inner in block.blocks),
    )


def _renumber_node(node: Node, order: Mapping[int, int]) -> Node:
    if not isinstance(node, Element):
        return node
    if is_reference(node):
        return reference(order.get(number_of(node), number_of(node)), node.line)
    if not node.children:
        return node
    return replace(node, children=tuple(_renumber_node(child, order) for child in node.children))
