"""The ledger in one SQLite file, `.pressroom/deliver.sqlite`: nothing to install, and on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipeline.deliver.ledger import OPEN, ClaimedRow, LedgerRow, NewSend, Send
from pipeline.deliver.ledger_file import LedgerFile
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.worker_lock import WorkerLock, is_alive
from pipeline.errors import PressroomError
from pipeline.support.json_text import read_json

_ROW = "row, person, address, audience, state, attempts, code, reply, refusal, changed, due"


_FORGOTTEN = "forgotten"
"""The reason for which a person is suppressed whose address no row may have."""


class SqliteLedger:
    """A `Ledger` in a file; what a method does is said there.

    `path` is the file's name in messages, `workers` the folder of the workers' locks.
    """

    def __init__(self, file: Path, path: str, workers: Path) -> None:
        self._file = LedgerFile(file, path)
        self._workers = workers
        self._lock: WorkerLock | None = None
        self.salt = self._file.salt

    def close(self) -> None:
        """Close the file, and end the worker of this process. What others may read is in one file then."""
        if self._lock:
            self._lock.release()
        self._file.close()

    # --- sends -----------------------------------------------------------------------------------

    def person(self, recipient_key: str) -> bytes:
        return hmac.digest(self.salt, recipient_key.encode(), hashlib.sha256)[:16]

    def start_send(self, new: NewSend, recipients: Iterable[Recipient]) -> Send:
        sends = self.sends(new.issue)
        send = Send(secrets.token_hex(8), new, None)
        emails = json.dumps(dict(new.emails))
        values = (send.id, new.issue, new.folder, emails, new.list_name, new.again, new.key)
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
                    query = "INSERT INTO sends VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)"
                    self._file.execute(query, (*values, new.started.isoformat()))
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
                        (send.id, State.PENDING, State.SUPPRESSED, new.started.timestamp()),
                    )
            finally:
                self._file.execute("DROP TABLE staged")
        return send

    def _new_row(self, recipient: Recipient) -> tuple[bytes, str, str, str, str]:
        fields = json.dumps(dict(recipient.values), ensure_ascii=False)
        person = self.person(recipient.key)
        return person, recipient.address, recipient.domain, recipient.audience, fields

    def sends(self, issue: str) -> tuple[Send, ...]:
        query = "SELECT * FROM sends WHERE issue = ? ORDER BY started, rowid"
        return tuple(map(_send, self._file.all(query, issue)))

    def last_key(self) -> str:
        for (key,) in self._file.all("SELECT key FROM sends WHERE key <> '' ORDER BY rowid DESC LIMIT 1"):
            return str(key)
        return ""

    def finish_send(self, send: str, now: datetime) -> bool:
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
        with self._file.errors():
            self._lock = self._lock or WorkerLock(self._workers)
        return self._lock.name

    def recover(self, send: str, now: datetime) -> None:
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

    def live_workers(self, send: str | None = None) -> tuple[str, ...]:
        names = self._workers_of(send) if send else [each.stem for each in self._workers.glob("*.lock")]
        own = self._lock.name if self._lock else None
        return tuple(name for name in names if name != own and is_alive(self._workers, name))

    def _workers_of(self, send: str) -> list[str]:
        query = "SELECT DISTINCT worker FROM rows WHERE send = ? AND worker IS NOT NULL"
        return [name for (name,) in self._file.all(query, send)]

    # --- the way of a row ------------------------------------------------------------------------

    def claim(
        self, send: str, worker: str, most: int, now: datetime, domain: str | None = None
    ) -> tuple[ClaimedRow, ...]:
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
        with self._file.transaction():
            self._free(send, worker, now)

    def write(
        self,
        outcomes: Sequence[tuple[int, Outcome, datetime | None]],
        sending: Sequence[tuple[int, bytes]],
        worker: str,
        now: datetime,
    ) -> frozenset[int]:
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

    # --- what is asked -----------------------------------------------------------------------------

    def counts(self, send: str) -> dict[State, int]:
        query = "SELECT state, count(*) FROM rows WHERE send = ? GROUP BY state"
        counts = dict(self._file.all(query, send))
        return {state: counts[state] for state in State if state in counts}

    def domains(self, send: str, now: datetime) -> dict[str, int]:
        query = (
            "SELECT domain, count(*) FROM rows WHERE send = ? AND waits = 1 AND (due IS NULL OR due <= ?) "
            "GROUP BY domain"
        )
        return dict(self._file.all(query, send, now.timestamp()))

    def next_due(self, send: str) -> datetime | None:
        query = "SELECT min(due) FROM rows WHERE send = ? AND waits = 1"
        ((due,),) = self._file.all(query, send)
        return _moment(due)

    def days(self) -> dict[date, int]:
        return {
            date.fromisoformat(day): count for day, count in self._file.all("SELECT * FROM days ORDER BY day")
        }

    def latest(self) -> datetime | None:
        last = "(SELECT id FROM sends ORDER BY rowid DESC LIMIT 1)"
        ((changed,),) = self._file.all(f"SELECT max(changed) FROM rows WHERE send = {last}")
        return _moment(changed)

    def rows(self, send: str, states: Iterable[State]) -> Iterator[LedgerRow]:
        names = tuple(states)
        marks = ", ".join("?" * len(names))
        query = f"SELECT {_ROW} FROM rows WHERE send = ? AND state IN ({marks}) ORDER BY row"
        with self._file.errors():
            for values in self._file.execute(query, (send, *names)):
                yield _ledger_row(values)

    def has(self, issue: str, person: bytes) -> bool:
        query = "SELECT 1 FROM rows JOIN sends ON send = id WHERE person = ? AND issue = ? LIMIT 1"
        return bool(self._file.all(query, person, issue))

    def states_of(self, issue: str, person: bytes) -> tuple[tuple[Send, LedgerRow], ...]:
        query = f"SELECT {_ROW} FROM rows WHERE person = ? AND send = ?"
        return tuple(
            (send, _ledger_row(values))
            for send in self.sends(issue)
            for values in self._file.all(query, person, send.id)
        )

    # --- what an editor decides ------------------------------------------------------------------

    def resolve(self, rows: Sequence[int], state: State, note: str, now: datetime) -> int:
        waits = 1 if state is State.PENDING else None
        with self._file.transaction():
            changed_rows = self._file.execute_many(
                "UPDATE rows SET state = ?, waits = ?, reply = ?, changed = ? WHERE row = ? AND state = ?",
                [(state, waits, note, now.timestamp(), row, State.UNKNOWN) for row in rows],
            ).rowcount
            self._file.execute_many(
                "UPDATE rows SET state = ?, waits = NULL WHERE row = ? AND waits = 1 AND address = ''",
                [(State.SUPPRESSED, row) for row in rows],
            )
            self._reopen(rows[0] if rows else -1)
        return changed_rows

    def _reopen(self, row: int) -> None:
        """Let the send of a row be unfinished if it has a row that waits."""
        self._file.execute(
            "UPDATE sends SET finished = NULL WHERE id = (SELECT send FROM rows WHERE row = ?) "
            "AND EXISTS (SELECT 1 FROM rows WHERE send = id AND waits = 1)",
            (row,),
        )

    def retry_refused(self, send: str, refusal: RefusalClass | None, now: datetime) -> int:
        with self._file.transaction():
            changed_rows = self._file.execute(
                "UPDATE rows SET state = ?, waits = 1, changed = ?, attempts = 0 "
                "WHERE send = ? AND state = ? AND address <> '' AND (? IS NULL OR refusal = ?)",
                (State.PENDING, now.timestamp(), send, State.REFUSED, refusal, refusal),
            ).rowcount
            if changed_rows:
                self._file.execute("UPDATE sends SET finished = NULL WHERE id = ?", (send,))
        return changed_rows

    def suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        with self._file.transaction():
            self._suppress(people, reason, now)

    def _suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        query = "INSERT INTO suppressions VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        self._file.execute_many(query, ((person, reason, now.isoformat()) for person in people))

    def allow(self, person: bytes) -> bool:
        with self._file.transaction():
            query = "DELETE FROM suppressions WHERE person = ?"
            return bool(self._file.execute(query, (person,)).rowcount)

    def has_person(self, person: bytes) -> bool:
        return bool(self._file.all("SELECT 1 FROM rows WHERE person = ? LIMIT 1", person))

    def suppression(self, person: bytes) -> str | None:
        reasons = self._file.all("SELECT reason FROM suppressions WHERE person = ?", person)
        return reasons[0][0] if reasons else None

    def forget(self, person: bytes, now: datetime) -> int:
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
        with self._file.transaction():
            values = (issue, audience, email, now.isoformat())
            self._file.execute("INSERT INTO tests VALUES (?, ?, ?, ?)", values)

    def last_test(self, issue: str, audience: str) -> tuple[str, datetime] | None:
        query = "SELECT email, at FROM tests WHERE issue = ? AND audience = ? ORDER BY rowid DESC LIMIT 1"
        for email, at in self._file.all(query, issue, audience):
            return email, datetime.fromisoformat(at)
        return None


def _send(values: tuple[Any, ...]) -> Send:
    id, issue, folder, emails, list_name, again, key, started, finished = values
    new = NewSend(issue, folder, read_json(emails), list_name, again, key, datetime.fromisoformat(started))
    return Send(id, new, datetime.fromisoformat(finished) if finished else None)


def _ledger_row(values: tuple[Any, ...]) -> LedgerRow:
    row, person, address, audience, state, attempts, code, reply, refusal, changed, due = values
    refusal_class, when = RefusalClass(refusal) if refusal else None, datetime.fromtimestamp(changed, UTC)
    answer = (State(state), attempts, code, reply, refusal_class, when, _moment(due))
    return LedgerRow(row, person, address, audience, *answer)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
