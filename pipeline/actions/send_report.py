"""What became of a send, and what an editor decides on messages that are unknown or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.send import note_sent
from pipeline.deliver.ledger import Ledger, LedgerRow, Send, message_id
from pipeline.deliver.outcome import RefusalClass, State
from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.render.email.headers import sender_domain
from pipeline.workspace import Workspace

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refusals of one class: how many, at which receiving domains, and the commonest answer."""

    refusal: RefusalClass
    count: int
    domains: tuple[tuple[str, int], ...]
    reply: str


@dataclass(frozen=True, slots=True)
class SendReport:
    """The numbers of a send, and its refusals by class."""

    send: Send
    states: dict[State, int]
    refusals: tuple[Refusals, ...]


def issue_sends(workspace: Workspace, issue: Issue, ledger: Ledger) -> tuple[Send, ...]:
    """Return the sends of an issue, oldest first; none of an issue that is not frozen."""
    lock = workspace.assembler.lock_of(issue)
    return ledger.sends(lock.feed_identity.id) if lock else ()


def latest_send(workspace: Workspace, issue: Issue, ledger: Ledger) -> Send:
    """Return the last send of an issue. Raises `PressroomError` for one that was never sent."""
    sends = issue_sends(workspace, issue, ledger)
    if not sends:
        hint = f"Send it: pressroom send {issue.number} --to FILE.csv"
        raise PressroomError("the issue was not sent from this machine.", *issue.place, hint)
    return sends[-1]


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
            tuple(domains[refusal].most_common(_MOST_SHOWN)),
            replies[refusal].most_common(1)[0][0],
        )
        for refusal in RefusalClass
        if refusal in domains
    )
    return SendReport(send, ledger.counts(send.id), refusals)


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message of which it is not known whether the server took it; `message_id` is in its header."""

    row: LedgerRow
    message_id: str


def unknown_messages(workspace: Workspace, ledger: Ledger, send: Send, now: datetime) -> list[UnknownMessage]:
    """List the unknown messages of a send, those of workers that have died among them."""
    ledger.recover(send.id, now)
    domain = sender_domain(workspace.files.publication)
    rows = ledger.rows(send.id, [State.UNKNOWN])
    return [UnknownMessage(row, message_id(ledger.salt, send.id, row.person, domain)) for row in rows]


def resolve_messages(
    workspace: Workspace,
    issue: Issue,
    ledger: Ledger,
    send: Send,
    messages: Iterable[UnknownMessage],
    now: datetime,
    *,
    sent: bool,
) -> int:
    """Write an editor's decision on unknown messages: they were sent, or go again. Returns how many."""
    state = State.ACCEPTED if sent else State.PENDING
    note = "The editor says that it was sent." if sent else "The editor had it sent again."
    count = ledger.resolve([each.row.row for each in messages], state, note, now)
    note_sent(workspace, issue, ledger, latest_send(workspace, issue, ledger))
    return count


# Postfix notes a Message-ID while the text comes in; it has the message once the queue manager names it.
_POSTFIX_COMING = re.compile(r"/cleanup\[\d+\]: (\w+): message-id=")
_POSTFIX_TAKEN = re.compile(r"/qmgr\[\d+\]: (\w+): from=")


def find_in_log(messages: Iterable[UnknownMessage], log: Iterable[str]) -> set[str]:
    """Return the Message-IDs of the messages that a relay took, by its log."""
    wanted = {each.message_id for each in messages}
    taken: set[str] = set()
    coming: dict[str, set[str]] = {}
    for line in log:
        ids = {id for id in wanted if id in line}
        if match := _POSTFIX_COMING.search(line):
            coming[match[1]] = ids
        elif match := _POSTFIX_TAKEN.search(line):
            taken |= coming.get(match[1], set())
        elif "reject" not in line:
            taken |= ids
    return taken
