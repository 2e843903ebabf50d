"""Parses an article's body or an issue's letter: Markdown to a safe tree with absolute addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from zoneinfo import ZoneInfo

from pipeline.content import footnotes, markdown, tree
from pipeline.content.container_contents import container_block
from pipeline.content.container_fields import FIELD_CONTAINERS
from pipeline.content.medium import block_values
from pipeline.content.normalize import Normalizer, Resolver
from pipeline.content.reading_time import WORDS_PER_MINUTE, count_words
from pipeline.content.tree_text import content_texts
from pipeline.content.unsafe_html import ContainerHtml, ParsedMarkdown, ProseHtml
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Block, BlockKind, Content, Element, Finding, Image, ImageUse, Node, Place, Severity
from pipeline.support.files import check_characters

_PICTURES = {BlockKind.PERSON: ImageUse.PORTRAIT, BlockKind.VIDEO: ImageUse.POSTER}
"""What the first picture in a container is for."""

_UTC = ZoneInfo("UTC")


def parse_content(
    text: str,
    *,
    path: str,
    first_line: int,
    resolver: Resolver,
    merge_fields: Mapping[str, str],
    lead: Image | None = None,
    language: str = "en",
    zone: ZoneInfo = _UTC,
    in_snippet: bool = False,
) -> Content:
    """Parse a Markdown text, whose first line is line `first_line` of the file `path`, to a safe tree.

    `merge_fields` maps the declared fields to their fallbacks; `language` (BCP 47) chooses the quotation
    marks; `zone` is that of times. Raises `PressroomError`, or `Mistakes` with all of them, each with its
    line.
    """
    mistakes: list[PressroomError] = []
    content = Content(())
    snippets: list[Content] = []

    def read_snippet(name: str) -> Content:
        text, snippet_path, inner = resolver.snippet(name)
        snippets.append(
            parse_content(
                text,
                path=snippet_path,
                first_line=1,
                resolver=inner,
                merge_fields=merge_fields,
                language=language,
                zone=zone,
                in_snippet=True,
            )
        )
        return snippets[-1]

    try:
        check_characters(text.replace("\r\n", "\n").replace("\r", "\n"), path, first_line)
        parsed = markdown.parse_markdown(text, first_line, language, mistakes)
        normalizer = Normalizer(resolver, parsed.fields, merge_fields, mistakes, zone)
        if not in_snippet:
            normalizer.read_snippet = read_snippet
        content = _content(parsed, normalizer, lead)
        left_out = (
            Finding("RAW001", Severity.WARNING, each.message, Place(path, each.line), each.hint or "")
            for each in parsed.left_out
        )
        content = replace(
            content, findings=(*left_out, *(each for held in snippets for each in held.findings))
        )
    except PressroomError as error:
        mistakes.extend(error.errors)
    raise_all(PressroomError(each.message, each.path or path, each.line, each.hint) for each in mistakes)
    return content


def _content(parsed: ParsedMarkdown, normalizer: Normalizer, lead: Image | None) -> Content:
    blocks = tuple(_blocks(parsed.pieces, normalizer))
    by_number = {number + 1: _nodes(prose, normalizer) for number, prose in sorted(parsed.footnotes.items())}
    blocks, notes = footnotes.renumber(blocks, by_number)
    words = count_words(" ".join(content_texts(blocks, notes)))
    return Content(
        blocks=blocks,
        footnotes=notes,
        images=tuple(normalizer.images.values()),
        **block_values(blocks),
        lead=lead,
        words=words,
        minutes=max(1, ceil(words / WORDS_PER_MINUTE)),
    )


def _blocks(
    pieces: tuple[ProseHtml | ContainerHtml, ...], normalizer: Normalizer, around: BlockKind | None = None
) -> Iterator[Block]:
    for piece in pieces:
        if isinstance(piece, ContainerHtml):
            if piece.kind is BlockKind.COLUMN and around is not BlockKind.COLUMNS:
                hint = "Write it right inside `::: columns`."
                problem = "`::: column` is not in a `::: columns`."
                normalizer.mistakes.append(PressroomError(problem, None, piece.line, hint))
            if piece.kind is BlockKind.SNIPPET:
                yield from _snippet(piece, normalizer)
                continue
            normalizer.next_image = _PICTURES.get(piece.kind, ImageUse.FULL)
            inner = tuple(_blocks(piece.pieces, normalizer, piece.kind))
            normalizer.next_image = ImageUse.FULL
            if piece.kind in FIELD_CONTAINERS:
                read = FIELD_CONTAINERS[piece.kind]
                block = None if piece.fields is None else read(piece, inner, normalizer)
                yield block or Block(piece.kind, blocks=inner, line=piece.line)
                continue
            title = piece.title
            if piece.kind is BlockKind.VIDEO:
                title = normalizer.address(title, piece.line)
            try:
                yield container_block(piece.kind, title, inner, piece.line)
            except PressroomError as error:
                normalizer.mistakes.append(error)
                yield Block(piece.kind, blocks=inner, line=piece.line)  # for the container around it
            continue
        nodes = _nodes(piece, normalizer)
        if nodes:
            yield Block(BlockKind.PROSE, nodes=nodes, line=piece.line)


def _snippet(piece: ContainerHtml, normalizer: Normalizer) -> Iterator[Block]:
    """The blocks of a snippet, on the line where a text holds it."""
    problem, hint = "", ""
    if normalizer.read_snippet is None:
        problem, hint = "a snippet is in a snippet.", "Write its words here, or hold both in the text."
    elif piece.pieces:
        problem, hint = "`::: snippet` has words in it.", "Write them above or below it."
    else:
        read = normalizer.read_snippet
        content = normalizer.attempt(lambda: read(piece.title), piece.line)
        if content and content.footnotes:
            problem, hint = f'the snippet "{piece.title}" has a footnote.', "Write it into the text."
        elif content:
            normalizer.images |= {image.url: image for image in content.images}
            blocks = tuple(_on_line(block, piece.line) for block in content.blocks)
            yield Block(BlockKind.SNIPPET, piece.title, blocks=blocks, line=piece.line)
    if problem:
        normalizer.mistakes.append(PressroomError(problem, None, piece.line, hint))


def _on_line(block: Block, line: int) -> Block:
    return replace(
        block,
        nodes=_nodes_on_line(block.nodes, line),
        link_text=_nodes_on_line(block.link_text, line),
        blocks=tuple(_on_line(inner, line) for inner in block.blocks),
        line=line,
        event=block.event and replace(block.event, line=line),
    )


def _nodes_on_line(nodes: tuple[Node, ...], line: int) -> tuple[Node, ...]:
    return tuple(
        replace(node, line=line, children=_nodes_on_line(node.children, line))
        if isinstance(node, Element)
        else node
        for node in nodes
    )


def _nodes(prose: ProseHtml, normalizer: Normalizer) -> tuple[Node, ...]:
    return normalizer.normalize(tree.build_tree(prose.html, prose.line, normalizer))
