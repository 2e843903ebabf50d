"""A Markdown text line by line, with code left alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

_FENCE = re.compile(r"[ \t>*+-]*(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with each run of lines outside of fenced code changed; `change` gets them joined."""
    parts: list[str] = []
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            run.append(line)
            if found and found[1].startswith(fence) and not line[found.end() :].strip():
                parts.append("\n".join(run))
                run, fence = [], ""
        elif found and not (found[1][0] == "`" and "`" in line[found.end() :]):
            parts += [change("\n".join(run))] if run else []
            run, fence = [line], found[1]
        else:
            run.append(line)
    rest = "\n".join(run)
    return "\n".join([*parts, *([rest if fence else change(rest)] if run else [])])


def outside_spans(text: str, change: Callable[[str], str]) -> str:
    """The text with what stands outside of code spans changed (CommonMark 0.31, section 6.1)."""
    parts: list[str] = []
    done = at = 0
    ticks = [each for each in _TICKS.finditer(text) if not _is_escaped(text, each.start())]
    ends: dict[int, list[int]] = {}
    for number, each in enumerate(ticks):
        ends.setdefault(len(each[0]), []).append(number)
    while at < len(ticks):
        opening = ticks[at]
        same = ends[len(opening[0])]
        place = bisect_right(same, at)
        behind = same[place] if place < len(same) else None
        if behind is None:
            at += 1
            continue
        parts += [change(text[done : opening.start()]), text[opening.start() : ticks[behind].end()]]
        done, at = ticks[behind].end(), behind + 1
    return "".join([*parts, change(text[done:])])


def _is_escaped(text: str, at: int) -> bool:
    count = 0
    while at > count and text[at - 1 - count] == "\\":
        count += 1
    return count % 2 == 1
