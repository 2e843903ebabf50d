"""`plan` and `assemble`: what goes into an issue and why, and freezing it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, moment, now_option, workspace_of

if TYPE_CHECKING:
    from pipeline.model import Decision, Issue


@click.command()
@issue_argument()
@click.option("--all", "everything", is_flag=True, help="Also list articles whose tags no section takes.")
@json_option
@click.pass_context
def plan(ctx: click.Context, issue: str, everything: bool, as_json: bool) -> None:
    """Say for each article of the pool why it is in or out of ISSUE.

    \b
    Examples:
      pressroom plan latest
      pressroom plan 3 --all --json
    """
    from pipeline.cli.plan_table import show_plan

    workspace = workspace_of(ctx)
    found = workspace.issues.find(issue)
    decisions = workspace.assembler.plan(found)
    if as_json:
        terminal.as_json(_plan_json(found, decisions, found.folder in workspace.assembler.locks))
        return
    show_plan(workspace, found, decisions, everything)
    terminal.findings(workspace.assembler.stale_rules(found))


def _plan_json(issue: Issue, decisions: tuple[Decision, ...], frozen: bool) -> dict[str, object]:
    return {
        "issue": issue.folder,
        "number": issue.number,
        "frozen": frozen,
        "articles": [
            {
                "slug": each.slug,
                "audience": each.audience,
                "taken": each.taken,
                "section": each.section,
                "reason": each.reason,
            }
            for each in decisions
        ],
    }


@click.command()
@issue_argument()
@click.option("--update", is_flag=True, help="Choose again, from the pool as it is now.")
@click.option("--refresh", is_flag=True, help="Keep the choice; take the articles' text as it is now.")
@json_option
@now_option
@click.pass_context
def assemble(
    ctx: click.Context, issue: str, update: bool, refresh: bool, as_json: bool, now: datetime | None
) -> None:
    """Choose the articles of ISSUE and freeze the choice in its issue.lock.

    A frozen issue is rebuilt as it was, whatever joins the pool. Commit the lock: it also holds
    the ids by which feed readers know the issue and its articles.

    \b
    Examples:
      pressroom assemble latest
      pressroom assemble 3 --refresh    an article was corrected
      pressroom assemble 3 --update     the sections were changed
    """
    if update and refresh:
        raise click.UsageError("--update chooses anew and --refresh keeps the choice: give one.")
    workspace = workspace_of(ctx)
    found = workspace.issues.find(issue)
    written = workspace.assembler.freeze(
        found, moment(now, workspace.files.zone), update=update, refresh=refresh
    )
    lock = f"issues/{found.folder}/issue.lock"
    assembled = workspace.assembler.assemble(found)
    if as_json:
        terminal.as_json(
            {
                "issue": found.folder,
                "lock": lock,
                "written": written,
                "editions": {
                    edition.audience: [article.slug for article in edition.articles]
                    for edition in assembled.editions
                },
            }
        )
        return
    for edition in assembled.editions:
        terminal.result(f"Edition for {edition.audience}: {terminal.count(len(edition.articles), 'article')}")
        for section in edition.sections:
            terminal.result(f"  {section.title}")
            for article, layout in section.articles:
                terminal.result(f"    {article.slug} ({layout})")
    terminal.message(f"Frozen in {lock}." if written else f"{lock} stands as it is.")
    terminal.findings(workspace.assembler.stale_rules(found))
