"""Addresses in a head: earlier and present places of an article, and what it points to."""

from __future__ import annotations

import re
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.draft import Link
from pipeline.importers.frontmatter.keys import folded
from pipeline.importers.frontmatter.values import is_empty, kept, parted, text_of
from pipeline.support.urls import path_part

_WIKI = re.compile(r"!?\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_TITLE = ("title", "name", "text", "label", "headline")
_ADDRESS = ("url", "href", "link", "slug", "path", "permalink", "address", "id")
_IMAGE = ("src", "url", "image", "path", "file", "filename", "asset", "relativepath", "overlayimage")
_ALT = ("alt", "alttext", "imagealt", "overlayimagealt")


def is_web(text: str) -> bool:
    """Whether this is a web address, and one only."""
    return re.fullmatch(r"https?://\S+", text) is not None


def one_slug(address: str) -> str | None:
    """The slug where an address is that and no more: `/the-switch/` or `the-switch.html`."""
    slug = last_part(address)
    return slug if slug and _whole(address) == slug else None


def _whole(address: str) -> str:
    """The address without what a server leaves out: `timeline/index.html` is `timeline`."""
    path = re.sub(r"(?:/index)?\.html?$", "", address.strip("/"))
    return path.strip("/")


def last_part(address: str) -> str | None:
    """The last part of an address, where it can be a slug; a pattern such as `/:year/:title/` has none."""
    if re.search(r"[:{}%?#\s]", re.sub(r"^https?://[^/]*", "", address)):
        return None
    part = _whole(address).rpartition("/")[2]
    return part if part and path_part(part) == part else None


def wiki_target(text: str) -> tuple[str, str] | None:
    """Page and text of an Obsidian link that is all of a value, or None."""
    match = _WIKI.fullmatch(text)
    return (match[1].strip(), (match[2] or match[1]).strip()) if match else None


def links_of(field: Field) -> tuple[list[Link], list[Any]]:
    """The pieces that a field points to, and the values in it that point to nothing."""
    links: list[Link] = []
    others: list[Any] = []
    items = field.value if isinstance(field.value, tuple) else (field,)
    for item in items:
        link, rest = _link(item)
        links += link
        others += [rest] if rest is not None else []
    return links, others


def _link(item: Field) -> tuple[list[Link], Any]:
    if isinstance(item.value, dict):
        found = _picked(item, {"title": _TITLE, "address": _ADDRESS})
        title, address = found.get("title", ("", ""))[1], found.get("address", ("", ""))[1]
        used = {key for key, _ in found.values()}
        rest = _without(item, used)
        if not address:
            return [], kept(item)
        named = {found["address"][0]: address} | rest
        return [Link(title, address)], named if rest else None
    text = text_of(item)
    if text is None:
        return [], None if is_empty(item) else kept(item)
    if wiki := wiki_target(text):
        return [Link(wiki[1], f"{wiki[0]}.md")], None
    if markdown := re.fullmatch(r"\[([^\[\]]*)\]\(\s*([^\s()]+)\s*\)", text):
        return [Link(markdown[1], markdown[2])], None
    places = [text] if is_web(text) else parted(text)
    titles = [place for place in places if re.search(r"\s", place)]
    return [Link("", place) for place in places if place not in titles], ", ".join(titles) or None


def _is_picture(text: str) -> bool:
    """Whether this can be a picture's address, and is not a caption."""
    named = re.search(r"\.(?:png|jpe?g|gif|webp|avif|svg|tiff?|bmp|heic)\b", text, re.IGNORECASE) is not None
    return named or re.fullmatch(r"(?=.*[/.])\S+", text) is not None


def image_of(field: Field) -> tuple[str, str, Any] | None:
    """A picture's address, its alternative text, and what else is said of it; None where none is named."""
    if isinstance(field.value, dict):
        found = _picked(field, {"src": _IMAGE, "alt": _ALT})
        if "src" not in found or not _is_picture(_unwrapped(found["src"][1])):
            return None
        used = {key for key, _ in found.values()}
        rest = {
            key: kept(each) for key, each in field.value.items() if key not in used and not is_empty(each)
        }
        address, alt = found["src"][1], found.get("alt", ("", ""))[1]
        return _unwrapped(address), alt, rest or None
    if isinstance(field.value, tuple):
        for number, item in enumerate(field.value):
            if image := image_of(item):
                others = [kept(each) for at, each in enumerate(field.value) if at != number]
                others += [image[2]] if image[2] is not None else []
                return image[0], image[1], others or None
        return None
    text = text_of(field)
    if text is None or isinstance(field.value, bool | int | float):
        return None
    if markdown := re.fullmatch(r"!\[([^\[\]]*)\]\(\s*([^\s()]+)\s*\)", text):
        return markdown[2], markdown[1], None
    return (_unwrapped(text), "", None) if _is_picture(_unwrapped(text)) else None


def _without(field: Field, used: set[str]) -> dict[str, Any]:
    return {key: kept(each) for key, each in field.value.items() if key not in used and not is_empty(each)}


def _unwrapped(address: str) -> str:
    wiki = wiki_target(address)
    return wiki[0] if wiki else address


def _picked(field: Field, parts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    """For each part the first of its keys that holds a text: the key as written, and the text."""
    found: dict[str, tuple[str, str]] = {}
    for part, keys in parts.items():
        for key in keys:
            at = next((each for each in field.value if folded(each) == key), None)
            text = text_of(field.value[at]) if at is not None else None
            if at is not None and text is not None and not isinstance(field.value[at].value, bool):
                found[part] = (at, text)
                break
    return found
