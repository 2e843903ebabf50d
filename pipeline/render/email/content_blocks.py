"""Content as blocks for email templates: prose as styled HTML, each container with its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.content.html import HtmlOptions, footnotes_to_html, nodes_to_html
from pipeline.content.medium import Medium
from pipeline.content.tree import elements
from pipeline.content.tree_text import tree_text
from pipeline.model import Block, BlockKind, Content, Element, Node
from pipeline.render.email.content_tokens import ContentHtml
from pipeline.render.email.template_values import EmailBlock
from pipeline.support.limits import PHONE_WIDTH

_PHONE_TEXT = PHONE_WIDTH - 2 * 22
"""The width that the margins leave for text on the narrowest phone."""

_NAME = "Christopher-Lee"
"""A name of usual length, in place of a merge field."""


def content_blocks(
    content: Content, styles: Mapping[str, str], heading_shift: int
) -> tuple[tuple[EmailBlock, ...], ContentHtml]:
    """The blocks of content already chosen for its readers, and the HTML of its notes.

    `styles` are inline styles; headings are lowered by `heading_shift` levels.
    """
    options = HtmlOptions(Medium.EMAIL, styles=styles, heading_shift=heading_shift)
    notes = footnotes_to_html(content.footnotes, options) if content.footnotes else ""
    return tuple(_block(block, options) for block in content.blocks), ContentHtml(notes)


def _block(block: Block, options: HtmlOptions) -> EmailBlock:
    if block.kind is BlockKind.PROSE:
        html = "".join(nodes_to_html((node,), _options_for(node, options)) for node in block.nodes)
        return EmailBlock(block.kind.value, html=ContentHtml(html))
    return EmailBlock(
        block.kind.value,
        title=block.title,
        blocks=tuple(_block(inner, options) for inner in block.blocks),
        link_html=ContentHtml(nodes_to_html(block.link_text, options)),
        link_url=block.link_url,
    )


def _options_for(node: Node, options: HtmlOptions) -> HtmlOptions:
    """The options for a node; in a table that fits a phone it breaks no words.

    In other tables words may break anywhere, so that a wide table does not widen the email on a phone.
    """
    if not (isinstance(node, Element) and node.tag == "table" and _fits_phone(node)):
        return options
    styles = dict(options.styles)
    for cell in ("td", "th"):
        styles[cell] = styles.get(cell, "") + "word-break:normal;"
    return replace(options, styles=styles)


def _fits_phone(table: Element) -> bool:
    """Whether a table's longest words fit beside each other on a phone, at 7.5 px a letter."""
    columns: dict[int, int] = {}
    for row in elements((table,)):
        if row.tag == "tr":
            for number, cell in enumerate(row.children):
                words = tree_text((cell,), lambda _: _NAME).split()
                longest = max(map(len, words), default=0)
                columns[number] = max(columns.get(number, 0), longest)
    return sum(7.5 * longest + 12 for longest in columns.values()) <= _PHONE_TEXT
