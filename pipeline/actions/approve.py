"""Approve: say, in a file to commit, that an issue may go out as it is now."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.compose import Composer
from pipeline.errors import PressroomError
from pipeline.export.approvals import (
    Approval,
    email_digest,
    lock_digest,
    missing_approval,
    read_approvals,
    write_approval,
)
from pipeline.model import Issue
from pipeline.render.email.renderer import EmailRenderer
from pipeline.support.files import check_characters
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ApprovalReport:
    """An approval, the path of the file that it is in, and which one is still missing, if any."""

    approval: Approval
    path: str
    missing: str | None


def approve_issue(workspace: Workspace, issue: Issue, by: str | None, now: datetime) -> ApprovalReport:
    """Write that `by`, or the person whom git knows, approves a frozen issue.

    Raises `PressroomError` if nobody is known, or the issue is not frozen, and `Mistakes` for its texts.
    """
    root = workspace.files.root
    by = (by or git_identity(root)).strip()
    if not by:
        hint = 'Say who approves: --as "Ada Example <ada@example.org>"'
        raise PressroomError("git knows no name for you.", hint=hint)
    check_characters(by, "--as")
    if workspace.assembler.lock_of(issue) is None:
        hint = f"Freeze it: pressroom assemble {issue.number}"
        raise PressroomError(
            "only a frozen issue can be approved: others may still change.", *issue.place, hint
        )
    composer = Composer(workspace)
    renderer = EmailRenderer.for_composer(composer)
    (composed,) = composer.compose([issue])
    emails = {each.audience: email_digest(renderer.render(each)) for each in composed.editions}
    lock = lock_digest(root, issue)
    approval = Approval(by, now.isoformat(timespec="seconds"), lock, emails)
    path = write_approval(root, issue, approval)
    required, audience = workspace.files.publication.approval, issue.audiences[0]
    valid = [each for each in read_approvals(root, issue) if each.is_of(lock, audience, emails[audience])]
    return ApprovalReport(approval, path, missing_approval(valid, required))


def check_approval(workspace: Workspace, issue: Issue, audience: str, email: str) -> None:
    """Raise `PressroomError` if an edition lacks an approval that the publication requires.

    `email` is the digest of its email as it was approved: without what a target changes.
    """
    required = workspace.files.publication.approval
    if not required:
        return
    root = workspace.files.root
    approvals = read_approvals(root, issue)
    lock = lock_digest(root, issue)
    valid = [each for each in approvals if each.is_of(lock, audience, email)]
    if missing := missing_approval(valid, required):
        former = [each for each in approvals if each not in valid]
        note = "".join(f"{each.by} approved on {each.at[:10]} what was changed since. " for each in former)
        raise PressroomError(
            missing, *issue.place, f"{note}Look at it, then: pressroom approve {issue.number}"
        )


def git_identity(root: Path) -> str:
    """Return the name and address that git writes into a commit here, or an empty text."""
    values = []
    for key in ("user.name", "user.email"):
        try:
            done = subprocess.run(
                ["git", "config", key], cwd=root, capture_output=True, text=True, check=False
            )
        except OSError:
            return ""
        values.append(done.stdout.strip())
    name, address = values
    return f"{name} <{address}>" if name and address else name or address
