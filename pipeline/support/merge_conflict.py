"""Finds what git leaves in a file where a merge has two versions of it."""

from __future__ import annotations

import re

from pipeline.errors import PressroomError

_FIRST_MARKER = re.compile(r"^<{7} ", re.MULTILINE)
"""The line before the first version (git-merge(1), "How conflicts are presented")."""


def refuse_merge_conflict(
    text: str, path: str | None, first_line: int = 1, keep: str = "one of them"
) -> None:
    """Raise `PressroomError` if a line begins as git begins a conflict; `keep` is for the hint."""
    if marker := _FIRST_MARKER.search(text):
        raise PressroomError(
            "a merge has left two versions here.",
            path,
            first_line + text.count("\n", 0, marker.start()),
            f"Keep {keep}, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.",
        )
