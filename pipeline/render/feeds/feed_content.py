"""Articles and issues as feed items: the same content as in the email, as plain semantic HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from pipeline.config.i18n import Messages
from pipeline.content.html import blocks_to_html, footnotes_to_html, nodes_to_html
from pipeline.content.html_nodes import HtmlOptions
from pipeline.content.medium import Medium, for_audience
from pipeline.model import (
    EVERYONE,
    Audio,
    ComposedArticle,
    ComposedEdition,
    Content,
    FeedIdentity,
    Image,
    Layout,
    Publication,
)
from pipeline.render.feeds.feed_item import FeedItem, remove_forbidden, single_line
from pipeline.render.shared_text import (
    LinkRow,
    byline,
    first_words,
    group_links,
    host,
    link_row,
    public_value,
)
from pipeline.support.merge import escape
from pipeline.support.urls import SCHEMES, home_url, scheme_of


def article_item(composed: ComposedArticle, publication: Publication, messages: Messages) -> FeedItem:
    """An article as an item of the articles feed and of its tags' feeds; it must have a page."""
    article, content, url = composed.article, composed.content, composed.url or home_url(publication)
    published, updated = _dates(composed.feed_identity)
    title = single_line(article.title) or single_line(publication.title)
    summary = single_line(article.dek) or single_line(
        first_words(for_audience(content, Medium.FEED, EVERYONE))
    )
    html = [
        _image(content.lead),
        _link_elsewhere(composed, messages),
        _body(content, _options(publication, url), EVERYONE),
        *_disclaimers(composed.disclaimers),
    ]
    return FeedItem(
        id=composed.feed_identity.id,
        link=url,
        title=title,
        summary=summary or title,
        html=remove_forbidden(_join(html)),
        authors=_authors([composed], publication),
        published=published,
        updated=updated,
        author_urls=_author_urls([composed]),
        tags=_categories(article.tags),
        image=content.lead,
        external_url=article.link,
        audio=_audio([content], EVERYONE),
    )


def edition_item(
    edition: ComposedEdition, publication: Publication, messages: Messages, *, further: bool = False
) -> FeedItem:
    """An issue's public edition as an item; it must have a page.

    Articles without a page are for private audiences and are left out. A `further` edition is one beside
    the issue's main edition: its audience at the end of the issue's id tells it apart.
    """
    url = edition.url or home_url(publication)
    published, updated = _dates(edition.feed_identity)
    title = single_line(edition.issue.title) or single_line(publication.title)
    # The anchors are those of the issue's page.
    options = _options(publication, url)
    lead = edition.letter.lead
    letter = _body(edition.letter, replace(options, anchor=f"{url}#letter_"), edition.audience)
    html = [_image(lead), letter]
    articles: list[ComposedArticle] = []
    images = [lead]
    whole = [edition.letter]
    for section in edition.public_sections:
        html.append(f"<h2>{escape(section.title)}</h2>" if section.title else "")
        for each in group_links(section.items):
            if isinstance(each, list):
                rows = (link_row(item, section.badges, edition.issue.show, messages) for item in each)
                html.append(_links(rows, options))
                articles += (item for item in each if isinstance(item, ComposedArticle))
                continue
            article, layout = each
            html.append(_article_in_issue(article, layout, options, edition, section.headline_level))
            articles.append(article)
            whole += [article.content] if layout is Layout.FULL else []
            images.append(None if layout is Layout.BRIEF else article.content.lead)
    html += _disclaimers(edition.disclaimers)
    return FeedItem(
        id=f"{edition.feed_identity.id}/{quote(edition.audience)}" if further else edition.feed_identity.id,
        link=url,
        title=title,
        summary=single_line(edition.summary) or title,
        html=remove_forbidden(_join(html)),
        authors=_authors(articles, publication),
        published=published,
        updated=updated,
        author_urls=_author_urls(articles),
        tags=_categories(tag for article in articles for tag in article.article.tags),
        image=next(filter(None, images), None),
        audio=_audio(whole, edition.audience),
    )


# --- parts -----------------------------------------------------------------------------------


def _options(publication: Publication, url: str) -> HtmlOptions:
    """How content is written for the page `url`: with public values, because a feed is for everyone.

    Links stay absolute: a merge field whose value is not an address leads to the home page.
    """
    home = home_url(publication)
    return HtmlOptions(
        Medium.FEED,
        anchor=url,
        address=lambda address: address if scheme_of(address) in SCHEMES else home,
        field_value=lambda field: public_value(field, publication, url),
    )


def _article_in_issue(
    composed: ComposedArticle, layout: Layout, options: HtmlOptions, edition: ComposedEdition, level: int
) -> str:
    article, lead = composed.article, composed.content.lead
    issue_url = options.anchor
    target = article.link or composed.url or issue_url
    headline = f'<h{level}><a href="{escape(target)}">{escape(article.title)}</a></h{level}>'
    if edition.only_article is composed:
        headline = ""
    if layout is Layout.FULL:
        shift = level - (1 if headline else 2)
        options = replace(options, anchor=f"{issue_url}#{article.slug}_", heading_shift=shift)
        authors = _paragraph(byline(article, "; ") if edition.issue.show.authors else "")
        return _join([headline, authors, _image(lead), _body(composed.content, options, edition.audience)])
    return _join([headline, _image(lead) if layout is Layout.CARD else "", _paragraph(article.dek)])


def _links(rows: Iterable[LinkRow], options: HtmlOptions) -> str:
    """Rows of a roundup as a list. An article without an address leads to the issue."""
    items = []
    for row in rows:
        title = f'<a href="{escape(row.url or options.anchor)}">{escape(row.title)}</a>'
        lines = (
            f"{escape(row.badge)} · {title}" if row.badge else title,
            nodes_to_html(row.comment, options),
            f"<small>{escape(row.details)}</small>" if row.details else "",
        )
        items.append(f"<li><p>{'<br>'.join(line for line in lines if line)}</p></li>")
    return _join(["<ul>", *items, "</ul>"])


def _body(content: Content, options: HtmlOptions, audience: str) -> str:
    visible = for_audience(content, Medium.FEED, audience)
    return _join([blocks_to_html(visible.blocks, options), footnotes_to_html(visible.footnotes, options)])


def _audio(contents: Iterable[Content], audience: str) -> Audio | None:
    """The first piece of audio in texts that the item has in full."""
    shown = (for_audience(each, Medium.FEED, audience).audio for each in contents if each.audio)
    return next((audio for each in shown for audio in each), None)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _image(image: Image | None) -> str:
    if image is None:
        return ""
    return (
        f'<p><img src="{escape(image.url)}" alt="{escape(image.alt)}" '
        f'width="{image.width}" height="{image.height}"></p>'
    )


def _link_elsewhere(composed: ComposedArticle, messages: Messages) -> str:
    """The link to a piece that lives on another site."""
    link = composed.article.link
    if not link:
        return ""
    words = messages.format("read_on_site", title=composed.article.title, host=host(link))
    return f'<p><a href="{escape(link)}">{escape(words)}</a></p>'


def _disclaimers(texts: Iterable[str]) -> list[str]:
    return [f"<p><small>{escape(text)}</small></p>" for text in dict.fromkeys(texts)]


def _join(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _authors(articles: Iterable[ComposedArticle], publication: Publication) -> tuple[str, ...]:
    names = dict.fromkeys(single_line(author.name) for each in articles for author in each.article.authors)
    return tuple(name for name in names if name) or (single_line(publication.title),)


def _author_urls(articles: Iterable[ComposedArticle]) -> dict[str, str]:
    authors = (author for each in articles for author in each.article.authors)
    return {single_line(author.name): author.url for author in authors if author.url}


def _dates(identity: FeedIdentity) -> tuple[datetime, datetime]:
    """When an item was published and last changed, without fractions of a second (RFC 4287, 4.2.15)."""
    published = identity.published.replace(microsecond=0)
    return published, max(published, identity.updated.replace(microsecond=0))


def _categories(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, whatever its case, without commas, at which readers would split it."""
    categories: dict[str, str] = {}
    for tag in tags:
        if name := single_line(tag.replace(",", " ")):
            categories.setdefault(name.casefold(), name)
    return tuple(categories.values())
