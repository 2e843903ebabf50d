"""Feeds as a reader's program reads them: the three formats as one kind of value.

By the standard library's parsers, so that what writes a feed is not what judges it. Feeds are the
project's own: documents with a DOCTYPE are not parsed at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Unreadable(ValueError):
    """A feed that is not well formed; the text says why."""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as read. Dates that cannot be read are None."""

    id: str
    link: str
    title: str
    summary: str
    html: str
    published: datetime | None
    updated: datetime | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """One feed as read. `images` of a channel are title, link pairs."""

    kind: str
    title: str
    page: str
    selves: tuple[str, ...]
    language: str
    updated: datetime | None
    image: tuple[str, str] | None
    items: tuple[ReadItem, ...]


def read_feed(data: bytes) -> ReadFeed:
    """A feed of any of the three formats. Raises `Unreadable`."""
    if data.lstrip()[:1] == b"{":
        return _json(data)
    if re.search(rb"<!DOCTYPE", data[:2000], re.IGNORECASE):
        raise Unreadable("it has a DOCTYPE")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Unreadable(str(error)) from error
    channel = root.find("channel")
    if channel is not None:
        return _rss(channel)
    if root.tag == f"{ATOM}feed":
        return _atom(root)
    raise Unreadable(f"<{root.tag}> begins neither RSS nor Atom")


def _text(element: ElementTree.Element | None) -> str:
    return "".join(element.itertext()) if element is not None else ""


def _links(element: ElementTree.Element, rel: str) -> Iterator[str]:
    for link in element.findall(f"{ATOM}link"):
        if link.get("rel", "alternate") == rel:
            yield link.get("href", "")


def _rfc3339(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _rss(channel: ElementTree.Element) -> ReadFeed:
    image = channel.find("image")
    return ReadFeed(
        kind="rss",
        title=_text(channel.find("title")),
        page=_text(channel.find("link")),
        selves=tuple(_links(channel, "self")),
        language=_text(channel.find("language")),
        updated=_rfc822(_text(channel.find("lastBuildDate"))),
        image=(_text(image.find("title")), _text(image.find("link"))) if image is not None else None,
        items=tuple(map(_rss_item, channel.findall("item"))),
    )


def _rss_item(item: ElementTree.Element) -> ReadItem:
    return ReadItem(
        id=_text(item.find("guid")),
        link=_text(item.find("link")),
        title=_text(item.find("title")),
        summary=unescape(_text(item.find("description"))),
        html=_text(item.find(f"{_CONTENT}encoded")),
        published=_rfc822(_text(item.find("pubDate"))),
        updated=_rfc3339(_text(item.find(f"{ATOM}updated"))),
        authors=tuple(name.strip() for name in _text(item.find(f"{_DC}creator")).split(", ") if name.strip()),
        categories=tuple(_text(each) for each in item.findall("category")),
        images=tuple(each.get("url", "") for each in item.findall(f"{_MEDIA}content")),
    )


def _atom(feed: ElementTree.Element) -> ReadFeed:
    return ReadFeed(
        kind="atom",
        title=_text(feed.find(f"{ATOM}title")),
        page=next(_links(feed, "alternate"), ""),
        selves=tuple(_links(feed, "self")),
        language=feed.get(_LANG, ""),
        updated=_rfc3339(_text(feed.find(f"{ATOM}updated"))),
        image=None,
        items=tuple(map(_atom_entry, feed.findall(f"{ATOM}entry"))),
    )


def _atom_entry(entry: ElementTree.Element) -> ReadItem:
    return ReadItem(
        id=_text(entry.find(f"{ATOM}id")),
        link=next(_links(entry, "alternate"), ""),
        title=_text(entry.find(f"{ATOM}title")),
        summary=_text(entry.find(f"{ATOM}summary")),
        html=_text(entry.find(f"{ATOM}content")),
        published=_rfc3339(_text(entry.find(f"{ATOM}published"))),
        updated=_rfc3339(_text(entry.find(f"{ATOM}updated"))),
        authors=tuple(_text(each.find(f"{ATOM}name")) for each in entry.findall(f"{ATOM}author")),
        categories=tuple(each.get("term", "") for each in entry.findall(f"{ATOM}category")),
        images=tuple(each.get("url", "") for each in entry.findall(f"{_MEDIA}content")),
    )


def _json(data: bytes) -> ReadFeed:
    try:
        feed = json.loads(data)
        items = tuple(
            ReadItem(
                id=str(item["id"]),
                link=item.get("url", ""),
                title=item.get("title", ""),
                summary=item.get("summary", ""),
                html=item.get("content_html", ""),
                published=_rfc3339(item.get("date_published", "")),
                updated=_rfc3339(item.get("date_modified", "")),
                authors=tuple(each.get("name", "") for each in item.get("authors", ())),
                categories=tuple(item.get("tags", ())),
                images=(item["image"],) if "image" in item else (),
            )
            for item in feed["items"]
        )
        return ReadFeed(
            kind="json",
            title=feed.get("title", ""),
            page=feed.get("home_page_url", ""),
            selves=(feed["feed_url"],) if "feed_url" in feed else (),
            language=feed.get("language", ""),
            updated=None,
            image=None,
            items=items,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"it is no JSON Feed: {error}") from error
