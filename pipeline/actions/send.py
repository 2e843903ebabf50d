"""Send: a frozen issue to everyone on a list, each with a message of their own, never twice knowingly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from platform import node

from pipeline.actions.approve import check_approval
from pipeline.actions.check import check_edition
from pipeline.actions.check_online import check_online
from pipeline.actions.export import check_frozen
from pipeline.actions.mail_settings import dkim_signers, mail_server
from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.actions.send_obstacles import (
    check_again,
    check_clock,
    check_editions,
    check_key,
    check_known,
    check_ledger_is_here,
    check_not_running,
    check_tested,
    check_unchanged,
)
from pipeline.compose import Composer
from pipeline.deliver.dkim import DkimSigner
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.ledger_records import OPEN, LedgerRow, NewSend, Send
from pipeline.deliver.mail_domains import WHOLE_LIMIT
from pipeline.deliver.outcome import State
from pipeline.deliver.pace import days_of_sending, domain_pace
from pipeline.deliver.recipient import recipient_key
from pipeline.deliver.recipient_list import RecipientList, open_list
from pipeline.deliver.resend_server import ResendServer
from pipeline.deliver.send_plan import LeftOut, Planner, SendPlan
from pipeline.deliver.sent_file import SentRecord, read_sent, write_sent
from pipeline.deliver.smtp_server import SmtpServer
from pipeline.deliver.tokens import TokenKeys, token_keys
from pipeline.errors import PressroomError, collect, distinct
from pipeline.export.approvals import email_digest
from pipeline.model import DeliverySettings, Finding, Issue
from pipeline.workspace import Workspace

_SAME_FOR_ALL = {"email", "web_url", "postal_address"}
"""Merge fields that are no column of a list."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What to send. `recipients` names a list; without it an unfinished send goes on.

    `force` overrides findings, an untested issue, and pages and pictures that are not online. `again` is the
    reason why those who have the issue already get it once more. `retry` is the class of refusals whose
    messages of the last send go again, or `all` of them. `check_domains` asks DNS which domains take mail.
    """

    issue: Issue
    recipients: str | None = None
    force: bool = False
    without_approval: bool = False
    again: str = ""
    retry: str = ""
    check_domains: bool = False


@dataclass(frozen=True)
class PreparedSend:
    """A frozen issue: its editions by audience, the server, and what signs.

    `unfinished` are the sends that go on, none for a new one. `obstacles` are mistakes that forbid to send it
    (`server` is None only with one of them), `forced` those that the request overrides, `findings` those of
    the checks, and `notes` what the editor should know and nothing stops.
    """

    workspace: Workspace
    request: SendRequest
    ledger: Ledger
    now: datetime
    editions: Mapping[str, PreparedEdition]
    server: SmtpServer | ResendServer | None
    signers: tuple[DkimSigner, ...]
    keys: TokenKeys | None
    unfinished: tuple[Send, ...]
    obstacles: tuple[PressroomError, ...]
    forced: tuple[PressroomError, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def settings(self) -> DeliverySettings:
        """The table `delivery`."""
        return self.workspace.files.publication.delivery

    @cached_property
    def emails(self) -> dict[str, str]:
        """The digest of each edition's email, by audience."""
        return {audience: email_digest(each.email) for audience, each in self.editions.items()}

    @property
    def planner(self) -> Planner:
        """The planner, which decides who gets which edition."""
        again = bool(self.request.again)
        return Planner(self.ledger, issue_id(self.editions), tuple(self.editions), again)

    def plan(self) -> SendPlan:
        """Count who gets what: of the list of recipients, or without one of the sends that go on."""
        from pipeline.deliver.dns import Dns

        if self.unfinished and not self.request.recipients:
            plan = SendPlan()
            for send in self.unfinished:
                refused = _refused(self.ledger, send, self.request.retry)
                for row in chain(self.ledger.rows(send.id, OPEN), refused):
                    plan.audiences[row.audience] += 1
                    plan.domains[row.address.rpartition("@")[2]] += 1
            return plan
        dns = Dns(whole_limit=WHOLE_LIMIT) if self.request.check_domains else None
        return self.planner.plan(self.open_recipients(), dns)

    def shortest_seconds(self, plan: SendPlan) -> float:
        """Return how long a send takes at least, by the rates of the settings."""
        settings, waits = self.settings, [0.0]
        if settings.rate:
            waits.append(plan.total / settings.rate)
        for domain, count in plan.domains.items():
            if rate := domain_pace(settings.per_domain, domain).rate:
                waits.append(count / rate)
        return max(waits)

    def days(self, plan: SendPlan) -> int:
        """Return over how many days `warm_up` spreads a send; 1 without it."""
        warm_up = self.settings.warm_up
        return days_of_sending(warm_up, self.ledger.days(), self.now.date(), plan.total) if warm_up else 1

    def open_recipients(self) -> RecipientList:
        """Open the list of recipients. Raises `PressroomError` for a name that is not one."""
        if not self.request.recipients:
            hint = f"Name one: pressroom send {self.request.issue.number} --to FILE.csv"
            raise PressroomError("there is no list of recipients.", hint=hint)
        publication = self.workspace.files.publication
        used = {each.name for edition in self.editions.values() for each in edition.email.merge_fields}
        return open_list(
            self.request.recipients,
            fields=used - _SAME_FOR_ALL,
            audiences=publication.audience_names,
            allow_reserved=bool(self.server and self.server.is_loopback),
        )


def issue_id(editions: Mapping[str, PreparedEdition]) -> str:
    """The permanent id by which the ledger knows an issue."""
    return next(iter(editions.values())).edition.feed_identity.id


def prepare_send(workspace: Workspace, request: SendRequest, ledger: Ledger, now: datetime) -> PreparedSend:
    """Render and check all editions of a frozen issue, and look at everything that forbids to send it.

    Raises `PressroomError` for an issue that is not frozen, and where it is not known to whom it was sent.
    """
    issue, publication = request.issue, workspace.files.publication
    settings = publication.delivery
    check_frozen(workspace, issue)
    composer = Composer(workspace)
    editions = {audience: prepare_edition(composer, issue, audience) for audience in issue.audiences}
    unfinished = _find_unfinished(workspace, request, ledger, issue_id(editions), now)
    errors: list[PressroomError] = []
    notes: list[str] = []
    server: SmtpServer | ResendServer | None = None
    signers: tuple[DkimSigner, ...] = ()
    keys: TokenKeys | None = None
    with collect(errors):
        server = mail_server(settings)
    with collect(errors):
        signers = dkim_signers(publication)
        notes += (each.weakness for each in signers if each.weakness)
    with collect(errors):
        keys = token_keys() if settings.unsubscribe_endpoint else None
    if keys is None and not (publication.unsubscribe_url and publication.unsubscribe_url.fields):
        missing = "PRESSROOM_SECRET" if settings.unsubscribe_endpoint else "unsubscribe_endpoint"
        notes.append(
            f"Without {missing}, mail programs offer to unsubscribe by mail alone, not by one click."
        )
    findings = [finding for each in editions.values() for finding in check_edition(each).findings]
    prepared = PreparedSend(
        workspace=workspace,
        request=request,
        ledger=ledger,
        now=now,
        editions=editions,
        server=server,
        signers=signers,
        keys=keys,
        unfinished=unfinished,
        obstacles=(),
        forced=(),
        findings=tuple(dict.fromkeys(findings)),
        notes=tuple(notes),
    )
    obstacles, forced = (*_obstacles(prepared), *errors), _obstacles_but_by_force(prepared)
    if not request.force:
        obstacles, forced = (*obstacles, *forced), ()
    return replace(prepared, obstacles=obstacles, forced=forced)


def _find_unfinished(
    workspace: Workspace, request: SendRequest, ledger: Ledger, issue: str, now: datetime
) -> tuple[Send, ...]:
    """The sends of an issue that go on, or whose refused messages go again; others are written down as ended.

    `issue` is its id in the ledger. Raises `PressroomError` if no message was refused that is to go again.
    """
    sends = ledger.sends(issue)
    check_known(workspace, request.issue, ledger, sends)
    not_ended = [each for each in sends if each.finished is None and not _ends(ledger, each, now)]
    recorded = {each.id for each in read_sent(workspace.files.root, request.issue) if each.finished}
    for each in ledger.sends(issue):
        if each.finished and each.id not in recorded:  # the process was killed before it wrote it down
            note_sent(workspace, request.issue, ledger, each)
    refused = [each for each in sends if any(_refused(ledger, each, request.retry))]
    if request.retry and not refused:
        which = "" if request.retry == "all" else f" with the class {request.retry}"
        hint = f"What became of it: pressroom send {request.issue.number} --status"
        raise PressroomError(f"no message of the issue was refused{which}.", *request.issue.place, hint)
    return tuple(each for each in sends if each in not_ended or each in refused)


def _obstacles(prepared: PreparedSend) -> tuple[PressroomError, ...]:
    """What forbids a send, and no option overrides, beside the settings of the mail server."""
    request, issue, unfinished = prepared.request, prepared.request.issue, prepared.unfinished
    errors: list[PressroomError] = []
    with collect(errors):
        check_not_running(prepared.ledger, unfinished)
    with collect(errors):
        check_editions(issue, unfinished, prepared.editions)
    with collect(errors):
        check_again(issue, unfinished, request.again)
    for audience, email in prepared.emails.items() if not request.without_approval else ():
        with collect(errors):
            check_approval(prepared.workspace, issue, audience, email)
    if request.recipients or not unfinished:
        with collect(errors):
            prepared.open_recipients()
    return tuple(distinct(errors))


def _obstacles_but_by_force(prepared: PreparedSend) -> tuple[PressroomError, ...]:
    """What forbids a send without `--force`."""
    workspace, ledger, issue = prepared.workspace, prepared.ledger, prepared.request.issue
    emails, unfinished = prepared.emails, prepared.unfinished
    errors: list[PressroomError] = []
    if prepared.settings.unsubscribe_endpoint:
        with collect(errors):
            check_key(prepared.keys, ledger)
    with collect(errors):
        check_ledger_is_here(workspace, ledger)
    with collect(errors):
        check_clock(ledger, prepared.now)
    for each in unfinished:
        with collect(errors):
            check_unchanged(issue, ledger, each, emails)
    if not unfinished:
        with collect(errors):
            check_tested(issue, ledger, emails)
        with collect(errors):
            base_url = workspace.files.publication.base_url
            check_online([*prepared.editions.values()], base_url, prepared.now)
    return tuple(errors)


def _ends(ledger: Ledger, send: Send, now: datetime) -> bool:
    """Free what dead workers left of a send. Returns whether nothing is open, and it is finished."""
    ledger.recover(send.id, now)
    return ledger.finish_send(send.id, now)


def _refused(ledger: Ledger, send: Send, retry: str) -> Iterator[LedgerRow]:
    """The refused messages of a class, or of any for `all`, of people who are not forgotten."""
    rows = ledger.rows(send.id, [State.REFUSED]) if retry else ()
    return (row for row in rows if row.address and retry in {"all", row.refusal})


def open_rows(prepared: PreparedSend) -> int:
    """Count the recipients of the sends that go on."""
    ledger, retry = prepared.ledger, prepared.request.retry
    count = 0
    for send in prepared.unfinished:
        counts = ledger.counts(send.id)
        count += sum(counts.get(state, 0) for state in OPEN)
        count += sum(1 for _ in _refused(ledger, send, retry))
    return count


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """What one row of a list, or of the ledger, says of a recipient; `line` is None for the ledger."""

    path: str
    line: int | None
    text: str


def explain_recipient(prepared: PreparedSend, address: str) -> tuple[ExplainedRow, ...]:
    """Say what a recipient gets and why: each of their rows in the list, and what they were sent already.

    Raises `PressroomError` for an address that is in neither.
    """
    key = recipient_key(address)
    path, planner = prepared.request.recipients or "", prepared.planner
    rows = []
    plan = prepared.plan()
    for row in prepared.open_recipients() if path else ():
        if (row.key or row.address.casefold()) != key:
            continue
        decision = planner.decide(row, plan)
        if isinstance(decision, LeftOut):
            rows.append(ExplainedRow(path, decision.line, f"gets nothing: {decision.reason}"))
        else:
            rows.append(ExplainedRow(path, decision.line, f'gets the edition for "{decision.audience}".'))
    for send, entry in prepared.ledger.states_of(planner.issue, prepared.ledger.person(key)):
        when = f"{send.started:%Y-%m-%d %H:%M}"
        answer = f": {entry.code or ''} {entry.reply}".rstrip() if entry.reply else ""
        rows.append(ExplainedRow(f"send of {when}", None, f"{entry.state.value}{answer}."))
    if not rows:
        raise PressroomError(f'no row has the address "{address}".', path)
    return tuple(rows)


def start_send(prepared: PreparedSend, plan: SendPlan, now: datetime) -> Send:
    """Write the send into the ledger with all its recipients, and into `sent.json`. Nothing leaves yet."""
    issue, request = prepared.request.issue, prepared.request
    new = NewSend(
        issue=issue_id(prepared.editions),
        folder=issue.folder,
        emails=prepared.emails,
        list_name=request.recipients or "",
        again=request.again,
        key=prepared.keys.current.id.hex() if prepared.keys else "",
        started=now,
    )
    rows = prepared.planner.recipients(prepared.open_recipients(), plan)
    send = prepared.ledger.start_send(new, rows)
    note_sent(prepared.workspace, issue, prepared.ledger, send)
    return send


def note_sent(workspace: Workspace, issue: Issue, ledger: Ledger, send: Send) -> None:
    """Write what the ledger says of a send into `sent.json`, without an address."""
    counts = {state.value: count for state, count in ledger.counts(send.id).items()}
    finished = send.finished.isoformat(timespec="seconds") if send.finished else ""
    started = send.started.isoformat(timespec="seconds")
    record = SentRecord(send.id, started, finished, node(), send.again, send.emails, counts)
    write_sent(workspace.files.root, issue, record)
