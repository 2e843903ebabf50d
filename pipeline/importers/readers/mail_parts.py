"""The parts of an email, whatever state they are in (RFC 5322, RFC 2045 to 2047)."""

from __future__ import annotations

import codecs
import email.header
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import Any

from pipeline.errors import PressroomError
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.draft import Left, Material
from pipeline.support.files import MAX_SOURCE_BYTES

_MAX_DEPTH = 20
_MAX_PARTS = 1000
_LONGEST_HEADER = 4000
_UNFIT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that no email is written in."""


def _short(name: str, value: str) -> Any:
    """A parsed header; of a very long one its beginning, for the parser's time grows with its square."""
    return _REGISTRY(name, value[:_LONGEST_HEADER])


_REGISTRY = HeaderRegistry()
_POLICY = EmailPolicy(header_factory=_short)


@dataclass(slots=True)
class MailParts:
    """What an email is made of: texts and pages in their order, pictures by Content-ID, emails within it."""

    bodies: list[tuple[str, str]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    inner: list[EmailMessage] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def message_of(data: bytes, name: str) -> EmailMessage:
    """The email in these bytes; broken ones are read as far as they go. Raises `PressroomError`."""
    try:
        message = BytesParser(_class=EmailMessage, policy=_POLICY).parsebytes(data.lstrip())
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", name) from error
    except Exception as error:  # Python's parser of headers is known to raise whatever it stumbles over
        raise PressroomError("is not an email that can be read.", name) from error
    return message


def header(message: EmailMessage, name: str) -> str:
    """The text of a header, decoded, on one line; empty if it is missing. Never raises."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        text = str(message.get(name, ""))
    except Exception:  # as in `message_of`
        text = raw[:_LONGEST_HEADER]
        with suppress(Exception):  # an unknown charset, broken base64
            text = str(email.header.make_header(email.header.decode_header(text)))
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(cleaned(text).split())


def parts_of(message: EmailMessage, name: str) -> MailParts:
    """Everything in it. Raises `PressroomError` where it is nested too deeply or has too much text."""
    parts = MailParts()
    for number, part in enumerate(_leaves(message, name, 0)):
        if number == _MAX_PARTS:
            raise PressroomError(f"has more than {_MAX_PARTS} parts.", name)
        _sort(part, parts, name)
    return parts


def _leaves(message: EmailMessage, name: str, depth: int) -> Iterator[EmailMessage]:
    """The parts that are to be read; of several forms of the same, the page, else the last that is text."""
    if depth > _MAX_DEPTH:
        raise PressroomError("is nested too deeply.", name)
    children = message.get_payload()
    if not isinstance(children, list) or _kind(message).startswith("message/"):
        yield message
        return
    found = [list(_leaves(child, name, depth + 1)) for child in children if isinstance(child, EmailMessage)]
    if _kind(message) == "multipart/alternative":
        for kind in ("text/html", "text/plain"):
            chosen = [
                each for each in found if any(_kind(leaf) == kind and _has_words(leaf) for leaf in each)
            ]
            if chosen:
                others = [leaf for each in found if each is not chosen[-1] for leaf in each]
                found = [chosen[-1], [leaf for leaf in others if not _kind(leaf).startswith("text/")]]
                break
    for each in found:
        yield from each


def _sort(part: EmailMessage, parts: MailParts, name: str) -> None:
    kind = _kind(part)
    cid = header(part, "Content-ID").strip("<> ")
    attached = header(part, "Content-Disposition").lower().startswith("attachment")
    if kind == "message/rfc822":
        payload = part.get_payload()
        parts.inner += [each for each in payload if isinstance(each, EmailMessage)] if payload else []
        return
    data = _bytes(part)
    if kind in ("text/plain", "text/html") and not attached:
        if len(data) > MAX_SOURCE_BYTES:
            raise PressroomError(f"has more than {MAX_SOURCE_BYTES // 1_000_000} MB of text.", name)
        text = _text(part, data)
        if text.strip():
            parts.bodies.append((kind, text))
    elif kind.startswith("image/") and cid:
        parts.pictures.setdefault(cid, data)
    elif data.strip() or _filename(part):
        what = ", ".join(filter(None, [_filename(part), kind, f"{len(data)} bytes"]))
        parts.left.append(Left(what, "an attachment"))


def _kind(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except Exception:  # as in `message_of`
        return header(part, "Content-Type").partition(";")[0].strip().lower() or "text/plain"


def _filename(part: EmailMessage) -> str:
    try:
        return " ".join(cleaned(part.get_filename() or "").split())
    except Exception:  # as in `message_of`
        return ""


def _bytes(part: EmailMessage) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # a transfer encoding that is none
        data = None
    if isinstance(data, bytes):
        return data
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _has_words(part: EmailMessage) -> bool:
    return bool(_bytes(part).strip())


def _text(part: EmailMessage, data: bytes) -> str:
    """The text in the encoding that it declares, where it is in that, else in the one that it shows."""
    try:
        charset = str(part.get_content_charset("") or "")
        flowed = "flowed" in str(part.get_param("format", "") or "").lower()
    except Exception:  # as in `message_of`
        charset, flowed = "", False
    text = _declared(data, charset)
    if text is None:
        try:
            text = text_of(Material("", data))
        except PressroomError:
            text = cleaned(data.decode("utf-8", "replace"))
    return _unflowed(text) if flowed else text


def _declared(data: bytes, charset: str) -> str | None:
    try:
        encoding = codecs.lookup(charset).name
        if encoding in _UNFIT:
            return None
        if encoding in ("ascii", "iso8859-1"):  # under these names Windows-1252 travels, or UTF-8
            return None
        return cleaned(data.decode(encoding))
    except (LookupError, ValueError):
        return None


def _unflowed(text: str) -> str:
    """Lines joined where they were parted only to be short (RFC 3676, section 4.1)."""
    lines: list[list[str]] = []
    open_line = False
    for line in text.split("\n"):
        quoted, signature = line.startswith(">"), line == "-- "
        said = line if quoted else line.removeprefix(" ")
        if open_line and line and not quoted and not signature:
            lines[-1].append(said)
        else:
            lines.append([said])
        open_line = line.endswith(" ") and not signature and not quoted
    return "\n".join("".join(line).rstrip() for line in lines)
