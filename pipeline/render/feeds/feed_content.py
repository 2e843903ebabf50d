"""Articles and issues as feed items: the same content as in the email, as plain semantic HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from urllib.parse import quote, urlsplit

from pipeline.content.html import HtmlWriter, Medium, blocks_to_html, footnotes_to_html, for_audience
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.model import (
    EVERYONE,
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    Element,
    FeedIdentity,
    Image,
    Layout,
    Publication,
)
from pipeline.render.feeds.feed_item import FeedItem, fit, plain
from pipeline.support import merge
from pipeline.support.urls import home_url

_OPENING = 200  # characters of an article's first words, where its editor gave no dek
_LINK_TO_FIELD = re.compile(r'(<a\b[^<>]*\bhref=")(\{\{[^{}]*\}\})')


def article_item(composed: ComposedArticle, publication: Publication) -> FeedItem:
    """An article as an item of the articles feed and of its tags' feeds; it must have a page."""
    article, url = composed.article, composed.url or home_url(publication)
    published, updated = _dates(composed.record)
    title = plain(article.title) or plain(publication.title)
    html = [_image(composed.content.lead), _elsewhere(composed)]
    html.append(_body(composed.content, HtmlWriter(Medium.FEED, anchor=url), EVERYONE))
    html += _disclaimers(composed.disclaimers)
    return FeedItem(
        id=composed.record.id,
        link=url,
        title=title,
        summary=plain(article.dek) or _opening(composed.content, publication, url) or title,
        html=_filled(_joined(html), publication, url),
        authors=_authors([composed], publication),
        published=published,
        updated=updated,
        tags=_categories(article.tags),
        image=composed.content.lead,
        external_url=article.link,
    )


def edition_item(edition: ComposedEdition, publication: Publication, *, further: bool = False) -> FeedItem:
    """An issue's public edition as an item; it must have a page.

    An article without a page is for a private audience and is left out. A `further` edition stands
    beside the issue's main one, and is told apart from it by its audience at the end of the id that
    is written down.
    """
    url = edition.url or home_url(publication)
    published, updated = _dates(edition.record)
    title = plain(edition.issue.title) or plain(publication.title)
    # The anchors are those of the issue's page.
    html = [_body(edition.letter, HtmlWriter(Medium.FEED, anchor=f"{url}#letter_"), edition.audience)]
    carried: list[ComposedArticle] = []
    images: list[Image] = []
    for section in edition.sections:
        shown = [(each, layout) for each, layout in section.articles if each.url]
        if shown:
            html.append(f"<h2>{_text(section.title)}</h2>")
        html += [_in_issue(each, layout, url, edition.audience) for each, layout in shown]
        carried += [each for each, _ in shown]
        images += [e.content.lead for e, layout in shown if e.content.lead and layout is not Layout.BRIEF]
    html += _disclaimers(edition.disclaimers)
    return FeedItem(
        id=f"{edition.record.id}/{quote(edition.audience)}" if further else edition.record.id,
        link=url,
        title=title,
        summary=_plain(edition.preview_text, publication, home_url(publication)) or title,
        html=_filled(_joined(html), publication, url),
        authors=_authors(carried, publication),
        published=published,
        updated=updated,
        tags=_categories(tag for each in carried for tag in each.article.tags),
        image=images[0] if images else None,
    )


# --- parts -----------------------------------------------------------------------------------


def _in_issue(composed: ComposedArticle, layout: Layout, url: str, audience: str) -> str:
    article = composed.article
    target = article.link or composed.url
    headline = f'<h3><a href="{_text(target or url)}">{_text(article.title)}</a></h3>'
    if layout is Layout.FULL:
        writer = HtmlWriter(Medium.FEED, anchor=f"{url}#{article.slug}_", heading_shift=2)
        byline = "; ".join(
            f"{each.name}, {each.role}" if each.role else each.name for each in article.authors
        )
        names = f"<p>{_text(byline)}</p>" if byline else ""
        body = _body(composed.content, writer, audience)
        return _joined([headline, names, _image(composed.content.lead), body])
    dek = f"<p>{_text(article.dek)}</p>" if article.dek else ""
    lead = _image(composed.content.lead) if layout is Layout.CARD else ""
    return _joined([headline, lead, dek])


def _body(content: Content, writer: HtmlWriter, audience: str) -> str:
    shown = for_audience(content, Medium.FEED, audience)
    return _joined([blocks_to_html(shown.blocks, writer), footnotes_to_html(shown.footnotes, writer)])


def _image(image: Image | None) -> str:
    if image is None:
        return ""
    return (
        f'<p><img src="{_text(image.url)}" alt="{_text(image.alt)}" '
        f'width="{image.width}" height="{image.height}"></p>'
    )


def _elsewhere(composed: ComposedArticle) -> str:
    link = composed.article.link
    if link is None:
        return ""
    # No words of ours: a publication may be in any language.
    host = (urlsplit(link).hostname or link).removeprefix("www.")
    return f'<p><a href="{_text(link)}">{_text(composed.article.title)} · {_text(host)}</a></p>'


def _disclaimers(texts: Iterable[str]) -> list[str]:
    return [f"<p><small>{_text(text)}</small></p>" for text in dict.fromkeys(texts)]


def _joined(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _text(text: str) -> str:
    """Text or an address inside HTML; braces in it never read as a merge field."""
    return merge.literal_html(escape(text))


def _authors(articles: Iterable[ComposedArticle], publication: Publication) -> tuple[str, ...]:
    names = dict.fromkeys(plain(author.name) for each in articles for author in each.article.authors)
    return tuple(name for name in names if name) or (plain(publication.title),)


def _dates(record: FeedIdentity) -> tuple[datetime, datetime]:
    """When an item was published and last changed, without fractions of a second (RFC 4287, 4.2.15)."""
    published = record.published.replace(microsecond=0)
    return published, max(published, record.updated.replace(microsecond=0))


def _categories(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, whatever its case; readers split them at commas."""
    found: dict[str, str] = {}
    for tag in tags:
        if name := plain(tag.replace(",", " ")):
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _opening(content: Content, publication: Publication, url: str) -> str:
    """The first words of an article as plain text; empty where it has no running prose."""
    prose = [
        Block(block.kind, nodes=tuple(n for n in block.nodes if isinstance(n, Element) and n.tag == "p"))
        for block in for_audience(content, Medium.FEED, EVERYONE).blocks
        if block.kind is BlockKind.PROSE
    ]
    text = _plain(blocks_to_text(tuple(prose), LinkList(), width=10_000), publication, url)
    text = re.sub(r" ?\[\d+\]", "", text)  # the numbers of links and notes
    return text if len(text) <= _OPENING else text[:_OPENING].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"


def _plain(text: str, publication: Publication, url: str) -> str:
    return plain(merge.fill(text, lambda field: merge.public_value(field, publication, url)))


def _filled(html: str, publication: Publication, url: str) -> str:
    """A feed is for everyone: each merge field is written as a reader without a name gets it.

    A link that is a field stays absolute: where its value is no address it leads to the home page.
    """

    def link(found: re.Match[str]) -> str:
        target = merge.fill(found[2], lambda field: merge.public_value(field, publication, url))
        absolute = target.startswith(("https://", "http://", "mailto:"))
        return found[1] + _text(target if absolute else home_url(publication))

    html = _LINK_TO_FIELD.sub(link, html)
    return fit(merge.fill(html, lambda field: _text(merge.public_value(field, publication, url))))
