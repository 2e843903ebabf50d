"""Content as blocks for email templates: prose as styled HTML, each container with its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.content.html import HtmlOptions, footnotes_to_html, nodes_to_html
from pipeline.content.medium import Medium
from pipeline.model import Block, BlockKind, Content
from pipeline.render.email.content_tokens import ContentHtml
from pipeline.render.email.template_values import EmailBlock

_CALLOUT = 52
"""Pixels that a callout's padding and bar take from its text."""


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
        return EmailBlock(block.kind.value, html=ContentHtml(nodes_to_html(block.nodes, options)))
    if block.kind is BlockKind.CALLOUT:
        options = replace(options, inset=options.inset + _CALLOUT)
    return EmailBlock(
        block.kind.value,
        title=block.title,
        blocks=tuple(_block(inner, options) for inner in block.blocks),
        link_html=ContentHtml(nodes_to_html(block.link_text, options)),
        link_url=block.link_url,
    )
