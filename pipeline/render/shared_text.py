"""Texts that email, web pages and feeds show alike: bylines, hosts, rows of links, the first words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from pipeline.config.i18n import Messages
from pipeline.content.opening import opening
from pipeline.model import (
    Article,
    ComposedArticle,
    ComposedEdition,
    ComposedItem,
    ComposedLink,
    Content,
    Layout,
    MergeField,
    MergeText,
    Node,
    Publication,
    Show,
)
from pipeline.support.limits import LONG_ISSUE
from pipeline.support.merge import encoded_value
from pipeline.support.urls import home_url, shown_host

_LONGEST = 200
"""Characters of a description that is made from the first words of a text."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A row of a roundup. `details` are host, author, time and source in one line; `url` may be empty."""

    title: str
    url: str
    badge: str
    comment: tuple[Node, ...]
    details: str


def link_row(item: ComposedItem, badges: Mapping[str, str], show: Show, messages: Messages) -> LinkRow:
    """Make the row of a link item, or of an article in a section of links."""
    at = via = ""
    comment: tuple[Node, ...] = ()
    if isinstance(item, ComposedLink):
        link, url, comment = item.link, item.url, item.comment
        title, tags, author, minutes = link.title, link.tags, link.author, link.minutes
        at, via = host(link.url), host(link.via) if "://" in link.via else link.via
    else:
        article = item.article
        title, tags, url = article.title, article.tags, article.link or item.url or ""
        author = byline(article, ", ") if show.authors else ""
        minutes = item.content.minutes if show.reading_time else None
        if article.link:
            at = host(article.link)
        if article.dek:
            comment = (article.dek,)
    time = messages.format("minutes", minutes=minutes) if minutes else ""
    details = (at, author, time, messages.format("via", source=via) if via else "")
    badge = " · ".join(words for tag, words in badges.items() if tag in tags)
    return LinkRow(title, url, badge, comment, " · ".join(each for each in details if each))


def group_links(
    items: Iterable[tuple[ComposedItem, Layout]],
) -> Iterator[tuple[ComposedArticle, Layout] | list[ComposedItem]]:
    """Group the items of a section: a list for neighbouring links, and each other article with its layout."""
    for are_links, group in groupby(items, key=lambda each: each[1] is Layout.LINK):
        if are_links:
            yield [item for item, _ in group]
        else:
            yield from ((item, layout) for item, layout in group if isinstance(item, ComposedArticle))


def contents(edition: ComposedEdition) -> tuple[ComposedArticle, ...]:
    """The articles that a long issue lists at its head, because they are shown in full below it."""
    full = tuple(
        item
        for section in edition.sections
        for item, layout in section.items
        if isinstance(item, ComposedArticle) and item.in_layout(layout) is Layout.FULL
    )
    is_long = edition.minutes >= LONG_ISSUE and len(full) >= 3
    return full if is_long and edition.issue.show.contents and edition.url else ()


def byline(article: Article, separator: str) -> str:
    """The authors, each with the role that follows the name."""
    return separator.join(
        f"{author.name}, {author.role}" if author.role else author.name for author in article.authors
    )


def revision_date(article: Article) -> datetime | None:
    """The date of the last revision, if it is on a later day than the article's own."""
    updated = article.updated
    return updated if updated and updated.date() > article.date.date() else None


def host(url: str) -> str:
    """The host of an address as readers know it, without `www.`, and in its own script."""
    return shown_host(urlsplit(url).hostname or url).removeprefix("www.")


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a text such as the postal address, without empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def public_value(field: MergeField, publication: Publication, page_url: str) -> str:
    """What a reader of the web or of a feed sees, who is no one in particular.

    The addresses that are a recipient's own lead to the public place behind them: `page_url`, the
    publication's page for it, or its home. A field within an address without a public value is left out.
    """
    if field.encoded:
        return field.fallback or encoded_value(
            public_value(replace(field, encoded=False), publication, page_url)
        )
    if field.name == "web_url":
        return page_url
    if field.name in ("unsubscribe_url", "preferences_url"):
        setting: MergeText | None = getattr(publication, field.name)
        return home_url(publication) if setting is None or setting.fields else str(setting)
    if field.name == "postal_address":
        return publication.postal_line
    return field.fallback or publication.merge_fields.get(field.name, "")


def first_words(content: Content) -> str:
    """The first words of the paragraphs, for a description where the editor wrote none.

    `content` is chosen for its readers. Returns plain text of at most 200 characters and an ellipsis;
    empty without paragraphs. It has no greeting and no merge field.
    """
    text = opening(content.blocks)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:.–— ") + "…"
