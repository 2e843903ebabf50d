"""Which feeds there are: the main one, the articles', and one for each tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.addresses import FEED_FILES, address, home_url, tag_path
from pipeline.feeds.content import article_item, edition_item
from pipeline.feeds.item import Feed
from pipeline.feeds.json_feed import json_feed
from pipeline.feeds.xml import atom, opml, rss
from pipeline.model import OutputFile, Published

OPML = "feeds.opml"

_MAX_BYTES = 1_000_000
"""Readers and aggregators refuse or cut larger feeds; older items stay on the web."""

_WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}


def build_feeds(published: Published) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed without items is not made: it would have no date.
    """
    feeds = [feed for feed in _feeds(published) if feed.items]
    files = [
        OutputFile(feed.folder + FEED_FILES[kind], data)
        for feed in feeds
        for kind, data in _written(feed).items()
    ]
    return (*files, _list(published, feeds))


def _feeds(published: Published) -> Iterator[Feed]:
    publication = published.publication
    articles = {each.article.slug: article_item(each, publication) for each in published.articles}
    about = publication.description or publication.tagline or publication.title
    yield Feed(
        publication,
        "",
        publication.title,
        about,
        home_url(publication),
        tuple(edition_item(edition, publication) for edition in published.editions),
        published.logo,
    )
    yield Feed(
        publication,
        "articles/",
        f"{publication.title}: articles",
        f"Every article of {publication.title}.",
        address(publication, "articles/"),
        tuple(articles.values()),
        published.logo,
    )
    for tag in published.tags:
        yield Feed(
            publication,
            tag_path(tag),
            f"{publication.title}: {tag}",
            f"Articles of {publication.title} tagged {tag}.",
            address(publication, tag_path(tag)),
            tuple(articles[each.article.slug] for each in published.articles if tag in each.article.tags),
            published.logo,
        )


def _written(feed: Feed) -> dict[str, bytes]:
    """The feed in each format, all with the same items: the newest that keep it below the limit."""
    kept = feed
    while True:
        files = {kind: write(kept) for kind, write in _WRITERS.items()}
        largest = max(len(data) for data in files.values())
        if largest <= _MAX_BYTES or len(kept.items) == 1:
            return files
        # Cut in proportion, so that a long archive is written a few times and not once an item.
        fewer = min(len(kept.items) - 1, max(1, int(len(kept.items) * _MAX_BYTES / largest)))
        kept = replace(kept, items=kept.items[:fewer])


def _list(published: Published, feeds: list[Feed]) -> OutputFile:
    publication = published.publication
    outlines = [
        {
            "text": feed.title,
            "title": feed.title,
            "type": "rss",
            "xmlUrl": feed.address("rss"),
            "htmlUrl": feed.page,
            "language": publication.language,
        }
        for feed in feeds
    ]
    return OutputFile(OPML, opml(publication.title, publication.language, outlines))
