"""Reads the rows of JSON one after the other, so that a long export needs little memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors import PressroomError

KeyPath = tuple[str, ...]
"""The keys that lead to a list."""

_AROUND = ("db", "data")
"""Lists around lists of rows, in Ghost's exports."""
_DEEPEST = 6
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonRows:
    """The elements of the lists in a JSON text, each with the keys that lead to its list.

    The text comes in pieces, each of which ends with a brace, but for the last. Iterating raises
    `PressroomError` with `name` as path where the text is no JSON. `keys` are those of the outermost object,
    as far as it was read; None if it is not an object.
    """

    def __init__(self, pieces: Iterable[str], name: str) -> None:
        self.keys: list[str] | None = None
        self._name = name
        self._pieces = iter(pieces)
        self._decoder = json.JSONDecoder(strict=False)
        self._text, self._at, self._line = "", 0, 1

    def __iter__(self) -> Iterator[tuple[KeyPath, Any]]:
        yield from self._rows(())
        if self._mark():
            raise self._broken(self._at)

    def _rows(self, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
        mark = self._mark()
        if mark == "{" and len(path) < _DEEPEST:
            self.keys = [] if not path else self.keys
            for _ in self._members("{", "}"):
                key = self._value() if self._mark() == '"' else None
                if key is None:
                    raise self._broken(self._at)
                self._take(":")
                if self.keys is not None and not path:
                    self.keys.append(key)
                yield from self._rows((*path, key))
        elif mark == "[" and len(path) < _DEEPEST:
            for _ in self._members("[", "]"):
                if path and path[-1] in (*_AROUND, ""):
                    yield from self._rows((*path, ""))
                else:
                    yield path, self._value()
        else:
            self._value()

    def _members(self, begin: str, end: str) -> Iterator[None]:
        """Once for each member of an object or a list, which whoever iterates reads."""
        self._take(begin)
        if self._mark() != end:
            yield
            while self._take(f",{end}") == ",":
                yield
        else:
            self._take(end)

    def _mark(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def _take(self, marks: str) -> str:
        mark = self._mark()
        if not mark or mark not in marks:
            raise self._broken(self._at)
        self._at += 1
        return mark

    def _value(self) -> Any:
        self._mark()
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._text, self._at)
                return value
            except json.JSONDecodeError as error:
                # A text that is not at its end yet: in a string, or where the piece ends.
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 1
                if not cut or not self._read_on():
                    raise self._broken(error.pos) from error
            except RecursionError as error:
                what = "is no JSON that can be read: it is nested too deeply."
                raise PressroomError(what, self._name) from error
            except ValueError as error:  # Python's limit of digits
                what = "is no JSON that can be read: it has a number of thousands of digits."
                raise PressroomError(what, self._name) from error

    def _read_on(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + piece, 0
        return True

    def _broken(self, at: int) -> PressroomError:
        line = self._line + self._text.count("\n", 0, at)
        hint = "Export it again: perhaps it was not downloaded whole."
        return PressroomError("this JSON is broken here.", self._name, line, hint)
