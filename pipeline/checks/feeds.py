"""Rules on feeds: what was written, in itself and against what stood there before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pipeline.checks.page import parse_page
from pipeline.checks.rule import Found, Rule
from pipeline.feeds.reading import ReadFeed, ReadItem, Unreadable, read_feed
from pipeline.feeds.schema import mistakes
from pipeline.model import Place, Severity

SITE = "build/site"
LIMIT = 1_000_000
"""Bytes from which readers and aggregators cut a feed, or refuse it."""

_TAG = re.compile(r"tag:[A-Za-z0-9.\-@]+,\d{4}(?:-\d{2}(?:-\d{2})?)?:[!-~]+")
_KINDS = {"feed.xml": "rss", "atom.xml": "atom", "feed.json": "json"}


@dataclass(frozen=True)
class Feeds:
    """The feed files of a site by path, those of the build before, and the moment of the build."""

    files: Mapping[str, bytes]
    before: Mapping[str, bytes]
    base_url: str
    now: datetime

    @cached_property
    def read(self) -> Mapping[str, ReadFeed]:
        """Every feed that can be read, by path."""
        return _read(self.files)

    @cached_property
    def read_before(self) -> Mapping[str, ReadFeed]:
        """Those of the build before."""
        return _read(self.before)

    def place(self, path: str, words: str = "") -> Place:
        """The file, at the line where these words stand first."""
        at = self.files[path].find(words.encode()) if words else -1
        return Place(f"{SITE}/{path}", self.files[path].count(b"\n", 0, at) + 1 if at >= 0 else None)

    def items(self) -> Iterator[tuple[str, ReadItem]]:
        """Every item of every feed, with the feed's path."""
        for path, feed in self.read.items():
            for item in feed.items:
                yield path, item


def kind_of(path: str) -> str | None:
    """The format of a feed file by its name; None for any other file."""
    return _KINDS.get(path.rpartition("/")[2])


def _read(files: Mapping[str, bytes]) -> dict[str, ReadFeed]:
    found: dict[str, ReadFeed] = {}
    for path, data in files.items():
        if kind_of(path):
            try:
                found[path] = read_feed(data)
            except Unreadable:
                continue
    return found


# --- in itself -------------------------------------------------------------------------------


def not_well_formed(feeds: Feeds) -> Iterator[Found]:
    """A document that a parser refuses, or that does not begin as one should."""
    for path, data in feeds.files.items():
        if kind_of(path) is None:
            continue
        try:
            read_feed(data)
        except Unreadable as error:
            yield Found(f"cannot be read: {error}.", feeds.place(path))
            continue
        if kind_of(path) != "json" and not data.startswith(b"<?xml "):
            yield Found("does not begin with the XML declaration.", feeds.place(path))
        if b"<?xml-stylesheet" in data[:2000]:
            yield Found("has a style sheet, which browsers no longer apply.", feeds.place(path))


def not_by_schema(feeds: Feeds) -> Iterator[Found]:
    """What the format's schema does not allow."""
    for path in feeds.read:
        for line, message in mistakes(kind_of(path) or "", feeds.files[path]):
            yield Found(message, Place(f"{SITE}/{path}", line))


def wrong_self(feeds: Feeds) -> Iterator[Found]:
    """A feed that does not say where it is, once and rightly."""
    for path, feed in feeds.read.items():
        address = f"{feeds.base_url}/{path}"
        if len(feed.selves) != 1 or feed.selves[0] != address:
            said = ", ".join(feed.selves) or "nothing"
            yield Found(f"its own address is {address}, and it names {said}.", feeds.place(path))


def wrong_updated(feeds: Feeds) -> Iterator[Found]:
    """A feed's date that is not its newest item's."""
    for path, feed in feeds.read.items():
        newest = max((item.updated for item in feed.items if item.updated), default=None)
        if feed.updated and newest and feed.updated != newest:
            yield Found(
                f"it is dated {feed.updated.isoformat()}, and its newest item {newest.isoformat()}.",
                feeds.place(path),
            )


def wrong_image(feeds: Feeds) -> Iterator[Found]:
    """A channel's image that has another title or link than the channel."""
    for path, feed in feeds.read.items():
        if feed.image and feed.image != (feed.title, feed.page):
            yield Found("the image's title and link are not the channel's.", feeds.place(path, "<image>"))


def wrong_order(feeds: Feeds) -> Iterator[Found]:
    """Items that do not stand newest first, or that are dated ahead."""
    for path, feed in feeds.read.items():
        dates = [item.published for item in feed.items if item.published]
        if dates != sorted(dates, reverse=True):
            yield Found("its items do not stand newest first.", feeds.place(path))
        for item in feed.items:
            if item.published and item.published > feeds.now:
                yield Found(
                    f'"{item.title}" is dated ahead, {item.published.isoformat()}.',
                    feeds.place(path, item.id),
                )


def too_large(feeds: Feeds) -> Iterator[Found]:
    """A feed that readers cut or refuse."""
    for path in feeds.read:
        size = len(feeds.files[path])
        if size >= LIMIT and len(feeds.read[path].items) > 1:
            yield Found(f"it has {size:,} bytes; the limit is {LIMIT:,}.", feeds.place(path))


def wrong_id(feeds: Feeds) -> Iterator[Found]:
    """An id that is no tag: URI, or that two items of a feed share."""
    for path, feed in feeds.read.items():
        seen: set[str] = set()
        for item in feed.items:
            if not _TAG.fullmatch(item.id):
                yield Found(f'the id "{item.id}" is no tag: URI.', feeds.place(path, item.id))
            if item.id in seen:
                yield Found(f"two items have the id {item.id}.", feeds.place(path, item.id))
            seen.add(item.id)


def title_with_markup(feeds: Feeds) -> Iterator[Found]:
    """An RSS title in which a reader would take `&amp;` or `&lt;` for markup."""
    for path, feed in feeds.read.items():
        if feed.kind == "rss":
            for found in re.finditer(rb"<title>[^<]*&(?:amp|lt|gt);[^<]*</title>", feeds.files[path]):
                line = feeds.files[path].count(b"\n", 0, found.start()) + 1
                yield Found("a title holds a named reference.", Place(f"{SITE}/{path}", line))


def wrong_category(feeds: Feeds) -> Iterator[Found]:
    """A category with a comma, or the same one twice."""
    for path, item in feeds.items():
        folded = [each.casefold() for each in item.categories]
        for each in item.categories:
            if "," in each:
                yield Found(f'the category "{each}" holds a comma.', feeds.place(path, item.id))
        if len(set(folded)) < len(folded):
            yield Found(f'"{item.title}" has a category twice.', feeds.place(path, item.id))


def unclean_content(feeds: Feeds) -> Iterator[Found]:
    """Content that readers drop parts of, or that relies on where it stands."""
    for path, item in feeds.items():
        place = feeds.place(path, item.id)
        page = parse_page(item.html)
        for element in page.all("h1", "script", "style", "iframe", "form", "svg", "video"):
            yield Found(f'"{item.title}" holds <{element.tag}>.', place)
        for element in page.all():
            for name in ("class", "style", "onclick"):
                if element.get(name):
                    yield Found(f'"{item.title}" holds a {name} attribute.', place)
            for name in ("href", "src"):
                address = element.get(name)
                if address is not None and not re.match(r"(?:https?://|mailto:)[!-~]+$", address):
                    yield Found(f'"{item.title}" holds the address "{address}".', place)
        for image in page.all("img"):
            if image.get("alt") is None or not image.get("width") or not image.get("height"):
                yield Found(f'"{item.title}" holds an image without alt text or size.', place)
        if "<!--" in item.html or re.search(r"\{\{ \w+ (?:\| [^}]*)?\}\}", item.html):
            yield Found(f'"{item.title}" holds a comment or a merge field.', place)


def image_elsewhere(feeds: Feeds) -> Iterator[Found]:
    """A lead image that is named beside the content and does not stand in it."""
    for path, item in feeds.items():
        for url in item.images:
            if f'src="{url}"' not in item.html:
                yield Found(
                    f'the image of "{item.title}" does not stand in its content.', feeds.place(path, item.id)
                )


def formats_differ(feeds: Feeds) -> Iterator[Found]:
    """A feed that says in one format what it does not say in another."""
    for path, feed in feeds.read.items():
        if feed.kind != "rss":
            continue
        folder = path[: -len("feed.xml")]
        for other in ("atom.xml", "feed.json"):
            twin = feeds.read.get(folder + other)
            if twin and [_said(item) for item in twin.items] != [_said(item) for item in feed.items]:
                yield Found(f"its items are not those of {folder}{other}.", feeds.place(path))


def _said(item: ReadItem) -> tuple[object, ...]:
    return (item.id, item.link, item.title, item.summary, item.html, item.published, item.updated)


def not_listed(feeds: Feeds) -> Iterator[Found]:
    """A feed that the OPML list does not name."""
    opml = feeds.files.get("feeds.opml", b"").decode("utf-8", "replace")
    for path, feed in feeds.read.items():
        if feed.kind == "rss" and f'xmlUrl="{feeds.base_url}/{path}"' not in opml:
            yield Found("feeds.opml does not list it.", feeds.place(path))


_E, _W = Severity.ERROR, Severity.WARNING
_THEIRS = "This is the program's own to keep: please report it."

RULES: tuple[Rule[Feeds], ...] = (
    Rule(
        "FEED001",
        _E,
        "A feed is not well formed",
        "A reader's program stops at the mistake and shows nothing.",
        _THEIRS,
        "XML 1.0, 2.1; RFC 8259",
        not_well_formed,
    ),
    Rule(
        "FEED002",
        _E,
        "A feed does not fit its format",
        "Some programs refuse it, others guess.",
        _THEIRS,
        "RSS 2.0.11; RFC 4287; JSON Feed 1.1, as pipeline/feeds/schemas has them",
        not_by_schema,
    ),
    Rule(
        "FEED003",
        _E,
        "A feed names a wrong address for itself",
        "Programs that move to the address it names follow nothing.",
        "Check base_url in newsletter.toml.",
        "RFC 4287, 4.2.7.2; RSS best practices profile",
        wrong_self,
    ),
    Rule(
        "FEED004",
        _E,
        "A feed's date is not its newest item's",
        "The same content would give other bytes, and be fetched in vain.",
        _THEIRS,
        "RSS 2.0.11, lastBuildDate; RFC 4287, 4.2.15",
        wrong_updated,
    ),
    Rule(
        "FEED005",
        _E,
        "A channel's image is not named as the channel is",
        "Validators refuse it, and programs show another name.",
        _THEIRS,
        "RSS 2.0.11, image",
        wrong_image,
    ),
    Rule(
        "FEED006",
        _E,
        "Items are out of order, or dated ahead",
        "Programs that read the first items alone miss what is new.",
        _THEIRS,
        "Convention of feed readers",
        wrong_order,
    ),
    Rule(
        "FEED007",
        _E,
        "A feed is too large",
        "Aggregators cut it off, or refuse it.",
        "Shorten the newest piece, or leave pictures' descriptions to the page.",
        "Feedly and others: 1 MB (measured)",
        too_large,
    ),
    Rule(
        "FEED008",
        _E,
        "An id is not one that lasts",
        "An item would be shown as new, or hide another.",
        "Freeze the issue anew; ids stand in issue.lock.",
        "RFC 4151; RFC 4287, 4.2.6",
        wrong_id,
    ),
    Rule(
        "FEED009",
        _W,
        "A title may be read as markup",
        "Programs show `&amp;`, or swallow what follows `<`.",
        _THEIRS,
        "RSS best practices profile, titles",
        title_with_markup,
    ),
    Rule(
        "FEED010",
        _W,
        "A category is doubled, or holds a comma",
        "Programs split it, or count it twice.",
        "Rename the tag.",
        "RSS best practices profile, category",
        wrong_category,
    ),
    Rule(
        "FEED011",
        _E,
        "Content is not fit for a feed",
        "Readers drop it, or follow an address that leads nowhere.",
        _THEIRS,
        "Feed readers' allow-lists (measured)",
        unclean_content,
    ),
    Rule(
        "FEED012",
        _W,
        "A lead image does not stand in the content",
        "Half the readers show the one, half the other.",
        _THEIRS,
        "Media RSS 1.5.1",
        image_elsewhere,
    ),
    Rule(
        "FEED013",
        _E,
        "Two formats of a feed differ",
        "Readers get less or other than their neighbours.",
        _THEIRS,
        "docs/publishing.md",
        formats_differ,
    ),
    Rule(
        "FEED014",
        _W,
        "A feed is not in the list",
        "Nobody finds it.",
        _THEIRS,
        "OPML 2.0",
        not_listed,
    ),
)
