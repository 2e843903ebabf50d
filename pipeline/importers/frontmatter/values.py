"""Values of front matter: texts, lists, truth values, addresses, links, pictures, and what `extra` holds."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any
from urllib.parse import unquote

from pipeline.config.fields import Field
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Link
from pipeline.support.urls import old_address_mistake, old_address_path, path_part

_YES, _NO = frozenset({"true", "yes", "on", "1", "y"}), frozenset({"false", "no", "off", "0", "n"})
_NESTED_TAG = re.compile(r"[^\s/]{3,}(?:/[^\s/]{3,})+")
_WIKI = re.compile(r"!?\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_MARKDOWN = re.compile(r"!?\[([^\[\]]*)\]\(\s*([^\s()]+)\s*\)")
_LINK = {
    "title": ("title", "name", "text", "label", "headline"),
    "address": ("url", "href", "link", "slug", "path", "permalink", "address", "id"),
}
_IMAGE = {
    "src": ("src", "url", "image", "path", "file", "filename", "asset", "relativepath", "overlayimage"),
    "alt": ("alt", "alttext", "imagealt", "overlayimagealt"),
}


def folded(key: str) -> str:
    """A key without capitals and marks, as it is looked up."""
    return re.sub(r"[\W_]+", "", key).lower()


def is_empty(field: Field) -> bool:
    """Whether nothing is said: no value, an empty text, an empty list or table."""
    value = field.value
    return not cleaned(value).strip() if isinstance(value, str) else value is None or value in ({}, ())


def text_of(field: Field) -> str | None:
    """A scalar as one line, spelt as in the source; None for lists, tables and nothing."""
    if is_empty(field) or isinstance(field.value, (dict, tuple)):
        return None
    if field.raw is None and isinstance(field.value, bool):
        return None
    return " ".join(scalar(field).split()) or None


def scalar(field: Field) -> str:
    """A scalar's text, with its line breaks."""
    if field.raw is not None:
        return cleaned(field.raw)
    value = field.value
    return cleaned(value.isoformat() if isinstance(value, date) else str(value))


def flag_of(field: Field) -> bool | None:
    """True or false if the value is one of the words for it, else None."""
    if isinstance(field.value, bool):
        return field.value
    word = (text_of(field) or "").lower()
    return True if word in _YES else False if word in _NO else None


def texts_of(field: Field, *, by_spaces: bool = False) -> tuple[list[str], list[Any]]:
    """The texts of a list, and its other values. One text is a list parted by commas, or by spaces.

    An entry that is a table counts by its name; what else it says is with the other values.
    """
    if not isinstance(field.value, tuple):
        text = text_of(field)
        if text is None:
            return [], [] if is_empty(field) else [kept(field)]
        return parted(text, by_spaces=by_spaces), []
    texts: list[str] = []
    others: list[Any] = []
    for item in field.value:
        name = text_of(item)
        if name is None and isinstance(item.value, dict):
            keys = (key for key in ("name", "label", "title", "value") if key in item.value)
            name = next((text_of(item.value[key]) for key in keys), None)
            same = {(name or "").casefold(), path_part(name or "")}
            values = (text_of(each) for each in item.value.values() if not is_empty(each))
            others += [] if name and all((each or "").casefold() in same for each in values) else [kept(item)]
        elif name is None and not is_empty(item):
            others.append(kept(item))
        texts += [name] if name else []
    return texts, others


def parted(text: str, *, by_spaces: bool = False) -> list[str]:
    """The entries of a list that is written as one text: `a, b`, `a; b`, `[a, b]`, `a b` or `#a #b`."""
    text = text.strip()
    text = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    mark = ";" if ";" in text else "," if "," in text else None
    hashes = re.fullmatch(r"#\S+(?:\s+#\S+)*", text) is not None
    parts = text.split(mark) if mark else text.split() if by_spaces or hashes else [text]
    return [stripped for part in parts if (stripped := part.strip().strip("\"'").strip())]


def tags_in(text: str) -> list[str]:
    """The tags in one entry: Obsidian's `#a/b` is `a` and, within it, `b`."""
    text = text.removeprefix("#").strip()
    return text.split("/") if _NESTED_TAG.fullmatch(text) else [text]


def kept(field: Field) -> Any:
    """The value as `extra` can hold it, spelt as in the source: what would change its spelling is a text."""
    value = field.value
    if isinstance(value, dict):
        return kept_table(value)
    if isinstance(value, tuple):
        return [kept(each) for each in value]
    if value is None or isinstance(value, bool):
        same = field.raw is None or field.raw.lower() in {"", "~", "null", "true", "false"}
        return value if same else cleaned(field.raw or "")
    plain = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if plain and re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", str(value)) and field.raw in {None, str(value)}:
        return value
    return scalar(field)


def kept_table(fields: dict[str, Field], without: set[str] | None = None) -> dict[str, Any]:
    """A table as `extra` can hold it; `without` some keys, what is empty goes too."""
    table: dict[str, Any] = {}
    for key, each in fields.items():
        if without is None or (key not in without and not is_empty(each)):
            table[free_key(cleaned(key), table)] = kept(each)
    return table


def free_key(key: str, taken: dict[str, Any]) -> str:
    """The key, or `key_2`, … if it is taken."""
    name, number = key, 1
    while name in taken:
        number += 1
        name = f"{key}_{number}"
    return name


# --- addresses ----------------------------------------------------------------------------------


def is_web(text: str) -> bool:
    """Whether this is a web address, and one only."""
    return re.fullmatch(r"https?://\S+", text) is not None


def last_part(address: str) -> str | None:
    """The last part of an address, if it can be a slug; a pattern such as `/:year/:title/` has none."""
    if re.search(r"[:{}%?#\s]", re.sub(r"^https?://[^/]*", "", address)):
        return None
    part = _whole(address).rpartition("/")[2]
    return part if part and path_part(part) == part else None


def one_slug(address: str) -> str | None:
    """The slug if an address is that and no more: `/the-switch/` or `the-switch.html`."""
    slug = last_part(address)
    return slug if slug and _whole(address) == slug else None


def old_address(path: str) -> str | None:
    """The alias for a path on the source's site; a pattern such as `/:title/` has none."""
    if not path.startswith("/") or re.search(r"[:{}?#\s]", path):
        return None
    alias = f"/{old_address_path(re.sub(r'/index[.]html?$', '/', unquote(path)))}"
    return None if old_address_mistake(alias) else alias


def _whole(address: str) -> str:
    """The address without what a server leaves out: `timeline/index.html` is `timeline`."""
    return re.sub(r"(?:/index)?\.html?$", "", address.strip("/")).strip("/")


def links_of(field: Field) -> tuple[list[Link], list[Any]]:
    """The pieces that a field points to, and the values in it that point to nothing."""
    links: list[Link] = []
    others: list[Any] = []
    for item in field.value if isinstance(field.value, tuple) else (field,):
        text = text_of(item)
        if isinstance(item.value, dict):
            found = _picked(item, _LINK)
            title, address = found.get("title", ("", ""))[1], found.get("address", ("", ""))
            rest = kept_table(item.value, {key for key, _ in found.values()})
            links += [Link(title, address[1])] if address[1] else []
            others += [kept(item)] if not address[1] else [{address[0]: address[1], **rest}] if rest else []
        elif text is None:
            others += [] if is_empty(item) else [kept(item)]
        elif wiki := _WIKI.fullmatch(text):
            links.append(Link((wiki[2] or wiki[1]).strip(), f"{wiki[1].strip()}.md"))
        elif markdown := _MARKDOWN.fullmatch(text):
            links.append(Link(markdown[1], markdown[2]))
        else:
            places = [text] if is_web(text) else parted(text)
            links += [Link("", place) for place in places if not re.search(r"\s", place)]
            titles = [place for place in places if re.search(r"\s", place)]
            others += [", ".join(titles)] if titles else []
    return links, others


def image_of(field: Field) -> tuple[str, str, Any] | None:
    """A picture's address, its alternative text, and what else is said of it; None without a picture."""
    if isinstance(field.value, dict):
        found = _picked(field, _IMAGE)
        address = _unwrapped(found.get("src", ("", ""))[1])
        if not _is_picture(address):
            return None
        rest = kept_table(field.value, {key for key, _ in found.values()})
        return address, found.get("alt", ("", ""))[1], rest or None
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
    if (markdown := _MARKDOWN.fullmatch(text)) and text.startswith("!"):
        return markdown[2], markdown[1], None
    return (_unwrapped(text), "", None) if _is_picture(_unwrapped(text)) else None


def _is_picture(text: str) -> bool:
    """Whether this can be a picture's address, and is not a caption."""
    named = re.search(r"\.(?:png|jpe?g|gif|webp|avif|svg|tiff?|bmp|heic)\b", text, re.IGNORECASE) is not None
    return named or re.fullmatch(r"(?=.*[/.])\S+", text) is not None


def _unwrapped(address: str) -> str:
    wiki = _WIKI.fullmatch(address)
    return wiki[1].strip() if wiki else address


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
