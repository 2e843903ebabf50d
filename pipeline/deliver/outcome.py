"""What became of one attempt to hand a message over, in the words of the server or service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of a message to one recipient.

    `pending` waits; `claimed` is with a worker, and surely not sent; `sending` may leave at any moment;
    `accepted` and `refused` are the server's answer; `deferred` is tried again later; of `unknown` it cannot
    be known whether the server took it, and it is never sent again by itself; `suppressed` must not be sent.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class RefusalClass(StrEnum):
    """Why a server refuses: the mailbox, its policy on senders, the content, or anything else."""

    MAILBOX = "mailbox"
    POLICY = "policy"
    CONTENT = "content"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt: accepted, deferred, refused, unknown, or suppressed at the gate.

    `code` is the reply's (RFC 5321, 4.2; RFC 9110, 15), None where the connection failed; `reply` is the
    server's own text on one line, or what happened in words. `refusal` is set where the state is deferred or
    refused.
    """

    state: State
    code: int | None
    reply: str
    refusal: RefusalClass | None = None
