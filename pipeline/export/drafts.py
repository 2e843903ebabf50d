"""The drafts that were pushed: `drafts.json` beside the issue, so that everyone updates the same ones.

It belongs under version control like the lock. It has ids, addresses and digests, never a key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.support.files import write_atomically
from pipeline.support.json_text import read_committed_json

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
    path = _path(issue)
    if not (root / path).is_file():
        return ()
    try:
        data = read_committed_json(root / path, path)
        return tuple(_pushed_draft(item) for item in data["drafts"])
    except (ValueError, KeyError, TypeError) as error:
        raise PressroomError(
            "is not a list of drafts that can be read.",
            path,
            getattr(error, "lineno", None),
            "Restore it from version control; without it a push makes a second draft.",
        ) from error


def remember(root: Path, issue: Issue, pushed: PushedDraft) -> None:
    """Write a draft into the list, in place of an earlier one of its target and audience."""
    key = (pushed.target, pushed.audience)
    others = [draft for draft in read_drafts(root, issue) if (draft.target, draft.audience) != key]
    drafts = sorted([*others, pushed], key=lambda draft: (draft.target, draft.audience))
    data = {"version": 1, "drafts": [asdict(draft) for draft in drafts]}
    text = json.dumps(data, indent=2, ensure_ascii=False)
    write_atomically(root / _path(issue), f"{text}\n".encode())


def _path(issue: Issue) -> str:
    return f"issues/{issue.folder}/{NAME}"


def _pushed_draft(item: Mapping[str, Any]) -> PushedDraft:
    values = [str(item[name]) for name in PushedDraft.__slots__]
    if not all(value.isprintable() for value in values):
        raise ValueError("a control character")
    return PushedDraft(*values)
