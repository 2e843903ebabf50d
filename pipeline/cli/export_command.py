"""`export`: an issue as files for the service that sends it, or as a draft at the service."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import terminal
from pipeline.cli.options import (
    SuggestingChoice,
    issue_argument,
    json_option,
    now_option,
    time_or_now,
    workspace_of,
)
from pipeline.model import FORMATS, TARGETS

if TYPE_CHECKING:
    from pipeline.actions.export import PackedExport, PreparedExport
    from pipeline.export.package import Package

_SHOWN = 160
"""Characters of a long value that are shown of a request."""


@click.command()
@issue_argument()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder or .zip to write. Default: build/export/<issue>.",
)
@click.option(
    "--to",
    "target",
    type=SuggestingChoice((*FORMATS, *TARGETS)),
    default="bundle",
    help="The service to export for, or `eml` for a message. Default: the neutral bundle.",
    metavar="TARGET",
)
@click.option(
    "--push", "to_push", is_flag=True, help="With --to: make it a draft at the service; asks first."
)
@click.option("--yes", is_flag=True, help="With --push: do not ask.")
@click.option("--dry-run", is_flag=True, help="With --push: show the requests, and send none.")
@click.option(
    "--new-draft", is_flag=True, help="With --push: make a new draft, and leave the earlier one as it is."
)
@click.option("--audience", help="The edition to export. Default: the issue's first.")
@click.option("--zip", "as_zip", is_flag=True, help="Write a .zip (also where --output ends in .zip).")
@click.option(
    "--images",
    type=click.Choice(["hosted", "packed"]),
    default="hosted",
    show_default=True,
    help="Where the email's images are: on the published site, or packed with it.",
)
@click.option("--force", is_flag=True, help="Export in spite of findings at error level.")
@json_option
@now_option
@click.pass_context
def export(
    ctx: click.Context,
    issue: str,
    output: Path | None,
    target: str,
    to_push: bool,
    yes: bool,
    dry_run: bool,
    new_draft: bool,
    audience: str | None,
    as_zip: bool,
    images: str,
    force: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Export ISSUE, ready for the service that sends it.

    Without --to it is a bundle for any of them: email.html, email.txt, email.eml, email.mjml, images/
    and issue.json, which lists subject, preview text, sender, merge fields, sizes and checksums. The
    issue must be frozen, so that what is sent can be made again. It is checked first: a finding at
    error level stops the export.

    --to makes what that service's screen asks for: merge fields in its own syntax, and text that
    only looks like one escaped. What the service cannot express is refused. `--to eml` makes one
    message. The targets: {targets}. (The --to of
    `send` names a list of recipients instead.)

    --push makes a draft at the service; nothing is ever sent to readers. A second push updates the
    same draft. The key comes from the environment or the system's keyring.

    \b
    Examples:
      pressroom export latest
      pressroom export latest --to mailchimp
      pressroom export latest --to mailchimp --push --dry-run
      pressroom export 3 --audience clinicians -o clinicians.zip
    """
    from pipeline.actions.export import ExportRequest, pack_export, prepare_export, write_export
    from pipeline.export.bundle import ImageMode
    from pipeline.model import Severity

    if (yes or dry_run or new_draft) and not to_push:
        raise click.UsageError("--yes, --dry-run and --new-draft go with --push.")
    if to_push and target in FORMATS:
        raise click.UsageError("--push goes with --to and the name of a service.")
    workspace = workspace_of(ctx)
    request = ExportRequest(workspace.issues.find(issue), target, audience, ImageMode(images), output, as_zip)
    prepared = prepare_export(workspace, request)
    shown = [each for each in prepared.findings if each.severity is not Severity.NOTE]
    if terminal.show_findings(shown) and not force:
        if as_json:
            errors = [each for each in shown if each.severity is Severity.ERROR]
            terminal.print_json({"errors": [each.values for each in errors]})
        terminal.message("Not exported. Correct what is wrong, or export anyway with --force.")
        ctx.exit(1)
    packed = pack_export(prepared)
    package = packed.package
    if to_push and package:
        from pipeline.actions.push import check_ready, check_settings

        # Before anything is written. A dry run needs no key and no approval.
        if dry_run:
            check_settings(package)
        else:
            check_ready(prepared, package)
    place = write_export(packed)
    sizes = {each.path: len(each.data) for each in packed.files}
    result: dict[str, Any] = {"issue": request.issue.folder, "output": str(place), "files": sizes}
    if package:
        result = {"issue": request.issue.folder, "target": target} | result
        for warning in package.warnings:
            terminal.message(warning)
    if not as_json:
        _show_export(place, packed)
        for other in () if audience else request.issue.audiences[1:]:
            terminal.message(f'The edition for "{other}" is another export: --audience {other}')
    if dry_run and package:
        result |= _dry_run(prepared, package, new_draft=new_draft, as_json=as_json)
    elif to_push and package:
        at = time_or_now(now, workspace.files.zone)
        result |= _push(prepared, package, at, new_draft=new_draft, yes=yes, as_json=as_json)
    elif package and not as_json:
        terminal.message(f"\nIn {package.target.title}:")
        for step in package.target.setup:
            terminal.message(f"  Once: {step}")
        for number, step in enumerate(package.target.steps, 1):
            terminal.message(f"  {number}. {step}")
    if as_json:
        terminal.print_json(result)


export.help = (export.help or "").format(targets=", ".join((*FORMATS, *TARGETS)))


def _show_export(place: Path, packed: PackedExport) -> None:
    terminal.result(str(place))
    for each in packed.files:
        terminal.result(f"  {each.path}  {terminal.size(len(each.data))}")
    package = packed.package
    if package:
        terminal.result(f"\n  subject       {package.edition.subject}")
        if package.target.takes_preview:
            terminal.result(f"  preview text  {package.edition.preview_text}")


def _dry_run(source: PreparedExport, package: Package, *, new_draft: bool, as_json: bool) -> dict[str, Any]:
    from pipeline.actions.push import dry_run_requests

    requests = dry_run_requests(source, package, new_draft=new_draft)
    if not as_json:
        terminal.result("")
        for each in requests:
            terminal.result(f"{each.method} {each.url}")
            if each.body:
                shown = json.dumps(_shortened(each.body), indent=2, ensure_ascii=False)
                terminal.result(indent(shown, "  "))
    return {"requests": [asdict(each) for each in requests]}


def _push(
    source: PreparedExport, package: Package, now: datetime, *, new_draft: bool, yes: bool, as_json: bool
) -> dict[str, Any]:
    from pipeline.actions.push import push_draft

    service = package.target
    kind = service.push.draft
    question = f'Put "{package.edition.name}" at {service.title} as a {kind}? Nothing is sent to readers.'
    if not yes and not click.confirm(question, err=True):
        terminal.message("Not pushed.")
        return {"draft": None}
    draft, updated = push_draft(source, package, now, new_draft=new_draft)
    if not as_json:
        what = "updated" if updated else "made"
        terminal.result(f"\n{service.title}: {kind} {draft.id} {what}.\n{draft.address}")
    return {"draft": {"id": draft.id, "address": draft.address, "updated": updated}}


def _shortened(value: Any) -> Any:
    """Return the value with long texts cut, for a person to read."""
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]}… ({terminal.size(len(value.encode()))})"
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list) else value
