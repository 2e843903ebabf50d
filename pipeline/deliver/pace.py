"""How fast messages go: rates, pauses after deferrals, and a stop on a wave of refusals."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.deliver.outcome import Outcome, State

EVERY_DOMAIN = "*"
"""The name under which `per_domain` has the rate of all domains that it does not name."""

RETRY_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 480, 960, 960))
"""The pauses before a deferred message is tried again, two days in all (RFC 5321, 4.5.4.1)."""

_WAVE = 20
_OF = 50
"""`_WAVE` of the last `_OF` messages not taken stop a send: the list, sender or server has a fault."""


@dataclass(slots=True)
class Pace:
    """At most `rate` messages a second, evenly; None is no limit. `free_at` is when the next may go."""

    rate: float | None
    free_at: float = 0.0

    def take(self, seconds: float) -> None:
        """Note that a message goes."""
        if self.rate:
            self.free_at = max(self.free_at, seconds) + 1 / self.rate


def domain_pace(per_domain: Mapping[str, float], domain: str | None) -> Pace:
    """Return the pace of a receiving domain."""
    return Pace(per_domain.get(domain or "", per_domain.get(EVERY_DOMAIN)))


def daily_limit(warm_up: int, days: Mapping[date, int], today: date) -> int:
    """Return how many more messages may go today, where the first day of sending has at most `warm_up`.

    Each later day of sending has twice as many as the one before. Days on which nothing went do not count:
    receivers learn a sender from its mail.
    """
    earlier = sum(1 for day, messages in days.items() if day < today and messages)
    return max(0, (warm_up << min(earlier, 40)) - days.get(today, 0))


def days_of_sending(warm_up: int, days: Mapping[date, int], today: date, count: int) -> int:
    """Return how many days a number of messages takes, if some are sent on each from today."""
    sent = {**days}
    day = today
    while count > 0:
        messages = min(count, daily_limit(warm_up, sent, day))
        sent[day] = sent.get(day, 0) + messages
        count -= messages
        day += timedelta(days=1)
    return (day - today).days


@dataclass(slots=True)
class Breaker:
    """Sees a wave of refusals in the last outcomes."""

    _last: deque[Outcome] = field(default_factory=lambda: deque(maxlen=_OF))

    def add(self, outcome: Outcome) -> str | None:
        """Note the end of an attempt.

        Returns why sending must stop, in words and with the commonest answer; None while it need not.
        """
        self._last.append(outcome)
        if outcome.state is State.ACCEPTED:
            return None
        refusals = [each for each in self._last if each.state is not State.ACCEPTED]
        if len(refusals) < _WAVE:
            return None
        (reply, _), *_ = Counter(each.reply for each in refusals).most_common(1)
        classes = Counter(each.refusal for each in refusals if each.refusal).most_common(1)
        kind = f" ({classes[0][0]})" if classes else ""
        return f"{len(refusals)} of the last {len(self._last)} messages were not taken{kind}: {reply}"
