"""Content as blocks for email templates: prose as styled HTML, each container with its parts."""

from __future__ import annotations

from dataclasses import replace

from pipeline.content.email_forms import TEXT_WIDTH, fit_in_a_row
from pipeline.content.html import footnotes_to_html, nodes_to_html
from pipeline.content.html_nodes import HtmlOptions
from pipeline.model import Block, BlockKind, Content, Element
from pipeline.render.email.content_tokens import ContentHtml
from pipeline.render.email.template_values import EmailBlock, EmailImage
from pipeline.support.limits import PORTRAIT_WIDTH

_GAP = 24
_INSETS = {
    BlockKind.AUDIO: 52,
    BlockKind.CALLOUT: 52,
    BlockKind.EVENT: 52,
    BlockKind.PERSON: PORTRAIT_WIDTH + 16,
}
"""Pixels that a container takes from its text: the padding of a box, a callout's bar, a person's photo."""


def content_blocks(content: Content, options: HtmlOptions) -> tuple[tuple[EmailBlock, ...], ContentHtml]:
    """The blocks of content already chosen for its readers, and the HTML of its notes."""
    notes = footnotes_to_html(content.footnotes, options) if content.footnotes else ""
    return tuple(_block(block, options) for block in content.blocks), ContentHtml(notes)


def _photo(block: Block) -> EmailImage | None:
    """The photo of a person, if the block is one and has it."""
    for node in block.nodes if block.kind is BlockKind.PERSON else ():
        if isinstance(node, Element):
            shown = dict(node.attributes)
            return EmailImage(shown["src"], shown["alt"], int(shown["width"]), int(shown["height"]))
    return None


def _block(block: Block, options: HtmlOptions) -> EmailBlock:
    if block.kind is BlockKind.PROSE:
        return EmailBlock(block.kind.value, html=ContentHtml(nodes_to_html(block.nodes, options)))
    width = TEXT_WIDTH - options.inset - _INSETS.get(block.kind, 0)
    if block.kind is BlockKind.COLUMNS:
        width = (width + _GAP) // len(block.blocks) - _GAP
    options = replace(options, inset=TEXT_WIDTH - width)
    title, details, link, url = block.title, "", block.link_text, ""
    if block.audio:
        details = block.audio.details
    if event := block.event:
        title, details, link, url = event.title, event.when, (event.calendar,), event.link
    return EmailBlock(
        block.kind.value,
        title=title,
        role=block.role,
        image=_photo(block),
        width=width,
        fits=block.kind is not BlockKind.BUTTONS
        or fit_in_a_row((button.link_text for button in block.blocks), width),
        blocks=tuple(_block(inner, options) for inner in block.blocks),
        link_html=ContentHtml(nodes_to_html(link, options)),
        link_url=block.link_url,
        details=details,
        url=url,
    )
