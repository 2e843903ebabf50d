"""A send over a server that does as it is told, by a clock that jumps over every wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.deliver.connection import Gate, OutgoingMessage
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import ClaimedRow, NewSend
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.sender import Progress, SendEnd, Sender, SendJob
from pipeline.deliver.server_error import ServerError

START = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)


class VirtualClock:
    """A clock that jumps over every wait."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.passed += seconds


@dataclass
class FakeServer:
    """Takes messages as `faults` say, one after the other, and then all. `taken` counts them by address."""

    faults: Iterator[str] = field(default_factory=lambda: iter(()))
    taken: Counter[str] = field(default_factory=Counter)
    times: list[tuple[str, float]] = field(default_factory=list)
    clock: VirtualClock = field(default_factory=VirtualClock)
    refuses_connections: list[ServerError] = field(default_factory=list)
    most_connections: int = 99
    batch: int = 1
    batches: list[int] = field(default_factory=list)
    is_open: int = 0
    on_message: Callable[[int], None] = lambda count: None

    async def connect(self) -> FakeConnection:
        if self.refuses_connections:
            raise self.refuses_connections.pop()
        if self.is_open >= self.most_connections:
            raise ServerError("mail.example:25 has too many connections.", is_permanent=True)
        self.is_open += 1
        return FakeConnection(self)


class FakeConnection:
    failure = None

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.is_usable = True
        self.is_closed = False

    async def send(self, messages: Sequence[OutgoingMessage], gate: Gate) -> list[Outcome]:
        assert self.is_usable and 1 <= len(messages) <= self.server.batch
        if len(messages) == 1:
            return [await self.send_one(messages[0], gate)]
        await asyncio.sleep(0)
        cleared = await gate(messages)
        self.server.times += [(each.recipient, self.server.clock.passed) for each in cleared]
        self.server.batches.append(len(cleared))
        self.server.taken.update(each.recipient for each in cleared)
        self.server.on_message(self.server.taken.total())
        accepted = Outcome(State.ACCEPTED, 200, "id")
        return [accepted if each in cleared else Outcome(State.SUPPRESSED, None, "") for each in messages]

    async def send_one(self, message: OutgoingMessage, gate: Gate) -> Outcome:
        recipient = message.recipient
        fault = next(self.server.faults, "accept")
        await asyncio.sleep(0)
        self.server.times.append((recipient, self.server.clock.passed))
        if fault == "refuse at once":
            return Outcome(State.REFUSED, 550, "5.1.1 no such user", RefusalClass.MAILBOX)
        if fault == "defer at once":
            return Outcome(State.DEFERRED, 450, "4.2.0 later", RefusalClass.POLICY)
        if fault in {"lose before", "close before"}:
            self.is_usable = False
            return Outcome(State.DEFERRED, 421 if fault == "close before" else None, "lost")
        if not await gate([message]):
            self.is_usable = False
            return Outcome(State.SUPPRESSED, None, "")
        await asyncio.sleep(0)
        if fault == "refuse after":
            return Outcome(State.REFUSED, 554, "5.6.0 content", RefusalClass.CONTENT)
        if fault in {"defer after", "close after"}:
            self.is_usable = fault == "defer after"
            return Outcome(State.DEFERRED, 451 if self.is_usable else 421, "4.3.0 later", RefusalClass.OTHER)
        if fault == "lose after":
            self.is_usable = False
            return Outcome(State.UNKNOWN, None, "the connection was lost")
        self.server.taken[recipient] += 1
        self.server.on_message(sum(self.server.taken.values()))
        if fault == "take and lose":
            self.is_usable = False
            return Outcome(State.UNKNOWN, None, "the connection was lost")
        return Outcome(State.ACCEPTED, 250, "2.0.0 queued")

    async def close(self) -> None:
        self.server.is_open -= not self.is_closed
        self.is_usable, self.is_closed = False, True


def readers(count: int) -> list[Recipient]:
    return [Recipient(f"reader{n}@host{n % 3}.example", "", {}, n) for n in range(count)]


@dataclass
class Send:
    """One send over a fake server."""

    ledger: Ledger
    server: FakeServer
    id: str
    job: SendJob
    reports: list[Progress] = field(default_factory=list)
    sender: Sender | None = None

    def run(self) -> SendEnd:
        self.sender = Sender(self.ledger, self.job, self.server.clock, self.reports.append)
        return asyncio.run(self.sender.run())

    @property
    def counts(self) -> dict[State, int]:
        return self.ledger.counts(self.id)


OPENED: list[Ledger] = []
"""Those that `close_ledgers` closes."""


def close_ledgers() -> None:
    while OPENED:
        OPENED.pop().close()


def outgoing(row: ClaimedRow, data: bytes) -> OutgoingMessage:
    return OutgoingMessage("bounces@synapse.example", row.recipient.address, data, row.row, row.person)


def start(folder: Path, server: FakeServer, count: int, **settings: object) -> Send:
    ledger = Ledger(folder / "deliver.sqlite", "deliver.sqlite", folder / "workers")
    OPENED.append(ledger)
    new = NewSend("tag:1", "001-one", {}, "list.csv", "", "", START)
    id = ledger.start_send(new, readers(count)).id
    job = SendJob(
        send=id,
        connect=server.connect,
        message=lambda row: outgoing(row, row.recipient.address.encode()),
        connections=3,
        batch=server.batch,
        rate=None,
        per_domain={},
        warm_up=None,
    )
    return Send(ledger, server, id, replace(job, **settings))
