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
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.readers.feed_entry import NOWHERE, item_of, people_of, settled
from pipeline.importers.readers.feed_item import draft_of
from pipeline.importers.readers.feed_xml import (
    declares_entities,
    elements_of,
    kind_of,
    mended,
    raw_html,
    rest_of,
    root_of,
)
from pipeline.importers.readers.json_feed import is_json_feed, json_items

NAME = "feed"
DESCRIPTION = "an RSS, Atom or JSON feed, each item of which is an article"

_ENDINGS = frozenset({".rss", ".atom", ".opml"})
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_JSON_TYPES = frozenset({"application/feed+json"})
_MOST_NAMED = 10
"""Addresses that a hint lists."""


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
        draft
        for draft in drafts
        if replace(draft, key="", base="", authors=(), inferred=(), source_text="") != Draft()
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
    top = settled(dict(parsed["feed"]), material.address)
    home = str(top.get("link") or material.address)
    atom = str(parsed["version"]).startswith("atom")
    everyone = people_of(top) if atom else ()
    drafts = []
    for number, entry in enumerate(entries):
        item = item_of(settled(dict(entry), home), material.address, home, everyone, atom)
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
                "content-location": NOWHERE,
            },
            resolve_relative_uris=False,
            sanitize_html=True,
        )
    except Exception as error:  # whatever its forgiving parser stumbles over
        raise PressroomError("is not a feed that can be read.", name) from error
    if not found["entries"] and found["bozo"]:
        reason = found["bozo_exception"]
        line = reason.getLineNumber() if hasattr(reason, "getLineNumber") else None
        raise PressroomError(
            "is not a feed that can be read: its XML is broken here.",
            name,
            line - 1 if line and line > 1 else None,
            "Look at that line, or fetch the feed again.",
        )
    return found
