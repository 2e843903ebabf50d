"""Writes changed lists of slugs into the text of an `issue.md`, and leaves every other character.

YAML and TOML are changed by the same splices, since both tell where a value stands. A list with one
article a line keeps its lines, with their comments; another one is written on one line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.config.front_matter import FrontMatter, find_front_matter
from pipeline.config.sections import sections_to_text
from pipeline.config.source_spans import KeySpan, Span
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.plan_edit.lists import rewrite_list

_LONG = 90
_ODD_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True, slots=True)
class Splice:
    """What stands between two offsets of a text gives way to another text."""

    start: int
    end: int
    text: str


def patch(text: str, path: str, before: Issue, after: Issue, zone: ZoneInfo) -> str:
    """The text with the lists in which two readings of it differ, and with sections where it had none.

    Raises `PressroomError` where a list is laid out so that a comment would be lost.
    """
    bare = text.removeprefix("\ufeff")
    body = bare.replace("\r\n", "\n").replace("\r", "\n")
    writer = _Patcher(body, path, find_front_matter(body, path))
    writer.change(writer.head.table, "exclude", before.exclude, after.exclude)
    if before.own_sections:
        tables = writer.head.table.entries["sections"].value.items or ()
        for table, old, new in zip(tables, before.sections, after.sections, strict=True):
            writer.change(table, "pin", old.pin, new.pin)
            writer.change(table, "exclude", old.exclude, new.exclude)
    elif after.own_sections:
        writer.add_sections(after, zone)
    mark = text[: len(text) - len(bare)]
    return mark + _applied(bare, writer.splices)


def _applied(text: str, splices: Sequence[Splice]) -> str:
    """The text, with the line ends it has, after splices that count each line end as one character."""
    first = re.search("\r\n|\r|\n", text)
    line_end = first[0] if first else "\n"
    pairs = [found.start() - n for n, found in enumerate(re.finditer("\r\n", text))]

    def real(offset: int) -> int:
        return offset + bisect_left(pairs, offset)

    # From the end, so that offsets hold; what is replaced at a place goes before what is added there.
    for splice in sorted(splices, key=lambda each: (each.start, each.end), reverse=True):
        new = splice.text.replace("\n", line_end)
        text = text[: real(splice.start)] + new + text[real(splice.end) :]
    return text


class _Patcher:
    """Collects the splices of one text."""

    def __init__(self, text: str, path: str, head: FrontMatter) -> None:
        self.text = text
        self.path = path
        self.head = head
        self.splices: list[Splice] = []

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def next_line(self, offset: int) -> int:
        return self.text.index("\n", offset) + 1

    def put(self, start: int, end: int, text: str) -> None:
        self.splices.append(Splice(start, end, text))

    # --- one list ----------------------------------------------------------------------------

    def change(self, table: Span, key: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Make the list at a key of a table, which holds `old`, hold `new`."""
        if old == new:
            return
        entry = table.entries.get(key)
        if entry is None:
            self.add(table, key, new)
        elif not new:
            self.empty(table, entry)
        elif entry.value.items is None:  # `pin:` with nothing behind it
            bare = entry.value.start == entry.value.end
            start = self.text.index(":", entry.key_end) + 1 if bare else entry.value.start
            self.put(start, start if bare else entry.value.end, " " * bare + self.listed(new))
        else:
            self.relist(entry.value, old, new)

    def relist(self, spot: Span, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        found = rewrite_list(self.text, spot, old, new, self.spelled)
        if found is None:
            line = self.text.count("\n", 0, spot.start) + 1
            raise PressroomError(
                "the comments in this list would be lost.",
                self.path,
                line,
                "Write each of its articles on a line of its own.",
            )
        self.put(*found)

    def empty(self, table: Span, entry: KeySpan) -> None:
        """Remove a key with its lines where nothing else stands on them, or leave an empty list."""
        spot = entry.value
        items = spot.items or ()
        last = spot.end if spot.flow else items[-1].end
        start, end = self.line_start(entry.key_start), self.next_line(last)
        gaps = _gaps(self.text, entry.key_end, end, items)
        alone = not self.text[start : entry.key_start].strip() and "#" not in gaps
        if alone and not table.flow:
            self.put(start, end, "")
            return
        self.relist(spot, tuple(str(n) for n, _ in enumerate(items)), ())
        if not spot.flow:
            colon = self.text.index(":", entry.key_end) + 1
            self.put(colon, colon, " []")

    def add(self, table: Span, key: str, slugs: tuple[str, ...]) -> None:
        """Add a key to the issue, or to a section below its title."""
        equals = " = " if self.head.toml else ": "
        entries = [each for each in table.entries.values() if each.value.flow or not each.value.items]
        if table.flow:
            last = max(each.value.end for each in table.entries.values())
            self.put(last, last, f", {key}{equals}{self.listed(slugs)}")
            return
        whole = table is self.head.table
        beside = max(entries, key=lambda each: each.value.end) if whole else table.entries["title"]
        place = self.head.end if whole and not self.head.toml else self.after(beside)
        indent = " " * (beside.key_start - self.line_start(beside.key_start))
        line = f"{indent}{key}{equals}{self.listed(slugs)}\n"
        if len(line) > _LONG:
            line = self.long(key, slugs, indent)
        self.put(place, place, line)

    def after(self, entry: KeySpan) -> int:
        """Where the line after a key and its value begins."""
        end = entry.value.end
        return end if end and self.text[end - 1] == "\n" else self.next_line(end)

    # --- spelling ----------------------------------------------------------------------------

    def spelled(self, slug: str) -> str:
        # What some reader of YAML takes for a number, a date or a truth value is quoted.
        plain = re.fullmatch(r"[^\W\d_][\w-]*", slug) and slug.lower() not in _ODD_WORDS
        return slug if plain and not self.head.toml else json.dumps(slug, ensure_ascii=False)

    def listed(self, slugs: tuple[str, ...]) -> str:
        return f"[{', '.join(map(self.spelled, slugs))}]"

    def long(self, key: str, slugs: tuple[str, ...], indent: str) -> str:
        if self.head.toml:
            rows = "".join(f"{indent}  {self.spelled(slug)},\n" for slug in slugs)
            return f"{indent}{key} = [\n{rows}{indent}]\n"
        rows = "".join(f"{indent}  - {self.spelled(slug)}\n" for slug in slugs)
        return f"{indent}{key}:\n{rows}"

    # --- sections ----------------------------------------------------------------------------

    def add_sections(self, issue: Issue, zone: ZoneInfo) -> None:
        """Write the issue's sections out at the end of its fields."""
        table = self.head.table
        if table.flow or "sections" in table.entries:
            raise PressroomError(
                "the sections cannot be written into this front matter.",
                self.path,
                issue.lines.get("sections", 1),
                "Write it as lines of `key: value`, and delete an empty `sections:`.",
            )
        first = min(each.key_start for each in table.entries.values())
        indent = "" if self.head.toml else " " * (first - self.line_start(first))
        lines = sections_to_text(issue.sections, zone, self.head.toml)
        self.put(self.head.end, self.head.end, re.sub(r"^(?=.)", indent, lines, flags=re.MULTILINE))


def _gaps(text: str, start: int, end: int, items: Sequence[Span]) -> str:
    """What stands between two offsets outside the items of a list."""
    edges = [start, *(edge for item in items for edge in (item.start, item.end)), end]
    return "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
