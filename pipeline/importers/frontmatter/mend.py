"""Mends YAML that other systems' authors got away with, one line at a time and only if it cannot be read.

Each mend keeps every character of the line's value: it becomes a text in quotes.
"""

from __future__ import annotations

import re

from pipeline.config.fields import Field
from pipeline.config.front_matter import yaml_fields
from pipeline.errors import PressroomError

_MOST_MENDS = 50
_LONGEST = 100_000  # each mend reads the head once more
_TABS = re.compile(r"^[ ]*\t[ \t]*|(?<=:)[ \t]*\t[ \t]*(?=\S)|(?<=-)\t[ \t]*", re.MULTILINE)
_TIGHT = re.compile(r"^([A-Za-z_][\w-]*):(?=[^\s/])", re.MULTILINE)


def mended_fields(head: str, path: str, first_line: int) -> tuple[dict[str, Field], dict[int, str], str]:
    """The fields of foreign YAML, the lines that were mended for it by number, and the YAML that was read.

    Raises the `PressroomError` of the first line that cannot be mended.
    """
    old = head.split("\n")
    lines = [_quoted_if_lost(line, head) for line in old]
    mended = {at for at, line in enumerate(lines) if line != old[at]}
    while True:
        text = "\n".join(lines)
        try:
            fields = yaml_fields(text, path, first_line, foreign=True)
        except PressroomError as error:
            spaced = _TIGHT.sub(r"\1: ", _TABS.sub(lambda tabs: tabs[0].replace("\t", "  "), text))
            if spaced != text:
                lines = spaced.split("\n")
                continue
            wrong = (error.line or first_line) - first_line
            places = range(min(wrong, len(lines) - 1), max(-1, wrong - 4), -1)
            at = next((each for each in places if each not in mended and _quoted_line(lines[each])), None)
            if at is None or len(mended) == _MOST_MENDS or len(head) > _LONGEST:
                raise
            mended.add(at)
            lines[at] = _quoted_line(lines[at])
        else:
            return fields, {first_line + at: old[at].strip() for at in sorted(mended)}, text


def _quoted_if_lost(line: str, head: str) -> str:
    """The line in quotes if YAML reads it without complaint, and drops it: `!Now or never` and `&Sons`."""
    key, colon, value = line.partition(": ")
    anchor = re.match(r"&([^\s,\[\]{}]+)", value)
    lost = anchor is not None and f"*{anchor[1]}" not in head
    lost = lost or re.match(r"!(?!!|ruby/)", value) is not None
    return f"{key}: {_quoted(value.strip())}" if colon and key[:1].isalnum() and lost else line


def _quoted_line(line: str) -> str:
    """The line with its value in quotes; empty if it has no value, or has quotes already."""
    match = re.match(r"(\s*(?:- )*[\w@.$ -]+:|\s*-) *(\S.*)", line)
    if not match or line.lstrip().startswith("#") or re.fullmatch(r"'(?:[^']|'')*'", match[2].strip()):
        return ""
    return f"{match[1]} {_quoted(match[2].strip())}"


def _quoted(value: str) -> str:
    # 'It's fine' and "A "word" in it": the outer marks were meant as YAML's, the inner ones as the text's.
    mark, inner = value[0], value[1:-1]
    if len(value) > 1 and mark == value[-1] and mark in "\"'" and "\\" not in inner:
        first = inner.find(mark)
        if first < 0 or (first > 0 and (mark == "'" or inner[first - 1].isspace())):
            value = inner
    return "'" + value.replace("'", "''") + "'"
