"""What `send` prints: the plan of a send, its progress, and the report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipeline.cli import terminal
from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.actions.send import PreparedSend
    from pipeline.actions.send_report import SendReport
    from pipeline.deliver.send_plan import SendPlan
    from pipeline.deliver.sender import Progress, SendEnd
    from pipeline.model import Issue


def plan_json(prepared: PreparedSend, plan: SendPlan) -> dict[str, Any]:
    """The plan of a send for JSON."""
    return {
        "issue": prepared.request.issue.folder,
        "recipients": plan.total,
        "editions": dict(plan.audiences),
        "left_out": {why.value: count for why, count in plan.left_out.items()},
        "mistakes": [
            {"line": each.line, "address": each.address, "reason": each.reason, "hint": each.hint}
            for each in plan.mistakes
        ],
        "seconds": prepared.shortest_seconds(plan),
    }


def print_plan(prepared: PreparedSend, plan: SendPlan) -> None:
    """Print who gets which edition, how many are left out by reason, and the rows with mistakes."""
    from pipeline.deliver.send_plan import LeftOutWhy

    rows = [(f"{count:,}", f'get the edition for "{name}"') for name, count in plan.audiences.items()]
    if len(prepared.editions) == 1 and plan.total:
        rows = [(f"{plan.total:,}", "get the issue" if plan.total > 1 else "gets the issue")]
    rows += [(f"{count:,}", _LEFT_OUT[why.value]) for why, count in sorted(plan.left_out.items())]
    width = max((len(count) for count, _ in rows), default=0)
    for count, text in rows:
        terminal.result(f"{count:>{width}}  {text}")
    path = prepared.request.recipients or ""
    mistakes = [PressroomError(each.reason, path, each.line, each.hint) for each in plan.mistakes]
    terminal.show_mistakes(mistakes, as_warnings=True)
    unnamed = plan.left_out[LeftOutWhy.MISTAKE] - len(mistakes)
    if unnamed > 0:
        terminal.message(f"… and {terminal.count(unnamed, 'more mistake')}.")
    seconds = prepared.shortest_seconds(plan)
    if seconds >= 60:
        terminal.result(f"It takes {_duration(seconds)} or more, at the rates in newsletter.toml.")


_LEFT_OUT = {
    "mistake": "have a mistake in their row",
    "duplicate": "are in the list already",
    "unsubscribed": "are unsubscribed, by the list",
    "suppressed": "are on the suppression list",
    "has it": "have this issue already",
    "no edition": "have an audience that this issue has no edition for",
}


def show_report(issue: Issue, report: SendReport, end: SendEnd | None = None, *, as_json: bool) -> None:
    """Show the numbers of a send, its refusals, and what to do next."""
    from pipeline.deliver.outcome import State
    from pipeline.deliver.refusals import PLAIN_WORDS

    states = {state.value: count for state, count in report.states.items()}
    if as_json:
        started, finished = report.send.what.started, report.send.finished
        result: dict[str, Any] = {
            "issue": issue.folder,
            "send": report.send.id,
            "started": started.isoformat(timespec="seconds"),
            "finished": finished.isoformat(timespec="seconds") if finished else None,
            "states": states,
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
        if end:
            result |= {"ended": end.why.value, "reason": end.reason}
        terminal.print_json(result)
    else:
        width = max((len(f"{count:,}") for count in states.values()), default=0)
        for state, count in states.items():
            terminal.result(f"{count:>{width},}  {state}")
        for each in report.refusals:
            places = ", ".join(f"{domain} {count:,}" for domain, count in each.domains[:3])
            why = f"{each.refusal.value}: {PLAIN_WORDS[each.refusal]}"
            terminal.result(f"{each.count:,} refused ({why}) at {places}\n    mostly: {each.reply}")
    again = f"pressroom send {issue.number}"
    if end and end.reason:
        terminal.message(f"Paused: {end.reason}")
    if end and end.why.value == "limit":
        terminal.message("The limit of today is reached (warm_up).")
    if any(report.states.get(state) for state in (State.PENDING, State.CLAIMED, State.DEFERRED)):
        terminal.message(f"To go on: {again}")
    if report.states.get(State.UNKNOWN):
        terminal.message(f"Whether the unknown ones left cannot be known. To decide: {again} --resolve")


def progress_printer(total: int) -> Callable[[Progress], None]:
    """Return what shows the progress on a terminal: states, rate and time left."""
    told: set[str] = set()

    def show(progress: Progress) -> None:
        if progress.trouble and progress.trouble not in told:
            told.add(progress.trouble)
            terminal.message(f"{progress.trouble}\nTrying again for some minutes.")
        done = sum(progress.counts.values())
        rate = done / progress.seconds if progress.seconds else 0.0
        states = ", ".join(f"{count:,} {state.value}" for state, count in progress.counts.items())
        text = f"{states or 'connecting'} of {total:,}, {rate:,.0f} a second"
        if progress.waits_until:
            text += f", deferred ones again at {progress.waits_until.astimezone():%H:%M}"
        elif rate and done < total:
            text += f", {_duration((total - done) / rate)} left"
        if progress.waits_until and not sys.stderr.isatty():
            terminal.message(text)
        terminal.show_progress(text)

    return show


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
