"""`export`: an issue as the files that a sender takes."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import show
from pipeline.cli.options import issue_argument, json_option, newsroom


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
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    issue: str,
    output: Path | None,
    audience: str | None,
    as_zip: bool,
    images: str,
    as_json: bool,
) -> None:
    """Export ISSUE as a neutral bundle, ready to send.

    The bundle holds email.html, email.txt, email.eml, email.mjml, images/ and issue.json, which
    lists subject, preview text, sender, merge fields, sizes and checksums. The issue must be
    frozen, so that what is sent can be made again.

    \b
    Examples:
      pressroom export latest
      pressroom export 3 --audience clinicians -o clinicians.zip
    """
    from pipeline.build import export_edition

    room = newsroom(ctx)
    found = room.issues.find(issue)
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
