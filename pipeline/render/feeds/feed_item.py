"""What a feed is and holds, before it is written in any format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.content.text_width import collapse_spaces
from pipeline.model import Image, Publication
from pipeline.support.urls import address, feed_file, home_url

# What XML 1.0 (section 2.2) cannot hold, which feedgen refuses; left out of JSON too, so that all
# formats say the same. XML would turn a carriage return into a line feed.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a feed before its first item: both formats ask for one."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item. `html` is finished semantic HTML; `id` is the record's, and `link` its page.

    `title`, `summary`, `authors` and `tags` are plain text on one line; the first three are never
    empty. `updated` is not before `published`.
    """

    id: str
    link: str
    title: str
    summary: str
    html: str
    authors: tuple[str, ...]
    published: datetime
    updated: datetime
    tags: tuple[str, ...] = ()
    image: Image | None = None
    external_url: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in the site folder `folder` (`""` for the main one); its items stand newest first.

    `number` is that of an archived part of it (RFC 5005, section 4), and None for the current feed;
    `older` and `newer` are the numbers of the archived parts beside this one, where there are any.
    """

    publication: Publication
    folder: str
    title: str
    description: str
    page: str
    items: tuple[FeedItem, ...]
    logo: Image | None = None
    number: int | None = None
    older: int | None = None
    newer: int | None = None

    def address(self, kind: str) -> str:
        """Its own public address in a format: `rss`, `atom` or `json`."""
        return self.part(kind, self.number)

    def part(self, kind: str, number: int | None) -> str:
        """The address of an archived part, or with None that of the current feed."""
        return address(self.publication, self.folder + feed_file(kind, number))

    def links(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Rel and address of what belongs to it: the hub (WebSub), and the other parts (RFC 5005).

        An archived part names no hub: nobody waits for news in it.
        """
        if self.number is None:
            found: list[tuple[str, str | None]] = [("hub", self.publication.hub)]
        else:
            found = [("current", self.part(kind, None))]
        found += [
            (rel, self.part(kind, number))
            for rel, number in (("prev-archive", self.older), ("next-archive", self.newer))
            if number is not None
        ]
        return tuple((rel, href) for rel, href in found if href)

    @property
    def id(self) -> str:
        """The feed's id for Atom: the address of its folder, the same for its archived parts.

        Items have ids that are written down; a feed is known to readers by the address they
        subscribed to, so that its id may move with it.
        """
        return address(self.publication, self.folder)

    @property
    def updated(self) -> datetime:
        """The newest revision among the items, so that the same content gives the same bytes."""
        return max((item.updated for item in self.items), default=_BEFORE_ALL)

    @property
    def home(self) -> str:
        """The publication's index page."""
        return home_url(self.publication)


def plain(text: str) -> str:
    """A text on one line, without characters that no feed can hold; no-break spaces stay."""
    return collapse_spaces(fit(text)).strip()


def fit(text: str) -> str:
    """A text without characters that no feed can hold; tabs and line feeds stay."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
