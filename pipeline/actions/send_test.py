"""Test messages: an edition as one reader receives it, marked as a test and written to a file.

The issue need not be frozen. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from pipeline.actions.prepare import PreparedEdition
from pipeline.errors import PressroomError, suggest
from pipeline.export.bundle import ImageMode
from pipeline.model import Publication
from pipeline.render.email.message import (
    TEST_HEADER,
    TEST_SUBJECT,
    TestRecipient,
    build_message,
    checked_address,
    field_values,
)
from pipeline.support import merge
from pipeline.support.files import write_atomically
from pipeline.support.recipients import EMAIL, recipient, value_of
from pipeline.workspace import Workspace

_LONGEST_NAME = 100
"""Bytes of an address in a file name; systems allow 255 for the whole name."""


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A test message that was written. `fields` maps the merge fields of the email to their values."""

    to: str
    path: Path
    size: int
    subject: str
    fields: Mapping[str, str]


def test_recipient(
    publication: Publication, address: str, recipients: Path | None, fields: Mapping[str, str]
) -> TestRecipient:
    """Return the recipient of a test: the row of `recipients` with this address, overridden by `fields`.

    Columns that are not merge fields are ignored. Raises `PressroomError` for an invalid address, a list
    that does not contain it, and an unknown field.
    """
    to = checked_address(address, "--to")
    known = (*merge.BUILT_IN_FIELDS, *publication.merge_fields)
    for name in fields:
        if name not in known:
            hint = suggest(name, known) or f"The merge fields are {', '.join(dict.fromkeys(known))}."
            raise PressroomError(f"no merge field is named `{name}`.", "--field", None, hint)
    row = recipient(recipients, str(recipients), address.strip()) if recipients else {}
    overrides = {name: value_of(name, text, "--field") for name, text in fields.items()}
    values = {name: text for name, text in row.items() if name in known}
    return TestRecipient(to, {EMAIL: to, **values, **overrides})


def write_test_messages(
    workspace: Workspace,
    prepared: PreparedEdition,
    recipients: Sequence[TestRecipient],
    images: ImageMode,
    output: Path | None,
) -> tuple[WrittenMessage, ...]:
    """Write a test message for each recipient, below `build/tests` or to `output`.

    Raises `PressroomError` for an output that exists and is not a test message.
    """
    edition, email, publication = prepared.edition, prepared.email, prepared.composer.publication
    pictures = prepared.composer.images.data if images is ImageMode.PACKED else None
    other = "" if edition.audience == edition.issue.audiences[0] else f"-{edition.audience}"
    folder = workspace.files.build / "tests"
    messages = []
    for reader in recipients:
        data = build_message(email, publication, edition, pictures, reader)
        path = output or folder / f"{edition.issue.folder}{other}-{_file_name(reader.address)}.eml"
        _check_replaceable(path)
        write_atomically(path, data)
        value = field_values(publication, edition, reader.values)
        subject = TEST_SUBJECT + merge.fill(email.subject, value).strip()
        fields: dict[str, str] = {}
        for field in email.merge_fields:
            fields.setdefault(field.name, value(field))
        messages.append(WrittenMessage(reader.address, path, len(data), subject, fields))
    return tuple(messages)


def _file_name(address: str) -> str:
    """Make a part of a file name from an address, valid on every system and different for each address."""
    name = quote(address.lower(), safe="@+")
    if len(name) > _LONGEST_NAME:
        return f"{name[:60]}-{sha256(address.lower().encode()).hexdigest()[:16]}"
    return name


def _check_replaceable(path: Path) -> None:
    """Raise unless the file may be overwritten: only an older test message may."""
    if not path.exists():
        return
    if path.is_file():
        with path.open("rb") as file:
            headers = file.read(16_384).partition(b"\r\n\r\n")[0]
        if TEST_HEADER.encode() in headers.split(b"\r\n"):
            return
    raise PressroomError(
        "exists already and is not a test message.", str(path), hint="Name another file with --output."
    )
