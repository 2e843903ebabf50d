"""The words of a safe tree: one walker for all that reads a text without its markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.content.footnotes import is_reference
from pipeline.content.tree import BLOCKS
from pipeline.model import MergeField, Node

_SPACED = BLOCKS | {"br"}


def fallback_or_name(field: MergeField) -> str:
    """A merge field as a reader of whom nothing is known sees it; its name where it has no fallback."""
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
    footnotes. `code` replaces each piece of code. Spaces part the elements `spaced` from their neighbours.
    """
    pieces: list[str] = []

    def walk(nodes: Iterable[Node]) -> None:
        for node in nodes:
            if isinstance(node, str):
                pieces.append(node)
            elif isinstance(node, MergeField):
                pieces.append(field(node))
            elif node.tag == "img":
                pieces.append((node.get("alt") or "") if alt else "")
            elif code is not None and node.tag in {"code", "kbd", "samp"}:
                pieces.append(code)
            elif references or not is_reference(node):
                space = " " if node.tag in spaced else ""
                pieces.append(space)
                walk(node.children)
                pieces.append(space)

    walk(nodes)
    return "".join(pieces)
