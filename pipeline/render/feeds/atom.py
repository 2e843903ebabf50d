"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from pipeline.render.feeds.feed_item import MEDIA_TYPES, Feed, atom_id, single_line
from pipeline.render.feeds.feedgen_fixes import add_entry, new_generator, with_style_sheet
from pipeline.render.site_icon import site_icon


def atom(feed: Feed) -> bytes:
    """The feed as Atom 1.0."""
    generator = new_generator(feed, "atom")
    generator.id(feed.id)
    generator.icon(site_icon(feed.publication, feed.logo).url)
    if feed.logo:
        generator.logo(feed.logo.url)
    generator.author(name=single_line(feed.publication.title))
    generator.link(href=feed.page, rel="alternate", type="text/html")
    generator.link(href=feed.address("atom"), rel="self", type=MEDIA_TYPES["atom"])
    for item in feed.items:
        entry = add_entry(generator, item)
        entry.id(atom_id(item.id))
        for name in item.authors:
            url = item.author_urls.get(name)
            entry.author(name=name, **({"uri": url} if url else {}))
        entry.summary(item.summary)
    return with_style_sheet(feed, generator.atom_str(pretty=True))
