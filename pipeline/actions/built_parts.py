"""The files of earlier builds: which of them would be made the same again, and are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.compose import Composer
from pipeline.config.workspace_files import BUILD
from pipeline.content.value_key import ValueKeys
from pipeline.model import OutputFile, SitePart
from pipeline.support.processes import spread

if TYPE_CHECKING:
    from pipeline.render.feeds.feed_archive import ArchivedFeed

Writer = Callable[[Path, Iterable[OutputFile]], None]
"""Writes files below a folder."""


class BuiltParts:
    """The parts of one build. A part that shows what it showed when its files were written keeps them.

    Paths are relative to `build/`. `has_changed` is set once a part shows something else than before.
    """

    def __init__(self, composer: Composer) -> None:
        self.keys = ValueKeys()
        workspace = composer.workspace
        logos = composer.logo(), composer.logo("logo_dark")
        # All parts depend on these. The settings belong to the cache as a whole.
        self._theme = self.keys.key(workspace.templates.digest(), *logos)
        self._cache = workspace.files.cache
        self._build = workspace.files.build
        self._in_place: dict[str, bool] = {}
        self._keys: dict[str, bytes] = {}
        self._results: dict[str, Any] = {}
        self._written: set[str] = set()
        self._paths: dict[str, list[str]] = {}
        self.kept_paths: list[str] = []
        self.has_changed = False

    def reuse(self, name: str, shown: Any) -> bool:
        """Keep the files of a part that shows the same values as before.

        Returns False if it must be made again, as always for None.
        """
        self._keys[name] = key = self.keys.key(self._theme, shown)
        before = self._cache.get(f"built {name}") if shown is not None else None
        if before is None or before[0] != key or not all(map(self._is_in_place, before[1])):
            self.has_changed |= shown is not None
            return False
        _, self._paths[name], self._results[name] = before
        self.kept_paths += self._paths[name]
        return True

    def _is_in_place(self, path: str) -> bool:
        """Whether no folder above a result is a link: a build replaces it, with all that is behind it."""
        folder = path.rpartition("/")[0]
        if folder not in self._in_place:
            self._in_place[folder] = not folder or (
                not os.path.islink(f"{self._build}/{folder}") and self._is_in_place(folder)  # noqa: PTH114
            )
        return self._in_place[folder]

    def add(self, name: str, paths: Iterable[str], result: Any = None) -> None:
        """Add a part that was made, with its files and its result."""
        self._written.add(name)
        self._paths[name] = list(paths)
        self._results[name] = result

    def make_parts(self, parts: Sequence[SitePart], site: Path, write: Writer) -> None:
        """Make those of these parts that are not kept, below the folder `site`."""
        changed = [part for part in parts if not self.reuse(part.name, part.shown)]
        written = spread(partial(_make_part, site, write), changed, few=200)
        for part, paths in zip(changed, written, strict=True):
            self.add(part.name, paths)

    def make_feeds(self, feeds: Iterable[ArchivedFeed], site: Path, write: Writer) -> list[SitePart]:
        """Make the current feeds that are not kept. Returns the parts of their archives."""
        parts: list[SitePart] = []
        for feed in feeds:
            if not self.reuse(feed.name, feed.shown):
                count, files = feed.current()
                write(site, files)
                self.add(feed.name, [f"site/{file.path}" for file in files], count)
            parts += feed.archive(self._results[feed.name])
        return parts

    def result(self, name: str) -> Any:
        """Return the result of a part, of this build or of the one that made it."""
        return self._results[name]

    def paths(self, names: Iterable[str]) -> list[str]:
        """Return the paths of all files of these parts."""
        return [path for name in names for path in self._paths[name]]

    def finish(self) -> None:
        """Remember the files that were written, which are in place now."""
        for name in sorted(self._written):
            value = self._keys[name], self._paths[name], self._results[name]
            files = [f"{BUILD}/{path}" for path in self._paths[name]]
            # An email is often built alone, the parts of the site never.
            group = "" if name.startswith("email ") else "site"
            self._cache.put_written(f"built {name}", files, value, group)


def _make_part(site: Path, write: Writer, part: SitePart) -> list[str]:
    """Make one part and write it below `site`. Returns the paths of its files."""
    paths = []
    for file in part.make():
        write(site, (file,))
        paths.append(f"site/{file.path}")
    return paths
