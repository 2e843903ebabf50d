"""The files of one feed: the current one below 1 MB, and archived parts of older items (RFC 5005, section 4).

A part contains what certain issues brought, and is named by the number of the first of them: so it keeps
its address and its items when newer issues come, and when an older article joins a new issue.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from typing import Any

from pipeline.config.i18n import Messages
from pipeline.model import ComposedArticle, ComposedEdition, OutputFile, Publication, SitePart
from pipeline.render.feeds.atom import atom
from pipeline.render.feeds.feed_content import article_item, edition_item
from pipeline.render.feeds.feed_item import Feed, FeedItem
from pipeline.render.feeds.json_feed import json_feed
from pipeline.render.feeds.rss import rss
from pipeline.support.limits import FEED_BYTES
from pipeline.support.urls import feed_file, folder_number

_ISSUES_A_PART = 5
"""How many issues an archived part covers. A part stays below 1 MB, and the current feed contains more
issues than a part, as long as an issue brings less than 200 KB; emails are cut at half of that."""

_MOST_ITEMS = 250
"""Items that a current feed has at most, however short they are."""

_WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}

ItemSource = ComposedEdition | ComposedArticle


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed without its items, and the editions or articles that they are made of, newest first.

    An archived part covers `issues_a_part` issues.
    """

    feed: Feed
    item_sources: tuple[ItemSource, ...]
    issues_a_part: int = _ISSUES_A_PART

    def archive_number(self, source: ItemSource) -> int:
        """The number of the archived part that takes an item once it has left the current feed.

        It is the number of the first issue that the part covers. It depends on issue numbers alone, so
        that no other item can change it.
        """
        if isinstance(source, ComposedEdition):
            issue = source.issue.number
        else:
            # An article belongs to the first of the issues that carry it.
            issue = folder_number(source.issues[0]) if source.issues else 0
        return issue - max(0, issue - 1) % self.issues_a_part


class ItemCache:
    """The feed items of articles. Several feeds contain the same article, and its item is made once."""

    _MOST = 1000  # about 6 MB, and more than a feed takes

    def __init__(self, publication: Publication, messages: Messages) -> None:
        self.publication = publication
        self.messages = messages
        self._items: dict[str, FeedItem] = {}

    def item(self, source: ItemSource, feed: Feed) -> FeedItem:
        """The item of an edition or article in a feed."""
        if isinstance(source, ComposedEdition):
            # The main feed's item of an issue has the issue's own id, whichever edition it shows.
            further = bool(feed.folder) and not source.is_main
            return edition_item(source, self.publication, self.messages, further=further)
        item = self._items.pop(source.article.slug, None) or article_item(
            source, self.publication, self.messages
        )
        self._items[source.article.slug] = item
        if len(self._items) > self._MOST:
            del self._items[next(iter(self._items))]
        return item


@dataclass(frozen=True, slots=True)
class ArchivedFeed:
    """A feed with an archive. `keys` are the value keys of its item sources."""

    source: FeedSource
    cache: ItemCache
    keys: tuple[bytes, ...]

    @property
    def name(self) -> str:
        """The name of its current feed among the parts of the site."""
        return f"feed {self.source.feed.folder}"

    @property
    def shown(self) -> Any:
        """What its current feed shows: the newest items that it may have, and where the others are."""
        feed = self.source.feed
        older = [self.source.archive_number(each) for each in self.source.item_sources[_MOST_ITEMS:]]
        return feed.title, feed.description, self.keys[: _MOST_ITEMS + 1], max(older, default=None)

    def current(self) -> tuple[int, list[OutputFile]]:
        """Make the current feed. Returns the number of its items, and its file in each format."""
        sources = self.source.item_sources
        items = tuple(_newest(self.cache.item(each, self.source.feed) for each in sources[:_MOST_ITEMS]))
        numbers = tuple(map(self.source.archive_number, sources))
        count, files = _current_feed(replace(self.source.feed, items=items), numbers)
        return count, [*_output_files(self.source.feed, files)]

    def archive(self, count: int) -> Iterator[SitePart]:
        """List the archived parts, newest first, if the current feed has the newest `count` items.

        A part contains all that its issues brought, also what is in the current feed still.
        """
        numbers = tuple(map(self.source.archive_number, self.source.item_sources))
        positions: dict[int, list[int]] = {}
        for position, number in enumerate(numbers):
            positions.setdefault(number, []).append(position)
        archived = sorted(set(numbers[count:]), reverse=True)
        for newer, number, older in zip((None, *archived), archived, (*archived[1:], None), strict=False):
            feed = replace(self.source.feed, number=number, newer=newer, older=older)
            shown = feed.title, newer, older, [self.keys[each] for each in positions[number]]
            sources = tuple(self.source.item_sources[each] for each in positions[number])
            yield SitePart(f"{self.name} {number}", shown, partial(_archived_part, feed, sources, self.cache))


def _archived_part(feed: Feed, sources: Sequence[ItemSource], cache: ItemCache) -> Iterator[OutputFile]:
    part = replace(feed, items=tuple(cache.item(each, feed) for each in sources))
    return _output_files(part, {kind: write(part) for kind, write in _WRITERS.items()})


def short_feed(source: FeedSource, cache: ItemCache) -> Iterator[OutputFile]:
    """The current feed in its three formats, of a feed without an archive."""
    items = tuple(_newest(cache.item(each, source.feed) for each in source.item_sources))
    _, files = _current_feed(replace(source.feed, items=items), ())
    return _output_files(source.feed, files)


def _output_files(feed: Feed, files: dict[str, bytes]) -> Iterator[OutputFile]:
    for kind, data in files.items():
        yield OutputFile(feed.folder + feed_file(kind, feed.number), data)


def _newest(items: Iterable[FeedItem]) -> Iterator[FeedItem]:
    """The newest items, as many as could fit into a feed; the others are not even made.

    No format writes an item in fewer bytes than its HTML has.
    """
    size = 0
    for position, item in enumerate(items):
        size += len(item.html.encode())
        if position and size >= FEED_BYTES:
            return
        yield item


def _current_feed(feed: Feed, archive_numbers: Sequence[int]) -> tuple[int, dict[str, bytes]]:
    """Write the current feed with as many of the newest items as keep each format below 1 MB.

    Returns their count and the file of each format. `archive_numbers` are those of all items of the
    feed, also of those that `_newest` left out.
    """
    every = len(feed.items)
    files = _files(feed, every, archive_numbers)
    if every < 2 or _size(files) < FEED_BYTES:
        return every, files

    # The sizes of the texts tell nearly where the limit is, so that few counts have to be tried.
    texts = [*accumulate(len(item.html.encode()) for item in feed.items)]
    fits, too_many, share = 1, every, _size(files) / max(1, texts[-1])
    while too_many - fits > 1:
        guess = bisect_right(texts, FEED_BYTES / share)
        count = min(max(guess, fits + 1), too_many - 1)
        tried = _files(feed, count, archive_numbers)
        share = _size(tried) / max(1, texts[count - 1])
        if _size(tried) < FEED_BYTES:
            fits, files = count, tried
        else:
            too_many = count
    return fits, files if fits > 1 else _files(feed, 1, archive_numbers)


def _files(feed: Feed, count: int, archive_numbers: Sequence[int]) -> dict[str, bytes]:
    """The feed in each format with its newest `count` items, and a link to the newest archived part."""
    shortened = replace(feed, items=feed.items[:count], older=max(archive_numbers[count:], default=None))
    return {kind: write(shortened) for kind, write in _WRITERS.items()}


def _size(files: dict[str, bytes]) -> int:
    return max(map(len, files.values()))
