"""`test`: an issue as one reader gets it, in a message marked as a test."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, now_option, time_or_now, workspace_of

if TYPE_CHECKING:
    from pipeline.actions.send_test import WrittenMessage, WrittenTest
    from pipeline.deliver.outcome import Outcome
    from pipeline.model import Issue


def _fields(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
    fields = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{text!r} is not a field. Write it as first_name=Ada.", ctx, param)
        fields[name] = value
    return fields


@click.command()
@issue_argument()
@click.option(
    "--to",
    "addresses",
    metavar="ADDRESS",
    multiple=True,
    required=True,
    help="The recipient; repeat it for more.",
)
@click.option(
    "--recipient",
    "recipients",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Fill merge fields from the row whose `email` is the address.",
)
@click.option(
    "--field",
    "fields",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_fields,
    help="Fill this merge field, whatever --recipient says; repeat it for more.",
)
@click.option("--audience", help="The edition to test. Default: the issue's first.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write. Default: build/tests/<issue>-<address>.eml.",
)
@click.option(
    "--images",
    type=click.Choice(["hosted", "packed"]),
    default="hosted",
    show_default=True,
    help="Where the message's images are: on the published site, or packed in it.",
)
@click.option("--send", "to_send", is_flag=True, help="Also send it, by the mail server in newsletter.toml.")
@json_option
@now_option
@click.pass_context
def test(
    ctx: click.Context,
    issue: str,
    addresses: tuple[str, ...],
    recipients: Path | None,
    fields: Mapping[str, str],
    audience: str | None,
    output: Path | None,
    images: str,
    to_send: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Make a test message of ISSUE, as one reader would get it.

    It is written to a file, and with --send also sent to you: before an issue can be sent to a list,
    it must have been sent as a test. The subject begins with [Test], it is addressed to you, and its
    body is what a reader with the same merge fields gets. The issue need not be frozen. Findings at
    error level are shown but do not stop it.

    \b
    Examples:
      pressroom test latest --to me@example.org
      pressroom test 3 --send --to me@example.org
      pressroom test 3 --to me@example.org --field first_name=Ada
      pressroom test 3 --to ada@example.org --recipient lists/readers.csv
    """
    from pipeline.actions.mail_settings import dkim_signers, mail_server
    from pipeline.actions.send_test import MessageRequest, note_tests, send_tests, write_test
    from pipeline.deliver.outcome import State
    from pipeline.export.bundle import ImageMode

    if output is not None and len({each.strip().lower() for each in addresses}) > 1:
        raise click.UsageError("--output names one file: use it with one --to.")
    workspace = workspace_of(ctx)
    publication = workspace.files.publication
    chosen = workspace.issues.find(issue)
    if to_send:
        # Before anything is written.
        server, signers = mail_server(publication.delivery), dkim_signers(publication)
    written = write_test(
        workspace,
        MessageRequest(chosen, addresses, recipients, fields, audience, ImageMode(images), output),
    )
    outcomes: tuple[Outcome, ...] = ()
    if to_send:
        outcomes = asyncio.run(send_tests(publication, written, server, signers))
        note_tests(workspace, chosen, written, outcomes, time_or_now(now, workspace.files.zone))
    if as_json:
        terminal.print_json(_json(chosen, written, outcomes))
    else:
        _show_written(chosen, written, outcomes)
    if any(each.state is not State.ACCEPTED for each in outcomes):
        ctx.exit(1)


def _show_written(issue: Issue, written: WrittenTest, outcomes: Sequence[Outcome]) -> None:
    for message in written.messages:
        _show(message)
    terminal.show_findings(written.findings)
    if not written.frozen:
        terminal.message(f"The issue is not frozen yet: pressroom assemble {issue.number}")
    for message, outcome in zip(written.messages, outcomes, strict=False):
        answer = f"{outcome.code or ''} {outcome.reply}".strip()
        terminal.message(f"{message.to}: {outcome.state}: {answer}")
    if outcomes:
        return
    terminal.message("Nothing was sent. To open it in a mail program:")
    opener = {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")
    for message in written.messages:
        terminal.message(f"  {opener} {shlex.quote(str(message.path))}")


def _show(message: WrittenMessage) -> None:
    terminal.result(str(message.path))
    lines = [
        ("to", message.to),
        ("subject", message.subject),
        ("size", terminal.size(message.size)),
        *message.fields.items(),
    ]
    longest = max(len(name) for name, _ in lines)
    for name, value in lines:
        terminal.result(f"  {name:{longest}}  {value}".rstrip())


def _json(issue: Issue, written: WrittenTest, outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "issue": issue.folder,
        "audience": written.audience,
        "frozen": written.frozen,
        "tests": [
            {
                "to": each.to,
                "output": str(each.path),
                "bytes": each.size,
                "subject": each.subject,
                "fields": dict(each.fields),
            }
            | ({"state": outcomes[n].state.value, "reply": outcomes[n].reply} if outcomes else {})
            for n, each in enumerate(written.messages)
        ],
        "findings": [each.values for each in written.findings],
    }
