"""`send`: a frozen issue to a list of recipients, and what became of it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import terminal
from pipeline.cli.options import (
    MomentType,
    SuggestingChoice,
    issue_argument,
    json_option,
    now_option,
    time_or_now,
    workspace_of,
)
from pipeline.cli.send_output import plan_json, print_plan, progress_printer, show_report
from pipeline.errors import PressroomError, raise_all

if TYPE_CHECKING:
    from pipeline.actions.send import PreparedSend
    from pipeline.actions.send_report import SendReport, UnknownMessage
    from pipeline.deliver.ledger import Ledger, Send
    from pipeline.deliver.send_plan import SendPlan
    from pipeline.deliver.sender import Sender
    from pipeline.model import Issue
    from pipeline.workspace import Workspace

_OVERDUE = timedelta(hours=1)
_CLASSES = ("mailbox", "policy", "content", "other")


@click.command()
@issue_argument()
@click.option(
    "--to",
    "recipients",
    metavar="RECIPIENTS",
    help="The list: FILE.csv, FILE.jsonl, sqlite:FILE?table=NAME or postgresql://….",
)
@click.option("--plan", "only_plan", is_flag=True, help="Show who gets which edition, and send nothing.")
@click.option("--why", metavar="ADDRESS", help="With --plan: show what one recipient gets, and why.")
@click.option("--at", type=MomentType(), metavar="TIME", help="Wait until then, as 2026-12-03T07:00.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--force",
    is_flag=True,
    help="Send in spite of findings, without a test, and while pages or pictures are not online.",
)
@click.option("--without-approval", is_flag=True, help="Send although an approval is missing.")
@click.option("--again", metavar="REASON", help="Send it also to those who have it already.")
@click.option("--status", is_flag=True, help="Show what became of the last send of ISSUE.")
@click.option("--resolve", is_flag=True, help="Decide on messages of which it is unknown whether they left.")
@click.option(
    "--decide",
    type=SuggestingChoice(("sent", "again")),
    help="With --resolve: this for all of them; `again` sends them once more.",
)
@click.option(
    "--log",
    "log",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --resolve: those in this log of the mail server were sent.",
)
@click.option(
    "--retry-failed",
    "retry",
    metavar="[CLASS]",
    is_flag=False,
    flag_value="all",
    type=SuggestingChoice(("all", *_CLASSES)),
    help=f"Send again to those who were refused, of one class: {', '.join(_CLASSES)}.",
)
@json_option
@now_option
@click.pass_context
def send(
    ctx: click.Context,
    issue: str,
    recipients: str | None,
    only_plan: bool,
    why: str | None,
    at: datetime | None,
    yes: bool,
    force: bool,
    without_approval: bool,
    again: str | None,
    status: bool,
    resolve: bool,
    decide: str | None,
    log: Path | None,
    retry: str | None,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Send ISSUE to everyone on a list, each with a message of their own.

    (--to names a list of recipients here; that of `export` names a service.) The issue must be
    frozen, checked, sent as a test, and approved where that is required, and its pages and pictures
    must be online. It asks before anything leaves.

    Nobody gets it twice: the ledger in .pressroom says of each recipient what became of their
    message. Ctrl-C ends the send after the messages under way; the same command goes on. Where it
    cannot be known whether a message left, nothing is sent again by itself: --resolve shows it.

    \b
    Examples:
      pressroom send 1 --to readers.csv --plan
      pressroom send 1 --to readers.csv
      pressroom send 1 --status
      pressroom send 1 --resolve
      pressroom send 1 --retry-failed mailbox
    """
    from pipeline.actions.send import SendRequest, prepare_send
    from pipeline.deliver.open_ledger import open_ledger

    if why and not only_plan:
        raise click.UsageError("--why goes with --plan.")
    if (decide or log) and not resolve:
        raise click.UsageError("--decide and --log go with --resolve.")
    if again is not None and not again.strip():
        raise click.UsageError("--again takes the reason, in words.")
    workspace = workspace_of(ctx)
    chosen = workspace.issues.find(issue)
    moment = time_or_now(now, workspace.files.zone)
    with open_ledger(workspace.files.root) as ledger:
        if status:
            show_report(chosen, _report_of(workspace, chosen, ledger), as_json=as_json)
        elif resolve:
            _resolve(workspace, chosen, ledger, moment, decide, log, as_json=as_json)
        else:
            request = SendRequest(chosen, recipients, force, without_approval, again or "", retry or "")
            prepared = prepare_send(workspace, request, ledger, moment)
            if only_plan:
                _show_plan(prepared, why, as_json=as_json)
            else:
                at = time_or_now(at, workspace.files.zone) if at else None
                _send(ctx, prepared, moment, at, yes=yes, as_json=as_json)


def _send(
    ctx: click.Context,
    prepared: PreparedSend,
    now: datetime,
    at: datetime | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Show the numbers, ask, and send. Exits with 1 if something else than the end ended it."""
    from pipeline.actions.send import make_sender, note_sent, retried_rows, start_send
    from pipeline.actions.send_report import report_send
    from pipeline.deliver.clock import SystemClock
    from pipeline.deliver.outcome import RefusalClass
    from pipeline.deliver.sender import Ended
    from pipeline.model import Severity

    issue, workspace, ledger = prepared.request.issue, prepared.workspace, prepared.ledger
    raise_all(prepared.obstacles)
    _check_not_overdue(at, now)
    shown = [each for each in prepared.findings if each.severity is Severity.ERROR]
    if terminal.show_findings(shown) and not prepared.request.force:
        if as_json:
            terminal.print_json({"errors": [each.values for each in shown]})
        terminal.message("Not sent. Correct what is wrong, or send anyway with --force.")
        ctx.exit(1)
    for note in prepared.notes:
        terminal.message(note)
    retry = prepared.request.retry
    if retry and not retried_rows(prepared):
        which = "" if retry == "all" else f" ({retry})"
        raise PressroomError(f"no message was refused in the last send{which}.", *issue.place)
    if unfinished := prepared.unfinished:
        total = _open_rows(ledger, unfinished) + retried_rows(prepared)
        if prepared.request.recipients:
            terminal.message(
                f"The send of {unfinished.what.started:%Y-%m-%d %H:%M} goes on, with its own list."
            )
        question = f"Go on, to {terminal.count(total, 'recipient')}?"
    else:
        plan = _read_plan(prepared)
        total = plan.total
        if not as_json:
            print_plan(prepared, plan)
        if not total:
            raise PressroomError(
                "nobody is left to send to.",
                prepared.request.recipients,
                hint='Those who have it get it once more with: --again "REASON"',
            )
        when = f" at {at:%Y-%m-%d %H:%M}" if at else ""
        question = f'Send "{issue.title}" to {terminal.count(total, "recipient")}{when}?'
    if not yes and not click.confirm(question, err=True):
        terminal.message("Nothing was sent.")
        ctx.exit(1)
    send = unfinished or start_send(prepared, plan, now)
    if retry:
        ledger.retry_refused(send.id, None if retry == "all" else RefusalClass(retry), now)
    clock = SystemClock(workspace.files.zone)
    sender = make_sender(prepared, send, clock, progress_printer(total))
    if at:
        _wait(at, clock.now)
    with _stopped_by_interrupt(sender):
        end = asyncio.run(sender.run())
    (send,) = (each for each in ledger.sends(send.what.issue) if each.id == send.id)
    note_sent(workspace, issue, ledger, send)
    show_report(issue, report_send(ledger, send), end, as_json=as_json)
    if end.why not in {Ended.FINISHED, Ended.LIMIT}:
        ctx.exit(1)


def _read_plan(prepared: PreparedSend) -> SendPlan:
    return prepared.planner.plan(prepared.list)


def _show_plan(prepared: PreparedSend, why: str | None, *, as_json: bool) -> None:
    """Show who gets which edition; with `why`, what one recipient gets."""
    if why:
        from pipeline.actions.send import explain_recipient

        lines = explain_recipient(prepared, why)
        if as_json:
            terminal.print_json({"address": why, "rows": [asdict(each) for each in lines]})
        for each in () if as_json else lines:
            place = each.path if each.line is None else f"{each.path}:{each.line}"
            terminal.result(f"{place}: {why} {each.text}")
        return
    plan = _read_plan(prepared)
    if as_json:
        terminal.print_json(plan_json(prepared, plan))
    else:
        print_plan(prepared, plan)
        terminal.show_mistakes(prepared.obstacles, as_warnings=True)
        terminal.message("Nothing was sent.")


def _report_of(workspace: Workspace, issue: Issue, ledger: Ledger) -> SendReport:
    from pipeline.actions.send_report import latest_send, report_send

    return report_send(ledger, latest_send(workspace, issue, ledger))


def _resolve(
    workspace: Workspace,
    issue: Issue,
    ledger: Ledger,
    now: datetime,
    decide: str | None,
    log: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show the unknown messages of the last send, and take the editor's decision."""
    from pipeline.actions.send_report import find_in_log, latest_send, resolve_messages, unknown_messages

    send = latest_send(workspace, issue, ledger)
    messages = unknown_messages(workspace, ledger, send, now)
    if not as_json:
        for each in messages:
            when = f"{each.row.changed.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S}"
            terminal.result(f"{each.row.address}  {when}  Message-ID <{each.message_id}>")
            terminal.result(f"    {each.row.reply}")
    sent: list[UnknownMessage] = []
    again: list[UnknownMessage] = []
    if log:
        with log.open(encoding="utf-8", errors="replace") as lines:
            in_log = find_in_log(messages, lines)
        sent = [each for each in messages if each.message_id in in_log]
        if not as_json:
            terminal.message(f"{len(sent)} of {len(messages)} are in {log}.")
    for each in messages:
        if each in sent:
            continue
        answer = decide
        if answer is None and not log and not as_json and _asks():
            answer = click.prompt(
                f"{each.row.address}",
                type=click.Choice(["sent", "again", "later"]),
                default="later",
                err=True,
            )
        if answer == "sent":
            sent.append(each)
        elif answer == "again":
            again.append(each)
    resolve_messages(workspace, issue, ledger, send, sent, now, sent=True)
    resolve_messages(workspace, issue, ledger, send, again, now, sent=False)
    left = len(messages) - len(sent) - len(again)
    if as_json:
        rows = [
            {
                "address": each.row.address,
                "message_id": each.message_id,
                "reply": each.row.reply,
                "at": each.row.changed.isoformat(timespec="seconds"),
                "decision": "sent" if each in sent else "again" if each in again else None,
            }
            for each in messages
        ]
        terminal.print_json({"issue": issue.folder, "unknown": rows})
        return
    terminal.result(f"{len(sent)} noted as sent, {len(again)} to send again, {left} unknown.")
    if left and not _asks():
        terminal.message("To decide: --decide sent, --decide again, or --log FILE, the mail server's log.")
    if again:
        terminal.message(f"To send them: pressroom send {issue.number}")


def _open_rows(ledger: Ledger, send: Send) -> int:
    from pipeline.deliver.ledger import OPEN

    counts = ledger.counts(send.id)
    return sum(counts.get(state, 0) for state in OPEN)


def _check_not_overdue(at: datetime | None, now: datetime) -> None:
    """Raise if the time of a send is long past, as when a machine was asleep."""
    if at and now - at > _OVERDUE:
        raise PressroomError(
            f"{at:%Y-%m-%d %H:%M} has passed: it is {now:%Y-%m-%d %H:%M}.",
            "--at",
            hint="Leave out --at to send it now.",
        )


def _wait(at: datetime, now: Callable[[], datetime]) -> None:
    """Wait until a moment, by the clock of the day: a machine may sleep in between."""
    import time

    terminal.message(f"Waiting until {at:%Y-%m-%d %H:%M}. Ctrl-C: nothing is sent.")
    while (left := (at - now()).total_seconds()) > 0:
        time.sleep(min(left, 30))
    _check_not_overdue(at, now())


@contextmanager
def _stopped_by_interrupt(sender: Sender) -> Iterator[None]:
    """Let the first Ctrl-C end the send after what is under way; a second one ends it at once."""
    from pipeline.deliver.sender import Ended, SendEnd

    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _: Any) -> None:
        for each in former:
            signal.signal(each, signal.default_int_handler)
        terminal.message("Stopping after the messages under way. Ctrl-C again: at once.")
        sender.stop_soon(SendEnd(Ended.STOPPED))

    try:
        for each in former:
            signal.signal(each, stop)
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)


def _asks() -> bool:
    return sys.stdin.isatty()
