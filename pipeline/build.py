"""The stages in their order: read this first.

`workspace → articles → assemble → compose → render (email, text, site, feeds) → export`

Each stage takes values and gives values. Every text is read before anything is made; what is made
is written at once, into a folder that takes the place of the last build's when all of it is there,
so that a mistake or an interruption leaves the last good build, and an archive of any size needs
little memory. The clock comes in as `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.addresses import image_path
from pipeline.articles.pool import Pool, read_pool
from pipeline.assemble.desk import Desk
from pipeline.assemble.issues import Issues, read_issues
from pipeline.compose import Composer, Reading
from pipeline.email.message import build_message
from pipeline.email.render import render_email
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.export.bundle import Images, bundle, zip_bytes
from pipeline.files import remove_others, replaced_folders, write_atomically, write_files, write_folder
from pipeline.model import (
    Article,
    AssembledIssue,
    ComposedEdition,
    Finding,
    Image,
    Issue,
    OutputFile,
    Part,
    Published,
    RenderedEmail,
)
from pipeline.processes import spread
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
class Press:
    """What each edition is rendered and bundled with."""

    composer: Composer
    carriers: Mapping[str, tuple[str, ...]]
    templates: Templates
    logo: Image | None
    images: Images


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
    composed = compose(newsroom, issues, composer)
    findings = [finding for each, _ in composed for finding in newsroom.desk.stale_rules(each.issue)]
    parts: tuple[Part, ...] = ()
    if site:
        published = composer.published(composed, now)
        findings += composer.dead_links(published)
        parts = site_parts(newsroom.workspace, composer, published, hosted_images(composed))
    folders = [f"issues/{assembled.issue.folder}" for assembled, _ in composed] + ["site"] * site
    with replaced_folders(newsroom.workspace.build, folders) as fresh:
        press = make_press(newsroom, composer, Images.PACKED)
        emails = spread(partial(_write_issue, press, composed, fresh / "issues"), len(composed), few=20)
        # `watch` comes first: it shows the issue that is being made.
        sizes = [made for _, made in zip(watch(each.issue for each, _ in composed), emails, strict=True)]
        site_files = sum(spread(partial(_write_part, parts, fresh / "site"), len(parts), few=200))
    if site:
        remove_others(newsroom.workspace.build / "issues", {each.folder for each in newsroom.issues})
    return Report(
        tuple(
            BuiltEdition(edition, assembled.frozen, f"build/issues/{edition.folder}", each)
            for (assembled, editions), made in zip(composed, sizes, strict=True)
            for edition, each in zip(editions, made, strict=True)
        ),
        site_files,
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


def audience_to_export(newsroom: Newsroom, issue: Issue, named: str | None) -> str:
    """The audience whose edition is exported: the one named, or the issue's first.

    Raises `PressroomError` for an audience that the issue has no edition for, and for an issue that
    is not frozen.
    """
    audience = named or issue.audiences[0]
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
    return audience


def export_edition(
    newsroom: Newsroom, issue: Issue, audience: str, images: str, output: Path | None, *, zipped: bool
) -> tuple[Path, tuple[OutputFile, ...]]:
    """Export one edition of a frozen issue as a bundle; gives where it stands and its files.

    Raises `PressroomError` for an output that is there already and is no bundle.
    """
    composer = Composer(newsroom.workspace, newsroom.pool)
    composed = compose(newsroom, [issue], composer)
    press = make_press(newsroom, composer, Images(images))
    made = {edition.audience: bundled(press, edition) for _, editions in composed for edition in editions}
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


def compose(newsroom: Newsroom, issues: Iterable[Issue], composer: Composer) -> tuple[Composed, ...]:
    """Assemble and compose these issues. Raises the mistakes of all of them at once."""
    errors: list[PressroomError] = []
    assembled: list[AssembledIssue] = []
    for issue in issues:
        try:
            assembled.append(newsroom.desk.assembled(issue))
        except PressroomError as error:
            errors.append(error)
    _read_texts(composer, assembled)
    carriers = newsroom.desk.carriers()
    composed: list[Composed] = []
    for each in assembled:
        try:
            composed.append((each, composer.editions(each, carriers)))
        except PressroomError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(composed)


def _read_texts(composer: Composer, issues: Iterable[AssembledIssue]) -> None:
    """Read every letter and article of these issues; the composer keeps what they gave."""
    found: dict[str, Article | Issue] = {}
    for each in issues:
        found[each.issue.place.path] = each.issue
        found |= {article.place.path: article for edition in each.editions for article in edition.articles}
    texts = tuple(found.values())
    readings = spread(partial(_read_text, composer, texts), len(texts), few=200)
    for text, reading in zip(texts, readings, strict=True):
        composer.take(text, reading)


def _read_text(composer: Composer, texts: Sequence[Article | Issue], number: int) -> Reading:
    return composer.read(texts[number])


def make_press(newsroom: Newsroom, composer: Composer, images: Images) -> Press:
    """The press of a workspace."""
    templates = templates_of(newsroom.workspace)
    return Press(composer, newsroom.desk.carriers(), templates, composer.logo(), images)


def render(press: Press, edition: ComposedEdition) -> RenderedEmail:
    """Render an edition's email: the one path by which an email is made."""
    related = press.composer.related(edition, press.carriers)
    return render_email(edition, press.composer.publication, press.logo, press.templates, related)


def bundled(press: Press, edition: ComposedEdition) -> tuple[OutputFile, ...]:
    """Render an edition and bundle it."""
    composer = press.composer
    rendered = render(press, edition)
    return bundle(edition, rendered, composer.publication, composer.images.data, press.images)


def site_parts(
    workspace: Workspace, composer: Composer, published: Published, hosted: Iterable[Image]
) -> tuple[Part, ...]:
    """The whole site in parts: pages, feeds, and images, those that sent emails show among them."""
    from pipeline.feeds.build import feed_parts
    from pipeline.site.build import site_images
    from pipeline.site.build import site_parts as page_parts

    images = {image.name: image for image in (*site_images(published), *hosted)}
    return (
        *page_parts(published, templates_of(workspace)),
        *feed_parts(published),
        *(partial(_site_image, composer, image) for _, image in sorted(images.items())),
    )


def hosted_images(composed: Iterable[Composed]) -> Iterator[Image]:
    """The images that the emails of frozen issues may show from the site.

    Those of private editions and of issues dated ahead too: nothing on the site names them, but their
    emails, once sent, have them nowhere else.
    """
    for assembled, editions in composed:
        if not assembled.frozen:
            continue
        for edition in editions:
            for content in (edition.letter, *(each.content for each in edition.articles)):
                yield from (each for each in (content.lead, content.thumbnail) if each)
                yield from content.images


def _site_image(composer: Composer, image: Image) -> tuple[OutputFile, ...]:
    return (OutputFile(image_path(image.name), composer.images.data(image)),)


def templates_of(workspace: Workspace) -> Templates:
    """The workspace's own templates over those of the theme that it names."""
    return Templates(workspace.templates, workspace.publication.theme.name)


def _write_issue(
    press: Press, composed: Sequence[Composed], folder: Path, number: int
) -> list[dict[str, int]]:
    """Render one issue and write it below `folder`; gives the sizes of each edition's files."""
    sizes: list[dict[str, int]] = []
    for edition in composed[number][1]:
        files = bundled(press, edition)
        write_files(folder / edition.folder, files)
        sizes.append({each.path: len(each.data) for each in files})
    return sizes


def _write_part(parts: Sequence[Part], folder: Path, number: int) -> int:
    """Make one part of the site and write it below `folder`; gives the number of its files."""
    files = parts[number]()
    write_files(folder, files)
    return len(files)


# --- the checks ------------------------------------------------------------------------------


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
    press = make_press(newsroom, composer, Images.HOSTED)
    before = linked_in(newsroom.desk.earlier_texts(issue))
    carried = {slug for slug in press.carriers if slug in newsroom.pool}
    for assembled, editions in composed:
        carried |= {article.slug for edition in assembled.editions for article in edition.articles}
        pages = {slug for slug in carried if composer.url_of(newsroom.pool[slug])}
        noticed = (*newsroom.desk.stale_rules(issue), *composer.dead_links_of(assembled, pages))
        for edition in editions:
            rendered = render(press, edition)
            sizes = {image.url: len(composer.images.data(image)) for image in rendered.images}
            yield Subject(
                publication=composer.publication,
                edition=edition,
                rendered=rendered,
                message=build_message(rendered, composer.publication, edition),
                budget=make_budget(edition, rendered.html, lambda each: render(press, each).html, sizes),
                image_sizes=sizes,
                linked_before=before,
                theme=press.templates.sources("email/"),
                noticed=noticed,
            )
