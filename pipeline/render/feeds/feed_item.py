"""A feed and its items as values, before they are written as RSS, Atom or JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from pipeline.content.text_width import collapse_spaces
from pipeline.model import Audio, Image, Publication
from pipeline.support.files import FORBIDDEN
from pipeline.support.urls import address, feed_file

MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}

_GUID = "urn:x-guid:"

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a feed before its first item: RSS and Atom require one."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed.

    `id` is the permanent one of its feed identity, `link` its page, `html` finished semantic HTML. `title`,
    `summary`, `authors` and `tags` are plain text on one line; the first three are never empty.
    `author_urls` maps authors to their pages, where they have one.
    `audio` is the first of its text: readers of RSS expect one enclosure.
    `updated` is not before `published`; neither has fractions of a second (RFC 4287, 4.2.15).
    """

    id: str
    link: str
    title: str
    summary: str
    html: str
    authors: tuple[str, ...]
    published: datetime
    updated: datetime
    author_urls: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    image: Image | None = None
    external_url: str | None = None
    audio: Audio | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in the site folder `folder` (`""` for the main one), with its items newest first.

    `number` is that of an archived part (RFC 5005, section 4), and None for the current feed; `older`
    and `newer` are the numbers of the archived parts before and after it, where they exist.
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
        """Its public address in the format `kind`: `rss`, `atom` or `json`."""
        return self.part_address(kind, self.number)

    def part_address(self, kind: str, number: int | None) -> str:
        """The address of an archived part; with None, of the current feed."""
        return address(self.publication, self.folder + feed_file(kind, number))

    def links(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Rel and address of the hub (WebSub) and of the other parts (RFC 5005).

        An archived part names no hub: nobody waits for news in it.
        """
        if self.number is None:
            links = [("hub", self.publication.hub)] if self.publication.hub else []
        else:
            links = [("current", self.part_address(kind, None))]
        links += [
            (rel, self.part_address(kind, number))
            for rel, number in (("prev-archive", self.older), ("next-archive", self.newer))
            if number is not None
        ]
        return tuple(links)

    @property
    def id(self) -> str:
        """The feed's id for Atom: the address of its folder, the same for its archived parts.

        Items have ids that are stored. Readers know a feed by the address they subscribed to, so its id
        may change with that address.
        """
        return address(self.publication, self.folder)

    @property
    def updated(self) -> datetime:
        """The newest revision among the items, so that the same content makes the same bytes."""
        return max((item.updated for item in self.items), default=_NO_DATE)


def single_line(text: str) -> str:
    """A text on one line, without characters that are forbidden in feeds; no-break spaces stay."""
    return collapse_spaces(remove_forbidden(text)).strip()


def remove_forbidden(text: str) -> str:
    """A text without characters that are forbidden in feeds; tabs and line feeds stay."""
    # All formats leave them out, so that all say the same. XML would turn a carriage return into a line feed.
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def atom_id(item_id: str) -> str:
    """An id as Atom demands it (RFC 4287, 4.2.6): the guid of an earlier RSS feed may be any text."""
    has_scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", item_id)
    return item_id if has_scheme else f"{_GUID}{quote(item_id, safe='')}"


def item_id(atom_id: str) -> str:
    """The id that `atom_id` was made of."""
    return unquote(atom_id.removeprefix(_GUID)) if atom_id.startswith(_GUID) else atom_id
