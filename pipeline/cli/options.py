"""Arguments and options that several commands share, and shell completion for them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from pipeline.cli import terminal
from pipeline.errors import PressroomError, suggest
from pipeline.support.limits import YEARS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.model import Issue
    from pipeline.support.last_run import LastRun
    from pipeline.workspace import Workspace

    _MomentParam = click.ParamType[datetime]
    _TextChoice = click.Choice[str]
else:
    _MomentParam = click.ParamType  # generic only since Click 8.5
    _TextChoice = click.Choice

Command = TypeVar("Command", bound=Callable[..., Any])


def _remember_json(ctx: click.Context, _: click.Parameter, as_json: bool) -> bool:
    ctx.meta[terminal.AS_JSON] = as_json
    return as_json


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_remember_json, help="Print the result as JSON."
)


def workspace_of(ctx: click.Context) -> Workspace:
    """Open the workspace that the command works on."""
    from pipeline.workspace import open_workspace

    workspace = open_workspace(Path())
    # All of it is kept until the command ends: no search for garbage has to look at it.
    gc.freeze()
    ctx.call_on_close(gc.unfreeze)
    ctx.meta[terminal.MISTAKES] = workspace.mistakes
    ctx.call_on_close(workspace.files.cache.save)
    return workspace


def spelt_tags(workspace: Workspace, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags as the workspace spells them, and say of which that is not as they were typed."""
    spellings = workspace.spell_tags(tags)
    for tag, spelling in spellings.items():
        if spelling != tag:
            terminal.message(f'The tag "{tag}" is spelt "{spelling}" here, so that is used.')
    return tuple(dict.fromkeys(spellings.values()))


def begin_building(ctx: click.Context) -> None:
    """Wait until no other command builds in this workspace: what is kept must be what this has written."""
    from pipeline.support.files import one_at_a_time
    from pipeline.support.workspace_root import find_root

    # What a build composes stays until its end: to look at all of it time and again finds no garbage.
    ctx.call_on_close(partial(gc.set_threshold, *gc.get_threshold()))
    gc.set_threshold(10_000, 50, 50)
    ctx.with_resource(one_at_a_time(find_root(Path())))


def last_run_of(ctx: click.Context, command: str, *options: object) -> LastRun:
    """Find the last run of a command with these options in the workspace that it works on."""
    from pipeline.support.last_run import LastRun
    from pipeline.support.workspace_root import find_root

    return LastRun(find_root(Path()), command, (terminal.appearance(), *options))


def named_issues(workspace: Workspace, names: tuple[str, ...]) -> tuple[Issue, ...]:
    """Find the issues of these names, each once. Raises `NotFound` for a name that no issue has."""
    return tuple({issue.number: issue for issue in map(workspace.issues.find, names)}.values())


class SuggestingChoice(_TextChoice):
    """One of several words; a misspelt one is answered with the nearest of them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word. Fails with the nearest one, or with all of them."""
        if value not in self.choices and (near := suggest(str(value), self.choices)):
            self.fail(f"there is no {value!r}. {near}", param, ctx)
        return super().convert(value, param, ctx)


class MomentType(_MomentParam):
    """A date, or a date with a time, in ISO 8601."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse it. Without an offset, `time_or_now` adds the publication's time zone later."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date. Write it as 2026-01-31 or 2026-01-31T09:00.", param, ctx)
        if moment.year not in YEARS:
            self.fail(f"{value!r} is in the year {moment.year}. Write it as 2026-01-31.", param, ctx)
        return moment


now_option = click.option(
    "--now",
    type=MomentType(),
    help="Use this as the present time, instead of the clock.",
)


def time_or_now(time: datetime | None, zone: ZoneInfo) -> datetime:
    """Return the time in a time zone, or the present one.

    A time that clocks skip in spring is the one that they show instead.
    """
    if time is None:
        return datetime.now(zone).replace(microsecond=0)
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


# --- completion ------------------------------------------------------------------------------


def _workspace_named(ctx: click.Context) -> Workspace:
    """Open the workspace of the command that is being typed, which does not run, and goes into no folder."""
    from pipeline.workspace import open_workspace

    folder: str | None = ctx.find_root().params["workspace"]
    if folder is None:
        raise PressroomError("there is no such folder.")
    return open_workspace(folder)


def complete_issue(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the numbers and slugs of issues, with titles as help, and `latest`."""
    try:
        issues = _workspace_named(ctx).issues
    except (PressroomError, OSError):
        return []
    items = [CompletionItem(str(issue.number), help=issue.title) for issue in issues]
    items += [CompletionItem(issue.slug, help=issue.title) for issue in issues]
    items.append(CompletionItem("latest"))
    return [item for item in items if item.value.startswith(incomplete)]


def complete_tag(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete tags, with the number of their articles as help."""
    try:
        tags = _workspace_named(ctx).pool.tags
    except (PressroomError, OSError):
        return []
    return [CompletionItem(tag, help=f"{n:,}") for tag, n in tags.items() if tag.startswith(incomplete)]


def complete_theme(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the packaged themes, with their descriptions as help."""
    from pipeline.config.themes import read_theme, theme_names

    return [
        CompletionItem(name, help=read_theme(name, None, []).description)
        for name in theme_names(None)
        if name.startswith(incomplete)
    ]


def complete_kind(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the kinds of a new workspace."""
    from pipeline.actions.scaffold import KINDS

    return [CompletionItem(kind) for kind in KINDS if kind.startswith(incomplete)]


def issue_argument() -> Callable[[Command], Command]:
    """Return the argument for one issue: its number, its slug or `latest`."""
    return click.argument("issue", shell_complete=complete_issue)
