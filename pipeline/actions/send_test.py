"""A test message: an issue as one reader gets it, marked as a test and written to a file.

It goes the one path of `press.py`, from an issue that need not be frozen. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from pipeline.actions.press import press_of, render
from pipeline.errors import PressroomError, suggest
from pipeline.export.bundle import ImageMode
from pipeline.model import Issue, Publication
from pipeline.render.email.field_values import field_values
from pipeline.render.email.headers import TEST_HEADER, TEST_SUBJECT, checked_address
from pipeline.render.email.message import TestRecipient, build_message
from pipeline.support import merge
from pipeline.support.files import write_atomically
from pipeline.support.recipients import EMAIL, recipient, value_of
from pipeline.workspace import Workspace

_LONGEST_NAME = 100
"""Bytes of an address in a file's name; systems take 255 for the whole."""


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A test message as written. `fields` are the merge fields of the email with what they read."""

    to: str
    path: Path
    size: int
    subject: str
    fields: Mapping[str, str]


def test_recipient(
    publication: Publication, address: str, recipients: Path | None, fields: Mapping[str, str]
) -> TestRecipient:
    """Whom a test is for: the row of `recipients` with this address, `fields` over it.

    Columns that are no merge field are passed over. Raises `PressroomError` for an address that is none,
    a list without it, and a field that is not known.
    """
    checked = checked_address(address, "--to")
    known = (*merge.BUILT_IN_FIELDS, *publication.merge_fields)
    for name in fields:
        if name not in known:
            hint = suggest(name, known) or f"The merge fields are {', '.join(dict.fromkeys(known))}."
            raise PressroomError(f"no merge field is named `{name}`.", "--field", None, hint)
    row = recipient(recipients, str(recipients), address.strip()) if recipients else {}
    given = {name: value_of(name, text, "--field") for name, text in fields.items()}
    values = {name: text for name, text in row.items() if name in known}
    return TestRecipient(checked, {EMAIL: checked, **values, **given})


def write_test_messages(
    workspace: Workspace,
    issue: Issue,
    audience: str,
    testers: Sequence[TestRecipient],
    images: ImageMode,
    output: Path | None,
) -> tuple[WrittenMessage, ...]:
    """Write a test message for each tester, below `build/tests` or to `output`.

    Raises `PressroomError` for an output that is there already and is no test message.
    """
    press, edition = press_of(workspace, issue, audience, images)
    publication = press.composer.publication
    rendered = render(press, edition)
    pictures = press.composer.images.data if images is ImageMode.PACKED else None
    suffix = "" if audience == issue.audiences[0] else f"-{audience}"
    folder = workspace.files.build / "tests"
    made = []
    for each in testers:
        data = build_message(rendered, publication, edition, pictures, each)
        path = output or folder / f"{issue.folder}{suffix}-{_file_name(each.address)}.eml"
        _check_replaceable(path)
        write_atomically(path, data)
        value = field_values(publication, edition, each.values)
        subject = TEST_SUBJECT + merge.fill(rendered.subject, value).strip()
        fields: dict[str, str] = {}
        for field in rendered.merge_fields:
            fields.setdefault(field.name, value(field))
        made.append(WrittenMessage(each.address, path, len(data), subject, fields))
    return tuple(made)


def _file_name(address: str) -> str:
    """An address as a part of a file's name, on every system; two addresses have two names."""
    name = quote(address.lower(), safe="@+")
    if len(name) > _LONGEST_NAME:
        return f"{name[:60]}-{sha256(address.lower().encode()).hexdigest()[:16]}"
    return name


def _check_replaceable(path: Path) -> None:
    """A test message takes the place of an older one only: never of a user's other files."""
    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(16_384).partition(b"\r\n\r\n")[0]
        if TEST_HEADER.encode() in head.split(b"\r\n"):
            return
    raise PressroomError(
        "is there already and is no test message.", str(path), hint="Name another file with --output."
    )
