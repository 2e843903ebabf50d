"""The headers of a message: From, To, Subject, Message-ID, those of the list, and its language.

As RFC 5322, 2047, 2369, 2919, 3282 and 8058 ask. Values are folded here, and the message writes them as they
are: folded by the standard library a long List-Unsubscribe becomes an encoded word, which mail services
do not read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import quote, urlsplit

from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, MergeField, Publication, RenderedEmail
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.mail_addresses import check_address

_LONGEST = 998
"""The hard limit of a line without its CRLF (RFC 5322, 2.1.1)."""

TEST_SUBJECT = "[Test] "
TEST_HEADER = "X-Pressroom-Test: yes"
"""How a test message is marked: before its subject, and in a header of its own."""

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]"


def message_headers(
    rendered: RenderedEmail,
    publication: Publication,
    edition: ComposedEdition,
    value: Callable[[MergeField], str],
    content: str,
    test_address: str | None,
) -> Iterator[tuple[str, str]]:
    """Names and folded values, all but those of MIME. Raises `PressroomError` naming a bad setting.

    `content` is a digest of the message's parts. For a `test_address` the message is marked as a test,
    and its identity changes with the content, because mailboxes keep one message of each identity.
    """
    sender = publication.sender_address
    identity = f"{edition.feed_identity.id}\n{edition.audience}"
    subject = _clean(rendered.subject.fill(value), "subject", edition.issue.place.path)
    to = _mailbox(publication.title, sender, "title")
    if test_address is not None:
        identity += f"\n{test_address}\n{content}"
        subject, to = f"{TEST_SUBJECT}{subject}", checked_address(test_address, "To")
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    yield "From", _mailbox(publication.sender_name, sender, "sender")
    yield "To", to
    if publication.reply_to:
        yield "Reply-To", _mailbox(*parseaddr(_clean(publication.reply_to, "reply_to")), "reply_to")
    yield "Subject", _encoded(subject, "Subject")
    yield "Date", format_datetime(edition.feed_identity.published)
    yield "Message-ID", f"<{digest}@{sender_domain(publication)}>"
    yield "List-Id", f"<{_list_id(publication)}>"
    yield from _unsubscribe(publication, value(MergeField("unsubscribe_url")))
    yield "Content-Language", publication.language
    if test_address is not None:
        name, _, marker = TEST_HEADER.partition(": ")
        yield name, marker


def _unsubscribe(publication: Publication, url: str) -> Iterator[tuple[str, str]]:
    """One-click unsubscribing needs an https address that identifies the recipient (RFC 8058, section 3.1).

    Otherwise it is not promised: a click on the same address for everyone could unsubscribe no one.
    """
    addresses = [unsubscribe_mailto(publication)]
    https = url.startswith("https://")
    if https:
        addresses.insert(0, quote(_clean(url, "unsubscribe_url"), safe=_SAFE_IN_URL))
    lines = [f"<{address}>" for address in addresses]
    if any(len(line) > _LONGEST - len("List-Unsubscribe: ,") for line in lines):
        raise PressroomError('"unsubscribe_url" is too long for a header.', SETTINGS_FILE)
    yield "List-Unsubscribe", ",\n ".join(lines)
    # A setting with fields has them in neutral form, so that a filled one differs from it.
    if https and url != publication.unsubscribe_url:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def unsubscribe_mailto(publication: Publication) -> str:
    """The address that unsubscribes by mail, where no other is set."""
    sender = checked_address(publication.sender_address, "sender", SETTINGS_FILE)
    return f"mailto:{quote(sender, safe='@')}?subject=unsubscribe"


def sender_domain(publication: Publication) -> str:
    """The domain of the sender's address, which makes the ids of a message unique."""
    return checked_address(publication.sender_address, "sender", SETTINGS_FILE).rpartition("@")[2]


def _list_id(publication: Publication) -> str:
    """RFC 2919: stable and readable, so derived from the web address and not from the title."""
    address = urlsplit(publication.base_url)
    labels = [part for part in reversed(address.path.split("/")) if part]
    readable = [re.sub(r"[^A-Za-z0-9-]+", "-", part).strip("-") for part in labels]
    return ".".join([*(part for part in readable if part), address.hostname or "localhost"])


def _mailbox(name: str, address: str, field: str) -> str:
    name = _clean(name, field)
    address = checked_address(address, field, SETTINGS_FILE)
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    # Folded after the name, because encoded words may fill the line.
    return f"{_encoded(name, 'Reply-To')}\n <{address}>"


def checked_address(address: str, field: str, path: str | None = None) -> str:
    """The address with an ASCII domain. Raises `PressroomError` naming the field."""
    try:
        return check_address(_clean(address, field, path))
    except ValueError as error:
        message = f'"{address}" in "{field}" is not an email address that mail servers take.'
        raise PressroomError(message, path, hint=str(error)) from error


def _clean(text: str, field: str, path: str | None = SETTINGS_FILE) -> str:
    """A header's value. A line break in it would start a header of the writer's own."""
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        char = forbidden[0]
        what = "a line break" if char in "\r\n\u2028\u2029" else f"the character U+{ord(char):04X}"
        raise PressroomError(f'"{field}" has {what} in it, which a mail header must not.', path)
    return text.strip()


def _encoded(text: str, header: str) -> str:
    """Unstructured text, as encoded words where it needs them (RFC 2047), folded at 76 columns."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=header).encode()
