"""The finished message: `multipart/alternative`, as RFC 5322, 2045 to 2047, 2369, 2919 and 8058 ask.

Written line by line, because Python's `EmailMessage` encodes a long List-Unsubscribe as an
encoded word, which mail services do not read, and folds quoted-printable at 78 columns instead of 76.
"""

from __future__ import annotations

import binascii
import hashlib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import quote, urlsplit

from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, Image, MergeField, Publication, RenderedEmail
from pipeline.render.email.related_parts import related, with_addresses
from pipeline.support import merge
from pipeline.support.urls import home_url

_SETTINGS = "newsletter.toml"
_LONGEST = 998
"""The hard limit of a line without its CRLF (RFC 5322, 2.1.1)."""

_LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3: a path, without its angle brackets."""

TEST_SUBJECT = "[Test] "
TEST_HEADER = "X-Pressroom-Test: yes"
"""How a test message is marked: before its subject, and in a header of its own."""

_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class TestRecipient:
    """Whom a test message is for: a checked address, and what is known of its reader by merge field."""

    address: str
    values: Mapping[str, str]


def build_message(
    rendered: RenderedEmail,
    publication: Publication,
    edition: ComposedEdition,
    pictures: Callable[[Image], bytes] | None = None,
    tester: TestRecipient | None = None,
) -> bytes:
    """The message that a reader of whom nothing is known gets, addressed to the sender: a draft.

    `pictures` gives the bytes of those that stand inside it; without it they are shown from the web.
    Merge fields hold their fallbacks. The same edition gives the same bytes: date and identity come
    from its record, the boundary from its content. Raises `PressroomError` naming the field for a
    header value that holds a line break or another control character.

    For a `tester` it is marked as a test and addressed to them, and merge fields hold what is known of
    them. Its body is what a reader of whom the same is known gets, byte for byte.
    """
    value = field_values(publication, edition, tester.values if tester else {})
    text = merge.fill(rendered.text, value)
    body = merge.fill(rendered.html, lambda field: html.escape(value(field)))
    if pictures and rendered.images:
        domain = _address(publication.sender_address, "sender").rpartition("@")[2]
        html_part = _part("html", with_addresses(body, rendered.images, domain))
        parts = (_part("plain", text), related(html_part, rendered.images, pictures, domain))
    else:
        parts = (_part("plain", text), _part("html", body))
    # The digest of what it stands between cannot stand in it, save by breaking SHA-256.
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:40]}"
    headers = _headers(rendered, publication, edition, boundary, value, tester)
    lines = [*headers, "", ""]
    opened = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return "\r\n".join(lines).encode("ascii") + opened + b"--%s--\r\n" % boundary.encode()


def field_values(
    publication: Publication, edition: ComposedEdition, given: Mapping[str, str] | None = None
) -> Callable[[MergeField], str]:
    """What each merge field reads for a reader of whom only `given` is known.

    Else it is its fallback, and for the addresses something that works.
    """
    known_of_reader = given or {}
    known = {
        "email": publication.sender_address,
        "unsubscribe_url": _mailto(publication),
        "preferences_url": home_url(publication),
        "web_url": edition.url or home_url(publication),
        "postal_address": publication.postal_line,
    }

    def value(field: MergeField) -> str:
        return known_of_reader.get(field.name) or field.fallback or known.get(field.name, "")

    def in_address(field: MergeField) -> str:
        own = known_of_reader.get(field.name)
        return quote(own, safe="@") if own else value(field)

    # Settings may hold fields themselves, such as the reader's address.
    known |= {
        name: merge.fill(setting, in_address)
        for name, setting in (
            ("unsubscribe_url", publication.unsubscribe_url),
            ("preferences_url", publication.preferences_url),
        )
        if setting
    }
    return value


def _headers(
    rendered: RenderedEmail,
    publication: Publication,
    edition: ComposedEdition,
    boundary: str,
    value: Callable[[MergeField], str],
    tester: TestRecipient | None,
) -> list[str]:
    domain = _address(publication.sender_address, "sender").rpartition("@")[2]
    known = f"{edition.record.id}\n{edition.audience}"
    subject = _clean(merge.fill(rendered.subject, value), "subject", edition.issue.place.path)
    to = _mailbox(publication.title, publication.sender_address, "title")
    if tester:
        # Another identity than the issue's, and after each change another: mailboxes keep one of each.
        known += f"\n{tester.address}\n{boundary}"
        subject, to = f"{TEST_SUBJECT}{subject}", checked_address(tester.address, "To")
    identity = hashlib.sha256(known.encode()).hexdigest()[:32]
    headers = [
        f"From: {_mailbox(publication.sender_name, publication.sender_address, 'sender')}",
        f"To: {to}",
        f"Subject: {_encoded(subject, 'Subject')}",
        f"Date: {format_datetime(edition.record.published)}",
        f"Message-ID: <{identity}@{domain}>",
        f"List-Id: <{_list_id(publication)}>",
        *_unsubscribe(publication, value(MergeField("unsubscribe_url"))),
        *([TEST_HEADER] if tester else []),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    if publication.reply_to:
        headers.insert(2, f"Reply-To: {_reply_to(publication.reply_to)}")
    return headers


def _unsubscribe(publication: Publication, url: str) -> list[str]:
    """One-click unsubscribing needs an https address; with only a mailto one it is not promised."""
    addresses = [_mailto(publication)]
    one_click = url.startswith("https://")
    if one_click:
        addresses.insert(0, quote(_clean(url, "unsubscribe_url"), safe=_SAFE_IN_URL))
    lines = [f"<{each}>" for each in addresses]
    if any(len(line) > _LONGEST - len("List-Unsubscribe: ,") for line in lines):
        raise PressroomError('"unsubscribe_url" is too long for a header.', _SETTINGS)
    headers = ["List-Unsubscribe: " + ",\r\n ".join(lines)]
    return [*headers, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if one_click else headers


def _mailto(publication: Publication) -> str:
    return f"mailto:{quote(_address(publication.sender_address, 'sender'), safe='@')}?subject=unsubscribe"


def _list_id(publication: Publication) -> str:
    """RFC 2919: stable and readable, so made from the web address and not from the title."""
    address = urlsplit(publication.base_url)
    labels = [part for part in reversed(address.path.split("/")) if part]
    readable = [re.sub(r"[^A-Za-z0-9-]+", "-", part).strip("-") for part in labels]
    host = _ascii_domain(address.hostname or "localhost", "base_url")
    return ".".join([*(part for part in readable if part), host])


def _reply_to(mailbox: str) -> str:
    name, address = parseaddr(_clean(mailbox, "reply_to"))
    return _mailbox(name, address, "reply_to")


def _mailbox(name: str, address: str, field: str) -> str:
    name = _clean(name, field)
    address = _address(address, field)
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    # Folded after the name, for encoded words may fill the line.
    return f"{_encoded(name, 'Reply-To')}\r\n <{address}>"


def checked_address(address: str, field: str) -> str:
    """A typed address with an ASCII domain that is one of names. Raises `PressroomError` naming the field."""
    checked = _address(address, field, None)
    if len(checked) > _LONGEST_ADDRESS or not _DOMAIN.fullmatch(checked.rpartition("@")[2]):
        raise _no_address(address, field, None)
    return checked


def _no_address(address: str, field: str, path: str | None) -> PressroomError:
    return PressroomError(f'"{address}" in "{field}" is not an email address.', path)


def _address(address: str, field: str, path: str | None = _SETTINGS) -> str:
    """An address with an ASCII domain. Raises `PressroomError` naming the setting."""
    local, at, domain = _clean(address, field, path).rpartition("@")
    try:
        if not (local and at):
            raise ValueError(address)
        checked = Address(addr_spec=f"{local}@{_ascii_domain(domain, field, path)}").addr_spec
    # Which one depends on the Python: all but the first are the parser's own slips.
    except (ValueError, IndexError, UnicodeError, MessageError) as error:
        raise _no_address(address, field, path) from error
    if not checked.isascii():
        raise PressroomError(
            f'"{address}" in "{field}" has letters outside ASCII before the @.',
            path,
            hint="Many mail servers refuse such an address; use another.",
        )
    return checked


def _ascii_domain(domain: str, field: str, path: str | None = _SETTINGS) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise PressroomError(f'"{domain}" in "{field}" is not a domain.', path) from error


def _clean(text: str, field: str, path: str | None = _SETTINGS) -> str:
    """A header's value. A line break in it would begin a header of the writer's own."""
    found = _FORBIDDEN.search(text)
    if found:
        what = "a line break" if found[0] in "\r\n\u2028\u2029" else f"the character U+{ord(found[0]):04X}"
        raise PressroomError(f'"{field}" holds {what}, which a mail header must not.', path)
    return text.strip()


def _encoded(text: str, header: str) -> str:
    """Unstructured text, as encoded words where it needs them (RFC 2047), folded at 76 columns."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=header).encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    """A MIME part in quoted-printable, every line at most 76 columns and ended by CRLF."""
    data = "\r\n".join(re.split(r"\r\n|\r|\n", text)).encode()
    encoded = binascii.b2a_qp(data, istext=True)
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + encoded
