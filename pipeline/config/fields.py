"""Typed values out of front matter and TOML, with every mistake noted at its line.

A file's fields are a tree of `Field`s, each with its line. A `Fields` reads a mapping key by key;
what is wrong is added to a shared list of errors and a default goes on in its place, so that one
run reports all mistakes of a workspace.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.errors import PressroomError, suggest
from pipeline.support.files import check_characters


@dataclass(frozen=True, slots=True)
class Field:
    """A value and the line it stands on.

    `value` is str, int, float, bool, None, date, datetime, a tuple of Fields or a dict of Fields.
    `raw` is a YAML plain scalar as written, so that a tag `no` or `1:30` can stay a text.
    """

    value: Any
    line: int
    raw: str | None = None


def plain(field: Field) -> Any:
    """The value without its lines, for keys that are a user's own."""
    if isinstance(field.value, dict):
        return {key: plain(value) for key, value in field.value.items()}
    if isinstance(field.value, tuple):
        return [plain(value) for value in field.value]
    if isinstance(field.value, (date, datetime)):
        return field.value.isoformat()
    return field.value


# --- TOML ------------------------------------------------------------------------------------


def toml_fields(text: str, path: str, first_line: int = 1) -> dict[str, Field]:
    """The fields of a TOML text. Raises `PressroomError` with the line of a syntax error."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = re.sub(r" \(at [^)]*\)$", "", str(error))
        raise PressroomError(f"this is not TOML: {what}.", path, first_line + line - 1) from error
    except RecursionError as error:
        raise PressroomError("this TOML is nested too deeply.", path) from error
    lines = _toml_lines(text)
    return {key: _from_toml(value, (key,), lines, 1, first_line - 1) for key, value in data.items()}


def _from_toml(
    value: Any, where: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int], above: int, add: int
) -> Field:
    line = lines.get(where, above)
    if isinstance(value, dict):
        inner = {key: _from_toml(each, (*where, key), lines, line, add) for key, each in value.items()}
        return Field(inner, line + add)
    if isinstance(value, list):
        items = tuple(_from_toml(each, (*where, n), lines, line, add) for n, each in enumerate(value))
        return Field(items, line + add)
    return Field(value, line + add)


_TOML_KEY = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_TOML_DOTTED = rf"{_TOML_KEY}(?:\s*\.\s*{_TOML_KEY})*"
_TOML_HEADER = re.compile(rf"\s*(\[\[?)\s*({_TOML_DOTTED})\s*\]\]?")
_TOML_ASSIGNMENT = re.compile(rf"\s*({_TOML_DOTTED})\s*=")
_TOML_QUOTES = re.compile(r'"""|\'\'\'')


def _toml_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line of each table and of each key that begins a line; tomllib tells none."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    arrays: dict[tuple[str | int, ...], int] = {}
    quote: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if quote is None:
            if header := _TOML_HEADER.match(line):
                table = _resolve_table(_toml_path(header[2]), header[1] == "[[", arrays)
                lines.setdefault(table, number)
            elif assignment := _TOML_ASSIGNMENT.match(line):
                where = table
                for part in _toml_path(assignment[1]):
                    where = (*where, part)
                    lines.setdefault(where, number)
        for mark in _TOML_QUOTES.findall(line.partition("#")[0] if quote is None else line):
            quote = mark if quote is None else (None if mark == quote else quote)
    return lines


def _toml_path(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_TOML_KEY, dotted)]


def _resolve_table(
    path: list[str], is_array: bool, arrays: dict[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    """A header's path with the index of each array of tables that it passes through."""
    where: tuple[str | int, ...] = ()
    for depth, part in enumerate(path):
        where = (*where, part)
        if is_array and depth == len(path) - 1:
            arrays[where] = arrays.get(where, -1) + 1
        if where in arrays:
            where = (*where, arrays[where])
    return where


# --- reading ---------------------------------------------------------------------------------


class Fields:
    """Reads the keys of one mapping; mistakes go to `errors`.

    `what` names the mapping in messages, such as `section "Research"`. Every key that no method
    asked for is reported by `done`.
    """

    def __init__(
        self,
        mapping: Mapping[str, Field],
        path: str,
        errors: list[PressroomError],
        line: int | None = None,
        what: str = "",
    ) -> None:
        self.mapping = mapping
        self.path = path
        self.errors = errors
        self.line = line
        self.what = what
        self._asked: list[str] = []

    def line_of(self, key: str) -> int | None:
        """The line of a key, or that of the mapping where the key is missing."""
        found = self.mapping.get(key)
        return found.line if found else self.line

    def error(self, key: str, message: str, hint: str | None = None) -> None:
        """Note a mistake at a key."""
        prefix = f"{self.what}: " if self.what else ""
        self.errors.append(PressroomError(prefix + message, self.path, self.line_of(key), hint))

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self._get(key) is not None

    def _get(self, key: str) -> Field | None:
        if key not in self._asked:
            self._asked.append(key)
        found = self.mapping.get(key)
        return None if found is None or (found.value is None and found.raw in {None, "", "~"}) else found

    def text(
        self, key: str, *, required: bool = False, default: str = "", multiline: bool = False, hint: str = ""
    ) -> str:
        """A text of one line (or more, where `multiline`), without white space around it."""
        found = self._get(key)
        if found is None:
            if required:
                self.error(key, f"`{key}` is missing.", hint or f"Add a line `{key}: …`.")
            return default
        value = _as_text(found)
        if value is None:
            self.error(key, f"`{key}` is {_kind(found)} and must be a text.", hint or None)
            return default
        value = value.strip()
        if required and not value:
            self.error(key, f"`{key}` is empty.", hint or f"Write the {key}.")
        if not self._characters_ok(value, found.line):
            return default
        if "\n" in value and not multiline:
            self.error(key, f"`{key}` holds a line break.", "Write it on one line.")
            return " ".join(value.split())
        return value

    def _characters_ok(self, value: str, line: int) -> bool:
        try:
            check_characters(value, self.path, line)
        except PressroomError as error:
            self.errors.append(error)
            return False
        return True

    def texts(self, key: str, *, or_one: bool = False) -> tuple[str, ...]:
        """A list of texts, each once; with `or_one` a single text stands for a list of one."""
        found = self._get(key)
        if found is None:
            return ()
        single = _as_text(found)
        if single is not None:
            if or_one:
                return (single.strip(),) if self._characters_ok(single, found.line) else ()
            guess = ", ".join(part.strip() for part in single.split(",") if part.strip())
            self.error(key, f"`{key}` is a text and must be a list.", f"Write `{key}: [{guess}]`.")
            return ()
        if not isinstance(found.value, tuple):
            self.error(key, f"`{key}` is {_kind(found)} and must be a list of texts.")
            return ()
        values: list[str] = []
        for item in found.value:
            value = _as_text(item)
            if value is None or not value.strip() or "\n" in value.strip():
                bad = "an empty text" if value is not None else _kind(item)
                self.errors.append(
                    PressroomError(
                        f"`{key}` holds {bad}; each entry must be a text of one line.", self.path, item.line
                    )
                )
            elif not self._characters_ok(value, item.line):
                continue
            elif value.strip() in values:
                self.errors.append(
                    PressroomError(
                        f'`{key}` names "{value.strip()}" twice.', self.path, item.line, "Delete one."
                    )
                )
            else:
                values.append(value.strip())
        return tuple(values)

    def choice(self, key: str, values: Iterable[str], default: str | None = None) -> str | None:
        """One of a few words."""
        found = self.text(key)
        known = list(values)
        if not found:
            return default
        if found not in known:
            self.error(
                key, f'`{key}` is "{found}" and must be one of {", ".join(known)}.', suggest(found, known)
            )
            return default
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false; `yes`, `no`, `on` and `off` are taken too."""
        found = self._get(key)
        if found is None:
            return default
        if isinstance(found.value, bool):
            return found.value
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        word = found.raw.lower() if found.raw is not None else ""
        if word not in words:
            self.error(key, f"`{key}` is {_kind(found)} and must be true or false.")
        return words.get(word, default)

    def whole(self, key: str, *, minimum: int = 1, required: bool = False) -> int | None:
        """A whole number of at least `minimum`."""
        found = self._get(key)
        if found is None:
            if required:
                self.error(key, f"`{key}` is missing.", f"Add a line `{key}: …` with a whole number.")
            return None
        if isinstance(found.value, bool) or not isinstance(found.value, int) or found.value < minimum:
            shown = found.raw if found.raw is not None else plain(found)
            self.error(key, f"`{key}` is {shown!r} and must be a whole number of at least {minimum}.")
            return None
        return found.value

    def moment(
        self, key: str, zone: ZoneInfo, *, required: bool = False, end: bool = False
    ) -> datetime | None:
        """A date or a date with time, as an aware datetime.

        A date alone is the first moment of that day in the publication's time zone (the last one,
        where `end`); a time without an offset is in that zone too.
        """
        found = self._get(key)
        if found is None:
            if required:
                self.error(key, f"`{key}` is missing.", f"Add a line `{key}: 2026-01-31`.")
            return None
        value = found.value
        if isinstance(value, str):
            try:
                value = (
                    datetime.fromisoformat(value.strip())
                    if len(value.strip()) > 10
                    else date.fromisoformat(value.strip())
                )
            except ValueError:
                value = None
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        if isinstance(value, date):
            return datetime.combine(value, time(23, 59, 59) if end else time(0), tzinfo=zone)
        shown = found.raw if found.raw is not None else plain(found)
        self.error(key, f"`{key}` is {shown!r} and must be a date.", "Write it as 2026-01-31.")
        return None

    def table(self, key: str, what: str = "") -> Fields | None:
        """A mapping below this one."""
        found = self._get(key)
        if found is None:
            return None
        if not isinstance(found.value, dict):
            self.error(key, f"`{key}` is {_kind(found)} and must be a table of keys and values.")
            return None
        return Fields(found.value, self.path, self.errors, found.line, what or self.what)

    def tables(self, key: str) -> tuple[Fields, ...]:
        """A list of mappings."""
        found = self._get(key)
        if found is None:
            return ()
        items = found.value if isinstance(found.value, tuple) else None
        if items is None or not all(isinstance(item.value, dict) for item in items):
            self.error(key, f"`{key}` must be a list of tables of keys and values.")
            return ()
        return tuple(Fields(item.value, self.path, self.errors, item.line) for item in items)

    def anything(self, key: str) -> dict[str, Any]:
        """A user's own mapping, as plain values."""
        found = self._get(key)
        if found is None:
            return {}
        if not isinstance(found.value, dict):
            self.error(key, f"`{key}` is {_kind(found)} and must be a table of keys and values.")
            return {}
        value: dict[str, Any] = plain(found)
        return value

    def raw(self, key: str) -> Field | None:
        """The field as it stands, for keys that take more than one form."""
        return self._get(key)

    def done(self, *also: str, hint: str = "") -> None:
        """Note every key that nothing asked for, with the nearest known key."""
        for key, found in self.mapping.items():
            if key in self._asked:
                continue
            near = suggest(key, [*self._asked, *also])
            prefix = f"{self.what}: " if self.what else ""
            self.errors.append(
                PressroomError(
                    f"{prefix}the key `{key}` is not known.", self.path, found.line, near or hint or None
                )
            )


def _as_text(field: Field) -> str | None:
    if field.raw is not None:
        return field.raw
    if isinstance(field.value, str):
        return field.value
    return None


def _kind(field: Field) -> str:
    value = field.value
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, (date, datetime)):
        return "a date"
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return "empty" if value is None else "a text"
