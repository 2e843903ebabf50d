"""The message of an edition with a slot for each merge field, filled for one recipient after the other.

Parts are encoded once, as quoted-printable (RFC 2045, 6.7). Each text between two fields is encoded alone,
and so is each value; both end in a soft line break, so that neither changes how the other is written. Lines
are written so that a message needs no change on its way: none begins with a dot (RFC 5321, 4.5.2), with the
`From ` of mailbox files or with the dashes of a boundary, and the canonical form of a signature (RFC 6376,
3.4.4) is the body itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from pipeline.model import ComposedEdition, MergeField, MergeText, Publication, RenderedEmail
from pipeline.render.email.field_values import FieldValues
from pipeline.render.email.headers import MessageHeaders, sent_recipient
from pipeline.render.email.message import with_crlf
from pipeline.support.limits import ENCODED_LINE

_Slot = tuple[MergeField, bool]
"""A field, and whether it is in HTML."""

_ESCAPED = re.compile(rb"[^ -<>-~\r\n]| (?=[ \r\n])")
"""What quoted-printable escapes, and each space before another one or at the end of a line."""

_LINE_START = re.compile(rb"^[.F-]", re.MULTILINE)
_FULL_LINE = re.compile(rb"[^\r\n]{%d,%d}(?<!=)(?<!=.)(?=[^\r\n])" % (ENCODED_LINE - 5, ENCODED_LINE - 3))
"""What a soft line break follows: room is left for it, and for two columns more at the start of the line."""


@dataclass(frozen=True, slots=True)
class PersonalMessage:
    """The message to one recipient, ready to be signed and sent.

    Values of `headers` are folded. `body_hash` is the digest of the body, also for DKIM, whose relaxed form
    is the body itself.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_hash: bytes

    def head(self, *signatures: tuple[str, str]) -> bytes:
        """Write the headers and the empty line after them, those of signatures before the others.

        They are UTF-8, and ASCII unless the recipient's address is not.
        """
        head = "".join(f"{name}: {value}\n" for name, value in (*signatures, *self.headers))
        return head.replace("\n", "\r\n").encode() + b"\r\n"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """What all messages of an edition share; `body` is encoded, with slots for values."""

    headers: MessageHeaders
    mime_headers: tuple[tuple[str, str], ...]
    values: FieldValues
    body: tuple[bytes | _Slot, ...]

    def fill(self, address: str, message_id: str, reader: Mapping[str, str]) -> PersonalMessage:
        """Fill the message for a recipient with a checked address.

        `message_id` has no brackets. `reader` are their values of merge fields; `unsubscribe_url`
        among them is an address of their own, for the header too. They read what `build_message` shows a
        `TestRecipient` with these values. Raises `PressroomError` for a value that no header takes.
        """
        value = self.values.of({"email": address, **reader})
        written: dict[_Slot, bytes] = {}
        pieces: list[bytes] = []
        for piece in self.body:
            if isinstance(piece, bytes):
                pieces.append(piece)
                continue
            if piece not in written:
                field, is_html = piece
                written[piece] = _encode(escape(value(field)) if is_html else value(field))
            pieces.append(written[piece])
        headers = self.headers.of(sent_recipient(address), message_id, value)
        body = b"".join(pieces)
        return PersonalMessage((*headers, *self.mime_headers), body, hashlib.sha256(body).digest())


def message_template(
    rendered: RenderedEmail, publication: Publication, edition: ComposedEdition, date: datetime
) -> MessageTemplate:
    """Encode an edition's message; `date` is when the sending began.

    Raises `PressroomError` for a setting that no header takes.
    """
    parts = (("plain", rendered.text), ("html", rendered.html))
    encoded = {subtype: tuple(_pieces(text, subtype == "html")) for subtype, text in parts}
    # A part has no line that begins with a dash, so that no value can end it.
    boundary = f"=_{hashlib.sha256(repr(encoded).encode()).hexdigest()[:40]}"
    body: list[bytes | _Slot] = []
    for subtype, pieces in encoded.items():
        head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
        body += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), *pieces, b"\r\n"]
    body.append(f"--{boundary}--\r\n".encode())
    return MessageTemplate(
        MessageHeaders(rendered, publication, edition, date),
        (("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative;\n boundary="{boundary}"')),
        FieldValues(publication, edition),
        tuple(body),
    )


def _pieces(text: MergeText, is_html: bool) -> Iterator[bytes | _Slot]:
    for segment in text.segments:
        yield (segment, is_html) if isinstance(segment, MergeField) else _encode(segment)


def _encode(text: str) -> bytes:
    """Quoted-printable that ends at the start of a line, whatever comes after it."""
    escaped = _ESCAPED.sub(_escape, with_crlf(text).encode())
    lines = _LINE_START.sub(_escape, _FULL_LINE.sub(rb"\g<0>=\r\n", escaped))
    return lines if not lines or lines.endswith(b"\n") else lines + b"=\r\n"


def _escape(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match[0][0]
