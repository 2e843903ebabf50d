"""Columns of text that fit a terminal, aligned by what characters take there.

Widths are those of Unicode's East Asian Width (UAX 11) and of emoji sequences (UTS 51), as terminals
of today draw them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

GAP = 2
"""Spaces between two columns."""

_NARROWEST = 6
"""What is left of a column where the terminal is too narrow for ease."""

_JOINER, _AS_EMOJI, _LEFT_TO_RIGHT = "\u200d", "\ufe0f", "\u200e"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `least` is the width that it is cut to with ease; without it, it is never cut.

    The last column is cut first. `spare` columns are left out where there is no room for all. `look`
    styles a cell that was cut and padded already.
    """

    title: str = ""
    least: int | None = None
    spare: bool = False
    look: Callable[[str], str] = str


def width(text: str) -> int:
    """The columns that a text takes in a terminal."""
    return len(text) if text.isascii() else sum(wide for _, wide in _clusters(text))


def cut(text: str, room: int) -> str:
    """The text, shortened with … where it is wider than `room`; no character is broken in two."""
    if width(text) <= room:
        return text
    kept, left = "", room - 1
    for cluster, wide in _clusters(text):
        left -= wide
        if left < 0:
            break
        kept += cluster
    return f"{kept.rstrip()}…"


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int | None) -> list[list[str]]:
    """The rows with their cells cut and padded so that each is at most `room` wide, as far as can be.

    The first row is the columns' titles. Without `room`, as in a file, nothing is cut or left out.
    """
    table = [[each.title for each in columns], *([" ".join(cell.split()) for cell in row] for row in rows)]
    natural = [max(map(width, cells)) for cells in zip(*table, strict=True)]
    least = [
        wide if each.least is None else min(wide, max(each.least, width(each.title)))
        for each, wide in zip(columns, natural, strict=True)
    ]
    shown = list(range(len(columns)))
    if room is not None:
        for number in reversed(range(len(columns))):
            if columns[number].spare and _total([least[n] for n in shown]) > room:
                shown.remove(number)
    widths = {n: natural[n] for n in shown}
    for floor in (None, _NARROWEST) if room is not None else ():
        for number in (n for n in reversed(shown) if columns[n].least is not None):
            over = _total(list(widths.values())) - (room or 0)
            lowest = least[number] if floor is None else min(floor, least[number])
            widths[number] = max(lowest, widths[number] - max(over, 0))
    return [
        [
            _cell(row[n], widths[n], n != shown[-1], room)
            if row is table[0]
            else columns[n].look(_cell(row[n], widths[n], n != shown[-1], room))
            for n in shown
        ]
        for row in table
    ]


def _total(widths: list[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _cell(text: str, wide: int, padded: bool, room: int | None) -> str:
    short = cut(text, wide)
    padding = " " * (wide - width(short)) if padded else ""
    if room is not None and any(unicodedata.bidirectional(c) in ("R", "AL") for c in short):
        # Else a terminal that turns Hebrew round takes the date beside it along (UAX 9, rule N1).
        short = f"{_LEFT_TO_RIGHT}{short}{_LEFT_TO_RIGHT}"
    return short + padding


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """What is drawn as one, with its width: marks with their letter, joined emoji, two halves of a flag."""
    held, wide = "", 0
    for character in text:
        flag = _is_flag(character) and len(held) == 1 and _is_flag(held)
        if held and (flag or held.endswith(_JOINER) or not _columns(character) or _is_tone(character)):
            held += character
            wide = 2 if flag or (character == _AS_EMOJI and wide) else wide
            continue
        if held:
            yield held, wide
        held, wide = character, _columns(character)
    if held:
        yield held, wide


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0  # U+1160 and on: the later letters of a Korean syllable
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
