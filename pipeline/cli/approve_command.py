"""`approve`: say that an issue may go out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, now_option, time_or_now, workspace_of


@click.command()
@issue_argument()
@click.option("--as", "by", metavar="NAME", help="Who approves. Default: the person whom git knows.")
@json_option
@now_option
@click.pass_context
def approve(ctx: click.Context, issue: str, by: str | None, as_json: bool, now: datetime | None) -> None:
    """Approve ISSUE as it is now, in a file that you commit.

    The approval is of this lock and of the emails rendered from it: whatever changes them makes a new
    one necessary. `[approval]` in newsletter.toml says how many, or whose, a push needs.

    \b
    Examples:
      pressroom approve 12
      pressroom approve latest --as "Ada Example <ada@example.org>"
    """
    from pipeline.actions.approve import approve_issue

    workspace = workspace_of(ctx)
    at = time_or_now(now, workspace.files.zone)
    report = approve_issue(workspace, workspace.issues.find(issue), by, at)
    if as_json:
        terminal.print_json(asdict(report))
        return
    terminal.result(report.path)
    terminal.message(f"Approved by {report.approval.by}. Commit this file.")
    if report.missing:
        terminal.message(f"Not enough yet: {report.missing}")
