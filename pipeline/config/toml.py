"""Parses TOML (1.0.0) with the line of each value, and finds the offsets of values; `tomllib` has neither."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pipeline.config.fields import Field
from pipeline.config.source_spans import KeySpan, Span
from pipeline.config.syntax_mistakes import toml_mistake
from pipeline.errors import PressroomError
from pipeline.support.json_text import is_too_deep
from pipeline.support.merge_conflict import refuse_merge_conflict

_Path = tuple[str | int, ...]
"""The keys that lead to a value; an item of a list by its index."""


def toml_fields(text: str, path: str, first_line: int = 1) -> dict[str, Field]:
    """The fields of a TOML text. Raises `PressroomError` with the line of a syntax error."""
    data = toml_values(text, path, first_line)
    fields: dict[str, Field] = _to_field(data, (), _key_lines(text, first_line), first_line).value
    return fields


def toml_values(text: str, path: str, first_line: int = 1) -> dict[str, Any]:
    """The values of a TOML text without their lines. Raises as `toml_fields` does."""
    refuse_merge_conflict(text, path, first_line)
    too_deep = PressroomError("this TOML is nested too deeply.", path, first_line)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        problem = re.sub(r" \(at [^)]*\)$", "", str(error))
        mistake = toml_mistake(text, problem, line - 1)
        raise PressroomError(
            f"this is not TOML: {mistake.what}.", path, first_line + mistake.index, mistake.hint
        ) from error
    except RecursionError as error:
        raise too_deep from error
    except ValueError as error:  # Python's limit of digits
        raise PressroomError("this TOML has a number of thousands of digits.", path, first_line) from error
    if is_too_deep(values):
        raise too_deep
    return values


def _to_field(value: Any, path: _Path, lines: Mapping[_Path, int], parent_line: int) -> Field:
    line = lines.get(path, parent_line)
    if isinstance(value, dict):
        return Field({key: _to_field(each, (*path, key), lines, line) for key, each in value.items()}, line)
    if isinstance(value, list):
        return Field(tuple(_to_field(each, (*path, n), lines, line) for n, each in enumerate(value)), line)
    return Field(value, line)


def _key_lines(text: str, first_line: int) -> dict[_Path, int]:
    """The line of each table, key and item."""
    scanner = _TomlScanner(text, 0)
    with suppress(_ScanError):  # the lines found so far are right
        scanner.document()
    lines: dict[_Path, int] = {}
    line, position = first_line, 0
    for path, offset in scanner.offsets.items():  # in the order of the text
        line, position = line + text.count("\n", position, offset), offset
        lines[path] = line
    return lines


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
    """Scans valid TOML. `offsets` has the place of each table, key and item by its path."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.offsets: dict[_Path, int] = {}
        self.array_indexes: dict[_Path, int] = {}

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
        path: _Path = ()
        table, begin = top, self.position
        while self.match(_BLANK) and self.position < len(self.text):
            if self.at("["):
                header = self.match(_HEADER)
                keys = _names(header[2])
                table, path = {}, self.table_path(keys, header[1] == "[[")
                for depth in range(len(path)):
                    self.offsets.setdefault(path[: depth + 1], header.start())
                if header[1] == "[[" and len(keys) == 1:
                    item = Span(header.start(), header.end(), flow=False, entries=table)
                    arrays.setdefault(keys[0], []).append(item)
            else:
                self.assignment(table, path)
        for key, items in arrays.items():
            whole = Span(items[0].start, items[-1].end, flow=False, items=tuple(items))
            top[key] = KeySpan(whole.start, whole.start, whole)
        return Span(begin, len(self.text), flow=False, entries=top)

    def assignment(self, table: dict[str, KeySpan], path: _Path) -> None:
        key = self.match(_KEYS)
        self.match(_EQUALS)
        names = _names(key[0])
        for name in names:
            path = (*path, name)
            self.offsets.setdefault(path, key.start())
        # Of several `tags.any = …`, the last one is kept: after its end the next key can be inserted.
        table[names[0]] = KeySpan(key.start(), key.end(), self.value(path))

    def value(self, path: _Path) -> Span:
        start = self.position
        if self.at("["):
            items = self.array(path)
            return Span(start, self.position, items=items)
        if self.at("{"):
            entries = self.inline_table(path)
            return Span(start, self.position, entries=entries)
        self.match(_SCALAR)
        return Span(start, self.position)

    def array(self, path: _Path) -> tuple[Span, ...]:
        items: list[Span] = []
        while not self.ends("]"):
            item = (*path, len(items))
            self.offsets[item] = self.position
            items.append(self.value(item))
            self.match(_BLANK)
        return tuple(items)

    def inline_table(self, path: _Path) -> dict[str, KeySpan]:
        table: dict[str, KeySpan] = {}
        while not self.ends("}"):
            self.assignment(table, path)
            self.match(_BLANK)
        return table

    def table_path(self, keys: list[str], is_array: bool) -> _Path:
        """The path of a header, with the current index of each array of tables in it."""
        path: _Path = ()
        for depth, key in enumerate(keys):
            path = (*path, key)
            if is_array and depth == len(keys) - 1:
                self.array_indexes[path] = self.array_indexes.get(path, -1) + 1
            if path in self.array_indexes:
                path = (*path, self.array_indexes[path])
        return path

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
    """The parts of a dotted key, quoted ones as the standard library reads them."""
    if '"' not in keys and "'" not in keys:
        return [name.strip() for name in keys.split(".")]
    names: list[str] = []
    value: Any = tomllib.loads(f"{keys} = 0")
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        names.append(name)
    return names
