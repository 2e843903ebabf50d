"""Single values of a head: texts, lists of texts, truth values, and what `extra` can hold."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.decode import cleaned
from pipeline.support.urls import path_part

_YES = frozenset({"true", "yes", "on", "1", "y"})
_NO = frozenset({"false", "no", "off", "0", "n"})
_NESTED_TAG = re.compile(r"[^\s/]{3,}(?:/[^\s/]{3,})+")


def is_empty(field: Field) -> bool:
    """Whether nothing is said: no value, an empty text, an empty list or table."""
    value = field.value
    if isinstance(value, str):
        return not cleaned(value).strip()
    return value is None or (isinstance(value, (dict, tuple)) and not value)


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
    return cleaned(value.isoformat() if hasattr(value, "isoformat") else str(value))


def flag_of(field: Field) -> bool | None:
    """True or false where the value is one of the words for it, else None."""
    if isinstance(field.value, bool):
        return field.value
    word = (text_of(field) or "").lower()
    return True if word in _YES else False if word in _NO else None


def texts_of(field: Field, *, by_spaces: bool = False) -> tuple[list[str], list[Any]]:
    """The texts of a list, and its other values. One text is a list parted by commas, or by spaces.

    An entry that is a table counts by its name; what else it says is given with what is no text.
    """
    if not isinstance(field.value, tuple):
        text = text_of(field)
        if text is None:
            return [], [] if is_empty(field) else [kept(field)]
        return parted(text, by_spaces=by_spaces), []
    texts: list[str] = []
    others: list[Any] = []
    for item in field.value:
        if (text := text_of(item)) is not None:
            texts.append(text)
        elif isinstance(item.value, dict) and (name := _name(item)):
            texts.append(name)
            others += [] if _says_no_more(item, name) else [kept(item)]
        elif not is_empty(item):
            others.append(kept(item))
    return texts, others


def parted(text: str, *, by_spaces: bool = False) -> list[str]:
    """The entries of a list that is written as one text: `a, b`, `a; b`, `[a, b]`, `a b` or `#a #b`."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    mark = ";" if ";" in text else "," if "," in text else None
    hashes = re.fullmatch(r"#\S+(?:\s+#\S+)*", text) is not None
    parts = text.split(mark) if mark else text.split() if by_spaces or hashes else [text]
    return [stripped for part in parts if (stripped := part.strip().strip("\"'").strip())]


def tags_in(text: str) -> list[str]:
    """The tags in one entry: Obsidian's `#a/b` is `a` and, within it, `b`."""
    text = text.removeprefix("#").strip()
    return text.split("/") if _NESTED_TAG.fullmatch(text) else [text]


def _name(item: Field) -> str | None:
    """The name in a table such as `{name: Trials, slug: trials}`."""
    name = next((item.value[key] for key in ("name", "label", "title", "value") if key in item.value), None)
    return text_of(name) if name is not None else None


def _says_no_more(item: Field, name: str) -> bool:
    same = {name.casefold(), path_part(name)}
    values = (text_of(each) for each in item.value.values() if not is_empty(each))
    return all(each is not None and each.casefold() in same for each in values)


def kept(field: Field) -> Any:
    """The value as `extra` can hold it, spelt as in the source: what would change its spelling is a text."""
    value = field.value
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, each in value.items():
            found[free_key(cleaned(key), found)] = kept(each)
        return found
    if isinstance(value, tuple):
        return [kept(each) for each in value]
    if value is None or isinstance(value, bool):
        same = field.raw is None or field.raw.lower() in {"", "~", "null", "true", "false"}
        return value if same else cleaned(field.raw or "")
    if isinstance(value, (date, datetime, str)):
        return scalar(field)
    plain = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if plain and re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", str(value)) and field.raw in {None, str(value)}:
        return value
    return scalar(field)


def free_key(key: str, taken: dict[str, Any]) -> str:
    """The key, or `key_2`, … where it is taken."""
    name, number = key, 1
    while name in taken:
        number += 1
        name = f"{key}_{number}"
    return name
