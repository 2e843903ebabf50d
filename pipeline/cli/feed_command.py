"""`feed`: build the feeds alone, check them, or tell a hub which have changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import begin_building, json_option, now_option, time_or_now, workspace_of

if TYPE_CHECKING:
    from pipeline.workspace import Workspace


@click.command()
@click.option("--check", is_flag=True, help="Check what would be built, and write nothing.")
@click.option(
    "--against",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --check: compare with the feeds of this site, such as a copy of the published one, "
    "instead of build/site.",
)
@click.option("--ping", is_flag=True, help="Tell the hub which of the built feeds have changed; asks first.")
@click.option("--yes", is_flag=True, help="With --ping: do not ask.")
@click.option("--dry-run", is_flag=True, help="With --ping: show what would be sent, and send nothing.")
@json_option
@now_option
@click.pass_context
def feed(
    ctx: click.Context,
    check: bool,
    against: Path | None,
    ping: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Build the feeds alone: RSS, Atom and JSON Feed.

    There is one for issues, for articles, and for each audience, tag and author.

    --check shows what is wrong with them, and what feed readers would lose compared with the last
    build: an id that changed, a date that moved, an item that is missing. --ping builds nothing: run
    it after build/site was published. It remembers what the hub knows, and sends only what has
    changed since.

    \b
    Examples:
      pressroom feed
      pressroom feed --check
      pressroom feed --check --against /srv/www/news
      pressroom feed --ping --dry-run
      pressroom feed --ping --yes
    """
    if not ping and (yes or dry_run):
        raise click.UsageError("--yes and --dry-run go with --ping.")
    if check and ping:
        raise click.UsageError("--check and --ping do not go together: check, publish, then ping.")
    if against and not check:
        raise click.UsageError("--against goes with --check.")
    workspace = workspace_of(ctx)
    if ping:
        _ping(workspace, yes, dry_run, as_json)
    elif check:
        _check(ctx, workspace, time_or_now(now, workspace.files.zone), against, as_json)
    else:
        _build(ctx, workspace, time_or_now(now, workspace.files.zone), as_json)


def _build(ctx: click.Context, workspace: Workspace, now: datetime, as_json: bool) -> None:
    from pipeline.actions.feed import write_feeds

    begin_building(ctx)
    paths, findings = write_feeds(workspace, now)
    if as_json:
        terminal.print_json({"feeds": [f"build/site/{path}" for path in paths]})
    else:
        for path in paths:
            terminal.result(f"build/site/{path}")
    if terminal.show_findings(findings):
        ctx.exit(1)


def _check(
    ctx: click.Context, workspace: Workspace, now: datetime, against: Path | None, as_json: bool
) -> None:
    from pipeline.actions.feed import check_feeds

    count, findings = check_feeds(workspace, now, against or workspace.files.build / "site")
    if as_json:
        terminal.print_json({"feeds": count, "findings": [each.values for each in findings]})
    else:
        terminal.show_findings(findings, terminal.result)
        if findings:
            terminal.result("")
        terminal.print_counts(findings, before=f"{terminal.count(count, 'feed document')}: ")
    if any(each.severity.value == "error" for each in findings):
        ctx.exit(1)


def _ping(workspace: Workspace, yes: bool, dry_run: bool, as_json: bool) -> None:
    from pipeline.actions.feed import feeds_to_notify, notify_hub
    from pipeline.support.urls import address, hide_password

    changed = feeds_to_notify(workspace)
    publication = workspace.files.publication
    send = bool(changed) and not dry_run
    if send and not yes:
        for path in changed:
            terminal.message(address(publication, path))
        what = terminal.count(len(changed), "feed")
        send = click.confirm(hide_password(f"Tell the hub {publication.hub} of {what}?"), err=True)
    told = []
    for path in notify_hub(workspace, changed) if send else ():
        told.append(address(publication, path))
        if not as_json:
            terminal.result(f"told: {told[-1]}")
    not_told = [] if send else [address(publication, path) for path in changed]
    if as_json:
        terminal.print_json({"hub": publication.hub, "told": told, "not_told": not_told})
    elif not changed:
        terminal.result("The hub knows the current state of every feed.")
    elif not send:
        for url in not_told:
            terminal.result(f"not told: {url}")
