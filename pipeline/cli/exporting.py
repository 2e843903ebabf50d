"""`export`: an issue as the files that a sender takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import show
from pipeline.cli.options import issue_argument, json_option, newsroom

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

    \b
    Examples:
      pressroom export latest
      pressroom export 3 --audience clinicians -o clinicians.zip
    """
    from pipeline.build import audience_to_export, export_edition

    room = newsroom(ctx)
    found = room.issues.find(issue)
    audience = audience_to_export(room, found, audience)
    if _errors(room, found, audience) and not force:
        show.message("Not exported. Mend what is wrong, or export all the same with --force.")
        ctx.exit(1)
    zipped = as_zip or (output is not None and output.suffix == ".zip")
    written, files = export_edition(room, found, audience, images, output, zipped=zipped)
    if as_json:
        show.as_json(
            {"issue": found.folder, "output": str(written), "files": {f.path: len(f.data) for f in files}}
        )
        return
    show.result(str(written))
    for each in files:
        show.result(f"  {each.path}  {show.size(len(each.data))}")


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
