"""Pictures inside a message: `multipart/related` (RFC 2387), shown by `cid:` addresses (RFC 2392)."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable, Iterable
from html import escape

from pipeline.model import Image

_BASE64_LINE = 57
"""Bytes that give a base64 line of 76 columns (RFC 2045, section 6.8)."""


def with_addresses(html: str, images: Iterable[Image], domain: str) -> str:
    """The HTML, each picture shown from the message itself."""
    for image in images:
        html = html.replace(escape(image.url), f"cid:{_identity(image, domain)}")
    return html


def related(html_part: bytes, images: Iterable[Image], data: Callable[[Image], bytes], domain: str) -> bytes:
    """An HTML part and its pictures as one part. `html_part` has its headers, and ends in CRLF."""
    parts = (html_part, *(_picture(image, data(image), domain) for image in images))
    # As in the message around it: what is made from all of it stands in none of it.
    boundary = f"=_r{hashlib.sha256(b''.join(parts)).hexdigest()[:39]}".encode()
    head = b'Content-Type: multipart/related; type="text/html";\r\n boundary="%s"\r\n\r\n' % boundary
    return head + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary


def _picture(image: Image, data: bytes, domain: str) -> bytes:
    head = (
        f"Content-Type: {image.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{_identity(image, domain)}>\r\n"
        f'Content-Disposition: inline; filename="{image.name}"\r\n\r\n'
    )
    lines = (data[at : at + _BASE64_LINE] for at in range(0, len(data), _BASE64_LINE))
    return head.encode("ascii") + b"".join(
        binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines
    )


def _identity(image: Image, domain: str) -> str:
    return f"{image.name}@{domain}"
