"""The people of a list who were seen, and where, in memory that does not grow with the list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b

from pipeline.errors import PressroomError

_CACHE_KIB = 1 << 17
"""Memory before SQLite writes to the folder for temporary files: 128 MiB hold six million people."""


class SeenPeople:
    """Where each person was seen first, in a temporary SQLite table of digests.

    A digest has 8 bytes: in a list of ten million people two different ones are taken for the same with a
    likelihood of 1 to 370,000, and the second is reported as a duplicate. A Python dict of them would take
    1 GB. `benchmarks/recipients.py` measures it.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def first_line(self, key: str, line: int) -> int | None:
        """The line where the person was seen before, or None: from now on it is this one."""
        digest = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line)).rowcount:
            return None
        first: int = self._database.execute("SELECT line FROM seen WHERE digest = ?", (digest,)).fetchone()[0]
        return first


@contextmanager
def seen_people() -> Iterator[SeenPeople]:
    """Yield an empty `SeenPeople`. Raises `PressroomError` if there is no space for temporary files."""
    # An empty name is a file that SQLite makes when its cache is full (sqlite.org/inmemorydb.html).
    try:
        with closing(sqlite3.connect("", isolation_level=None)) as database:
            database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("CREATE TABLE seen (digest INTEGER PRIMARY KEY, line INTEGER NOT NULL)")
            database.execute("BEGIN")
            yield SeenPeople(database)
    except sqlite3.Error as error:
        raise PressroomError(
            f"a temporary file cannot be written: {error}.",
            hint="Make space, or name a folder for temporary files in SQLITE_TMPDIR.",
        ) from error
