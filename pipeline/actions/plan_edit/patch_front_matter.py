"""Write changed lists of slugs into the front matter of an `issue.md`; every other character stays.

YAML and TOML are edited in the same way, because the offsets of each value are known for both. A list with
one article a line keeps its lines and their comments; any other list is written on one line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from pipeline.actions.plan_edit.patch_list import TextEdit, gaps, patch_list
from pipeline.config.front_matter import FrontMatter, find_front_matter
from pipeline.config.sections import sections_to_text
from pipeline.config.source_spans import KeySpan, Span
from pipeline.errors import PressroomError
from pipeline.model import Issue

_LONGEST_LINE = 90
"""Characters of a new list on one line, its line end included; a longer one gets one article a line."""

_YAML_CONSTANTS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def patch_front_matter(text: str, path: str, before: Issue, after: Issue, zone: ZoneInfo) -> str:
    """Return the text with each list of slugs that differs in `after`, and its sections if it had none.

    `before` is the issue as read from `text`. Raises `PressroomError` if a comment in a list would be lost.
    """
    bare = text.removeprefix("\ufeff")
    body = bare.replace("\r\n", "\n").replace("\r", "\n")
    patcher = _Patcher(body, path, find_front_matter(body, path))
    patcher.change(patcher.front.table, "exclude", before.exclude, after.exclude)
    if before.own_sections:
        tables = patcher.front.table.entries["sections"].value.items or ()
        for table, old, new in zip(tables, before.sections, after.sections, strict=True):
            patcher.change(table, "pin", old.pin, new.pin)
            patcher.change(table, "exclude", old.exclude, new.exclude)
    elif after.own_sections:
        patcher.add_sections(after, zone)
    byte_order_mark = text[: len(text) - len(bare)]
    return byte_order_mark + _apply_edits(bare, patcher.edits)


def replace_keys(text: str, path: str, values: Mapping[str, str], without: Collection[str]) -> str:
    """Return the front matter of a text with these values and without some keys; all else of it stays.

    The lines of the text end in line feeds, as `read_source` returns them.
    `values` are written as YAML and TOML have them; one whose key is missing is added. Raises
    `PressroomError` for front matter in brackets.
    """
    body = f"{text}\n"  # the line that closes the front matter may be the last one
    patcher = _Patcher(body, path, find_front_matter(body, path))
    table, toml, end = patcher.front.table, patcher.front.toml, patcher.front.end
    if table.flow:
        hint = "Write it as lines of `key: value`."
        raise PressroomError("front matter in brackets cannot be taken over.", path, 1, hint)
    first = min(table.entries.values(), key=lambda each: each.key_start)
    indent = body[patcher.line_start(first.key_start) : first.key_start]
    for key, value in values.items():
        if entry := table.entries.get(key):
            start, stop = entry.value.start, entry.value.end
            folded = body[start:stop].endswith("\n")
            patcher.edit(start, stop, " " * (start == stop) + value + "\n" * folded)
        else:  # in TOML above all tables
            place = patcher.line_start(first.key_start) if toml else end
            patcher.edit(place, place, f"{indent}{key}{' = ' if toml else ': '}{value}\n")
    for key in sorted(table.entries.keys() & set(without)):
        entry = table.entries[key]
        items = () if entry.value.flow else entry.value.items or ()
        after = patcher.next_line(items[-1].end) if items else patcher.after(entry)
        patcher.edit(patcher.line_start(entry.key_start), after, "")
    patcher.edit(patcher.next_line(end), len(body), "")
    return _apply_edits(body, patcher.edits)


def _apply_edits(text: str, edits: Sequence[TextEdit]) -> str:
    """Apply edits whose offsets count each line end as one character, keeping the text's line ends."""
    first = re.search("\r\n|\r|\n", text)
    line_end = first[0] if first else "\n"
    pairs = [match.start() - n for n, match in enumerate(re.finditer("\r\n", text))]

    def real(offset: int) -> int:
        return offset + bisect_left(pairs, offset)

    # From the end, so that offsets stay valid; at the same offset a replacement comes before an insertion.
    for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: real(edit.start)] + edit.text.replace("\n", line_end) + text[real(edit.end) :]
    return text


class _Patcher:
    """Collects the edits of one text."""

    def __init__(self, text: str, path: str, front: FrontMatter) -> None:
        self.text = text
        self.path = path
        self.front = front
        self.edits: list[TextEdit] = []

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def next_line(self, offset: int) -> int:
        return self.text.index("\n", offset) + 1

    def edit(self, start: int, end: int, text: str) -> None:
        self.edits.append(TextEdit(start, end, text))

    # --- one list ----------------------------------------------------------------------------

    def change(self, table: Span, key: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Change the list at a key of a table from `old` to `new`."""
        if old == new:
            return
        entry = table.entries.get(key)
        if entry is None:
            self.add(table, key, new)
        elif not new:
            self.remove(table, entry)
        elif entry.value.items is None:  # `pin:` without a value
            bare = entry.value.start == entry.value.end
            start = self.text.index(":", entry.key_end) + 1 if bare else entry.value.start
            self.edit(start, start if bare else entry.value.end, " " * bare + self.inline_list(new))
        else:
            self.change_list(entry.value, old, new)

    def change_list(self, span: Span, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        edit = patch_list(self.text, span, old, new, self.spelled)
        if edit is None:
            line = self.text.count("\n", 0, span.start) + 1
            raise PressroomError(
                "the comments in this list would be lost.",
                self.path,
                line,
                "Write each article of the list on its own line.",
            )
        self.edits.append(edit)

    def remove(self, table: Span, entry: KeySpan) -> None:
        """Remove a key with its lines; leave an empty list if there is anything else on these lines."""
        span = entry.value
        items = span.items or ()
        last = span.end if span.flow else items[-1].end
        start, end = self.line_start(entry.key_start), self.next_line(last)
        comment = any("#" in gap for gap in gaps(self.text, entry.key_end, end, items))
        alone = not self.text[start : entry.key_start].strip() and not comment
        if alone and not table.flow:
            self.edit(start, end, "")
            return
        self.change_list(span, tuple(str(n) for n, _ in enumerate(items)), ())
        if not span.flow:
            colon = self.text.index(":", entry.key_end) + 1
            self.edit(colon, colon, " []")

    def add(self, table: Span, key: str, slugs: tuple[str, ...]) -> None:
        """Add a key to the issue, or to a section below its title."""
        equals = " = " if self.front.toml else ": "
        entries = [each for each in table.entries.values() if each.value.flow or not each.value.items]
        if table.flow:
            last = max(each.value.end for each in table.entries.values())
            self.edit(last, last, f", {key}{equals}{self.inline_list(slugs)}")
            return
        whole = table is self.front.table
        beside = max(entries, key=lambda each: each.value.end) if whole else table.entries["title"]
        place = self.front.end if whole and not self.front.toml else self.after(beside)
        indent = " " * (beside.key_start - self.line_start(beside.key_start))
        line = f"{indent}{key}{equals}{self.inline_list(slugs)}\n"
        if len(line) > _LONGEST_LINE:
            line = self.block_list(key, slugs, indent)
        self.edit(place, place, line)

    def after(self, entry: KeySpan) -> int:
        """Return the offset of the line after a key and its value."""
        end = entry.value.end
        return end if end and self.text[end - 1] == "\n" else self.next_line(end)

    # --- spelling ----------------------------------------------------------------------------

    def spelled(self, slug: str) -> str:
        # Quote what some YAML parsers read as a number, a date or a boolean.
        plain = re.fullmatch(r"[^\W\d_][\w-]*", slug) and slug.lower() not in _YAML_CONSTANTS
        return slug if plain and not self.front.toml else json.dumps(slug, ensure_ascii=False)

    def inline_list(self, slugs: tuple[str, ...]) -> str:
        return f"[{', '.join(map(self.spelled, slugs))}]"

    def block_list(self, key: str, slugs: tuple[str, ...], indent: str) -> str:
        if self.front.toml:
            rows = "".join(f"{indent}  {self.spelled(slug)},\n" for slug in slugs)
            return f"{indent}{key} = [\n{rows}{indent}]\n"
        rows = "".join(f"{indent}  - {self.spelled(slug)}\n" for slug in slugs)
        return f"{indent}{key}:\n{rows}"

    # --- sections ----------------------------------------------------------------------------

    def add_sections(self, issue: Issue, zone: ZoneInfo) -> None:
        """Add the issue's sections at the end of its fields."""
        table = self.front.table
        if table.flow or "sections" in table.entries:
            raise PressroomError(
                "the sections cannot be written into this front matter.",
                self.path,
                issue.lines.get("sections", 1),
                "Write it as lines of `key: value`, and delete an empty `sections:`.",
            )
        first = min(each.key_start for each in table.entries.values())
        indent = "" if self.front.toml else " " * (first - self.line_start(first))
        lines = sections_to_text(issue.sections, zone, self.front.toml)
        self.edit(self.front.end, self.front.end, re.sub(r"^(?=.)", indent, lines, flags=re.MULTILINE))
