"""A plain text as numbered lines, and what is known of each of them so far."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a line is. The value is what an editor reads of it in a report."""

    CONTINUATION = "goes on with the line before"
    RULE = "rule between parts"
    TITLE = "title"
    ALT_TITLE = "the title in other words"
    DEK = "dek"
    BYLINE = "byline"
    TAGS = "tags"
    IMAGE_ALT = "description of a picture"
    CANONICAL = "where it was first published"
    DISCLAIMER = "disclaimer"
    RELATED = "related article"
    HEADING = "heading"
    BULLET = "item of a list"
    NUMBERED = "item of a numbered list"
    PARAGRAPH = "paragraph"
    CALL = "call to action"
    LEFT = "left out"


class Fate(StrEnum):
    """Where a line goes; each has exactly one."""

    FIELD = "field"
    BODY = "body"
    LEFT = "left"


_FIELDS = frozenset(
    {
        Role.TITLE,
        Role.ALT_TITLE,
        Role.DEK,
        Role.BYLINE,
        Role.TAGS,
        Role.IMAGE_ALT,
        Role.CANONICAL,
        Role.DISCLAIMER,
        Role.RELATED,
    }
)


def fate(role: Role) -> Fate:
    """Where a line of this role goes; a continuation goes where its line goes."""
    if role is Role.LEFT:
        return Fate.LEFT
    return Fate.FIELD if role in _FIELDS else Fate.BODY


class Fact(StrEnum):
    """What a piece of a byline says."""

    AUTHOR = "author"
    AUTHOR_ROLE = "author's role"
    REVIEWER = "reviewer"
    DATE = "date"
    UPDATED = "updated"
    CATEGORY = "category"
    READING_TIME = "reading time"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty. `number` counts from 1, `indent` is its white space in columns.

    `text` has no white space at either end. `gap` says whether an empty line, or nothing, is before it.
    """

    number: int
    text: str
    indent: int
    gap: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rule found a line to be.

    `value` is what of it goes into a field or the body where that is not the whole line; `why` is the
    reason for leaving it, or how it was known where that is a guess. `facts` are those of a byline, `depth`
    is that of a list's item, `split` is where within a paragraph the call to action begins.
    """

    role: Role
    value: str | None = None
    why: str = ""
    facts: tuple[tuple[Fact, str], ...] = ()
    depth: int = 0
    split: int = 0


Marks = Mapping[int, Mark]
"""Line numbers and what those lines are."""


def left(why: str) -> Mark:
    """The mark of a line that has no place in the article."""
    return Mark(Role.LEFT, why=why)


@dataclass(frozen=True, slots=True)
class Item:
    """A line together with those that go on with it. `at` is its place among the items.

    `gap` and `gap_after` say whether an empty line, or the text's end, is before and behind it.
    """

    at: int
    number: int
    text: str
    indent: int
    gap: bool
    gap_after: bool
    mark: Mark | None

    @property
    def open(self) -> bool:
        """Whether no rule has judged it yet."""
        return self.mark is None

    @property
    def said(self) -> str:
        """What of it goes on: its text without a label or a list's mark."""
        return self.text if self.mark is None or self.mark.value is None else self.mark.value

    @property
    def mark_facts(self) -> tuple[tuple[Fact, str], ...]:
        """What it says as a byline."""
        return self.mark.facts if self.mark else ()

    def is_(self, *roles: Role) -> bool:
        """Whether it was found to be one of these."""
        return self.mark is not None and self.mark.role in roles


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text in the course of being judged."""

    lines: tuple[Line, ...]
    marks: Marks
    items: tuple[Item, ...]

    def with_marks(self, found: Marks) -> Sheet:
        """The sheet with these marks too. What was judged before stays as it was."""
        new = {number: mark for number, mark in found.items() if number not in self.marks}
        return sheet_of(self.lines, {**self.marks, **new}) if new else self

    def open(self) -> Iterator[Item]:
        """The items that no rule has judged yet."""
        return (item for item in self.items if item.mark is None)

    @property
    def has_gaps(self) -> bool:
        """Whether empty lines part its paragraphs; otherwise each line is one."""
        apart = sum(1 for item in self.items[1:] if item.gap)
        return apart * 3 >= len(self.items) - 1


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a text that are not empty. White space within them becomes one space."""
    lines: list[Line] = []
    gap = True
    for number, raw in enumerate(text.split("\n"), start=1):
        words = re.sub(r"[ \t]+", " ", raw).strip()
        if words:
            start = raw.expandtabs(4)
            lines.append(Line(number, words, len(start) - len(start.lstrip()), gap))
        gap = not words
    return tuple(lines)


def sheet_of(lines: tuple[Line, ...], marks: Marks) -> Sheet:
    """The lines with these marks, continuations put together with what they go on with."""
    groups: list[list[Line]] = []
    for line in lines:
        mark = marks.get(line.number)
        if groups and mark is not None and mark.role is Role.CONTINUATION:
            groups[-1].append(line)
        else:
            groups.append([line])
    ends = [group[0].gap for group in groups[1:]] + [True]
    items = tuple(
        Item(
            at,
            group[0].number,
            _joined(group),
            group[0].indent,
            group[0].gap,
            end,
            marks.get(group[0].number),
        )
        for at, (group, end) in enumerate(zip(groups, ends, strict=True))
    )
    return Sheet(lines, marks, items)


# Characters of scripts that are written without spaces: no space stands for the end of a line there.
_UNSPACED = re.compile("[\u3001-\u9fff\uf900-\ufaff\uff00-\uffef]")


def _joined(group: list[Line]) -> str:
    parts = [group[0].text]
    for line in group[1:]:
        before = parts[-1]
        hyphen = len(before) > 1 and before[-1] == "-" and before[-2].isalpha() and line.text[0].isalpha()
        close = _UNSPACED.match(before[-1]) and _UNSPACED.match(line.text[0])
        parts += [line.text] if hyphen or close else [" ", line.text]
    return "".join(parts)
