"""A workspace read whole: settings, pool, issues and locks. Every command begins with this."""

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
from pipeline.support.templating import Templates


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace without mistakes. `assembler` has its locks."""

    files: WorkspaceFiles
    pool: Pool
    issues: Issues
    assembler: Assembler

    @property
    def templates(self) -> Templates:
        """The workspace's own templates over those of the theme that it names."""
        return Templates(self.files.templates, self.files.publication.theme.name)


def open_workspace(start: Path | str = ".") -> Workspace:
    """Read the workspace at or above the folder `start`.

    Raises `WorkspaceNotFound`, or `Mistakes` with everything that is wrong in its files.
    """
    errors: list[PressroomError] = []
    files = open_workspace_files(Path(start), errors)
    pool = read_pool(files, errors)
    issues = read_issues(files, errors)
    raise_all(errors)
    return Workspace(files, pool, issues, Assembler(files, pool, issues))


def edition_audience(issue: Issue, name: str | None) -> str:
    """Return the audience of this name, or the issue's first one.

    Raises `PressroomError` for an audience that the issue has no edition for.
    """
    audience = name or issue.audiences[0]
    if audience not in issue.audiences:
        raise PressroomError(
            f'the issue has no edition for "{audience}".',
            *issue.place,
            suggest(audience, issue.audiences) or f"It has: {', '.join(issue.audiences)}.",
        )
    return audience


def without_drafts(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return the issues that a command without a name works on: all but the drafts."""
    return tuple(issue for issue in issues if not issue.draft)
