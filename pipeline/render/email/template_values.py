"""What the email's templates see: plain values, made from a composed edition.

These names are the theme's interface. Fields named `html` are finished content, all others text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipeline.config.i18n import Messages
from pipeline.content.html import HtmlOptions, footnotes_to_html, nodes_to_html
from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree import elements
from pipeline.model import (
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    Element,
    Image,
    Layout,
    Node,
    Publication,
    ThemeSettings,
)
from pipeline.render.email.content_tokens import ContentHtml, NeutralText
from pipeline.render.email.theme_values import GUTTER, THUMBNAIL, WIDTH
from pipeline.support import urls

PHONE = 320 - 2 * 22
"""The width that is left for text on the smallest phone."""

TALLEST = 1728
"""Word, which draws Outlook's mail, cuts off what is taller than this."""

ARTICLE_SHIFT = 2
"""An article's own headings follow its h3; a letter's stand directly below the title, as h2."""


@dataclass(frozen=True, slots=True)
class EmailLink:
    """A link whose text says where it goes."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class EmailImage:
    """An image as shown: width and height in CSS pixels, `url` of what it links to or empty."""

    src: str
    alt: str
    width: int
    height: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class EmailBlock:
    """A block of content: prose as `html`, the containers with their `blocks`."""

    kind: str
    html: ContentHtml = ContentHtml("")  # noqa: RUF009 (an immutable string)
    title: str = ""
    blocks: tuple[EmailBlock, ...] = ()
    link_html: ContentHtml = ContentHtml("")  # noqa: RUF009 (an immutable string)
    link_url: str = ""


@dataclass(frozen=True, slots=True)
class EmailArticle:
    """An article as it stands in the email.

    `url` is empty where its headline is no link; `host` says where a piece that lives elsewhere is.
    """

    layout: str
    title: str
    url: str
    byline: str
    details: str
    minutes: str
    dek: str
    lead: EmailImage | None
    thumbnail: EmailImage | None
    blocks: tuple[EmailBlock, ...]
    notes_html: ContentHtml
    related: tuple[EmailLink, ...]
    more: EmailLink | None
    host: str


@dataclass(frozen=True, slots=True)
class EmailSection:
    """A titled group of articles."""

    title: str
    articles: tuple[EmailArticle, ...]


@dataclass(frozen=True, slots=True)
class EmailView:
    """One edition, as `email/issue.mjml.j2` sees it under the name `email`."""

    language: str
    title: str
    document_title: str
    preview_text: str
    issue_line: str
    publication: str
    tagline: str
    home_url: str
    logo: EmailImage | None
    letter: tuple[EmailBlock, ...]
    letter_notes_html: ContentHtml
    sections: tuple[EmailSection, ...]
    disclaimers: tuple[str, ...]
    reason: str
    colophon: tuple[str, ...]
    postal_address: tuple[str, ...]
    unsubscribe_url: str
    preferences_url: str
    browser_url: str


@dataclass(frozen=True, slots=True)
class EmailContext:
    """What every part of one email is written with."""

    edition: ComposedEdition
    publication: Publication
    words: Messages
    styles: Mapping[str, str]

    def writer(self, heading_shift: int) -> HtmlOptions:
        """The writer of content's HTML with the theme's inline styles."""
        return HtmlOptions(Medium.EMAIL, styles=self.styles, heading_shift=heading_shift)


def email_view(setting: EmailContext, logo: Image | None) -> EmailView:
    """A composed edition as the templates see it."""
    edition, publication, words = setting.edition, setting.publication, setting.words
    writer = setting.writer(0)
    letter = for_audience(edition.letter, Medium.EMAIL, edition.audience)
    return EmailView(
        language=publication.language,
        title=edition.issue.title,
        document_title=f"{edition.issue.title} · {publication.title}",
        preview_text=NeutralText(edition.preview_text),
        issue_line=issue_line(edition, words),
        publication=publication.title,
        tagline=publication.tagline,
        home_url=urls.home_url(publication),
        logo=_logo(logo, publication),
        letter=_blocks(letter, writer),
        letter_notes_html=_notes(letter, writer),
        sections=tuple(
            EmailSection(
                section.title, tuple(_article(each, layout, setting) for each, layout in section.articles)
            )
            for section in edition.sections
        ),
        disclaimers=edition.disclaimers,
        reason=reason(publication, words),
        colophon=lines(publication.colophon),
        postal_address=lines(publication.postal_address),
        unsubscribe_url=unsubscribe_url(publication),
        preferences_url=NeutralText(publication.preferences_url or ""),
        browser_url=browser_url(edition),
    )


def reason(publication: Publication, words: Messages) -> str:
    """Why a reader gets this: the setting, or the theme's own words."""
    return publication.reason or words.format("reason", publication=publication.title)


def unsubscribe_url(publication: Publication) -> NeutralText:
    """Where a reader leaves: the setting, or the merge field that the target fills."""
    return NeutralText(publication.unsubscribe_url or "{{ unsubscribe_url }}")


def browser_url(edition: ComposedEdition) -> NeutralText:
    """The edition's page, or the merge field where it has none."""
    return NeutralText(edition.url or "{{ web_url }}")


def lines(text: str) -> tuple[str, ...]:
    """A text such as the postal address, line by line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def issue_line(edition: ComposedEdition, words: Messages) -> str:
    """Number, date and reading time in one line."""
    return " · ".join(
        (
            words.format("issue", number=edition.issue.number),
            words.date(edition.issue.date),
            words.format("minutes", minutes=edition.minutes),
        )
    )


def byline(article: ComposedArticle) -> str:
    """The authors, each with the role that stands beside the name."""
    return " · ".join(
        f"{author.name}, {author.role}" if author.role else author.name for author in article.article.authors
    )


def details(article: ComposedArticle, words: Messages) -> str:
    """Date, revision and reading time in one line."""
    parts = [words.date(article.article.date)]
    if article.article.updated and article.article.updated.date() > article.article.date.date():
        parts.append(words.format("updated", date=words.date(article.article.updated)))
    parts.append(words.format("minutes", minutes=article.content.minutes))
    return " · ".join(parts)


def in_layout(article: ComposedArticle, layout: Layout) -> Layout:
    """The layout an article really gets: whole where there is nowhere else to read it."""
    return layout if article.url or article.article.link else Layout.FULL


def more_link(article: ComposedArticle, layout: Layout, words: Messages) -> EmailLink | None:
    """The link at an article's end, which names the article and, for a piece elsewhere, the host."""
    title = article.article.title
    if link := article.article.link:
        return EmailLink(words.format("read_on_site", title=title, host=host(link)), link)
    if not article.url:
        return None
    return EmailLink(
        words.format("read_on_web" if layout is Layout.FULL else "read", title=title), article.url
    )


def host(url: str) -> str:
    """The host of an address as readers know it."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def related_links(article: ComposedArticle, setting: EmailContext) -> tuple[EmailLink, ...]:
    """The related articles that have an address, in the order that the article names them."""
    links = []
    inside = {each.article.slug: each for each in setting.edition.articles}
    for slug in article.article.related:
        if (near := inside.get(slug)) and near.url:
            links.append(EmailLink(near.article.title, near.url))
        elif slug in setting.edition.related:
            links.append(EmailLink(*setting.edition.related[slug]))
    return tuple(links)


def _article(article: ComposedArticle, asked: Layout, setting: EmailContext) -> EmailArticle:
    words, theme = setting.words, setting.publication.theme
    layout = in_layout(article, asked)
    full = layout is Layout.FULL
    url = article.article.link or article.url or ""
    writer = setting.writer(ARTICLE_SHIFT)
    content = for_audience(article.content, Medium.EMAIL, setting.edition.audience)
    lead, small = content.lead, content.thumbnail
    return EmailArticle(
        layout=layout.value,
        title=article.article.title,
        url=url,
        byline=byline(article),
        details=details(article, words),
        minutes=words.format("minutes", minutes=article.content.minutes),
        dek=article.article.dek,
        lead=shown(lead, WIDTH - 2 * GUTTER) if lead and full else None,
        thumbnail=shown(small, THUMBNAIL, url) if small and shows_thumbnail(layout, theme) else None,
        blocks=_blocks(content, writer) if full else (),
        notes_html=_notes(content, writer) if full else ContentHtml(""),
        related=related_links(article, setting) if full else (),
        more=more_link(article, layout, words),
        host=host(article.article.link) if article.article.link else "",
    )


def shows_thumbnail(layout: Layout, theme: ThemeSettings) -> bool:
    """Whether an article's lead image stands beside its headline."""
    return layout is Layout.CARD and theme.card_pictures


def shown(image: Image, width: int, url: str = "") -> EmailImage:
    """An image scaled down to at most `width`, and to Word's height.

    A decorative one is no link, for a link must have a name.
    """
    wide = min(width, image.width)
    tall = round(image.height * wide / image.width)
    if tall > TALLEST:
        wide, tall = max(1, round(image.width * TALLEST / image.height)), TALLEST
    return EmailImage(image.url, image.alt, wide, max(1, tall), url if image.alt else "")


def _logo(logo: Image | None, publication: Publication) -> EmailImage | None:
    if logo is None:
        return None
    wide, tall = logo.width // 2 or 1, logo.height // 2 or 1  # drawn at twice its size, for dense screens
    scale = min(1.0, 240 / wide, 56 / tall)
    alt = publication.theme.logo_alt or publication.title
    url = urls.home_url(publication)
    return EmailImage(logo.url, alt, max(1, round(wide * scale)), max(1, round(tall * scale)), url)


def _notes(content: Content, writer: HtmlOptions) -> ContentHtml:
    return ContentHtml(footnotes_to_html(content.footnotes, writer) if content.footnotes else "")


def _blocks(content: Content, writer: HtmlOptions) -> tuple[EmailBlock, ...]:
    return tuple(_block(block, writer) for block in content.blocks)


def _writer_for(node: Node, writer: HtmlOptions) -> HtmlOptions:
    """Words of a table break anywhere, lest a wide one widen the email on a phone; a narrow one need not."""
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
    return sum(7.5 * longest + 12 for longest in columns.values()) <= PHONE


def _words(node: Node) -> list[str]:
    if isinstance(node, Element):
        return [word for child in node.children for word in _words(child)]
    return node.split() if isinstance(node, str) else ["a name's length"]


def _block(block: Block, writer: HtmlOptions) -> EmailBlock:
    if block.kind is BlockKind.PROSE:
        html = "".join(nodes_to_html((node,), _writer_for(node, writer)) for node in block.nodes)
        return EmailBlock(block.kind.value, html=ContentHtml(html))
    return EmailBlock(
        block.kind.value,
        title=block.title,
        blocks=tuple(_block(each, writer) for each in block.blocks),
        link_html=ContentHtml(nodes_to_html(block.link_text, writer)),
        link_url=NeutralText(block.link_url),
    )
