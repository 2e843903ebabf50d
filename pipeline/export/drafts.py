"""The drafts that were pushed: `drafts.json` beside the issue, so that everyone updates the same ones.

It belongs under version control like the lock. It has ids, addresses and digests, never a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.model import Issue
from pipeline.support.record_file import read_record_list, write_record_list

NAME = "drafts.json"


@dataclass(frozen=True, slots=True)
class PushedDraft:
    """A draft at a service; `pushed` is when (RFC 3339), `sha256` the digest of the exported files."""

    target: str
    audience: str
    id: str
    address: str
    pushed: str
    sha256: str


def read_drafts(root: Path, issue: Issue) -> tuple[PushedDraft, ...]:
    """The drafts of an issue, in the order of the file. Raises `PressroomError` if it cannot be read."""
    hint = "Restore it from version control; without it a push makes a second draft."
    return read_record_list(root, _path(issue), "drafts", _pushed_draft, hint)


def remember(root: Path, issue: Issue, pushed: PushedDraft) -> None:
    """Write a draft into the list, in place of an earlier one of its target and audience."""
    key = (pushed.target, pushed.audience)
    others = [draft for draft in read_drafts(root, issue) if (draft.target, draft.audience) != key]
    drafts = sorted([*others, pushed], key=lambda draft: (draft.target, draft.audience))
    write_record_list(root, _path(issue), "drafts", drafts)


def _path(issue: Issue) -> str:
    return f"issues/{issue.folder}/{NAME}"


def _pushed_draft(item: Mapping[str, Any]) -> PushedDraft:
    values = [str(item[name]) for name in PushedDraft.__slots__]
    if not all(value.isprintable() for value in values):
        raise ValueError("a control character")
    return PushedDraft(*values)
