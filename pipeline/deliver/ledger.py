"""The ledger: one row a recipient and send, which alone says what was sent. `docs/decisions/ledger.md`.

The promise: never twice knowingly, never lost, and what cannot be known is named. A row goes

    pending → claimed → sending → accepted | refused | deferred → claimed … | unknown

and each arrow is durable on disk before what it says can happen. *sending* is written before the final dot
of a message leaves (the dot gate), the answer as soon as it is there. When a worker dies, what it had claimed
is pending again, and what it was sending is unknown. The rows of a send are fixed when it starts.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient

OPEN = (State.PENDING, State.CLAIMED, State.SENDING, State.DEFERRED)
"""The states that are not final."""


@dataclass(frozen=True, slots=True)
class NewSend:
    """What is sent to a list. `emails` maps audiences to the digests of their rendered emails.

    `issue` is the issue's permanent id, `folder` the name of its folder. `again` is the reason why
    those who have the issue already get it once more, empty for a first send. `key` is the id of the key
    that signs tokens, empty without one.
    """

    issue: str
    folder: str
    emails: Mapping[str, str]
    list_name: str
    again: str
    key: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Send:
    """A send in the ledger. `id` is the same in every copy; `finished` is None while rows are open."""

    id: str
    what: NewSend
    finished: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """A row that one worker has, and no other. `person` is the recipient's digest, which is no address."""

    row: int
    person: bytes
    recipient: Recipient
    attempts: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row for people to read: the state, the last answer, and when it changed (RFC 3339).

    `address` is empty for a person who was forgotten. `due` is when a deferred one is tried again.
    """

    row: int
    person: bytes
    address: str
    audience: str
    state: State
    attempts: int
    code: int | None
    reply: str
    refusal: RefusalClass | None
    changed: datetime
    due: datetime | None


class Ledger(Protocol):
    """Where a ledger is kept: each method is one transaction, on disk when it returns.

    Times are arguments. Methods raise `PressroomError` for a ledger that cannot be read or written.
    """

    salt: bytes
    """Random bytes that are made with the ledger and never change: the key of all its digests."""

    def person(self, recipient_key: str) -> bytes:
        """Return the salted digest by which the ledger knows a person, also after they are forgotten."""
        ...

    def start_send(self, new: NewSend, recipients: Iterable[Recipient]) -> Send:
        """Write a send with a row for each recipient, or nothing if the recipients end in an error.

        Raises `PressroomError` while another send of the issue is not finished, or if one began while the
        recipients were read. A person on the suppression list has a row that is suppressed.
        """
        ...

    def sends(self, issue: str) -> tuple[Send, ...]:
        """Return the sends of an issue, oldest first."""
        ...

    def last_key(self) -> str:
        """Return the id of the key that signed the tokens of the last send that had any."""
        ...

    def finish_send(self, send: str, now: datetime) -> bool:
        """Mark a send as finished if no row is open. Returns whether it is."""
        ...

    def drop_send(self, send: str) -> bool:
        """Delete a send and its rows if no message of it may have left. Returns whether it did."""
        ...

    def start_worker(self) -> str:
        """Register this process, whose death others can tell at once. Returns its name."""
        ...

    def recover(self, send: str, now: datetime) -> None:
        """Free what dead workers had claimed, and mark as unknown what they were sending."""
        ...

    def live_workers(self, send: str | None = None) -> tuple[str, ...]:
        """Return the other living workers that have rows of a send, or without it all of them."""
        ...

    def claim(
        self, send: str, worker: str, most: int, now: datetime, domain: str | None = None
    ) -> tuple[ClaimedRow, ...]:
        """Give a worker rows that wait or are due again, of one receiving domain if it is named.

        Those who must not get mail any more are marked as suppressed instead.
        """
        ...

    def release(self, send: str, worker: str, now: datetime) -> None:
        """Free what a living worker had claimed, which has ended all its attempts.

        What it was sending is unknown.
        """
        ...

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
        ...

    def counts(self, send: str) -> dict[State, int]:
        """Count the rows of a send by state; states without a row are left out."""
        ...

    def domains(self, send: str, now: datetime) -> dict[str, int]:
        """Count the rows that wait or are due, by receiving domain."""
        ...

    def next_due(self, send: str) -> datetime | None:
        """Return when the first deferred row is due."""
        ...

    def days(self) -> dict[date, int]:
        """Count the messages of all sends that may have left, by the day of the clock that was passed."""
        ...

    def latest(self) -> datetime | None:
        """Return when a row of the last send was changed, by the clock that was passed."""
        ...

    def rows(self, send: str, states: Iterable[State]) -> Iterator[LedgerRow]:
        """Return the rows in some states, in the order of the list."""
        ...

    def has(self, issue: str, person: bytes) -> bool:
        """Whether a person has a row in any send of an issue."""
        ...

    def states_of(self, issue: str, person: bytes) -> tuple[tuple[Send, LedgerRow], ...]:
        """Return what a person has been sent of an issue, oldest first."""
        ...

    def resolve(self, rows: Sequence[int], state: State, note: str, now: datetime) -> int:
        """Write an editor's decision on unknown rows: accepted, or pending again. Returns how many.

        A person who was forgotten is suppressed in place of pending.
        """
        ...

    def retry_refused(self, send: str, refusal: RefusalClass | None, now: datetime) -> int:
        """Let refused rows be pending again, of one class if it is named. Returns how many.

        People who were forgotten are left out.
        """
        ...

    def suppress(self, people: Iterable[bytes], reason: str, now: datetime) -> None:
        """Send these people nothing from now on."""
        ...

    def allow(self, person: bytes) -> bool:
        """Take a person off the suppression list. Returns whether they were on it."""
        ...

    def has_person(self, person: bytes) -> bool:
        """Whether a send has a row for this person, also after they are forgotten."""
        ...

    def suppression(self, person: bytes) -> str | None:
        """Return why a person is on the suppression list; None if they are not."""
        ...

    def forget(self, person: bytes, now: datetime) -> int:
        """Delete a person's address and fields from all rows, and suppress them. Returns how many rows.

        Raises `PressroomError` if the deleted values could not be removed from the disk yet.
        """
        ...

    def note_test(self, issue: str, audience: str, email: str, now: datetime) -> None:
        """Note that an email, named by its digest, was sent as a test. `issue` is the folder's name."""
        ...

    def last_test(self, issue: str, audience: str) -> tuple[str, datetime] | None:
        """Return the digest of the email that was last sent as a test, and when."""
        ...


def message_id(salt: bytes, send: str, person: bytes, domain: str) -> str:
    """Make the Message-ID of a row, without brackets: the same in all attempts, and no address in it."""
    digest = hmac.digest(salt, f"{send}\n".encode() + person, hashlib.sha256).hex()[:32]
    return f"{digest}@{domain}"
