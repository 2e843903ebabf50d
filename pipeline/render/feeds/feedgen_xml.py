"""RSS 2.0 and Atom 1.0 by feedgen, one generator a format, with feedgen 1.0's defects put right.

feedgen and lxml are wrapped here and nowhere else. The defects, each measured:
- an Atom entry's links lose rel and type (a shadowed variable), so they are written by `_AtomEntry`;
- it knows no hub and no archive (RFC 5005): `_RssFeed` and `_AtomFeed` add their links;
- RSS has no dc:creator, atom:updated or ungrouped media:content: `_RssItem` adds them;
- `lastBuildDate`, `updated` and an entry's `updated` default to now: they are always set.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from pipeline.render.feeds.feed_item import Feed, FeedItem, plain

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_XML = "http://www.w3.org/XML/1998/namespace"

TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}

# RSS 2.0 allows a channel image of at most 144 by 400 pixels, in these types.
_IMAGE_LIMIT = (144, 400)
_IMAGE_TYPES = frozenset({"image/gif", "image/jpeg", "image/png"})


class _RssFeed(BaseExtension):  # type: ignore[misc]
    """The links to the hub and to the other parts of the feed (RFC 5005, appendix B for RSS)."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"atom": _ATOM, "dc": _DC, "media": _MEDIA, **_history(self.feed)}

    def extend_rss(self, root: Any) -> None:
        _belonging(root[0], self.feed, "rss", f"{{{_ATOM}}}link")


class _RssItem(BaseEntryExtension):  # type: ignore[misc]
    """dc:creator once, the date of revision, and the lead image."""

    item: FeedItem

    def extend_rss(self, entry: Any) -> None:
        etree.SubElement(entry, f"{{{_DC}}}creator").text = ", ".join(self.item.authors)
        etree.SubElement(entry, f"{{{_ATOM}}}updated").text = self.item.updated.isoformat(timespec="seconds")
        _media(entry, self.item)


class _AtomFeed(BaseExtension):  # type: ignore[misc]
    """The same for Atom, whose own links have no prefix."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA, **_history(self.feed)}

    def extend_atom(self, root: Any) -> None:
        _belonging(root, self.feed, "atom", "link")


class _AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """The link with its rel and type, and the lead image."""

    item: FeedItem

    def extend_atom(self, entry: Any) -> None:
        for broken in entry.findall("link"):
            entry.remove(broken)
        link = etree.Element("link", href=self.item.link, rel="alternate", type="text/html")
        entry.insert(list(entry).index(entry.find("title")) + 1, link)
        _media(entry, self.item)


def _history(feed: Feed) -> dict[str, str]:
    """The namespace of RFC 5005, where it is needed."""
    return {} if feed.number is None else {"fh": _HISTORY}


def _belonging(parent: Any, feed: Feed, kind: str, name: str) -> None:
    if feed.number is not None:
        etree.SubElement(parent, f"{{{_HISTORY}}}archive")
    for rel, href in feed.links(kind):
        etree.SubElement(parent, name, href=href, rel=rel, **({} if rel == "hub" else {"type": TYPES[kind]}))


def _media(entry: Any, item: FeedItem) -> None:
    """Media RSS 1.5.1: one ungrouped media:content."""
    if item.image is None:
        return
    media = etree.SubElement(
        entry,
        f"{{{_MEDIA}}}content",
        url=item.image.url,
        medium="image",
        type=item.image.media_type,
        # Not known of a picture that is made smaller as it is written; the attribute is optional.
        **({"fileSize": str(item.image.size)} if item.image.size else {}),
        width=str(item.image.width),
        height=str(item.image.height),
    )
    if item.image.alt:
        etree.SubElement(media, f"{{{_MEDIA}}}description", type="plain").text = item.image.alt


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0."""
    generator = FeedGenerator()
    generator.register_extension("pressroom", _RssFeed, _RssItem, atom=False, rss=True)
    generator.pressroom.feed = feed
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.publication.language)
    generator.generator("Pressroom")
    # feedgen takes the last link for the channel's own, whatever its rel: the page comes last.
    generator.link(href=feed.address("rss"), rel="self", type=TYPES["rss"])
    generator.link(href=feed.page, rel="alternate")
    generator.lastBuildDate(_whole(feed.updated))
    _channel_image(generator, feed)
    for item in feed.items:
        entry = generator.add_entry(order="append")
        entry.pressroom.item = item
        entry.title(item.title)
        entry.link(href=item.link)
        # HTML-escaped once here and once by XML: readers take a description for HTML.
        entry.description(escape(item.summary, quote=False))
        entry.content(item.html)
        entry.guid(item.id, permalink=False)
        for tag in item.tags:
            entry.category(term=tag)
        entry.pubDate(_whole(item.published))
        entry.updated(_whole(item.updated))
    return _rss_titles(generator.rss_str(pretty=True))


def _channel_image(generator: Any, feed: Feed) -> None:
    if feed.logo is None or feed.logo.media_type not in _IMAGE_TYPES:
        return
    scale = min(1.0, _IMAGE_LIMIT[0] / feed.logo.width, _IMAGE_LIMIT[1] / feed.logo.height)
    generator.image(
        url=feed.logo.url,
        title=feed.title,
        link=feed.page,
        width=str(max(1, int(feed.logo.width * scale))),
        height=str(max(1, int(feed.logo.height * scale))),
    )


_REFERENCES = {"&amp;": "&#x26;", "&lt;": "&#x3C;", "&gt;": "&#x3E;"}


def _rss_titles(data: bytes) -> bytes:
    """Titles with numeric references, which readers do not take for markup (RSS Board's profile).

    Content is written escaped, without CDATA, so that `<title>` is always the element.
    """

    def numeric(found: re.Match[str]) -> str:
        return re.sub("&amp;|&lt;|&gt;", lambda each: _REFERENCES[each[0]], found[0])

    return re.sub(r"<title>[^<]*</title>", numeric, data.decode()).encode()


def atom(feed: Feed) -> bytes:
    """The feed as Atom 1.0 (RFC 4287)."""
    generator = FeedGenerator()
    generator.register_extension("pressroom", _AtomFeed, _AtomEntry, atom=True, rss=False)
    generator.pressroom.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    generator.subtitle(feed.description)
    generator.language(feed.publication.language)
    generator.generator("Pressroom")
    generator.author(name=plain(feed.publication.title))
    generator.link(href=feed.page, rel="alternate", type="text/html")
    generator.link(href=feed.address("atom"), rel="self", type=TYPES["atom"])
    generator.updated(_whole(feed.updated))
    for item in feed.items:
        entry = generator.add_entry(order="append")
        entry.pressroom.item = item
        entry.id(item.id)
        entry.title(item.title)
        entry.link(href=item.link)
        for name in item.authors:
            entry.author(name=name)
        entry.summary(item.summary)
        entry.content(item.html, type="html")
        for tag in item.tags:
            entry.category(term=tag)
        entry.published(_whole(item.published))
        entry.updated(_whole(item.updated))
    data: bytes = generator.atom_str(pretty=True)
    return data


def _whole(moment: datetime) -> datetime:
    """Without fractions of a second."""
    return moment.replace(microsecond=0)


def schema_faults(data: bytes, schema: str) -> tuple[tuple[int, str], ...]:
    """What a schema of `feeds/schemas` (RELAX NG) says against a document: line and words of each fault.

    Of a document that is no XML, the first fault of its writing. Nothing is fetched, and no entity that
    the document defines is put in.
    """
    folder = files("pipeline.render.feeds") / "schemas"
    rules = etree.RelaxNG(etree.fromstring((folder / schema).read_bytes()))
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return ((error.lineno or 1, error.msg),)
    rules.validate(root)
    return tuple((fault.line, fault.message) for fault in rules.error_log)


def opml(title: str, language: str, outlines: list[dict[str, str]]) -> bytes:
    """OPML 2.0: a list of feeds, each outline with its attributes."""
    root = etree.Element("opml", version="2.0", attrib={f"{{{_XML}}}lang": language})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(root, "body")
    for outline in outlines:
        etree.SubElement(body, "outline", attrib=outline)
    data: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return data
