"""`export`: an issue as the files that a sender takes, and as a draft at the service itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import terminal
from pipeline.cli.options import issue_argument, json_option, moment, now_option, workspace_of
from pipeline.model import FORMATS, TARGETS

if TYPE_CHECKING:
    from pipeline.actions.export import ExportRequest
    from pipeline.export.package import Package
    from pipeline.export.target import ApiRequest, Target
    from pipeline.model import Issue, OutputFile
    from pipeline.workspace import Workspace

_SHOWN = 160
"""Characters of a long value in a request that is shown to a person."""


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
    type=click.Choice((*FORMATS, *TARGETS)),
    default="bundle",
    help="Export for this service, in its own words; or as a message. Default: the neutral bundle.",
    metavar="TARGET",
)
@click.option(
    "--push", "to_push", is_flag=True, help="With --to: put it at the service as a draft; asks first."
)
@click.option("--yes", is_flag=True, help="With --push: do not ask.")
@click.option("--dry-run", is_flag=True, help="With --push: show the requests, and send none.")
@click.option("--anew", is_flag=True, help="With --push: make a new draft, and leave the earlier one alone.")
@click.option("--audience", help="The edition to export. Default: the issue's first.")
@click.option("--zip", "as_zip", is_flag=True, help="Write a .zip (also where --output ends in .zip).")
@click.option(
    "--images",
    type=click.Choice(["hosted", "packed"]),
    default="hosted",
    show_default=True,
    help="Where the email finds its pictures: on the published site, or with it.",
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
    anew: bool,
    audience: str | None,
    as_zip: bool,
    images: str,
    force: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Export ISSUE as a neutral bundle, or for the service that sends it.

    The bundle holds email.html, email.txt, email.eml, email.mjml, images/ and issue.json, which
    lists subject, preview text, sender, merge fields, sizes and checksums. The issue must be
    frozen, so that what is sent can be made again, and it is checked first: a finding at error
    level stops the export.

    With --to it is what that service's screen asks for: merge fields in its own words, and what
    only looks like one written as text. What the service cannot say is refused. `--to eml` is one
    message. The targets: {targets}.

    With --push it stands there as a draft afterwards; nothing is ever sent to readers. A second
    push changes the same draft. The key comes from the environment or the system's keyring.

    \b
    Examples:
      pressroom export latest
      pressroom export latest --to mailchimp
      pressroom export latest --to mailchimp --push --dry-run
      pressroom export 3 --audience clinicians -o clinicians.zip
    """
    from pipeline.actions.export import ExportRequest, audience_to_export
    from pipeline.export.bundle import ImageMode

    if (yes or dry_run or anew) and not to_push:
        raise click.UsageError("--yes, --dry-run and --anew go with --push.")
    if to_push and target in FORMATS:
        raise click.UsageError("--push goes with --to and the name of a service.")
    workspace = workspace_of(ctx)
    found = workspace.issues.find(issue)
    audience = audience_to_export(workspace, found, audience)
    if _errors(workspace, found, audience) and not force:
        terminal.message("Not exported. Mend what is wrong, or export all the same with --force.")
        ctx.exit(1)
    zipped = as_zip or (output is not None and output.suffix == ".zip")
    wanted = ExportRequest(found, audience, ImageMode(images), output, zipped)
    if target in FORMATS:
        _export_as(workspace, wanted, target, as_json)
        return
    at = moment(now, workspace.files.zone)
    said = _export_for(workspace, wanted, target, _PushOptions(to_push, yes, dry_run, anew, at), as_json)
    if as_json:
        terminal.as_json(said)


export.help = (export.help or "").format(targets=", ".join((*FORMATS, *TARGETS)))


def _export_as(workspace: Workspace, wanted: ExportRequest, form: str, as_json: bool) -> None:
    from pipeline.actions.export import export_bundle, export_message

    place, files = (export_bundle if form == "bundle" else export_message)(workspace, wanted)
    if as_json:
        terminal.as_json({"issue": wanted.issue.folder, "output": str(place), "files": _sizes(files)})
        return
    _show_files(place, files)


@dataclass(frozen=True)
class _PushOptions:
    """What was said of a push."""

    wanted: bool
    yes: bool
    rehearse: bool
    anew: bool
    now: datetime


def _export_for(
    workspace: Workspace, wanted: ExportRequest, name: str, push: _PushOptions, as_json: bool
) -> dict[str, Any]:
    from pipeline.actions.export import check_keys, check_settings, export_for
    from pipeline.export.targets import find

    target = find(name)
    if push.wanted:
        place, made = export_for(workspace, wanted, target, check_settings if push.rehearse else check_keys)
    else:
        place, made = export_for(workspace, wanted, target)
    for warning in made.warnings:
        terminal.message(warning)
    said = {"issue": wanted.issue.folder, "target": name, "output": str(place), "files": _sizes(made.files)}
    if not as_json:
        _show_files(place, made.files)
        terminal.result(f"\n  subject       {made.delivery.subject}")
        if target.takes_preview:
            terminal.result(f"  preview text  {made.delivery.preview_text}")
    if push.wanted:
        return said | _push(workspace, wanted, target, made, push, as_json)
    terminal.message(f"\nIn {target.title}:")
    for number, step in enumerate(target.steps, 1):
        terminal.message(f"  {number}. {step}")
    return said


def _push(
    workspace: Workspace,
    wanted: ExportRequest,
    target: Target,
    made: Package,
    options: _PushOptions,
    as_json: bool,
) -> dict[str, Any]:
    from pipeline.actions.export import dry_run, push
    from pipeline.export.push import push_of

    if options.rehearse:
        requests = dry_run(workspace, wanted, target, made, anew=options.anew)
        if not as_json:
            terminal.result("")
            for each in requests:
                _show_request(each)
        return {"requests": [_request_json(each) for each in requests]}
    what = push_of(target).draft
    question = f'Put "{made.delivery.name}" at {target.title} as a {what}? Nothing is sent to readers.'
    if not options.yes and not click.confirm(question, err=True):
        terminal.message("Not pushed.")
        return {"draft": None}
    draft, updated = push(workspace, wanted, target, made, options.now, anew=options.anew)
    if not as_json:
        done = "brought up to date" if updated else "made"
        terminal.result(f"\n{target.title}: {what} {draft.id} {done}.\n{draft.address}")
    return {"draft": {"id": draft.id, "address": draft.address, "updated": updated}}


def _show_files(place: Path, files: Iterable[OutputFile]) -> None:
    terminal.result(str(place))
    for each in files:
        terminal.result(f"  {each.path}  {terminal.size(len(each.data))}")


def _sizes(files: Iterable[OutputFile]) -> dict[str, int]:
    return {each.path: len(each.data) for each in files}


def _show_request(request: ApiRequest) -> None:
    terminal.result(f"{request.method} {request.url}")
    if request.body:
        shown = json.dumps(_shortened(request.body), indent=2, ensure_ascii=False)
        terminal.result("\n".join(f"  {line}" for line in shown.split("\n")))


def _request_json(request: ApiRequest) -> dict[str, Any]:
    return {"method": request.method, "url": request.url, "body": request.body}


def _shortened(value: Any) -> Any:
    """The same with long texts cut, for a person to read."""
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]}… ({terminal.size(len(value.encode()))})"
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list) else value


def _errors(workspace: Workspace, issue: Issue, audience: str) -> int:
    """Check the edition that is exported; shows what is found, and gives the number of errors."""
    from pipeline.actions.check import check
    from pipeline.checks.rules import RULES
    from pipeline.model import Severity

    found = [
        finding
        for checked in check(workspace, [issue], RULES)
        if checked.edition.audience == audience
        for finding in checked.findings
        if finding.severity is not Severity.NOTE
    ]
    return terminal.findings(found)
