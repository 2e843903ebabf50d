"""JSON Lines: an object a line, with the names of the columns as keys (https://jsonlines.org)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.deliver.rejected_row import RejectedRow
from pipeline.deliver.sources.row import Row
from pipeline.deliver.sources.source_lines import source_lines
from pipeline.support.json_text import read_json


def json_rows(file: Path, path: str) -> Iterator[Row | RejectedRow]:
    """Each line that is not empty. A line that is not an object is rejected."""
    names: tuple[str, ...] = ()
    for number, line in enumerate(source_lines(file, path), 1):
        if not line.strip():
            continue
        try:
            value = read_json(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            hint = 'Write {"email": "ada@example.org", "first_name": "Ada"} on a line of its own.'
            yield RejectedRow(number, "", "the line is not a JSON object.", hint)
            continue
        keys = tuple(value)
        names = names if keys == names else keys
        yield Row(number, names, tuple(value.values()))
