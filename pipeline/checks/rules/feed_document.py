"""Rules on a feed as a whole: its writing, its links, its dates, its size, its archive, their list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urljoin
from xml.etree import ElementTree

from pipeline.checks.feed_context import ATOM, HISTORY, OURS, SITE, FeedContext, FeedDocument, FeedRule
from pipeline.checks.html_page import parse_page
from pipeline.checks.rule import Violation
from pipeline.model import Place, Severity
from pipeline.render.feeds.feed_item import MEDIA_TYPES
from pipeline.render.feeds.feed_schemas import json_faults, schema_faults
from pipeline.render.feeds.opml import OPML
from pipeline.support.urls import address, feed_file

_SOFT, _HARD = 1_000_000, 5_000_000  # bytes
_PROLOG = re.compile(rb"""<\?xml version=['"]1\.0['"] encoding=['"](?i:utf-8)['"] ?\?>\s*<[a-z]""")
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def _prolog(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.documents:
        if each.root is None:
            yield Violation(f"it cannot be read: {each.fault}.", each.place)
        elif each.kind != "json":
            if not _PROLOG.match(each.data):
                yield Violation("it does not begin with a declaration of UTF-8, and its root.", each.place)
            if b"<!DOCTYPE" in each.data or b"<?xml-stylesheet" in each.data:
                yield Violation("it has a DOCTYPE or a style sheet.", each.place)
        elif each.data.startswith(b"\xef\xbb\xbf"):
            yield Violation("it begins with a byte order mark.", each.place)


def _schema(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read():
        if each.kind == "json":
            for fault in json_faults(each.data)[:3]:
                yield Violation(f"{fault}.", each.place)
        else:
            for line, fault in schema_faults(each.data, f"{each.kind}.rng")[:3]:
                yield Violation(f"{fault}.", Place(each.place.path, line))


def _self_link(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read():
        own = address(subject.publication, each.path)
        if each.kind == "json":
            if each.root.get("feed_url") != own:
                yield Violation(f"`feed_url` is not {own}.", each.place)
            continue
        links = each.links("self")
        if [link.get("href") for link in links] != [own]:
            yield Violation(f"it has not exactly one link to itself, {own}.", each.place)
        elif links[0].get("type") != MEDIA_TYPES[each.kind]:
            yield Violation(f"the link to itself has not the type {MEDIA_TYPES[each.kind]}.", each.place)


def _language(subject: FeedContext) -> Iterator[Violation]:
    wanted = subject.publication.language
    for each in subject.read():
        if each.kind == "json":
            found = each.root.get("language", "")
        else:
            found = each.text("language") if each.kind == "rss" else each.root.get(_XML_LANGUAGE, "")
        if found != wanted:
            yield Violation(f'its language is "{found}", and the publication\'s is "{wanted}".', each.place)


def _feed_date(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read("rss", "atom"):
        dates = [entry.updated for entry in each.entries if entry.updated]
        newest = max(dates, default=datetime(1970, 1, 1, tzinfo=UTC))
        text = each.text("lastBuildDate" if each.kind == "rss" else f"{ATOM}updated")
        try:
            found = parsedate_to_datetime(text) if each.kind == "rss" else datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found != newest:
            yield Violation(
                f'its date is "{text}", and its newest item changed at {newest.isoformat()}.', each.place
            )


def _channel(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read("rss"):
        channel = each.root.find("channel")
        names = [child.tag for child in channel] if channel is not None else []
        if "item" in names and set(names[names.index("item") :]) != {"item"}:
            yield Violation("something of the feed's own stands after its first item.", each.place)
        image = channel.find("image") if channel is not None else None
        if image is None:
            continue
        for name in ("title", "link"):
            if image.findtext(name) != each.text(name):
                yield Violation(f"the {name} of its image is not its own.", each.place)
        for name, most in (("width", 144), ("height", 400)):
            size = image.findtext(name) or "0"
            if not size.isdigit() or int(size) > most:
                yield Violation(f"the {name} of its image is {size}, and may be {most} at most.", each.place)


def _order(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read():
        dates = [entry.published for entry in each.entries if entry.published]
        if any(older < newer for older, newer in pairwise(dates)):
            yield Violation("its items do not stand newest first.", each.place)
        for entry in each.entries:
            if entry.published and entry.published > subject.now:
                yield Violation(f'"{entry.title}" is dated ahead, {entry.published.isoformat()}.', each.place)


def _size(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.documents:
        if len(each.data) >= _SOFT:
            severity = Severity.ERROR if len(each.data) >= _HARD else None
            size = f"{len(each.data) / 1_000_000:.1f} MB"
            yield Violation(f"it has {size}, and should stay below 1 MB.", each.place, severity=severity)


def _ttl(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read("rss"):
        ttl = each.text("ttl")
        if ttl and (not ttl.isdigit() or int(ttl) > 60):
            yield Violation(f"its `ttl` is {ttl}, and may be 60 at most.", each.place)


def _prefixes(subject: FeedContext) -> Iterator[Violation]:
    for each in subject.read("atom"):
        if found := re.search(rb"""xmlns:([\w.-]+)=["']http://www\.w3\.org/2005/Atom["']""", each.data):
            yield Violation(f"Atom's own elements have a prefix in it, {found[1].decode()}.", each.place)


def _hub(subject: FeedContext) -> Iterator[Violation]:
    configured = subject.publication.hub
    for each in subject.read():
        wanted = [configured] if configured and each.number is None else []
        if each.kind == "json":
            found = [hub.get("url") for hub in each.root.get("hubs", [])]
        else:
            found = [link.get("href") for link in each.links("hub")]
        if found != wanted:
            named = ", ".join(map(str, found)) or "none"
            yield Violation(
                f"it names the hub {named}, and not {wanted[0] if wanted else 'none'}.", each.place
            )


def _list(subject: FeedContext) -> Iterator[Violation]:
    place = Place(f"{SITE}/{OPML}")
    try:
        root = ElementTree.fromstring(subject.opml)
    except ElementTree.ParseError as error:
        yield Violation(f"it cannot be read: {error}.", place)
        return
    if root.tag != "opml" or root.get("version") != "2.0":
        yield Violation("it is no OPML 2.0.", place)
    listed = [outline.get("xmlUrl", "") for outline in root.iterfind("body//outline")]
    wanted = [address(subject.publication, folder + feed_file("rss")) for folder in subject.folders]
    for url in wanted:
        if url not in listed:
            yield Violation(f"it does not list {url}.", place)
    for url in sorted(set(listed)):
        if url not in wanted or listed.count(url) > 1:
            yield Violation(
                f"it lists {url}, which is no feed of this publication, or lists it twice.", place
            )


def _whole(subject: FeedContext) -> Iterator[Violation]:
    there = {each.path for each in subject.documents}
    for folder in subject.folders:
        for kind in ("rss", "atom", "json"):
            path = folder + feed_file(kind)
            if path not in there:
                yield Violation("the feed is not there.", Place(f"{SITE}/{path}"))


def _announced(subject: FeedContext) -> Iterator[Violation]:
    place = Place(f"{SITE}/index.html")
    links = [
        link
        for link in parse_page(subject.index).all("link")
        if "alternate" in link.get("rel", "").split() and link.get("type") in MEDIA_TYPES.values()
    ]
    home = address(subject.publication, "")
    named = {urljoin(home, link.get("href", "")): link for link in links}
    for kind, media_type in MEDIA_TYPES.items():
        link = named.get(address(subject.publication, feed_file(kind)))
        if link is None or link.get("type") != media_type:
            yield Violation(f"the page does not announce {feed_file(kind)} as {media_type}.", place)
        elif not link.get("title", "").strip():
            yield Violation(f"the page announces {feed_file(kind)} without a title.", place)


def _archive(subject: FeedContext) -> Iterator[Violation]:
    """Every archived part is reached from the current feed, by links that lead both ways."""
    parts: dict[tuple[str, str], dict[int | None, FeedDocument]] = {}
    for each in subject.read():
        parts.setdefault((each.folder, each.kind), {})[each.number] = each
    for found in parts.values():
        numbers = [None, *sorted((number for number in found if number is not None), reverse=True)]
        for place, number in enumerate(numbers):
            if number in found:
                older = numbers[place + 1] if place + 1 < len(numbers) else None
                newer = numbers[place - 1] if place > 1 else None
                yield from _part(subject, found[number], older, newer)


def _part(
    subject: FeedContext, each: FeedDocument, older: int | None, newer: int | None
) -> Iterator[Violation]:
    def at(number: int | None) -> str:
        return address(subject.publication, each.folder + feed_file(each.kind, number))

    following = [at(older)] if older is not None else []
    if each.kind == "json":
        found = [each.root["next_url"]] if "next_url" in each.root else []
        if found != following:
            yield Violation("its next page is not the next older part of the archive.", each.place)
        return
    wanted = {
        "prev-archive": following,
        "next-archive": [at(newer)] if newer is not None else [],
        "current": [at(None)] if each.number is not None else [],
    }
    for rel, links in wanted.items():
        if [link.get("href") for link in each.links(rel)] != links:
            yield Violation(
                f"its link `{rel}` does not lead to {links[0] if links else 'nothing'}.", each.place
            )
    marked = any(True for _ in each.root.iter(f"{HISTORY}archive"))
    if marked != (each.number is not None):
        yield Violation("it is archived and does not say so, or says so and is not.", each.place)


RULES = (
    FeedRule(
        "FEED001",
        Severity.ERROR,
        "a feed cannot be read, or does not begin as it must",
        "A reader's program refuses the whole feed, or shows it in the wrong letters. A DOCTYPE is refused "
        "for safety, and browsers are giving up style sheets for XML.",
        OURS,
        "XML 1.0, sections 2.8 and 4.3.3; RFC 8259, section 8.1",
        _prolog,
    ),
    FeedRule(
        "FEED002",
        Severity.ERROR,
        "a feed breaks the schema of its format",
        "What a format does not know, some programs skip and others refuse the feed for.",
        OURS,
        "RSS 2.0.11, RFC 4287, JSON Feed 1.1, as pipeline/render/feeds/schemas has them",
        _schema,
    ),
    FeedRule(
        "FEED003",
        Severity.ERROR,
        "a feed does not link to itself",
        "Programs take the link for the address to subscribe to, and a hub for the name of the feed.",
        OURS,
        "RFC 4287, section 4.1.1; RSS Advisory Board, Best Practices Profile; WebSub, section 4",
        _self_link,
    ),
    FeedRule(
        "FEED004",
        Severity.ERROR,
        "a feed has no language, or a wrong one",
        "Screen readers and translators go by it, and so do directories of feeds.",
        OURS,
        "RSS 2.0, <language>; RFC 4287, section 2; JSON Feed 1.1, language",
        _language,
    ),
    FeedRule(
        "FEED005",
        Severity.ERROR,
        "a feed is not dated by its newest item",
        "Where the date is that of the build, every build looks like news, and no program can skip it.",
        OURS,
        "RFC 4287, section 4.2.15; RSS 2.0, <lastBuildDate>",
        _feed_date,
    ),
    FeedRule(
        "FEED006",
        Severity.ERROR,
        "the head of an RSS feed is out of order, or its image breaks the rules",
        "Programs that read from the top miss what stands after the items; an image that is too large is "
        "cut or left out.",
        OURS,
        "RSS 2.0, <image>; RSS Advisory Board, Best Practices Profile",
        _channel,
    ),
    FeedRule(
        "FEED007",
        Severity.ERROR,
        "items are out of order, or dated ahead",
        "Some programs show the first items only, and pin for ever what is dated in the future.",
        OURS,
        "RFC 4287, section 4.2.9; readers that sort by date",
        _order,
    ),
    FeedRule(
        "FEED008",
        Severity.WARNING,
        "a feed is too large",
        "Programs stop reading at a limit, or skip the feed; every reader loads it many times a day.",
        "Shorten the item: a single one fills the feed. Older items have left it for the archive already.",
        "limits that readers and aggregators set, of 1 to 5 MB",
        _size,
    ),
    FeedRule(
        "FEED009",
        Severity.WARNING,
        "a feed asks not to be looked at for over an hour",
        "Programs that obey come late to an issue.",
        OURS,
        "RSS 2.0, <ttl>",
        _ttl,
    ),
    FeedRule(
        "FEED010",
        Severity.ERROR,
        "Atom's elements have a prefix",
        "It is sound XML, which programs that look for plain names cannot read.",
        OURS,
        "readers that match names as text; RFC 4287, section 1.2",
        _prefixes,
    ),
    FeedRule(
        "FEED023",
        Severity.ERROR,
        "a feed names another hub than newsletter.toml",
        "Readers subscribe where nobody tells of news, and hear of an issue late or not at all.",
        "Build anew after a change of `hub`; where this stays, report it.",
        "W3C WebSub, section 4",
        _hub,
    ),
    FeedRule(
        "FEED024",
        Severity.ERROR,
        "the list of feeds does not have each feed once",
        "A reader who takes all feeds misses one, or has one twice.",
        OURS,
        "OPML 2.0, subscription lists",
        _list,
    ),
    FeedRule(
        "FEED026",
        Severity.ERROR,
        "the archive of a feed is not linked part to part",
        "A program that fetches what it has missed stops at the gap.",
        OURS,
        "RFC 5005, section 4; JSON Feed 1.1, next_url",
        _archive,
    ),
    FeedRule(
        "FEED028",
        Severity.ERROR,
        "the index page does not announce the feeds",
        "Who gives a reader's program the address of the site is told that there is no feed.",
        "Keep the loop over `head.feeds` in the template of the page's head.",
        "RSS Advisory Board, RSS Autodiscovery; HTML Living Standard, 4.6.7.2",
        _announced,
    ),
    FeedRule(
        "FEED027",
        Severity.ERROR,
        "a feed is missing in one of its formats",
        "Pages announce it, and a reader finds nothing there.",
        OURS,
        "what the pages' `<link rel=alternate>` name",
        _whole,
    ),
)
