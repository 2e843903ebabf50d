"""Mends YAML that other systems' authors got away with, one line at a time and only where it does not read.

Each mend keeps every character of the line's value: it becomes a text in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.config.fields import Field
from pipeline.config.front_matter import yaml_fields
from pipeline.errors import PressroomError

_MOST_MENDS = 50
_LONGEST = 100_000  # each mend reads the head some times over
_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)")
_TABS = re.compile(r"^[ ]*\t[ \t]*|(?<=:)[ \t]*\t[ \t]*(?=\S)|(?<=-)\t[ \t]*", re.MULTILINE)
_TIGHT = re.compile(r"^([A-Za-z_][\w-]*):(?=[^\s/])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mend:
    """A line that was mended: its number, from 1 in the source, and what it says."""

    line: int
    text: str


def mended_fields(head: str, path: str, first_line: int) -> tuple[dict[str, Field], tuple[Mend, ...], str]:
    """The fields of foreign YAML, what was mended for it, and the YAML that was read in the end.

    Raises the `PressroomError` of the first line that cannot be mended.
    """
    text = _never_lost(head)
    for _ in range(_MOST_MENDS):
        try:
            fields = yaml_fields(text, path, first_line, foreign=True)
        except PressroomError as error:
            better = _mended(text, error, path, first_line) if len(text) < _LONGEST else None
            if better is None:
                raise
            text = better
        else:
            lines = text.split("\n")
            mends = [
                Mend(first_line + number, line.strip())
                for number, line in enumerate(head.split("\n"))
                if line != lines[number] and _spaced(line) != lines[number]
            ]
            return fields, tuple(mends), text
    raise PressroomError(
        "the front matter is no YAML in too many places.", path, first_line, "Put texts in quotes."
    )


def _spaced(line: str) -> str:
    return _TIGHT.sub(r"\1: ", _untabbed(line))


def _untabbed(text: str) -> str:
    return _TABS.sub(lambda tabs: tabs[0].replace("\t", "  "), text)


def _never_lost(head: str) -> str:
    """Puts quotes around what YAML reads without complaint, and drops: `!Now or never` and `&Sons`."""
    lines = head.split("\n")
    for number, line in enumerate(lines):
        key, colon, value = line.partition(": ")
        value = value.strip()
        anchor = _ANCHOR.match(value)
        named = anchor is not None and f"*{anchor[1]}" in head
        tag = value.startswith("!") and not value.startswith(("!!", "!ruby/"))
        if colon and key[:1].isalnum() and value != "&" and (tag or (anchor and not named)):
            lines[number] = f"{key}: {_quoted(value)}"
    return "\n".join(lines)


def _mended(text: str, error: PressroomError, path: str, first_line: int) -> str | None:
    """The text with the slip mended that `error` stems from, or None where no mend takes reading further."""
    at = (error.line or first_line) - first_line
    for better in _attempts(text, at):
        if better == text:
            continue
        try:
            yaml_fields(better, path, first_line, foreign=True)
        except PressroomError as still:
            if (still.line or 0) - first_line <= at and still.message != "a key must be a text.":
                continue
        return better
    return None


def _attempts(text: str, wrong: int) -> Iterator[str]:
    """What may be meant, the likeliest first; `wrong` is the line from 0 that could not be read."""
    yield _untabbed(text)
    yield _spaced(text)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if not below.startswith((" ", "\t")) and _opens(line):
            value = line.partition(":")[2].strip()
            closed = f"{line}]" if value[0] == "[" else _quoted_line(lines, number)
            yield "\n".join([*lines[:number], closed or line, *lines[number + 1 :]])
    for number in range(wrong, max(-1, wrong - 4), -1):
        if number < len(lines) and (line := _quoted_line(lines, number) or ""):
            joined = _continuation(lines, number)
            yield "\n".join([*lines[:number], line, *[""] * joined, *lines[number + 1 + joined :]])
    for number in (wrong, wrong - 1):
        # A value that goes on at the margin.
        if 0 < number < len(lines) and lines[number].strip() and ": " not in lines[number]:
            yield "\n".join([*lines[:number], f"  {lines[number]}", *lines[number + 1 :]])


def _opens(line: str) -> bool:
    """Whether the value begins with a quotation mark or a bracket and does not end with it."""
    value = line.partition(":")[2].strip()
    ends = {'"': '"', "'": "'", "[": "]"}
    return value[:1] in ends and (len(value) == 1 or not value.endswith(ends[value[0]]))


def _continuation(lines: list[str], number: int) -> int:
    """How many lines below this one go on with its value: deeper, and neither list nor key."""
    depth = len(lines[number]) - len(lines[number].lstrip())
    end = number + 1
    while end < len(lines) and re.match(rf" {{{depth + 1},}}(?!- )[^\s:][^:]*$", lines[end]):
        end += 1
    return end - number - 1


def _quoted_line(lines: list[str], number: int) -> str | None:
    """The line with its value in quotes, and what stands below it of that value."""
    line = lines[number]
    if line.lstrip().startswith("#"):
        return None
    rest = [each.strip() for each in lines[number + 1 : number + 1 + _continuation(lines, number)]]
    key, colon, value = line.partition(":")
    value = " ".join([value.strip(), *rest])
    if colon and value and re.fullmatch(r"\s*(?:- )*[\w@.$ -]+", key):
        return None if _is_quoted(value) else f"{key}: {_quoted(value)}"
    item = re.match(r"(\s*- +)(\S.*)", line)
    if item and not _is_quoted(item[2].strip()):
        return f"{item[1]}{_quoted(' '.join([item[2].strip(), *rest]))}"
    return None


def _is_quoted(value: str) -> bool:
    return re.fullmatch(r"'(?:[^']|'')*'", value) is not None


def _quoted(value: str) -> str:
    # 'It's fine' and "A "word" in it": the outer marks were meant as YAML's, the inner ones as the text's.
    mark, inner = value[0], value[1:-1]
    if len(value) > 1 and mark == value[-1] and mark in "\"'" and "\\" not in inner:
        first = inner.find(mark)
        if first < 0 or (first > 0 and (mark == "'" or inner[first - 1].isspace())):
            value = inner
    return "'" + value.replace("'", "''") + "'"
