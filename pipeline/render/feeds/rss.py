"""RSS 2.0: the channel, its image, and each item with its guid."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from pipeline.render.feeds.feed_item import MEDIA_TYPES, Feed
from pipeline.render.feeds.feedgen_fixes import add_entry, new_generator, with_style_sheet

# RSS 2.0 allows a channel image of at most 144 by 400 pixels, in these types.
_IMAGE_WIDTH, _IMAGE_HEIGHT = 144, 400
_IMAGE_TYPES = frozenset({"image/gif", "image/jpeg", "image/png"})

_NUMERIC = {b"&amp;": b"&#x26;", b"&lt;": b"&#x3C;", b"&gt;": b"&#x3E;"}


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0."""
    generator = new_generator(feed, "rss")
    # feedgen takes the last link for the channel's own, whatever its rel: the page comes last.
    generator.link(href=feed.address("rss"), rel="self", type=MEDIA_TYPES["rss"])
    generator.link(href=feed.page, rel="alternate")
    _add_channel_image(generator, feed)
    for item in feed.items:
        entry = add_entry(generator, item)
        entry.link(href=item.link)
        if item.audio:
            entry.enclosure(item.audio.url, item.audio.size, item.audio.media_type)
        entry.guid(item.id, permalink=False)
        # HTML-escaped once here and once by XML: readers take a description for HTML.
        entry.description(escape(item.summary, quote=False))
    return with_style_sheet(feed, _with_numeric_references(generator.rss_str(pretty=True)))


def _add_channel_image(generator: Any, feed: Feed) -> None:
    logo = feed.logo
    if logo is None or logo.media_type not in _IMAGE_TYPES:
        return
    scale = min(1.0, _IMAGE_WIDTH / logo.width, _IMAGE_HEIGHT / logo.height)
    generator.image(
        url=logo.url,
        title=feed.title,
        link=feed.page,
        width=str(max(1, int(logo.width * scale))),
        height=str(max(1, int(logo.height * scale))),
    )


def _with_numeric_references(data: bytes) -> bytes:
    """Write titles with numeric references, which readers do not take for markup (RSS Board's profile).

    Content is escaped and has no CDATA, so that `<title>` is always the element.
    """

    def numeric(title: re.Match[bytes]) -> bytes:
        return re.sub(b"&amp;|&lt;|&gt;", lambda reference: _NUMERIC[reference[0]], title[0])

    return re.sub(rb"<title>[^<&]*&[^<]*</title>", numeric, data)
