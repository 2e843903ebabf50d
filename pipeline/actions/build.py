"""The build, stage after stage: read this first.

`workspace → articles → assemble → compose → render (email, text, site, feeds) → check → export`

`workspace.py` reads the workspace, `press.py` takes an issue to its email, `prove.py` checks it; here
emails, site and feeds are made and written. Each stage takes values and gives values. Every text is
read before anything is made; what is made is written at once, into a folder that takes the place of
the last build's when all of it is there, so that a mistake or an interruption leaves the last good
build, and an archive of any size needs little memory. The clock comes in as `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.actions.press import Composed, Press, bundled, compose, make_press, templates_of
from pipeline.compose import Composer
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.export.bundle import ImageMode
from pipeline.model import ComposedEdition, FileMaker, Finding, Image, Issue, OutputFile, Published
from pipeline.support.files import remove_others, replaced_folders, write_atomically, write_files
from pipeline.support.processes import spread
from pipeline.support.urls import image_path, is_feed_file
from pipeline.workspace import Workspace, ready

Watch = Callable[[Iterable[Issue]], Iterable[Issue]]
"""Wraps the issues as they are worked on, so that a caller can show progress."""


@dataclass(frozen=True, slots=True)
class BuiltEdition:
    """One edition as built: its folder below the workspace, and the bytes of each of its files."""

    edition: ComposedEdition
    frozen: bool
    folder: str
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made and found; `site_files` counts the files of the site, 0 where not built."""

    editions: tuple[BuiltEdition, ...]
    site_files: int
    findings: tuple[Finding, ...]


def build(
    workspace: Workspace, issues: Iterable[Issue], now: datetime, *, site: bool, watch: Watch = iter
) -> BuildReport:
    """Build the emails of these issues, and the site with its feeds where `site`.

    Raises the mistakes of all issues at once, before anything is written.
    """
    composer = Composer(workspace.files, workspace.pool)
    composed = compose(workspace, issues, composer)
    findings = [finding for each, _ in composed for finding in workspace.assembler.stale_rules(each.issue)]
    parts: tuple[FileMaker, ...] = ()
    if site:
        published = composer.published(composed, now)
        findings += composer.dead_links(published)
        parts = site_parts(workspace.files, composer, published, hosted_images(composed))
    folders = [f"issues/{assembled.issue.folder}" for assembled, _ in composed] + ["site"] * site
    with replaced_folders(workspace.files.build, folders) as fresh:
        press = make_press(workspace, composer, ImageMode.PACKED)
        emails = spread(partial(_write_issue, press, composed, fresh / "issues"), len(composed), few=20)
        # `watch` comes first: it shows the issue that is being made.
        sizes = [made for _, made in zip(watch(each.issue for each, _ in composed), emails, strict=True)]
        site_files = sum(spread(partial(_write_part, parts, fresh / "site"), len(parts), few=200))
    if site:
        remove_others(workspace.files.build / "issues", {each.folder for each in workspace.issues})
    return BuildReport(
        tuple(
            BuiltEdition(edition, assembled.frozen, f"build/issues/{edition.folder}", each)
            for (assembled, editions), made in zip(composed, sizes, strict=True)
            for edition, each in zip(editions, made, strict=True)
        ),
        site_files,
        tuple(findings),
    )


def build_feeds(workspace: Workspace, now: datetime) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Make the feeds anew, below `build/site`. Gives their paths, and what was found."""
    from pipeline.render.feeds.feed_list import build_feeds as feed_files

    composer = Composer(workspace.files, workspace.pool)
    composed = compose(workspace, ready(workspace.issues), composer)
    published = composer.published(composed, now)
    files = feed_files(published)
    site = workspace.files.build / "site"
    for each in files:
        write_atomically(site / each.path, each.data)
    # A feed that is no more, such as that of an audience that is public no longer, does not stay.
    made = {each.path for each in files}
    for file in sorted(site.rglob("*")):
        if is_feed_file(file.name) and file.is_file() and file.relative_to(site).as_posix() not in made:
            file.unlink()
    return tuple(each.path for each in files), composer.dead_links(published)


def tell_hub(workspace: Workspace) -> tuple[tuple[str, ...], Callable[[], Iterator[str]]]:
    """The built feeds that have changed since the hub was told, and what tells it of them one by one.

    What the hub has taken is remembered, also where it does not take the rest. Nothing leaves the
    machine before the second is called. Raises `PressroomError` as `pipeline.render.feeds.websub` does.
    """
    from pipeline.render.feeds import websub

    publication, build = workspace.files.publication, workspace.files.build
    name, record = websub.configured_hub(publication), build / ".cache" / "hub.json"
    told = websub.read_notified(record, name)
    changed = websub.changed_feeds(build / "site", name, told)

    def tell() -> Iterator[str]:
        for path in websub.ping(publication, changed):
            told[path] = changed[path]
            websub.write_notified(record, name, told)
            yield path

    return tuple(changed), tell


# --- the site, and writing -------------------------------------------------------------------


def site_parts(
    workspace: WorkspaceFiles, composer: Composer, published: Published, hosted: Iterable[Image]
) -> tuple[FileMaker, ...]:
    """The whole site in parts: pages, feeds, and images, those that sent emails show among them."""
    from pipeline.render.feeds.feed_list import feed_parts
    from pipeline.render.site.pages import site_images, social_parts
    from pipeline.render.site.pages import site_parts as page_parts

    templates = templates_of(workspace)
    images = {image.name: image for image in (*site_images(published), *hosted)}
    return (
        *page_parts(published, templates),
        *social_parts(published, templates, composer.images.data),
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


def _write_part(parts: Sequence[FileMaker], folder: Path, number: int) -> int:
    """Make one part of the site and write it below `folder`; gives the number of its files."""
    count = 0
    for file in parts[number]():
        write_files(folder, (file,))
        count += 1
    return count
