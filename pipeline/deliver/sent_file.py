"""What was sent of an issue: `sent.json` beside its lock, committed, so that every clone knows of it.

It has digests, counts, times and the name of the machine that has the ledger; never an address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.errors import PressroomError
from pipeline.model import Issue
from pipeline.support.files import write_atomically
from pipeline.support.json_text import read_committed_json

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
    path = sent_path(issue)
    if not (root / path).is_file():
        return ()
    try:
        items = read_committed_json(root / path, path)["sends"]
        return tuple(
            SentRecord(
                id=str(item["id"]),
                started=str(item["started"]),
                finished=str(item["finished"]),
                machine=str(item["machine"]),
                again=str(item["again"]),
                emails={**item["emails"]},
                counts={**item["counts"]},
            )
            for item in items
        )
    except (ValueError, KeyError, TypeError) as error:
        hint = "Restore it from version control: it keeps an issue from being sent twice."
        line = getattr(error, "lineno", None)
        raise PressroomError("is not a list of sends that can be read.", path, line, hint) from error


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
    data = {"version": 1, "sends": [asdict(each) for each in records.values()]}
    text = json.dumps(data, indent=2, ensure_ascii=False)
    write_atomically(root / sent_path(issue), f"{text}\n".encode(), durable=True)


def sent_path(issue: Issue) -> str:
    """Return the path of an issue's `sent.json` in the workspace."""
    return f"issues/{issue.folder}/{_NAME}"
