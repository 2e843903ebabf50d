"""What `send` prints: the plan of a send, its progress, and the report."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from pipeline.cli import terminal
from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.actions.send import PreparedSend
    from pipeline.actions.send_report import SendReport
    from pipeline.deliver.ledger import Ledger
    from pipeline.deliver.ledger_records import LedgerRow, Send
    from pipeline.deliver.outcome import State
    from pipeline.deliver.send_plan import SendPlan
    from pipeline.deliver.sender import Progress, SendEnd
    from pipeline.model import Issue

_MISTAKES = 20
_DOMAINS = 3
"""What is shown of the mistakes of a list, and of the receiving domains of refusals."""

_LEFT_OUT = {
    "mistake": ("has a mistake in its row", "have a mistake in their row"),
    "duplicate": ("is in the list twice", "are in the list twice"),
    "unsubscribed": ("is unsubscribed, by the list", "are unsubscribed, by the list"),
    "suppressed": ("is on the suppression list", "are on the suppression list"),
    "has it": ("is in a send of this issue already", "are in a send of this issue already"),
    "no edition": (
        "has an audience that this issue has no edition for",
        "have an audience that this issue has no edition for",
    ),
}


def plan_json(prepared: PreparedSend, plan: SendPlan) -> dict[str, Any]:
    """The plan of a send for JSON."""
    from pipeline.model import Severity

    return {
        "issue": prepared.request.issue.folder,
        "recipients": plan.total,
        "editions": dict(plan.audiences),
        "left_out": {why.value: count for why, count in plan.left_out.items()},
        "mistakes": [
            {"line": each.line, "address": each.address, "reason": each.reason, "hint": each.hint}
            for each in plan.mistakes
        ],
        "columns_not_used": [*plan.unused],
        "domains_not_looked_up": plan.mail_domains.not_known,
        "seconds": prepared.shortest_seconds(plan),
        "days": prepared.days(plan),
        "unfinished": [each.id for each in prepared.unfinished],
        "obstacles": [each.values for each in (*prepared.obstacles, *prepared.forced)],
        "errors": [each.values for each in prepared.findings if each.severity is Severity.ERROR],
    }


def print_plan(prepared: PreparedSend, plan: SendPlan) -> None:
    """Print who gets which edition, how many are left out by reason, and the rows with mistakes."""
    from pipeline.deliver.send_plan import LeftOutKind

    gets = ("gets the edition for", "get the edition for")
    rows = [(count, f'{gets[count != 1]} "{name}"') for name, count in plan.audiences.items()]
    if len(prepared.editions) == 1 or not plan.total:
        rows = [(plan.total, "gets the issue" if plan.total == 1 else "get the issue")]
    rows += [(count, _LEFT_OUT[why.value][count != 1]) for why, count in sorted(plan.left_out.items())]
    width = max(len(f"{count:,}") for count, _ in rows)
    for count, text in rows:
        terminal.result(f"{count:>{width},}  {text}")
    if plan.unused:
        terminal.result(f"Columns that this issue does not use: {', '.join(plan.unused)}")
    if not_known := plan.mail_domains.not_known:
        domains = terminal.count(not_known, "domain")
        terminal.result(f"DNS had no answer on {domains}; nobody is left out for that.")
    if first := plan.unsubscribed:
        terminal.result(f"The first who is unsubscribed, in line {first.line}: {first.reason}")
    path = prepared.request.recipients or ""
    shown = plan.mistakes[:_MISTAKES]
    terminal.show_mistakes(
        (PressroomError(each.reason, path, each.line, each.hint) for each in shown), as_warnings=True
    )
    unnamed = plan.left_out[LeftOutKind.MISTAKE] - len(shown)
    if unnamed > 0:
        terminal.message(f"… and {terminal.count(unnamed, 'more mistake')}: --plan --json has them.")
    seconds = prepared.shortest_seconds(plan)
    if seconds >= 60:
        terminal.result(f"It takes {_duration(seconds)} or more, at the rates in newsletter.toml.")
    if (days := prepared.days(plan)) > 1:
        terminal.result(f"It takes {days} days, since warm_up limits each: start it again on each of them.")


def print_rows(rows: Iterable[LedgerRow], zone: tzinfo) -> None:
    """Print rows of the ledger as CSV, with the last answer to each."""
    table = csv.writer(sys.stdout)
    table.writerow(["email", "audience", "state", "class", "code", "reply", "attempts", "changed"])
    for each in rows:
        changed = each.changed.astimezone(zone).isoformat(timespec="seconds")
        # A foreign server's words would be a formula to a spreadsheet.
        reply = f"'{each.reply}" if each.reply.startswith(("=", "+", "-", "@")) else each.reply
        answer = (each.state.value, each.refusal.value if each.refusal else "", each.code or "", reply)
        table.writerow([each.address, each.audience, *answer, each.attempts, changed])


def show_notes(prepared: PreparedSend) -> None:
    """Say what stops no send and is good to know, and which command shows the warnings of the checks."""
    from pipeline.model import Severity

    if warnings := sum(each.severity is Severity.WARNING for each in prepared.findings):
        number = prepared.request.issue.number
        terminal.message(f"The checks have {terminal.count(warnings, 'warning')}: pressroom check {number}")
    for note in prepared.notes:
        terminal.message(note)


def show_unfinished(prepared: PreparedSend) -> None:
    """Say that sends go on, and to how many: not to a list that is given now."""
    from pipeline.actions.send import open_rows

    number, zone = prepared.request.issue.number, prepared.workspace.files.zone
    moments = (f"{each.started.astimezone(zone):%Y-%m-%d %H:%M}" for each in prepared.unfinished)
    first = " first" if prepared.request.recipients else ""
    terminal.message(
        f"The send of {' and '.join(moments)} goes on{first}, to the {open_rows(prepared):,} that it has "
        f"left. If nothing of it has left yet, this deletes it: pressroom send {number} --drop"
    )


def show_reports(
    issue: Issue,
    reports: Sequence[SendReport],
    zone: tzinfo,
    end: SendEnd | None = None,
    *,
    as_json: bool = False,
) -> None:
    """Show the numbers of sends, their refusals, and what to do next."""
    if as_json:
        totals: Counter[State] = Counter()
        for each in reports:
            totals.update(each.states)
        result = {"issue": issue.folder, "states": _states(totals), "sends": [*map(_report_json, reports)]}
        terminal.print_json(result | ({"ended": end.kind.value, "reason": end.reason} if end else {}))
    else:
        for each in reports:
            _print_report(each, zone)
    if end and end.reason:
        terminal.message(f"Paused: {end.reason}")
    _show_next(issue, reports, end)


def _states(counts: Mapping[State, int]) -> dict[str, int]:
    """Count each state, also those that no message is in: a script may ask for any of them."""
    from pipeline.deliver.outcome import State

    return {state.value: counts.get(state, 0) for state in State}


def _report_json(report: SendReport) -> dict[str, Any]:
    started, finished = report.send.started, report.send.finished
    return {
        "send": report.send.id,
        "list": report.send.list_name,
        "again": report.send.again,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds") if finished else None,
        "running": report.is_running,
        "states": _states(report.states),
        "refusals": [
            {
                "class": each.refusal.value,
                "count": each.count,
                "domains": dict(each.domains),
                "reply": each.reply,
            }
            for each in report.refusals
        ],
    }


def _print_report(report: SendReport, zone: tzinfo) -> None:
    from pipeline.deliver.refusals import PLAIN_WORDS

    send, states = report.send, report.states
    total = terminal.count(sum(states.values()), "recipient")
    how = "finished" if send.finished else "a process is sending it" if report.is_running else "not finished"
    terminal.result(f"Send of {send.started.astimezone(zone):%Y-%m-%d %H:%M} to {total}, {how}:")
    width = max((len(f"{count:,}") for count in states.values()), default=0)
    for state, count in states.items():
        terminal.result(f"  {count:>{width},}  {state}")
    for each in report.refusals:
        places = ", ".join(f"{domain or 'forgotten'} {count:,}" for domain, count in each.domains[:_DOMAINS])
        if len(each.domains) > _DOMAINS:
            places += f" and {terminal.count(len(each.domains) - _DOMAINS, 'more domain')}"
        why = f"{each.refusal.value}: {PLAIN_WORDS[each.refusal]}"
        terminal.result(f"  {each.count:,} refused ({why})\n    domains: {places}\n    mostly: {each.reply}")


def _show_next(issue: Issue, reports: Sequence[SendReport], end: SendEnd | None) -> None:
    """Say which command comes next for what is open, refused and unknown."""
    from pipeline.deliver.outcome import State
    from pipeline.deliver.sender import EndKind

    again = f"pressroom send {issue.number}"
    states = {state for each in reports for state, count in each.states.items() if count}
    if any(each.is_running for each in reports):
        return
    if end and end.kind is EndKind.LIMIT:
        terminal.message(f"The limit of today is reached (warm_up). Tomorrow: {again}")
    elif states & {State.PENDING, State.CLAIMED, State.DEFERRED}:
        terminal.message(f"To go on: {again}")
    if State.REFUSED in states:
        classes = dict.fromkeys(kind.refusal.value for each in reports for kind in each.refusals)
        some = f" (or of one class: --retry-failed {' or '.join(classes)})" if len(classes) > 1 else ""
        terminal.message(f"To send to the refused once more: {again} --retry-failed{some}")
    if State.UNKNOWN in states:
        terminal.message(f"Whether the unknown ones left cannot be known. To decide: {again} --resolve")


def progress_printer(ledger: Ledger, zone: tzinfo, send: Send) -> Callable[[Progress], None]:
    """Return what shows the progress of a send on a terminal: states, rate and time left."""
    from pipeline.deliver.ledger_records import OPEN

    counts = ledger.counts(send.id)
    total = sum(counts.get(state, 0) for state in OPEN)
    shown: set[str] = set()

    def show(progress: Progress) -> None:
        if progress.is_stopping and "stopping" not in shown:
            shown.add("stopping")
            terminal.message("Stopping after the messages under way. Ctrl-C again: at once.")
        if progress.trouble and progress.trouble not in shown:
            shown.add(progress.trouble)
            terminal.message(f"{progress.trouble}\nTrying again for some minutes; Ctrl-C stops it.")
        ended = sum(progress.counts.values())
        states = ", ".join(f"{count:,} {state.value}" for state, count in progress.counts.items())
        text = f"{states} of {total:,}" if states else "connecting"
        if progress.waits_until:
            text += f"; the deferred are tried again at {progress.waits_until.astimezone(zone):%H:%M}"
            if not sys.stderr.isatty():
                terminal.message(text)
        elif ended:
            rate = ended / progress.seconds if progress.seconds else 0.0
            text += f", {rate:,.0f} a second"
            if rate and ended < total:
                text += f", {_duration((total - ended) / rate)} left"
        terminal.show_progress(text)

    return show


def _duration(seconds: float) -> str:
    if seconds < 90:
        return terminal.count(round(seconds), "second")
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
