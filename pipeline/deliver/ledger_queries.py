"""What can be asked of a ledger; nothing here changes it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from pipeline.deliver.ledger_file import LedgerFile
from pipeline.deliver.ledger_records import LedgerRow, Send
from pipeline.deliver.outcome import RefusalClass, State
from pipeline.support.json_text import read_json

_ROW = "row, person, address, audience, state, attempts, code, reply, refusal, changed"


class LedgerQueries:
    """The queries of a ledger. `salt` are random bytes that never change: the key of all its digests."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self.salt = file.salt

    def person(self, recipient_key: str) -> bytes:
        """Return the salted digest by which the ledger knows a person, also after they are forgotten."""
        return hmac.digest(self.salt, recipient_key.encode(), hashlib.sha256)[:16]

    def sends(self, issue: str) -> tuple[Send, ...]:
        """Return the sends of an issue, oldest first."""
        query = "SELECT * FROM sends WHERE issue = ? ORDER BY started, rowid"
        return tuple(map(read_send, self._file.all(query, issue)))

    def last_key(self) -> str:
        """Return the id of the key that signed the tokens of the last send that had any."""
        for (key,) in self._file.all("SELECT key FROM sends WHERE key <> '' ORDER BY rowid DESC LIMIT 1"):
            return str(key)
        return ""

    def counts(self, send: str) -> dict[State, int]:
        """Count the rows of a send by state; states without a row are left out."""
        query = "SELECT state, count(*) FROM rows WHERE send = ? GROUP BY state"
        counts = dict(self._file.all(query, send))
        return {state: counts[state] for state in State if state in counts}

    def domains(self, send: str, now: datetime) -> dict[str, int]:
        """Count the rows that wait or are due, by receiving domain."""
        query = (
            "SELECT domain, count(*) FROM rows WHERE send = ? AND waits = 1 AND (due IS NULL OR due <= ?) "
            "GROUP BY domain"
        )
        return dict(self._file.all(query, send, now.timestamp()))

    def next_due(self, send: str) -> datetime | None:
        """Return when the first deferred row is due."""
        query = "SELECT min(due) FROM rows WHERE send = ? AND waits = 1"
        ((due,),) = self._file.all(query, send)
        return _moment(due)

    def days(self) -> dict[date, int]:
        """Count the messages of all sends that may have left, by the day of the clock that was passed."""
        return {
            date.fromisoformat(day): count for day, count in self._file.all("SELECT * FROM days ORDER BY day")
        }

    def latest(self) -> datetime | None:
        """Return when a row of the last send was changed, by the clock that was passed."""
        last = "(SELECT id FROM sends ORDER BY rowid DESC LIMIT 1)"
        ((changed,),) = self._file.all(f"SELECT max(changed) FROM rows WHERE send = {last}")
        return _moment(changed)

    def rows(self, send: str, states: Iterable[State]) -> Iterator[LedgerRow]:
        """Return the rows in some states, in the order of the list."""
        names = tuple(states)
        marks = ", ".join("?" * len(names))
        query = f"SELECT {_ROW} FROM rows WHERE send = ? AND state IN ({marks}) ORDER BY row"
        with self._file.errors():
            for values in self._file.execute(query, (send, *names)):
                yield _ledger_row(values)

    def has(self, issue: str, person: bytes) -> bool:
        """Whether a person has a row in any send of an issue."""
        query = "SELECT 1 FROM rows JOIN sends ON send = id WHERE person = ? AND issue = ? LIMIT 1"
        return bool(self._file.all(query, person, issue))

    def states_of(self, issue: str, person: bytes) -> tuple[tuple[Send, LedgerRow], ...]:
        """Return what a person has been sent of an issue, oldest first."""
        query = f"SELECT {_ROW} FROM rows WHERE person = ? AND send = ?"
        return tuple(
            (send, _ledger_row(values))
            for send in self.sends(issue)
            for values in self._file.all(query, person, send.id)
        )

    def has_person(self, person: bytes) -> bool:
        """Whether a send has a row for this person, also after they are forgotten."""
        return bool(self._file.all("SELECT 1 FROM rows WHERE person = ? LIMIT 1", person))

    def suppression(self, person: bytes) -> str | None:
        """Return why a person is on the suppression list; None if they are not."""
        reasons = self._file.all("SELECT reason FROM suppressions WHERE person = ?", person)
        return reasons[0][0] if reasons else None

    def last_test(self, issue: str, audience: str) -> tuple[str, datetime] | None:
        """Return the digest of the email that was last sent as a test, and when."""
        query = "SELECT email, at FROM tests WHERE issue = ? AND audience = ? ORDER BY rowid DESC LIMIT 1"
        for email, at in self._file.all(query, issue, audience):
            return email, datetime.fromisoformat(at)
        return None


def read_send(values: tuple[Any, ...]) -> Send:
    """Read a row of the table of sends."""
    id, issue, folder, emails, list_name, again, key, started, finished = values
    return Send(
        issue=issue,
        folder=folder,
        emails=read_json(emails),
        list_name=list_name,
        again=again,
        key=key,
        started=datetime.fromisoformat(started),
        id=id,
        finished=datetime.fromisoformat(finished) if finished else None,
    )


def _ledger_row(values: tuple[Any, ...]) -> LedgerRow:
    row, person, address, audience, state, attempts, code, reply, refusal, changed = values
    refusal_class, when = RefusalClass(refusal) if refusal else None, datetime.fromtimestamp(changed, UTC)
    answer = (State(state), attempts, code, reply, refusal_class, when)
    return LedgerRow(row, person, address, audience, *answer)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
