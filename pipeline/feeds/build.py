"""Which feeds there are: the main one, the articles', and one for each tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

from pipeline.addresses import FEED_FILES, address, home_url, tag_path
from pipeline.feeds.content import article_item, edition_item
from pipeline.feeds.item import Feed, plain
from pipeline.feeds.json_feed import json_feed
from pipeline.feeds.xml import atom, opml, rss
from pipeline.model import ComposedEdition, OutputFile, Published

OPML = "feeds.opml"

_MAX_BYTES = 1_000_000
"""Readers and aggregators refuse or cut larger feeds; older items stay on the web."""

_WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}


def build_feeds(published: Published) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items, in all formats alike; the newest always stays.
    """
    feeds = list(_feeds(published))
    files = [
        OutputFile(feed.folder + FEED_FILES[kind], data)
        for feed in feeds
        for kind, data in _written(feed).items()
    ]
    return (*files, _list(published, feeds))


def _feeds(published: Published) -> Iterator[Feed]:
    publication = published.publication
    public = [each for each in published.articles if each.url]
    articles = {each.article.slug: article_item(each, publication) for each in public}
    title = plain(publication.title)
    about = plain(publication.description or publication.tagline) or title
    yield Feed(
        publication,
        "",
        title,
        about,
        home_url(publication),
        tuple(edition_item(edition, publication) for edition in _one_an_issue(published.editions)),
        published.logo,
    )
    yield Feed(
        publication,
        "articles/",
        f"{title}: articles",
        f"Every article of {title}.",
        address(publication, "articles/"),
        tuple(articles.values()),
        published.logo,
    )
    for tag in published.tags:
        yield Feed(
            publication,
            tag_path(tag),
            f"{title}: {plain(tag)}",
            f"Articles of {title} tagged {plain(tag)}.",
            address(publication, tag_path(tag)),
            tuple(articles[each.article.slug] for each in public if tag in each.article.tags),
            published.logo,
        )


def _one_an_issue(editions: Iterable[ComposedEdition]) -> Iterator[ComposedEdition]:
    """One public edition for each id, since an issue's editions share its id: the main one first."""
    found: dict[str, list[ComposedEdition]] = {}
    for edition in editions:
        if edition.url:
            found.setdefault(edition.record.id, []).append(edition)
    for same in found.values():
        yield min(same, key=lambda each: (*each.issue.audiences, each.audience).index(each.audience))


def _written(feed: Feed) -> dict[str, bytes]:
    """The feed in each format, all with the same items: the newest that keep it below the limit."""
    # No format writes an item in fewer bytes than its HTML has, so what is beyond here never fits.
    sizes = accumulate(len(item.html.encode()) for item in feed.items)
    most = max(1, sum(1 for size in sizes if size < _MAX_BYTES))
    files = _files(feed, most)
    if most == 1 or _fit(files):
        return files
    fits, too_many, files = 1, most, _files(feed, 1)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        tried = _files(feed, middle)
        if _fit(tried):
            fits, files = middle, tried
        else:
            too_many = middle
    return files


def _files(feed: Feed, count: int) -> dict[str, bytes]:
    kept = replace(feed, items=feed.items[:count])
    return {kind: write(kept) for kind, write in _WRITERS.items()}


def _fit(files: dict[str, bytes]) -> bool:
    return all(len(data) < _MAX_BYTES for data in files.values())


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
    return OutputFile(OPML, opml(plain(publication.title), publication.language, outlines))
