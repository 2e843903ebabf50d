"""What a page says of itself: in JSON-LD, Open Graph, meta elements, and around its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.draft import Inferred, Left, Moment
from pipeline.importers.head.dates import date_of
from pipeline.importers.head.people import people_of
from pipeline.importers.markup.tree import BeautifulSoup, Tag, elements, named, tags, text, value
from pipeline.importers.plain.phrases import READING_TIME
from pipeline.importers.plain.shapes import same
from pipeline.model import Author
from pipeline.support.json_text import read_json

_ARTICLES = re.compile(r".*(?:Article|BlogPosting|Report|WebPage|CreativeWork|Review|SocialMediaPosting)$")
_DEK = re.compile(
    r"(?:.*[-_])?(?:dek|deck|subtitle|sub-?title|standfirst|subheading|excerpt|lede?|summary)(?:[-_].*)?"
)
_BYLINE = re.compile(
    r"(?:.*[-_])?(?:by-?line|post-?meta|entry-?meta|article-?meta|meta|author|post-?info)(?:[-_].*)?"
)
_SAVED = re.compile(r"<!-- saved from url=\(\d+\)(https?://[^\s>]+) -->")
_SITE_TAIL = re.compile(r"\s+[|·–—»:-]\s+[^|·–—»]{2,50}$")


@dataclass(slots=True)
class Said:
    """The fields of a page's head; what is empty it does not say."""

    title: str = ""
    site_title: str = ""
    description: str = ""
    site: str = ""
    authors: tuple[Author, ...] = ()
    date: Moment | None = None
    updated: Moment | None = None
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    address: str = ""
    base: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def said_by(soup: BeautifulSoup, html: str) -> Said:
    """What the head says; JSON-LD goes before Open Graph, and that before the rest. Never raises."""
    said = Said()
    data = next(_articles_in(soup), {})
    meta = _meta(soup)
    said.site = _first(meta, "og:site_name", "application-name")
    heading = soup.find("title")
    named_by = text(heading) if isinstance(heading, Tag) else ""
    said.site_title = _without_site(named_by, said.site)
    said.title = _str(data.get("headline")) or _without_site(
        _first(meta, "og:title", "twitter:title"), said.site
    )
    said.title = said.title or said.site_title
    said.description = _str(data.get("description")) or _first(
        meta, "og:description", "description", "twitter:description"
    )
    said.authors = _authors(data.get("author")) or _named(
        _first(meta, "author", "article:author", "dc.creator", "sailthru.author")
    )
    said.date = _moment(
        _str(data.get("datePublished"))
        or _first(meta, "article:published_time", "date", "dc.date", "datepublished")
    )
    said.updated = _moment(
        _str(data.get("dateModified")) or _first(meta, "article:modified_time", "og:updated_time")
    )
    said.tags = tuple(_tags(data, meta))
    said.image = _image(data.get("image")) or _first(meta, "og:image", "og:image:url", "twitter:image")
    said.image_alt = _first(meta, "og:image:alt", "twitter:image:alt")
    canonical = soup.find("link", rel="canonical")
    said.address = value(canonical, "href") if isinstance(canonical, Tag) else ""
    said.address = said.address or _first(meta, "og:url") or _str(data.get("url"))
    if not re.match(r"https?://", said.address):
        said.address = ""
    base = soup.find("base", href=True)
    saved = _SAVED.search(html[:2000])
    said.base = (value(base, "href") if isinstance(base, Tag) else "") or (saved[1] if saved else "")
    if said.updated == said.date:
        said.updated = None
    return said


def _articles_in(soup: BeautifulSoup) -> Iterator[Mapping[str, Any]]:
    """The articles of a page's JSON-LD, the surest first."""
    found: list[Mapping[str, Any]] = []
    for script in elements(soup, "script"):
        if "ld+json" not in value(script, "type"):
            continue
        try:
            data = read_json(script.string or "", strict=False)
        except ValueError:
            continue
        ahead = [data]
        while ahead and len(found) < 50:
            one = ahead.pop(0)
            if isinstance(one, list):
                ahead = [*one[:100], *ahead]
            elif isinstance(one, dict):
                kinds = one.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and _ARTICLES.match(kind) for kind in kinds):
                    found.append(one)
                ahead += [one[key] for key in ("@graph", "mainEntity", "hasPart") if key in one]
    yield from sorted(found, key=lambda one: "headline" not in one)


def _meta(soup: BeautifulSoup) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in elements(soup, "meta"):
        name = value(tag, "property") or value(tag, "name") or value(tag, "itemprop")
        if name and value(tag, "content"):
            found.setdefault(name.lower(), []).append(" ".join(value(tag, "content").split()))
    return found


def _first(meta: Mapping[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


def _str(one: object) -> str:
    return " ".join(one.split()) if isinstance(one, str) else ""


def _without_site(title: str, site: str) -> str:
    """A title without the name of its site behind a bar."""
    if site and re.search(rf"\s[|·–—»:-]\s*{re.escape(site)}$", title):
        return title[: -len(site)].rstrip(" |·–—»:-")
    if not site and re.search(r"\s[|·»]\s", title):
        return _SITE_TAIL.sub("", title)
    return title


def _moment(written: str) -> Moment | None:
    reading = date_of(Field(written, 1)) if written else None
    return reading.moment if reading else None


def _authors(one: object) -> tuple[Author, ...]:
    ones = one if isinstance(one, list) else [one]
    found: list[Author] = []
    for each in ones[:20]:
        if isinstance(each, str):
            found += _named(each)
        elif isinstance(each, dict) and _str(each.get("name")):
            address = _str(each.get("url"))
            address = address if re.match(r"https?://\S+$", address) else ""
            role = _str(each.get("jobTitle")) or _str(each.get("honorificSuffix"))
            found.append(Author(_str(each["name"]), role, address))
    return tuple(dict.fromkeys(found))


def _named(written: str) -> tuple[Author, ...]:
    if not written or re.match(r"https?://|\S+@\S+$", written):
        return ()
    return people_of(Field(written, 1), several=False).authors


def _tags(data: Mapping[str, Any], meta: Mapping[str, list[str]]) -> Iterator[str]:
    seen: set[str] = set()
    keywords = data.get("keywords")
    many = [keywords] if isinstance(keywords, str) else keywords if isinstance(keywords, list) else []
    section = data.get("articleSection")
    sections = [section] if isinstance(section, str) else section if isinstance(section, list) else []
    written = [
        *meta.get("article:section", []),
        *map(_str, sections),
        *meta.get("article:tag", []),
        *map(_str, many),
    ]
    for one in written or meta.get("keywords", []):
        for tag in one.split(","):
            if tag.strip() and same(tag) not in seen:
                seen.add(same(tag))
                yield tag.strip()


def _image(one: object) -> str:
    if isinstance(one, list):
        one = one[0] if one else None
    if isinstance(one, dict):
        one = one.get("url") or one.get("contentUrl")
    return _str(one)


# --- what stands around the title --------------------------------------------------------------


@dataclass(slots=True)
class Shown:
    """What a page shows of itself above its text. It is taken out of the tree."""

    title: str = ""
    dek: str = ""
    authors: tuple[Author, ...] = ()
    date: Moment | None = None


def shown_in(article: Tag, left: list[Left], inferred: list[Inferred]) -> Shown:
    """Title, dek, byline and date above the article's text; they are taken out of it."""
    shown = Shown()
    title = next((each for each in elements(article, "h1") if text(each)), None)
    if title is not None:
        shown.title = text(title)
        title.decompose()
    for tag in tags(article):
        if tag.parent is None or tag.name not in (
            "p",
            "div",
            "h2",
            "h3",
            "span",
            "ul",
            "address",
            "header",
            "time",
            "em",
        ):
            continue
        words = text(tag)
        if not words or len(words) > 400:
            continue
        if (
            not shown.dek
            and tag.name in ("p", "div", "h2", "h3")
            and named(tag, _DEK)
            and not tag.find(["ul", "img"])
        ):
            shown.dek = words
            tag.decompose()
        elif (
            len(words) <= 160
            and (named(tag, _BYLINE) or value(tag, "rel") == "author")
            and not tag.find("img")
        ):
            _byline(tag, shown)
            left.append(Left(words, "the line that says who wrote it, and when"))
            tag.decompose()
    for tag in elements(article, "time"):
        shown.date = shown.date or _moment(value(tag, "datetime") or text(tag))
    return shown


def _byline(tag: Tag, shown: Shown) -> None:
    for each in elements(tag, "time"):
        shown.date = shown.date or _moment(value(each, "datetime") or text(each))
    words = text(tag)
    for part in re.split(r"\s*[·|•]\s*|\s+[-–—]\s+", words):
        if READING_TIME.fullmatch(part):
            continue
        if (
            moment := _moment(re.sub(r"^(?:published|posted|on)\s+", "", part, flags=re.IGNORECASE))
        ) and not shown.date:
            shown.date = moment
        elif match := re.match(r"(?:written )?by:?\s+(.+)", part, re.IGNORECASE):
            shown.authors = shown.authors or _named(re.split(r"\s+on\s+(?=\w+ \d)", match[1])[0])
    link = next((each for each in [tag, *elements(tag, "a")] if value(each, "rel") == "author"), None)
    if link is not None and not shown.authors:
        shown.authors = _named(text(link))
