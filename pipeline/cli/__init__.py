"""The command `pressroom`: parse, call an action, print, exit; nothing else.

The modules here import Click and what prints. A command's module is imported when it is called, and
everything else inside the commands, so that `pressroom --help` answers at once.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import chdir
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

import pipeline

if "open_workspace" not in getattr(pipeline, "__all__", ()):
    raise SystemExit(
        "pressroom: another package has overwritten the folder `pipeline` of this environment. "
        "Install Pressroom in an environment of its own, for example with pipx or `uv tool install`."
    )

from pipeline import __version__
from pipeline.errors import PressroomError


class LateCommand(click.Command):
    """A command in the list of all. Its module, of which `path` has the name, is imported when it is called.

    `summary` is the first sentence of its help.
    """

    def __init__(self, path: str, summary: str) -> None:
        self._module, _, self._function = path.rpartition(".")
        super().__init__(self._function.rstrip("_"), help=summary)

    def load(self) -> click.Command:
        """Return the command itself."""
        return cast(click.Command, getattr(import_module(f"pipeline.cli.{self._module}"), self._function))


_OTHER_NAMES = {
    "freeze": "assemble",
    "deploy": "build",
    "publish": "build",
    "render": "build",
    "open": "preview",
    "serve": "preview",
    "view": "preview",
    "deliver": "send",
    "lint": "check",
    "validate": "check",
}
"""Words for the work of a command. The nearest name would be another one: "feed" for "freeze"."""


class _Group(click.Group):
    """Catches every expected error, here and nowhere else."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names. Fails with its name for a word that others use."""
        if other := _OTHER_NAMES.get(args[0]):
            ctx.fail(f"No such command '{args[0]}'. Here it is '{other}'.")
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LateCommand) else command, rest

    def invoke(self, ctx: click.Context) -> Any:
        from pipeline.cli.terminal import fail, show_other_mistakes

        if threading.current_thread() is threading.main_thread():
            # So that unfinished files are deleted, as after Ctrl-C. Windows has no SIGHUP.
            for name in {"SIGTERM", "SIGHUP"} & {each.name for each in signal.Signals}:
                signal.signal(signal.Signals[name], lambda number, _: sys.exit(128 + number))
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
    help="Work as if started in this folder: all paths that you type are relative to it.",
)
@click.pass_context
def main(ctx: click.Context, workspace: str) -> None:
    """Assemble newsletter issues from tagged articles; render, check and export them.

    Commands find the workspace by walking up to newsletter.toml. An issue is named by its
    number, its slug or `latest`.
    """
    if workspace != ".":
        ctx.obj = Path.cwd()
        ctx.with_resource(chdir(workspace))


for command in (
    LateCommand("new_commands.init", "Make a new workspace in DIR, with a first issue to build."),
    LateCommand("new_commands.new", "Create a new issue or article, as a file to write in."),
    LateCommand("link_commands.add", "Add the link URL to this month's list."),
    LateCommand("import_command.import_", "Bring foreign writing into the pool as clean articles."),
    LateCommand("list_commands.articles", "List the articles of the pool, newest first."),
    LateCommand("link_commands.links", "List the links, first those that wait for an issue."),
    LateCommand("list_commands.tags", "List the tags, with how many articles and links have each."),
    LateCommand("assemble_commands.plan", "Show for each article and link why it is in or out of ISSUE."),
    LateCommand("assemble_commands.assemble", "Select what ISSUE carries, and freeze it in its issue.lock."),
    LateCommand("build_command.build", "Build the emails, and the site with its feeds."),
    LateCommand("feed_command.feed", "Build the feeds alone: RSS, Atom and JSON Feed."),
    LateCommand("check_command.check", "Find mistakes in ISSUE, or in all of them."),
    LateCommand("preview_command.preview", "Show ISSUE as its readers will see it, live while you write."),
    LateCommand("test_command.test", "Make a test message of ISSUE, as one reader would get it."),
    LateCommand("approve_command.approve", "Approve ISSUE as it is now, in a file that you commit."),
    LateCommand("export_command.export", "Export ISSUE, ready for the service that sends it."),
    LateCommand("send_command.send", "Send ISSUE to everyone on a list."),
    LateCommand("subscribers_commands.subscribers", "Keep the list of those who must get no mail."),
    LateCommand("list_commands.status", "Show how far each issue is, and what comes next."),
    LateCommand("doctor_command.doctor", "Examine the domain that you send from, as receivers will."),
    LateCommand("completion_command.completion", "Print the completion script for SHELL."),
):
    main.add_command(command)
