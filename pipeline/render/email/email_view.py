"""Make the values that email templates see from a composed edition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from pipeline.content.email_forms import TEXT_WIDTH
from pipeline.content.footnotes import block_nodes
from pipeline.content.html import nodes_to_html
from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree import elements
from pipeline.model import (
    ComposedArticle,
    ComposedItem,
    Content,
    Image,
    Layout,
    Section,
    ThemeSettings,
)
from pipeline.render.email.content_blocks import content_blocks
from pipeline.render.email.content_tokens import ContentHtml
from pipeline.render.email.email_context import EmailContext, browser_url, grouped_items, unsubscribe_url
from pipeline.render.email.part_sizes import FIRST_ARTICLE, LETTER, in_part
from pipeline.render.email.template_values import (
    EmailArticle,
    EmailBlock,
    EmailImage,
    EmailLinkRow,
    EmailLinks,
    EmailSection,
    EmailView,
)
from pipeline.render.shared_text import host, link_row, text_lines
from pipeline.support.limits import BYLINE_WIDTH, TALLEST_IMAGE, THUMBNAIL_WIDTH

_LOGO = (240, 56)
"""The largest width and height of the logo, in CSS pixels."""


def email_view(context: EmailContext, logo: Image | None) -> EmailView:
    """A composed edition as the templates see it."""
    edition, publication = context.edition, context.publication
    letter = for_audience(edition.letter, Medium.EMAIL, edition.audience)
    letter_blocks, letter_notes = content_blocks(letter, context.html_options())
    number = count(FIRST_ARTICLE)
    return EmailView(
        language=publication.language,
        title=edition.issue.title,
        document_title=f"{edition.issue.title} · {publication.title}",
        preview_text=edition.preview_text,
        issue_line=context.issue_line,
        publication=publication.title,
        tagline=publication.tagline,
        home_url=context.home_url,
        logo=_logo(logo, context),
        lead=in_part(_fit(letter.lead, TEXT_WIDTH), LETTER),
        letter=in_part(letter_blocks, LETTER),
        letter_notes_html=in_part(letter_notes, LETTER),
        contents=context.contents,
        sections=tuple(
            EmailSection(
                section.title,
                tuple(in_part(each, next(number)) for each in _items(section, context)),
            )
            for section in context.sections
        ),
        disclaimers=edition.disclaimers,
        reason=context.reason,
        no_tracking=context.no_tracking,
        colophon=text_lines(publication.colophon),
        postal_address=text_lines(publication.postal_address),
        unsubscribe_url=unsubscribe_url(publication),
        preferences_url=publication.preferences_url or "",
        browser_url=browser_url(edition),
        has_code=_has_code(letter) or any(_has_code(article.content) for article in edition.articles),
    )


def _has_code(content: Content) -> bool:
    """Whether a block of code is in the content."""
    notes = (node for note in content.footnotes for node in note)
    return any(each.tag == "pre" for each in elements((*block_nodes(content.blocks), *notes)))


def _items(section: Section[ComposedItem], context: EmailContext) -> Iterator[EmailArticle | EmailLinks]:
    for each in grouped_items(section):
        if isinstance(each, list):
            yield EmailLinks(tuple(_row(item, section, context) for item in each))
        else:
            yield _article(*each, section, context)


def _row(item: ComposedItem, section: Section[ComposedItem], context: EmailContext) -> EmailLinkRow:
    row = link_row(item, section.badges, context.show, context.messages)
    comment = nodes_to_html(row.comment, context.html_options())
    return EmailLinkRow(row.title, row.url, row.badge, ContentHtml(comment), row.details)


def _article(
    composed: ComposedArticle, layout: Layout, section: Section[ComposedItem], context: EmailContext
) -> EmailArticle:
    article, theme = composed.article, context.publication.theme
    title = "" if context.edition.only_article is composed else article.title
    level, thumbnails = section.headline_level, has_thumbnails(section, theme)
    full, card = layout is Layout.FULL, layout is Layout.CARD
    content = for_audience(composed.content, Medium.EMAIL, context.edition.audience)
    blocks: tuple[EmailBlock, ...] = ()
    notes = ContentHtml("")
    if full:
        blocks, notes = content_blocks(content, context.html_options(level - (1 if title else 2)))
    wide = full or (card and theme.card_pictures and not thumbnails)
    return EmailArticle(
        layout=layout.value,
        title=title,
        level=level,
        url=article.link or composed.url or "",
        byline=context.byline(composed),
        portraits=tuple(
            EmailImage(each.url, "", BYLINE_WIDTH, BYLINE_WIDTH) for each in context.portraits(composed)
        ),
        details=context.details(composed),
        minutes=context.minutes(composed),
        dek=article.dek,
        lead=_fit(content.lead, TEXT_WIDTH) if wide else None,
        thumbnail=_fit(content.thumbnail, THUMBNAIL_WIDTH) if card and thumbnails else None,
        blocks=blocks,
        notes_html=notes,
        series=context.series_links(composed) if full else (),
        related=context.related_links(composed) if full else (),
        more=context.more_link(composed, layout),
        host=host(article.link) if article.link else "",
    )


def has_thumbnails(section: Section[ComposedItem], theme: ThemeSettings) -> bool:
    """Whether the cards of a section have their images beside the text: several cards, and each has one.

    Otherwise the images are above the text, at its full width, so that all texts begin at one edge.
    """
    cards = [each for each, layout in section.items if each.in_layout(layout) is Layout.CARD]
    return theme.card_pictures and len(cards) > 1 and all(each.content.thumbnail for each in cards)


def _fit(image: Image | None, width: int) -> EmailImage | None:
    """An image scaled down to at most `width`, and to the height that Word can show."""
    if image is None:
        return None
    wide = min(width, image.width)
    tall = round(image.height * wide / image.width)
    if tall > TALLEST_IMAGE:
        wide, tall = max(1, round(image.width * TALLEST_IMAGE / image.height)), TALLEST_IMAGE
    return EmailImage(image.url, image.alt, wide, max(1, tall))


def _logo(logo: Image | None, context: EmailContext) -> EmailImage | None:
    if logo is None:
        return None
    publication = context.publication
    width, height = logo.width // 2 or 1, logo.height // 2 or 1  # drawn at twice its size, for dense screens
    scale = min(1.0, _LOGO[0] / width, _LOGO[1] / height)
    alt = publication.theme.logo_alt or publication.title
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    return EmailImage(logo.url, alt, wide, tall, context.home_url)
