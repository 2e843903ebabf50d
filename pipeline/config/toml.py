"""Parses TOML, and finds the line of each key; `tomllib` has no lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pipeline.config.fields import Field
from pipeline.errors import PressroomError

_Path = tuple[str | int, ...]
"""The keys that lead to a value; an item of a list by its index."""


def toml_fields(text: str, path: str, first_line: int = 1) -> dict[str, Field]:
    """The fields of a TOML text. Raises `PressroomError` with the line of a syntax error."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        problem = re.sub(r" \(at [^)]*\)$", "", str(error))
        raise PressroomError(f"this is not TOML: {problem}.", path, first_line + line - 1) from error
    except RecursionError as error:
        raise PressroomError("this TOML is nested too deeply.", path) from error
    lines = _key_lines(text)
    return {key: _from_toml(value, (key,), lines, 1, first_line - 1) for key, value in data.items()}


def _from_toml(value: Any, path: _Path, lines: Mapping[_Path, int], parent_line: int, offset: int) -> Field:
    line = lines.get(path, parent_line)
    if isinstance(value, dict):
        entries = {key: _from_toml(each, (*path, key), lines, line, offset) for key, each in value.items()}
        return Field(entries, line + offset)
    if isinstance(value, list):
        items = tuple(_from_toml(each, (*path, n), lines, line, offset) for n, each in enumerate(value))
        return Field(items, line + offset)
    return Field(value, line + offset)


_KEY = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
_QUOTES = re.compile(r'"""|\'\'\'')


def _key_lines(text: str) -> dict[_Path, int]:
    """The line of each table, and of each key at the beginning of a line."""
    lines: dict[_Path, int] = {}
    table: _Path = ()
    arrays: dict[_Path, int] = {}
    quote: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if quote is None:
            if header := _HEADER.match(line):
                table = _table_path(_split_key(header[2]), header[1] == "[[", arrays)
                lines.setdefault(table, number)
            elif assignment := _ASSIGNMENT.match(line):
                path = table
                for part in _split_key(assignment[1]):
                    path = (*path, part)
                    lines.setdefault(path, number)
        for mark in _QUOTES.findall(line.partition("#")[0] if quote is None else line):
            quote = mark if quote is None else (None if mark == quote else quote)
    return lines


def _split_key(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_KEY, dotted)]


def _table_path(keys: list[str], is_array: bool, arrays: dict[_Path, int]) -> _Path:
    """The path of a header, with the current index of each array of tables in it."""
    path: _Path = ()
    for depth, key in enumerate(keys):
        path = (*path, key)
        if is_array and depth == len(keys) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path
