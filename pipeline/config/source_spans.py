"""Where values stand in a text, so that a few of them can be changed and all else stays as typed.

YAML's come from the reader of front matter, which has them of PyYAML. The standard library reads
TOML (1.0.0) without telling places, so that they are found here, in a text that it could read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A value between two offsets of a text: a list has `items`, a table has `entries`.

    `flow` tells a list or table in brackets from one that is laid out in lines; the end of the latter
    is not told, being a matter of white space.
    """

    start: int
    end: int
    flow: bool = True
    items: tuple[Span, ...] | None = None
    entries: Mapping[str, KeySpan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A key of a table, between two offsets, and its value."""

    key_start: int
    key_end: int
    value: Span


# --- TOML ------------------------------------------------------------------------------------

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = r"(?:[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_KEYS = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_HEADER = re.compile(rf"(\[\[?)[ \t]*({_KEYS.pattern})[ \t]*\]\]?")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_SCALAR = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\n]*[^,\]}#\s]",  # a date may hold a space
    re.DOTALL,
)


class _ScanError(ValueError):
    """The text is not what the scan expects; the standard library should have refused it."""


def toml_spans(text: str, start: int, end: int) -> Span:
    """The top table of the TOML between two offsets, with arrays of tables at the top.

    Tables within tables, and `[tables]` of their own, are passed over. Raises `ValueError` for what is no
    TOML.
    """
    return _TomlScanner(text[:end], start).document()


class _TomlScanner:
    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.position)
        if found is None:
            raise _ScanError(self.position)
        self.position = found.end()
        return found

    def sees(self, mark: str) -> bool:
        return self.text.startswith(mark, self.position)

    def document(self) -> Span:
        top: dict[str, KeySpan] = {}
        arrays: dict[str, list[Span]] = {}
        table, begin = top, self.position
        while self.match(_BLANK) and self.position < len(self.text):
            if self.sees("["):
                header = self.match(_HEADER)
                keys = _names(header[2])
                table = {}
                if header[1] == "[[" and len(keys) == 1:
                    spot = Span(header.start(), header.end(), flow=False, entries=table)
                    arrays.setdefault(keys[0], []).append(spot)
            else:
                self.assignment(table)
        for key, spots in arrays.items():
            whole = Span(spots[0].start, spots[-1].end, flow=False, items=tuple(spots))
            top[key] = KeySpan(whole.start, whole.start, whole)
        return Span(begin, len(self.text), flow=False, entries=top)

    def assignment(self, table: dict[str, KeySpan]) -> None:
        found = self.match(_KEYS)
        self.match(_EQUALS)
        # Of `tags.any = …`, the last one stands for all: its end is where the next key may stand.
        table[_names(found[0])[0]] = KeySpan(found.start(), found.end(), self.value())

    def value(self) -> Span:
        start = self.position
        if self.sees("["):
            items = self.array()
            return Span(start, self.position, items=items)
        if self.sees("{"):
            entries = self.inline_table()
            return Span(start, self.position, entries=entries)
        self.match(_SCALAR)
        return Span(start, self.position)

    def array(self) -> tuple[Span, ...]:
        items: list[Span] = []
        while not self.ends("]"):
            items.append(self.value())
            self.match(_BLANK)
        return tuple(items)

    def inline_table(self) -> dict[str, KeySpan]:
        table: dict[str, KeySpan] = {}
        while not self.ends("}"):
            self.assignment(table)
            self.match(_BLANK)
        return table

    def ends(self, bracket: str) -> bool:
        """Go past an opening bracket or a comma, and past the closing bracket if it follows."""
        if not self.sees(bracket):
            self.position += 1
            self.match(_BLANK)
        if self.sees(bracket):
            self.position += 1
            return True
        return False


def _names(keys: str) -> list[str]:
    """The parts of a dotted key as the standard library reads them."""
    names: list[str] = []
    found: Any = tomllib.loads(f"{keys} = 0")
    while isinstance(found, dict):
        name, found = next(iter(found.items()))
        names.append(name)
    return names
