"""Columns of text fitted to a terminal, aligned by the width that characters have there."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.support.display_width import character_clusters, display_width

GAP = 2
"""Spaces between two columns."""

_NARROWEST = 6
"""The width that columns are cut to if `shrink_to` is not enough."""

_LEFT_TO_RIGHT = "\u200e"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Without `shrink_to`, the width that it may be cut to, it is never cut.

    The last column is cut first. `optional` columns are left out if there is no room for all. `style` is
    applied to a cell after it was cut and padded.
    """

    title: str = ""
    shrink_to: int | None = None
    optional: bool = False
    style: Callable[[str], str] = str


def truncate(text: str, room: int) -> str:
    """Shorten a text that is wider than `room`, with … at its end, between two visible characters."""
    if display_width(text) <= room:
        return text
    kept, remaining = "", room - 1
    for cluster, width in character_clusters(text):
        remaining -= width
        if remaining < 0:
            break
        kept += cluster
    return f"{kept.rstrip()}…"


def fit_columns(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int | None
) -> list[list[str]]:
    """Cut and pad the cells so that each row is at most `room` wide, as far as that is possible.

    The first row of the result is the columns' titles. Without `room`, as for a file, nothing is cut,
    left out or styled.
    """
    table = [[each.title for each in columns], *([" ".join(cell.split()) for cell in row] for row in rows)]
    natural = [max(map(display_width, cells)) for cells in zip(*table, strict=True)]
    least = [
        width if each.shrink_to is None else min(width, max(each.shrink_to, display_width(each.title)))
        for each, width in zip(columns, natural, strict=True)
    ]
    shown = list(range(len(columns)))
    if room is not None:
        for number in reversed(range(len(columns))):
            if columns[number].optional and _total([least[n] for n in shown]) > room:
                shown.remove(number)
    widths = {n: natural[n] for n in shown}
    for floor in (None, _NARROWEST) if room is not None else ():
        for number in (n for n in reversed(shown) if columns[n].shrink_to is not None):
            excess = _total(list(widths.values())) - (room or 0)
            lowest = least[number] if floor is None else min(floor, least[number])
            widths[number] = max(lowest, widths[number] - max(excess, 0))
    titles, *cells = [[_cell(row[n], widths[n], n != shown[-1], room) for n in shown] for row in table]
    if room is None:
        return [titles, *cells]
    styles = [columns[n].style for n in shown]
    return [titles, *([style(cell) for style, cell in zip(styles, row, strict=True)] for row in cells)]


def _total(widths: list[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _cell(text: str, width: int, padded: bool, room: int | None) -> str:
    short = truncate(text, width)
    padding = " " * (width - display_width(short)) if padded else ""
    if room is not None and any(unicodedata.bidirectional(c) in ("R", "AL") for c in short):
        # Otherwise a terminal that reorders Hebrew also moves the date beside it (UAX 9, rule N1).
        short = f"{_LEFT_TO_RIGHT}{short}{_LEFT_TO_RIGHT}"
    return short + padding
