"""`test`: an issue as one reader gets it, in a message marked as a test."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, workspace_of

if TYPE_CHECKING:
    from pipeline.actions.send_test import WrittenMessage, WrittenTest
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
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
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
@json_option
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
    as_json: bool,
) -> None:
    """Make a test message of ISSUE: what one reader gets, marked as a test.

    It is written to a file; nothing is sent. The subject begins with [Test], it is addressed to you,
    and its body is what a reader with the same merge fields gets. The issue need not be frozen.
    Findings at error level are shown but do not stop it.

    \b
    Examples:
      pressroom test latest --to me@example.org
      pressroom test 3 --to me@example.org --field first_name=Ada
      pressroom test 3 --to ada@example.org --recipient readers.csv
    """
    from pipeline.actions.send_test import MessageRequest, write_test
    from pipeline.export.bundle import ImageMode

    if output is not None and len({each.strip().lower() for each in addresses}) > 1:
        raise click.UsageError("--output names one file: use it with one --to.")
    workspace = workspace_of(ctx)
    chosen = workspace.issues.find(issue)
    written = write_test(
        workspace,
        MessageRequest(chosen, addresses, recipients, fields, audience, ImageMode(images), output),
    )
    if as_json:
        terminal.print_json(_json(chosen, written))
        return
    for message in written.messages:
        _show(message)
    terminal.show_findings(written.findings)
    if not written.frozen:
        terminal.message(f"The issue is not frozen yet: pressroom assemble {chosen.number}")
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


def _json(issue: Issue, written: WrittenTest) -> dict[str, object]:
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
            for each in written.messages
        ],
        "findings": [each.values for each in written.findings],
    }
