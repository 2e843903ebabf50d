"""The file of the ledger: SQLite with WAL and `synchronous=FULL`, whose transactions survive a loss of power.

Deleted values are overwritten (`secure_delete`). What SQLite reports is said in words.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipeline.errors import PressroomError
from pipeline.support.files import one_at_a_time

_VERSION = 1
_APPLICATION = 0x50726C64
"""What marks the file as a ledger ("Prld"; sqlite.org/fileformat.html, 1.3.19)."""

_WAIT = 30.0
"""Seconds to wait for another process's transaction."""

# macOS keeps what fsync has written in the drive's cache (sqlite.org/pragma.html#pragma_fullfsync).
_SETTINGS = (
    *("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON"),
    *("wal_autocheckpoint=4000", "secure_delete=ON", "temp_store=FILE", "cache_size=-16000"),
)

# No index has the state: each message changes it three times, and every page that a transaction touches has
# to reach the disk before a message leaves. `waits` is 1 while a row is pending or deferred.
_TABLES = """
CREATE TABLE ledger (salt BLOB NOT NULL);
CREATE TABLE sends (
    id TEXT PRIMARY KEY, issue TEXT NOT NULL, folder TEXT NOT NULL, emails TEXT NOT NULL,
    list_name TEXT NOT NULL, again TEXT NOT NULL, key TEXT NOT NULL, started TEXT NOT NULL, finished TEXT
);
CREATE INDEX sends_of_issue ON sends (issue);
CREATE TABLE rows (
    row INTEGER PRIMARY KEY, send TEXT NOT NULL REFERENCES sends, person BLOB NOT NULL,
    address TEXT NOT NULL, domain TEXT NOT NULL, audience TEXT NOT NULL, fields TEXT NOT NULL,
    state TEXT NOT NULL, waits INTEGER, attempts INTEGER NOT NULL DEFAULT 0, worker TEXT, due REAL,
    code INTEGER, reply TEXT NOT NULL DEFAULT '', refusal TEXT, digest BLOB, changed REAL NOT NULL
);
CREATE UNIQUE INDEX one_row_a_person ON rows (person, send);
CREATE INDEX rows_of_send ON rows (send);
CREATE INDEX waiting_rows ON rows (send, row) WHERE waits = 1;
CREATE INDEX waiting_domains ON rows (send, domain, row) WHERE waits = 1;
CREATE INDEX held_rows ON rows (send, worker) WHERE worker IS NOT NULL;
CREATE TABLE days (day TEXT PRIMARY KEY, messages INTEGER NOT NULL);
CREATE TABLE suppressions (person BLOB PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE tests (
    issue TEXT NOT NULL, audience TEXT NOT NULL, email TEXT NOT NULL, at TEXT NOT NULL
);
"""


class LedgerFile:
    """An open ledger; the first use makes the file. `path` is its name in messages.

    Raises `PressroomError` for a file that is not a ledger, or of a newer version, or cannot be used.
    """

    def __init__(self, file: Path, path: str) -> None:
        self._path = path
        with self.errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            # Two that make the file at once would meet in `journal_mode`, which does not wait for locks.
            with one_at_a_time(file.parent):
                # Nobody but this user reads addresses; SQLite makes its other files with the same rights. A
                # file that is there is not opened: closing it would end SQLite's locks of this process
                # (sqlite.org/howtocorrupt.html, 2.2).
                with suppress(FileExistsError):
                    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
                self._database = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
                try:
                    self._open()
                except BaseException:
                    self._database.close()
                    raise

    def _open(self) -> None:
        # Nothing is changed before the file is known as a ledger, and only making it needs a lock.
        version, application = self._number("PRAGMA user_version"), self._number("PRAGMA application_id")
        new = not version and not application and not self._number("SELECT count(*) FROM sqlite_master")
        if not new and application != _APPLICATION:
            hint = "Move it away, or restore the ledger from a backup."
            raise PressroomError("is a database, but not a ledger.", self._path, hint=hint)
        if version > _VERSION:
            raise PressroomError(
                f"was written by a newer Pressroom (version {version} of the ledger).",
                self._path,
                hint="Update Pressroom on this machine: pipx upgrade pressroom",
            )
        for setting in _SETTINGS:
            self._database.execute(f"PRAGMA {setting}")
        if new:
            self._make()
        self.salt: bytes = self._database.execute("SELECT salt FROM ledger").fetchone()[0]

    def _make(self) -> None:
        with self.transaction():
            if self._number("PRAGMA user_version"):
                return  # another process was faster
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute("INSERT INTO ledger VALUES (?)", (secrets.token_bytes(32),))
            self._database.execute(f"PRAGMA user_version={_VERSION}")
            self._database.execute(f"PRAGMA application_id={_APPLICATION}")

    def close(self) -> None:
        """Close it. Where no other process has it open, all is in one file then."""
        with self.errors():
            self._database.close()

    def empty_log(self) -> None:
        """Write the log of changes back and empty it: it still has the former values of what was deleted.

        Raises `PressroomError` if another process keeps it from being emptied.
        """
        ((busy, *_),) = self.all("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise PressroomError(
                "still has what was deleted, because another process is reading the ledger.",
                f"{self._path}-wal",
                hint="Start it again when no send runs.",
            )

    def execute(self, query: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Execute a statement."""
        return self._database.execute(query, values)

    def execute_many(self, query: str, values: Iterable[tuple[object, ...]]) -> sqlite3.Cursor:
        """Execute a statement for each group of values."""
        return self._database.executemany(query, values)

    def all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.errors():
            return self._database.execute(query, values).fetchall()

    def _number(self, query: str) -> int:
        return int(self._database.execute(query).fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: on disk at the end of the block, or undone where it ends in an error."""
        with self.errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Say in words what SQLite reports in this block."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise _ledger_error(error, self._path) from error


def _ledger_error(error: Exception, path: str) -> PressroomError:
    """Say in words what is wrong with the file."""
    name = getattr(error, "sqlite_errorname", "") or ""
    for start, message, hint in (
        ("SQLITE_BUSY", "another program keeps it locked.", "Close what has it open, then try again."),
        ("SQLITE_READONLY", "cannot be written: the file or its folder is read-only.", "Change its rights."),
        ("SQLITE_CANTOPEN", "cannot be opened or written.", "Look at the rights of the file and its folder."),
        ("SQLITE_FULL", "cannot be written: the disk is full.", "Make room, then start the send again."),
        ("SQLITE_IOERR", "cannot be read or written: the disk reports an error.", "Look at the disk."),
        ("SQLITE_CORRUPT", "is damaged.", "Restore it from a backup; do not send without it."),
        ("SQLITE_CONSTRAINT", "would have a recipient twice in one send.", "Start the send again."),
        ("SQLITE_NOTADB", "is not a ledger: it is damaged, or another file.", "Restore it from a backup."),
    ):
        if name.startswith(start):
            return PressroomError(message, path, hint=hint)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return PressroomError(f"the ledger cannot be used: {reason}.", path)
