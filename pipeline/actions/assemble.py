"""Assemble: select the articles of an issue and freeze the selection in its issue.lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.compose import Composer
from pipeline.config.placeholders import placeholders_left
from pipeline.model import AssembledIssue, Finding, Issue, Place, Severity
from pipeline.support.limits import SETTINGS_FILE
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

    Raises `PressroomError` for a draft, and `Mistakes` for articles that have changed since it was frozen,
    and for what is wrong in its texts.
    """
    assembler = workspace.assembler
    assembled, lock = assembler.freeze(issue, now, update=update, refresh=refresh)
    Composer(workspace).compose_assembled(assembled)  # a text with a mistake is not frozen
    written = assembler.write(issue, lock)
    placeholders = (
        Finding("COPY012", Severity.WARNING, problem, Place(SETTINGS_FILE), "Write yours before you send.")
        for problem in placeholders_left(workspace.files.publication)
    )
    empty = [edition.audience for edition in assembled.editions if not edition.items]
    findings = (*assembler.issue_findings(issue, empty), *assembler.tag_findings, *placeholders)
    return AssembleReport(assembled, lock.path, written, findings)
