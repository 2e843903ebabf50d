"""Feeds alone: build them, check them, or tell a WebSub hub which of them have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pipeline.actions.built_parts import BuiltParts
from pipeline.checks.dead_links import dead_links
from pipeline.checks.feed_context import feed_context
from pipeline.checks.runner import run_feed_rules
from pipeline.compose import Composer
from pipeline.export import websub
from pipeline.model import Finding
from pipeline.render.feeds.feed_list import build_feeds, plan_feeds
from pipeline.render.site.site_index import build_index
from pipeline.render.site.site_parts import site_parts
from pipeline.render.site.stylesheet import feed_style
from pipeline.support.file_cache import cache_folder
from pipeline.support.files import write_over
from pipeline.support.urls import is_feed_file
from pipeline.workspace import Workspace


def write_feeds(workspace: Workspace, now: datetime) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Write the feeds below `build/site`. Returns their paths, and findings on dead links."""
    composer = Composer(workspace)
    published = composer.published(composer.compose(workspace.published_issues()), now)
    site, built_parts = workspace.files.build / "site", BuiltParts(composer)
    archived, parts = plan_feeds(published, workspace.templates, built_parts.keys)
    parts = (*built_parts.make_feeds(archived, site, write_over), *parts)
    built_parts.make_parts(parts, site, write_over)
    write_over(site, (feed_style(published.publication, workspace.templates),))
    built_parts.finish()
    names = (*(feed.name for feed in archived), *(part.name for part in parts))
    paths = [path.removeprefix("site/") for path in built_parts.paths(names)]
    # A feed that exists no longer, such as that of an audience that is not public any more, is deleted.
    known = frozenset(paths)
    for path, file in _feed_files(site):
        if path not in known:
            file.unlink()
    return tuple(paths), dead_links(composer, published)


def check_feeds(workspace: Workspace, now: datetime, before: Path) -> tuple[int, tuple[Finding, ...]]:
    """Check the feeds that would be built; nothing is written. Returns their number and the findings.

    `before` is a folder with the site of an earlier build, or with its feeds alone; if it has no feeds,
    nothing is compared.
    """
    composer = Composer(workspace)
    published = composer.published(composer.compose(workspace.published_issues()), now)
    built = {each.path: each.data for each in build_feeds(published, workspace.templates)}
    earlier = {path: file.read_bytes() for path, file in _feed_files(before)}
    # The home page is the first part; the workspace may have a template of its own for it.
    (home, *_) = site_parts(build_index(published), workspace.templates)[0].make()
    context = feed_context(published, now, built, earlier, home.data.decode())
    return len(context.documents), run_feed_rules(context)


def _feed_files(site: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(site.rglob("*")):
        if is_feed_file(file.name) and file.is_file():
            yield file.relative_to(site).as_posix(), file


def feeds_to_notify(workspace: Workspace) -> Mapping[str, str]:
    """Map the built feeds that the hub does not know yet to their digests. Nothing leaves the machine.

    Raises `PressroomError` if no hub is set or no feed is built.
    """
    hub = websub.configured_hub(workspace.files.publication)
    notified = websub.read_notified(_notified_file(workspace), hub)
    return websub.changed_feeds(workspace.files.build / "site", hub, notified)


def notify_hub(workspace: Workspace, changed: Mapping[str, str]) -> Iterator[str]:
    """Notify the hub of these feeds one by one, and yield each path once it was accepted.

    What the hub has accepted is remembered, even if it refuses the rest. Raises `PressroomError` for
    what it refuses.
    """
    publication, file = workspace.files.publication, _notified_file(workspace)
    hub = websub.configured_hub(publication)
    notified = websub.read_notified(file, hub)
    for path in websub.ping(publication, changed):
        notified[path] = changed[path]
        websub.write_notified(file, hub, notified)
        yield path


def _notified_file(workspace: Workspace) -> Path:
    return cache_folder(workspace.files.root) / "hub.json"
