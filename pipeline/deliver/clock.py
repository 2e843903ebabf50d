"""The clock of a send, which tests replace: the time of day, and waiting."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """The time, and waiting."""

    def now(self) -> datetime:
        """Return the time of day, in the publication's time zone."""
        ...

    def seconds(self) -> float:
        """Return seconds that only grow, for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of the machine."""

    zone: ZoneInfo

    def now(self) -> datetime:
        """Return the time of day."""
        return datetime.now(self.zone)

    def seconds(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
