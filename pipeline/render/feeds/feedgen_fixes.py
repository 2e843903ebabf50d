"""Feedgen with its defects corrected: what `rss.py` and `atom.py` share. No other module imports feedgen.

The defects of feedgen 1.0, each measured:
- the links of an Atom entry lose rel and type (a shadowed variable): `_EntryExtension` writes them;
- it knows neither hubs nor archives (RFC 5005): `_FeedExtension` adds their links;
- RSS lacks dc:creator, atom:updated and an ungrouped media:content: `_EntryExtension` adds them;
- the dates of the feed and of its entries default to the present moment: they are always set here.
"""

from __future__ import annotations

from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from pipeline.render.feeds.feed_item import MEDIA_TYPES, Feed, FeedItem
from pipeline.support.urls import FEED_STYLE, address, relative

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"


def new_generator(feed: Feed, kind: str) -> Any:
    """A `FeedGenerator` with what both formats say of a feed; `kind` is `rss` or `atom`."""
    generator = FeedGenerator()
    generator.register_extension("pressroom", _FeedExtension, _EntryExtension)
    generator.pressroom.feed, generator.pressroom.kind = feed, kind
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.publication.language)
    generator.generator("Pressroom")
    generator.updated(feed.updated)
    return generator


def add_entry(generator: Any, item: FeedItem) -> Any:
    """Add an entry with what both formats say of an item, and return it."""
    entry = generator.add_entry(order="append")
    entry.pressroom.item = item
    entry.title(item.title)
    entry.content(item.html, type="html")
    if item.tags:
        entry.category([{"term": tag} for tag in item.tags])
    entry.published(item.published)
    entry.updated(item.updated)
    return entry


def with_style_sheet(feed: Feed, data: bytes) -> bytes:
    """The document with its style sheet (W3C, Associating Style Sheets with XML documents).

    Feed readers skip it; a browser shows by it what a feed is. Its address is relative, for browsers do not
    take one from another host.
    """
    publication = feed.publication
    href = relative(publication, address(publication, FEED_STYLE), feed.folder)
    declaration, root = data.split(b"\n", 1)
    return b'%s\n<?xml-stylesheet type="text/css" href="%s"?>\n%s' % (declaration, href.encode(), root)


class _FeedExtension(BaseExtension):  # type: ignore[misc]
    """Links to the hub and to the other parts of the feed (RFC 5005, appendix B for RSS)."""

    feed: Feed
    kind: str

    def extend_ns(self) -> dict[str, str]:
        own = {"atom": _ATOM, "dc": _DC} if self.kind == "rss" else {}
        return {**own, "media": _MEDIA, **({} if self.feed.number is None else {"fh": _HISTORY})}

    def extend_rss(self, root: Any) -> None:
        self._add_links(root[0], f"{{{_ATOM}}}link")

    def extend_atom(self, root: Any) -> None:
        self._add_links(root, "link")

    def _add_links(self, parent: Any, tag: str) -> None:
        if self.feed.number is not None:
            xml_elem(f"{{{_HISTORY}}}archive", parent)
        for rel, href in self.feed.links(self.kind):
            media_type = {} if rel == "hub" else {"type": MEDIA_TYPES[self.kind]}
            xml_elem(tag, parent, href=href, rel=rel, **media_type)


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """The lead image; in RSS the authors and the date of revision; in Atom the link with rel and type."""

    item: FeedItem

    def extend_rss(self, entry: Any) -> None:
        xml_elem(f"{{{_DC}}}creator", entry).text = ", ".join(self.item.authors)
        xml_elem(f"{{{_ATOM}}}updated", entry).text = self.item.updated.isoformat()
        self._add_image(entry)

    def extend_atom(self, entry: Any) -> None:
        link = xml_elem("link", href=self.item.link, rel="alternate", type="text/html")
        entry.find("title").addnext(link)
        if audio := self.item.audio:
            length = {"length": str(audio.size)}
            xml_elem("link", entry, href=audio.url, rel="enclosure", type=audio.media_type, **length)
        self._add_image(entry)

    def _add_image(self, entry: Any) -> None:
        """Media RSS 1.5.1: one ungrouped media:content."""
        image = self.item.image
        if image is None:
            return
        media = xml_elem(
            f"{{{_MEDIA}}}content",
            entry,
            url=image.url,
            medium="image",
            type=image.media_type,
            # An image that is made smaller as it is written has no known size; the attribute is optional.
            **({"fileSize": str(image.size)} if image.size else {}),
            width=str(image.width),
            height=str(image.height),
        )
        if image.alt:
            xml_elem(f"{{{_MEDIA}}}description", media, type="plain").text = image.alt
