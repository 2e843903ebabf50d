"""The container `::: cta`: one link, which becomes a button, and the sentence around it."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.content.footnotes import block_nodes
from pipeline.content.tree import elements
from pipeline.content.tree_text import tree_text
from pipeline.errors import PressroomError
from pipeline.model import Block, BlockKind, Element, Node
from pipeline.support.urls import SCHEMES, scheme_of

_HINT = "Write a sentence and one link: `[Book a place](https://…)`."


def call_to_action(blocks: tuple[Block, ...], line: int) -> Block:
    """The call to action that these blocks of a `::: cta` make.

    Raises `PressroomError` with a line unless they are prose with exactly one link, which has a text and
    leads to a web, mail or telephone address or a merge field.
    """
    if any(block.kind is not BlockKind.PROSE for block in blocks):
        raise PressroomError("`::: cta` contains another container.", None, line, _HINT)
    links = [each for each in elements(block_nodes(blocks)) if each.tag == "a"]
    if len(links) != 1:
        count = "no link" if not links else f"{len(links)} links"
        raise PressroomError(f"`::: cta` contains {count}; it needs exactly one.", None, line, _HINT)
    link = links[0]
    address = link.get("href") or ""
    if scheme_of(address) not in SCHEMES and not address.startswith("{{"):
        raise PressroomError(
            f'the link of `::: cta` leads to "{address}".',
            None,
            link.line or line,
            "It must be a web, mail or telephone address, an article or a merge field.",
        )
    if not tree_text(link.children, alt=True).strip():
        raise PressroomError("the link of `::: cta` has no text.", None, link.line or line, _HINT)
    sentence = (
        replace(block, nodes=tuple(rest for node in block.nodes for rest in _remove(node, link)))
        for block in blocks
    )
    return Block(
        BlockKind.CTA,
        blocks=tuple(block for block in sentence if block.nodes),
        link_text=link.children,
        link_url=address,
        line=line,
    )


def _remove(node: Node, link: Element) -> tuple[Node, ...]:
    """The node without the link, and without elements that then contain no word."""
    if node is link:
        return ()
    if not isinstance(node, Element) or not any(each is link for each in elements([node])):
        return (node,)
    children = [rest for child in node.children for rest in _remove(child, link)]
    # "Come along: [Book](…)." ends in a full stop that belonged to the link, not to the sentence.
    if len(children) > 1 and isinstance(children[-1], str) and re.fullmatch(r"[\s\W]*", children[-1]):
        children.pop()
    while children and isinstance(children[-1], Element) and children[-1].tag == "br":
        children.pop()
    if children and isinstance(children[-1], str):
        children[-1] = children[-1].rstrip(" \n\t")
    if children and isinstance(children[0], str):
        children[0] = children[0].lstrip(" \n\t")
    text = "".join(child for child in children if isinstance(child, str))
    if not re.search(r"\w", text) and all(isinstance(child, str) for child in children):
        return ()
    return (replace(node, children=tuple(children)),)
