"""The headers of a message: From, To, Subject, Message-ID, those of the list, and its language.

As RFC 5322, 2047, 2369, 2919, 3282, 8058 and 9477 ask. Values are folded here, and the message writes them
as they are: folded by the standard library a long List-Unsubscribe becomes an encoded word, which mail
services do not read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import quote, urlsplit

from pipeline.errors import PressroomError
from pipeline.model import ComposedEdition, MergeField, Publication, RenderedEmail
from pipeline.support.limits import ENCODED_LINE, LINE_OCTETS, SETTINGS_FILE
from pipeline.support.mail_addresses import check_address

TEST_SUBJECT = "[Test] "
TEST_HEADER = "X-Pressroom-Test: yes"
"""How a test message is marked: before its subject, and in a header of its own."""

_ORDER = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Feedback-ID", "CFBL-Address", "Content-Language"),
)

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SAFE_IN_URL = "%/:=&?~#+!$,;'@()*[]"


class MessageHeaders:
    """Writes the headers of an edition's messages, all but those of MIME.

    What all messages share is written once. `date` is when the sending began; without it they are those of
    a draft, which has the edition's date. Raises `PressroomError` naming a bad setting.
    """

    def __init__(
        self,
        rendered: RenderedEmail,
        publication: Publication,
        edition: ComposedEdition,
        date: datetime | None = None,
        is_test: bool = False,
    ) -> None:
        self._subject, self._subject_prefix = rendered.subject, TEST_SUBJECT if is_test else ""
        self._issue_path = edition.issue.place.path
        self._static_unsubscribe = publication.unsubscribe_url
        self._unsubscribe_mailto = unsubscribe_mailto(publication)
        shared = {
            "From": _mailbox(publication.sender_name, publication.sender_address, "sender"),
            "Date": format_datetime(date or edition.feed_identity.published),
            "List-Id": f"<{_list_id(publication)}>",
            "Content-Language": publication.language,
        }
        if publication.reply_to:
            mailbox = parseaddr(_clean(publication.reply_to, "reply_to"))
            shared["Reply-To"] = _mailbox(*mailbox, "reply_to")
        if publication.delivery.feedback_id:
            shared["Feedback-ID"] = _clean(publication.delivery.feedback_id, "feedback_id")
        if publication.delivery.complaints_to:
            address = checked_address(publication.delivery.complaints_to, "complaints_to", SETTINGS_FILE)
            shared["CFBL-Address"] = f"{address}; report=arf"
        if is_test:
            name, _, shared[name] = TEST_HEADER.partition(": ")
        if not rendered.subject.fields:
            shared["Subject"] = self._written_subject(str)
        self._shared: dict[str, str | None] = {**dict.fromkeys(_ORDER), **shared}

    def of(self, to: str, message_id: str, value: Callable[[MergeField], str]) -> tuple[tuple[str, str], ...]:
        """Return names and folded values of one message; `to` is folded already.

        Raises `PressroomError` naming the field for a value with a line break or a control character.
        """
        own = {
            "To": to,
            "Message-ID": f"<{message_id}>",
            **self._unsubscribe(value(MergeField("unsubscribe_url"))),
        }
        if self._subject.fields:
            own["Subject"] = self._written_subject(value)
        return tuple((name, text) for name, text in {**self._shared, **own}.items() if text is not None)

    def _written_subject(self, value: Callable[[MergeField], str]) -> str:
        subject = _clean(self._subject.fill(value), "subject", self._issue_path)
        return _encoded(self._subject_prefix + subject, "Subject")

    def _unsubscribe(self, url: str) -> dict[str, str]:
        """One-click unsubscribing needs an https address that identifies the recipient (RFC 8058, 3.1).

        Otherwise it is not promised: a click on the same address for everyone could unsubscribe no one.
        """
        addresses = [self._unsubscribe_mailto]
        https = url.startswith("https://")
        if https:
            addresses.insert(0, quote(_clean(url, "unsubscribe_url"), safe=_SAFE_IN_URL))
        lines = [f"<{address}>" for address in addresses]
        if any(len(line) > LINE_OCTETS - len("List-Unsubscribe: ,") for line in lines):
            raise PressroomError('"unsubscribe_url" is too long for a header.', SETTINGS_FILE)
        headers = {"List-Unsubscribe": ",\n ".join(lines)}
        # A setting with fields has them in neutral form, so that a filled one differs from it.
        if https and url != self._static_unsubscribe:
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers


def draft_id(publication: Publication, edition: ComposedEdition, *more: str) -> str:
    """The Message-ID of a draft, without brackets: the same for the same edition, and what else is named."""
    identity = "\n".join((edition.feed_identity.id, edition.audience, *more))
    return f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{sender_domain(publication)}"


def draft_recipient(publication: Publication) -> str:
    """The header To of a draft: the sender, by the publication's title."""
    return _mailbox(publication.title, publication.sender_address, "title")


def sent_recipient(address: str) -> str:
    """The header To of a checked address, which may have letters outside ASCII before the @ (RFC 6532)."""
    return _clean(address, "To", None)


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
    return Header(text, charset, maxlinelen=ENCODED_LINE, header_name=header).encode()
