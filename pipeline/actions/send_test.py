"""Test messages: an edition as one reader receives it, marked as a test, in a file and by mail.

The issue need not be frozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from pipeline.actions.check import check_edition
from pipeline.actions.mail_settings import connect
from pipeline.actions.prepare import PreparedEdition, prepare_edition
from pipeline.compose import Composer
from pipeline.deliver.connection import OutgoingMessage
from pipeline.deliver.dkim import DkimSigner, sign_message
from pipeline.deliver.list_values import field_value
from pipeline.deliver.open_ledger import open_ledger
from pipeline.deliver.outcome import Outcome, State
from pipeline.deliver.recipient_list import open_list
from pipeline.deliver.resend_server import ResendServer
from pipeline.deliver.smtp_server import SmtpServer
from pipeline.errors import PressroomError, suggest
from pipeline.export.approvals import email_digest
from pipeline.export.bundle import ImageMode
from pipeline.model import Finding, Issue, Publication, Severity
from pipeline.render.email.headers import TEST_HEADER, TEST_SUBJECT, checked_address
from pipeline.render.email.message import TestRecipient, build_message
from pipeline.support import merge
from pipeline.support.files import write_atomically
from pipeline.workspace import Workspace, edition_audience

_LONGEST_NAME = 100
"""Bytes of an address in a file name; systems allow 255 for the whole name."""


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """Which test messages to write.

    `recipients` is a CSV file whose row with an address fills the merge fields; `fields` override it. Without
    `audience` it is the issue's first edition; without `output` the files go below `build/tests`.
    """

    issue: Issue
    addresses: tuple[str, ...]
    recipients: Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    audience: str | None = None
    images: ImageMode = ImageMode.HOSTED
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A test message that was written. `fields` maps the merge fields of the email to their values."""

    to: str
    path: Path
    size: int
    subject: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """The test messages of an edition. `findings` are its errors, as warnings: they do not stop a test.

    `email` is the digest of the email that they are made of.
    """

    email: str
    audience: str
    frozen: bool
    messages: tuple[WrittenMessage, ...]
    findings: tuple[Finding, ...]


def write_test(workspace: Workspace, request: MessageRequest) -> WrittenTest:
    """Write a test message for each address; an address that is named twice gets one.

    Columns of `recipients` that are not merge fields are ignored. Raises `PressroomError` for an invalid
    address, a list that does not contain it, an unknown field, and an output that exists and is not a test
    message.
    """
    audience = edition_audience(request.issue, request.audience)
    recipients = {
        each.address.lower(): each
        for each in (_recipient(workspace.files.publication, to, request) for to in request.addresses)
    }
    prepared = prepare_edition(Composer(workspace), request.issue, audience)
    messages = _write_messages(prepared, tuple(recipients.values()), request.images, request.output)
    findings = tuple(
        replace(each, severity=Severity.WARNING)
        for each in check_edition(prepared).findings
        if each.severity is Severity.ERROR
    )
    return WrittenTest(
        email_digest(prepared.email), audience, prepared.issue.assembled.frozen, messages, findings
    )


async def send_tests(
    publication: Publication,
    written: WrittenTest,
    server: SmtpServer | ResendServer,
    signers: Sequence[DkimSigner],
) -> tuple[Outcome, ...]:
    """Send test messages that were written. Returns how each ended; raises `ServerError`."""

    async def no_gate(messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
        """A test may be sent twice."""
        return messages

    outcomes: list[Outcome] = []
    for each in written.messages:
        connection = await connect(server)
        try:
            data = sign_message(each.path.read_bytes(), signers)
            outcomes += await connection.send(
                [OutgoingMessage(publication.sender_address, each.to, data)], no_gate
            )
        finally:
            await connection.close()
        if connection.failure:
            raise connection.failure
    return tuple(outcomes)


def note_tests(
    workspace: Workspace, issue: Issue, written: WrittenTest, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Note in the ledger which email was sent as a test: only that one may be sent to a list."""
    with open_ledger(workspace.files.root) as ledger:
        if any(outcome.state is State.ACCEPTED for outcome in outcomes):
            ledger.note_test(issue.folder, written.audience, written.email, now)


def _recipient(publication: Publication, address: str, request: MessageRequest) -> TestRecipient:
    to = checked_address(address, "--to")
    known = (*merge.BUILT_IN_FIELDS, *publication.merge_fields)
    for name in request.fields:
        if name not in known:
            hint = suggest(name, known) or f"The merge fields are {', '.join(dict.fromkeys(known))}."
            raise PressroomError(f"no merge field is named `{name}`.", "--field", None, hint)
    values: Mapping[str, str] = {}
    if request.recipients:
        readers = open_list(str(request.recipients), fields=known, allow_reserved=True)
        values = readers.find(address.strip()).values
    overrides = {name: _override(name, text) for name, text in request.fields.items()}
    return TestRecipient(to, {"email": to, **values, **overrides})


def _override(name: str, text: str) -> str:
    try:
        return field_value(name, text)
    except PressroomError as error:
        raise PressroomError(error.message, "--field", None, error.hint) from error


def _write_messages(
    prepared: PreparedEdition, recipients: Sequence[TestRecipient], images: ImageMode, output: Path | None
) -> tuple[WrittenMessage, ...]:
    edition, email, publication = prepared.edition, prepared.email, prepared.composer.publication
    image_data = prepared.composer.images.data if images is ImageMode.PACKED else None
    folder = prepared.composer.workspace.files.build / "tests"
    messages = []
    for to in recipients:
        data = build_message(email, publication, edition, image_data, to)
        path = output or folder / f"{edition.file_name}-{_file_name(to.address)}.eml"
        _check_replaceable(path)
        write_atomically(path, data)
        value = prepared.field_values(to.values)
        subject = TEST_SUBJECT + email.subject.fill(value).strip()
        fields: dict[str, str] = {}
        for each in email.merge_fields:
            if not each.encoded:
                fields.setdefault(each.name, value(each))
        for each in email.merge_fields:
            fields.setdefault(each.name, unquote(value(each)))
        messages.append(WrittenMessage(to.address, path, len(data), subject, fields))
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
