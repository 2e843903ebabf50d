"""Which feeds there are: the main one, the articles', and one for each tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from pipeline.addresses import FEED_FILES, address, home_url, tag_path
from pipeline.feeds.content import article_item, edition_item
from pipeline.feeds.item import Feed, Item, plain
from pipeline.feeds.json_feed import json_feed
from pipeline.feeds.xml import atom, opml, rss
from pipeline.model import ComposedArticle, ComposedEdition, OutputFile, Part, Publication, Published

OPML = "feeds.opml"

_MAX_BYTES = 1_000_000
"""Readers and aggregators refuse or cut larger feeds; older items stay on the web."""

_WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}


Held = ComposedEdition | ComposedArticle


def build_feeds(published: Published) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items, in all formats alike; the newest always stays.
    """
    return tuple(file for make in feed_parts(published) for file in make())


def feed_parts(published: Published) -> tuple[Part, ...]:
    """What `build_feeds` makes: a part for each feed, and one for their list."""
    made = _Items(published.publication)
    feeds = list(_feeds(published))
    return (
        *(partial(_feed_files, feed, held, made) for feed, held in feeds),
        partial(_list, published, [feed for feed, _ in feeds]),
    )


class _Items:
    """The items of articles, which several feeds hold: each is made once while it is in demand."""

    _MOST = 1000  # about 6 MB, and more than a feed takes

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self._made: dict[str, Item] = {}

    def of(self, held: Held) -> Item:
        if isinstance(held, ComposedEdition):
            return edition_item(held, self.publication)
        item = self._made.pop(held.article.slug, None) or article_item(held, self.publication)
        self._made[held.article.slug] = item
        if len(self._made) > self._MOST:
            del self._made[next(iter(self._made))]
        return item


def _feeds(published: Published) -> Iterator[tuple[Feed, tuple[Held, ...]]]:
    """Each feed, still empty, and what is to stand in it."""
    publication = published.publication
    articles = tuple(each for each in published.articles if each.url)
    tagged: dict[str, list[Held]] = {tag: [] for tag in published.tags}
    for each in articles:
        for tag in tagged.keys() & set(each.article.tags):
            tagged[tag].append(each)
    title = plain(publication.title)
    about = plain(publication.description or publication.tagline) or title
    page, logo = home_url(publication), published.logo
    yield Feed(publication, "", title, about, page, (), logo), tuple(_one_an_issue(published.editions))
    name, about = f"{title}: articles", f"Every article of {title}."
    page = address(publication, "articles/")
    yield Feed(publication, "articles/", name, about, page, (), logo), articles
    for tag, held in tagged.items():
        folder = tag_path(tag)
        name, about = f"{title}: {plain(tag)}", f"Articles of {title} tagged {plain(tag)}."
        yield Feed(publication, folder, name, about, address(publication, folder), (), logo), tuple(held)


def _one_an_issue(editions: Iterable[ComposedEdition]) -> Iterator[ComposedEdition]:
    """One public edition for each id, since an issue's editions share its id: the main one first."""
    found: dict[str, list[ComposedEdition]] = {}
    for edition in editions:
        if edition.url:
            found.setdefault(edition.record.id, []).append(edition)
    for same in found.values():
        yield min(same, key=lambda each: (*each.issue.audiences, each.audience).index(each.audience))


def _feed_files(feed: Feed, held: Iterable[Held], made: _Items) -> tuple[OutputFile, ...]:
    written = _written(replace(feed, items=tuple(_newest(map(made.of, held)))))
    return tuple(OutputFile(feed.folder + FEED_FILES[kind], data) for kind, data in written.items())


def _newest(items: Iterable[Item]) -> Iterator[Item]:
    """As many of the newest as could stand in a feed; the others are not even made.

    No format writes an item in fewer bytes than its HTML has.
    """
    size = 0
    for number, item in enumerate(items):
        size += len(item.html.encode())
        if number and size >= _MAX_BYTES:
            return
        yield item


def _written(feed: Feed) -> dict[str, bytes]:
    """The feed in each format, all with the same items: the newest that keep it below the limit."""
    too_many = len(feed.items)
    files = _files(feed, too_many)
    if too_many < 2 or _size(files) < _MAX_BYTES:
        return files
    beyond = _size(files)
    fits, files = 1, _files(feed, 1)
    moved, halve = None, False
    while too_many - fits > 1:
        # Items are much of a size, so that a guess in proportion nearly hits. Where they are not,
        # one end would move on by little steps: what is left is halved.
        share = 0.5 if halve else (_MAX_BYTES - _size(files)) / (beyond - _size(files))
        middle = min(max(fits + int(share * (too_many - fits)), fits + 1), too_many - 1)
        tried = _files(feed, middle)
        room = _size(tried) < _MAX_BYTES
        if room:
            fits, files = middle, tried
        else:
            too_many, beyond = middle, _size(tried)
        moved, halve = room, room is moved
    return files


def _files(feed: Feed, count: int) -> dict[str, bytes]:
    kept = replace(feed, items=feed.items[:count])
    return {kind: write(kept) for kind, write in _WRITERS.items()}


def _size(files: dict[str, bytes]) -> int:
    return max(map(len, files.values()))


def _list(published: Published, feeds: Iterable[Feed]) -> tuple[OutputFile, ...]:
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
    return (OutputFile(OPML, opml(plain(publication.title), publication.language, outlines)),)
