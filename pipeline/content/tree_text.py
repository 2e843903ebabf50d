"""Reads the text of a safe tree without its markup: one walker, whose arguments say what counts as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline.content.footnotes import is_reference
from pipeline.content.tree import BLOCKS
from pipeline.model import Block, BlockKind, MergeField, Node

_SPACED = BLOCKS | {"br"}


def fallback_or_name(field: MergeField) -> str:
    """A merge field as its fallback, or its name if it has no fallback."""
    return field.fallback or field.name


def tree_text(
    nodes: Iterable[Node],
    field: Callable[[MergeField], str] = fallback_or_name,
    *,
    alt: bool = False,
    references: bool = False,
    code: str | None = None,
    spaced: frozenset[str] = _SPACED,
) -> str:
    """The text of nodes in reading order, white space as written.

    `field` writes a merge field. `alt` adds the alt texts of images, `references` the numbers of
    footnotes. `code` replaces each piece of code. The elements `spaced` have a space on both sides.
    """
    pieces: list[str] = []
    # Not a function inside that calls itself: each would be garbage that only a search for cycles finds.
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif isinstance(node, MergeField):
            pieces.append(field(node))
        elif node.tag == "img":
            pieces.append((node.get("alt") or "") if alt else "")
        elif code is not None and node.tag in {"code", "kbd", "samp"}:
            pieces.append(code)
        elif references or not is_reference(node):
            if node.tag in spaced:
                pieces.append(" ")
                waiting.append(" ")
            waiting += reversed(node.children)
    return "".join(pieces)


def content_texts(blocks: Iterable[Block], footnotes: Iterable[tuple[Node, ...]] = ()) -> Iterator[str]:
    """The text of blocks and footnotes, piece by piece; a merge field without a fallback is one word."""

    def text(nodes: Iterable[Node]) -> str:
        return tree_text(nodes, lambda field: field.fallback or "x")

    for block in blocks:
        if block.kind not in (BlockKind.ONLY, BlockKind.SNIPPET):
            yield block.title
            yield block.role
        yield text(block.nodes)
        yield from content_texts(block.blocks)
        yield text(block.link_text)
    yield from map(text, footnotes)
