"""Build: every stage in its order. Read this first.

`workspace → articles → assemble → compose → render (email, text, site, feeds) → export`

Every text is parsed before anything is written. What is rendered is written at once, into a folder that
replaces that of the last build when it is complete: a mistake or an interruption leaves the last good
build of that issue and of the site in place, and an archive of any size needs little memory. The clock
comes in as `now`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.actions.built_parts import BuiltParts
from pipeline.articles.audio_files import audio_data
from pipeline.checks.dead_links import dead_links
from pipeline.compose import Composer
from pipeline.config.i18n import missing_words
from pipeline.content.value_key import ValueKeys
from pipeline.errors import PressroomError, distinct, raise_all
from pipeline.export.bundle import ImageMode, bundle
from pipeline.model import (
    Audio,
    ComposedEdition,
    ComposedIssue,
    Content,
    Event,
    Finding,
    Image,
    Issue,
    OutputFile,
    Published,
    SitePart,
)
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support.files import remove_others, replace_folders, write_files
from pipeline.support.processes import spread
from pipeline.support.urls import audio_path, home_url, image_path
from pipeline.workspace import Workspace, mistakes_of_issues, without_drafts

if TYPE_CHECKING:
    from pipeline.render.feeds.feed_archive import ArchivedFeed


@dataclass(frozen=True, slots=True)
class BuiltEdition:
    """One edition as built: its folder in the workspace, and the size of each of its files in bytes.

    `html_bytes` is the size of its HTML as it is sent, with pictures at their public addresses.
    """

    edition: ComposedEdition
    frozen: bool
    folder: str
    sizes: Mapping[str, int]
    html_bytes: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """Result of a build. `site_files` is the number of files of the site, 0 if it was not built.

    `drafts` are those that were left out. `has_changed` is False if every file was in place already. `gone`
    are the addresses of issues and articles that the site had before. `errors` are the mistakes of the issues
    that were not built.
    """

    editions: tuple[BuiltEdition, ...]
    drafts: tuple[Issue, ...]
    has_changed: bool
    site_files: int
    gone: tuple[str, ...]
    findings: tuple[Finding, ...]
    errors: tuple[PressroomError, ...]


def build_workspace(
    workspace: Workspace,
    now: datetime,
    issues: Iterable[Issue] | None = None,
    watch: Callable[[Iterable[Issue]], Iterable[Issue]] = iter,
) -> BuildReport:
    """Build the emails of these issues; without issues, all emails and the site with its feeds.

    A `now` without a time zone is in that of the publication. `watch` wraps the issues as they are built, to
    show progress. What is sound is built; the site stays as it is if one of its issues is not sound, because
    it would lose pages. Raises the mistakes of all issues at once if no issue is sound, before anything is
    written.
    """
    now = now if now.tzinfo else now.replace(tzinfo=workspace.files.zone)
    whole = issues is None
    errors: list[PressroomError] = []
    if issues is None:
        errors = mistakes_of_issues(workspace)
        issues = without_drafts(workspace.issues)
    composer = Composer(workspace)
    composed = composer.compose_sound(issues, errors)
    if not composed:
        raise_all(errors)
    site = whole and _site_is_whole(workspace, composed)
    findings: list[Finding] = []
    for each in composed:
        empty = [edition.audience for edition in each.editions if not edition.items]
        findings += workspace.assembler.issue_findings(each.assembled.issue, empty)
    findings += workspace.templates.unused()
    findings += missing_words(workspace.templates, composer.publication.language)
    contents = (content for each in composed for edition in each.editions for content in edition.contents)
    findings += dict.fromkeys(finding for content in contents for finding in content.findings)
    built_parts = BuiltParts(composer)
    parts: list[SitePart] = []
    archived: tuple[ArchivedFeed, ...] = ()
    if site:
        from pipeline.render.feeds.feed_list import plan_feeds

        published = composer.published(composed, now)
        findings += dead_links(composer, published)
        archived, feeds = plan_feeds(published, workspace.templates, built_parts.keys)
        parts += (*_site_parts(composer, published, composed, built_parts.keys), *feeds)
    emails = [issue for issue in composed if not built_parts.reuse(_email_name(issue), issue.editions)]
    folders = [f"issues/{each.assembled.issue.folder}" for each in emails] + ["site"] * site
    gone: tuple[str, ...] = ()
    with replace_folders(workspace.files.build, folders, built_parts.kept_paths) as fresh:
        write_issue = partial(_write_issue, EmailRenderer.for_composer(composer), composer, fresh / "issues")
        # `watch` comes first in zip: it shows the issue that is being built.
        watched = watch([each.assembled.issue for each in emails])
        for _, issue, sizes in zip(watched, emails, spread(write_issue, emails, few=20), strict=True):
            paths = [
                f"issues/{edition.folder}/{path}"
                for edition, (files, _) in zip(issue.editions, sizes, strict=True)
                for path in files
            ]
            built_parts.add(_email_name(issue), paths, sizes)
        parts += built_parts.make_feeds(archived, fresh / "site", write_files)
        built_parts.make_parts(parts, fresh / "site", write_files)
        site_files = built_parts.paths((*(part.name for part in parts), *(feed.name for feed in archived)))
        if site:
            gone = _gone(workspace.files.build, site_files)
    built_parts.finish()
    sizes_of = [built_parts.result(_email_name(each)) for each in composed]
    if whole:
        known = (*workspace.issues, *workspace.issues.broken)
        remove_others(workspace.files.build / "issues", {each.folder for each in known})
    editions = tuple(
        BuiltEdition(edition, each.assembled.frozen, f"build/issues/{edition.folder}", *edition_sizes)
        for each, issue_sizes in zip(composed, sizes_of, strict=True)
        for edition, edition_sizes in zip(each.editions, issue_sizes, strict=True)
    )
    return BuildReport(
        editions=editions,
        drafts=tuple(each for each in workspace.issues if whole and each.draft),
        has_changed=built_parts.has_changed,
        site_files=len(site_files),
        gone=gone,
        findings=tuple(findings),
        errors=tuple(distinct(errors)),
    )


def _gone(build: Path, files: Iterable[str]) -> tuple[str, ...]:
    """List the addresses of articles and issues that the built site has, and not with these files.

    They are relative to the site, the files to the folder `build`.
    """
    site, patterns = build / "site", ("articles/*/index.html", "issues/*/index.html", "issues/*/*/index.html")
    found = (page for each in patterns for page in glob(each, root_dir=site))  # noqa: PTH207 - quicker
    pages = {page.replace(os.sep, "/") for page in found}
    pages -= {file.removeprefix("site/") for file in files}
    return tuple(
        sorted(page.removesuffix("index.html") for page in pages if not page.startswith("issues/year/"))
    )


def _site_is_whole(workspace: Workspace, composed: Iterable[ComposedIssue]) -> bool:
    """Whether each issue that belongs on the site is among these."""
    try:
        published = workspace.published_issues()
    except PressroomError:
        return False
    return {each.folder for each in published} <= {each.assembled.issue.folder for each in composed}


def _site_parts(
    composer: Composer, published: Published, composed: Iterable[ComposedIssue], keys: ValueKeys
) -> tuple[SitePart, ...]:
    """List what makes the site but its feeds: pages, pictures, and the files that pages and emails name."""
    from pipeline.render.site.site_index import build_index
    from pipeline.render.site.site_parts import site_images, site_parts, social_parts

    templates, index = composer.workspace.templates, build_index(published)
    contents = tuple(_hosted_contents(composed))
    portraits = _hosted_portraits(composed)
    images = {image.name: image for image in (*site_images(index), *_images_of(contents), *portraits)}
    return (
        *site_parts(index, templates, keys),
        *social_parts(index, templates, composer.images.data),
        *(
            SitePart(f"image {name}", image, partial(_site_image, composer, image))
            for name, image in sorted(images.items())
        ),
        *(part for _, part in sorted(named_files(composer, contents).items())),
    )


def _hosted_contents(composed: Iterable[ComposedIssue]) -> Iterator[Content]:
    """List the texts whose images, audio and calendar files emails of frozen issues may name on the site.

    Those of private editions and of issues dated ahead are included: no page names them, but an email
    that was sent has them nowhere else.
    """
    for each in composed:
        for edition in each.editions if each.assembled.frozen else ():
            yield from edition.contents


def _hosted_portraits(composed: Iterable[ComposedIssue]) -> Iterator[Image]:
    for each in composed:
        for edition in each.editions if each.assembled.frozen else ():
            for article in edition.articles:
                yield from article.portraits.values()


def _images_of(contents: Iterable[Content]) -> Iterator[Image]:
    for content in contents:
        yield from (image for image in (content.lead, content.thumbnail) if image)
        yield from content.images


def named_files(composer: Composer, contents: Iterable[Content]) -> dict[str, SitePart]:
    """Map the site paths of the audio and the calendar files of texts to the parts that make them."""
    parts: dict[str, SitePart] = {}
    events: list[Event] = []
    for content in contents:
        events += content.events
        for audio in content.audio:
            if audio.source:
                path = audio_path(audio.name)
                parts[path] = SitePart(path, audio, partial(_site_audio, composer, audio))
    # Of an article that several issues carry, the newest revision comes last, and stays.
    for event in sorted(events, key=lambda each: each.revised.timestamp() if each.revised else 0):
        path = event.url.removeprefix(home_url(composer.publication))
        parts[path] = SitePart(path, event, partial(_site_calendar, composer, event))
    return parts


def _site_audio(composer: Composer, audio: Audio) -> tuple[OutputFile, ...]:
    return (OutputFile(audio_path(audio.name), audio_data(audio, composer.workspace.files)),)


def _site_calendar(composer: Composer, event: Event) -> tuple[OutputFile, ...]:
    from pipeline.render.site.calendar_file import calendar_file

    return (calendar_file(event, composer.publication),)


def _site_image(composer: Composer, image: Image) -> tuple[OutputFile, ...]:
    return (OutputFile(image_path(image.name), composer.images.data(image)),)


def _write_issue(
    renderer: EmailRenderer, composer: Composer, folder: Path, composed: ComposedIssue
) -> list[tuple[dict[str, int], int]]:
    """Render one issue and write it below `folder`. Returns the sizes of each edition's files and HTML."""
    sizes: list[tuple[dict[str, int], int]] = []
    for edition in composed.editions:
        email = renderer.render(edition)
        data = composer.images.data
        files = bundle(edition, email, composer.publication, data, ImageMode.PACKED, filled=True)
        write_files(folder / edition.folder, files)
        sizes.append(({each.path: len(each.data) for each in files}, email.html_bytes))
    return sizes


def _email_name(issue: ComposedIssue) -> str:
    return f"email {issue.assembled.issue.folder}"
