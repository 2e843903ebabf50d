"""The records of the ledger: sends, their rows, and the Message-ID of a row."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.deliver.outcome import RefusalClass, State
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
class Send(NewSend):
    """A send in the ledger. `id` is the same in every copy; `finished` is None while rows are open."""

    id: str
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
    """A row for people to read: the state, the last answer, and when it changed.

    `address` is empty for a person who was forgotten.
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


def message_id(salt: bytes, send: str, person: bytes, domain: str) -> str:
    """Make the Message-ID of a row, without brackets: the same in all attempts, and no address in it."""
    digest = hmac.digest(salt, f"{send}\n".encode() + person, hashlib.sha256).hex()[:32]
    return f"{digest}@{domain}"
