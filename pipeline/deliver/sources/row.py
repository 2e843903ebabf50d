"""A row as a source has it: cells by the names of their columns, not yet judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a source; `line` is where it begins, or the row's number in the answer of a database.

    `names` are those of the columns as the source has them; rows that have the same columns share the
    object. There are as many cells as names. `header` is the line of the names.
    """

    line: int
    names: tuple[str, ...]
    cells: Sequence[object]
    header: int = 1
