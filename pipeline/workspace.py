"""A workspace read whole: settings, pool, issues and locks. Every command begins with this.

What parses a file is imported when one is parsed: most commands find all files as the last one did.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.articles.pool import Pool, read_pool
from pipeline.articles.spellings import spell_alike, usual_spellings
from pipeline.assemble.assembler import Assembler
from pipeline.assemble.issues import Issues, read_issues
from pipeline.config.workspace_files import WorkspaceFiles, open_workspace_files
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.model import Issue, PoolItem

if TYPE_CHECKING:
    from pipeline.support.templating import Templates


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace whose settings are sound. `assembler` has its locks.

    An article or issue with mistakes stops only what uses it: `pool` and `issues` have them.
    """

    files: WorkspaceFiles
    pool: Pool
    issues: Issues
    assembler: Assembler

    @property
    def templates(self) -> Templates:
        """The workspace's own templates over those of the theme that it names."""
        from pipeline.support.templating import Templates

        return Templates(self.files.templates, self.files.publication.theme.name, self.files.cache)

    def published_issues(self) -> tuple[Issue, ...]:
        """Return the issues that may be on the site: frozen, and not a draft.

        Raises the mistakes of those that cannot be read: without them, the site would lose their pages.
        """
        locks, broken = self.assembler.locks, self.assembler.broken
        frozen = locks.keys() | broken.keys()
        raise_all(
            error
            for issue in self.issues.broken
            if issue.folder in frozen and not issue.draft
            for error in issue.mistakes
        )
        return tuple(issue for issue in without_drafts(self.issues) if issue.folder in frozen)

    def tag_spellings(self) -> dict[str, str]:
        """Map the `path_part` of each tag to its spelling: in articles and links, else in the settings."""
        items: tuple[PoolItem, ...] = (*self.pool.values(), *self.pool.links.values())
        spellings = usual_spellings(tag for item in items for tag in item.tags)
        publication = self.files.publication
        rules = (*publication.sections, *(rule for issue in self.issues for rule in issue.sections))
        for rule in rules:
            spell_alike((*rule.tags.any, *rule.tags.all, *rule.tags.none), spellings)
        for disclaimer in publication.disclaimers:
            spell_alike(disclaimer.tags, spellings)
        return spellings

    def spell_tags(self, tags: Iterable[str]) -> dict[str, str]:
        """Map each of these tags to its spelling here; to the first of these for one that is new."""
        spellings = self.tag_spellings()
        return {tag: spell_alike([tag], spellings)[0] for tag in tags}

    @property
    def mistakes(self) -> tuple[PressroomError, ...]:
        """What is wrong in articles and in the front matter of issues, used or not."""
        return (
            *(error for errors in self.pool.mistakes.values() for error in errors),
            *(error for issue in self.issues.broken for error in issue.mistakes),
        )


def open_workspace(start: Path | str = ".", before: Workspace | None = None) -> Workspace:
    """Read the workspace at or above the folder `start`.

    `before` is the same workspace as it was opened earlier: only what was changed since then is read.
    Raises `WorkspaceNotFound`, or `Mistakes` if its settings are not sound, with all else that is wrong.
    """
    errors: list[PressroomError] = []
    files = open_workspace_files(Path(start), errors, before.files if before else None)
    with _no_garbage():
        pool = read_pool(files)
        issues = read_issues(files, pool)
        workspace = Workspace(files, pool, issues, Assembler(files, pool, issues))
    if errors:
        raise_all((*errors, *workspace.mistakes))
    return workspace


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Search for no garbage in this block: what thousands of files become is all kept."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # freeze and unfreeze move every object to the oldest generation without a collection.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


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


def mistakes_of_issues(workspace: Workspace) -> list[PressroomError]:
    """Return the mistakes of all broken issues that are not drafts."""
    return [error for issue in workspace.issues.broken if not issue.draft for error in issue.mistakes]
