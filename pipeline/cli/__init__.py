"""The command `pressroom`: parse, call an action, print, exit; nothing else.

The modules here import Click and what prints. Everything else is imported inside the commands, so that
`pressroom --help` answers at once.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

import click

import pipeline

if "open_workspace" not in getattr(pipeline, "__all__", ()):
    raise SystemExit(
        "pressroom: another package has overwritten the folder `pipeline` of this environment. "
        "Install Pressroom in an environment of its own, for example with pipx or `uv tool install`."
    )

from pipeline import __version__
from pipeline.cli.approve_command import approve
from pipeline.cli.assemble_commands import assemble, plan
from pipeline.cli.build_command import build
from pipeline.cli.check_command import check
from pipeline.cli.completion_command import completion
from pipeline.cli.export_command import export
from pipeline.cli.feed_command import feed
from pipeline.cli.import_command import import_
from pipeline.cli.link_commands import add, links
from pipeline.cli.list_commands import articles, status, tags
from pipeline.cli.new_commands import init, new
from pipeline.cli.preview_command import preview
from pipeline.cli.terminal import fail, show_other_mistakes
from pipeline.cli.test_command import test
from pipeline.errors import PressroomError


class _Group(click.Group):
    """Catches every expected error, here and nowhere else."""

    def invoke(self, ctx: click.Context) -> Any:
        if threading.current_thread() is threading.main_thread():
            # So that unfinished files are deleted, as after Ctrl-C.
            signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            return super().invoke(ctx)
        except PressroomError as error:
            fail(ctx, error)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise  # Click ends without a message when the reader of a pipe is gone
            fail(ctx, PressroomError(f"{error.strerror or error}.", error.filename))
        finally:
            show_other_mistakes(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the work, not alphabetically."""
        return list(self.commands)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    epilog="Start with: pressroom init my-newsletter",
)
@click.version_option(__version__, prog_name="pressroom")
@click.option(
    "-C",
    "--workspace",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    help="Work as if started in this folder.",
)
@click.pass_context
def main(ctx: click.Context, workspace: str) -> None:
    """Assemble newsletter issues from tagged articles; render, check and export them.

    Commands find the workspace by walking up to newsletter.toml. An issue is named by its
    number, its slug or `latest`.
    """
    ctx.obj = workspace


for command in (init, new, add, import_, articles, links, tags, plan, assemble, build, feed, check):
    main.add_command(command)
for command in (preview, test, approve, export, status, completion):
    main.add_command(command)
