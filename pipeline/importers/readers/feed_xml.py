"""The XML of feeds: told from other XML, mended where it must be, and looked through for what is left."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from pipeline.importers.draft import Draft, Left

_PROLOG = re.compile(
    r"\s*(?:<\?[^>]*>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE(?:[^\[<>]|\[[^\]]*\])*>)", re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)([^<>]*)")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7});|#[xX]([0-9A-Fa-f]{1,6});|(\w+);)?")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})

# feedparser takes these for the item's own title and text, though others may stand beside them.
_OTHERS = {
    "media:title": "media:heading",
    "media:description": "media:caption",
    "dc:description": "dc:abstract",
    "itunes:summary": "itunes:abstract",
    "itunes:subtitle": "itunes:tagline",
    "itunes:title": "itunes:heading",
}
_OTHER = re.compile(rf"<(/?)({'|'.join(_OTHERS)})\b[^<>]*?(/?)>")
# feedparser looks for a mail address in a name, and cuts it where its top level is longer than four letters.
# A name within stays as it is.
_NAME = re.compile(
    r"(<(author|dc:creator|itunes:author)\b[^<>/]*>)((?:[^<]|<!\[CDATA\[[^\]]*\]\]>)*)(</\2\s*>)"
)
_MARKUP = frozenset({"content", "encoded", "description", "summary", "body", "fullitem"})
_READ = _MARKUP | frozenset(
    {"title", "guid", "id", "author", "creator", "pubdate", "published", "issued", "updated", "modified"}
    | {"date", "created", "lastbuilddate"}
)


def root_of(text: str) -> tuple[str, str]:
    """The local name of an XML document's root, and its attributes; empty where it has none."""
    at = 0
    while found := _PROLOG.match(text, at):
        at = found.end()
    root = _ROOT.match(text, at)
    return (root[1].lower(), root[2]) if root else ("", "")


def kind_of(text: str) -> str:
    """`feed`, `opml`, or nothing."""
    root, attributes = root_of(text)
    if root == "opml":
        return "opml"
    if root == "rss" or (root == "rdf" and ("purl.org/rss/" in text or "netscape.com/rdf/" in text)):
        return "feed"
    if root == "feed" and ("http://www.w3.org/2005/Atom" in attributes or "purl.org/atom" in attributes):
        return "feed"
    return "feed" if root in {"feed", "channel"} and re.search(r"<(?:entry|item)\b", text) else ""


def declares_entities(text: str) -> bool:
    """Whether an entity is declared, which no feed needs and many attacks do."""
    return any("<!entity" in part.lower() for part, is_data in _parts(text) if not is_data)


def mended(text: str) -> str:
    """The XML with HTML's entities and stray ampersands as XML has them, under a declaration of UTF-8.

    The declaration is one line, and what was before the root's lines is kept.
    """
    text = re.sub(r"^\s*<\?xml\b[^>]*\?>", "", text)
    text = "".join(part if is_data else _REFERENCE.sub(_reference, part) for part, is_data in _parts(text))
    text = "".join(part if is_data else _OTHER.sub(_other, part) for part, is_data in _parts(text))
    text = _NAME.sub(_named, text)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}"


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces; true with those of CDATA."""
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield text[at:start], False
        yield text[start : end + 3], True
        at = end + 3
    yield text[at:], False


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


def _other(match: re.Match[str]) -> str:
    return f"<{match[1]}{_OTHERS[match[2]]}{match[3]}>"


def _named(match: re.Match[str]) -> str:
    return f"{match[1]}<name>{match[3]}</name>{match[4]}"


# --- what is left -----------------------------------------------------------------------------


def elements_of(xml: str) -> list[ElementTree.Element]:
    """The items as elements, in order; none where the XML is not well-formed."""
    try:
        root = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, ValueError):
        return []
    return [each for each in root.iter() if _local(each) in {"item", "entry"}]


def raw_html(item: ElementTree.Element) -> str:
    """The HTML of an item before it is made safe, as one text."""
    found = [each for each in item if _local(each) in _MARKUP]
    inner = [ElementTree.tostring(each, "unicode") for element in found for each in element]
    # Namespaces are written as prefixes there, which HTML has none of.
    return " ".join([each.text or "" for each in found] + [re.sub(r"(</?)\w+:", r"\1", one) for one in inner])


def rest_of(item: ElementTree.Element, draft: Draft) -> list[Left]:
    """Texts and addresses of an item that have not come into the draft."""
    said = "\n".join(_strings(draft))
    left = []
    for child in item:
        if _local(child) in _READ:
            continue
        for element in child.iter():
            values = [element.text or "", element.tail or "" if element is not child else ""]
            values += [value for key, value in element.items() if key in {"url", "href", "src", "resource"}]
            for value in (" ".join(each.split()) for each in values):
                if value and value not in said:
                    left.append(Left(value, f"`{_local(element)}` has no place in an article"))
    return list(dict.fromkeys(left))


def _strings(draft: Draft) -> Iterator[str]:
    yield from (draft.title, draft.dek, draft.body, draft.canonical_url, draft.image, draft.key, *draft.tags)
    yield from (text for author in draft.authors for text in (author.name, author.role, author.url))
    yield from (each.text for each in draft.left)
    waiting: list[object] = [draft.extra]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        else:
            yield " ".join(str(value).split())


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
