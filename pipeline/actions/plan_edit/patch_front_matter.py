"""Write changed lists of slugs into the front matter of an `issue.md`; every other character stays.

YAML and TOML are edited in the same way, because the offsets of each value are known for both. A list with
one article a line keeps its lines and their comments; any other list is written on one line.
"""

from __future__ import annotations

import json
import re
from zoneinfo import ZoneInfo

from pipeline.actions.plan_edit.patch_list import gaps, patch_list
from pipeline.config.front_matter_edits import FrontMatterEdits
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
    patcher = _Patcher(body, path)
    patcher.change(patcher.front.table, "exclude", before.exclude, after.exclude)
    if before.own_sections:
        tables = patcher.front.table.entries["sections"].value.items or ()
        for table, old, new in zip(tables, before.sections, after.sections, strict=True):
            patcher.change(table, "pin", old.pin, new.pin)
            patcher.change(table, "exclude", old.exclude, new.exclude)
    elif after.own_sections:
        patcher.add_sections(after, zone)
    byte_order_mark = text[: len(text) - len(bare)]
    return byte_order_mark + patcher.apply(bare)


class _Patcher(FrontMatterEdits):
    """Collects the edits that change lists of slugs."""

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
            self.replace(start, start if bare else entry.value.end, " " * bare + self.inline_list(new))
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
            self.replace(start, end, "")
            return
        self.change_list(span, tuple(str(n) for n, _ in enumerate(items)), ())
        if not span.flow:
            colon = self.text.index(":", entry.key_end) + 1
            self.replace(colon, colon, " []")

    def add(self, table: Span, key: str, slugs: tuple[str, ...]) -> None:
        """Add a key to the issue, or to a section below its title."""
        equals = " = " if self.front.toml else ": "
        entries = [each for each in table.entries.values() if each.value.flow or not each.value.items]
        if table.flow:
            last = max(each.value.end for each in table.entries.values())
            self.replace(last, last, f", {key}{equals}{self.inline_list(slugs)}")
            return
        whole = table is self.front.table
        beside = max(entries, key=lambda each: each.value.end) if whole else table.entries["title"]
        place = self.front.end if whole and not self.front.toml else self.after(beside)
        indent = " " * (beside.key_start - self.line_start(beside.key_start))
        line = f"{indent}{key}{equals}{self.inline_list(slugs)}\n"
        if len(line) > _LONGEST_LINE:
            line = self.block_list(key, slugs, indent)
        self.replace(place, place, line)

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
        self.replace(self.front.end, self.front.end, re.sub(r"^(?=.)", indent, lines, flags=re.MULTILINE))
