"""The stages in their order: read this first.

`workspace → articles → assemble → compose → render (email, text, site, feeds) → export`

Each stage takes values and gives values. Everything is made before anything is written, and each
folder is replaced as a whole, so that a mistake or an interruption leaves the last good build.
The clock comes in as `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.articles.pool import Pool, read_pool
from pipeline.assemble.desk import Desk
from pipeline.assemble.issues import Issues, read_issues
from pipeline.compose import Composer
from pipeline.email.message import build_message
from pipeline.email.render import render_email
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.export.bundle import Images, bundle, zip_bytes
from pipeline.files import write_atomically, write_folder
from pipeline.model import (
    AssembledIssue,
    ComposedEdition,
    Finding,
    Issue,
    OutputFile,
    Published,
    RenderedEmail,
)
from pipeline.templating import Templates
from pipeline.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from pipeline.checks.rule import Rule
    from pipeline.checks.run import Checked
    from pipeline.checks.subject import Subject

Composed = tuple[AssembledIssue, tuple[ComposedEdition, ...]]
Watch = Callable[[Iterable[Issue]], Iterable[Issue]]
"""Wraps the issues as they are worked on, so that a caller can show progress."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A workspace that was read without a mistake: its pool, its issues and their locks."""

    workspace: Workspace
    pool: Pool
    issues: Issues
    desk: Desk


@dataclass(frozen=True, slots=True)
class BuiltEdition:
    """One edition as built: its folder below the workspace, and the bytes of each of its files."""

    edition: ComposedEdition
    frozen: bool
    folder: str
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build made and found; `site_files` counts the files of the site, 0 where not built."""

    editions: tuple[BuiltEdition, ...]
    site_files: int
    findings: tuple[Finding, ...]


def open_newsroom(start: Path) -> Newsroom:
    """Read the whole workspace. Raises every mistake in it at once."""
    errors: list[PressroomError] = []
    workspace = open_workspace(start, errors)
    pool = read_pool(workspace, errors)
    issues = read_issues(workspace, errors)
    raise_all(errors)
    return Newsroom(workspace, pool, issues, Desk(workspace, pool, issues))


def build(
    newsroom: Newsroom, issues: Iterable[Issue], now: datetime, *, site: bool, watch: Watch = iter
) -> Report:
    """Build the emails of these issues, and the site with its feeds where `site`.

    Raises the mistakes of all issues at once, before anything is written.
    """
    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, issues, composer, watch)
    folders = {
        edition.folder: files for edition, files in render(newsroom, composer, composed, Images.PACKED)
    }
    findings = [finding for issue in issues for finding in newsroom.desk.stale_rules(issue)]
    site_files: tuple[OutputFile, ...] = ()
    if site:
        published = composer.published(composed, now)
        site_files = whole_site(newsroom, composer, published)
        findings += composer.dead_links(published)
    _write(newsroom.workspace, composed, folders, site_files if site else None)
    return Report(
        tuple(
            BuiltEdition(
                edition,
                assembled.frozen,
                f"build/issues/{edition.folder}",
                {each.path: len(each.data) for each in folders[edition.folder]},
            )
            for assembled, editions in composed
            for edition in editions
        ),
        len(site_files),
        tuple(findings),
    )


def build_feeds(newsroom: Newsroom, now: datetime) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Make the feeds anew, below `build/site`. Gives their paths, and what was found."""
    from pipeline.feeds.build import build_feeds as feed_files

    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, ready(newsroom.issues), composer)
    published = composer.published(composed, now)
    files = feed_files(published)
    for each in files:
        write_atomically(newsroom.workspace.build / "site" / each.path, each.data)
    return tuple(each.path for each in files), composer.dead_links(published)


def export_edition(
    newsroom: Newsroom, issue: Issue, audience: str | None, images: str, output: Path | None, *, zipped: bool
) -> tuple[Path, tuple[OutputFile, ...]]:
    """Export one edition of a frozen issue as a bundle; gives where it stands and its files.

    Raises `PressroomError` for an issue that is not frozen, an audience that it has no edition
    for, or an output that is there already and is no bundle.
    """
    audience = audience or issue.audiences[0]
    if audience not in issue.audiences:
        raise PressroomError(
            f'the issue has no edition for "{audience}".',
            issue.place.path,
            issue.place.line,
            suggest(audience, issue.audiences) or f"It has: {', '.join(issue.audiences)}.",
        )
    if issue.folder not in newsroom.desk.locks:
        raise PressroomError(
            "the issue is not frozen, so what is sent could not be made again.",
            issue.place.path,
            issue.place.line,
            f"Freeze it: pressroom assemble {issue.number}",
        )
    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, [issue], composer)
    made = {
        edition.audience: files for edition, files in render(newsroom, composer, composed, Images(images))
    }
    files = made[audience]
    suffix = "" if audience == issue.audiences[0] else f"-{audience}"
    target = output or newsroom.workspace.build / "export" / (
        f"{issue.folder}{suffix}" + (".zip" if zipped else "")
    )
    if zipped:
        write_atomically(target, zip_bytes(files))
    else:
        _check_replaceable(target)
        write_folder(target, files)
    return target, files


def _check_replaceable(folder: Path) -> None:
    """A bundle takes the place of an older bundle only: never of a user's other files."""
    if (
        folder.exists()
        and not (folder / "issue.json").is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise PressroomError(
            "is there already and is no bundle.", str(folder), hint="Name another place with --output."
        )


def ready(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The issues that a build without names takes: all but the drafts."""
    return tuple(issue for issue in issues if not issue.draft)


# --- the stages ------------------------------------------------------------------------------


def compose(
    newsroom: Newsroom, issues: Iterable[Issue], composer: Composer, watch: Watch = iter
) -> tuple[Composed, ...]:
    """Assemble and compose these issues. Raises the mistakes of all of them at once."""
    errors: list[PressroomError] = []
    carriers = newsroom.desk.carriers()
    composed: list[Composed] = []
    for issue in watch(issues):
        try:
            assembled = newsroom.desk.assembled(issue)
            composed.append((assembled, composer.editions(assembled, carriers)))
        except PressroomError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(composed)


def render(
    newsroom: Newsroom, composer: Composer, composed: Iterable[Composed], images: Images
) -> Iterator[tuple[ComposedEdition, tuple[OutputFile, ...]]]:
    """Render each edition's email and bundle it: the one path by which an email is made."""
    templates = Templates(newsroom.workspace.templates)
    publication, logo = newsroom.workspace.publication, composer.logo()
    carriers = newsroom.desk.carriers()
    for assembled, editions in composed:
        related = composer.related(assembled.issue, carriers)
        for edition in editions:
            rendered = render_email(edition, publication, logo, templates, related)
            yield edition, bundle(edition, rendered, publication, composer.images.data, images)


def whole_site(newsroom: Newsroom, composer: Composer, published: Published) -> tuple[OutputFile, ...]:
    """Every file of the site: pages, feeds and images."""
    from pipeline.addresses import image_path
    from pipeline.feeds.build import build_feeds as feed_files
    from pipeline.site.build import build_site, site_images

    images = {image.name: image for image in site_images(published)}
    # The emails show the pictures from here, those of private editions and the logo too.
    return (
        *build_site(published, Templates(newsroom.workspace.templates)),
        *feed_files(published),
        *(
            OutputFile(image_path(name), composer.images.data(image))
            for name, image in sorted(images.items())
        ),
    )


def check(
    newsroom: Newsroom,
    issues: Iterable[Issue],
    rules: Sequence[Rule],
    watch: Watch = iter,
    complete: Callable[[Subject], Subject] = lambda subject: subject,
) -> tuple[Checked, ...]:
    """Run these rules over each edition of these issues.

    `complete` adds to a subject what only the world outside knows, where an editor asked for it.
    Raises the mistakes of all issues at once, as a build does: rules look at finished artefacts.
    """
    from pipeline.checks.run import check as run_rules

    return tuple(
        run_rules(complete(subject), rules)
        for issue in watch(issues)
        for subject in subjects(newsroom, issue)
    )


def subjects(newsroom: Newsroom, issue: Issue) -> Iterator[Subject]:
    """Each edition of an issue with all that is made of it, for the checks."""
    from pipeline.checks.budget import make_budget
    from pipeline.checks.subject import Subject, linked_in

    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, [issue], composer)
    publication, templates = newsroom.workspace.publication, Templates(newsroom.workspace.templates)
    logo, carriers = composer.logo(), newsroom.desk.carriers()
    related = composer.related(issue, carriers)
    before = linked_in(newsroom.desk.earlier_texts(issue))
    pages = {slug for slug in carriers if slug in newsroom.pool and composer.url_of(newsroom.pool[slug])}

    def render_one(edition: ComposedEdition) -> RenderedEmail:
        return render_email(edition, publication, logo, templates, related)

    for assembled, editions in composed:
        carried = {each.article.slug for edition in editions for each in edition.articles if each.url}
        noticed = (*newsroom.desk.stale_rules(issue), *composer.dead_links_of(assembled, pages | carried))
        for edition in editions:
            rendered = render_one(edition)
            sizes = {image.url: len(composer.images.data(image)) for image in rendered.images}
            yield Subject(
                publication=publication,
                edition=edition,
                rendered=rendered,
                message=build_message(rendered, publication, edition),
                budget=make_budget(edition, rendered.html, lambda each: render_one(each).html, sizes),
                image_sizes=sizes,
                linked_before=before,
                theme=templates.sources("email/"),
                noticed=noticed,
            )


def _write(
    workspace: Workspace,
    composed: Iterable[Composed],
    folders: Mapping[str, tuple[OutputFile, ...]],
    site: tuple[OutputFile, ...] | None,
) -> None:
    """Write what was made: each issue's folder as a whole, with all its editions, then the site."""
    for assembled, editions in composed:
        files: list[OutputFile] = []
        for edition in editions:
            folder = edition.folder
            below = folder[len(assembled.issue.folder) :].lstrip("/")
            files += [OutputFile(f"{below}/{each.path}".lstrip("/"), each.data) for each in folders[folder]]
        write_folder(workspace.build / "issues" / assembled.issue.folder, files)
    if site is not None:
        write_folder(workspace.build / "site", site)
