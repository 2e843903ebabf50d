"""Sends the rows of one send over kept-open connections, each message behind the dot gate of the ledger.

A row is claimed, its message made, and offered to the server, alone or in a batch of as many as the server
takes at once. Once the server wants the text, all but its end leaves; *sending* is written to disk, then the
final dot (or the request) leaves, and the answer is written. An error before that is surely not sent; after
it, what cannot be known stays unknown.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import count

from pipeline.deliver.clock import Clock
from pipeline.deliver.connection import Connection, OutgoingMessage
from pipeline.deliver.group_commit import GroupCommit
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import ClaimedRow
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.pace import RETRY_PAUSES, Breaker, daily_limit
from pipeline.deliver.row_queue import RowQueue
from pipeline.deliver.server_error import ServerError
from pipeline.errors import PressroomError

_CONNECT_PAUSES = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)
"""Seconds before the next try to connect; then the send pauses, five minutes after the first failure."""

_FEW_PAUSES = 4
"""So often a connection is tried while others are there: the server may allow no more of them."""

_LOST_CONNECTIONS = 2
"""How often a message is tried again at once on a new connection, before it is deferred."""

_IDLE = 20.0
"""Seconds after which a connection without work is closed: servers end idle ones (RFC 5321, 4.5.3.2.7)."""

_STEP = 60.0
_REPORT_EVERY = 0.5
_CLOSING = 421
"""The server closes the connection (RFC 5321, 4.2.2): often after a number of messages."""


@dataclass(frozen=True, slots=True)
class SendJob:
    """What a sender needs to know of a send.

    `message` makes the message of a row, and raises `PressroomError` where that cannot be. `batch` is how
    many messages the server takes at once. `warm_up` is the limit of the first day.
    """

    send: str
    connect: Callable[[], Awaitable[Connection]]
    message: Callable[[ClaimedRow], OutgoingMessage]
    connections: int
    batch: int
    rate: float | None
    per_domain: Mapping[str, float]
    warm_up: int | None


class EndKind(StrEnum):
    """What ended a sender: all is done, the user, the day's limit, a wave, or the server."""

    FINISHED = "finished"
    STOPPED = "stopped"
    LIMIT = "limit"
    WAVE = "wave"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sender is: counts by state since it began.

    `waits_until` is the next moment at which it goes on, `trouble` why it cannot connect at the moment.
    `is_stopping` is set while it ends what is under way because the user stopped it.
    """

    counts: Mapping[State, int]
    seconds: float
    waits_until: datetime | None = None
    trouble: str = ""
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class SendEnd:
    """Why a sender has ended, in words where there is more to say."""

    kind: EndKind
    reason: str = ""


class Sender:
    """Sends what is open of one send. `run` is called once; `stop` ends it after the messages under way."""

    def __init__(
        self, ledger: Ledger, job: SendJob, clock: Clock, report: Callable[[Progress], None]
    ) -> None:
        self._ledger = ledger
        self.job = job
        self._clock = clock
        self._report = report
        self._breaker = Breaker()
        self._counts: Counter[State] = Counter()
        self._end: SendEnd | None = None
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes = 0
        self._has_connected = False
        self._began = self._reported = clock.seconds()

    def stop(self, end: SendEnd) -> None:
        """End after the messages that are under way."""
        self._end = self._end or end
        self._stopping.set()
        self._tell()

    def stop_soon(self, end: SendEnd) -> None:
        """Call `stop` from a handler of signals, in the middle of anything."""
        self._end = self._end or end
        if self._loop:
            self._loop.call_soon_threadsafe(self.stop, end)

    @property
    def was_stopped(self) -> bool:
        """Whether something asked it to end before all was done."""
        return (self._end is not None and self._end.kind is not EndKind.FINISHED) or self._stopping.is_set()

    async def run(self) -> SendEnd:
        """Send until no row is open, or something stops it.

        Raises `PressroomError` of the ledger, and `ServerError` where another try cannot help.
        """
        self._loop = asyncio.get_running_loop()
        if self._end:
            self._stopping.set()
        ledger, job, now = self._ledger, self.job, self._clock.now
        worker = ledger.start_worker()
        self._commits = GroupCommit(ledger, worker, now)
        pace = (job.rate, job.per_domain)
        self._queue = RowQueue(ledger, job.send, worker, self._clock, self._stopping, *pace)
        while True:
            ledger.recover(job.send, now())
            left_today = None
            if job.warm_up is not None:
                left_today = daily_limit(job.warm_up, ledger.days(), now().date())
            self._queue.fill(left_today)
            try:
                await self._send_waiting()
            finally:
                self._commits.flush()
                ledger.release(job.send, worker, now())
            if self._queue.left_today == 0:
                self._end = self._end or SendEnd(EndKind.LIMIT)
            due = ledger.next_due(job.send)
            if self._end or self._stopping.is_set() or due is None:
                break
            self._tell(due)
            # In steps by the time of day: a machine may sleep in between.
            while not self._stopping.is_set() and (wait := (due - now()).total_seconds()) > 0:
                await self._queue.sleep(min(wait, _STEP))
        if ledger.finish_send(job.send, now()):
            self._end = SendEnd(EndKind.FINISHED)
        self._tell()
        return self._end or SendEnd(EndKind.STOPPED)

    async def _send_waiting(self) -> None:
        """Send all rows that wait, over all connections. Raises the first error once all have ended."""
        self._lanes = self.job.connections
        lanes = [asyncio.create_task(self._lane()) for _ in range(self._lanes)]
        results = await asyncio.gather(*lanes, return_exceptions=True)
        for error in results:
            if isinstance(error, BaseException):
                raise error

    async def _lane(self) -> None:
        """Send rows over one connection, as long as there are any."""
        connection: Connection | None = None
        try:
            while True:
                waited = self._clock.seconds()
                rows = await self._queue.next(self.job.batch)
                if not rows:
                    return  # the others go on with what they have, also where no row may go any more today
                for attempt in count():
                    if connection and (self._clock.seconds() - waited > _IDLE or not connection.is_usable):
                        await connection.close()
                        connection = None
                    connection = connection or await self._connect()
                    if connection is None:
                        self._queue.put_back(rows)
                        return
                    outcomes, has_left = await self._attempt(connection, rows)
                    failure = connection.failure
                    waited = self._clock.seconds()
                    is_lost = any(
                        each.state is State.DEFERRED and each.code in {None, _CLOSING} for each in outcomes
                    )
                    if has_left or not is_lost or attempt == _LOST_CONNECTIONS:
                        break
                if failure:
                    self.stop(SendEnd(EndKind.SERVER, str(failure)))
                for row, outcome in zip(rows, outcomes, strict=True):
                    self._record(row, outcome)
                if failure and failure.is_permanent:
                    raise failure
        except BaseException:
            # The other connections end what is under way, so that nothing becomes unknown.
            self._stopping.set()
            raise
        finally:
            self._lanes -= 1
            if connection is not None:
                await connection.close()

    async def _attempt(
        self, connection: Connection, rows: Sequence[ClaimedRow]
    ) -> tuple[list[Outcome], bool]:
        """Offer messages. Returns how each ended, and whether the gate was open for one of them."""
        outcomes: dict[int, Outcome] = {}
        messages: list[OutgoingMessage] = []
        has_left = False
        for row in rows:
            try:
                messages.append(self.job.message(row))
            except PressroomError as error:
                outcomes[row.row] = Outcome(State.REFUSED, None, error.message, RefusalClass.CONTENT)

        async def gate(ready: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
            nonlocal has_left
            cleared = await self._commits.open_gate([(each.row, each.digest) for each in ready])
            has_left = has_left or bool(cleared)
            return [each for each in ready if each.row in cleared]

        if messages:
            ends = await connection.send(messages, gate)
            outcomes |= {each.row: end for each, end in zip(messages, ends, strict=True)}
        return [outcomes[row.row] for row in rows], has_left

    def _record(self, row: ClaimedRow, outcome: Outcome) -> None:
        if outcome.state is State.SUPPRESSED:  # the gate has written it
            self._count(State.SUPPRESSED)
            return
        due = None
        if outcome.state is State.DEFERRED:
            if row.attempts < len(RETRY_PAUSES):
                due = self._clock.now() + RETRY_PAUSES[row.attempts]
            else:
                reply = f"Given up after {row.attempts + 1} attempts: {outcome.reply}"
                refusal = outcome.refusal or RefusalClass.OTHER
                outcome = replace(outcome, state=State.REFUSED, reply=reply, refusal=refusal)
        self._commits.record(row.row, outcome, due)
        self._count(outcome.state)
        # A message that is put off again and again says nothing new.
        wave = self._breaker.add(outcome) if row.attempts == 0 else None
        if wave:
            self.stop(SendEnd(EndKind.WAVE, wave))

    async def _connect(self) -> Connection | None:
        """Connect, with growing pauses between the tries.

        Returns None if the send is stopping, or this connection is one too many for the server.
        """
        for tries, pause in enumerate((*_CONNECT_PAUSES, None), 1):
            if self._stopping.is_set():
                return None
            try:
                connection = await self._unless_stopping(self.job.connect())
                self._has_connected = self._has_connected or connection is not None
                return connection
            except ServerError as error:
                if error.is_permanent and not self._has_connected:
                    raise
                others_are_there = self._has_connected and self._lanes > 1
                if others_are_there and (tries > _FEW_PAUSES or error.is_permanent):
                    return None
                if pause is None:
                    self.stop(SendEnd(EndKind.SERVER, str(error)))
                    return None
                if not others_are_there:
                    self._tell(trouble=str(error))
                await self._queue.sleep(pause)
        return None

    async def _unless_stopping(self, connecting: Awaitable[Connection]) -> Connection | None:
        """Wait for a connection, at most until the send is stopping: a server may be silent for a minute."""
        task, stopping = asyncio.ensure_future(connecting), asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not task.done():
            task.cancel()
            return None
        return task.result()

    def _count(self, state: State) -> None:
        self._counts[state] += 1
        if self._clock.seconds() - self._reported > _REPORT_EVERY:
            self._tell()

    def _tell(self, waits_until: datetime | None = None, trouble: str = "") -> None:
        self._reported = self._clock.seconds()
        seconds = self._reported - self._began
        is_stopping = self._end is not None and self._end.kind is EndKind.STOPPED
        self._report(Progress(dict(self._counts), seconds, waits_until, trouble, is_stopping))
