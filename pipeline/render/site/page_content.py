"""Content as it stands on a page: chosen for its readers, merge fields filled, links made relative."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from pipeline.config.i18n import Messages
from pipeline.content.footnotes import is_reference
from pipeline.content.html import HtmlOptions, blocks_to_html, footnotes_to_html
from pipeline.content.medium import Medium
from pipeline.content.text_width import collapse_spaces
from pipeline.model import BlockKind, Content, Element, Image, MergeField, Node, Publication
from pipeline.support import merge, urls


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the site: folder and file, absolute address, how it writes a link, and its words."""

    folder: str
    url: str
    href: Callable[[str], str]
    words: Messages
    file: str = "index.html"

    @property
    def path(self) -> str:
        """The path of the page's file below the site's root."""
        return self.folder + self.file


@dataclass(frozen=True, slots=True)
class ContentHtmlParts:
    """Finished HTML of a piece of content: its body, and the notes below it (empty without notes)."""

    body: str
    notes: str


def fragment(
    content: Content, publication: Publication, page: SitePage, anchor: str, shift: int
) -> ContentHtmlParts:
    """The HTML of content already chosen for its readers.

    `anchor` stands before its ids; `shift` lowers its headings by that many levels.
    """
    writer = HtmlOptions(
        Medium.WEB,
        address=page.href,
        anchor=anchor,
        heading_shift=shift,
        sponsored_by=page.words.format("sponsor_named", name="").strip(),
        back_to=page.words.format("web.back_to"),
        table=page.words.format("web.table"),
    )
    body = blocks_to_html(content.blocks, writer)
    notes = footnotes_to_html(content.footnotes, writer)
    return ContentHtmlParts(_filled(body, publication, page), _filled(notes, publication, page))


def filled_text(text: str, publication: Publication) -> str:
    """A line of plain text, such as the preview text, with its merge fields filled."""
    return merge.fill(text, lambda field: merge.public_value(field, publication, urls.home_url(publication)))


def lead_images(content: Content) -> tuple[Image, ...]:
    """The lead image and those of the body, as far as its readers see them."""
    return (*((content.lead,) if content.lead else ()), *content.images)


def opening(content: Content, limit: int = 200) -> str:
    """The first words of the content as plain text, for a description where the editor gave none."""
    text = ""
    for block in content.blocks:
        if block.kind is BlockKind.PROSE:
            text += " " + " ".join(
                "".join(_words(node)) for node in block.nodes if isinstance(node, Element) and node.tag == "p"
            )
        if len(text) > limit:
            break
    text = collapse_spaces(text).strip()
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _filled(html: str, publication: Publication, page: SitePage) -> str:
    return merge.fill(html, lambda field: escape(page.href(merge.public_value(field, publication, page.url))))


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, MergeField):
        yield node.fallback
    elif not is_reference(node):
        for child in node.children:
            yield from _words(child)
