"""The nouns of importing: a source as it arrived, and an article as it was understood.

No word of a source is lost: what is in none of a draft's fields and blocks is in its `left`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pipeline.importers.blocks import SourceBlock, write_blocks
from pipeline.model import Author


@dataclass(frozen=True)
class Material:
    """A source as it arrived.

    `name` is the path of the file as the user typed it, the address, or `-` for standard input; `origin` the
    same with the path relative to the workspace, which is recorded. `address` is the base of its relative
    addresses, if it came from the web, after redirects; `media_type` and `charset` are the server's, in
    lower case. `folder` is the folder of its pictures, or None, and `file` where it was read from. `is_head`
    says that `data` is only the beginning of a long file.
    """

    name: str
    data: bytes
    address: str = ""
    media_type: str = ""
    charset: str = ""
    folder: Path | None = None
    origin: str = ""
    file: Path | None = None
    is_head: bool = False
    digest: str = ""

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return self.file.stat().st_size if self.is_head and self.file else len(self.data)

    def whole(self) -> bytes:
        """All of its bytes."""
        return self.file.read_bytes() if self.is_head and self.file else self.data

    @cached_property
    def sha256(self) -> str:
        """The digest of all bytes; the thousands of articles of an export share one source."""
        if self.is_head and self.file:
            with self.file.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        return self.digest or hashlib.sha256(self.data).hexdigest()

    def without_data(self) -> Material:
        """The source with its digest alone, for what is read of it already."""
        return replace(self, data=b"", is_head=False, digest=self.sha256)

    @property
    def ending(self) -> str:
        """The ending of its file name, such as `.md`, in lower case; empty without one."""
        path = self.name.split("?")[0].split("#")[0] if self.address else self.name
        last = path.rpartition("/")[2]
        return f".{last.rpartition('.')[2].lower()}" if "." in last[1:] else ""


PAGE = "a page: bring pages too with --pages"
"""The reason to leave out what is no post."""


@dataclass(frozen=True, slots=True)
class Left:
    """A part of a source that is not in the article's body, and why. `line` counts from 1, if it is known."""

    text: str
    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Inferred:
    """A field that the source does not state outright, and how it was found."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """A title and an address as written: another piece that the source points to."""

    title: str
    address: str


Moment = datetime | date
"""When: a date alone is a day in the publication's time zone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as an importer understood it.

    `path` is where its page is on a site whose address is not in the export; `address` is the one that it had
    on the publication's own site.
    `key` tells the articles of one source apart (a feed's guid); it is empty if the source is one article.
    `base` is the base of relative addresses, if it is known. `files` are pictures that came inside the
    source, by their address in the blocks. `feed_id` is its id in the feed that it is from. `placed` are
    addresses in whose place others are, those of pictures that came along and of other articles, and merge
    tags in whose place fields are. `omitted` is the reason why no article is made of it. `source_text` is the
    text of the source, for the account of its words, and `numbered` says that the lines of blocks are its
    lines. Texts are as the source has them; `finish` makes slug, tags and audience those of the publication.
    """

    blocks: tuple[SourceBlock, ...] = ()
    title: str = ""
    alt_title: str = ""
    slug: str = ""
    dek: str = ""
    date: Moment | None = None
    updated: Moment | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    canonical_url: str = ""
    audience: tuple[str, ...] = ()
    related: tuple[Link, ...] = ()
    disclaimer: str = ""
    link: str = ""
    draft: bool = False
    path: str = ""
    address: str = ""
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    base: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    inferred: tuple[Inferred, ...] = ()
    left: tuple[Left, ...] = ()
    feed_id: str = ""
    placed: tuple[str, ...] = ()
    omitted: str = ""
    source_text: str = ""
    numbered: bool = False

    @property
    def body(self) -> str:
        """The body as Markdown."""
        return write_blocks(self.blocks)

    def leaving(self, *left: Left) -> Draft:
        """The draft with these parts left out too."""
        return replace(self, left=(*self.left, *left))

    def inferring(self, field: str, value: str, why: str) -> Draft:
        """The draft with a note on how a field was found."""
        return replace(self, inferred=(*self.inferred, Inferred(field, value, why)))


class Importer(Protocol):
    """The interface of each form's module."""

    NAME: str
    """One word, for messages and `--form`."""

    DESCRIPTION: str
    """What it takes, in a few words."""

    def takes(self, material: Material) -> bool:
        """Whether this looks like a source of this form. Never raises."""

    def read(self, material: Material) -> Iterable[Draft]:
        """The articles in it. Raises `PressroomError` with the material's name as path, before the first."""
