"""An entry as feedparser has it, as an item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.importers.decode import cleaned
from pipeline.importers.frontmatter.addresses import is_web
from pipeline.importers.readers.feed_item import Item, Person, Text, joined, words

NOWHERE = "https://base.invalid/"
"""What feedparser resolves addresses by: without one an entry's `xml:base` holds for the next one too."""
_READ = frozenset(
    {"id", "link", "links", "title", "content", "summary", "published", "updated", "created", "author"}
    | {"authors", "tags", "href", "guidislink", "base", "media_content", "media_thumbnail", "image"}
    | {"media_caption", "media_heading", "dc_abstract", "itunes_abstract", "feedburner_origlink"}
)
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif)\b", re.IGNORECASE)
_TEXT = _HTML | {"text/plain"}
_LISTS = ("links", "content", "tags", "authors", "media_content", "media_thumbnail")
_TABLES = ("title_detail", "summary_detail")


def settled(value: Any, home: str, key: str = "") -> Any:
    """The value with addresses relative to `home` that were relative to nowhere; ids and bases as written."""
    if isinstance(value, dict):
        return {name: settled(each, home, name) for name, each in value.items()}
    if isinstance(value, list):
        return [settled(each, home, key) for each in value]
    if isinstance(value, str) and value.startswith(NOWHERE):
        rest = value.removeprefix(NOWHERE)
        return rest if key in {"id", "base"} else joined(home, f"/{rest}")
    return value


def _proper(entry: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry with lists and tables where they are expected, and what elements of the same names hold."""
    strange = {}
    for key in _LISTS:
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            strange[f"{key}_element"] = value
            entry = {**entry, key: []}
    for key in _TABLES:
        if not isinstance(entry.get(key, {}), dict):
            strange[key] = entry[key]
            entry = {**entry, key: {}}
    for key in ("title", "summary", "published", "created", "updated", "id", "link"):
        if not isinstance(entry.get(key, ""), str):
            strange[f"{key}_element"] = entry[key]
            entry = {**entry, key: ""}
    return entry, strange


def item_of(entry: dict[str, Any], address: str, home: str, everyone: tuple[Person, ...], atom: bool) -> Item:
    """An entry as feedparser has it; `home` is the feed's own page, `everyone` its authors.

    Atom says what is plain text; in RSS a text may be HTML all the same.
    """
    plain = False if atom else None
    entry, strange = _proper(entry)
    extra = {key: value for key, value in entry.items() if key not in _READ and not _is_derived(key)}
    extra |= strange
    contents, base = [], ""
    for each in entry.get("content", ()):
        if each.get("src"):
            extra["content_address"] = joined(home, each["src"])
        if each.get("type") in _TEXT:
            contents.append(Text(each["value"], True if each["type"] in _HTML else plain))
            base = base or each.get("base") or ""
            extra["language"] = each.get("language") or extra.get("language")
        elif each.get("value"):
            extra["content"] = {"type": each.get("type"), "value": each["value"]}
    detail = entry.get("summary_detail", {})
    summary = str(entry.get("summary") or "")
    # RSS' descriptions come as HTML; one without markup is plain, and may have paragraphs.
    marked = detail.get("type") in _HTML and re.search("[<&]", summary) is not None
    base = base or detail.get("base") or ""
    summaries = [Text(summary, marked or plain)]
    summaries += [Text(str(entry.get(key) or "")) for key in ("itunes_abstract", "dc_abstract")]
    if caption := str(entry.get("media_caption") or ""):
        if contents or any(each.value for each in summaries):
            extra["media_description"] = caption
        else:
            summaries = [Text(caption)]
    title = Text(str(entry.get("title") or ""), entry.get("title_detail", {}).get("type") in _HTML)
    if heading := entry.get("media_heading"):
        if title.value and words(heading) != title.words:
            extra["media_title"] = heading
        title = title if title.value else Text(heading)
    link, others = _links(entry, home)
    images, files, media = _media(entry)
    extra |= {"links": others, "enclosures": files, "media": media}
    extra["categories"] = [
        tag for tag in entry.get("tags", ()) if tag.get("scheme") or (tag.get("label") and tag.get("term"))
    ]
    people = people_of(entry)
    published = entry.get("published") or entry.get("created") or ""
    return Item(
        id=str(entry.get("id") or ""),
        link=link,
        title=title,
        contents=tuple(contents),
        summaries=tuple(each for each in summaries if each.value.strip()),
        published=published,
        updated=str(entry.get("updated") or ""),
        people=people or everyone,
        inherited=not people,
        tags=tuple(str(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags", ())),
        images=tuple(joined(home, each) for each in images),
        base=joined(address, base) if base else link or home,
        extra=extra,
    )


def _is_derived(key: str) -> bool:
    return key.endswith(("_parsed", "_detail"))


def _links(entry: Mapping[str, Any], home: str) -> tuple[str, list[dict[str, Any]]]:
    """The item's own address, and the others that it names, but for enclosures."""
    link, others = "", []
    for each in entry.get("links", ()):
        if each.get("rel") == "enclosure" or not each.get("href"):
            continue
        address = joined(home, each["href"])
        if not link and each.get("rel") == "alternate" and each.get("type", "text/html") in _HTML:
            link = address
            continue
        kept = {key: value for key, value in each.items() if key != "type" or value != "text/html"}
        others.append({**kept, "href": address})
    if origin := entry.get("feedburner_origlink"):
        others, link = [*([{"rel": "alternate", "href": link}] if link else []), *others], str(origin)
    if not link:
        # A guid is an address only if it is written as one, whatever `isPermaLink` says.
        link = str(entry.get("link") or "") if is_web(str(entry.get("id") or "")) else ""
    return cleaned(link), [each for each in others if each["href"] != link]


def _media(entry: Mapping[str, Any]) -> tuple[list[str], list[dict[str, Any]], list[dict[str, Any]]]:
    """The addresses of pictures, the best first; enclosures, and media that are no pictures."""
    images, files, media = [], [], []
    for each in entry.get("media_content", ()):
        kind = f"{each.get('medium', '')} {each.get('type', '')}"
        if each.get("url") and ("image" in kind or _PICTURE.search(each["url"])):
            images.append(each["url"])
        else:
            media.append(dict(each))
    for each in entry.get("links", ()):
        if each.get("rel") == "enclosure" and each.get("href"):
            if str(each.get("type", "")).startswith("image/"):
                images.append(each["href"])
            else:
                named = {key: value for key, value in each.items() if key not in {"rel", "href"}}
                files.append({"url": each["href"], **named})
    image = entry.get("image")
    images += [image["href"]] if isinstance(image, Mapping) and image.get("href") else []
    images += [each["url"] for each in entry.get("media_thumbnail", ()) if each.get("url")]
    return images, files, media


def people_of(place: Mapping[str, Any]) -> tuple[Person, ...]:
    """Those who are named as authors of an entry, or of the feed."""
    authors = place.get("authors", [])
    found = (
        Person(
            cleaned(str(each.get("name") or "")), str(each.get("href") or ""), str(each.get("email") or "")
        )
        for each in (authors if isinstance(authors, list) else [])
        if isinstance(each, Mapping)
    )
    return tuple(each for each in found if each != Person(""))
