"""The finished message: `multipart/alternative` with the text part and the HTML (RFC 2045 and 2046).

Pictures inside it make the HTML a `multipart/related` (RFC 2387), and are shown by `cid:` addresses
(RFC 2392). The standard library writes the parts, under its policy `compat32` and without folding: its
newer policies fold quoted-printable at 78 columns instead of 76.
"""

from __future__ import annotations

import binascii
import hashlib
import html
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32

from pipeline.model import ComposedEdition, Image, Publication, RenderedEmail
from pipeline.render.email.field_values import FieldValues
from pipeline.render.email.headers import (
    MessageHeaders,
    checked_address,
    draft_id,
    draft_recipient,
    sender_domain,
)

_POLICY = compat32.clone(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class TestRecipient:
    """The reader of a test message: a checked address, and what is known of them by merge field."""

    address: str
    values: Mapping[str, str]


def build_message(
    rendered: RenderedEmail,
    publication: Publication,
    edition: ComposedEdition,
    image_data: Callable[[Image], bytes] | None = None,
    tester: TestRecipient | None = None,
) -> bytes:
    """The message that a reader of whom nothing is known gets, addressed to the sender: a draft.

    `image_data` returns the bytes of pictures that are put inside it; without it they are shown from the web.
    Merge fields have their fallbacks. The same edition has the same bytes: date and identity come from
    its feed identity, boundaries from the content. Raises `PressroomError` naming the field for a header
    value with a line break or another control character.

    For a `tester` it is marked as a test and addressed to them, and merge fields have their values. Its
    body is what a reader with these values gets, byte for byte.
    """
    value = FieldValues(publication, edition).of(tester.values if tester else {})
    text = _encoded_part("plain", rendered.text.fill(value))
    body = rendered.html.fill(lambda field: html.escape(value(field)))
    if image_data and rendered.images:
        ids = {image: f"{image.name}@{sender_domain(publication)}" for image in rendered.images}
        for image, id in ids.items():
            body = body.replace(html.escape(image.url), f"cid:{id}")
        related = [
            _encoded_part("html", body),
            *(_picture(image, image_data(image), ids[image]) for image in ids),
        ]
        container = Message(_POLICY)
        _put_parts(container, 'related; type="text/html"', _boundary("=_r", related), related)
        shown = _bytes(container)
    else:
        shown = _encoded_part("html", body)
    parts = [text, shown]
    boundary = _boundary("=_", parts)
    message = Message(_POLICY)
    if tester:
        # Its identity changes with the content, because mailboxes keep one message of each identity.
        to = checked_address(tester.address, "To")
        message_id = draft_id(publication, edition, tester.address, boundary)
    else:
        to, message_id = draft_recipient(publication), draft_id(publication, edition)
    headers = MessageHeaders(rendered, publication, edition, is_test=tester is not None)
    for name, header in headers.of(to, message_id, value):
        message[name] = header
    message["MIME-Version"] = "1.0"
    _put_parts(message, "alternative", boundary, parts)
    return _bytes(message)


def with_crlf(text: str) -> str:
    """The text with the line breaks of mail."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _encoded_part(subtype: str, text: str) -> bytes:
    """A part in quoted-printable, with lines of at most 76 columns."""
    part = Message(_POLICY)
    part["Content-Type"] = f"text/{subtype}; charset=utf-8"
    part["Content-Transfer-Encoding"] = "quoted-printable"
    # Not as its payload, which the generator would write line by line.
    body = binascii.b2a_qp(with_crlf(text).encode(), istext=True).decode("ascii")
    return _bytes(part) + with_crlf(body).encode("ascii")


def _picture(image: Image, data: bytes, id: str) -> bytes:
    part = Message(_POLICY)
    part["Content-Type"] = image.media_type
    part.set_payload(data)
    encode_base64(part)
    part["Content-ID"] = f"<{id}>"
    part["Content-Disposition"] = f'inline; filename="{image.name}"'
    return _bytes(part)


def _boundary(prefix: str, parts: list[bytes]) -> str:
    """A digest of all the parts: none of them has it inside, save by breaking SHA-256."""
    digest = hashlib.sha256(b"".join(parts)).hexdigest()
    return f"{prefix}{digest[: 42 - len(prefix)]}"


def _put_parts(message: Message, subtype: str, boundary: str, parts: list[bytes]) -> None:
    """Put finished parts into a message (RFC 2046, 5.1.1). The generator writes a text as it is."""
    message["Content-Type"] = f'multipart/{subtype};\n boundary="{boundary}"'
    encapsulated = "".join(f"--{boundary}\r\n{part.decode('ascii')}\r\n" for part in parts)
    message.set_payload(f"{encapsulated}--{boundary}--\r\n")


def _bytes(part: Message) -> bytes:
    out = io.BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0, policy=_POLICY).flatten(part)
    return out.getvalue()
