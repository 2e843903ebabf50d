"""`plan` and `assemble`: explain what goes into an issue, and freeze it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import (
    complete_issue,
    issue_argument,
    json_option,
    now_option,
    time_or_now,
    workspace_of,
)
from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.actions.assemble import AssembleReport


@click.command()
@issue_argument()
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also list what earlier issues carried, and what no section takes by its tags.",
)
@json_option
@click.pass_context
def plan(ctx: click.Context, issue: str, everything: bool, as_json: bool) -> None:
    """Show for each article and link why it is in or out of ISSUE.

    \b
    Examples:
      pressroom plan latest
      pressroom plan 3 --all --json
    """
    from pipeline.actions.plan import plan_issue
    from pipeline.cli.plan_table import show_plan

    workspace = workspace_of(ctx)
    issue_plan = plan_issue(workspace, workspace.issues.find(issue))
    if as_json:
        lock = workspace.assembler.locks.get(issue_plan.issue.folder)
        links = {*workspace.pool.links, *(lock.links if lock else ())}

        def decisions(name: str, are_links: bool) -> list[dict[str, object]]:
            keys = ("audience", "taken", "section", "reason")
            return [
                {name: each.key, **{key: getattr(each, key) for key in keys}}
                for each in issue_plan.decisions
                if (each.key in links) is are_links
            ]

        terminal.print_json(
            {
                "issue": issue_plan.issue.folder,
                "number": issue_plan.issue.number,
                "frozen": issue_plan.frozen,
                "articles": decisions("slug", False),
                "links": decisions("id", True),
            }
        )
        return
    show_plan(issue_plan, everything)
    terminal.show_findings(issue_plan.findings)


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option(
    "--all", "everything", is_flag=True, help="Freeze every issue that is not frozen yet, in order."
)
@click.option("--update", is_flag=True, help="Select the articles again, from the pool as it is now.")
@click.option("--refresh", is_flag=True, help="Keep the selection, and take the articles' text as it is now.")
@json_option
@now_option
@click.pass_context
def assemble(
    ctx: click.Context,
    issue: str | None,
    everything: bool,
    update: bool,
    refresh: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Select what ISSUE carries, and freeze it in its issue.lock.

    A frozen issue is always rebuilt with the same articles, whatever is added to the pool later.
    Commit the lock: it also has the ids by which feed readers recognise the issue and its articles.

    \b
    Examples:
      pressroom assemble latest
      pressroom assemble --all          each that is not frozen and no draft
      pressroom assemble 3 --refresh    after correcting an article
      pressroom assemble 3 --update     after changing the sections
    """
    from pipeline.actions.assemble import assemble_issue, assemble_open_issues, workspace_findings

    if update and refresh:
        raise click.UsageError("--update selects again and --refresh keeps the selection: use one of them.")
    if everything and (issue or update or refresh):
        raise click.UsageError("--all freezes what is not frozen yet: it takes no ISSUE and no other option.")
    if not everything and not issue:
        raise click.UsageError("name an ISSUE (its number, its slug or `latest`), or use --all.")
    workspace = workspace_of(ctx)
    at = time_or_now(now, workspace.files.zone)
    errors: list[PressroomError] = []
    reports: tuple[AssembleReport, ...]
    if issue:
        chosen = workspace.issues.find(issue)
        reports = (assemble_issue(workspace, chosen, at, update=update, refresh=refresh),)
    else:
        reports = assemble_open_issues(workspace, at, errors, partial(terminal.progress, what="freezing"))
    if as_json:
        frozen = [_report_json(report) for report in reports]
        terminal.print_json({"issues": frozen} if everything else frozen[0])
    else:
        for report in reports:
            _show_frozen(report, at, in_short=everything)
        if not reports and not errors:
            terminal.message("Every issue is frozen already, or a draft.")
    findings = [finding for report in reports for finding in report.findings]
    terminal.show_findings((*findings, *workspace_findings(workspace)))
    terminal.show_mistakes((each for report in reports for each in report.warnings), as_warnings=True)
    if errors:
        terminal.show_mistakes(errors)
        terminal.message("\nThis issue and those after it were not frozen: they would take its articles.")
        ctx.exit(1)


def _report_json(report: AssembleReport) -> dict[str, object]:
    keys = {each.audience: [item.key for item in each.items] for each in report.assembled.editions}
    folder = report.assembled.issue.folder
    return {"issue": folder, "lock": report.lock, "written": report.written, "editions": keys}


def _show_frozen(report: AssembleReport, now: datetime, in_short: bool) -> None:
    from pipeline.model import LinkItem

    for edition in report.assembled.editions:
        contents = terminal.count_contents(edition.items)
        if in_short:
            terminal.result(f"{report.lock}  {edition.audience}: {contents}")
            continue
        terminal.result(f"Edition for {edition.audience}: {contents}")
        for section in edition.sections:
            terminal.result(f"  {section.title or '(no title)'}")
            for item, layout in section.items:
                name = item.url if isinstance(item, LinkItem) else item.slug
                terminal.result(f"    {name} ({layout})")
    if not in_short:
        terminal.message(f"Frozen in {report.lock}." if report.written else f"{report.lock} has not changed.")
        date = report.assembled.issue.date
        if date > now:
            terminal.message(f"It is dated {date:%Y-%m-%d}: until then it is in no page and no feed.")
