"""Metadata of a page: JSON-LD, Open Graph, meta elements, microformats."""

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


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a page's head."""

    title: str = ""
    description: str = ""
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
    """The metadata of a page, from JSON-LD, Open Graph, h-entry and the rest, in this order. Never raises."""
    data = next(_articles_in(soup), {})
    meta: dict[str, list[str]] = {}
    for tag in elements(soup, "meta"):
        name = value(tag, "property") or value(tag, "name") or value(tag, "itemprop")
        if name and value(tag, "content"):
            meta.setdefault(name.lower(), []).append(" ".join(value(tag, "content").split()))

    def first(*names: str) -> str:
        return next((meta[name][0] for name in names if name in meta), "")

    entry = _entry(soup)
    site = first("og:site_name", "application-name")
    heading, base = soup.find("title"), soup.find("base", href=True)
    canonical = soup.find("link", rel="canonical")
    saved = _SAVED.search(html[:2000])
    named = entry.get("name", "") or (text(heading) if isinstance(heading, Tag) else "")
    address = value(canonical, "href") if isinstance(canonical, Tag) else ""
    address = address or first("og:url") or _line(data.get("url")) or entry.get("url", "")
    date = _moment(
        _line(data.get("datePublished"))
        or first("article:published_time", "date", "dc.date", "datepublished")
        or entry.get("published", "")
    )
    updated = _moment(
        _line(data.get("dateModified"))
        or first("article:modified_time", "og:updated_time")
        or entry.get("updated", "")
    )
    image = data.get("image")
    image = image[0] if isinstance(image, list) and image else image
    image = image.get("url") or image.get("contentUrl") if isinstance(image, dict) else image
    return Metadata(
        title=_line(data.get("headline")) or _without_site(first("og:title", "twitter:title") or named, site),
        description=_line(data.get("description"))
        or first("og:description", "description", "twitter:description")
        or entry.get("summary", ""),
        authors=tuple(dict.fromkeys(_authors(data.get("author"))))
        or _named(
            first("author", "article:author", "dc.creator", "sailthru.author") or entry.get("author", "")
        ),
        date=date,
        updated=updated if updated != date else None,
        tags=tuple(_tags(data, meta)) or tuple(filter(None, entry.get("tags", "").split("\n"))),
        image=_line(image) or first("og:image", "og:image:url", "twitter:image"),
        image_alt=first("og:image:alt", "twitter:image:alt"),
        address=address if re.match(r"https?://", address) else "",
        base=(value(base, "href") if isinstance(base, Tag) else "") or (saved[1] if saved else ""),
    )


_ENTRY = {
    "name": ("p-name", "entry-title"),
    "published": ("dt-published", "published"),
    "updated": ("dt-updated", "updated"),
    "summary": ("p-summary", "entry-summary"),
    "author": ("p-author", "author"),
    "url": ("u-url",),
}
"""Classes of h-entry, and of hAtom before it (microformats.org/wiki/h-entry)."""


def _entry(soup: BeautifulSoup) -> dict[str, str]:
    """The properties of the page's entry; empty for a page of none or several."""
    entries = soup.find_all(class_=["h-entry", "hentry"])
    if len(entries) != 1:
        return {}
    properties = {"tags": "\n".join(text(tag) for tag in entries[0].find_all(class_="p-category"))}
    for key, classes in _ENTRY.items():
        for tag in entries[0].find_all(class_=list(classes)):
            # Within the author's card a name and an address are the author's.
            card = None if key == "author" else tag.find_parent(class_=["p-author", "h-card", "vcard"])
            own = tag.find(class_=["p-name", "fn"]) if key == "author" else None
            written = value(tag, "href") if key == "url" else value(tag, "datetime") or text(own or tag)
            if card is None and written:
                properties.setdefault(key, " ".join(written.split()))
    return properties


def _articles_in(soup: BeautifulSoup) -> Iterator[Mapping[str, Any]]:
    """The articles of a page's JSON-LD, the surest first."""
    articles: list[Mapping[str, Any]] = []
    for script in elements(soup, "script"):
        if "ld+json" not in value(script, "type"):
            continue
        try:
            ahead = [read_json(script.string or "", strict=False)]
        except ValueError:
            continue
        while ahead and len(articles) < 50:
            one = ahead.pop(0)
            if isinstance(one, list):
                ahead = [*one[:100], *ahead]
            elif isinstance(one, dict):
                kinds = one.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and _ARTICLES.match(kind) for kind in kinds):
                    articles.append(one)
                ahead += [one[key] for key in ("@graph", "mainEntity", "hasPart") if key in one]
    yield from sorted(articles, key=lambda one: "headline" not in one)


def _line(one: object) -> str:
    return " ".join(one.split()) if isinstance(one, str) else ""


def _without_site(title: str, site: str) -> str:
    """A title without the name of its site behind a bar."""
    if site and re.search(rf"\s[|·–—»:-]\s*{re.escape(site)}$", title):
        return title[: -len(site)].rstrip(" |·–—»:-")
    return _SITE_TAIL.sub("", title) if not site and re.search(r"\s[|·»]\s", title) else title


def _moment(written: str) -> Moment | None:
    reading = date_of(Field(written, 1)) if written else None
    return reading.moment if reading else None


def _authors(one: object) -> Iterator[Author]:
    for each in (one if isinstance(one, list) else [one])[:20]:
        if isinstance(each, str):
            yield from _named(each)
        elif isinstance(each, dict) and _line(each.get("name")):
            address = _line(each.get("url"))
            role = _line(each.get("jobTitle")) or _line(each.get("honorificSuffix"))
            yield Author(_line(each["name"]), role, address if re.match(r"https?://\S+$", address) else "")


def _named(written: str) -> tuple[Author, ...]:
    is_address = re.match(r"https?://|\S+@\S+$", written)
    return people_of(Field(written, 1), several=False).authors if written and not is_address else ()


def _tags(data: Mapping[str, Any], meta: Mapping[str, list[str]]) -> Iterator[str]:
    seen: set[str] = set()
    listed = [
        one if isinstance(one, list) else [one] for one in (data.get("articleSection"), data.get("keywords"))
    ]
    sections, keywords = (list(map(_line, one)) for one in listed)
    written = [*meta.get("article:section", []), *sections, *meta.get("article:tag", []), *keywords]
    for one in list(filter(None, written)) or meta.get("keywords", []):
        for tag in one.split(","):
            if tag.strip() and same(tag) not in seen:
                seen.add(same(tag))
                yield tag.strip()
