"""Articles and issues as feed items: the same content as in the email, as plain semantic HTML."""

from __future__ import annotations

from html import escape

from pipeline import merge
from pipeline.addresses import home_url
from pipeline.articles.forms import Form, HtmlWriter, blocks_to_html, footnotes_to_html, visible
from pipeline.feeds.item import Item
from pipeline.model import (
    EVERYONE,
    ComposedArticle,
    ComposedEdition,
    Content,
    Image,
    Layout,
    Publication,
)


def article_item(composed: ComposedArticle, publication: Publication) -> Item:
    """An article as an item of the articles feed and of its tags' feeds; it must have a page."""
    article, url = composed.article, composed.url or home_url(publication)
    html = [_lead(composed.content.lead), _elsewhere(composed)]
    html.append(_body(composed.content, HtmlWriter(Form.FEED, anchor=url), EVERYONE))
    html += [f"<p><small>{escape(text)}</small></p>" for text in composed.disclaimers]
    return Item(
        id=composed.record.id,
        link=url,
        title=article.title,
        summary=article.dek or article.title,
        html=_filled(_joined(html), publication, url),
        authors=tuple(author.name for author in article.authors) or (publication.title,),
        published=composed.record.published,
        updated=composed.record.updated,
        tags=_categories(article.tags),
        image=composed.content.lead,
        external_url=article.link,
    )


def edition_item(edition: ComposedEdition, publication: Publication) -> Item:
    """An issue's public edition as an item of the main feed; it must have a page."""
    url = edition.url or home_url(publication)
    html = [_body(edition.letter, HtmlWriter(Form.FEED, anchor=f"{url}#letter-"), edition.audience)]
    for section in edition.sections:
        html.append(f"<h2>{escape(section.title)}</h2>")
        html += [_in_issue(each, layout, url, edition.audience) for each, layout in section.articles]
    html += [f"<p><small>{escape(text)}</small></p>" for text in edition.disclaimers]
    tags = tuple(dict.fromkeys(tag for each in edition.articles for tag in each.article.tags))
    authors = dict.fromkeys(author.name for each in edition.articles for author in each.article.authors)
    return Item(
        id=edition.record.id,
        link=url,
        title=edition.issue.title,
        summary=_plain(edition.preview_text, publication),
        html=_filled(_joined(html), publication, url),
        authors=tuple(authors) or (publication.title,),
        published=edition.record.published,
        updated=edition.record.updated,
        tags=_categories(tags),
        image=next((each.content.lead for each in edition.articles if each.content.lead), None),
    )


# --- parts -----------------------------------------------------------------------------------


def _in_issue(composed: ComposedArticle, layout: Layout, url: str, audience: str) -> str:
    article = composed.article
    target = article.link or composed.url
    title = escape(article.title)
    headline = f'<h3><a href="{escape(target)}">{title}</a></h3>' if target else f"<h3>{title}</h3>"
    dek = f"<p>{escape(article.dek)}</p>" if article.dek else ""
    if layout is Layout.FULL or composed.url is None:
        writer = HtmlWriter(Form.FEED, anchor=f"{url}#{article.slug}-", heading_shift=2)
        byline = ", ".join(author.name for author in article.authors)
        names = f"<p>{escape(byline)}</p>" if byline else ""
        body = _body(composed.content, writer, audience)
        return _joined([headline, names, _lead(composed.content.lead), body])
    lead = _lead(composed.content.lead) if layout is Layout.CARD else ""
    return _joined([headline, lead, dek])


def _body(content: Content, writer: HtmlWriter, audience: str) -> str:
    shown = visible(content, Form.FEED, audience)
    return _joined([blocks_to_html(shown.blocks, writer), footnotes_to_html(shown.footnotes, writer)])


def _lead(image: Image | None) -> str:
    if image is None:
        return ""
    return (
        f'<p><img src="{escape(image.url)}" alt="{escape(image.alt)}" '
        f'width="{image.width}" height="{image.height}"></p>'
    )


def _elsewhere(composed: ComposedArticle) -> str:
    link = composed.article.link
    if link is None:
        return ""
    return f'<p><a href="{escape(link)}">Read “{escape(composed.article.title)}” where it lives</a></p>'


def _joined(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _categories(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags as categories: readers split them at commas."""
    return tuple(dict.fromkeys(tag.replace(",", " ").strip() for tag in tags))


def _plain(text: str, publication: Publication) -> str:
    return merge.fill(text, lambda field: merge.public_value(field, publication, home_url(publication)))


def _filled(html: str, publication: Publication, url: str) -> str:
    """A feed is for everyone: each merge field is written as a reader without a name gets it."""
    return merge.fill(html, lambda field: escape(merge.public_value(field, publication, url)))
