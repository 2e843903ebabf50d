"""The nouns of importing: a source as it arrived, and an article as it was understood.

Nothing of a source is lost: what does not stand in a draft's fields or body is in its `left`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from pipeline.model import Author


@dataclass(frozen=True, slots=True)
class Material:
    """A source as it arrived.

    `name` is the path of the file as the user typed it, the address, or `-` for standard input; `origin` the
    same with the path relative to the workspace, which is what is remembered.
    `address` is what relative addresses in it are relative to, where it came from the web, after
    redirects; `media_type` and `charset` are what the server said, in lower case. `folder` is where its
    pictures may stand, None where there is no such place.
    """

    name: str
    data: bytes
    address: str = ""
    media_type: str = ""
    charset: str = ""
    folder: Path | None = None
    origin: str = ""

    @property
    def ending(self) -> str:
        """The ending of its file name, such as `.md`, in lower case; empty where there is none."""
        path = self.name.split("?")[0].split("#")[0] if self.address else self.name
        last = path.rpartition("/")[2]
        return f".{last.rpartition('.')[2].lower()}" if "." in last[1:] else ""


@dataclass(frozen=True, slots=True)
class Left:
    """A part of a source that is not in the article, and why. `line` counts from 1, where it is known."""

    text: str
    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Inferred:
    """A field that the source does not say outright, and how it was found."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """A title and an address as written: another piece that the source points to."""

    title: str
    address: str


Moment = datetime | date
"""When: a date alone stands for the day in the publication's time zone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as an importer understood it.

    `body` is Markdown. `key` tells the articles of one source apart (a feed's guid); it is empty where the
    source is one article. `base` is the address that relative addresses are relative to, where it is known.
    `files` are pictures that came inside the source, by the address that the body gives them.
    Texts are as the source has them; `finish` makes slug, tags and audience those of the publication.
    """

    body: str
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
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    base: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    inferred: tuple[Inferred, ...] = ()
    left: tuple[Left, ...] = ()


class Importer(Protocol):
    """What each form's module offers."""

    NAME: str
    """One word, for messages and `--form`."""

    DESCRIPTION: str
    """What it takes, in a few words."""

    def takes(self, material: Material) -> bool:
        """Whether this looks like a source of this form. Never raises."""

    def read(self, material: Material) -> tuple[Draft, ...]:
        """The articles in it. Raises `PressroomError` with the material's name as path."""
