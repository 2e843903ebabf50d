"""Rules on a feed as a whole: its syntax, links, dates, size and archive, and on the list of feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urljoin
from xml.etree import ElementTree

from pipeline.checks.feed_context import ATOM, HISTORY, OURS, SITE, FeedContext, FeedDocument, defect_rule
from pipeline.checks.html_page import parse_page
from pipeline.checks.rule import Violation, rule
from pipeline.model import Place, Severity
from pipeline.render.feeds.feed_item import MEDIA_TYPES
from pipeline.render.feeds.feed_schemas import json_faults, schema_faults
from pipeline.render.feeds.opml import OPML
from pipeline.support.limits import FEED_BYTES
from pipeline.support.numbers_in_text import whole_number
from pipeline.support.urls import address, feed_file

_LARGEST = 5 * FEED_BYTES
"""Bytes from which most feed readers refuse a feed."""

_PROLOG = re.compile(
    rb"""<\?xml version=['"]1\.0['"] encoding=['"](?i:utf-8)['"] ?\?>\s*"""
    rb"""(?:<\?xml-stylesheet type="text/css" href="[^"<&]*"\?>\s*)?<[a-z]"""
)
"""Nothing but a style sheet in CSS is allowed before the root."""

_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@defect_rule(
    "FEED001",
    Severity.ERROR,
    "A feed cannot be read, or has a wrong beginning",
    source="XML 1.0, sections 2.8 and 4.3.3; RFC 8259, section 8.1",
)
def prolog(context: FeedContext) -> Iterator[Violation]:
    """A feed reader refuses the whole feed, or shows it in the wrong letters.

    A DOCTYPE is refused for safety, and a style sheet in XSLT because browsers are removing it.
    """
    for feed in context.documents:
        if feed.root is None:
            yield feed.violation(f"it cannot be read: {feed.fault}.")
        elif feed.kind != "json":
            if not _PROLOG.match(feed.data):
                yield feed.violation(
                    "it does not begin with UTF-8 declared, at most a style sheet in CSS, and its root."
                )
        elif feed.data.startswith(b"\xef\xbb\xbf"):
            yield feed.violation("it begins with a byte order mark.")


@defect_rule(
    "FEED002",
    Severity.ERROR,
    "A feed breaks the schema of its format",
    source="RSS 2.0.11, RFC 4287, JSON Feed 1.1, as pipeline/render/feeds/schemas has them",
)
def schema(context: FeedContext) -> Iterator[Violation]:
    """Some feed readers skip what a format does not know, others refuse the feed."""
    for feed in context.read():
        if feed.kind == "json":
            for fault in json_faults(feed.data)[:3]:
                yield feed.violation(f"{fault}.")
        else:
            for line, fault in schema_faults(feed.data, f"{feed.kind}.rng")[:3]:
                yield Violation(f"{fault}.", Place(feed.place.path, line))


@defect_rule(
    "FEED003",
    Severity.ERROR,
    "A feed does not link to itself",
    source="RFC 4287, section 4.1.1; RSS Advisory Board, Best Practices Profile; WebSub, section 4",
)
def self_link(context: FeedContext) -> Iterator[Violation]:
    """Feed readers subscribe to this address, and a hub knows the feed by it."""
    for feed in context.read():
        own = address(context.publication, feed.path)
        if feed.kind == "json":
            if feed.root.get("feed_url") != own:
                yield feed.violation(f"`feed_url` is not {own}.")
            continue
        links = feed.links("self")
        if [link.get("href") for link in links] != [own]:
            yield feed.violation(f"it does not have exactly one link to itself, {own}.")
        elif links[0].get("type") != MEDIA_TYPES[feed.kind]:
            yield feed.violation(f"the link to itself does not have the type {MEDIA_TYPES[feed.kind]}.")


@defect_rule(
    "FEED004",
    Severity.ERROR,
    "A feed has no language, or a wrong one",
    source="RSS 2.0, <language>; RFC 4287, section 2; JSON Feed 1.1, language",
)
def feed_language(context: FeedContext) -> Iterator[Violation]:
    """Screen readers, translators and directories of feeds depend on it."""
    wanted = context.publication.language
    for feed in context.read():
        if feed.kind == "json":
            language = feed.root.get("language", "")
        else:
            language = feed.text("language") if feed.kind == "rss" else feed.root.get(_XML_LANGUAGE, "")
        if language != wanted:
            yield feed.violation(f'its language is "{language}", and the publication\'s is "{wanted}".')


@defect_rule(
    "FEED005",
    Severity.ERROR,
    "A feed is not dated by its newest item",
    source="RFC 4287, section 4.2.15; RSS 2.0, <lastBuildDate>",
)
def feed_date(context: FeedContext) -> Iterator[Violation]:
    """With the date of the build, every build looks like news, and no feed reader can skip it."""
    for feed in context.read("rss", "atom"):
        dates = [entry.updated for entry in feed.entries if entry.updated]
        newest = max(dates, default=datetime(1970, 1, 1, tzinfo=UTC))
        text = feed.text("lastBuildDate" if feed.kind == "rss" else f"{ATOM}updated")
        try:
            date = parsedate_to_datetime(text) if feed.kind == "rss" else datetime.fromisoformat(text)
        except ValueError:
            date = None
        if date != newest:
            yield feed.violation(
                f'its date is "{text}", and its newest item changed at {newest.isoformat()}.'
            )


@defect_rule(
    "FEED006",
    Severity.ERROR,
    "The head of an RSS feed is in the wrong order, or its image breaks the rules",
    source="RSS 2.0, <image>; RSS Advisory Board, Best Practices Profile",
)
def channel_order(context: FeedContext) -> Iterator[Violation]:
    """Feed readers that read from the top miss what follows the items; large images are cut or dropped."""
    for feed in context.read("rss"):
        channel = feed.root.find("channel")
        names = [child.tag for child in channel] if channel is not None else []
        if "item" in names and set(names[names.index("item") :]) != {"item"}:
            yield feed.violation("a part of its head comes after its first item.")
        image = channel.find("image") if channel is not None else None
        if image is None:
            continue
        for name in ("title", "link"):
            if image.findtext(name) != feed.text(name):
                yield feed.violation(f"the {name} of its image is not that of the feed.")
        for name, most in (("width", 144), ("height", 400)):
            size = image.findtext(name) or "0"
            if (number := whole_number(size)) is None or number > most:
                yield feed.violation(f"the {name} of its image is {size}; {most} is the limit.")


@defect_rule(
    "FEED007",
    Severity.ERROR,
    "Items are in the wrong order, or dated in the future",
    source="RFC 4287, section 4.2.9; feed readers that sort by date",
)
def item_order(context: FeedContext) -> Iterator[Violation]:
    """Some feed readers show the first items only, and keep future dates on top for ever."""
    for feed in context.read():
        dates = [entry.published for entry in feed.entries if entry.published]
        if any(older < newer for older, newer in pairwise(dates)):
            yield feed.violation("its items are not in order, newest first.")
        for entry in feed.entries:
            if entry.published and entry.published > context.now:
                yield feed.violation(
                    f'"{entry.title}" is dated in the future, {entry.published.isoformat()}.'
                )


@rule(
    "FEED008",
    Severity.WARNING,
    "A feed is too large",
    source="limits of feed readers and aggregators, of 1 to 5 MB",
    remedy="Shorten the item: a single one fills the feed. Older items are in the archive already.",
)
def too_large(context: FeedContext) -> Iterator[Violation]:
    """Feed readers stop at a limit, or skip the feed; each loads it many times a day."""
    for feed in context.documents:
        if len(feed.data) >= FEED_BYTES:
            severity = Severity.ERROR if len(feed.data) >= _LARGEST else None
            size = f"{len(feed.data) / 1_000_000:.1f} MB"
            yield Violation(
                f"it has {size}, and should have less than {FEED_BYTES / 1_000_000:.0f} MB.",
                feed.place,
                severity=severity,
            )


@rule(
    "FEED009",
    Severity.WARNING,
    "A feed asks not to be loaded again for over an hour",
    source="RSS 2.0, <ttl>",
    remedy=OURS,
)
def ttl(context: FeedContext) -> Iterator[Violation]:
    """Feed readers that obey show an issue late."""
    for feed in context.read("rss"):
        ttl = feed.text("ttl")
        if ttl and ((minutes := whole_number(ttl)) is None or minutes > 60):
            yield feed.violation(f"its `ttl` is {ttl}; 60 is the limit.")


@defect_rule(
    "FEED010",
    Severity.ERROR,
    "Atom's elements have a prefix",
    source="feed readers that match names as text; RFC 4287, section 1.2",
)
def atom_prefix(context: FeedContext) -> Iterator[Violation]:
    """It is valid XML, but feed readers that look for plain names cannot read it."""
    for feed in context.read("atom"):
        if prefix := re.search(rb"""xmlns:([\w.-]+)=["']http://www\.w3\.org/2005/Atom["']""", feed.data):
            yield feed.violation(f"Atom's own elements have the prefix {prefix[1].decode()}.")


@rule(
    "FEED023",
    Severity.ERROR,
    "A feed names another hub than newsletter.toml",
    source="W3C WebSub, section 4",
    remedy="Build again after a change of `hub`; if that does not help, report it.",
)
def hub(context: FeedContext) -> Iterator[Violation]:
    """Readers subscribe where nobody announces news, and learn of an issue late or not at all."""
    configured = context.publication.hub
    for feed in context.read():
        wanted = [configured] if configured and feed.number is None else []
        if feed.kind == "json":
            hubs = [hub.get("url") for hub in feed.root.get("hubs", [])]
        else:
            hubs = [link.get("href") for link in feed.links("hub")]
        if hubs != wanted:
            named = ", ".join(map(str, hubs)) or "none"
            yield feed.violation(f"it names the hub {named}, not {wanted[0] if wanted else 'none'}.")


@defect_rule(
    "FEED024",
    Severity.ERROR,
    "The list of feeds does not have each feed once",
    source="OPML 2.0, subscription lists",
)
def list_of_feeds(context: FeedContext) -> Iterator[Violation]:
    """A reader who takes all feeds misses one, or has one twice."""
    place = Place(f"{SITE}/{OPML}")
    try:
        root = ElementTree.fromstring(context.opml)
    except ElementTree.ParseError as error:
        yield Violation(f"it cannot be read: {error}.", place)
        return
    if root.tag != "opml" or root.get("version") != "2.0":
        yield Violation("it is not OPML 2.0.", place)
    listed = [outline.get("xmlUrl", "") for outline in root.iterfind("body//outline")]
    wanted = [address(context.publication, folder + feed_file("rss")) for folder in context.folders]
    for url in wanted:
        if url not in listed:
            yield Violation(f"it does not list {url}.", place)
    for url in sorted(set(listed)):
        if url not in wanted or listed.count(url) > 1:
            yield Violation(
                f"it lists {url}, which is not a feed of this publication, or lists it twice.", place
            )


@defect_rule(
    "FEED027",
    Severity.ERROR,
    "A feed is missing in one of its formats",
    source="what the pages' `<link rel=alternate>` name",
)
def missing_format(context: FeedContext) -> Iterator[Violation]:
    """Pages announce it, and a feed reader finds nothing there."""
    there = {feed.path for feed in context.documents}
    for folder in context.folders:
        for kind in ("rss", "atom", "json"):
            path = folder + feed_file(kind)
            if path not in there:
                yield Violation("the feed is missing.", Place(f"{SITE}/{path}"))


@rule(
    "FEED028",
    Severity.ERROR,
    "The index page does not announce the feeds",
    source="RSS Advisory Board, RSS Autodiscovery; HTML Living Standard, 4.6.7.2",
    remedy="Keep the loop over `head.feeds` in the template of the page's head.",
)
def not_announced(context: FeedContext) -> Iterator[Violation]:
    """A feed reader that gets the address of the site says that it has no feed."""
    place = Place(f"{SITE}/index.html")
    links = [
        link
        for link in parse_page(context.index).all("link")
        if "alternate" in link.get("rel", "").split() and link.get("type") in MEDIA_TYPES.values()
    ]
    home = address(context.publication, "")
    named = {urljoin(home, link.get("href", "")): link for link in links}
    for kind, media_type in MEDIA_TYPES.items():
        link = named.get(address(context.publication, feed_file(kind)))
        if link is None or link.get("type") != media_type:
            yield Violation(f"the page does not announce {feed_file(kind)} as {media_type}.", place)
        elif not link.get("title", "").strip():
            yield Violation(f"the page announces {feed_file(kind)} without a title.", place)


@defect_rule(
    "FEED026",
    Severity.ERROR,
    "The archive of a feed is not linked part to part",
    source="RFC 5005, section 4; JSON Feed 1.1, next_url",
)
def archive_links(context: FeedContext) -> Iterator[Violation]:
    """A feed reader that fetches what it has missed stops at the gap."""
    parts: dict[tuple[str, str], dict[int | None, FeedDocument]] = {}
    for feed in context.read():
        parts.setdefault((feed.folder, feed.kind), {})[feed.number] = feed
    for documents in parts.values():
        numbers = [None, *sorted((number for number in documents if number is not None), reverse=True)]
        for index, number in enumerate(numbers):
            if number in documents:
                older = numbers[index + 1] if index + 1 < len(numbers) else None
                newer = numbers[index - 1] if index > 1 else None
                yield from _part(context, documents[number], older, newer)


def _part(
    context: FeedContext, feed: FeedDocument, older: int | None, newer: int | None
) -> Iterator[Violation]:
    def at(number: int | None) -> str:
        return address(context.publication, feed.folder + feed_file(feed.kind, number))

    following = [at(older)] if older is not None else []
    if feed.kind == "json":
        if ([feed.root["next_url"]] if "next_url" in feed.root else []) != following:
            yield feed.violation("its next page is not the next older part of the archive.")
        return
    wanted = {
        "prev-archive": following,
        "next-archive": [at(newer)] if newer is not None else [],
        "current": [at(None)] if feed.number is not None else [],
    }
    for rel, links in wanted.items():
        if [link.get("href") for link in feed.links(rel)] != links:
            yield feed.violation(f"its link `{rel}` does not lead to {links[0] if links else 'nothing'}.")
    marked = next(feed.root.iter(f"{HISTORY}archive"), None) is not None
    if marked != (feed.number is not None):
        yield feed.violation("it is archived and does not say so, or it says so and is not archived.")
