"""What each container may hold, and the block that it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pipeline.content.footnotes import block_nodes
from pipeline.content.tree import elements, paragraphs
from pipeline.content.tree_text import tree_text
from pipeline.errors import PressroomError
from pipeline.model import Block, BlockKind, Element, Node
from pipeline.support.limits import PORTRAIT_WIDTH
from pipeline.support.urls import SCHEMES, scheme_of

MOST_BUTTONS = 5
"""In a row: what an email has room for."""

_ONLY_LINKS = "Write only links in it, one in each line: `[Yes](https://…)`."
_ONE_LINK = "Write a sentence and one link: `[Book a place](https://…)`."


def container_block(kind: BlockKind, title: str, blocks: tuple[Block, ...], line: int) -> Block:
    """The block that a container with this title and these blocks becomes.

    Raises `PressroomError` with a line and no path if the container may not hold them.
    """
    read = _CONTENTS.get(kind)
    return read(title, blocks, line) if read else Block(kind, title, blocks=blocks, line=line)


def _call_to_action(_: str, blocks: tuple[Block, ...], line: int) -> Block:
    """One link with a text, which becomes a button, and the sentence around it."""
    _check_prose(BlockKind.CTA, blocks, line, _ONE_LINK)
    links = [each for each in elements(block_nodes(blocks)) if each.tag == "a"]
    if len(links) != 1:
        count = "no link" if not links else f"{len(links)} links"
        raise PressroomError(f"`::: cta` contains {count}; it needs exactly one.", None, line, _ONE_LINK)
    link = links[0]
    button = _button(BlockKind.CTA, link, line, _ONE_LINK)
    sentence = (
        replace(block, nodes=tuple(rest for node in block.nodes for rest in _remove(node, link)))
        for block in blocks
    )
    return replace(button, blocks=tuple(block for block in sentence if block.nodes), line=line)


def _buttons(_: str, blocks: tuple[Block, ...], line: int) -> Block:
    """Links and no other word: each becomes a button."""
    _check_prose(BlockKind.BUTTONS, blocks, line, _ONLY_LINKS)
    nodes = tuple(block_nodes(blocks))
    links = [each for each in elements(nodes) if each.tag == "a"]
    if any(_beside_links(nodes)):
        problem = "`::: buttons` contains something between its links."
        raise PressroomError(problem, None, line, _ONLY_LINKS)
    if not 1 <= len(links) <= MOST_BUTTONS:
        problem = f"`::: buttons` contains {len(links) or 'no'} links; it takes up to {MOST_BUTTONS}."
        raise PressroomError(problem, None, line, _ONLY_LINKS)
    buttons = tuple(_button(BlockKind.BUTTONS, link, line, _ONLY_LINKS) for link in links)
    return Block(BlockKind.BUTTONS, blocks=buttons, line=line)


def _beside_links(nodes: Iterable[Node]) -> Iterator[Node]:
    """The words, fields and pictures that are in no link."""
    for node in nodes:
        if not isinstance(node, Element) or node.tag == "img":
            if not isinstance(node, str) or node.strip():
                yield node
        elif node.tag != "a":
            yield from _beside_links(node.children)


def _button(kind: BlockKind, link: Element, line: int, hint: str) -> Block:
    """A link of this kind of container as a call to action without a sentence."""
    line = link.line or line
    address = link.get("href") or ""
    if scheme_of(address) not in SCHEMES and not address.startswith("{{"):
        raise PressroomError(
            f'the link of `::: {kind}` leads to "{address}".',
            None,
            line,
            "It must be a web, mail or telephone address, an article or a merge field.",
        )
    if not tree_text(link.children, alt=True).strip():
        raise PressroomError(f"the link of `::: {kind}` has no text.", None, line, hint)
    return Block(BlockKind.CTA, link_text=link.children, link_url=address, line=line)


def _check_prose(kind: BlockKind, blocks: tuple[Block, ...], line: int, hint: str) -> None:
    if any(block.kind is not BlockKind.PROSE for block in blocks):
        raise PressroomError(f"`::: {kind}` contains another container.", None, line, hint)


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


def _pull_quote(title: str, blocks: tuple[Block, ...], line: int) -> Block:
    """Paragraphs only: it is set large, apart from the text."""
    tags = {node.tag for block in blocks for node in block.nodes if isinstance(node, Element)}
    if not blocks:
        raise PressroomError("`::: pullquote` is empty.", None, line, "Write the quoted sentence below it.")
    if any(block.kind is not BlockKind.PROSE for block in blocks) or tags - {"p"}:
        hint = "Write one or two sentences in it."
        raise PressroomError("`::: pullquote` contains more than paragraphs.", None, line, hint)
    return Block(BlockKind.PULLQUOTE, title, blocks=blocks, line=line)


def _person(title: str, blocks: tuple[Block, ...], line: int) -> Block:
    """A name and a role, a photo above the text, whose alt text is the name, and the text."""
    name, _, role = (part.strip() for part in title.partition(","))
    if not name:
        raise PressroomError("`::: person` has no name.", None, line, "Write `::: person NAME, ROLE`.")
    photo, rest = _picture_above(blocks)
    if photo:
        width = str(min(PORTRAIT_WIDTH, int(photo.get("width") or PORTRAIT_WIDTH)))
        shown = {"alt": name, "width": width, "height": width}
        photo = replace(photo, attributes=tuple({**dict(photo.attributes), **shown}.items()))
    return Block(BlockKind.PERSON, name, role, nodes=(photo,) if photo else (), blocks=rest, line=line)


def _video(address: str, blocks: tuple[Block, ...], line: int) -> Block:
    """A poster that is the link to the video, whose alt text are the link's words, and the text below."""
    poster, rest = _picture_above(blocks)
    if not poster:
        hint = "Write a picture first in it: `![Watch the lecture](poster.jpg)`."
        raise PressroomError("`::: video` does not begin with its poster.", None, line, hint)
    if not poster.get("alt"):
        problem = "the poster of `::: video` has no words between its square brackets."
        raise PressroomError(problem, None, line, "They are the link: `![Watch the lecture](poster.jpg)`.")
    return Block(BlockKind.VIDEO, link_text=(poster,), link_url=address, blocks=rest, line=line)


def _columns(_: str, blocks: tuple[Block, ...], line: int) -> Block:
    """Two or three columns, which are not divided into columns again."""
    hint = "Write two or three `::: column` in it, each with its own end."
    if any(block.kind is not BlockKind.COLUMN for block in blocks):
        other = next(block for block in blocks if block.kind is not BlockKind.COLUMN)
        problem = "`::: columns` contains something outside its columns."
        raise PressroomError(problem, None, other.line or line, hint)
    if not 2 <= len(blocks) <= 3:
        problem = f"`::: columns` contains {len(blocks) or 'no'} column{'' if len(blocks) == 1 else 's'}."
        raise PressroomError(problem, None, line, hint)
    return Block(BlockKind.COLUMNS, blocks=blocks, line=line)


def _column(_: str, blocks: tuple[Block, ...], line: int) -> Block:
    if not blocks:
        raise PressroomError("`::: column` is empty.", None, line, "Write words or a picture in it.")
    if any(map(_has_columns, blocks)):
        problem = "`::: column` is divided into columns again, for which an email has no room."
        raise PressroomError(problem, None, line, "Write them one below the other.")
    return Block(BlockKind.COLUMN, blocks=blocks, line=line)


def _has_columns(block: Block) -> bool:
    return block.kind is BlockKind.COLUMNS or any(map(_has_columns, block.blocks))


def _picture_above(blocks: tuple[Block, ...]) -> tuple[Element | None, tuple[Block, ...]]:
    """The picture with which blocks begin, or None, and the blocks without it."""
    first = blocks[0].nodes[0] if blocks and blocks[0].nodes else ""
    inner = first.children if isinstance(first, Element) and first.tag in {"figure", "p"} else ()
    if not inner or not isinstance(inner[0], Element) or inner[0].tag != "img":
        return None, blocks
    rest = paragraphs(
        node.children[0] if isinstance(node, Element) and node.tag == "figcaption" else node
        for node in inner[1:]
    )
    nodes = (*rest, *blocks[0].nodes[1:])
    return inner[0], (*((replace(blocks[0], nodes=nodes),) if nodes else ()), *blocks[1:])


_CONTENTS: dict[BlockKind, Callable[[str, tuple[Block, ...], int], Block]] = {
    BlockKind.BUTTONS: _buttons,
    BlockKind.COLUMN: _column,
    BlockKind.COLUMNS: _columns,
    BlockKind.CTA: _call_to_action,
    BlockKind.PERSON: _person,
    BlockKind.PULLQUOTE: _pull_quote,
    BlockKind.VIDEO: _video,
}
"""How the blocks of a container are read; any other container holds anything."""
