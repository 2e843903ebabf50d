"""Status: how far each issue is, which command comes next, and its drafts at services."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.assemble.lock import lock_conflicts
from pipeline.export.bundle import built_size
from pipeline.export.drafts import PushedDraft, read_drafts
from pipeline.model import Issue
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`state` is draft, open, frozen, changed or broken lock; `next_step` is what an editor does next.

    `html_bytes` is the size of its email as last built, None if it is not.
    """

    issue: Issue
    state: str
    html_bytes: int | None
    next_step: str
    drafts: tuple[PushedDraft, ...]


def issue_statuses(workspace: Workspace) -> tuple[IssueStatus, ...]:
    """Return the status of every issue."""
    return tuple(_status(workspace, issue) for issue in workspace.issues)


def _status(workspace: Workspace, issue: Issue) -> IssueStatus:
    assembler, number = workspace.assembler, issue.number
    html_bytes = built_size(workspace.files.build / "issues" / issue.folder)
    lock = assembler.locks.get(issue.folder)
    if issue.draft:
        state, next_step = "draft", "delete `draft: true` when it is ready"
    elif issue.folder in assembler.broken:
        state, next_step = "broken lock", f"pressroom assemble {number} --update"
    elif lock is None:
        state, next_step = "open", f"pressroom assemble {number}"
    elif any(lock_conflicts(issue, lock, assembler.digests(lock.slugs))):
        state, next_step = "changed", f"pressroom build {number}  (says what changed)"
    else:
        state, next_step = "frozen", f"pressroom {'build' if html_bytes is None else 'export'} {number}"
    return IssueStatus(issue, state, html_bytes, next_step, read_drafts(workspace.files.root, issue))
