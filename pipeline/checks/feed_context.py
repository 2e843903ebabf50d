"""What the rules on feeds look at: every feed that would be built, read as a feed reader reads it.

The standard library reads them, so that a mistake of the library that wrote them cannot hide itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from html import unescape
from typing import Any
from xml.etree import ElementTree

from pipeline.checks.rule import Violation, rule
from pipeline.model import Place, Publication, Published
from pipeline.render.feeds.feed_item import item_id
from pipeline.render.feeds.opml import OPML
from pipeline.support.json_text import read_json
from pipeline.support.urls import is_feed_file

SITE = "build/site"

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item as a feed reader reads it. `node` is the parsed XML element or JSON object.

    `published` and `updated` are None where they are missing or not dates.
    """

    id: str
    link: str
    title: str
    summary: str
    html: str
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    tags: tuple[str, ...]
    image: str
    node: Any


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One document of a feed: `path` is below the site, `kind` is `rss`, `atom` or `json`.

    `root` is the parsed document, or None where it cannot be parsed; `fault` says why.
    """

    path: str
    kind: str
    data: bytes
    root: Any
    entries: tuple[FeedEntry, ...]
    fault: str = ""

    @property
    def folder(self) -> str:
        """The site folder of the feed, with a slash at its end; empty for the main feed."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def number(self) -> int | None:
        """The number of an archived part; None for a current feed."""
        number = self.path.rpartition("/")[2].partition(".")[0].partition("-")[2]
        return int(number) if number else None

    @property
    def place(self) -> Place:
        """The file that would be built."""
        return Place(f"{SITE}/{self.path}")

    def violation(self, message: str) -> Violation:
        """A violation by this document."""
        return Violation(message, self.place)

    def links(self, rel: str) -> list[Mapping[str, str]]:
        """The feed's own links of this kind, in an RSS or Atom feed; a JSON feed has no such links."""
        head = self._head()
        links = head.findall(f"{ATOM}link") if head is not None else []
        return [each.attrib for each in links if each.get("rel", "alternate") == rel]

    def text(self, path: str) -> str:
        """The text of an element in the head of an XML feed; empty where it is missing."""
        head = self._head()
        return (head.findtext(path) or "").strip() if head is not None else ""

    def _head(self) -> Any:
        if self.root is None or self.kind == "json":
            return None
        return self.root.find("channel") if self.kind == "rss" else self.root


@dataclass(frozen=True, slots=True)
class FeedContext:
    """The feeds that would be built at the moment `now`, and those of the build before (`earlier`).

    `folders` are the site folders that must have a feed, `opml` is the list of feeds, and `index` the
    HTML of the site's index page.
    """

    publication: Publication
    now: datetime
    folders: tuple[str, ...]
    documents: tuple[FeedDocument, ...]
    opml: bytes
    index: str
    earlier: tuple[FeedDocument, ...] = ()

    def read(self, *kinds: str) -> Iterator[FeedDocument]:
        """The documents of these kinds (all without one) that can be parsed."""
        for each in self.documents:
            if each.root is not None and (not kinds or each.kind in kinds):
                yield each

    def entries(self, *kinds: str) -> Iterator[tuple[FeedDocument, FeedEntry]]:
        """Every item of every such document."""
        for document in self.read(*kinds):
            for entry in document.entries:
                yield document, entry


OURS = "No text can cause this: it is a defect of Pressroom. Report it, with the feed."
defect_rule = partial(rule, remedy=OURS)
"""A rule on how a feed is written."""


def feed_context(
    published: Published, now: datetime, made: Mapping[str, bytes], before: Mapping[str, bytes], index: str
) -> FeedContext:
    """Read the feeds that were made, and those of a build before, by their paths below the site.

    `index` is the HTML of the site's index page.
    """
    # What writes feeds is imported here: most checks look at emails alone.
    from pipeline.render.feeds.feed_list import feed_folders

    return FeedContext(
        publication=published.publication,
        now=now,
        folders=feed_folders(published),
        documents=_documents(made),
        opml=made.get(OPML, b""),
        index=index,
        # An earlier document that cannot be read has nothing to compare with.
        earlier=tuple(each for each in _documents(before) if each.root is not None),
    )


def _documents(files: Mapping[str, bytes]) -> tuple[FeedDocument, ...]:
    return tuple(read_document(path, data) for path, data in sorted(files.items()) if is_feed_file(path))


def read_document(path: str, data: bytes) -> FeedDocument:
    """Read one document of a feed. One that cannot be read has no root."""
    name = path.rpartition("/")[2]
    kind = "json" if name.endswith(".json") else "atom" if name.startswith("atom") else "rss"
    try:
        root: Any = read_json(data) if kind == "json" else ElementTree.fromstring(data)
        read = {"rss": _rss, "atom": _atom, "json": _json}[kind]
        return FeedDocument(path, kind, data, root, tuple(read(root)))
    except (ElementTree.ParseError, ValueError, TypeError, AttributeError) as error:
        return FeedDocument(path, kind, data, None, (), str(error))


def _rss(root: Any) -> Iterator[FeedEntry]:
    for item in root.findall("channel/item"):
        creator = item.findtext(f"{DC}creator") or ""
        yield FeedEntry(
            id=item.findtext("guid") or "",
            link=item.findtext("link") or "",
            title=item.findtext("title") or "",
            summary=unescape(item.findtext("description") or ""),
            html=item.findtext(f"{CONTENT}encoded") or "",
            authors=tuple(creator.split(", ")) if creator else (),
            published=_moment(item.findtext("pubDate")),
            updated=_moment(item.findtext(f"{ATOM}updated")),
            tags=tuple(each.text or "" for each in item.findall("category")),
            image=_media(item),
            node=item,
        )


def _atom(root: Any) -> Iterator[FeedEntry]:
    for entry in root.findall(f"{ATOM}entry"):
        links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        yield FeedEntry(
            id=item_id(entry.findtext(f"{ATOM}id") or ""),
            link=links[0].get("href", "") if links else "",
            title=entry.findtext(f"{ATOM}title") or "",
            summary=entry.findtext(f"{ATOM}summary") or "",
            html=entry.findtext(f"{ATOM}content") or "",
            authors=tuple(each.text or "" for each in entry.findall(f"{ATOM}author/{ATOM}name")),
            published=_moment(entry.findtext(f"{ATOM}published")),
            updated=_moment(entry.findtext(f"{ATOM}updated")),
            tags=tuple(each.get("term", "") for each in entry.findall(f"{ATOM}category")),
            image=_media(entry),
            node=entry,
        )


def _json(root: Any) -> Iterator[FeedEntry]:
    for item in root["items"] if isinstance(root.get("items"), list) else ():
        yield FeedEntry(
            id=str(item.get("id", "")),
            link=str(item.get("url", "")),
            title=str(item.get("title", "")),
            summary=str(item.get("summary", "")),
            html=str(item.get("content_html", "")),
            authors=tuple(str(each.get("name", "")) for each in item.get("authors", ())),
            published=_moment(item.get("date_published")),
            updated=_moment(item.get("date_modified")),
            tags=tuple(map(str, item.get("tags", ()))),
            image=str(item.get("image", "")),
            node=item,
        )


def _media(node: Any) -> str:
    picture = next(node.iter(f"{MEDIA}content"), None)
    return "" if picture is None else str(picture.get("url", ""))


def _moment(text: Any) -> datetime | None:
    """A date as RSS or as the other formats write it; None where it has no time zone or is not a date."""
    if not isinstance(text, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else None
    return None


def once(pairs: Iterable[tuple[FeedDocument, FeedEntry]]) -> Iterator[tuple[FeedDocument, FeedEntry]]:
    """Each item once for each of its contents, though several feeds and formats hold it."""
    seen: set[tuple[str, str, str]] = set()
    for document, entry in pairs:
        key = (entry.id, entry.html, entry.title)
        if key not in seen:
            seen.add(key)
            yield document, entry
