"""The ledger: one row a recipient and send, which alone says what was sent. `docs/decisions/ledger.md`.

The promise: never twice knowingly, never lost, and what cannot be known is named. A row goes

    pending → claimed → sending → accepted | refused | deferred → claimed … | unknown

and each arrow is durable on disk before what it says can happen. *sending* is written before the final dot
of a message leaves (the dot gate), the answer as soon as it is there. When a worker dies, what it had claimed
is pending again, and what it was sending is unknown. The rows of a send are fixed when it starts.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.deliver.ledger_file import LedgerFile
from pipeline.deliver.ledger_queries import LedgerQueries, read_send
from pipeline.deliver.ledger_records import OPEN, ClaimedRow, NewSend, Send
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.worker_lock import WorkerLock, is_alive
from pipeline.errors import PressroomError
from pipeline.support.json_text import read_json

_FORGOTTEN = "forgotten"
"""The reason for which a person is suppressed whose address no row may have."""


class Ledger(LedgerQueries):
    """The ledger in one SQLite file: each method is one transaction, on disk when it returns.

    `path` is the file's name in messages, `workers` the folder of the workers' locks. Times are arguments.
    Methods raise `PressroomError` for a ledger that cannot be read or written.
    """

    def __init__(self, file: Path, path: str, workers: Path) -> None:
        super().__init__(LedgerFile(file, path))
        self._workers = workers
        self._lock: WorkerLock | None = None

    def close(self) -> None:
        """Close the file, and end the worker of this process. What others may read is in one file then."""
        if self._lock:
            self._lock.release()
        self._file.close()

    # --- sends -----------------------------------------------------------------------------------

    def start_send(self, new: NewSend, recipients: Iterable[Recipient]) -> Send:
        """Write a send with a row for each recipient, or nothing if the recipients end in an error.

        Raises `PressroomError` while another send of the issue is not finished, or if one began while the
        recipients were read. A person on the suppression list has a row that is suppressed.
        """
        sends = self.sends(new.issue)
        emails, started = json.dumps(dict(new.emails)), new.started.isoformat()
        id = secrets.token_hex(8)
        values = (id, new.issue, new.folder, emails, new.list_name, new.again, new.key, started, None)
        # Reading a list may take minutes, in which other sends write: only the copying is a transaction.
        staged = "person BLOB, address TEXT, domain TEXT, audience TEXT, fields TEXT"
        with self._file.errors():
            self._file.execute(f"CREATE TEMP TABLE staged ({staged})")
            try:
                query = "INSERT INTO staged VALUES (?, ?, ?, ?, ?)"
                self._file.execute_many(query, map(self._new_row, recipients))
                with self._file.transaction():
                    # What the list was compared with is the same only if no send began meanwhile.
                    if self.sends(new.issue) != sends or any(each.finished is None for each in sends):
                        hint = f"To see how far it is: pressroom send {new.folder} --status"
                        raise PressroomError("another process has begun to send the issue.", hint=hint)
                    query = "INSERT INTO sends VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    self._file.execute(query, values)
                    # Who was forgotten since the list was read leaves no address behind.
                    query = (
                        "UPDATE staged SET address = '', domain = '', fields = '{}' "
                        "WHERE person IN (SELECT person FROM suppressions WHERE reason = ?)"
                    )
                    self._file.execute(query, (_FORGOTTEN,))
                    self._file.execute(
                        "INSERT INTO rows (send, person, address, domain, audience, fields, state, waits, "
                        "changed) SELECT ?, staged.person, address, domain, audience, fields, "
                        "iif(reason IS NULL, ?, ?), iif(reason IS NULL, 1, NULL), ? "
                        "FROM staged LEFT JOIN suppressions ON suppressions.person = staged.person "
                        "ORDER BY staged.rowid",
                        (id, State.PENDING, State.SUPPRESSED, new.started.timestamp()),
                    )
            finally:
                self._file.execute("DROP TABLE staged")
        return read_send(values)

    def _new_row(self, recipient: Recipient) -> tuple[bytes, str, str, str, str]:
        fields = json.dumps(dict(recipient.values), ensure_ascii=False)
        person = self.person(recipient.key)
        return person, recipient.address, recipient.domain, recipient.audience, fields

    def finish_send(self, send: str, now: datetime) -> bool:
        """Mark a send as finished if no row is open. Returns whether it is."""
        marks = ", ".join("?" * len(OPEN))
        with self._file.transaction():
            if self._file.all(
                f"SELECT 1 FROM rows WHERE send = ? AND state IN ({marks}) LIMIT 1", send, *OPEN
            ):
                return False
            query = "UPDATE sends SET finished = ? WHERE id = ? AND finished IS NULL"
            self._file.execute(query, (now.isoformat(), send))
        return True

    def drop_send(self, send: str) -> bool:
        """Delete a send and its rows if no message of it may have left. Returns whether it did."""
        may_have_left = (
            "digest IS NOT NULL OR worker IS NOT NULL OR state NOT IN ('pending', 'suppressed', 'deferred')"
        )
        with self._file.transaction():
            if self._file.all(f"SELECT 1 FROM rows WHERE send = ? AND ({may_have_left}) LIMIT 1", send):
                return False
            self._file.execute("DELETE FROM rows WHERE send = ?", (send,))
            self._file.execute("DELETE FROM sends WHERE id = ?", (send,))
        return True

    # --- workers ---------------------------------------------------------------------------------

    def start_worker(self) -> str:
        """Register this process, whose death others can tell at once. Returns its name."""
        with self._file.errors():
            self._lock = self._lock or WorkerLock(self._workers)
        return self._lock.name

    def recover(self, send: str, now: datetime) -> None:
        """Free what dead workers had claimed, and mark as unknown what they were sending."""
        dead_workers = self._dead_workers(send)
        if not dead_workers:
            return  # without a lock: every look at a send asks this
        with self._file.transaction():
            for worker in dead_workers:
                self._free(send, worker, now)

    def _free(self, send: str, worker: str, now: datetime) -> None:
        reply = "the program ended while this message was on its way"
        self._file.execute(
            "UPDATE rows SET state = ?, waits = 1, worker = NULL, changed = ? "
            "WHERE send = ? AND state = ? AND worker = ?",
            (State.PENDING, now.timestamp(), send, State.CLAIMED, worker),
        )
        self._file.execute(
            "UPDATE rows SET state = ?, worker = NULL, changed = ?, reply = ? "
            "WHERE send = ? AND state = ? AND worker = ?",
            (State.UNKNOWN, now.timestamp(), reply, send, State.SENDING, worker),
        )

    def _dead_workers(self, send: str) -> list[str]:
        own = self._lock.name if self._lock else None
        return [name for name in self._workers_of(send) if name != own and not is_alive(self._workers, name)]

    def has_live_workers(self, send: str | None = None) -> bool:
        """Whether another process is sending: rows of a send if it is named, or else anything."""
        names = self._workers_of(send) if send else [each.stem for each in self._workers.glob("*.lock")]
        own = self._lock.name if self._lock else None
        return any(name != own and is_alive(self._workers, name) for name in names)

    def _workers_of(self, send: str) -> list[str]:
        query = "SELECT DISTINCT worker FROM rows WHERE send = ? AND worker IS NOT NULL"
        return [name for (name,) in self._file.all(query, send)]

    # --- the way of a row ------------------------------------------------------------------------

    def claim(
        self, send: str, worker: str, most: int, now: datetime, domain: str | None = None
    ) -> tuple[ClaimedRow, ...]:
        """Give a worker rows that wait or are due again, of one receiving domain if it is named.

        Those who must not get mail any more are marked as suppressed instead.
        """
        claimed: list[ClaimedRow] = []
        with self._file.transaction():
            while len(claimed) < most:
                waiting_rows = self._waiting(send, most - len(claimed), now, domain)
                if not waiting_rows:
                    break
                for row, person, address, audience, fields, attempts, suppressed in waiting_rows:
                    state, owner = (State.SUPPRESSED, None) if suppressed else (State.CLAIMED, worker)
                    self._file.execute(
                        "UPDATE rows SET state = ?, waits = NULL, worker = ?, changed = ?, due = NULL "
                        "WHERE row = ?",
                        (state, owner, now.timestamp(), row),
                    )
                    if not suppressed:
                        recipient = Recipient(address, audience, read_json(fields), 0)
                        claimed.append(ClaimedRow(row, person, recipient, attempts))
        return tuple(claimed)

    def _waiting(self, send: str, most: int, now: datetime, domain: str | None) -> list[tuple[Any, ...]]:
        of_domain, values = ("", (send,)) if domain is None else ("AND domain = ? ", (send, domain))
        query = (
            # A row without an address is of a person who was forgotten.
            "SELECT row, rows.person, address, audience, fields, attempts, "
            "suppressions.person IS NOT NULL OR address = '' "
            "FROM rows LEFT JOIN suppressions ON suppressions.person = rows.person "
            f"WHERE send = ? {of_domain}AND waits = 1 AND (due IS NULL OR due <= ?) ORDER BY row LIMIT ?"
        )
        return self._file.all(query, *values, now.timestamp(), most)

    def release(self, send: str, worker: str, now: datetime) -> None:
        """Free what a living worker had claimed, which has ended all its attempts.

        What it was sending is unknown.
        """
        with self._file.transaction():
            self._free(send, worker, now)

    def write(
        self,
        outcomes: Sequence[tuple[int, Outcome, datetime | None]],
        sending: Sequence[tuple[int, bytes]],
        worker: str,
        now: datetime,
    ) -> frozenset[int]:
        """Write how attempts ended, and then which messages may leave from now on.

        A deferred row comes with the time from which it is tried again, a message with the digest of its
        bytes. Returns the rows whose messages may leave: not one that this worker has lost, nor of a person
        whom nothing may be sent any more, which is marked as suppressed.
        """
        with self._file.transaction():
            self._file.execute_many(
                # An attempt that ended before the gate counts too. The reply may name the address: a person
                # who was forgotten meanwhile has none.
                "UPDATE rows SET attempts = attempts + (state = 'claimed'), state = ?, waits = ?, code = ?, "
                "reply = iif(address = '', '', ?), refusal = ?, due = ?, worker = NULL, changed = ? "
                "WHERE row = ? AND worker = ? AND state IN ('claimed', 'sending')",
                [
                    (
                        *(outcome.state, 1 if due else None, outcome.code, outcome.reply, outcome.refusal),
                        *(due.timestamp() if due else None, now.timestamp(), row, worker),
                    )
                    for row, outcome, due in outcomes
                ],
            )
            return self._open_gate(sending, worker, now)

    def _open_gate(self, rows: Sequence[tuple[int, bytes]], worker: str, now: datetime) -> frozenset[int]:
        gate = (
            "UPDATE rows SET state = 'sending', digest = ?, changed = ?, attempts = attempts + 1 "
            "WHERE row = ? AND state = 'claimed' AND worker = ? "
            "AND NOT EXISTS (SELECT 1 FROM suppressions WHERE suppressions.person = rows.person)"
        )
        changed = now.timestamp()
        values = [(digest, changed, row, worker) for row, digest in rows]
        count = self._file.execute_many(gate, values).rowcount if rows else 0
        cleared = {row for row, _ in rows}
        if count < len(rows):
            query = "SELECT 1 FROM rows WHERE row = ? AND worker = ? AND state = 'sending'"
            cleared = {row for row in cleared if self._file.all(query, row, worker)}
            self._file.execute_many(
                "UPDATE rows SET state = ?, worker = NULL, changed = ? "
                "WHERE row = ? AND state = 'claimed' AND worker = ?",
                [(State.SUPPRESSED, changed, row, worker) for row, _ in rows],
            )
        if cleared:
            query = "INSERT INTO days VALUES (?, ?) ON CONFLICT DO UPDATE SET messages = messages + ?"
            self._file.execute(query, (now.date().isoformat(), len(cleared), len(cleared)))
        return frozenset(cleared)

    # --- what an editor decides ------------------------------------------------------------------

    def resolve(self, row: int, state: State, note: str, now: datetime) -> None:
        """Write an editor's decision on an unknown row: accepted, or pending again.

        A person who was forgotten is suppressed in place of pending.
        """
        waits = 1 if state is State.PENDING else None
        with self._file.transaction():
            self._file.execute(
                "UPDATE rows SET state = ?, waits = ?, reply = ?, changed = ? WHERE row = ? AND state = ?",
                (state, waits, note, now.timestamp(), row, State.UNKNOWN),
            )
            self._file.execute(
                "UPDATE rows SET state = ?, waits = NULL WHERE row = ? AND waits = 1 AND address = ''",
                (State.SUPPRESSED, row),
            )
            self._file.execute(
                "UPDATE sends SET finished = NULL WHERE id = (SELECT send FROM rows WHERE row = ?) "
                "AND EXISTS (SELECT 1 FROM rows WHERE send = id AND waits = 1)",
                (row,),
            )

    def retry_refused(self, send: str, refusal: RefusalClass | None, now: datetime) -> None:
        """Let refused rows be pending again, of one class if it is named.

        People who were forgotten are left out.
        """
        with self._file.transaction():
            changed_rows = self._file.execute(
                "UPDATE rows SET state = ?, waits = 1, changed = ?, attempts = 0 "
                "WHERE send = ? AND state = ? AND address <> '' AND (? IS NULL OR refusal = ?)",
                (State.PENDING, now.timestamp(), send, State.REFUSED, refusal, refusal),
            ).rowcount
            if changed_rows:
                self._file.execute("UPDATE sends SET finished = NULL WHERE id = ?", (send,))

    def suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        """Send these people nothing from now on."""
        with self._file.transaction():
            self._suppress(people, reason, now)

    def _suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        query = "INSERT INTO suppressions VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        self._file.execute_many(query, ((person, reason, now.isoformat()) for person in people))

    def allow(self, person: bytes) -> bool:
        """Take a person off the suppression list. Returns whether they were on it."""
        with self._file.transaction():
            query = "DELETE FROM suppressions WHERE person = ?"
            return bool(self._file.execute(query, (person,)).rowcount)

    def forget(self, person: bytes, now: datetime) -> int:
        """Delete a person's address and fields from all rows, and suppress them. Returns how many rows.

        Raises `PressroomError` if the deleted values could not be removed from the disk yet.
        """
        with self._file.transaction():
            self._suppress([person], _FORGOTTEN, now)
            query = "UPDATE suppressions SET reason = ? WHERE person = ?"
            self._file.execute(query, (_FORGOTTEN, person))
            self._file.execute(
                "UPDATE rows SET state = ?, waits = NULL WHERE person = ? AND waits = 1",
                (State.SUPPRESSED, person),
            )
            changed_rows = self._file.execute(
                "UPDATE rows SET address = '', domain = '', fields = '{}', reply = '' WHERE person = ?",
                (person,),
            ).rowcount
        self._file.empty_log()
        return changed_rows

    def note_test(self, issue: str, audience: str, email: str, now: datetime) -> None:
        """Note that an email, named by its digest, was sent as a test. `issue` is the folder's name."""
        with self._file.transaction():
            values = (issue, audience, email, now.isoformat())
            self._file.execute("INSERT INTO tests VALUES (?, ?, ?, ?)", values)
