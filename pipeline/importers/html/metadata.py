"""Metadata of a page: JSON-LD, Open Graph, meta elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.dates import date_of
from pipeline.importers.draft import Moment
from pipeline.importers.html.tree import BeautifulSoup, Tag, elements, text, value
from pipeline.importers.people import people_of
from pipeline.importers.shapes import same
from pipeline.model import Author
from pipeline.support.json_text import read_json

_ARTICLES = re.compile(r".*(?:Article|BlogPosting|Report|WebPage|CreativeWork|Review|SocialMediaPosting)$")
_SAVED = re.compile(r"<!-- saved from url=\(\d+\)(https?://[^\s>]+) -->")
_SITE_TAIL = re.compile(r"\s+[|·–—»:-]\s+[^|·–—»]{2,50}$")


@dataclass(slots=True)
class Metadata:
    """The fields of a page's head."""

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


def metadata_of(soup: BeautifulSoup, html: str) -> Metadata:
    """The metadata of a page; JSON-LD goes before Open Graph, and that before the rest. Never raises."""
    page = Metadata()
    data = next(_articles_in(soup), {})
    meta = _meta(soup)
    page.site = _first(meta, "og:site_name", "application-name")
    heading = soup.find("title")
    named_by = text(heading) if isinstance(heading, Tag) else ""
    page.site_title = _without_site(named_by, page.site)
    page.title = _str(data.get("headline")) or _without_site(
        _first(meta, "og:title", "twitter:title"), page.site
    )
    page.title = page.title or page.site_title
    page.description = _str(data.get("description")) or _first(
        meta, "og:description", "description", "twitter:description"
    )
    page.authors = _authors(data.get("author")) or _named(
        _first(meta, "author", "article:author", "dc.creator", "sailthru.author")
    )
    page.date = _moment(
        _str(data.get("datePublished"))
        or _first(meta, "article:published_time", "date", "dc.date", "datepublished")
    )
    page.updated = _moment(
        _str(data.get("dateModified")) or _first(meta, "article:modified_time", "og:updated_time")
    )
    page.tags = tuple(_tags(data, meta))
    page.image = _image(data.get("image")) or _first(meta, "og:image", "og:image:url", "twitter:image")
    page.image_alt = _first(meta, "og:image:alt", "twitter:image:alt")
    canonical = soup.find("link", rel="canonical")
    page.address = value(canonical, "href") if isinstance(canonical, Tag) else ""
    page.address = page.address or _first(meta, "og:url") or _str(data.get("url"))
    if not re.match(r"https?://", page.address):
        page.address = ""
    base = soup.find("base", href=True)
    saved = _SAVED.search(html[:2000])
    page.base = (value(base, "href") if isinstance(base, Tag) else "") or (saved[1] if saved else "")
    if page.updated == page.date:
        page.updated = None
    return page


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
