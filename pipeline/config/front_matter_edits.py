"""Edits of front matter, YAML and TOML alike: every character that no edit touches stays."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.config.front_matter import find_front_matter
from pipeline.config.source_spans import KeySpan
from pipeline.errors import PressroomError


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace what is between two offsets of a text by another text."""

    start: int
    end: int
    text: str


class FrontMatterEdits:
    """The edits of one text, whose lines end in line feeds, applied together.

    Raises `PressroomError` for front matter that cannot be read.
    """

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.front = find_front_matter(text, path)
        self.edits: list[TextEdit] = []

    def line_start(self, offset: int) -> int:
        """Return the offset of the line that has this offset."""
        return self.text.rfind("\n", 0, offset) + 1

    def next_line(self, offset: int) -> int:
        """Return the offset of the line after it."""
        return self.text.index("\n", offset) + 1

    def replace(self, start: int, end: int, text: str) -> None:
        """Add the edit that replaces what is between two offsets."""
        self.edits.append(TextEdit(start, end, text))

    def after(self, entry: KeySpan) -> int:
        """Return the offset of the line after a key and its value."""
        end = entry.value.end
        return end if end and self.text[end - 1] == "\n" else self.next_line(end)

    def apply(self, text: str) -> str:
        """Apply the edits to the text with the line ends that its file has, and keep those."""
        first = re.search("\r\n|\r|\n", text)
        line_end = first[0] if first else "\n"
        pairs = [match.start() - n for n, match in enumerate(re.finditer("\r\n", text))]

        def real(offset: int) -> int:
            return offset + bisect_left(pairs, offset)

        # From the end, so that offsets stay valid; at the same offset a replacement comes before an
        # insertion.
        for edit in sorted(self.edits, key=lambda each: (each.start, each.end), reverse=True):
            text = text[: real(edit.start)] + edit.text.replace("\n", line_end) + text[real(edit.end) :]
        return text


def replace_keys(text: str, path: str, values: Mapping[str, str], without: Collection[str]) -> str:
    """Return the front matter of a text with these values and without some keys; all else of it stays.

    The lines of the text end in line feeds, as `read_source` returns them.
    `values` are written as YAML and TOML have them; one whose key is missing is added. Raises
    `PressroomError` for front matter in brackets.
    """
    body = f"{text}\n"  # the line that closes the front matter may be the last one
    edits = FrontMatterEdits(body, path)
    table, toml, end = edits.front.table, edits.front.toml, edits.front.end
    if table.flow:
        hint = "Write it as lines of `key: value`."
        raise PressroomError("front matter in brackets cannot be taken over.", path, 1, hint)
    first = min(table.entries.values(), key=lambda each: each.key_start)
    indent = body[edits.line_start(first.key_start) : first.key_start]
    for key, value in values.items():
        if entry := table.entries.get(key):
            start, stop = entry.value.start, entry.value.end
            folded = body[start:stop].endswith("\n")
            edits.replace(start, stop, " " * (start == stop) + value + "\n" * folded)
        else:  # in TOML above all tables
            place = edits.line_start(first.key_start) if toml else end
            edits.replace(place, place, f"{indent}{key}{' = ' if toml else ': '}{value}\n")
    for key in sorted(table.entries.keys() & set(without)):
        entry = table.entries[key]
        items = () if entry.value.flow else entry.value.items or ()
        after = edits.next_line(items[-1].end) if items else edits.after(entry)
        edits.replace(edits.line_start(entry.key_start), after, "")
    edits.replace(edits.next_line(end), len(body), "")
    return edits.apply(body)
