"""The approvals of an issue: `approvals.json` beside its lock, committed like it.

An approval is of one lock and of the emails that were rendered from it. Whatever changes either makes it an
approval of something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.assemble.lock import lock_path
from pipeline.model import Issue, RenderedEmail
from pipeline.support.mail_addresses import split_mailbox
from pipeline.support.record_file import read_record_list, write_record_list

_NAME = "approvals.json"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved an issue, and when (RFC 3339).

    `lock` is the digest of the lock file; `emails` maps audiences to the digests of their emails.
    """

    by: str
    at: str
    lock: str
    emails: Mapping[str, str]

    def is_of(self, lock: str, audience: str, digest: str) -> bool:
        """Whether it is of this lock, and of this email of the edition for an audience."""
        return self.lock == lock and self.emails.get(audience) == digest

    @property
    def person(self) -> str:
        """The address of the person, or the name of one without an address, in lower case."""
        address = split_mailbox(self.by)[1]
        return (address if "@" in address else self.by).casefold()

    def is_by(self, name: str) -> bool:
        """Whether it is by the person of this name or address."""
        own = {self.by.casefold(), *(part.casefold() for part in split_mailbox(self.by))}
        return name.casefold() in own


def email_digest(email: RenderedEmail) -> str:
    """Return the digest of all that a reader sees of an email."""
    shown = "\0".join((email.subject, email.preview_text, email.html, email.text))
    return "sha256:" + hashlib.sha256(shown.encode()).hexdigest()


def lock_digest(root: Path, issue: Issue) -> str:
    """Return the digest of the bytes of an issue's lock."""
    return "sha256:" + hashlib.sha256((root / lock_path(issue.folder)).read_bytes()).hexdigest()


def read_approvals(root: Path, issue: Issue) -> tuple[Approval, ...]:
    """Return the approvals of an issue, oldest first. Raises `PressroomError` if they cannot be read."""
    hint = "Restore it from version control, or delete it and approve again."
    return read_record_list(root, _path(issue), "approvals", _approval, hint)


def write_approval(root: Path, issue: Issue, approval: Approval) -> str:
    """Add an approval, in place of an earlier one by the same person. Returns the path of the file."""
    others = [each for each in read_approvals(root, issue) if each.person != approval.person]
    write_record_list(root, _path(issue), "approvals", (*others, approval))
    return _path(issue)


def _path(issue: Issue) -> str:
    return f"issues/{issue.folder}/{_NAME}"


def _approval(item: Mapping[str, Any]) -> Approval:
    return Approval(str(item["by"]), str(item["at"]), str(item["lock"]), {**item["emails"]})


def missing_approval(valid: Collection[Approval], required: int | tuple[str, ...]) -> str | None:
    """Say which approval an issue still needs; None if the valid ones are all that are `required`.

    `required` is a number, or the names or addresses of people.
    """
    if isinstance(required, int):
        count = len({each.person for each in valid})
        if count >= required:
            return None
        noun = "approval" if required == 1 else "approvals"
        return f"the issue needs {required} {noun} and has {count}."
    missing = [name for name in required if not any(each.is_by(name) for each in valid)]
    names = " and ".join(filter(None, (", ".join(missing[:-1]), *missing[-1:])))
    return f"the issue needs the approval of {names}." if missing else None
