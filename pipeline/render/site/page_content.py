"""Content as HTML for a page: merge fields replaced by public values, links relative to the page."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.content.html import blocks_to_html, footnotes_to_html
from pipeline.content.html_nodes import HtmlOptions
from pipeline.content.medium import Medium
from pipeline.model import Content
from pipeline.render.shared_text import public_value
from pipeline.render.site.site_page import SitePage


@dataclass(frozen=True, slots=True)
class ContentHtmlParts:
    """Finished HTML of a piece of content: its body, and the notes below it (empty without notes)."""

    body: str
    notes: str


def content_html(content: Content, page: SitePage, anchor: str, heading_shift: int) -> ContentHtmlParts:
    """The HTML of content already chosen for its readers.

    `anchor` is the prefix of its ids; its headings are lowered by `heading_shift` levels.
    """
    options = html_options(page, anchor, heading_shift)
    body, notes = blocks_to_html(content.blocks, options), footnotes_to_html(content.footnotes, options)
    return ContentHtmlParts(body, notes)


def html_options(page: SitePage, anchor: str, heading_shift: int) -> HtmlOptions:
    """How content is written for a page: with public values of merge fields, and relative links."""
    return HtmlOptions(
        Medium.WEB,
        address=page.href,
        field_value=lambda field: public_value(field, page.publication, page.url),
        anchor=anchor,
        heading_shift=heading_shift,
        sponsored_by=page.messages.format("sponsor_named", name="").strip(),
        code_colors={} if page.show.code_colors else None,
        back_to=page.messages.format("web.back_to"),
        table=page.messages.format("web.table"),
    )
