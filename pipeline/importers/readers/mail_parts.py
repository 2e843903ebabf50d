"""The parts of an email, whatever state they are in (RFC 5322, RFC 2045 to 2047)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message

from pipeline.errors import PressroomError
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.draft import Left, Material
from pipeline.support.files import MAX_SOURCE_BYTES

_MAX_DEPTH = 20
_MAX_PARTS = 1000
_LONGEST_HEADER = 4000
"""Characters of a header that are read: the time to decode it grows with its square."""
_UNFIT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that no email is written in."""


@dataclass(slots=True)
class MailParts:
    """What an email is made of: texts and pages in their order, pictures by Content-ID, emails within it."""

    bodies: list[tuple[str, str]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    inner: list[Message] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def message_of(data: bytes, name: str) -> Message:
    """The email in these bytes; broken ones are read as far as they go. Raises `PressroomError`."""
    try:
        return message_from_bytes(data.lstrip())
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", name) from error


def header(message: Message, name: str) -> str:
    """The text of a header, decoded, on one line; empty if it is missing. Never raises."""
    text = str(message.get(name, ""))[:_LONGEST_HEADER]
    with suppress(Exception):  # broken base64
        text = "".join(_decoded(chunk, charset) for chunk, charset in decode_header(text))
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(cleaned(text).split())


def _decoded(chunk: bytes | str, charset: str | None) -> str:
    if isinstance(chunk, str):
        return chunk
    try:
        return chunk.decode(charset or "utf-8", "surrogateescape")
    except LookupError:
        return chunk.decode("latin-1")


def parts_of(message: Message, name: str) -> MailParts:
    """Everything in it. Raises `PressroomError` if it is nested too deeply or has too much text."""
    parts = MailParts()
    for number, part in enumerate(_leaves(message, name, 0)):
        if number == _MAX_PARTS:
            raise PressroomError(f"has more than {_MAX_PARTS} parts.", name)
        _sort(part, parts, name)
    return parts


def _leaves(message: Message, name: str, depth: int) -> Iterator[Message]:
    """The parts that are to be read; of several forms of the same, the page, else the last that is text."""
    if depth > _MAX_DEPTH:
        raise PressroomError("is nested too deeply.", name)
    children = message.get_payload()
    if not isinstance(children, list) or message.get_content_type().startswith("message/"):
        yield message
        return
    groups = [list(_leaves(child, name, depth + 1)) for child in children if isinstance(child, Message)]
    if message.get_content_type() == "multipart/alternative":
        for kind in ("text/html", "text/plain"):
            fit = [each for each in groups if any(_is_text(leaf, kind) for leaf in each)]
            if fit:
                others = [leaf for each in groups if each is not fit[-1] for leaf in each]
                groups = [fit[-1], [leaf for leaf in others if leaf.get_content_maintype() != "text"]]
                break
    for each in groups:
        yield from each


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and bool(_bytes(part).strip())


def _sort(part: Message, parts: MailParts, name: str) -> None:
    kind, cid = part.get_content_type(), header(part, "Content-ID").strip("<> ")
    attached = header(part, "Content-Disposition").lower().startswith("attachment")
    payload = part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        parts.inner += [each for each in payload if isinstance(each, Message)]
        return
    data = _bytes(part)
    filename = " ".join(cleaned(str(part.get_filename("") or "")).split())
    if kind in ("text/plain", "text/html") and not attached:
        if len(data) > MAX_SOURCE_BYTES:
            raise PressroomError(f"has more than {MAX_SOURCE_BYTES // 1_000_000} MB of text.", name)
        text = _text(part, data)
        parts.bodies += [(kind, text)] if text.strip() else []
    elif kind.startswith("image/") and cid:
        parts.pictures.setdefault(cid, data)
    elif data.strip() or filename:
        what = ", ".join(filter(None, [filename, kind, f"{len(data):,} bytes"]))
        parts.left.append(Left(what, "an attachment"))


def _bytes(part: Message) -> bytes:
    data = None
    with suppress(Exception):  # an unknown transfer encoding
        data = part.get_payload(decode=True)
    payload = part.get_payload()
    if isinstance(data, bytes):
        return data
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _text(part: Message, data: bytes) -> str:
    """The text in the encoding that it declares, if it is in that, else in the one that it shows."""
    text = None
    with suppress(LookupError, ValueError, TypeError, AttributeError):
        encoding = codecs.lookup(str(part.get_content_charset(""))).name
        # Windows-1252 travels under the names of ASCII and Latin-1, or UTF-8.
        if encoding not in _UNFIT and encoding not in ("ascii", "iso8859-1"):
            text = cleaned(data.decode(encoding))
    if text is None:
        try:
            text = text_of(Material("", data))
        except PressroomError:
            text = cleaned(data.decode("utf-8", "replace"))
    return _unflowed(text) if "flowed" in header(part, "Content-Type").lower() else text


def _unflowed(text: str) -> str:
    """Lines joined that were parted only to be short (RFC 3676, section 4.1)."""
    lines: list[list[str]] = []
    open_line = False
    for line in text.split("\n"):
        quoted, signature = line.startswith(">"), line == "-- "
        words = line if quoted else line.removeprefix(" ")
        if open_line and line and not quoted and not signature:
            lines[-1].append(words)
        else:
            lines.append([words])
        open_line = line.endswith(" ") and not signature and not quoted
    return "\n".join("".join(line).rstrip() for line in lines)
