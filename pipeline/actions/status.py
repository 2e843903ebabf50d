"""Status: how far each issue is, which command comes next, and its drafts at services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

from pipeline.export.approvals import lock_digest, missing_approval, read_approvals
from pipeline.export.drafts import PushedDraft, read_drafts
from pipeline.model import EVERYONE, Issue
from pipeline.support.json_text import read_json
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`state` is draft, open, frozen, changed, broken lock or mistakes; `next_step` the next command.

    An issue with mistakes in its front matter has its slug as title, and no date. `html_bytes` is the
    size of its email as last built, None if it is not.
    """

    number: int
    folder: str
    title: str
    date: datetime | None
    state: str
    html_bytes: int | None
    next_step: str
    drafts: tuple[PushedDraft, ...] = ()
    audience: str = EVERYONE


def issue_statuses(workspace: Workspace) -> tuple[IssueStatus, ...]:
    """Return the status of every issue, by its number."""
    statuses = [_status(workspace, issue) for issue in workspace.issues]
    statuses += [
        IssueStatus(
            broken.number,
            broken.folder,
            broken.folder.partition("-")[2],
            None,
            "mistakes",
            _built_size(workspace.files.build / "issues" / broken.folder),
            f"pressroom check {quote(broken.folder)}  (says what)",
        )
        for broken in workspace.issues.broken
    ]
    return tuple(sorted(statuses, key=lambda each: each.number))


def _status(workspace: Workspace, issue: Issue) -> IssueStatus:
    assembler, number = workspace.assembler, issue.number
    html_bytes = _built_size(workspace.files.build / "issues" / issue.folder)
    lock = assembler.locks.get(issue.folder)
    if issue.draft:
        state, next_step = "draft", "delete `draft: true` when it is ready"
    elif issue.folder in assembler.broken:
        state, next_step = "broken lock", f"pressroom check {number}  (says what)"
    elif lock is None:
        state, next_step = "open", f"pressroom assemble {number}"
    elif any(assembler.conflicts(issue, lock)):
        state, next_step = "changed", f"pressroom build {number}  (says what changed)"
    elif html_bytes is not None and _waits_for_approval(workspace, issue):
        state, next_step = "frozen", f"pressroom approve {number}"
    else:
        state, next_step = "frozen", f"pressroom {'build' if html_bytes is None else 'export'} {number}"
    return IssueStatus(
        number,
        issue.folder,
        issue.title,
        issue.date,
        state,
        html_bytes,
        next_step,
        read_drafts(workspace.files.root, issue),
        issue.audiences[0],
    )


def _waits_for_approval(workspace: Workspace, issue: Issue) -> bool:
    """Whether a frozen issue lacks a required approval of its lock. Its emails are not looked at."""
    root, required = workspace.files.root, workspace.files.publication.approval
    if not required:
        return False
    lock = lock_digest(root, issue)
    valid = [each for each in read_approvals(root, issue) if each.lock == lock]
    return missing_approval(valid, required) is not None


def _built_size(folder: Path) -> int | None:
    """The `html_bytes` in a bundle's list of files, or None without one."""
    try:
        size = read_json((folder / "issue.json").read_bytes())["html_bytes"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return size if isinstance(size, int) else None
