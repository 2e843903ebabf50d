"""Feeds: RSS, Atom and JSON Feed, an article for each item. feedparser is wrapped here and nowhere else.

feedparser is given bytes, never an address, so that it asks nothing of the network.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.errors import PressroomError
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.feed_item import Item, Person, Text, draft_of, joined, words
from pipeline.importers.feed_json import is_json_feed, json_items
from pipeline.importers.feed_xml import (
    declares_entities,
    elements_of,
    kind_of,
    mended,
    raw_html,
    rest_of,
    root_of,
)
from pipeline.importers.head.addresses import is_web

NAME = "feed"
DESCRIPTION = "an RSS, Atom or JSON feed, each item of which is an article"

_ENDINGS = frozenset({".rss", ".atom", ".opml"})
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_JSON_TYPES = frozenset({"application/feed+json"})
_NOWHERE = "https://base.invalid/"
"""What feedparser resolves addresses by: without one an entry's `xml:base` holds for the next one too."""
_MOST_NAMED = 10
"""Addresses that a hint lists."""

_READ = frozenset(
    {"id", "link", "links", "title", "content", "summary", "published", "updated", "created", "author"}
    | {"authors", "tags", "href", "guidislink", "base", "media_content", "media_thumbnail", "image"}
    | {"media_caption", "media_heading", "dc_abstract", "itunes_abstract", "feedburner_origlink"}
)
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif)\b", re.IGNORECASE)
_TEXT = _HTML | {"text/plain"}


def takes(material: Material) -> bool:
    """Whether it is a feed, or a list of feeds, which `read` refuses. Never raises."""
    try:
        text = text_of(material)
    except PressroomError:
        return False
    if text.lstrip()[:1] == "{":
        return is_json_feed(text) or material.media_type in _JSON_TYPES
    if text.lstrip()[:1] != "<" or root_of(text)[0] == "html":
        return False
    return bool(kind_of(text)) or material.ending in _ENDINGS or material.media_type in _TYPES


def read(material: Material) -> tuple[Draft, ...]:
    """An article for each item. Raises `PressroomError` for what is no feed, or an empty one."""
    text = text_of(material)
    try:
        if text.lstrip()[:1] == "{":
            items = json_items(text, material.name, material.address)
            drafts = [draft_of(item, material.name) for item in items]
        else:
            drafts = _xml_drafts(text, material)
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", material.name) from error
    drafts = [
        draft for draft in drafts if replace(draft, key="", base="", authors=(), inferred=()) != Draft("")
    ]
    if not drafts:
        raise PressroomError("holds no articles.", material.name)
    return _apart(drafts)


def _apart(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Each article once, and under a key of its own: some feeds give one guid to all."""
    found: dict[str, Draft] = {}
    counts: dict[str, int] = {}
    seen = set()
    for draft in drafts:
        told = (draft.key, draft.title, draft.body, draft.canonical_url, draft.dek, draft.date, draft.image)
        if told in seen:
            continue
        seen.add(told)
        key = draft.key
        if key in found:
            key = " ".join(filter(None, (key, draft.canonical_url or draft.title)))
        while key in found:
            counts[draft.key] = counts.get(draft.key, 1) + 1
            key = f"{draft.key} {counts[draft.key]}"
        found[key] = replace(draft, key=key)
    return tuple(found.values())


def _xml_drafts(text: str, material: Material) -> list[Draft]:
    if kind_of(text) == "opml":
        found = re.findall(r"""\bxmlUrl\s*=\s*["']([^"'<>]+)""", text, re.IGNORECASE)
        addresses = [html.unescape(each) for each in found]
        listed = ", ".join(addresses[:_MOST_NAMED]) + (" …" if len(addresses) > _MOST_NAMED else "")
        raise PressroomError(
            "is a list of feeds, not a feed.",
            material.name,
            hint=f"Import the feeds that it names: {listed}" if listed else "It names none.",
        )
    if declares_entities(text):
        line = text[: text.lower().find("<!entity")].count("\n") + 1
        raise PressroomError(
            "declares entities, which are not expanded.",
            material.name,
            line,
            "Save the feed without its `<!ENTITY …>` lines.",
        )
    xml = mended(text)
    parsed = _parsed(xml, material.name)
    elements = elements_of(xml)
    entries = parsed["entries"]
    if len(elements) != len(entries):
        elements = []
    top = _settled(dict(parsed["feed"]), material.address)
    home = str(top.get("link") or material.address)
    atom = str(parsed["version"]).startswith("atom")
    everyone = _people(top) if atom else ()
    drafts = []
    for number, entry in enumerate(entries):
        item = _item(_settled(dict(entry), home), material.address, home, everyone, atom)
        if elements:
            item = replace(item, raw=raw_html(elements[number]))
        draft = draft_of(item, material.name)
        if elements:
            draft = replace(draft, left=(*draft.left, *rest_of(elements[number], draft)))
        drafts.append(draft)
    return drafts


def _parsed(xml: str, name: str) -> Mapping[str, Any]:
    """What feedparser makes of it. Raises `PressroomError` where that is nothing."""
    import feedparser

    try:
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(xml.encode("utf-8", "replace")),
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-location": _NOWHERE,
            },
            resolve_relative_uris=False,
            sanitize_html=True,
        )
    except Exception as error:  # whatever its forgiving parser stumbles over
        raise PressroomError(f"is no feed that can be read: {error}.", name) from error
    if not found["entries"] and found["bozo"]:
        reason = found["bozo_exception"]
        line = reason.getLineNumber() if hasattr(reason, "getLineNumber") else None
        what = reason.getMessage() if hasattr(reason, "getMessage") else str(reason)
        raise PressroomError(
            f"is no feed that can be read: {what}.",
            name,
            line - 1 if line and line > 1 else None,
            "Look at that line, or fetch the feed again.",
        )
    return found


def _settled(value: Any, home: str, key: str = "") -> Any:
    """The value with addresses relative to `home` that were relative to nowhere; ids and bases as written."""
    if isinstance(value, dict):
        return {name: _settled(each, home, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_settled(each, home, key) for each in value]
    if isinstance(value, str) and value.startswith(_NOWHERE):
        rest = value.removeprefix(_NOWHERE)
        return rest if key in {"id", "base"} else joined(home, f"/{rest}")
    return value


# --- an entry ---------------------------------------------------------------------------------


def _item(entry: dict[str, Any], address: str, home: str, everyone: tuple[Person, ...], atom: bool) -> Item:
    """An entry as feedparser has it; `home` is the feed's own page, `everyone` its authors.

    Atom says what is plain text; in RSS a text may be HTML all the same.
    """
    plain = False if atom else None
    extra = {key: value for key, value in entry.items() if key not in _READ and not _is_derived(key)}
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
    people = _people(entry)
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


def _people(place: Mapping[str, Any]) -> tuple[Person, ...]:
    found = (
        Person(
            cleaned(str(each.get("name") or "")), str(each.get("href") or ""), str(each.get("email") or "")
        )
        for each in place.get("authors", ())
    )
    return tuple(each for each in found if each != Person(""))
