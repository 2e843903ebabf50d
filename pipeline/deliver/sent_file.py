"""What was sent of an issue: `sent.json` beside its lock, committed, so that every clone knows of it.

It has digests, counts, times and the name of the machine that has the ledger; never an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.model import Issue
from pipeline.support.record_file import read_record_list, write_record_list

_NAME = "sent.json"


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A send as it is committed. `finished` is empty until it is; times are as in RFC 3339.

    `emails` maps audiences to the digests of their emails, `counts` states to numbers of recipients.
    """

    id: str
    started: str
    finished: str
    machine: str
    again: str
    emails: Mapping[str, str]
    counts: Mapping[str, int]


def read_sent(root: Path, issue: Issue) -> tuple[SentRecord, ...]:
    """Return the sends of an issue, oldest first. Raises `PressroomError` if they cannot be read."""
    hint = "Restore it from version control: it keeps an issue from being sent twice."
    return read_record_list(root, sent_path(issue), "sends", _sent_record, hint)


def write_sent(root: Path, issue: Issue, record: SentRecord) -> None:
    """Write a send into the list, in place of its earlier record."""
    records = {each.id: each for each in (*read_sent(root, issue), record)}
    _write(root, issue, records)


def remove_sent(root: Path, issue: Issue, id: str) -> None:
    """Take a send out of the list."""
    _write(root, issue, {each.id: each for each in read_sent(root, issue) if each.id != id})


def _write(root: Path, issue: Issue, records: Mapping[str, SentRecord]) -> None:
    if not records:
        (root / sent_path(issue)).unlink(missing_ok=True)
        return
    write_record_list(root, sent_path(issue), "sends", records.values())


def _sent_record(item: Mapping[str, Any]) -> SentRecord:
    return SentRecord(
        id=str(item["id"]),
        started=str(item["started"]),
        finished=str(item["finished"]),
        machine=str(item["machine"]),
        again=str(item["again"]),
        emails={**item["emails"]},
        counts={**item["counts"]},
    )


def sent_path(issue: Issue) -> str:
    """Return the path of an issue's `sent.json` in the workspace."""
    return f"issues/{issue.folder}/{_NAME}"
