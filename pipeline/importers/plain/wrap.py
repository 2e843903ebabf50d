"""Whether lines were broken at a width, as mail and old editors do, and which go on with the one before."""

from __future__ import annotations

import re

from pipeline.importers.plain.lines import Line, Mark, Marks, Role, Sheet
from pipeline.importers.plain.shapes import ADDRESS, ends

_NARROWEST, _WIDEST = 44, 140
"""Columns at which lines are broken. What is narrower is a list or verse; wider ones are paragraphs."""

_TOLERANCE = 4
"""Columns by which a full line may be shorter: an editor may have changed a word, or indented a line."""

MARKER = re.compile(r"([•◦‣▪▫●○■□∙⁃➤►✓✔★·]|[-*–—+](?= )|o(?= )|\(?\d{1,3}[.)](?= ))\s*(?=\S)|^[•◦‣▪●○■*-]$")
"""What stands before the text of a list's item, or such a mark alone."""


def wrapped(sheet: Sheet) -> Marks:
    """The lines that go on with the one before, in a text whose lines are broken at one width.

    A line is full when the next one's first word would not have fitted into it (the width being that of
    the longest line that goes on). The text counts as broken when at least half of the lines that are
    followed by another without an empty line are full and end within a sentence.
    """
    pairs = [
        (above, below)
        for above, below in zip(sheet.lines, sheet.lines[1:], strict=False)
        if not below.gap and not MARKER.match(below.text)
    ]
    widths = [len(above.text) for above, _ in pairs if not ADDRESS.search(above.text)]
    width = max(widths, default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return {}
    full = [(above, below) for above, below in pairs if _is_full(above, below, width)]
    within = [(above, below) for above, below in full if not _is_end(above)]
    if len(within) * 2 < len(pairs):
        return {}
    if len(within) < 2 and not all(below.text[0].islower() for _, below in within):
        return {}
    return {below.number: Mark(Role.CONTINUATION) for above, below in full if _goes_on(above, below, width)}


def _is_full(above: Line, below: Line, width: int) -> bool:
    return len(above.text) + 1 + min(len(below.text.split(" ", 1)[0]), 16) > width - _TOLERANCE


def _is_end(line: Line) -> bool:
    return ends(line.text) in {".", "!", "?", "…", ":", "。"}


def _goes_on(above: Line, below: Line, width: int) -> bool:
    # A full line that ends a sentence may end a paragraph too, where no empty line says so.
    return not _is_end(above) or width - len(above.text) < 24
