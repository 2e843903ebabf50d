"""`test`: an issue as one reader gets it, as a marked message."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, workspace_of

if TYPE_CHECKING:
    from pipeline.actions.send_test import WrittenMessage
    from pipeline.model import Finding, Issue


def _fields(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [each.partition("=") for each in given]
    for (name, equals, _), whole in zip(pairs, given, strict=True):
        if not name or not equals:
            raise click.BadParameter(f"{whole!r} is no field. Write it as first_name=Ada.", ctx, param)
    return {name: value for name, _, value in pairs}


@click.command()
@issue_argument()
@click.option(
    "--to", "addresses", metavar="ADDRESS", multiple=True, required=True, help="Whom it is for; repeatable."
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
    help="Fill this merge field; repeatable, and goes before --recipient.",
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
    help="Where the message finds its pictures: on the published site, or in it.",
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
    and its body is what a reader of whom the same is known gets. The issue need not be frozen, and
    findings at error level are shown without stopping it.

    \b
    Examples:
      pressroom test latest --to me@example.org
      pressroom test 3 --to me@example.org --field first_name=Ada
      pressroom test 3 --to ada@example.org --to bo@example.org --recipient readers.csv
    """
    from pipeline.actions.check import check_edition
    from pipeline.actions.prepare import prepare_edition
    from pipeline.actions.send_test import test_recipient, write_test_messages
    from pipeline.compose import Composer
    from pipeline.export.bundle import ImageMode
    from pipeline.workspace import edition_audience

    workspace = workspace_of(ctx)
    chosen = workspace.issues.find(issue)
    audience = edition_audience(chosen, audience)
    publication = workspace.files.publication
    readers = [test_recipient(publication, address, recipients, fields) for address in addresses]
    by_address = {reader.address.lower(): reader for reader in readers}
    if output is not None and len(by_address) > 1:
        raise click.UsageError("--output names one file: give one --to.")
    prepared = prepare_edition(Composer(workspace), chosen, audience)
    messages = write_test_messages(workspace, prepared, tuple(by_address.values()), ImageMode(images), output)
    warnings = _errors_as_warnings(check_edition(prepared).findings)
    frozen = prepared.issue.assembled.frozen
    if as_json:
        terminal.as_json(_json(chosen, audience, frozen, messages, warnings))
        return
    for message in messages:
        _show(message)
    terminal.findings(warnings)
    if not frozen:
        terminal.message(f"The issue is not frozen yet: pressroom assemble {chosen.number}")
    terminal.message("Nothing was sent. To open it in a mail program:")
    for message in messages:
        terminal.message(f"  {_opener()} {shlex.quote(str(message.path))}")


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


def _opener() -> str:
    return {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")


def _errors_as_warnings(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop an export, as warnings: they do not stop a test."""
    from dataclasses import replace

    from pipeline.model import Severity

    return [replace(each, severity=Severity.WARNING) for each in findings if each.severity is Severity.ERROR]


def _json(
    issue: Issue, audience: str, frozen: bool, messages: tuple[WrittenMessage, ...], warnings: list[Finding]
) -> dict[str, object]:
    return {
        "issue": issue.folder,
        "audience": audience,
        "frozen": frozen,
        "tests": [
            {
                "to": each.to,
                "output": str(each.path),
                "bytes": each.size,
                "subject": each.subject,
                "fields": dict(each.fields),
            }
            for each in messages
        ],
        "findings": [each.values for each in warnings],
    }
