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
    order: list[int] = []

    def add_references(nodes: Iterable[Node]) -> None:
        for element in elements(nodes):
            if is_reference(element) and (number := number_of(element)) in notes and number not in order:
                order.append(number)

    add_references(block_nodes(blocks))
    for number in order:  # which grows by the references in the notes
        add_references(notes[number])
    numbers = {old: new for new, old in enumerate(order, start=1)}
    if any(old != new for old, new in numbers.items()):
        blocks = tuple(_renumber_block(block, numbers) for block in blocks)
        notes = {old: _renumber(notes[old], numbers) for old in order}
    return blocks, tuple(notes[old] for old in order)


def block_nodes(blocks: Iterable[Block]) -> Iterator[Node]:
    """The nodes of blocks, and of the blocks in them, in the order of the text."""
    for block in blocks:
        yield from block.nodes
        yield from block_nodes(block.blocks)
        yield from block.link_text


def _renumber_block(block: Block, numbers: Mapping[int, int]) -> Block:
    return replace(
        block,
        nodes=_renumber(block.nodes, numbers),
        link_text=_renumber(block.link_text, numbers),
        blocks=tuple(_renumber_block(inner, numbers) for inner in block.blocks),
    )


def _renumber(nodes: Iterable[Node], numbers: Mapping[int, int]) -> tuple[Node, ...]:
    return tuple(_renumber_node(node, numbers) for node in nodes)


def _renumber_node(node: Node, numbers: Mapping[int, int]) -> Node:
    if not isinstance(node, Element):
        return node
    if is_reference(node):
        return reference(numbers.get(number_of(node), number_of(node)), node.line)
    return replace(node, children=_renumber(node.children, numbers)) if node.children else node
