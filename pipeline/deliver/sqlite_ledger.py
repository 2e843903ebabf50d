"""The ledger in one SQLite file, `.pressroom/deliver.sqlite`: nothing to install, durable, on this machine.

WAL with `synchronous=FULL` keeps each transaction over a loss of power. Deleted values are overwritten
(`secure_delete`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipeline.deliver.ledger import OPEN, ClaimedRow, LedgerRow, NewSend, Recovered, Send
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.worker_lock import WorkerLock, is_alive
from pipeline.errors import PressroomError

_VERSION = 1
_APPLICATION = 0x50726C64
"""What marks the file as a ledger ("Prld"; sqlite.org/fileformat.html, 1.3.19)."""

_WAIT = 30.0
"""Seconds to wait for another process's transaction."""

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
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, worker TEXT, due REAL,
    code INTEGER, reply TEXT NOT NULL DEFAULT '', refusal TEXT, digest BLOB, changed REAL NOT NULL
);
CREATE UNIQUE INDEX one_row_a_person ON rows (person, send);
CREATE INDEX rows_by_state ON rows (send, state, due);
CREATE INDEX rows_by_domain ON rows (send, domain, state);
CREATE TABLE days (day TEXT PRIMARY KEY, messages INTEGER NOT NULL);
CREATE TABLE suppressions (person BLOB PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE tests (
    issue TEXT NOT NULL, audience TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL
);
"""

_ROW = "row, person, address, audience, state, attempts, code, reply, refusal, changed, due"


class SqliteLedger:
    """A `Ledger` in a file. `path` is the file's name in messages, `workers` the folder of workers' locks."""

    def __init__(self, file: Path, path: str, workers: Path) -> None:
        self._path = path
        self._workers = workers
        self._lock: WorkerLock | None = None
        with self._errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            # Nobody but this user reads addresses; SQLite makes its other files with the same rights.
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(file, _WAIT, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._database.close()
                raise

    def _open(self) -> None:
        for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            self._database.execute(f"PRAGMA {setting}")
        with self._transaction():
            version, application = self._number("PRAGMA user_version"), self._number("PRAGMA application_id")
            if not version and not application and not self._number("SELECT count(*) FROM sqlite_master"):
                for statement in _TABLES.split(";"):
                    self._database.execute(statement)
                self._database.execute("INSERT INTO ledger VALUES (?)", (secrets.token_bytes(32),))
                self._database.execute(f"PRAGMA user_version={_VERSION}")
                self._database.execute(f"PRAGMA application_id={_APPLICATION}")
            elif application != _APPLICATION:
                hint = "Move it away, or restore the ledger from a backup."
                raise PressroomError("is a database, but not a ledger.", self._path, hint=hint)
            elif version > _VERSION:
                raise PressroomError(
                    f"was written by a newer Pressroom (version {version} of the ledger).",
                    self._path,
                    hint="Update Pressroom on this machine: pipx upgrade pressroom",
                )
            self.salt: bytes = self._database.execute("SELECT salt FROM ledger").fetchone()[0]

    def close(self) -> None:
        """Close the file, and end the worker of this process. What others may read is in one file then."""
        if self._lock:
            self._lock.release()
        with self._errors():
            self._database.close()

    # --- sends -----------------------------------------------------------------------------------

    def person(self, recipient_key: str) -> bytes:
        """Return the salted digest by which the ledger knows a person."""
        return hmac.digest(self.salt, recipient_key.encode(), hashlib.sha256)[:16]

    def start_send(self, new: NewSend, recipients: Iterable[Recipient]) -> Send:
        """Write a send with a row for each recipient, or nothing if the recipients end in an error."""
        send = Send(secrets.token_hex(8), new, None)
        emails = json.dumps(dict(new.emails))
        values = (send.id, new.issue, new.folder, emails, new.list_name, new.again, new.key)
        with self._transaction():
            self._database.execute(
                "INSERT INTO sends VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", (*values, new.started.isoformat())
            )
            self._database.executemany(
                "INSERT INTO rows (send, person, address, domain, audience, fields, state, changed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                self._new_rows(send, recipients),
            )
        return send

    def _new_rows(self, send: Send, recipients: Iterable[Recipient]) -> Iterator[tuple[Any, ...]]:
        changed = send.what.started.timestamp()
        for each in recipients:
            person = self.person(each.key)
            state = State.PENDING if self.suppression(person) is None else State.SUPPRESSED
            fields = json.dumps(dict(each.values), ensure_ascii=False)
            yield send.id, person, each.address, each.domain, each.audience, fields, state, changed

    def sends(self, issue: str) -> tuple[Send, ...]:
        """Return the sends of an issue, oldest first."""
        query = "SELECT * FROM sends WHERE issue = ? ORDER BY started, rowid"
        return tuple(map(_send, self._all(query, issue)))

    def last_key(self) -> str:
        """Return the id of the key that signed the tokens of the last send that had any."""
        for (key,) in self._all("SELECT key FROM sends WHERE key <> '' ORDER BY rowid DESC LIMIT 1"):
            return str(key)
        return ""

    def finish_send(self, send: str, now: datetime) -> bool:
        """Mark a send as finished if no row is open. Returns whether it is."""
        marks = ", ".join("?" * len(OPEN))
        with self._transaction():
            if self._all(f"SELECT 1 FROM rows WHERE send = ? AND state IN ({marks}) LIMIT 1", send, *OPEN):
                return False
            query = "UPDATE sends SET finished = ? WHERE id = ? AND finished IS NULL"
            self._database.execute(query, (now.isoformat(), send))
        return True

    # --- workers ---------------------------------------------------------------------------------

    def start_worker(self, now: datetime) -> str:
        """Register this process, whose death others can tell at once. Returns its name."""
        with self._errors():
            self._lock = self._lock or WorkerLock(self._workers)
        return self._lock.name

    def recover(self, send: str, now: datetime) -> Recovered:
        """Free what dead workers had claimed, and mark as unknown what they were sending."""
        reply = "The program ended while this message was on its way."
        freed = unknown = 0
        with self._transaction():
            for worker in self._dead_workers(send):
                freed += self._database.execute(
                    "UPDATE rows SET state = ?, worker = NULL, changed = ? "
                    "WHERE send = ? AND state = ? AND worker = ?",
                    (State.PENDING, now.timestamp(), send, State.CLAIMED, worker),
                ).rowcount
                unknown += self._database.execute(
                    "UPDATE rows SET state = ?, worker = NULL, changed = ?, reply = ? "
                    "WHERE send = ? AND state = ? AND worker = ?",
                    (State.UNKNOWN, now.timestamp(), reply, send, State.SENDING, worker),
                ).rowcount
        return Recovered(freed, unknown)

    def _dead_workers(self, send: str) -> list[str]:
        return [name for name in self._workers_of(send) if not is_alive(self._workers, name)]

    def live_workers(self, send: str) -> tuple[str, ...]:
        """Return the other living workers that have rows of a send."""
        return tuple(name for name in self._workers_of(send) if is_alive(self._workers, name))

    def _workers_of(self, send: str) -> list[str]:
        query = "SELECT DISTINCT worker FROM rows WHERE send = ? AND state IN (?, ?)"
        own = self._lock.name if self._lock else None
        names = [name for (name,) in self._all(query, send, State.CLAIMED, State.SENDING)]
        return [name for name in names if name != own]

    # --- the way of a row ------------------------------------------------------------------------

    def claim(
        self, send: str, worker: str, most: int, now: datetime, domain: str | None = None
    ) -> tuple[ClaimedRow, ...]:
        """Give a worker rows that wait or are due again, of one receiving domain if it is named."""
        claimed: list[ClaimedRow] = []
        with self._transaction():
            while len(claimed) < most:
                found = self._waiting(send, most - len(claimed), now, domain)
                if not found:
                    break
                for row, person, address, audience, fields, attempts, suppressed in found:
                    state, owner = (State.SUPPRESSED, None) if suppressed else (State.CLAIMED, worker)
                    self._database.execute(
                        "UPDATE rows SET state = ?, worker = ?, changed = ?, due = NULL WHERE row = ?",
                        (state, owner, now.timestamp(), row),
                    )
                    if not suppressed:
                        recipient = Recipient(address, audience, json.loads(fields), 0)
                        claimed.append(ClaimedRow(row, person, recipient, attempts))
        return tuple(claimed)

    def _waiting(self, send: str, most: int, now: datetime, domain: str | None) -> list[tuple[Any, ...]]:
        query = (
            "SELECT row, rows.person, address, audience, fields, attempts, suppressions.person IS NOT NULL "
            "FROM rows LEFT JOIN suppressions ON suppressions.person = rows.person "
            f"WHERE send = ? {'AND domain = ?' if domain is not None else ''} AND state = ?"
        )
        values = (send,) if domain is None else (send, domain)
        found = self._all(f"{query} LIMIT ?", *values, State.PENDING, most)
        if len(found) < most:
            due = (*values, State.DEFERRED, now.timestamp(), most - len(found))
            found += self._all(f"{query} AND due <= ? LIMIT ?", *due)
        return found

    def release(self, rows: Sequence[int]) -> None:
        """Let claimed rows be pending again."""
        with self._transaction():
            self._database.executemany(
                "UPDATE rows SET state = ?, worker = NULL WHERE row = ? AND state = ?",
                [(State.PENDING, row, State.CLAIMED) for row in rows],
            )

    def write(
        self,
        outcomes: Sequence[tuple[int, Outcome, datetime | None]],
        sending: Sequence[tuple[int, bytes]],
        worker: str,
        now: datetime,
    ) -> frozenset[int]:
        """Write how attempts ended, and then which messages may leave. Returns the rows of those that may."""
        with self._transaction():
            self._database.executemany(
                # An attempt that ended before the gate counts too.
                "UPDATE rows SET attempts = attempts + (state = 'claimed'), state = ?, code = ?, reply = ?, "
                "refusal = ?, due = ?, worker = NULL, changed = ? "
                "WHERE row = ? AND worker = ? AND state IN ('claimed', 'sending')",
                [
                    (
                        *(outcome.state, outcome.code, outcome.reply, outcome.refusal),
                        *(due.timestamp() if due else None, now.timestamp(), row, worker),
                    )
                    for row, outcome, due in outcomes
                ],
            )
            return self._open_gate(sending, worker, now)

    def _open_gate(self, rows: Sequence[tuple[int, bytes]], worker: str, now: datetime) -> frozenset[int]:
        cleared = set()
        for row, digest in rows:
            ((suppressed,),) = self._all(
                "SELECT EXISTS (SELECT 1 FROM rows JOIN suppressions USING (person) WHERE row = ?)", row
            )
            state, owner = (State.SUPPRESSED, None) if suppressed else (State.SENDING, worker)
            changed = self._database.execute(
                "UPDATE rows SET state = ?, worker = ?, digest = ?, changed = ?, attempts = attempts + 1 "
                "WHERE row = ? AND state = ? AND worker = ?",
                (state, owner, digest, now.timestamp(), row, State.CLAIMED, worker),
            ).rowcount
            if changed and not suppressed:
                cleared.add(row)
        if cleared:
            query = "INSERT INTO days VALUES (?, ?) ON CONFLICT DO UPDATE SET messages = messages + ?"
            self._database.execute(query, (now.date().isoformat(), len(cleared), len(cleared)))
        return frozenset(cleared)

    # --- what is asked -----------------------------------------------------------------------------

    def counts(self, send: str) -> dict[State, int]:
        """Count the rows of a send by state; states without a row are left out."""
        query = "SELECT state, count(*) FROM rows WHERE send = ? GROUP BY state"
        counts = dict(self._all(query, send))
        return {state: counts[state] for state in State if state in counts}

    def domains(self, send: str, now: datetime) -> dict[str, int]:
        """Count the rows that wait or are due, by receiving domain."""
        query = (
            "SELECT domain, count(*) FROM rows WHERE send = ? "
            "AND (state = ? OR state = ? AND due <= ?) GROUP BY domain"
        )
        return dict(self._all(query, send, State.PENDING, State.DEFERRED, now.timestamp()))

    def next_due(self, send: str) -> datetime | None:
        """Return when the first deferred row is due."""
        query = "SELECT min(due) FROM rows WHERE send = ? AND state = ?"
        ((due,),) = self._all(query, send, State.DEFERRED)
        return _moment(due)

    def days(self) -> dict[date, int]:
        """Count the messages of all sends that may have left, by the day of the clock that was passed."""
        return {date.fromisoformat(day): count for day, count in self._all("SELECT * FROM days ORDER BY day")}

    def latest(self) -> datetime | None:
        """Return when a row was changed last, by the clock that was passed."""
        ((changed,),) = self._all("SELECT max(changed) FROM rows")
        return _moment(changed)

    def rows(self, send: str, states: Iterable[State]) -> Iterator[LedgerRow]:
        """Return the rows in some states, in the order of the list."""
        names = tuple(states)
        marks = ", ".join("?" * len(names))
        query = f"SELECT {_ROW} FROM rows WHERE send = ? AND state IN ({marks}) ORDER BY row"
        with self._errors():
            for values in self._database.execute(query, (send, *names)):
                yield _ledger_row(values)

    def has(self, issue: str, person: bytes) -> bool:
        """Whether a person has a row in any send of an issue."""
        query = "SELECT 1 FROM rows JOIN sends ON send = id WHERE person = ? AND issue = ? LIMIT 1"
        return bool(self._all(query, person, issue))

    def states_of(self, issue: str, person: bytes) -> tuple[tuple[Send, LedgerRow], ...]:
        """Return what a person has been sent of an issue, oldest first."""
        query = f"SELECT {_ROW} FROM rows WHERE person = ? AND send = ?"
        return tuple(
            (send, _ledger_row(values))
            for send in self.sends(issue)
            for values in self._all(query, person, send.id)
        )

    # --- what an editor decides ------------------------------------------------------------------

    def resolve(self, rows: Sequence[int], state: State, note: str, now: datetime) -> int:
        """Write an editor's decision on unknown rows: accepted, or pending again. Returns how many."""
        with self._transaction():
            done = self._database.executemany(
                "UPDATE rows SET state = ?, reply = ?, changed = ? WHERE row = ? AND state = ?",
                [(state, note, now.timestamp(), row, State.UNKNOWN) for row in rows],
            ).rowcount
            self._reopen(rows[0] if rows else -1)
        return done

    def _reopen(self, row: int) -> None:
        """Let the send of a row be unfinished if it has a row that waits."""
        self._database.execute(
            "UPDATE sends SET finished = NULL WHERE id = (SELECT send FROM rows WHERE row = ?) "
            "AND EXISTS (SELECT 1 FROM rows WHERE send = id AND state = ?)",
            (row, State.PENDING),
        )

    def retry_refused(self, send: str, refusal: RefusalClass | None, now: datetime) -> int:
        """Let refused rows be pending again, of one class if it is named. Returns how many."""
        with self._transaction():
            done = self._database.execute(
                "UPDATE rows SET state = ?, changed = ?, attempts = 0 "
                "WHERE send = ? AND state = ? AND (? IS NULL OR refusal = ?)",
                (State.PENDING, now.timestamp(), send, State.REFUSED, refusal, refusal),
            ).rowcount
            if done:
                self._database.execute("UPDATE sends SET finished = NULL WHERE id = ?", (send,))
        return done

    def suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        """Send these people nothing from now on."""
        with self._transaction():
            self._suppress(people, reason, now)

    def _suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        query = "INSERT INTO suppressions VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        self._database.executemany(query, ((person, reason, now.isoformat()) for person in people))

    def allow(self, person: bytes) -> bool:
        """Take a person off the suppression list. Returns whether they were on it."""
        with self._transaction():
            query = "DELETE FROM suppressions WHERE person = ?"
            return bool(self._database.execute(query, (person,)).rowcount)

    def suppression(self, person: bytes) -> str | None:
        """Return why a person is on the suppression list; None if they are not."""
        reasons = self._all("SELECT reason FROM suppressions WHERE person = ?", person)
        return reasons[0][0] if reasons else None

    def forget(self, person: bytes, now: datetime) -> int:
        """Delete a person's address and fields from all rows, and suppress them. Returns how many rows."""
        with self._transaction():
            self._suppress([person], "forgotten", now)
            self._database.execute(
                "UPDATE rows SET state = ? WHERE person = ? AND state IN (?, ?)",
                (State.SUPPRESSED, person, State.PENDING, State.DEFERRED),
            )
            done = self._database.execute(
                "UPDATE rows SET address = '', domain = '', fields = '{}', reply = '' WHERE person = ?",
                (person,),
            ).rowcount
        # The log of changes still has the former values until it is written back and emptied.
        self._all("PRAGMA wal_checkpoint(TRUNCATE)")
        return done

    def note_test(self, issue: str, audience: str, email: str, address: str, now: datetime) -> None:
        """Note that an email, named by its digest, was sent as a test."""
        with self._transaction():
            values = (issue, audience, email, address, now.isoformat())
            self._database.execute("INSERT INTO tests VALUES (?, ?, ?, ?, ?)", values)

    def last_test(self, issue: str, audience: str) -> tuple[str, datetime] | None:
        """Return the digest of the email that was last sent as a test, and when."""
        query = "SELECT email, at FROM tests WHERE issue = ? AND audience = ? ORDER BY rowid DESC LIMIT 1"
        for email, at in self._all(query, issue, audience):
            return email, datetime.fromisoformat(at)
        return None

    # --- SQLite ----------------------------------------------------------------------------------

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._database.execute(query, values).fetchall()

    def _number(self, query: str) -> int:
        return int(self._database.execute(query).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction: on disk at the end of the block, or undone where it ends in an error."""
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ValueError("a recipient twice in one send") from error
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
        ("SQLITE_NOTADB", "is not a ledger: it is damaged, or another file.", "Restore it from a backup."),
    ):
        if name.startswith(start):
            return PressroomError(message, path, hint=hint)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return PressroomError(f"the ledger cannot be used: {reason}.", path)


def _send(values: tuple[Any, ...]) -> Send:
    id, issue, folder, emails, list_name, again, key, started, finished = values
    new = NewSend(issue, folder, json.loads(emails), list_name, again, key, datetime.fromisoformat(started))
    return Send(id, new, datetime.fromisoformat(finished) if finished else None)


def _ledger_row(values: tuple[Any, ...]) -> LedgerRow:
    row, person, address, audience, state, attempts, code, reply, refusal, changed, due = values
    refusal_class = RefusalClass(refusal) if refusal else None
    when = datetime.fromtimestamp(changed, UTC)
    return LedgerRow(
        row,
        person,
        address,
        audience,
        State(state),
        attempts,
        code,
        reply,
        refusal_class,
        when,
        _moment(due),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
