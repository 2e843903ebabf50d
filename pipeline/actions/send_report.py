"""What became of a send, and what an editor decides on messages that are unknown or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.send_obstacles import check_known
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import LedgerRow, Send, message_id
from pipeline.deliver.outcome import RefusalClass, State
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.render.email.headers import sender_domain
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refusals of one class: how many, at which receiving domains, and the commonest answer."""

    refusal: RefusalClass
    count: int
    domains: tuple[tuple[str, int], ...]
    reply: str


@dataclass(frozen=True, slots=True)
class SendReport:
    """The numbers of a send, its refusals by class, and whether a process is sending it."""

    send: Send
    states: dict[State, int]
    refusals: tuple[Refusals, ...]
    is_running: bool


def issue_sends(workspace: Workspace, issue: Issue, ledger: Ledger) -> tuple[Send, ...]:
    """Return the sends of an issue, oldest first; none of an issue that is not frozen."""
    lock = workspace.assembler.lock_of(issue)
    return ledger.sends(lock.feed_identity.id) if lock else ()


def sends_of_issue(workspace: Workspace, issue: Issue, ledger: Ledger, now: datetime) -> tuple[Send, ...]:
    """Return the sends of an issue, oldest first, after looking for workers that have died.

    Raises `PressroomError` for one that was never sent, or from another machine.
    """
    sends = issue_sends(workspace, issue, ledger)
    check_known(workspace, issue, ledger, sends)
    if not sends:
        hint = f"Send it: pressroom send {issue.number} --to FILE.csv"
        raise PressroomError("the issue was not sent yet.", *issue.place, hint)
    for send in sends:
        ledger.recover(send.id, now)
    return sends


def report_send(ledger: Ledger, send: Send) -> SendReport:
    """Count a send by state, and its refusals by class and receiving domain."""
    domains: dict[RefusalClass, Counter[str]] = {}
    replies: dict[RefusalClass, Counter[str]] = {}
    for row in ledger.rows(send.id, [State.REFUSED]):
        refusal = row.refusal or RefusalClass.OTHER
        domains.setdefault(refusal, Counter())[row.address.rpartition("@")[2]] += 1
        replies.setdefault(refusal, Counter())[row.reply] += 1
    refusals = tuple(
        Refusals(
            refusal,
            domains[refusal].total(),
            tuple(domains[refusal].most_common()),
            replies[refusal].most_common(1)[0][0],
        )
        for refusal in RefusalClass
        if refusal in domains
    )
    return SendReport(send, ledger.counts(send.id), refusals, ledger.has_live_workers(send.id))


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message of which it is not known whether the server took it; `message_id` is in its header."""

    row: LedgerRow
    message_id: str


def rows_in_state(ledger: Ledger, sends: Iterable[Send], state: State) -> Iterator[LedgerRow]:
    """Return the rows of sends that are in a state, in the order of their lists."""
    for send in sends:
        yield from ledger.rows(send.id, [state])


def unknown_messages(workspace: Workspace, ledger: Ledger, sends: Iterable[Send]) -> list[UnknownMessage]:
    """List the unknown messages of sends."""
    domain = sender_domain(workspace.files.publication)
    return [
        UnknownMessage(row, message_id(ledger.salt, send.id, row.person, domain))
        for send in sends
        for row in ledger.rows(send.id, [State.UNKNOWN])
    ]


def resolve_message(ledger: Ledger, message: UnknownMessage, now: datetime, *, sent: bool) -> None:
    """Write an editor's decision on an unknown message: it was sent, or goes again."""
    state = State.ACCEPTED if sent else State.PENDING
    note = "the editor says that it was sent" if sent else "the editor had it sent again"
    ledger.resolve(message.row.row, state, note, now)
