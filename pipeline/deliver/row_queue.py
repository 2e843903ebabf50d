"""The rows of a send in the order and at the pace in which they may go."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Iterable, Mapping

from pipeline.deliver.clock import Clock
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import ClaimedRow
from pipeline.deliver.pace import Pace, domain_pace

_CLAIMED_AT_ONCE = 64
"""Rows that are claimed at once. They are pending again as soon as the process has ended."""


class RowQueue:
    """Claims rows and releases each when its turn has come; `stopping` ends all waiting.

    `rate` is that of all messages, `per_domain` that of each receiving domain, in messages a second.
    """

    def __init__(
        self,
        ledger: Ledger,
        send: str,
        worker: str,
        clock: Clock,
        stopping: asyncio.Event,
        rate: float | None,
        per_domain: Mapping[str, float],
    ) -> None:
        self._ledger = ledger
        self._send = send
        self._worker = worker
        self._clock = clock
        self._stopping = stopping
        self._pace = Pace(rate)
        self._per_domain = per_domain
        self._paces: dict[str | None, Pace] = {}
        self._claimed: dict[str | None, deque[ClaimedRow]] = {}
        self._returned: list[ClaimedRow] = []
        self._turns: list[tuple[float, int, str | None]] = []
        self._lock = asyncio.Lock()
        self.left_today: int | None = None

    def fill(self, left_today: int | None) -> None:
        """Find which receiving domains have rows that wait; without limits for domains, all are one.

        `left_today` is how many rows may still go today, None without a limit.
        """
        self.left_today = left_today
        domains: list[str | None] = [None]
        if self._per_domain:
            domains = [*self._ledger.domains(self._send, self._clock.now())]
        self._claimed = {domain: deque() for domain in domains}
        for domain in domains:
            if domain not in self._paces:
                self._paces[domain] = domain_pace(self._per_domain, domain)
        self._turns = [(self._paces[domain].free_at, n, domain) for n, domain in enumerate(domains)]
        heapq.heapify(self._turns)

    async def next(self, most: int) -> list[ClaimedRow]:
        """Wait for the next turn; returns its row, and up to `most` in all whose turn has come by then.

        Returns none if no row waits, none may go any more today, or the send is stopping.
        """
        rows: list[ClaimedRow] = []
        async with self._lock:
            while len(rows) < most and not self._stopping.is_set():
                if self._returned:
                    rows.append(self._returned.pop())
                    continue
                if not self._turns or self.left_today == 0:
                    break
                free_at, order, domain = self._turns[0]
                claimed = self._claimed[domain]
                if not claimed:
                    limits = (_CLAIMED_AT_ONCE, self._clock.now(), domain)
                    claimed.extend(self._ledger.claim(self._send, self._worker, *limits))
                if not claimed:
                    heapq.heappop(self._turns)
                    continue
                wait = max(free_at, self._pace.free_at) - self._clock.seconds()
                if wait > 0:
                    if rows:
                        break
                    await self.sleep(wait)
                if not self._stopping.is_set():
                    seconds = self._clock.seconds()
                    self._pace.take(seconds)
                    self._paces[domain].take(seconds)
                    heapq.heapreplace(self._turns, (self._paces[domain].free_at, order, domain))
                    rows.append(claimed.popleft())
                    if self.left_today is not None:
                        self.left_today -= 1
        return rows

    def put_back(self, rows: Iterable[ClaimedRow]) -> None:
        """Let another connection have rows whose turn has come."""
        self._returned.extend(rows)

    async def sleep(self, seconds: float) -> None:
        """Wait, at most until the send is stopping."""
        waits = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.create_task(self._stopping.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
