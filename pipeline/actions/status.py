"""Status: how far each issue is, which command comes next, and its drafts at services."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.export.drafts import PushedDraft, read_drafts
from pipeline.model import Issue
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`state` is draft, open, frozen, changed or broken lock; `next_step` is what an editor does next."""

    issue: Issue
    state: str
    built: bool
    next_step: str
    drafts: tuple[PushedDraft, ...]


def issue_statuses(workspace: Workspace) -> tuple[IssueStatus, ...]:
    """Return the status of every issue."""
    return tuple(_status(workspace, issue) for issue in workspace.issues)


def _status(workspace: Workspace, issue: Issue) -> IssueStatus:
    assembler, number = workspace.assembler, issue.number
    built = (workspace.files.build / "issues" / issue.folder / "email.html").is_file()
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
    return IssueStatus(issue, state, built, next_step, read_drafts(workspace.files.root, issue))
