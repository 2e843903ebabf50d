"""One snapshot of the workspace, and what the page asks of it: made when it is asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from pipeline.actions.check import subjects
from pipeline.actions.press import Press, compose, make_press, render, templates_of
from pipeline.checks.rules import RULES
from pipeline.checks.runner import CheckResult, run_rules
from pipeline.compose import Composer
from pipeline.errors import PressroomError
from pipeline.export.bundle import ImageMode, bundle
from pipeline.model import ComposedEdition, Image, Issue, MergeField, RenderedEmail
from pipeline.render.email.field_values import field_values
from pipeline.support.urls import image_path, issue_path
from pipeline.workspace import Workspace, open_workspace

Found = TypeVar("Found")

_OTHERS = 20
"""Frozen issues that stand around the one that is looked at, on its pages and in its feeds."""


@dataclass(frozen=True, slots=True)
class RenderedEdition:
    """One edition, rendered: what the views show."""

    composed: ComposedEdition
    rendered: RenderedEmail
    press: Press
    frozen: bool

    @property
    def known(self) -> Callable[[MergeField], str]:
        """What each merge field reads for a reader of whom nothing is known."""
        return field_values(self.press.composer.publication, self.composed)


class Snapshot:
    """A workspace as it was at one moment. What is asked twice is made once. Raises `PressroomError`."""

    def __init__(self, start: Path) -> None:
        self.workspace: Workspace = open_workspace(start)
        self._kept: dict[object, Any] = {}
        self._lock = RLock()

    def issue(self, name: str) -> Issue:
        """The issue of this number, slug or `latest`."""
        return self.workspace.issues.find(name)

    def rendered(self, issue: Issue, audience: str) -> RenderedEdition:
        """An edition with its email. Raises what composing and rendering raise."""
        return self._once(("edition", issue.folder, audience), partial(self._render, issue, audience))

    def _render(self, issue: Issue, audience: str) -> RenderedEdition:
        composer = Composer(self.workspace.files, self.workspace.pool)
        ((assembled, editions),) = compose(self.workspace, [issue], composer)
        press = make_press(self.workspace, composer, ImageMode.HOSTED)
        edition = next((each for each in editions if each.audience == audience), None)
        if edition is None:
            raise PressroomError(f'the issue has no edition for "{audience}".', issue.place.path)
        return RenderedEdition(edition, render(press, edition), press, assembled.frozen)

    def checked(self, issue: Issue, audience: str) -> CheckResult:
        """What the rules find in an edition, and its size."""
        return self._once(("checked", issue.folder, audience), partial(self._checked, issue, audience))

    def _checked(self, issue: Issue, audience: str) -> CheckResult:
        found = (each for each in subjects(self.workspace, issue) if each.edition.audience == audience)
        return run_rules(next(found), RULES)

    def bundled(self, issue: Issue, audience: str) -> Mapping[str, bytes]:
        """The files of an edition as `pressroom build` would write them."""
        edition = self.rendered(issue, audience)
        composer = edition.press.composer
        files = bundle(
            edition.composed, edition.rendered, composer.publication, composer.images.data, ImageMode.PACKED
        )
        return {each.path: each.data for each in files}

    def site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        """The site's files by path, as if this issue were published after those frozen before it."""
        return self._once(("site", issue.folder), partial(self._site, issue))

    def _site(self, issue: Issue) -> Mapping[str, Callable[[], bytes]]:
        from pipeline.render.feeds.feed_list import build_feeds
        from pipeline.render.site.pages import build_site, site_images

        composer = Composer(self.workspace.files, self.workspace.pool)
        others = [
            each
            for each in self.workspace.issues
            if each.folder in self.workspace.assembler.locks and each != issue
        ]
        composed = compose(self.workspace, [*others[-_OTHERS:], issue], composer)
        published = composer.published(
            [(replace(each, frozen=True), editions) for each, editions in composed],
            max(each.issue.date for each, _ in composed),
        )
        files = {
            each.path: partial(bytes, each.data)
            for each in (*build_site(published, templates_of(self.workspace.files)), *build_feeds(published))
        }
        images = {
            image_path(each.name): partial(composer.images.data, each) for each in site_images(published)
        }
        return {**files, **images}

    def page(self, issue: Issue, audience: str) -> str:
        """The path of an edition's page on the site, or an empty text where it has none."""
        path = f"{issue_path(issue, audience)}index.html"
        return path if path in self.site(issue) else ""

    def image(self, issue: Issue, audience: str, name: str) -> tuple[Image, bytes] | None:
        """A picture that the edition shows, by its name."""
        edition = self.rendered(issue, audience)
        found = next((each for each in edition.rendered.images if each.name == name), None)
        return (found, edition.press.composer.images.data(found)) if found else None

    def _once(self, key: object, make: Callable[[], Found]) -> Found:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            found: Found = self._kept[key]
            return found
