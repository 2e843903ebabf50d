"""An article's body or an issue's letter to content: Markdown, made safe, with its addresses known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Protocol

from pipeline.content import footnotes, markdown, tree
from pipeline.content.call_to_action import call_to_action
from pipeline.content.normalize import Normalizer
from pipeline.content.source import ContainerHtml, MarkdownSource, ProseHtml
from pipeline.content.tree_text import tree_text
from pipeline.errors import PressroomError, flatten, raise_all
from pipeline.model import Block, BlockKind, Content, Element, Image, Node

WORDS_PER_MINUTE = 230
"""Adults read about 238 words of English non-fiction a minute (Brysbaert 2019)."""
# Scripts that are written without spaces, and how many of their characters make a word.
_CHINESE_OR_JAPANESE = re.compile(
    "[\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SOUTHEAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


class Resolver(Protocol):
    """Knows what the addresses of a text mean. Both raise `PressroomError` without a place."""

    def link(self, target: str) -> str:
        """The absolute address of a link as written."""

    def image(self, target: str, alt: str) -> Image:
        """The image at a path as written."""


def parse_content(
    text: str,
    *,
    path: str,
    first_line: int,
    resolver: Resolver,
    merge_fields: Mapping[str, str],
    lead: Image | None = None,
    language: str = "en",
) -> Content:
    """Parse and make safe a Markdown text whose first line is line `first_line` of the file `path`.

    `merge_fields` maps the declared fields to their fallbacks; `language` (BCP 47) chooses the
    quotation marks. Raises `PressroomError`, or `Mistakes` with all of them, each with its line.
    """
    mistakes: list[PressroomError] = []
    content = Content(())
    try:
        _check_characters(text, first_line)
        source = markdown.read(text, first_line, language, mistakes)
        finisher = Normalizer(resolver.link, resolver.image, source.fields, merge_fields, mistakes)
        content = _content(source, finisher, lead)
    except PressroomError as error:
        mistakes.extend(flatten(error))
    raise_all(PressroomError(each.message, each.path or path, each.line, each.hint) for each in mistakes)
    return content


def count_words(text: str) -> int:
    """How many words a text has, for its reading time.

    Where words are parted by spaces, those that hold a letter or digit. Of Chinese and Japanese two
    characters count as a word, of Thai, Lao, Burmese and Khmer five.
    """
    spaced, pairs = _CHINESE_OR_JAPANESE.subn(" ", text)
    spaced, fives = _SOUTHEAST_ASIAN.subn(" ", spaced)
    words = sum(
        1 for word in spaced.split() if word.isalnum() or any(character.isalnum() for character in word)
    )
    return words + ceil(pairs / 2) + ceil(fives / 5)


def _content(source: MarkdownSource, finisher: Normalizer, lead: Image | None) -> Content:
    blocks = tuple(_blocks(source.pieces, finisher))
    by_number = {number + 1: _nodes(prose, finisher) for number, prose in sorted(source.notes.items())}
    blocks, notes = footnotes.numbered(blocks, by_number)
    words = count_words(" ".join(texts(blocks)) + " " + " ".join(map(plain, notes)))
    return Content(
        blocks=blocks,
        footnotes=notes,
        images=tuple(finisher.images.values()),
        lead=lead,
        words=words,
        minutes=max(1, ceil(words / WORDS_PER_MINUTE)),
    )


def _check_characters(text: str, first_line: int) -> None:
    plain_lines = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = tree.forbidden(plain_lines)
    if bad:
        line = first_line + plain_lines.count("\n", 0, bad.start())
        raise PressroomError(f"this line holds {tree.describe(bad[0])}.", None, line, "Delete it.")


def _blocks(pieces: tuple[ProseHtml | ContainerHtml, ...], finisher: Normalizer) -> Iterator[Block]:
    for piece in pieces:
        if isinstance(piece, ContainerHtml):
            inner = tuple(_blocks(piece.pieces, finisher))
            if piece.kind is BlockKind.CTA:
                try:
                    yield call_to_action(inner, piece.line)
                except PressroomError as error:
                    finisher.mistakes.append(error)
            else:
                if piece.kind is BlockKind.PULLQUOTE:
                    finisher.mistakes += _odd_quote(inner, piece.line)
                yield Block(piece.kind, title=piece.title, blocks=inner, line=piece.line)
            continue
        nodes = _nodes(piece, finisher)
        if nodes:
            yield Block(BlockKind.PROSE, nodes=nodes, line=piece.line)


def _odd_quote(blocks: tuple[Block, ...], line: int) -> Iterator[PressroomError]:
    """What a pull quote cannot hold: it is set large, and stands apart from the text around it."""
    tags = {node.tag for block in blocks for node in block.nodes if isinstance(node, Element)}
    if not blocks:
        yield PressroomError("`::: pullquote` is empty.", None, line, "Write the quoted sentence below it.")
    elif any(block.kind is not BlockKind.PROSE for block in blocks) or tags - {"p"}:
        yield PressroomError(
            "`::: pullquote` holds more than paragraphs.", None, line, "Write one or two sentences in it."
        )


def _nodes(prose: ProseHtml, finisher: Normalizer) -> tuple[Node, ...]:
    return finisher.normalize(tree.build(prose.html, prose.line, finisher))


def plain(nodes: tuple[Node, ...]) -> str:
    """The visible text of nodes; a merge field without a fallback counts as one word."""
    return tree_text(nodes, lambda field: field.fallback or "x")


def texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    """The visible text of blocks and of the blocks in them, piece by piece."""
    for block in blocks:
        if block.kind in (BlockKind.CALLOUT, BlockKind.SPONSOR, BlockKind.PULLQUOTE):
            yield block.title
        yield plain(block.nodes)
        yield from texts(block.blocks)
        yield plain(block.link_text)
