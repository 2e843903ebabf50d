"""Mends YAML that other systems' authors got away with, one line at a time and only if it cannot be read.

Each mend keeps every character of the line's value: it becomes a text in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.config.fields import Field
from pipeline.config.front_matter import yaml_fields
from pipeline.errors import PressroomError

_MOST_MENDS = 50
_LONGEST = 100_000  # each mend reads the head some times over
_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)")
_TABS = re.compile(r"^[ ]*\t[ \t]*|(?<=:)[ \t]*\t[ \t]*(?=\S)|(?<=-)\t[ \t]*", re.MULTILINE)
_TIGHT = re.compile(r"^([A-Za-z_][\w-]*):(?=[^\s/])", re.MULTILINE)


def mended_fields(head: str, path: str, first_line: int) -> tuple[dict[str, Field], dict[int, str], str]:
    """The fields of foreign YAML, the lines that were mended for it by number, and the YAML that was read.

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
            pairs = zip(head.split("\n"), text.split("\n"), strict=False)
            mends = {
                first_line + number: old.strip()
                for number, (old, new) in enumerate(pairs)
                if old != new and _spaced(old) != new
            }
            return fields, mends, text
    what = "the front matter is no YAML in too many places."
    raise PressroomError(what, path, first_line, "Put texts in quotes.")


def _spaced(text: str) -> str:
    return _TIGHT.sub(r"\1: ", _TABS.sub(lambda tabs: tabs[0].replace("\t", "  "), text))


def _never_lost(head: str) -> str:
    """Puts quotes around what YAML reads without complaint, and drops: `!Now or never` and `&Sons`."""
    lines = head.split("\n")
    for number, line in enumerate(lines):
        key, colon, value = line.partition(": ")
        value = value.strip()
        anchor = _ANCHOR.match(value)
        lost = anchor is not None and value != "&" and f"*{anchor[1]}" not in head
        if colon and key[:1].isalnum() and (lost or re.match(r"!(?!!|ruby/)", value)):
            lines[number] = f"{key}: {_quoted(value)}"
    return "\n".join(lines)


def _mended(text: str, error: PressroomError, path: str, first_line: int) -> str | None:
    """The text with the slip mended that `error` stems from, or None if no mend takes reading further."""
    at = (error.line or first_line) - first_line
    for better in _attempts(text.split("\n"), at):
        if better == text:
            continue
        try:
            yaml_fields(better, path, first_line, foreign=True)
        except PressroomError as still:
            if (still.line or 0) - first_line <= at and still.message != "a key must be a text.":
                continue
        return better
    return None


def _attempts(lines: list[str], wrong: int) -> Iterator[str]:
    """What may be meant, the likeliest first; `wrong` is the line from 0 that could not be read."""
    yield _spaced("\n".join(lines))
    opened = [
        number
        for number, line in enumerate(lines)
        if re.match(r"[^:]*:\s*(?:\"[^\"]*|'[^']*|\[[^\]]*)$", line)
    ]
    for number in [*opened, *range(wrong, max(-1, wrong - 4), -1)]:
        if number >= len(lines) or lines[number].lstrip().startswith("#"):
            continue
        # The value goes on in lines below it that are deeper, and neither list nor key.
        deeper = len(lines[number]) - len(lines[number].lstrip()) + 1
        end = number + 1
        while end < len(lines) and re.match(rf" {{{deeper},}}(?!- )[^\s:][^:]*$", lines[end]):
            end += 1
        value = " ".join(line.strip() for line in lines[number:end])
        match = re.match(r"\s*((?:- )*[\w@.$ -]+: *|- +)(\S.*)", value)
        if match and not re.fullmatch(r"'(?:[^']|'')*'", match[2]):
            indent = lines[number][: deeper - 1]
            mended = f"{indent}{match[1].rstrip()} {_quoted(match[2])}"
            yield "\n".join([*lines[:number], mended, *[""] * (end - number - 1), *lines[end:]])
    for number in (wrong, wrong - 1):
        # A value that goes on at the margin.
        if 0 < number < len(lines) and lines[number].strip() and ": " not in lines[number]:
            yield "\n".join([*lines[:number], f"  {lines[number]}", *lines[number + 1 :]])


def _quoted(value: str) -> str:
    # 'It's fine' and "A "word" in it": the outer marks were meant as YAML's, the inner ones as the text's.
    mark, inner = value[0], value[1:-1]
    if len(value) > 1 and mark == value[-1] and mark in "\"'" and "\\" not in inner:
        first = inner.find(mark)
        if first < 0 or (first > 0 and (mark == "'" or inner[first - 1].isspace())):
            value = inner
    return "'" + value.replace("'", "''") + "'"
