"""Who of a list gets which edition, who does not, and why: what `plan` is for articles."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.deliver.ledger import Ledger
from pipeline.deliver.mail_domains import MailDomains, look_up_domains
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.recipient_list import RecipientList
from pipeline.deliver.rejected_row import RejectedRow, Rejection
from pipeline.errors import PressroomError
from pipeline.model import EVERYONE

if TYPE_CHECKING:
    from pipeline.deliver.dns import Dns

_NAMED = 1000
"""Rows with mistakes that a plan names."""


class LeftOutKind(StrEnum):
    """The kind of reason for which a row of a list gets no mail."""

    MISTAKE = "mistake"
    DUPLICATE = "duplicate"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    HAS_IT = "has it"
    NO_EDITION = "no edition"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that gets no mail: where it is, and why in words. `hint` says what to do, if anything."""

    line: int
    address: str
    kind: LeftOutKind
    reason: str
    hint: str | None = None


@dataclass(slots=True)
class SendPlan:
    """The numbers of a plan, counted as the list is read.

    `audiences` counts the recipients of each edition, `domains` those of each receiving domain. `mistakes`
    are the first rows with mistakes, `unsubscribed` is the first row of somebody who is, and `unused` are the
    columns of the list that mean nothing here. `withdrawn` are people who are unsubscribed in a later row.
    `mail_domains` is what DNS says of the domains, if it was asked. `digest` changes with each recipient and
    their order.
    """

    audiences: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    left_out: Counter[LeftOutKind] = field(default_factory=Counter)
    mistakes: list[LeftOut] = field(default_factory=list)
    unsubscribed: LeftOut | None = None
    unused: tuple[str, ...] = ()
    withdrawn: set[bytes] = field(default_factory=set)
    mail_domains: MailDomains = field(default_factory=MailDomains)
    digest: str = ""

    @property
    def total(self) -> int:
        """The number of recipients."""
        return self.audiences.total()


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides on each row of a list. `audiences` are those that the issue has an edition for."""

    ledger: Ledger
    issue: str
    audiences: tuple[str, ...]
    again: bool = False

    def decide(self, row: Recipient | RejectedRow, plan: SendPlan) -> Recipient | LeftOut:
        """Return the recipient with the audience of the edition that they get, or why they get none.

        `plan` knows what a row does not say.
        """
        if isinstance(row, RejectedRow):
            return LeftOut(row.line, row.address, LeftOutKind(row.kind.value), row.reason, row.hint)
        person = self.ledger.person(row.key)

        def leave_out(kind: LeftOutKind, reason: str, hint: str | None = None) -> LeftOut:
            return LeftOut(row.line, row.address, kind, reason, hint)

        if person in plan.withdrawn:
            return leave_out(LeftOutKind.UNSUBSCRIBED, "is unsubscribed in another row.")
        if (reason := self.ledger.suppression(person)) is not None:
            hint = "Only if they asked for it: pressroom subscribers allow ADDRESS"
            return leave_out(LeftOutKind.SUPPRESSED, f"is on the suppression list: {reason}.", hint)
        if not self.again and self.ledger.has(self.issue, person):
            return leave_out(LeftOutKind.HAS_IT, "is in a send of this issue already.")
        if reason := plan.mail_domains.without_mail.get(row.domain):
            return leave_out(LeftOutKind.MISTAKE, f'"{row.domain}" takes no mail: {reason}.')
        audience = row.audience or (EVERYONE if EVERYONE in self.audiences else self.audiences[0])
        if audience not in self.audiences:
            if EVERYONE not in self.audiences:
                has = f"It has: {', '.join(self.audiences)}."
                return leave_out(LeftOutKind.NO_EDITION, f'the issue has no edition for "{audience}".', has)
            audience = EVERYONE
        return replace(row, audience=audience)

    def plan(self, rows: RecipientList, dns: Dns | None = None) -> SendPlan:
        """Read a list and count. With `dns` whoever has a domain that takes no mail is left out.

        Raises `PressroomError` for a list that cannot be read.
        """
        plan = self._count(rows, SendPlan())
        if dns:
            plan.mail_domains = look_up_domains(plan.domains, dns)
        # Only a list that contradicts itself, or DNS, is read again.
        if plan.withdrawn or plan.mail_domains.without_mail:
            plan = self._count(rows, SendPlan(withdrawn=plan.withdrawn, mail_domains=plan.mail_domains))
        plan.unused = rows.unused
        return plan

    def _count(self, rows: Iterable[Recipient | RejectedRow], plan: SendPlan) -> SendPlan:
        digest = hashlib.sha256()
        for row in rows:
            if isinstance(row, RejectedRow) and row.kind is Rejection.UNSUBSCRIBED and row.repeats:
                plan.withdrawn.add(self.ledger.person(row.key))
            decision = self.decide(row, plan)
            if isinstance(decision, LeftOut):
                plan.left_out[decision.kind] += 1
                if decision.kind is LeftOutKind.UNSUBSCRIBED:
                    plan.unsubscribed = plan.unsubscribed or decision
                if decision.kind is LeftOutKind.MISTAKE and len(plan.mistakes) < _NAMED:
                    plan.mistakes.append(decision)
            else:
                plan.audiences[decision.audience] += 1
                plan.domains[decision.domain] += 1
                digest.update(f"{decision.key}\n{decision.audience}\n".encode())
        plan.digest = digest.hexdigest()
        return plan

    def recipients(self, rows: Iterable[Recipient | RejectedRow], plan: SendPlan) -> Iterator[Recipient]:
        """Yield the recipients of a plan. Raises `PressroomError` if the list is another by now."""
        digest = hashlib.sha256()
        for row in rows:
            decision = self.decide(row, plan)
            if isinstance(decision, Recipient):
                digest.update(f"{decision.key}\n{decision.audience}\n".encode())
                yield decision
        if digest.hexdigest() != plan.digest:
            raise PressroomError(
                "the list has changed since its recipients were counted.", hint="Start the send again."
            )
