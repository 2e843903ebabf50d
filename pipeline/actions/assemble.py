"""Assemble: select the articles of an issue and freeze the selection in its issue.lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.assemble.lock import lock_path
from pipeline.model import AssembledIssue, Finding, Issue
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AssembleReport:
    """`lock` is the path of the lock; `written` is False if it had the same content already."""

    assembled: AssembledIssue
    lock: str
    written: bool
    findings: tuple[Finding, ...]


def assemble_issue(
    workspace: Workspace, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False
) -> AssembleReport:
    """Freeze an issue. `update` selects its articles again; `refresh` keeps them and takes their new text.

    Raises `PressroomError` for a draft, and `Mistakes` for articles that have changed since it was frozen.
    """
    assembler = workspace.assembler
    written = assembler.freeze(issue, now, update=update, refresh=refresh)
    return AssembleReport(
        assembler.assemble(issue), lock_path(issue.folder), written, tuple(assembler.lock_findings(issue))
    )
