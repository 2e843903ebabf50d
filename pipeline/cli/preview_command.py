"""`preview`: a page on this machine that shows an issue as its readers will, while it is written."""

from __future__ import annotations

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
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Readers to look as: a row each, with columns named like merge fields.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on. Default: 4780, or a free one."
)
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@click.pass_context
def preview(
    ctx: click.Context, issue: str, audience: str, recipients: Path | None, port: int | None, no_browser: bool
) -> None:
    """Show ISSUE in the browser as its readers will see it, live while files are saved.

    The page has the email for phone, tablet and desk, light and dark, without pictures and as
    Outlook takes it; the text part, the inbox line, the web page, the feeds, and what is behind
    them. Beside it stand what the checks find, the plan, which can be changed there, the size,
    the links, and what has changed since the last build. Only this machine can reach it. Ctrl-C
    ends it.

    \b
    Examples:
      pressroom preview
      pressroom preview 3 --audience clinicians
      pressroom preview 3 --recipients readers.csv --no-browser
    """
    from pipeline.preview.server import serve
    from pipeline.preview.session import SelectedEdition
    from pipeline.support.recipients import all_recipients

    rows = all_recipients(recipients, str(recipients)) if recipients else ()

    def ready(address: str) -> None:
        terminal.result(address)
        terminal.message("The preview stands at this address until Ctrl-C. It is for this machine alone.")
        if not no_browser:
            click.launch(address)

    serve(Path(ctx.obj or "."), SelectedEdition(issue, audience), rows, port, ready)
