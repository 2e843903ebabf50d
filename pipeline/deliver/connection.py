"""What a sender needs of a connection to a mail server or service: messages go in, outcomes come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.deliver.outcome import Outcome
from pipeline.deliver.server_error import ServerError


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to one recipient, ready to leave.

    `sender` is the address that bounces go to. `data` is the message of RFC 5322, with CRLF line ends. `row`
    is its number in the ledger, and `digest` what the ledger keeps of the message. `may_have_dots` is False
    if surely no line begins with a dot, which SMTP doubles: no other message need be searched for them.
    """

    sender: str
    recipient: str
    data: bytes
    row: int = 0
    digest: bytes = b""
    may_have_dots: bool = True


Gate = Callable[[Sequence[OutgoingMessage]], Awaitable[Sequence[OutgoingMessage]]]
"""Awaited right before messages leave; returns those that may, and raises where it cannot be known."""


class Connection(Protocol):
    """An open connection to a server that takes messages."""

    @property
    def is_usable(self) -> bool:
        """Whether further messages can be sent over it."""
        ...

    @property
    def failure(self) -> ServerError | None:
        """Why the server takes nothing more from this account, although it has answered each message."""
        ...

    async def send(self, messages: Sequence[OutgoingMessage], gate: Gate) -> list[Outcome]:
        """Hand over messages, at most as many as the server takes at once.

        Returns how each ended; one that the gate holds back is `suppressed`. A failure before the gate means
        that they are surely not sent. Raises what the gate raises, and `ServerError`, both before anything
        has left.
        """
        ...

    async def close(self) -> None:
        """End it."""
        ...
