"""Feeds: RSS, Atom and JSON Feed, an article for each item."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from pipeline.errors import PressroomError
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.draft import Draft, Left, Material
from pipeline.importers.html.tree import Tag, value, xml_of
from pipeline.importers.readers.feed_item import (
    FeedText,
    Person,
    Recording,
    SourceItem,
    draft_of,
    joined,
    seconds_of,
)
from pipeline.importers.readers.json_feed import is_json_feed, json_items
from pipeline.support.numbers_in_text import whole_number

NAME = "feed"
DESCRIPTION = "an RSS, Atom or JSON feed, each item of which is an article"

_ENDINGS = frozenset({".rss", ".atom", ".opml"})
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_MOST_NAMED = 10
"""Addresses that a hint lists."""
_PROLOG = re.compile(
    r"\s*(?:<\?[^>]*>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE(?:[^\[<>]|\[[^\]]*\])*>)", re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)([^<>]*)")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7});|#[xX]([0-9A-Fa-f]{1,6});|(\w+);)?")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_PLAIN_SPACES = ("http://www.w3.org/2005/Atom", "purl.org/rss/", "purl.org/atom", "netscape.com/rdf/")
_PREFIXES = {
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements": "dc",
    "purl.org/dc/terms": "dcterms",
    "search.yahoo.com/mrss": "media",
    "itunes.com/dtds/podcast": "itunes",
    "feedburner": "feedburner",
    "w3.org/1999/xhtml": "xhtml",
    **dict.fromkeys(_PLAIN_SPACES, ""),
}
"""The usual prefixes of the namespaces of feeds, and none for what belongs to the feed's own language."""
_ADDRESSES = ("url", "href", "src", "resource")
_UNESCAPED = re.compile(
    r"(<(description|summary|content:encoded|content)\b(?![^<>]*xhtml)[^<>/]*>)([^<]*<(?!!\[CDATA)(?:(?!</?\2\b).)*)"
    r"(</\2\s*>)",
    re.DOTALL,
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif)\b", re.IGNORECASE)

_CONTENTS = ("content:encoded", "content", "xhtml:body", "body")
_SUMMARIES = (
    "description",
    "summary",
    "itunes:summary",
    "dc:description",
    "media:description",
    "itunes:subtitle",
)
_PEOPLE = ("author", "dc:creator", "itunes:author")
_DATES = {
    "published": ("pubdate", "published", "issued", "dc:date", "created"),
    "updated": ("updated", "modified", "dcterms:modified"),
}
_READ = frozenset(
    {*_CONTENTS, *_SUMMARIES, *_PEOPLE, *_DATES["published"], *_DATES["updated"]}
    | {"title", "media:title", "guid", "id", "link", "category", "dc:subject", "feedburner:origlink"}
)


def takes(material: Material) -> bool:
    """Whether it is a feed, or a list of feeds, which `read` refuses. Never raises."""
    try:
        text = text_of(material)
    except PressroomError:
        return False
    if text.lstrip()[:1] == "{":
        return is_json_feed(text) or material.media_type == "application/feed+json"
    if text.lstrip()[:1] != "<" or _root(text)[0] == "html":
        return False
    return bool(_kind(text)) or material.ending in _ENDINGS or material.media_type in _TYPES


def _root(text: str) -> tuple[str, str]:
    """The local name of an XML document's root, and its attributes; empty if it has none."""
    at = 0
    while prolog := _PROLOG.match(text, at):
        at = prolog.end()
    root = _ROOT.match(text, at)
    return (root[1].lower(), root[2]) if root else ("", "")


def _kind(text: str) -> str:
    """`feed`, `opml`, or nothing."""
    root, attributes = _root(text)
    known = root == "rss" or (root == "rdf" and any(each in text for each in _PLAIN_SPACES[1:]))
    known = known or (root == "feed" and any(each in attributes for each in _PLAIN_SPACES))
    known = known or (root in {"feed", "channel"} and re.search(r"<(?:entry|item)\b", text) is not None)
    return "opml" if root == "opml" else "feed" if known else ""


def read(material: Material) -> tuple[Draft, ...]:
    """An article for each item. Raises `PressroomError` for what is no feed, or an empty one."""
    text = text_of(material)
    try:
        if text.lstrip()[:1] == "{":
            items = json_items(text, material.name, material.address)
        else:
            _refuse(text, material.name)
            items = tuple(_items(text, material))
        drafts = [draft_of(item) for item in items]
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", material.name) from error
    nothing = Draft()
    kept = [
        draft
        for draft in drafts
        if replace(draft, key="", base="", authors=(), inferred=(), source_text="") != nothing
    ]
    if not kept:
        raise PressroomError("holds no articles.", material.name)
    return _apart(kept)


def _apart(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Each article once, and under a key of its own: some feeds write one guid into all items."""
    by_key: dict[str, Draft] = {}
    seen = set()
    for draft in drafts:
        facts = (draft.key, draft.title, draft.body, draft.canonical_url, draft.dek, draft.date, draft.image)
        if facts in seen:
            continue
        seen.add(facts)
        key = draft.key
        if key in by_key:
            key = " ".join(filter(None, (key, draft.canonical_url or draft.title)))
        while key in by_key:
            key = f"{draft.key} {len(by_key) + 1}" if f"{draft.key} {len(by_key) + 1}" != key else f"{key}'"
        by_key[key] = replace(draft, key=key, feed_id=draft.feed_id if key == draft.key else "")
    return tuple(by_key.values())


def _refuse(text: str, name: str) -> None:
    """Raise for lists of feeds, and for entities."""
    if _kind(text) == "opml":
        found = re.findall(r"""\bxmlUrl\s*=\s*["']([^"'<>]+)""", text, re.IGNORECASE)
        listed = ", ".join(html.unescape(each) for each in found[:_MOST_NAMED])
        listed += " …" if len(found) > _MOST_NAMED else ""
        raise PressroomError(
            "is a list of feeds, not a feed.",
            name,
            hint=f"Import the feeds that it names: {listed}" if listed else "It names none.",
        )
    refuse_entities(text, name)


def refuse_entities(text: str, name: str) -> None:
    """Raise for entities, which no feed needs and many attacks do."""
    outside = "".join(part for part, is_data in _parts(text) if not is_data).lower()
    if "<!entity" in outside:
        line = text[: text.lower().find("<!entity")].count("\n") + 1
        hint = "Save the feed without its `<!ENTITY …>` lines."
        raise PressroomError("declares entities, which are not expanded.", name, line, hint)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces; true with those of CDATA."""
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield text[at:start], False
        yield text[start : end + 3], True
        at = end + 3
    yield text[at:], False


def _mended(text: str) -> str:
    """The XML with HTML's entities and stray ampersands as XML has them."""
    # HTML that nobody escaped need not be XML.
    text = _UNESCAPED.sub(lambda match: f"{match[1]}{html.escape(match[3], quote=False)}{match[4]}", text)
    text = re.sub(r"^\s*<\?xml\b[^>]*\?>", lambda match: "\n" * match[0].count("\n"), text)
    return "".join(part if is_data else _REFERENCE.sub(_reference, part) for part, is_data in _parts(text))


def _reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
        return match[0] if allowed or 0x10000 <= code < 0x110000 else ""
    if name in _OWN:
        return match[0]
    if name and (character := html.unescape(f"&{name};")) != f"&{name};":
        return html.escape(character)
    return f"&amp;{match[0][1:]}"


# --- items of XML -------------------------------------------------------------------------------


def _items(text: str, material: Material) -> Iterator[SourceItem]:
    xml = _mended(text)
    soup = xml_of(xml)
    tags = [tag for tag in soup.find_all(True) if _name(tag) in ("item", "entry")]
    if not tags:
        try:
            ElementTree.fromstring(xml)
        except ElementTree.ParseError as error:
            hint = "Look at that line, or fetch the feed again."
            what = "is not a feed that can be read: its XML is broken here."
            raise PressroomError(what, material.name, error.position[0], hint) from error
    atom = any(_name(tag) == "entry" for tag in tags[:1])
    inside = {id(child) for tag in tags for child in tag.find_all(True)}
    channel = [
        tag
        for tag in soup.find_all(True)
        if id(tag) not in inside and _name(tag.parent) in ("channel", "feed")
    ]
    links = [
        _address(tag) for tag in channel if _name(tag) == "link" and value(tag, "rel") in ("", "alternate")
    ]
    home = joined(material.address, links[0]) if links else material.address
    everyone = tuple(_people(channel)) if atom else ()
    for tag in tags:
        yield _item(tag, material.address, home, everyone, atom=atom)


def _name(tag: Tag | None) -> str:
    """The name of an element in lower case, with the usual prefix if it is of an extension."""
    if tag is None:
        return ""
    local = tag.name.rpartition(":")[2].lower()
    space = tag.namespace or ""
    usual = next((prefix for part, prefix in _PREFIXES.items() if part in space), None)
    prefix = usual if usual is not None else (tag.prefix or "").lower()
    return f"{prefix}:{local}" if prefix else local


def _address(tag: Tag) -> str:
    return cleaned(value(tag, "href") or tag.get_text().strip())


def _item(tag: Tag, address: str, home: str, everyone: tuple[Person, ...], *, atom: bool) -> SourceItem:
    children = [child for child in tag.children if isinstance(child, Tag)]
    by_name: dict[str, list[Tag]] = {}
    for child in children:
        by_name.setdefault(_name(child), []).append(child)

    def first(*names: str) -> str:
        found = (child.get_text().strip() for name in names for child in by_name.get(name, ()))
        return next(filter(None, found), "")

    title = next((child for name in ("title", "media:title") for child in by_name.get(name, ())), None)
    contents = [child for name in _CONTENTS for child in by_name.get(name, ()) if _is_text(child)]
    summaries = [child for name in _SUMMARIES for child in by_name.get(name, ())]
    identity = first("guid", "id") or value(tag, "rdf:about")
    home = joined(home, value(tag, "xml:base"))
    link, extra = _links(by_name.get("link", []), home)
    if origin := first("feedburner:origlink"):
        extra["links"] = [*extra.get("links", []), {"href": link}] if link else []
        link = origin
    # A guid is an address only if it is written as one, whatever `isPermaLink` says.
    link = link or (identity if re.fullmatch(r"https?://\S+", identity) and "guid" in by_name else "")
    people = tuple(_people(children))
    images, left = _pictures(children)
    length = seconds_of(first("itunes:duration"))
    recordings = tuple(
        Recording(
            joined(home, value(each, "url") or _address(each)),
            whole_number(value(each, "length").strip()) or 0,
            length,
        )
        for each in children
        if _is_audio(each)
    )
    for child in children:
        if (name := _name(child)) in _READ and (name not in _CONTENTS or _is_text(child)):
            continue
        if _is_audio(child) or (recordings and name == "itunes:duration"):
            continue
        words = " ".join(child.get_text(" ").split())
        attributes = [str(each) for each in child.attrs.values()] if name not in ("source",) else []
        if words and not attributes and child.find(True) is None:
            extra.setdefault(name.replace(":", "_"), words)
        else:
            parts = [
                words,
                *(value(each, key) for each in [child, *child.find_all(True)] for key in _ADDRESSES),
            ]
            parts = [each for each in parts if each and each not in images]
            left += [Left(each, f"`{name}` has no place in an article") for each in dict.fromkeys(parts)]
    base = next((value(each, "xml:base") for each in [*contents, tag] if value(each, "xml:base")), "")
    return SourceItem(
        id=identity,
        link=cleaned(link),
        title=_text(title, atom=atom) if title else FeedText(""),
        contents=tuple(_text(child, atom=atom) for child in contents),
        summaries=tuple(_text(child, atom=atom) for child in summaries),
        published=first(*_DATES["published"]),
        updated=first(*_DATES["updated"]),
        people=people or everyone,
        inherited=not people,
        tags=tuple(_tags([*by_name.get("category", []), *by_name.get("dc:subject", [])])),
        images=tuple(joined(home, each) for each in images),
        recordings=recordings,
        base=joined(address, base) if base else cleaned(link) or home,
        extra=extra,
        left=tuple(left),
    )


def _is_text(content: Tag) -> bool:
    kind = value(content, "type") or "text"
    return "/" not in kind or kind in ("text/html", "text/plain", "application/xhtml+xml")


def _text(tag: Tag, *, atom: bool) -> FeedText:
    kind = value(tag, "type")
    if tag.find(True) is not None:  # XHTML, or HTML that nobody escaped
        return FeedText(re.sub(r"(</?)[\w.-]+:", r"\1", tag.decode_contents()), True)
    return FeedText(tag.get_text(), True if "html" in kind else False if atom else None)


def _links(tags: list[Tag], home: str) -> tuple[str, dict[str, Any]]:
    """The item's own address, and the others that it names, but for enclosures."""
    link, others = "", []
    for tag in tags:
        address = joined(home, _address(tag)) if _address(tag) else ""
        own = value(tag, "rel") in ("", "alternate") and value(tag, "type") in ("", "text/html")
        if not link and own:
            link = address
        elif address and value(tag, "rel") != "enclosure":
            others.append({**{key: value(tag, key) for key in tag.attrs}, "href": address})
    return link, {"links": others} if others else {}


def _pictures(children: list[Tag]) -> tuple[list[str], list[Left]]:
    """The addresses of pictures, the best first, and media that are no pictures."""
    ranked: list[tuple[int, str]] = []
    left: list[Left] = []
    for child in children:
        for tag in [child, *child.find_all(True)]:
            name = _name(tag)
            address = (
                value(tag, "url") or value(tag, "href") or ("" if name != "url" else tag.get_text().strip())
            )
            kind = f"{value(tag, 'medium')} {value(tag, 'type')}"
            enclosed = name == "enclosure" or value(tag, "rel") == "enclosure"
            if name == "media:content" and ("image" in kind or _PICTURE.search(address)):
                ranked.append((0, address))
            elif enclosed and "image/" in kind:
                ranked.append((1, address))
            elif name == "itunes:image" or (name == "url" and _name(tag.parent) == "image"):
                ranked.append((2, address))
            elif name == "media:thumbnail":
                ranked.append((3, address))
            elif name == "link" and enclosed and not _is_audio(tag):
                left.append(Left(address, "a file that the feed encloses"))
    ranked.sort(key=lambda each: each[0])
    return list(dict.fromkeys(address for _, address in ranked if address)), left


def _is_audio(tag: Tag) -> bool:
    """Whether it encloses a recording, as podcasts do."""
    enclosed = _name(tag) == "enclosure" or value(tag, "rel") == "enclosure"
    return (
        enclosed and value(tag, "type").startswith("audio/") and bool(value(tag, "url") or value(tag, "href"))
    )


def _people(tags: list[Tag]) -> Iterator[Person]:
    for tag in tags:
        if _name(tag) in _PEOPLE:
            parts = {_name(each): each.get_text().strip() for each in tag.find_all(True)}
            name = parts.get("name", "") if parts else tag.get_text().strip()
            person = Person(cleaned(name), parts.get("uri") or parts.get("url", ""), parts.get("email", ""))
            if person != Person(""):
                yield person


def _tags(tags: list[Tag]) -> Iterator[str]:
    for tag in tags:
        yield value(tag, "label") or value(tag, "term") or tag.get_text().strip()
