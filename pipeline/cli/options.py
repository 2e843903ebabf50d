"""Arguments and options that several commands share, and what a shell completes for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click
from click.shell_completion import CompletionItem

from pipeline.errors import PressroomError

if TYPE_CHECKING:
    from pipeline.workspace import Workspace

    _MomentParam = click.ParamType[datetime]
else:
    _MomentParam = click.ParamType  # it takes a type only from Click 8.5 on

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def workspace_of(ctx: click.Context) -> Workspace:
    """The workspace that the command works on."""
    from pipeline.workspace import open_workspace

    return open_workspace(Path(ctx.obj or "."))


class MomentType(_MomentParam):
    """A date, or a date with time, as ISO 8601 writes them."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; without an offset it is one of the publication's time zone, filled in later."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date. Write it as 2026-01-31 or 2026-01-31T09:00.", param, ctx)


now_option = click.option(
    "--now",
    type=MomentType(),
    help="Take this for the present moment, instead of what the clock says.",
)


def moment(given: datetime | None, zone: ZoneInfo) -> datetime:
    """The given moment, or the clock's: the one place where a command reads it."""
    if given is None:
        return datetime.now(zone).replace(microsecond=0)
    return given if given.tzinfo else given.replace(tzinfo=zone)


# --- completion ------------------------------------------------------------------------------


def complete_issue(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Numbers, with their titles as help; folders' slugs; `latest`."""
    try:
        issues = list(workspace_of(ctx.find_root()).issues)
    except PressroomError:
        return []
    found = [CompletionItem(str(issue.number), help=issue.title) for issue in issues]
    found += [CompletionItem(issue.slug, help=issue.title) for issue in issues]
    found.append(CompletionItem("latest"))
    return [item for item in found if item.value.startswith(incomplete)]


def complete_slug(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Articles' slugs, with their titles as help."""
    try:
        pool = workspace_of(ctx.find_root()).pool
    except PressroomError:
        return []
    return [CompletionItem(s, help=a.title) for s, a in pool.items() if s.startswith(incomplete)]


def complete_tag(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Tags, with the number of their articles as help."""
    try:
        tags = workspace_of(ctx.find_root()).pool.tags
    except PressroomError:
        return []
    return [CompletionItem(tag, help=str(n)) for tag, n in tags.items() if tag.startswith(incomplete)]


def complete_theme(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The packaged themes, with their descriptions as help."""
    from pipeline.config.themes import read_theme, theme_names

    return [
        CompletionItem(name, help=read_theme(name, None, []).description)
        for name in theme_names(None)
        if name.startswith(incomplete)
    ]


def issue_argument() -> Callable[[Command], Command]:
    """One issue: by number, slug or `latest`."""
    return click.argument("issue", shell_complete=complete_issue)
