"""`build`: the emails of issues, and the site with its feeds."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import (
    begin_building,
    complete_issue,
    json_option,
    last_run_of,
    named_issues,
    now_option,
    time_or_now,
    workspace_of,
)
from pipeline.support.workspace_root import find_root

if TYPE_CHECKING:
    from pipeline.actions.build import BuildReport


UNCHANGED = "Nothing has changed since the last build."
NEWEST = 10
"""So many issues are listed of a whole build; of earlier ones only those that are not frozen."""

GONE = "Gone from the site since the last build:"
RESTORE = "Readers may have kept the address. Where something has a new name, write the old one as `aliases`."


@click.command()
@click.argument("issues", nargs=-1, metavar="[ISSUE]...", shell_complete=complete_issue)
@click.option("--clean", is_flag=True, help="Make everything again, and keep nothing of earlier runs.")
@json_option
@now_option
@click.pass_context
def build(
    ctx: click.Context, issues: tuple[str, ...], clean: bool, as_json: bool, now: datetime | None
) -> None:
    """Build the emails, and the site with its feeds.

    With an ISSUE, only its email is built.

    The results are in build/: open build/issues/…/email.html in a browser, or email.eml in a mail
    program. Only what was changed since the last build is made again. An issue that is not frozen
    takes its articles from the pool as it is now, and stays out of the site and the feeds.

    \b
    Examples:
      pressroom build
      pressroom build latest
      pressroom build 2 3 --json
    """
    if clean:
        from pipeline.support.file_cache import clear_cache

        clear_cache(find_root(Path()))
    last_run = None if issues else last_run_of(ctx, "build", as_json, now)
    if last_run and (answer := last_run.answer(time.time())):
        terminal.replay([*answer["output"], (UNCHANGED, True)])
        ctx.exit(answer["code"])
    from pipeline.actions.build import build_workspace
    from pipeline.config.workspace_files import BUILD

    begin_building(ctx)
    workspace = workspace_of(ctx)
    named = named_issues(workspace, issues) or None

    watch = partial(terminal.progress, what="building")
    at = time_or_now(now, workspace.files.zone)
    report = build_workspace(workspace, at, named, watch)
    with terminal.recorded() as output:
        if as_json:
            terminal.print_json(_report_json(report))
        else:
            _show_report(report, at, whole=not issues)
        failed = terminal.show_findings(report.findings)
    if last_run and not workspace.mistakes and not report.errors and not report.gone:
        dates = [issue.date.timestamp() for issue in workspace.issues if issue.date > at]
        begin, end = (0.0, math.inf) if now else (at.timestamp(), min(dates, default=math.inf))
        looked_at = workspace.files.cache.looked_at
        answer = {"output": output, "code": int(failed > 0)}
        last_run.keep(answer, looked_at, (f"{BUILD}/issues", f"{BUILD}/site"), begin, end)
    if report.gone:
        terminal.message(f"{GONE} {_listed(report.gone)}.\n    {RESTORE}")
    if report.errors:
        terminal.show_mistakes(report.errors)
        kept = "" if issues or report.site_files else " The site stays as it was: it would lose pages."
        mistakes = terminal.count(len(report.errors), "mistake")
        what = "it is" if len(report.errors) == 1 else "they are"
        terminal.message(f"\n{mistakes}: what {what} in was not built.{kept}")
    elif report.editions and not report.has_changed:
        terminal.message(UNCHANGED)
    if failed or report.errors:
        ctx.exit(1)


def _show_report(report: BuildReport, at: datetime, whole: bool) -> None:
    waiting: dict[str, set[int]] = {"not frozen": set(), "dated ahead": set()}
    numbers = sorted({built.edition.issue.number for built in report.editions})
    earlier = {*numbers[:-NEWEST]} if whole else set[int]()
    earlier -= {built.edition.issue.number for built in report.editions if not built.frozen}
    if earlier:
        terminal.result(f"The newest of {len(numbers):,} issues:")
    for built in report.editions:
        number, items = built.edition.issue.number, built.edition.items
        if not built.frozen or built.edition.issue.date > at:
            waiting["dated ahead" if built.frozen else "not frozen"].add(number)
        if number in earlier:
            continue
        terminal.result(
            f"{number:>4}  {built.edition.title}: {terminal.count_contents(items)}, "
            f"{built.edition.minutes} min, "
            f"email {terminal.size(built.html_bytes)}"
            + ("" if built.frozen else f"  [not frozen: pressroom assemble {number}]")
        )
        terminal.result(f"      {built.folder}/email.html")
    for draft in report.drafts:
        terminal.result(f"{draft.number:>4}  {draft.title}  [not built: it is a draft]")
    if not report.editions and not report.drafts:
        terminal.message('There is no issue to build yet. Make one: pressroom new issue "Its title"')
    if whole and report.site_files:
        without = [
            f"{terminal.count(len(each), 'issue')} that {'is' if len(each) == 1 else 'are'} {why}"
            for why, each in waiting.items()
            if each
        ]
        left_out = f", without {' and '.join(without)}" if without else ""
        terminal.result(
            f"Site and feeds: build/site/ ({terminal.count(report.site_files, 'file')}){left_out}"
        )


def _listed(addresses: Sequence[str], most: int = 5) -> str:
    more = f" and {len(addresses) - most:,} more" if len(addresses) > most else ""
    return f"{', '.join(addresses[:most])}{more}"


def _report_json(report: BuildReport) -> dict[str, object]:
    return {
        "editions": [
            {
                "issue": built.edition.issue.folder,
                "number": built.edition.issue.number,
                "audience": built.edition.audience,
                "frozen": built.frozen,
                "articles": [each.article.slug for each in built.edition.articles],
                "minutes": built.edition.minutes,
                "folder": built.folder,
                "html_bytes": built.html_bytes,
                "files": dict(built.sizes),
            }
            for built in report.editions
        ],
        "site_files": report.site_files,
        "gone": list(report.gone),
        "findings": [each.values for each in report.findings],
        "errors": [each.values for each in report.errors],
    }
