"""Change a list of slugs in a text, keeping its layout, spelling and comments where that is possible."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.config.front_matter_edits import TextEdit
from pipeline.config.source_spans import Span

_BETWEEN_ITEMS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_AFTER_ITEM = re.compile(r"(,?)([ \t]*(?:#[^\n]*)?)")


@dataclass(frozen=True, slots=True)
class _ListLine:
    """A line with one article: lines without an article above it, its indent, slug, comma and comment."""

    above: str
    indent: str
    item: str
    comma: str
    comment: str


def patch_list(
    text: str, span: Span, old: tuple[str, ...], new: tuple[str, ...], spell: Callable[[str], str]
) -> TextEdit | None:
    """Return the edit that changes the list at `span` from `old` to `new`; `spell` quotes new slugs.

    Slugs that stay keep their spelling. In a list with one article a line, a slug keeps the comment behind it
    and the lines above it; if it is removed, the lines above it stay. Returns None if a comment would be
    lost.
    """
    lines = _list_lines(text, span)
    if lines is None:
        return _patch_inline_list(text, span, old, new, spell)
    start = text.rfind("\n", 0, span.items[0].start) + 1 if span.items else 0
    end = text.index("\n", span.items[-1].end) + 1 if span.items else 0
    by_slug = dict(zip(old, lines, strict=True))
    above: dict[str, str] = {}
    orphaned = ""
    for slug, line in by_slug.items():
        if slug in new:
            above[slug], orphaned = orphaned + line.above, ""
        else:
            orphaned += line.above
    patched = ""
    for number, slug in enumerate(new):
        line = by_slug.get(slug) or _ListLine("", lines[0].indent, spell(slug), "", "")
        comma = "," if span.flow and number < len(new) - 1 else lines[-1].comma
        space = " " if line.comment.startswith("#") and not comma else ""
        patched += f"{above.get(slug, '')}{line.indent}{line.item}{comma}{space}{line.comment}\n"
    return TextEdit(start, end, patched + orphaned)


def _list_lines(text: str, span: Span) -> list[_ListLine] | None:
    """Return the lines of a list with one article a line, or None for any other list."""
    lines: list[_ListLine] = []
    previous_end = None
    for item in span.items or ():
        begin = text.rfind("\n", 0, item.start) + 1
        end = text.index("\n", item.end)
        indent = text[begin : item.start]
        after = _AFTER_ITEM.fullmatch(text, item.end, end)
        expected = r"[ \t]*" if span.flow else r" *-[ \t]+"
        within = begin > span.start or not span.flow
        if after is None or not within or not re.fullmatch(expected, indent):
            return None
        if previous_end is not None and begin < previous_end:
            return None
        above = "" if previous_end is None else text[previous_end:begin]
        if not _BETWEEN_ITEMS.fullmatch(above):
            return None
        lines.append(_ListLine(above, indent, text[item.start : item.end], after[1], after[2]))
        previous_end = end + 1
    return lines or None


def _patch_inline_list(
    text: str, span: Span, old: tuple[str, ...], new: tuple[str, ...], spell: Callable[[str], str]
) -> TextEdit | None:
    items = span.items or ()
    between = gaps(text, span.start, span.end, items)
    if not span.flow or any("#" in gap for gap in between):
        return None
    spelled = {slug: text[item.start : item.end] for slug, item in zip(old, items, strict=True)}
    inner = ", ".join(spelled.get(slug) or spell(slug) for slug in new)
    padding = " " if between[0] == "[ " and new else ""
    return TextEdit(span.start, span.end, f"[{padding}{inner}{padding}]")


def gaps(text: str, start: int, end: int, items: Sequence[Span]) -> list[str]:
    """Return the texts before, between and after the items of a list, from one offset to another."""
    edges = [start, *(edge for item in items for edge in (item.start, item.end)), end]
    return [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
