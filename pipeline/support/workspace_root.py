"""Finds a workspace by walking up to `newsletter.toml`, as git does."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import WorkspaceNotFound
from pipeline.support.limits import SETTINGS_FILE


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that contains `newsletter.toml`, resolved."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise WorkspaceNotFound(
        f"no {SETTINGS_FILE} here or in any folder above ({start}).",
        hint="Go into a workspace, name one with --workspace DIR, or make one: pressroom init DIR",
    )
