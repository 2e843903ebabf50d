"""`send --resolve`: an editor's decisions on messages of which it is unknown whether they left."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal

if TYPE_CHECKING:
    from pipeline.actions.send_report import UnknownMessage
    from pipeline.deliver.ledger import Ledger
    from pipeline.deliver.ledger_records import Send
    from pipeline.model import Issue
    from pipeline.workspace import Workspace


def resolve_unknown(
    workspace: Workspace,
    issue: Issue,
    ledger: Ledger,
    sends: Sequence[Send],
    now: datetime,
    decide: str | None,
    log: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show the unknown messages of an issue's sends, and write each decision as it is made.

    `decide` is that for all, `log` the file of those that were sent; without them it asks on a terminal.
    """
    from pipeline.actions.run_send import note_sends
    from pipeline.actions.send_report import resolve_message, unknown_messages

    messages = unknown_messages(workspace, ledger, sends)
    in_log = _in_log(messages, log)
    asks = not decide and not log and not as_json and sys.stdin.isatty()
    decisions: dict[int, str] = {}
    try:
        for each in messages:
            if not as_json:
                _show(each, now)
            answer = "sent" if each.message_id in in_log else decide
            if asks:
                choice = click.Choice(["sent", "again", "later"])
                answer = click.prompt("    sent, again, or later?", type=choice, default="later", err=True)
            if answer in {"sent", "again"}:
                resolve_message(ledger, each, now, sent=answer == "sent")
                decisions[each.row.row] = answer
    except click.Abort:
        terminal.message("")
    note_sends(workspace, issue, ledger, sends)
    if as_json:
        terminal.print_json(_json(issue, messages, decisions))
        return
    answers = list(decisions.values())
    sent, again, left = answers.count("sent"), answers.count("again"), len(messages) - len(answers)
    terminal.result(f"{sent:,} noted as sent, {again:,} to send again, {left:,} unknown.")
    if left and not asks:
        terminal.message("To decide: --decide sent, --decide again, or --log FILE, the mail server's log.")
    if again:
        terminal.message(f"To send them: pressroom send {issue.number}")


def _in_log(messages: Iterable[UnknownMessage], log: Path | None) -> set[str]:
    from pipeline.deliver.mail_log import find_in_log

    if log is None:
        return set()
    with log.open(encoding="utf-8", errors="replace") as lines:
        return find_in_log((each.message_id for each in messages), lines)


def _show(message: UnknownMessage, now: datetime) -> None:
    when = f"{message.row.changed.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S}"
    terminal.result(f"{message.row.address}  {when}  {message.row.reply}")
    terminal.result(f"    Message-ID: <{message.message_id}>")


def _json(issue: Issue, messages: Iterable[UnknownMessage], decisions: dict[int, str]) -> dict[str, object]:
    return {
        "issue": issue.folder,
        "unknown": [
            {
                "address": each.row.address,
                "message_id": each.message_id,
                "reply": each.row.reply,
                "at": each.row.changed.isoformat(timespec="seconds"),
                "decision": decisions.get(each.row.row),
            }
            for each in messages
        ],
    }
