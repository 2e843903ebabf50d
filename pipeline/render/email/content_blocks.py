"""Content as blocks for email templates: prose as styled HTML, each container with its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.content.html import HtmlWriter, Medium, footnotes_to_html, nodes_to_html
from pipeline.content.tree import elements
from pipeline.model import Block, BlockKind, Content, Element, Node
from pipeline.render.email.content_tokens import ContentHtml, NeutralText
from pipeline.render.email.template_values import EmailBlock
from pipeline.support.limits import PHONE_WIDTH

_PHONE_TEXT = PHONE_WIDTH - 2 * 22
"""The width that the margins leave for text on the narrowest phone."""


def content_blocks(
    content: Content, styles: Mapping[str, str], heading_shift: int
) -> tuple[tuple[EmailBlock, ...], ContentHtml]:
    """The blocks of content already chosen for its readers, and the HTML of its notes.

    `styles` are inline styles; headings are lowered by `heading_shift` levels.
    """
    writer = HtmlWriter(Medium.EMAIL, styles=styles, heading_shift=heading_shift)
    notes = footnotes_to_html(content.footnotes, writer) if content.footnotes else ""
    return tuple(_block(block, writer) for block in content.blocks), ContentHtml(notes)


def _block(block: Block, writer: HtmlWriter) -> EmailBlock:
    if block.kind is BlockKind.PROSE:
        html = "".join(nodes_to_html((node,), _writer_for(node, writer)) for node in block.nodes)
        return EmailBlock(block.kind.value, html=ContentHtml(html))
    return EmailBlock(
        block.kind.value,
        title=block.title,
        blocks=tuple(_block(inner, writer) for inner in block.blocks),
        link_html=ContentHtml(nodes_to_html(block.link_text, writer)),
        link_url=NeutralText(block.link_url),
    )


def _writer_for(node: Node, writer: HtmlWriter) -> HtmlWriter:
    """The writer for a node; in a table that fits a phone it breaks no words.

    In other tables words may break anywhere, so that a wide table does not widen the email on a phone.
    """
    if not (isinstance(node, Element) and node.tag == "table" and _fits_phone(node)):
        return writer
    styles = dict(writer.styles)
    for cell in ("td", "th"):
        styles[cell] = styles.get(cell, "") + "word-break:normal;"
    return replace(writer, styles=styles)


def _fits_phone(table: Element) -> bool:
    """Whether a table's longest words fit beside each other on a phone, at 7.5 px a letter."""
    columns: dict[int, int] = {}
    for row in elements((table,)):
        if row.tag == "tr":
            for number, cell in enumerate(row.children):
                longest = max(map(len, _words(cell)), default=0)
                columns[number] = max(columns.get(number, 0), longest)
    return sum(7.5 * longest + 12 for longest in columns.values()) <= _PHONE_TEXT


def _words(node: Node) -> list[str]:
    if isinstance(node, Element):
        return [word for child in node.children for word in _words(child)]
    return node.split() if isinstance(node, str) else ["a name's length"]  # of a merge field
