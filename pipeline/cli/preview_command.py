"""`preview`: a local web page that shows an issue as its readers will see it, while it is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from pipeline.cli import terminal
from pipeline.cli.options import complete_issue


@click.command()
@click.argument("issue", default="latest", metavar="[ISSUE]", shell_complete=complete_issue)
@click.option("--audience", default="", help="The edition to show first. Default: the issue's first.")
@click.option(
    "--recipients",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Readers to preview as: one per row, with columns named like merge fields.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on. Default: 4780, or a free one."
)
@click.option("--no-browser", is_flag=True, help="Print the address without opening a browser.")
@click.pass_context
def preview(
    ctx: click.Context, issue: str, audience: str, recipients: Path | None, port: int | None, no_browser: bool
) -> None:
    """Show ISSUE as its readers will see it, live while you write.

    A page in the browser shows the email for phone, tablet and desktop, light and dark, without images and as
    Outlook shows it; the text part, the inbox line, the web page, the feeds and the source. Panels
    beside it show findings, the plan (which can be changed there), the size, the links, and what has
    changed since the last build. Only this machine can reach the page. Ctrl-C ends it.

    \b
    Examples:
      pressroom preview
      pressroom preview 3 --audience clinicians
      pressroom preview 3 --recipients lists/readers.csv --no-browser
    """
    from pipeline.preview.server import PreviewServer
    from pipeline.preview.session import SelectedEdition, first_readers

    rows, errors = first_readers(recipients) if recipients else ([], [])
    server = PreviewServer(Path(), SelectedEdition(issue, audience), rows, port)
    terminal.result(server.address)
    for error in errors:
        terminal.message(str(error))
    here = "It is there until Ctrl-C, for this machine only."
    terminal.message(f"Open this address in a browser if none opens. {here}")
    if not no_browser:
        _open_browser(server.address)
    server.run()


def _open_browser(address: str) -> None:
    """Open the address in a browser if there is one, without a word of it in this terminal."""
    # -I: a file of the workspace may have the name of a module.
    subprocess.Popen(
        [sys.executable, "-I", "-m", "webbrowser", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
