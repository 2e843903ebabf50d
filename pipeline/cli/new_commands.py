"""`init` and `new`: create a workspace, an issue or an article."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal
from pipeline.cli.options import (
    MomentType,
    complete_issue,
    complete_kind,
    complete_tag,
    complete_theme,
    json_option,
    now_option,
    spelt_tags,
    time_or_now,
    workspace_of,
)

if TYPE_CHECKING:
    from pipeline.actions.scaffold import NewPublication


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", default="My newsletter", show_default=True, help="The publication's title.")
@click.option(
    "--kind",
    default="magazine",
    show_default=True,
    shell_complete=complete_kind,
    help="letter: by one person; roundup: links with a comment each; magazine: articles in sections.",
)
@click.option(
    "--theme",
    default="",
    shell_complete=complete_theme,
    help="The theme of emails and pages. Default: one that suits the kind.",
)
@click.option("--sender", help="Who the emails are from, such as 'The Harbour Letter <me@example.org>'.")
@click.option("--postal-address", help="The postal address in the footer of each email.")
@click.option("--base-url", help="Where the web edition will be published.")
@click.option("--nested", is_flag=True, help="Do not ask if DIR is inside another workspace.")
@json_option
@now_option
@click.pass_context
def init(
    ctx: click.Context,
    folder: Path,
    title: str,
    kind: str,
    theme: str,
    sender: str | None,
    postal_address: str | None,
    base_url: str | None,
    nested: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Make a new workspace in DIR, with a first issue to build.

    On a terminal it asks for the sender, the postal address and the address of the web edition. What
    is not answered is written as a placeholder, which stops an export; without the web address no
    issue is frozen either.

    \b
    Examples:
      pressroom init my-newsletter
      pressroom init my-newsletter --title "The Harbour Letter" --kind letter
      pressroom init my-newsletter --theme digest
    """
    from zoneinfo import ZoneInfo

    from pipeline.actions.scaffold import NewPublication, init_workspace, new_workspace_files
    from pipeline.config.workspace_files import POOL

    shown = Path(ctx.find_root().params["workspace"]) / folder  # as the shell finds it
    if not nested:
        _ask_if_nested(folder)
    moment = time_or_now(now, ZoneInfo("UTC"))
    publication = NewPublication(title, kind, theme, sender or "", postal_address or "", base_url or "")
    if stdin_is_terminal():
        new_workspace_files(folder, publication, moment)  # a mistake in the options comes before questions
        if None in (sender, postal_address, base_url):
            terminal.message("Press Enter to answer later, in newsletter.toml.")
        for key, answer, question in (
            ("sender", sender, "The address that the emails come from (me@example.org)"),
            ("postal_address", postal_address, "Your postal address, which most countries' laws ask for"),
            ("base_url", base_url, "The web address where the issues will be published (https://…)"),
        ):
            if answer is None:
                publication = _ask(question, key, publication, folder, moment)
    written = init_workspace(folder, publication, moment)
    if as_json:
        terminal.print_json({"workspace": str(shown), "files": list(written)})
        return
    for path in written:
        terminal.result(str(shown / path))
    look = "plan" if any(path.startswith(POOL) for path in written) else "preview"
    here = folder.resolve() == (ctx.obj or Path.cwd())
    steps = [*([] if here else [f"cd {quote(str(shown))}"]), f"pressroom {look} 1", "pressroom build"]
    terminal.message("\nNext:  " + "\n       ".join(steps))
    later = [key for key in ("base_url", "sender", "postal_address") if not getattr(publication, key)]
    if later:
        terminal.message(f"Before you freeze an issue, write yours into newsletter.toml: {', '.join(later)}.")


def stdin_is_terminal() -> bool:
    """Whether there is someone to answer."""
    return sys.stdin.isatty()


def _ask(question: str, key: str, publication: NewPublication, folder: Path, now: datetime) -> NewPublication:
    """Ask for a setting until the answer is one that it can have. Returns the publication with the answer."""
    from pipeline.actions.scaffold import new_workspace_files
    from pipeline.errors import PressroomError

    while True:
        answer = click.prompt(question, default="", show_default=False, err=True)
        answered = replace(publication, **{key: answer})
        try:
            new_workspace_files(folder, answered, now)
        except PressroomError as error:
            terminal.show_mistakes(error.errors)
        else:
            return answered


def _ask_if_nested(folder: Path) -> None:
    """Ask whether to make a workspace inside another one. Raises `PressroomError` where nobody can answer."""
    from pipeline.errors import PressroomError, WorkspaceNotFound
    from pipeline.support.workspace_root import find_root

    try:
        outer = find_root(folder.resolve().parent)
    except WorkspaceNotFound:
        return
    inside = f"is inside the workspace {outer}"
    if not stdin_is_terminal():
        hint = "Name a folder elsewhere, or make it there all the same: --nested"
        raise PressroomError(f"{inside}.", str(folder), hint=hint)
    click.confirm(f"{folder} {inside}. Make another one there?", abort=True, err=True)


@click.group()
def new() -> None:
    """Create a new issue or article, as a file to write in.

    \b
    Examples:
      pressroom new article "The glutamate switch" --tag neuroplasticity
      pressroom new issue "The plastic brain"
    """


@new.command("issue")
@click.argument("title")
@click.option("--number", type=click.IntRange(min=1), help="Default: the next free number.")
@click.option("--date", "dated", type=MomentType(), help="Default: today.")
@click.option(
    "--from",
    "earlier",
    metavar="ISSUE",
    shell_complete=complete_issue,
    help="Take the sections and settings of this issue.",
)
@json_option
@now_option
@click.pass_context
def new_issue(
    ctx: click.Context,
    title: str,
    number: int | None,
    dated: datetime | None,
    earlier: str | None,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Create a draft issue named TITLE, with the next free number.

    \b
    Examples:
      pressroom new issue "The plastic brain"
      pressroom new issue "The plastic brain" --date 2026-02-01
      pressroom new issue "A window, not a cure" --from 12
    """
    from pipeline.actions.scaffold import new_issue as make
    from pipeline.actions.scaffold import taken_over

    workspace = workspace_of(ctx)
    source = workspace.issues.find(earlier) if earlier else None
    path = make(workspace, title, number, dated or time_or_now(now, workspace.files.zone), source)
    _show_path(path, as_json)
    for warning in taken_over(source) if source else ():
        terminal.message(warning)


@new.command("article")
@click.argument("title")
@click.option("--tag", "tags", multiple=True, help="A tag; repeat it for more.", shell_complete=complete_tag)
@click.option("--date", "dated", type=MomentType(), help="Default: today.")
@click.option("--with-images", is_flag=True, help="Make a folder with index.md, for images beside it.")
@json_option
@now_option
@click.pass_context
def new_article(
    ctx: click.Context,
    title: str,
    tags: tuple[str, ...],
    dated: datetime | None,
    with_images: bool,
    as_json: bool,
    now: datetime | None,
) -> None:
    """Create a draft article named TITLE.

    \b
    Examples:
      pressroom new article "The glutamate switch" --tag ketamine --tag glutamate
      pressroom new article "A picture essay" --with-images
    """
    from pipeline.actions.scaffold import new_article as make
    from pipeline.actions.scaffold import tag_without_section

    workspace = workspace_of(ctx)
    tags = spelt_tags(workspace, tags)
    path = make(workspace, title, tags, dated or time_or_now(now, workspace.files.zone), with_images)
    _show_path(path, as_json)
    if warning := tag_without_section(workspace, tags):
        terminal.message(warning)


def _show_path(path: str, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"path": path})
    else:
        terminal.result(path)
