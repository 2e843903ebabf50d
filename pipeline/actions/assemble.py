"""Assemble: select the articles of an issue and freeze the selection in its issue.lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pipeline.articles.texts import Text
from pipeline.assemble.assembler import Assembler
from pipeline.compose import Composer
from pipeline.config.placeholders import freeze_obstacles, placeholders_left
from pipeline.deliver.sent_file import read_sent
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.model import AssembledIssue, Finding, Issue, Severity
from pipeline.workspace import Workspace, without_drafts


@dataclass(frozen=True, slots=True)
class AssembleReport:
    """`lock` is the path of the lock; `written` is False if it had the same content already.

    `warnings` say that readers have another selection than that of the lock.
    """

    assembled: AssembledIssue
    lock: str
    written: bool
    findings: tuple[Finding, ...]
    warnings: tuple[PressroomError, ...]


def assemble_issue(
    workspace: Workspace, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False
) -> AssembleReport:
    """Freeze an issue. `update` selects its articles again; `refresh` keeps them and takes their new text.

    Raises `PressroomError` for a draft, and `Mistakes` for placeholders in the settings, for articles that
    have changed since it was frozen, and for what is wrong in its texts.
    """
    return _assemble(Composer(workspace), issue, now, update=update, refresh=refresh)


def assemble_open_issues(
    workspace: Workspace,
    now: datetime,
    errors: list[PressroomError],
    watch: Callable[[Iterable[Issue]], Iterable[Issue]] = iter,
) -> tuple[AssembleReport, ...]:
    """Freeze every issue that is not frozen and no draft, by number. `watch` shows the progress.

    Ends before the first one that has mistakes, which are added to `errors`: a later issue would take its
    articles. Raises `Mistakes` for placeholders in the settings.
    """
    locks = workspace.assembler.locks
    open_issues = [each for each in without_drafts(workspace.issues) if each.folder not in locks]
    if open_issues:
        raise_all(freeze_obstacles(workspace.files.publication))
    broken = [each for each in workspace.issues.broken if not each.draft and each.folder not in locks]
    first = min(broken, key=lambda each: each.number, default=None)
    open_issues = [each for each in open_issues if first is None or each.number < first.number]
    composer, reports = Composer(workspace), []
    composer.texts.parse_all(_texts_to_freeze(workspace, open_issues, now))
    for issue in watch(open_issues):
        with collect(errors):
            reports.append(_assemble(composer, issue, now))
        if errors:
            break
    else:
        errors += first.mistakes if first else ()
    return tuple(reports)


def _texts_to_freeze(workspace: Workspace, issues: Iterable[Issue], now: datetime) -> Iterator[Text]:
    """Yield the texts that these issues will carry, so that several processes can parse them.

    Freezing goes one by one, because an issue takes nothing that an earlier one has.
    """
    trial = Assembler(workspace.files, workspace.pool, workspace.issues)
    with suppress(PressroomError):  # freezing will report it
        for issue in issues:
            assembled, lock = trial.freeze(issue, now)
            trial.add(issue, lock)
            yield issue
            yield from (item for edition in assembled.editions for item in edition.items)


def _assemble(
    composer: Composer, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False
) -> AssembleReport:
    assembler = composer.workspace.assembler
    before = assembler.locks.get(issue.folder)
    errors: list[PressroomError] = []
    if issue.folder not in {*assembler.locks, *assembler.broken}:
        errors += freeze_obstacles(composer.publication)
    with collect(errors):
        assembled, lock = assembler.freeze(issue, now, update=update, refresh=refresh)
        composer.compose_assembled(assembled)  # a text with a mistake is not frozen
    raise_all(errors)
    written = assembler.write(issue, lock)
    empty = [edition.audience for edition in assembled.editions if not edition.items]
    findings = tuple(assembler.issue_findings(issue, empty))
    changed = before is not None and {*before.keys} != {*lock.keys}
    warnings = tuple(_sent_before(composer.workspace, issue, lock.path)) if changed else ()
    return AssembleReport(assembled, lock.path, written, findings, warnings)


def _sent_before(workspace: Workspace, issue: Issue, lock: str) -> Iterator[PressroomError]:
    """Yield a warning if an issue that was sent, or is being sent, carries something else from now on."""
    for sent in read_sent(workspace.files.root, issue)[-1:]:
        when = sent.started[:10]
        has = f"was sent on {when}" if sent.finished else f"has a send of {when} that is not finished"
        message = f"the issue {has}, and carries other articles or links from now on."
        hint = f"Restore {lock} from version control, and leave what is new for the next issue."
        yield PressroomError(message, *issue.place, hint)


def workspace_findings(workspace: Workspace) -> tuple[Finding, ...]:
    """Report tags that lead nowhere, and settings that still have the words of the template."""
    placeholders = (
        Finding("COPY012", Severity.WARNING, message, place, hint)
        for place, message, hint in placeholders_left(workspace.files.publication)
    )
    return (*workspace.assembler.tag_findings, *placeholders)
