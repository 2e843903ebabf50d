"""CSV as spreadsheets and services write it: a header, a row a person, `,`, `;` or tabs between cells.

A first line such as `sep=|` may name another delimiter.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from pipeline.deliver.rejected_row import RejectedRow
from pipeline.deliver.sources.row import Row
from pipeline.deliver.sources.source_lines import source_lines
from pipeline.errors import PressroomError

_LONGEST = 1000
"""Lines of a row, whose cells in quotes may have line breaks."""
_EXCEL = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*', re.IGNORECASE)
"""A first line that tells Excel the delimiter, and that some programs write into their exports."""
_QUOTES = "is not CSV: the double quotes of a cell do not fit."
_FIX_QUOTES = "Put the whole cell into double quotes, and write each of its own twice."


def csv_rows(file: Path, path: str) -> Iterator[Row | RejectedRow]:
    """Each row that is not empty. One whose quotes do not fit is rejected, and the next line begins a row."""
    lines = _Lines(source_lines(file, path))
    names: tuple[str, ...] | None = None
    for line, cells in _records(lines):
        if names is None:
            if cells is None:
                raise PressroomError(_QUOTES, path, line, _FIX_QUOTES)
            names = tuple(cells)
        elif cells is None:
            yield RejectedRow(line, "", f"the row {_QUOTES}", _FIX_QUOTES)
        elif any(cells) and not all(map(str.isspace, filter(None, cells))):
            if len(cells) > len(names):
                reason = "the row has more cells than the header."
                yield RejectedRow(
                    line, "", reason, f"Put a cell that has a {lines.delimiter!r} into double quotes."
                )
            else:
                yield Row(line, names, cells + [""] * (len(names) - len(cells)), lines.first)


def _records(lines: _Lines) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with the number of its first line; None where the quotes do not fit.

    An open quote would take all that follows into one cell, so reading goes on with the line after it.
    """
    reader = csv.reader(lines, delimiter=lines.delimiter, strict=True)
    line = lines.first
    while True:
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None
            lines.give_back()
            line += 1
        else:
            yield line, cells
            line += len(lines.taken)


class _Lines:
    """The lines of a file, of which those that the last record has taken can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.first = 1
        header = next(lines, "")
        if match := _EXCEL.fullmatch(header):
            self.first = 2
            header = next(lines, "")
        self.delimiter = match[1] if match else max(",;\t", key=header.count)
        if header:
            self._waiting.append(header)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) == _LONGEST:
            raise csv.Error
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """Have all lines that were taken read again but the first."""
        self._waiting.extendleft(reversed(self.taken[1:]))
