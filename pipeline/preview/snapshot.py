"""A snapshot of the workspace after one save: what the page asks for is made once, at the first request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from pipeline.actions.build import named_files
from pipeline.actions.check import check_edition
from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.checks.feed_context import FeedDocument, read_document
from pipeline.checks.runner import CheckResult
from pipeline.compose import Composer
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.export.bundle import ImageMode, bundle
from pipeline.model import ComposedIssue, FileMaker, Image, Issue
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support.urls import image_path, issue_path
from pipeline.workspace import Workspace, open_workspace

Value = TypeVar("Value")

_OTHER_ISSUES = 20
"""How many other frozen issues the site and the feeds contain in the preview: the newest ones."""


class Snapshot:
    """A workspace as it was at one moment. Nothing is composed, rendered or checked twice.

    What is the same as in the snapshot `before` is not read again. Raises `PressroomError`, as its methods
    do, for mistakes in the workspace.
    """

    def __init__(self, start: Path, before: Snapshot | None = None) -> None:
        self.workspace: Workspace = open_workspace(start, before.workspace if before else None)
        self._composer = Composer(self.workspace)
        self._cache: dict[object, Any] = {}
        self._lock = RLock()

    def issue(self, name: str) -> Issue:
        """Return the issue with this number or slug, or `latest`."""
        return self.workspace.issues.find(name)

    def edition(self, issue: Issue, audience: str) -> PreparedEdition:
        """Compose and render an edition. A mistake in another edition of the issue does not matter."""
        return self._once(("edition", issue.folder, audience), partial(self._edition, issue, audience))

    def _edition(self, issue: Issue, audience: str) -> PreparedEdition:
        try:
            composed = self._composed(issue)
            edition = next(each for each in composed.editions if each.audience == audience)
        except (PressroomError, StopIteration):
            return prepare_edition(self._composer, issue, audience)
        renderer = self._once("renderer", partial(EmailRenderer.for_composer, self._composer))
        return PreparedEdition(self._composer, renderer, composed, edition, renderer.render(edition))

    def _composed(self, issue: Issue) -> ComposedIssue:
        return self._once(("composed", issue.folder), lambda: self._composer.compose([issue])[0])

    def checked(self, issue: Issue, audience: str) -> CheckResult:
        """Run the rules over an edition."""
        key = ("checked", issue.folder, audience)
        return self._once(key, lambda: check_edition(self.edition(issue, audience)))

    def bundled(self, issue: Issue, audience: str) -> Mapping[str, bytes]:
        """Return the files of an edition as `pressroom build` would write them."""
        prepared, composer = self.edition(issue, audience), self._composer
        data = composer.images.data
        files = bundle(
            prepared.edition, prepared.email, composer.publication, data, ImageMode.PACKED, filled=True
        )
        return {each.path: each.data for each in files}

    def site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        """Map the paths of the site's files to their bytes, as if this issue were published now."""
        return self._once(("site", issue.folder), partial(self._site, issue))

    def _site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        from pipeline.render.feeds.feed_list import build_feeds
        from pipeline.render.site.site_index import build_index
        from pipeline.render.site.site_parts import build_site, site_images
        from pipeline.render.site_icon import draw_icon, site_icon

        composer, locks = self._composer, self.workspace.assembler.locks
        others = [each for each in self.workspace.issues if each.folder in locks and each != issue]
        composed: list[ComposedIssue] = []
        errors: list[PressroomError] = []
        for each in [*others[-_OTHER_ISSUES:], issue]:
            with collect(errors):
                composed.append(self._composed(each))
        raise_all(errors)
        published = composer.published(
            [replace(each, assembled=replace(each.assembled, frozen=True)) for each in composed],
            max(each.assembled.issue.date for each in composed),
        )
        files = {
            each.path: partial(bytes, each.data)
            for build in (build_site, build_feeds)
            for each in build(published, self.workspace.templates)
        }
        images = {
            image_path(each.name): partial(composer.images.data, each)
            for each in site_images(build_index(published))
        }
        icon = site_icon(published.publication, published.logo)
        images[icon.path] = partial(_data_of, partial(draw_icon, icon, composer.images.data))
        contents = (content for each in published.editions for content in each.contents)
        named = {path: partial(_data_of, part.make) for path, part in named_files(composer, contents).items()}
        return {**files, **images, **named}

    def feed(self, issue: Issue, path: str) -> FeedDocument:
        """Return a feed of the site, as a feed reader reads it. Raises `KeyError` for an unknown path."""
        file = self.site(issue)[path]
        return self._once(("feed", issue.folder, path), lambda: read_document(path, file()))

    def page(self, issue: Issue, audience: str) -> str:
        """Return the path of an edition's page on the site, or an empty text if it has no page."""
        path = f"{issue_path(issue, audience)}index.html"
        return path if path in self.site(issue) else ""

    def image(self, issue: Issue, audience: str, name: str) -> tuple[Image, bytes] | None:
        """Return an image of an edition by its published name, with its bytes."""
        images = self.edition(issue, audience).email.images
        image = next((each for each in images if each.name == name), None)
        return (image, self._composer.images.data(image)) if image else None

    def _once(self, key: object, make: Callable[[], Value]) -> Value:
        with self._lock:
            if key not in self._cache:
                self._cache[key] = make()
            value: Value = self._cache[key]
            return value


def _data_of(make: FileMaker) -> bytes:
    (file,) = make()
    return file.data
