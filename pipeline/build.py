"""The stages in their order: read this first.

`workspace → articles → assemble → compose → render (email, text, site, feeds) → export`

Each stage takes values and gives values; what they give is written at the end, all of it or
nothing. The clock comes in as `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.articles.pool import Pool, read_pool
from pipeline.assemble.desk import Desk
from pipeline.assemble.issues import Issues, read_issues
from pipeline.compose import Composer
from pipeline.errors import PressroomError, raise_all
from pipeline.model import AssembledIssue, ComposedEdition, Finding, Issue, OutputFile
from pipeline.workspace import Workspace, open_workspace

Progress = Callable[[Sequence[Issue]], Iterable[Issue]]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A workspace that was read without a mistake: its pool, its issues and their locks."""

    workspace: Workspace
    pool: Pool
    issues: Issues
    desk: Desk


@dataclass(frozen=True, slots=True)
class Report:
    """What a build made: the folders written, relative to the workspace, and what it found."""

    issues: tuple[tuple[AssembledIssue, tuple[ComposedEdition, ...]], ...]
    folders: tuple[str, ...]
    findings: tuple[Finding, ...]
    sizes: dict[str, int]


def open_newsroom(start: Path) -> Newsroom:
    """Read the whole workspace. Raises every mistake in it at once."""
    errors: list[PressroomError] = []
    workspace = open_workspace(start, errors)
    pool = read_pool(workspace, errors)
    issues = read_issues(workspace, errors)
    raise_all(errors)
    return Newsroom(workspace, pool, issues, Desk(workspace, pool, issues))


def compose_issues(
    newsroom: Newsroom, issues: Iterable[Issue], composer: Composer
) -> tuple[tuple[AssembledIssue, tuple[ComposedEdition, ...]], ...]:
    """Assemble and compose these issues. Raises the mistakes of all of them at once."""
    errors: list[PressroomError] = []
    carriers = newsroom.desk.carriers()
    composed = []
    for issue in issues:
        try:
            assembled = newsroom.desk.assembled(issue)
            composed.append((assembled, composer.editions(assembled, carriers)))
        except PressroomError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(composed)


def edition_folder(edition: ComposedEdition) -> str:
    """Where an edition's files stand below `build/issues/`: the first one at the issue's own folder."""
    main = edition.audience == edition.issue.audiences[0]
    return edition.issue.folder if main else f"{edition.issue.folder}/{edition.audience}"


def bundle_files(
    newsroom: Newsroom, composer: Composer, editions: Iterable[ComposedEdition], images: str
) -> dict[str, tuple[OutputFile, ...]]:
    """Each edition's files by its folder: the one way in which an email is rendered."""
    from pipeline.email import render_email
    from pipeline.export.bundle import Images, bundle
    from pipeline.templating import Templates

    templates = Templates(newsroom.workspace.templates)
    publication = newsroom.workspace.publication
    logo = composer.logo()
    found: dict[str, tuple[OutputFile, ...]] = {}
    for edition in editions:
        rendered = render_email(edition, publication, logo, templates)
        files = bundle(edition, rendered, publication, composer.images.data, Images(images))
        found[edition_folder(edition)] = files
    return found
