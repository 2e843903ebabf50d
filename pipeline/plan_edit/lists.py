"""Lists in a text, one article a line or all on one line, with other articles in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.config.source_spans import Span

_BETWEEN = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_TAIL = re.compile(r"(,?)([ \t]*(?:#[^\n]*)?)")


@dataclass(frozen=True, slots=True)
class _ListRow:
    """An article's line: the lines above it that hold none, what stands before it, itself, its comment."""

    above: str
    head: str
    item: str
    comma: str
    tail: str


def rewrite_list(
    text: str, spot: Span, old: tuple[str, ...], new: tuple[str, ...], spelled: Callable[[str], str]
) -> tuple[int, int, str] | None:
    """Start, end and text of what makes a list that holds `old` hold `new`.

    Articles that stay keep their spelling. On a line of its own, one takes along the comment behind it
    and the lines above it; when it leaves, the lines above it stay. None where a comment cannot be
    kept.
    """
    rows = _rows(text, spot)
    if rows is None:
        return _on_one_line(text, spot, old, new, spelled)
    start = text.rfind("\n", 0, spot.items[0].start) + 1 if spot.items else 0
    end = text.index("\n", spot.items[-1].end) + 1 if spot.items else 0
    known = dict(zip(old, rows, strict=True))
    above: dict[str, str] = {}
    orphaned = ""
    for slug, row in known.items():
        if slug in new:
            above[slug], orphaned = orphaned + row.above, ""
        else:
            orphaned += row.above
    made: list[str] = []
    for number, slug in enumerate(new):
        row = known.get(slug) or _ListRow("", rows[0].head, spelled(slug), "", "")
        comma = "," if spot.flow and number < len(new) - 1 else rows[-1].comma
        space = " " if row.tail.startswith("#") and not comma else ""
        made.append(f"{above.get(slug, '')}{row.head}{row.item}{comma}{space}{row.tail}\n")
    return start, end, "".join(made) + orphaned


def _rows(text: str, spot: Span) -> list[_ListRow] | None:
    """The lines of a list with one article a line, or None for another list."""
    rows: list[_ListRow] = []
    done = None
    for item in spot.items or ():
        begin = text.rfind("\n", 0, item.start) + 1
        end = text.index("\n", item.end)
        head = text[begin : item.start]
        tail = _TAIL.fullmatch(text, item.end, end)
        shape = r"[ \t]*" if spot.flow else r" *-[ \t]+"
        within = begin > spot.start or not spot.flow
        if tail is None or not within or not re.fullmatch(shape, head) or (done is not None and begin < done):
            return None
        above = "" if done is None else text[done:begin]
        if not _BETWEEN.fullmatch(above):
            return None
        rows.append(_ListRow(above, head, text[item.start : item.end], tail[1], tail[2]))
        done = end + 1
    return rows or None


def _on_one_line(
    text: str, spot: Span, old: tuple[str, ...], new: tuple[str, ...], spelled: Callable[[str], str]
) -> tuple[int, int, str] | None:
    items = spot.items or ()
    edges = [spot.start, *(edge for item in items for edge in (item.start, item.end)), spot.end]
    gaps = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if not spot.flow or any("#" in gap for gap in gaps):
        return None
    known = {slug: text[item.start : item.end] for slug, item in zip(old, items, strict=True)}
    inner = ", ".join(known.get(slug) or spelled(slug) for slug in new)
    pad = " " if gaps[0] == "[ " and new else ""
    return spot.start, spot.end, f"[{pad}{inner}{pad}]"
