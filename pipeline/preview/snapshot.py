"""A snapshot of the workspace: what the page asks for is made on the first request, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from pipeline.actions.check import check_edition
from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.checks.runner import CheckResult
from pipeline.compose import Composer
from pipeline.export.bundle import ImageMode, bundle
from pipeline.model import Image, Issue
from pipeline.support.urls import image_path, issue_path
from pipeline.workspace import open_workspace

Made = TypeVar("Made")

_OTHERS = 20
"""Frozen issues before the one that is shown that its pages and feeds in the preview contain."""


class Snapshot:
    """A workspace as it was at one moment. Nothing is made twice. Raises `PressroomError`."""

    def __init__(self, start: Path) -> None:
        self.workspace = open_workspace(start)
        self._composer = Composer(self.workspace)
        self._kept: dict[object, Any] = {}
        self._lock = RLock()

    def issue(self, name: str) -> Issue:
        """Return the issue of this number, slug or `latest`."""
        return self.workspace.issues.find(name)

    def edition(self, issue: Issue, audience: str) -> PreparedEdition:
        """Compose and render an edition. Raises the mistakes in it."""
        key = ("edition", issue.folder, audience)
        return self._once(key, partial(prepare_edition, self._composer, issue, audience))

    def checked(self, issue: Issue, audience: str) -> CheckResult:
        """Run the rules over an edition."""
        key = ("checked", issue.folder, audience)
        return self._once(key, lambda: check_edition(self.edition(issue, audience)))

    def bundled(self, issue: Issue, audience: str) -> Mapping[str, bytes]:
        """Return the files of an edition as `pressroom build` would write them."""
        prepared = self.edition(issue, audience)
        composer = prepared.composer
        files = bundle(
            prepared.edition, prepared.email, composer.publication, composer.images.data, ImageMode.PACKED
        )
        return {each.path: each.data for each in files}

    def site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        """Map the site's files to their bytes, as if this issue were published after those frozen before."""
        return self._once(("site", issue.folder), partial(self._site, issue))

    def _site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        from pipeline.render.feeds.feed_list import build_feeds
        from pipeline.render.site.pages import build_site, site_images

        composer, locks = self._composer, self.workspace.assembler.locks
        others = [each for each in self.workspace.issues if each.folder in locks and each != issue]
        composed = composer.compose([*others[-_OTHERS:], issue])
        published = composer.published(
            [replace(each, assembled=replace(each.assembled, frozen=True)) for each in composed],
            max(each.assembled.issue.date for each in composed),
        )
        files = {
            each.path: partial(bytes, each.data)
            for each in (*build_site(published, self.workspace.templates), *build_feeds(published))
        }
        images = {
            image_path(each.name): partial(composer.images.data, each) for each in site_images(published)
        }
        return {**files, **images}

    def page(self, issue: Issue, audience: str) -> str:
        """Return the path of an edition's page on the site, or an empty text if it has no page."""
        path = f"{issue_path(issue, audience)}index.html"
        return path if path in self.site(issue) else ""

    def image(self, issue: Issue, audience: str, name: str) -> tuple[Image, bytes] | None:
        """Return a picture that the edition shows, by its name, with its bytes."""
        prepared = self.edition(issue, audience)
        image = next((each for each in prepared.email.images if each.name == name), None)
        return (image, prepared.composer.images.data(image)) if image else None

    def _once(self, key: object, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            kept: Made = self._kept[key]
            return kept
