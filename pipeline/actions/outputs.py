"""The files of earlier builds: which of them would be made the same again, and are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.config.workspace_files import BUILD, WorkspaceFiles
from pipeline.content.value_key import ValueKeys


class Outputs:
    """The parts of one build. A part that shows what it showed when its files were written keeps them.

    `theme` is the key of all that every part depends on: templates and logo. Paths are relative to `build/`.
    """

    def __init__(self, workspace: WorkspaceFiles, keys: ValueKeys, theme: bytes) -> None:
        self._cache = workspace.cache
        self._value_keys = keys
        self._theme = theme
        self._keys: dict[str, bytes] = {}
        self._results: dict[str, Any] = {}
        self._written: dict[str, list[str]] = {}
        self.kept_paths: list[str] = []

    def keeps(self, name: str, shown: Any) -> bool:
        """Whether the files of this part are in place, and show these values; None are always others."""
        self._keys[name] = key = self._value_keys.key(self._theme, shown)
        before = self._cache.get(f"built {name}") if shown is not None else None
        if before is None or before[0] != key:
            return False
        _, paths, self._results[name] = before
        self.kept_paths += paths
        return True

    def add(self, name: str, paths: Iterable[str], result: Any) -> None:
        """Add a part that was made, with its files and its result."""
        self._written[name] = list(paths)
        self._results[name] = result

    def result(self, name: str) -> Any:
        """Return the result of a part, of this build or of the one that made it."""
        return self._results[name]

    def finish(self) -> None:
        """Remember the files that were written, which are in place now."""
        for name, paths in self._written.items():
            value = self._keys[name], paths, self._results[name]
            self._cache.put_written(f"built {name}", [f"{BUILD}/{path}" for path in paths], value)
