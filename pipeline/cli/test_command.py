"""`test`: an issue as one reader gets it, as a marked message."""

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
    from pipeline.actions.send_test import WrittenMessage
    from pipeline.model import Finding, Issue
    from pipeline.workspace import Workspace


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
    from pipeline.actions.send_test import test_recipient, write_test_messages
    from pipeline.export.bundle import ImageMode
    from pipeline.workspace import audience_of

    workspace = workspace_of(ctx)
    found = workspace.issues.find(issue)
    audience = audience_of(found, audience)
    publication = workspace.files.publication
    given = [test_recipient(publication, each, recipients, fields) for each in addresses]
    testers = {each.address.lower(): each for each in given}
    if output is not None and len(testers) > 1:
        raise click.UsageError("--output names one file: give one --to.")
    made = write_test_messages(workspace, found, audience, tuple(testers.values()), ImageMode(images), output)
    warned = _errors_as_warnings(workspace, found, audience)
    if as_json:
        terminal.as_json(_json(found, audience, found.folder in workspace.assembler.locks, made, warned))
        return
    for each in made:
        _show(each)
    terminal.findings(warned)
    if found.folder not in workspace.assembler.locks:
        terminal.message(f"The issue is not frozen yet: pressroom assemble {found.number}")
    terminal.message("Nothing was sent. To open it in a mail program:")
    for each in made:
        terminal.message(f"  {_opener()} {shlex.quote(str(each.path))}")


def _show(made: WrittenMessage) -> None:
    terminal.result(str(made.path))
    lines = [
        ("to", made.to),
        ("subject", made.subject),
        ("size", terminal.size(made.size)),
        *made.fields.items(),
    ]
    longest = max(len(name) for name, _ in lines)
    for name, value in lines:
        terminal.result(f"  {name:{longest}}  {value}".rstrip())


def _opener() -> str:
    return {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")


def _errors_as_warnings(workspace: Workspace, issue: Issue, audience: str) -> list[Finding]:
    """What stops an export, and does not stop a test."""
    from dataclasses import replace

    from pipeline.actions.check import check
    from pipeline.checks.rules import RULES
    from pipeline.model import Severity

    return [
        replace(finding, severity=Severity.WARNING)
        for checked in check(workspace, [issue], RULES)
        if checked.edition.audience == audience
        for finding in checked.findings
        if finding.severity is Severity.ERROR
    ]


def _json(
    issue: Issue, audience: str, frozen: bool, made: tuple[WrittenMessage, ...], warned: list[Finding]
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
            for each in made
        ],
        "findings": [each.values for each in warned],
    }
