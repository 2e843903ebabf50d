"""`send`: a frozen issue to a list of recipients, and what became of it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

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
from pipeline.cli.send_output import (
    plan_json,
    print_plan,
    print_rows,
    progress_printer,
    show_notes,
    show_reports,
    show_unfinished,
)
from pipeline.cli.send_resolve import resolve_unknown
from pipeline.errors import Mistakes, PressroomError, distinct

if TYPE_CHECKING:
    from pipeline.actions.send import PreparedSend
    from pipeline.deliver.ledger_records import Send
    from pipeline.deliver.send_plan import SendPlan
    from pipeline.deliver.sender import SendEnd, Sender

_STATES = ("pending", "accepted", "deferred", "refused", "unknown", "suppressed")
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
@click.option(
    "--check-domains", is_flag=True, help="Ask DNS, and leave out who has a domain that takes no mail."
)
@click.option("--why", metavar="ADDRESS", help="With --plan: show what one recipient gets, and why.")
@click.option("--at", type=MomentType(), metavar="TIME", help="Wait until then, as 2026-12-03T07:00.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--force",
    is_flag=True,
    help="Send in spite of findings, without a test, while pages or pictures are not online, and on with "
    "an issue or a key that has changed.",
)
@click.option("--without-approval", is_flag=True, help="Send although an approval is missing.")
@click.option("--again", metavar="REASON", help="Send it also to those who have it already.")
@click.option("--status", is_flag=True, help="Show what became of the sends of ISSUE.")
@click.option(
    "--list",
    "listed",
    type=SuggestingChoice(_STATES),
    metavar="STATE",
    help=f"List the recipients in a state, as CSV: {', '.join(_STATES)}.",
)
@click.option(
    "--drop", is_flag=True, help="Delete the unfinished send of ISSUE, if no message of it has left."
)
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
    check_domains: bool,
    why: str | None,
    at: datetime | None,
    yes: bool,
    force: bool,
    without_approval: bool,
    again: str | None,
    status: bool,
    listed: str | None,
    drop: bool,
    resolve: bool,
    decide: str | None,
    log: Path | None,
    retry: str | None,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Send ISSUE to everyone on a list.

    Each gets a message of their own. (--to names a list of recipients here; that of `export` names a
    service.) The issue must be frozen, checked, sent as a test, and approved where that is required,
    and its pages and pictures must be online. It asks before anything leaves.

    Nobody gets it twice: the ledger in .pressroom says of each recipient what became of their
    message. Ctrl-C ends the send after the messages under way; the same command goes on. Where it
    cannot be known whether a message left, nothing is sent again by itself: --resolve shows it.
    The exit code is 0 once the send is finished, and 1 while messages are left.

    \b
    Examples:
      pressroom send 1 --to lists/readers.csv --plan
      pressroom send 1 --to lists/readers.csv
      pressroom send 1 --status
      pressroom send 1 --resolve
      pressroom send 1 --list refused
      pressroom send 1 --retry-failed policy
    """
    from pipeline.actions.run_send import drop_unfinished
    from pipeline.actions.send import SendRequest, prepare_send
    from pipeline.actions.send_report import report_send, rows_in_state, sends_of_issue
    from pipeline.deliver.open_ledger import open_ledger
    from pipeline.deliver.outcome import State

    if sum((only_plan, status, bool(listed), drop, resolve, bool(retry))) > 1:
        raise click.UsageError("Use one of --plan, --status, --list, --drop, --resolve and --retry-failed.")
    if why and not only_plan:
        raise click.UsageError("--why goes with --plan.")
    if (decide or log) and not resolve:
        raise click.UsageError("--decide and --log go with --resolve.")
    if check_domains and not recipients:
        raise click.UsageError("--check-domains goes with --to.")
    if at and (only_plan or status or listed or drop or resolve):
        raise click.UsageError("--at goes with a send.")
    if again is not None and (not again.strip() or again.startswith("-")):
        raise click.UsageError('--again takes the reason: --again "the link was wrong"')
    ctx.meta[terminal.LEFT_UNDONE] = "Nothing was sent."
    workspace = workspace_of(ctx)
    chosen = workspace.issues.find(issue)
    moment = time_or_now(now, workspace.files.zone)
    with open_ledger(workspace.files.root) as ledger:
        if status or listed or drop or resolve:
            sends = sends_of_issue(workspace, chosen, ledger, moment)
            if status:
                reports = [report_send(ledger, each) for each in sends]
                show_reports(chosen, reports, workspace.files.zone, as_json=as_json)
            elif listed:
                print_rows(rows_in_state(ledger, sends, State(listed)), workspace.files.zone)
            elif drop:
                drop_unfinished(workspace, chosen, ledger, sends)
                terminal.result("The unfinished send is deleted; nothing of it had left.")
            else:
                resolve_unknown(workspace, chosen, ledger, sends, moment, decide, log, as_json=as_json)
            return
        flags = (force, without_approval, again or "", retry or "", check_domains)
        request = SendRequest(chosen, recipients, *flags)
        prepared = prepare_send(workspace, request, ledger, moment)
        if only_plan:
            _show_plan(prepared, why, as_json=as_json)
        else:
            at = time_or_now(at, workspace.files.zone) if at else None
            _check(ctx, prepared, moment, at, as_json=as_json)
            sends = _confirm(ctx, prepared, moment, at, yes=yes, as_json=as_json)
            _run(ctx, prepared, sends, at, as_json=as_json)


def _check(
    ctx: click.Context, prepared: PreparedSend, now: datetime, at: datetime | None, *, as_json: bool
) -> None:
    """Show what forbids the send, and what is overridden. Exits with 1 for findings at error level."""
    from pipeline.actions.send_obstacles import check_not_overdue
    from pipeline.model import Severity

    if prepared.obstacles:
        raise Mistakes(prepared.obstacles)  # the first cause comes first, not the first place
    check_not_overdue(at, now)
    shown = [each for each in prepared.findings if each.severity is Severity.ERROR]
    if terminal.show_findings(shown) and not prepared.request.force:
        if as_json:
            terminal.print_json({"errors": [each.values for each in shown]})
        terminal.message("Not sent. Correct what is wrong, or send anyway with --force.")
        ctx.exit(1)
    terminal.show_mistakes(prepared.forced, as_warnings=True)
    show_notes(prepared)


def _confirm(
    ctx: click.Context,
    prepared: PreparedSend,
    now: datetime,
    at: datetime | None,
    *,
    yes: bool,
    as_json: bool,
) -> tuple[Send, ...]:
    """Show the numbers and ask. Returns the sends, with all recipients in the ledger; nothing has left."""
    from pipeline.actions.send import open_rows, start_send

    request, issue = prepared.request, prepared.request.issue
    when = f" at {at:%Y-%m-%d %H:%M}" if at else ""
    if prepared.unfinished:
        if request.recipients:
            show_unfinished(prepared)
        total = open_rows(prepared)
        question = f'Go on with "{issue.title}", to {terminal.count(total, "recipient")}{when}?'
    else:
        plan = prepared.plan()
        if not as_json:
            print_plan(prepared, plan)
        if not plan.total:
            _end_empty(ctx, prepared, plan, now, as_json=as_json)
        once_more = " once more" if request.again else ""
        question = f'Send "{issue.title}"{once_more} to {terminal.count(plan.total, "recipient")}{when}?'
    try:
        if not yes:
            click.confirm(question, err=True, abort=True)
    except click.Abort:
        hint = "" if sys.stdin.isatty() else " Without a terminal to ask on, give --yes."
        terminal.message(f"\nNothing was sent.{hint}")
        ctx.exit(1)
    return prepared.unfinished or (start_send(prepared, plan, now),)


def _end_empty(
    ctx: click.Context, prepared: PreparedSend, plan: SendPlan, now: datetime, *, as_json: bool
) -> NoReturn:
    """End a send without recipients: finished if those on the list have the issue, else a mistake.

    A scheduler that starts a finished send once more hears that it is finished.
    """
    from pipeline.actions.send_report import report_send, sends_of_issue
    from pipeline.deliver.send_plan import LeftOutKind

    request, issue, ledger = prepared.request, prepared.request.issue, prepared.ledger
    if not plan.left_out[LeftOutKind.HAS_IT]:
        raise PressroomError("nobody is left to send to.", request.recipients)
    terminal.message(
        "Nothing was sent: nobody else on the list can get it. To send it once more: --again REASON"
    )
    sends = sends_of_issue(prepared.workspace, issue, ledger, now)
    reports = [report_send(ledger, each) for each in sends]
    show_reports(issue, reports, prepared.workspace.files.zone, as_json=as_json)
    ctx.exit()


def _run(
    ctx: click.Context,
    prepared: PreparedSend,
    sends: tuple[Send, ...],
    at: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Send, and show what became of it. Exits with 1 if it is not finished."""
    from pipeline.actions.run_send import drop_send, make_senders, note_sends, run_senders
    from pipeline.actions.send_report import report_send
    from pipeline.deliver.clock import SystemClock
    from pipeline.deliver.sent_file import sent_path

    issue, workspace, ledger = prepared.request.issue, prepared.workspace, prepared.ledger
    clock = SystemClock(workspace.files.zone)
    if at:
        try:
            _wait(at, clock.now)
        except BaseException:
            if not prepared.unfinished:
                drop_send(workspace, issue, ledger, sends[0])
            terminal.message("\nNothing was sent.")
            raise
    begins = at or clock.now()
    show_progress = partial(progress_printer, ledger, workspace.files.zone)
    senders = make_senders(prepared, sends, begins, clock, show_progress)
    end: SendEnd | None = None
    ctx.meta[terminal.LEFT_UNDONE] = ""
    try:
        end = run_senders(senders, _stopped_by_interrupt)
    finally:
        ended = note_sends(workspace, issue, ledger, sends)
        reports = [report_send(ledger, each) for each in ended]
        if end or not as_json:
            show_reports(issue, reports, workspace.files.zone, end, as_json=as_json)
        if end:
            terminal.message(f"Commit {sent_path(issue)}: it says what was sent, without an address.")
    if not all(each.finished for each in ended):
        ctx.exit(1)


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
    from pipeline.model import Severity

    try:
        plan = prepared.plan()
    except PressroomError as error:
        terminal.show_mistakes(prepared.forced, as_warnings=True)
        raise Mistakes(distinct((error, *prepared.obstacles))) from error
    if as_json:
        terminal.print_json(plan_json(prepared, plan))
        return
    if prepared.unfinished:
        show_unfinished(prepared)
    print_plan(prepared, plan)
    terminal.show_findings(each for each in prepared.findings if each.severity is Severity.ERROR)
    terminal.show_mistakes((*prepared.obstacles, *prepared.forced), as_warnings=True)
    show_notes(prepared)
    terminal.message("Nothing was sent.")


def _wait(at: datetime, now: Callable[[], datetime]) -> None:
    """Wait until a moment, by the clock of the day: a machine may sleep in between."""
    from pipeline.actions.send_obstacles import check_not_overdue

    moment = at.astimezone(UTC)
    if moment > now():
        terminal.message(f"Waiting until {at:%Y-%m-%d %H:%M}. Ctrl-C: nothing is sent.")
    while (left := (moment - now()).total_seconds()) > 0:
        time.sleep(min(left, 30))
    check_not_overdue(at, now())


@contextmanager
def _stopped_by_interrupt(sender: Sender) -> Iterator[None]:
    """Let the first Ctrl-C end the send after what is under way; a second one ends it at once."""
    from pipeline.deliver.sender import EndKind, SendEnd

    names = {"SIGINT", "SIGTERM", "SIGHUP"} & {each.name for each in signal.Signals}
    former = {signal.Signals[name]: signal.getsignal(signal.Signals[name]) for name in names}

    def stop(number: int, _: Any) -> None:
        sender.stop_soon(SendEnd(EndKind.STOPPED))
        for each in former:
            signal.signal(each, signal.default_int_handler)

    try:
        for each in former:
            signal.signal(each, stop)
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
