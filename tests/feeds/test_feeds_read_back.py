"""What went into the feeds comes out of them, field by field, by two parsers that share no code.

feedparser reads them as a forgiving reader's program does. The second one here is as strict as can be: it
takes names and namespaces by the letter from the standard library's DOM, and knows no other spelling.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape
from xml.dom import minidom

import feedparser
import pytest
from check_examples.feeds import PUBLICATIONS
from feed_kit import build_files
from html_kit import HtmlReader
from table_kit import rows

from pipeline.model import ComposedArticle, ComposedEdition, Published

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"


@dataclass(frozen=True)
class Item:
    """An item as a parser gives it; `authors` are joined, as RSS has them."""

    id: str
    link: str
    title: str
    summary: str
    text: str
    authors: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    image: str


# --- what went in ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What is to come out, where it can be said without making it: the text is held by parts of it."""

    item: Item
    parts: tuple[str, ...]


def article_in(each: ComposedArticle) -> Wanted:
    article, lead = each.article, each.content.lead
    # By hand, for the tags in the examples: no comma, each once whatever its case.
    tags: dict[str, str] = {}
    for tag in article.tags:
        tags.setdefault(tag.casefold(), tag.replace(", ", " "))
    names = ", ".join(author.name for author in article.authors) or "Synapse & Co"
    item = Item(
        each.feed_identity.id,
        each.url or "",
        article.title,
        article.dek or f"Text of {article.slug}.",
        "",
        names,
        each.feed_identity.published.replace(microsecond=0),
        each.feed_identity.updated.replace(microsecond=0),
        tuple(tags.values()),
        lead.url if lead else "",
    )
    return Wanted(item, each.disclaimers)


def edition_in(each: ComposedEdition) -> Wanted:
    public = [article for article in each.articles if article.url]
    authors = dict.fromkeys(author.name for article in public for author in article.article.authors)
    tags = dict.fromkeys(tag for article in public for tag in article_in(article).item.tags)
    further = each.audience != each.issue.audiences[0]
    lead = next(article.content.lead for article in public) if public else None
    item = Item(
        f"{each.feed_identity.id}/{each.audience}" if further else each.feed_identity.id,
        each.url or "",
        each.issue.title,
        "For you: A < B & C",
        "",
        ", ".join(authors),
        each.feed_identity.published.replace(microsecond=0),
        each.feed_identity.updated.replace(microsecond=0),
        tuple(tags),
        lead.url if lead else "",
    )
    return Wanted(item, ("Hello reader.", *(article.article.title for article in public), *each.disclaimers))


def wanted(published: Published) -> dict[str, Wanted]:
    found = [
        *map(article_in, published.articles),
        *(edition_in(each) for each in published.editions if each.url),
    ]
    return {each.item.id: each for each in found}


# --- what comes out --------------------------------------------------------------------------


@cache
def files_of(name: str) -> dict[str, bytes]:
    return build_files(PUBLICATIONS[name])


@cache
def by_feedparser(data: bytes) -> tuple[Item, ...]:
    return tuple(read_by_feedparser(data))


def read_by_feedparser(data: bytes) -> Iterable[Item]:
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")

    def moment(parts: object) -> datetime:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC)  # type: ignore[arg-type]

    for entry in parsed.entries:
        names = [author["name"] for author in entry.authors if author]
        media = entry.get("media_content", [])
        yield Item(
            entry.id,
            entry.link,
            unescape(entry.title),
            unescape(entry.summary),
            HtmlReader(entry.content[0].value).text,
            ", ".join(names),
            moment(entry.published_parsed),
            moment(entry.updated_parsed),
            tuple(tag.term for tag in entry.tags),
            media[0]["url"] if media else "",
        )


def texts(node: minidom.Element, namespace: str | None, name: str) -> list[str]:
    return [
        "".join(part.data for part in child.childNodes)
        for child in node.childNodes
        if child.nodeType == child.ELEMENT_NODE and (child.namespaceURI, child.localName) == (namespace, name)
    ]


def children(node: minidom.Element, namespace: str | None, name: str) -> list[minidom.Element]:
    return [each for each in node.getElementsByTagNameNS(namespace, name) if each.parentNode is node]


def by_the_letter(data: bytes) -> Iterable[Item]:
    root = minidom.parseString(data).documentElement
    if root.localName == "rss":
        assert root.namespaceURI is None and root.getAttribute("version") == "2.0"
        (channel,) = children(root, None, "channel")
        for item in children(channel, None, "item"):
            (identifier,), (link,), (title,) = (texts(item, None, name) for name in ("guid", "link", "title"))
            (summary,), (content,) = texts(item, None, "description"), texts(item, CONTENT, "encoded")
            (names,), (updated,), (at,) = (
                texts(item, DC, "creator"),
                texts(item, ATOM, "updated"),
                texts(item, None, "pubDate"),
            )
            yield Item(
                identifier,
                link,
                title,
                unescape(summary),
                HtmlReader(content).text,
                names,
                parsedate_to_datetime(at),
                datetime.fromisoformat(updated),
                tuple(texts(item, None, "category")),
                picture(item),
            )
    else:
        assert (root.namespaceURI, root.localName) == (ATOM, "feed")
        for entry in children(root, ATOM, "entry"):
            one = {
                name: texts(entry, ATOM, name)
                for name in ("id", "title", "summary", "content", "published", "updated")
            }
            assert {len(found) for found in one.values()} == {1}
            (link,) = (each.getAttribute("href") for each in children(entry, ATOM, "link"))
            names = ", ".join(texts(author, ATOM, "name")[0] for author in children(entry, ATOM, "author"))
            yield Item(
                one["id"][0],
                link,
                one["title"][0],
                one["summary"][0],
                HtmlReader(one["content"][0]).text,
                names,
                datetime.fromisoformat(one["published"][0]),
                datetime.fromisoformat(one["updated"][0]),
                tuple(each.getAttribute("term") for each in children(entry, ATOM, "category")),
                picture(entry),
            )


def picture(node: minidom.Element) -> str:
    found = children(node, MEDIA, "content")
    assert len(found) <= 1
    return str(found[0].getAttribute("url")) if found else ""


def by_json(data: bytes) -> Iterable[Item]:
    for item in json.loads(data)["items"]:
        yield Item(
            item["id"],
            item["url"],
            item["title"],
            item["summary"],
            HtmlReader(item["content_html"]).text,
            ", ".join(author["name"] for author in item["authors"]),
            datetime.fromisoformat(item["date_published"]),
            datetime.fromisoformat(item["date_modified"]),
            tuple(item["tags"]),
            item.get("image", ""),
        )


Parser = Callable[[bytes], Iterable[Item]]
PARSERS: dict[str, tuple[Parser, str]] = {
    "feedparser": (by_feedparser, ".xml"),
    "the letter": (by_the_letter, ".xml"),
    "json": (by_json, ".json"),
}


@pytest.mark.parametrize("name", rows(sorted(PUBLICATIONS), sorted(PUBLICATIONS)[:1]))
@pytest.mark.parametrize("parser", sorted(PARSERS))
def test_every_field_of_every_item_is_what_went_in(name: str, parser: str) -> None:
    expected = wanted(PUBLICATIONS[name])
    read, ending = PARSERS[parser]
    met: set[str] = set()
    for path, data in files_of(name).items():
        for item in read(data) if path.endswith(ending) else ():
            known = expected[item.id]
            for part in known.parts:
                assert part in item.text, (path, part)
            fields = {**vars(item), "text": ""}
            assert fields == vars(known.item), path
            met.add(item.id)
    # Each item is in a feed; of an issue's further editions each has one of its own.
    assert met == set(expected)


@pytest.mark.parametrize("name", rows(sorted(PUBLICATIONS), PUBLICATIONS.keys() - {"many"}))
def test_both_parsers_and_json_read_the_same_text(name: str) -> None:
    files = files_of(name)
    for path in (each for each in files if each.endswith(".xml")):
        forgiving, strict = list(by_feedparser(files[path])), list(by_the_letter(files[path]))
        other = list(by_json(files[path.replace("atom", "feed").replace(".xml", ".json")]))
        assert [each.text for each in forgiving] == [each.text for each in strict] == [e.text for e in other]
