"""Which feeds there are: the main one, the articles', one for each public audience and each tag.

What has left a feed stands in archived parts of it (RFC 5005, section 4). A part holds what certain
issues brought, and is named by their numbers: so it keeps its address and its items when newer ones
come, and when an older article joins a new issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.model import ComposedArticle, ComposedEdition, FileMaker, OutputFile, Publication, Published
from pipeline.render.feeds.feed_content import article_item, edition_item
from pipeline.render.feeds.feed_item import Feed, FeedItem, plain
from pipeline.render.feeds.feedgen_xml import atom, opml, rss
from pipeline.render.feeds.json_feed import json_feed
from pipeline.support.urls import address, audience_path, feed_file, home_url, tag_path

OPML = "feeds.opml"

_MAX_BYTES = 1_000_000
"""Readers and aggregators refuse or cut larger feeds; older items go to the archive."""

_ISSUES_A_PART = 5
"""An archived part holds what so many issues brought. They stay below 1 MB, and the feed holds more than
they, as long as an issue brings less than 200 KB; emails are cut at half of that."""

_WRITERS: dict[str, Callable[[Feed], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}


Held = ComposedEdition | ComposedArticle


def build_feeds(published: Published) -> tuple[OutputFile, ...]:
    """Every feed in its three formats, and the list of them; paths are relative to the site.

    A feed of 1 MB or more loses its oldest items to its archive, in all formats alike; the newest
    always stays.
    """
    return tuple(file for make in feed_parts(published) for file in make())


def feed_parts(published: Published) -> tuple[FileMaker, ...]:
    """What `build_feeds` makes: a part for each feed, and one for their list."""
    made = _ItemCache(published.publication)
    shelves = list(_shelves(published))
    return (
        *(partial(_feed_files, shelf, made) for shelf in shelves),
        partial(_list, published, [shelf.feed for shelf in shelves]),
    )


def feed_folders(publication: Publication, tags: Iterable[str]) -> tuple[str, ...]:
    """The site folders in which feeds stand, in the order of their list."""
    audiences = (audience_path(each.name) for each in publication.audiences if each.public)
    return ("", "articles/", *audiences, *map(tag_path, tags))


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed, still empty, and what is to stand in it, newest first.

    An archived part of it takes what `issues_a_part` issues brought.
    """

    feed: Feed
    held: tuple[Held, ...]
    issues_a_part: int = _ISSUES_A_PART

    def part_of(self, held: Held) -> int:
        """The number of the archived part that takes an item once it has left the feed.

        That of the first of its issues, which may be the only one. It rests on numbers of issues
        alone, and on nothing that another item could move.
        """
        if isinstance(held, ComposedEdition):
            issue = held.issue.number
        else:
            # An article's issues are those that carry it; the first one brought it.
            issue = int(held.issues[0].partition("-")[0]) if held.issues else 0
        return issue - max(0, issue - 1) % self.issues_a_part


class _ItemCache:
    """The items of articles, which several feeds hold: each is made once while it is in demand."""

    _MOST = 1000  # about 6 MB, and more than a feed takes

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self._made: dict[str, FeedItem] = {}

    def of(self, held: Held, feed: Feed) -> FeedItem:
        if isinstance(held, ComposedEdition):
            # The main feed's item of an issue has the issue's own id, whichever edition it shows.
            further = bool(feed.folder) and held.audience != held.issue.audiences[0]
            return edition_item(held, self.publication, further=further)
        item = self._made.pop(held.article.slug, None) or article_item(held, self.publication)
        self._made[held.article.slug] = item
        if len(self._made) > self._MOST:
            del self._made[next(iter(self._made))]
        return item


def _shelves(published: Published) -> Iterator[FeedSource]:
    publication = published.publication
    articles = tuple(each for each in published.articles if each.url)
    tagged: dict[str, list[Held]] = {tag: [] for tag in published.tags}
    for each in articles:
        for tag in tagged.keys() & set(each.article.tags):
            tagged[tag].append(each)
    title = plain(publication.title)
    about = plain(publication.description or publication.tagline) or title
    page, logo = home_url(publication), published.logo
    yield FeedSource(
        Feed(publication, "", title, about, page, (), logo), tuple(_one_an_issue(published.editions))
    )
    name, about = f"{title}: articles", f"Every article of {title}."
    yield FeedSource(
        Feed(publication, "articles/", name, about, address(publication, "articles/"), (), logo), articles, 1
    )
    for audience in publication.audiences:
        if audience.public:
            whom = plain(audience.title)
            name, about = f"{title}: {whom}", f"The issues of {title}, in their edition for {whom}."
            yield FeedSource(
                Feed(publication, audience_path(audience.name), name, about, page, (), logo),
                tuple(each for each in published.editions if each.url and each.audience == audience.name),
            )
    for tag, held in tagged.items():
        folder = tag_path(tag)
        name, about = f"{title}: {plain(tag)}", f"Articles of {title} tagged {plain(tag)}."
        page = address(publication, folder)
        yield FeedSource(Feed(publication, folder, name, about, page, (), logo), tuple(held))


def _one_an_issue(editions: Iterable[ComposedEdition]) -> Iterator[ComposedEdition]:
    """One public edition for each id, since an issue's editions share its id: the main one first."""
    found: dict[str, list[ComposedEdition]] = {}
    for edition in editions:
        if edition.url:
            found.setdefault(edition.record.id, []).append(edition)
    for same in found.values():
        yield min(same, key=lambda each: (*each.issue.audiences, each.audience).index(each.audience))


def _feed_files(shelf: FeedSource, made: _ItemCache) -> Iterator[OutputFile]:
    """The current feed, then its archived parts, newest first."""
    items = tuple(_newest(made.of(each, shelf.feed) for each in shelf.held))
    parts = tuple(map(shelf.part_of, shelf.held))
    count, files = _written(replace(shelf.feed, items=items), parts)
    yield from _named(shelf.feed, files)
    left: dict[int, list[Held]] = {part: [] for part in sorted(set(parts[count:]), reverse=True)}
    for each, part in zip(shelf.held, parts, strict=True):
        if part in left:
            left[part].append(each)
    numbers = (None, *left, None)
    for place, (number, held) in enumerate(left.items(), start=1):
        feed = replace(shelf.feed, number=number, newer=numbers[place - 1], older=numbers[place + 1])
        feed = replace(feed, items=tuple(made.of(each, feed) for each in held))
        yield from _named(feed, {kind: write(feed) for kind, write in _WRITERS.items()})


def _named(feed: Feed, files: dict[str, bytes]) -> Iterator[OutputFile]:
    for kind, data in files.items():
        yield OutputFile(feed.folder + feed_file(kind, feed.number), data)


def _newest(items: Iterable[FeedItem]) -> Iterator[FeedItem]:
    """As many of the newest as could stand in a feed; the others are not even made.

    No format writes an item in fewer bytes than its HTML has.
    """
    size = 0
    for number, item in enumerate(items):
        size += len(item.html.encode())
        if number and size >= _MAX_BYTES:
            return
        yield item


def _written(feed: Feed, parts: Sequence[int]) -> tuple[int, dict[str, bytes]]:
    """The feed in each format, all with the same items: the newest that keep it below the limit.

    Gives their number, too. `parts` has the archived part of each item, also of those that were not
    even made.
    """
    too_many = len(feed.items)
    files = _files(feed, too_many, parts)
    if too_many < 2 or _size(files) < _MAX_BYTES:
        return too_many, files
    beyond = _size(files)
    fits, files = 1, _files(feed, 1, parts)
    moved, halve = None, False
    while too_many - fits > 1:
        # Items are much of a size, so that a guess in proportion nearly hits. Where they are not,
        # one end would move on by little steps: what is left is halved.
        share = 0.5 if halve else (_MAX_BYTES - _size(files)) / (beyond - _size(files))
        middle = min(max(fits + int(share * (too_many - fits)), fits + 1), too_many - 1)
        tried = _files(feed, middle, parts)
        room = _size(tried) < _MAX_BYTES
        if room:
            fits, files = middle, tried
        else:
            too_many, beyond = middle, _size(tried)
        moved, halve = room, room is moved
    return fits, files


def _files(feed: Feed, count: int, parts: Sequence[int]) -> dict[str, bytes]:
    kept = replace(feed, items=feed.items[:count], older=max(parts[count:], default=None))
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
