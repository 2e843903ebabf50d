"""A workspace that was read whole: what every command begins with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.articles.pool import Pool, read_pool
from pipeline.assemble.assembler import Assembler
from pipeline.assemble.issues import Issues, read_issues
from pipeline.config.workspace_files import WorkspaceFiles, open_workspace_files
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.model import Issue


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that was read without a mistake: its pool, its issues and their locks."""

    files: WorkspaceFiles
    pool: Pool
    issues: Issues
    assembler: Assembler


def open_workspace(start: Path) -> Workspace:
    """Read the whole workspace. Raises every mistake in it at once."""
    errors: list[PressroomError] = []
    workspace = open_workspace_files(start, errors)
    pool = read_pool(workspace, errors)
    issues = read_issues(workspace, errors)
    raise_all(errors)
    return Workspace(workspace, pool, issues, Assembler(workspace, pool, issues))


def audience_of(issue: Issue, named: str | None) -> str:
    """The audience whose edition is meant: the one named, or the issue's first.

    Raises `PressroomError` for an audience that the issue has no edition for.
    """
    audience = named or issue.audiences[0]
    if audience not in issue.audiences:
        raise PressroomError(
            f'the issue has no edition for "{audience}".',
            issue.place.path,
            issue.place.line,
            suggest(audience, issue.audiences) or f"It has: {', '.join(issue.audiences)}.",
        )
    return audience


def ready(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The issues that a build without names takes: all but the drafts."""
    return tuple(issue for issue in issues if not issue.draft)
