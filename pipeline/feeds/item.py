"""What a feed is and holds, before it is written in any format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.addresses import FEED_FILES, address, home_url
from pipeline.articles.width import squeezed
from pipeline.model import Image, Publication

# What XML 1.0 (section 2.2) cannot hold, which feedgen refuses; left out of JSON too, so that all
# formats say the same. XML would turn a carriage return into a line feed.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a feed before its first item: both formats ask for one."""


@dataclass(frozen=True, slots=True)
class Item:
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
    """A feed in the site folder `folder` (`""` for the main one); its items stand newest first."""

    publication: Publication
    folder: str
    title: str
    description: str
    page: str
    items: tuple[Item, ...]
    logo: Image | None = None

    def address(self, kind: str) -> str:
        """The feed's own public address in a format: `rss`, `atom` or `json`."""
        return address(self.publication, self.folder + FEED_FILES[kind])

    @property
    def id(self) -> str:
        """The feed's id for Atom: its page.

        Items have ids that are written down; a feed is known to readers by the address they
        subscribed to, so that its id may move with it.
        """
        return self.page

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
    return squeezed(fit(text)).strip()


def fit(text: str) -> str:
    """A text without characters that no feed can hold; tabs and line feeds stay."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
