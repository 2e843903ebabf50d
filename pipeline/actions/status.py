"""Status: how far each issue is, which command comes next, and its drafts at services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.export.drafts import PushedDraft, read_drafts
from pipeline.model import EVERYONE, Issue
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`state` is draft, open, frozen, changed, broken lock or mistakes; `next_step` the next command.

    An issue with mistakes in its front matter has its slug as title, and no date.
    """

    number: int
    folder: str
    title: str
    date: datetime | None
    state: str
    built: bool
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
            _is_built(workspace, broken.folder),
            f"pressroom check {broken.folder}  (says what)",
        )
        for broken in workspace.issues.broken
    ]
    return tuple(sorted(statuses, key=lambda each: each.number))


def _is_built(workspace: Workspace, folder: str) -> bool:
    return (workspace.files.build / "issues" / folder / "email.html").is_file()


def _status(workspace: Workspace, issue: Issue) -> IssueStatus:
    assembler, number = workspace.assembler, issue.number
    built = _is_built(workspace, issue.folder)
    lock = assembler.locks.get(issue.folder)
    if issue.draft:
        state, next_step = "draft", "delete `draft: true` when it is ready"
    elif issue.folder in assembler.broken:
        state, next_step = "broken lock", f"pressroom assemble {number} --update"
    elif lock is None:
        state, next_step = "open", f"pressroom assemble {number}"
    elif any(assembler.conflicts(issue, lock)):
        state, next_step = "changed", f"pressroom build {number}  (says what changed)"
    else:
        state, next_step = "frozen", f"pressroom {'export' if built else 'build'} {number}"
    return IssueStatus(
        number,
        issue.folder,
        issue.title,
        issue.date,
        state,
        built,
        next_step,
        read_drafts(workspace.files.root, issue),
        issue.audiences[0],
    )
