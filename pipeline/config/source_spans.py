"""The places of values in front matter, so that one can be changed and all else stays as typed.

For YAML, PyYAML has the places (`front_matter.find_front_matter`). The standard library parses TOML
(1.0.0) without places, so this module finds them, in a text that the library could parse.
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

    `flow` is true for a list or table in brackets, false for one that is laid out in lines; the `end` of
    the latter is not exact, because white space decides it.
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
    r"|[^,\]}#\n]*[^,\]}#\s]",  # a date may contain a space
    re.DOTALL,
)


class _ScanError(ValueError):
    """The text is not valid TOML; the standard library should have refused it."""


def toml_spans(text: str, start: int, end: int) -> Span:
    """The top table of the TOML between two offsets, and its arrays of tables.

    Nested tables, and `[tables]`, are skipped. Raises `ValueError` if the text is not TOML.
    """
    return _TomlScanner(text[:end], start).document()


class _TomlScanner:
    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.position)
        if match is None:
            raise _ScanError(self.position)
        self.position = match.end()
        return match

    def at(self, mark: str) -> bool:
        return self.text.startswith(mark, self.position)

    def document(self) -> Span:
        top: dict[str, KeySpan] = {}
        arrays: dict[str, list[Span]] = {}
        table, begin = top, self.position
        while self.match(_BLANK) and self.position < len(self.text):
            if self.at("["):
                header = self.match(_HEADER)
                keys = _names(header[2])
                table = {}
                if header[1] == "[[" and len(keys) == 1:
                    item = Span(header.start(), header.end(), flow=False, entries=table)
                    arrays.setdefault(keys[0], []).append(item)
            else:
                self.assignment(table)
        for key, items in arrays.items():
            whole = Span(items[0].start, items[-1].end, flow=False, items=tuple(items))
            top[key] = KeySpan(whole.start, whole.start, whole)
        return Span(begin, len(self.text), flow=False, entries=top)

    def assignment(self, table: dict[str, KeySpan]) -> None:
        key = self.match(_KEYS)
        self.match(_EQUALS)
        # Of several `tags.any = …`, the last one is kept: after its end the next key can be inserted.
        table[_names(key[0])[0]] = KeySpan(key.start(), key.end(), self.value())

    def value(self) -> Span:
        start = self.position
        if self.at("["):
            items = self.array()
            return Span(start, self.position, items=items)
        if self.at("{"):
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
        """Skip an opening bracket or a comma; skip the closing bracket and return True if it follows."""
        if not self.at(bracket):
            self.position += 1
            self.match(_BLANK)
        if self.at(bracket):
            self.position += 1
            return True
        return False


def _names(keys: str) -> list[str]:
    """The parts of a dotted key as the standard library reads them."""
    names: list[str] = []
    value: Any = tomllib.loads(f"{keys} = 0")
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        names.append(name)
    return names
