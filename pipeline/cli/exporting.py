"""`export`: an issue as the files that a sender takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import show
from pipeline.cli.options import issue_argument, json_option, newsroom
from pipeline.model import TARGETS

if TYPE_CHECKING:
    from pipeline.model import Issue
    from pipeline.newsroom import Newsroom


@click.command()
@issue_argument()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder or .zip to write. Default: build/export/<issue>.",
)
@click.option("--to", "target", type=click.Choice(TARGETS), help="Export for this service, in its own words.")
@click.option("--audience", help="The edition to export. Default: the issue's first.")
@click.option("--zip", "as_zip", is_flag=True, help="Write a .zip (also where --output ends in .zip).")
@click.option(
    "--images",
    type=click.Choice(["hosted", "packed"]),
    default="hosted",
    show_default=True,
    help="Where email.html finds its pictures: on the published site, or beside it.",
)
@click.option("--force", is_flag=True, help="Export in spite of findings at error level.")
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    issue: str,
    output: Path | None,
    target: str | None,
    audience: str | None,
    as_zip: bool,
    images: str,
    force: bool,
    as_json: bool,
) -> None:
    """Export ISSUE as a neutral bundle, ready to send.

    The bundle holds email.html, email.txt, email.eml, email.mjml, images/ and issue.json, which
    lists subject, preview text, sender, merge fields, sizes and checksums. The issue must be
    frozen, so that what is sent can be made again, and it is checked first: a finding at error
    level stops the export.

    With --to it is what that service's screen asks for: merge fields in its own words, and what
    only looks like one written as text. What the service cannot say is refused.

    \b
    Examples:
      pressroom export latest
      pressroom export latest --to mailchimp
      pressroom export 3 --audience clinicians -o clinicians.zip
    """
    from pipeline.build import audience_to_export, export_edition

    if target is not None and images == "packed":
        raise click.UsageError("--to goes with hosted pictures.")
    room = newsroom(ctx)
    found = room.issues.find(issue)
    audience = audience_to_export(room, found, audience)
    if _errors(room, found, audience) and not force:
        show.message("Not exported. Mend what is wrong, or export all the same with --force.")
        ctx.exit(1)
    zipped = as_zip or (output is not None and output.suffix == ".zip")
    if target is not None:
        _export_for(room, found, audience, target, output, zipped=zipped, as_json=as_json)
        return
    written, files = export_edition(room, found, audience, images, output, zipped=zipped)
    if as_json:
        show.as_json(
            {"issue": found.folder, "output": str(written), "files": {f.path: len(f.data) for f in files}}
        )
        return
    show.result(str(written))
    for each in files:
        show.result(f"  {each.path}  {show.size(len(each.data))}")


def _export_for(
    room: Newsroom,
    issue: Issue,
    audience: str,
    name: str,
    output: Path | None,
    *,
    zipped: bool,
    as_json: bool,
) -> None:
    from pipeline.build import export_for

    place, made, target = export_for(room, issue, audience, name, output, zipped=zipped)
    for warning in made.warnings:
        show.message(warning)
    files = {each.path: len(each.data) for each in made.files}
    if as_json:
        show.as_json({"issue": issue.folder, "target": name, "output": str(place), "files": files})
        return
    show.result(str(place))
    for path, size in files.items():
        show.result(f"  {path}  {show.size(size)}")
    show.result(f"\n  subject       {made.letter.subject}")
    if target.takes_preview:
        show.result(f"  preview text  {made.letter.preview_text}")
    show.message(f"\nIn {target.title}:")
    for number, step in enumerate(target.steps, 1):
        show.message(f"  {number}. {step}")


def _errors(room: Newsroom, issue: Issue, audience: str) -> int:
    """Check the edition that is exported; shows what is found, and gives the number of errors."""
    from pipeline.checks.rules import RULES
    from pipeline.model import Severity
    from pipeline.prove import check

    found = [
        finding
        for checked in check(room, [issue], RULES)
        if checked.edition.audience == audience
        for finding in checked.findings
        if finding.severity is not Severity.NOTE
    ]
    return show.findings(found)
