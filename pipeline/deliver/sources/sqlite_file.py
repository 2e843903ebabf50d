"""A table or a query of an SQLite file, which is opened for reading only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.deliver.sources.row import Row
from pipeline.errors import PressroomError


def sqlite_rows(file: Path, path: str, query: str) -> Iterator[Row]:
    """Each row of the answer. Raises `PressroomError` for a file or a query that SQLite does not take."""
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            # A text that is not UTF-8 rejects its own row.
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            answer = database.execute(query)
            if answer.description is None:
                raise PressroomError(
                    "the query has no answer.", path, None, "Write one that selects columns."
                )
            names = tuple(column[0] for column in answer.description)
            for number, cells in enumerate(answer, 1):
                yield Row(number, names, cells)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise PressroomError(f"SQLite cannot read it: {error}.", path) from error
