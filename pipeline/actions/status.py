"""Status: how far each issue is, which command comes next, its drafts at services, and its sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from shlex import quote

from pipeline.config.placeholders import freeze_obstacles
from pipeline.config.workspace_files import BUILD, WorkspaceFiles
from pipeline.deliver.sent_file import SentRecord, read_sent
from pipeline.export.approvals import lock_digest, missing_approval, read_approvals
from pipeline.export.drafts import PushedDraft, read_drafts
from pipeline.model import EVERYONE, Issue
from pipeline.support.file_cache import SOURCES
from pipeline.support.json_text import read_json
from pipeline.support.urls import folder_slug
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`state` is draft, open, frozen, changed, sending, sent, broken lock or mistakes.

    `next_step` is the next command. `sends` are as in `sent.json`, with the counts of this moment for those
    of this machine.

    An issue with mistakes in its front matter has its slug as title, and no date. `html_bytes` is the
    size of its email in the last build that succeeded, whatever has changed since; None without one.
    """

    number: int
    folder: str
    title: str
    date: datetime | None
    state: str
    html_bytes: int | None
    next_step: str
    drafts: tuple[PushedDraft, ...] = ()
    sends: tuple[SentRecord, ...] = ()
    audience: str = EVERYONE


def issue_statuses(workspace: Workspace) -> tuple[IssueStatus, ...]:
    """Return the status of every issue, by its number."""
    statuses = [_status(workspace, issue) for issue in workspace.issues]
    statuses += [
        IssueStatus(
            broken.number,
            broken.folder,
            folder_slug(broken.folder),
            None,
            "mistakes",
            _built_size(workspace.files, broken.folder),
            f"pressroom check {quote(broken.folder)}  (says what)",
        )
        for broken in workspace.issues.broken
    ]
    return tuple(sorted(statuses, key=lambda each: each.number))


def _status(workspace: Workspace, issue: Issue) -> IssueStatus:
    assembler, number = workspace.assembler, issue.number
    html_bytes = _built_size(workspace.files, issue.folder)
    sends, running = _sends(workspace, issue)
    lock = assembler.locks.get(issue.folder)
    if issue.draft:
        state, next_step = "draft", "delete `draft: true` when it is ready"
    elif issue.folder in assembler.broken:
        state, next_step = "broken lock", f"pressroom check {number}  (says what)"
    elif lock is None and any(freeze_obstacles(workspace.files.publication)):
        state, next_step = "open", f"pressroom check {number}  (newsletter.toml has placeholders)"
    elif lock is None:
        state, next_step = "open", f"pressroom assemble {number}"
    elif running:
        state, next_step = "sending", f"pressroom send {number} --status  (a process is sending it)"
    elif any(assembler.conflicts(issue, lock)):
        state, next_step = "changed", f"pressroom build {number}  (says what changed)"
    elif issue.web_only and not sends:
        state, next_step = "frozen", f"pressroom build {number}" if html_bytes is None else ""
    elif sends and sends[-1].finished:
        state, next_step = "sent", f"pressroom send {number} --status"
    elif html_bytes is not None and _waits_for_approval(workspace, issue):
        state, next_step = "frozen", f"pressroom approve {number}"
    elif sends:
        state, next_step = "sending", f"pressroom send {number}"
    elif html_bytes is None:
        state, next_step = "frozen", f"pressroom build {number}"
    elif workspace.files.publication.delivery.url:
        state, next_step = "frozen", f"pressroom send {number} --to LIST"
    else:
        # An export goes anywhere, and leaves no trace here.
        state, next_step = "frozen", f"pressroom export {number}  (if not exported yet)"
    return IssueStatus(
        number,
        issue.folder,
        issue.title,
        issue.date,
        state,
        html_bytes,
        next_step,
        read_drafts(workspace.files.root, issue),
        sends,
        issue.audiences[0],
    )


def _sends(workspace: Workspace, issue: Issue) -> tuple[tuple[SentRecord, ...], bool]:
    """Return the sends of an issue, and whether a process is at one of them.

    The ledger is opened only where one was sent.
    """
    root = workspace.files.root
    records = read_sent(root, issue)
    if not records:
        return (), False
    from pipeline.deliver.open_ledger import has_ledger, open_ledger

    if not has_ledger(root):
        return records, False
    with open_ledger(root) as ledger:
        counts = [ledger.counts(each.id) for each in records]
        running = any(ledger.has_live_workers(each.id) for each in records)
    counted = (
        replace(record, counts={state.value: count for state, count in states.items()} or record.counts)
        for record, states in zip(records, counts, strict=True)
    )
    return tuple(counted), running


def _waits_for_approval(workspace: Workspace, issue: Issue) -> bool:
    """Whether a frozen issue lacks a required approval of its lock. Its emails are not looked at."""
    root, required = workspace.files.root, workspace.files.publication.approval
    if not required:
        return False
    lock = lock_digest(root, issue)
    valid = [each for each in read_approvals(root, issue) if each.lock == lock]
    return missing_approval(valid, required) is not None


def _built_size(files: WorkspaceFiles, folder: str) -> int | None:
    """Return the `html_bytes` in a bundle's list of files, or None without one."""
    path = f"{BUILD}/issues/{folder}/issue.json"
    size = files.cache.get(f"size {path}")
    if size is None:
        try:
            size = read_json((files.root / path).read_bytes())["html_bytes"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        files.cache.put(f"size {path}", {path: files.cache.stamp(path)}, size, group=SOURCES)
    return size if isinstance(size, int) else None
