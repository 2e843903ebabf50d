"""Rules on the message itself: its parts, their encoding, its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache, partial

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Violation, rule
from pipeline.model import MergeText, Place, Severity
from pipeline.support.limits import ENCODED_LINE, LINE_OCTETS

_ONCE = ("From", "To", "Date", "Message-ID", "Subject")
_FREE_HOST_NAMES = (
    "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.ru me.com msn.com "
    "outlook.com proton.me protonmail.com web.de yahoo.com yahoo.de yahoo.fr yahoo.co.uk yandex.ru"
)
_FREE_HOSTS = frozenset(_FREE_HOST_NAMES.split())
_ONE_CLICK = "List-Unsubscribe=One-Click"
_REPORT = "This is Pressroom's own mistake, or that of a change to the message: please report it."
_defect_rule = partial(rule, remedy=_REPORT)


def _eml(context: CheckContext, line: int | None = None) -> Place:
    return context.built(line, "email.eml")


# About ten rules read them.
@lru_cache(maxsize=1)
def _headers(message: bytes) -> tuple[tuple[str, str, int], ...]:
    """Name, unfolded raw value, and line of each header, as written and not as parsed.

    Python's parser decodes encoded words and repairs headers, which is what these rules must see.
    """
    headers: list[tuple[str, str, int]] = []
    head = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0].decode("utf-8", "surrogateescape")
    for number, line in enumerate(re.split(r"\r?\n", head), 1):
        if line[:1] in {" ", "\t"} and headers:
            name, value, at = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}", at)
        else:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(), number))
    return tuple(headers)


def _header(context: CheckContext, wanted: str) -> tuple[str | None, int | None]:
    """The first header of this name: its value and line, both None where it is missing."""
    headers = _headers(context.message)
    named = ((value, line) for name, value, line in headers if name.lower() == wanted.lower())
    return next(named, (None, None))


@_defect_rule(
    "MAIL001",
    Severity.ERROR,
    "The message is not text and HTML, in this order",
    source="RFC 2046, 5.1.4 Alternative Subtype",
)
def structure(context: CheckContext) -> Iterator[Violation]:
    """Mail programs show the last part they can: with HTML first, readers get the plain text."""
    kind = context.mail.get_content_type()
    parts = [part.get_content_type() for part in context.mail_parts]
    if kind != "multipart/alternative":
        yield Violation(f"the message is {kind}.", _eml(context))
    elif parts != ["text/plain", "text/html"]:
        yield Violation(f"the message has the parts {', '.join(parts) or 'none'}.", _eml(context))


@_defect_rule(
    "MAIL002",
    Severity.ERROR,
    "A part is not UTF-8",
    source="RFC 2045, 5.1; RFC 6657",
)
def charset(context: CheckContext) -> Iterator[Violation]:
    """Some letters are shown as others."""
    for part in context.mail_parts:
        named = part.get_content_charset()
        if part.get_content_maintype() == "text" and named != "utf-8":
            kind = part.get_content_type()
            yield Violation(f"the part {kind} has the charset {named or 'none'}.", _eml(context))


@rule(
    "MAIL003",
    Severity.WARNING,
    "A part is not quoted-printable",
    source="RFC 2045, 6.7; SpamAssassin, MIME_BASE64_TEXT",
    remedy=_REPORT,
)
def encoding(context: CheckContext) -> Iterator[Violation]:
    """Old servers rewrite 8bit and break signatures; base64 makes filters suspicious, and adds a third."""
    for part in context.mail_parts:
        named = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        if part.get_content_maintype() == "text" and named != "quoted-printable":
            yield Violation(f"the part {part.get_content_type()} is encoded as {named}.", _eml(context))


@_defect_rule(
    "MAIL004",
    Severity.ERROR,
    "A line of the message is too long",
    source="RFC 5322, 2.1.1 (998); RFC 2045, 6.7 rule 5 (76)",
)
def long_lines(context: CheckContext) -> Iterator[Violation]:
    """Servers break it anywhere, in the middle of a tag too, or refuse the message."""
    in_head, quoted = True, False
    for number, line in enumerate(context.message.split(b"\n"), 1):
        length = len(line.removesuffix(b"\r"))
        if line.startswith(b"--"):
            in_head, quoted = True, False
        elif in_head and b"quoted-printable" in line.lower():
            quoted = True
        elif in_head and not line.strip():
            in_head = False
        if length > LINE_OCTETS:
            message = f"a line has {length:,} characters; {LINE_OCTETS} is the limit."
            yield Violation(message, _eml(context, number))
        elif quoted and not in_head and length > ENCODED_LINE:
            limit = f"{ENCODED_LINE} is the limit"
            message = f"a quoted-printable line has {length} characters; {limit}."
            yield Violation(message, _eml(context, number))


@_defect_rule(
    "MAIL005",
    Severity.ERROR,
    "A line of the message does not end with CRLF",
    source="RFC 5322, 2.3; RFC 5321, 2.3.8",
)
def line_ends(context: CheckContext) -> Iterator[Violation]:
    """Servers refuse it, since such lines can smuggle in a second message."""
    message = context.message
    if message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        return
    if bare := re.search(rb"(?<!\r)\n|\r(?!\n)", context.message):
        line = context.message.count(b"\n", 0, bare.start()) + 1
        yield Violation("a line does not end with CRLF.", _eml(context, line))


@_defect_rule(
    "MAIL006",
    Severity.ERROR,
    "A header is missing, or there twice",
    source="RFC 5322, 3.6; Google's Email sender guidelines",
)
def once(context: CheckContext) -> Iterator[Violation]:
    """Gmail refuses the message."""
    names = [name.lower() for name, _, _ in _headers(context.message)]
    for name in _ONCE:
        count = names.count(name.lower())
        if count != 1:
            plural = "s" if count > 1 else ""
            yield Violation(f"the message has {count or 'no'} {name} header{plural}.", _eml(context))


@rule(
    "MAIL007",
    Severity.WARNING,
    "The Message-ID is not of the sender's domain",
    source="RFC 5322, 3.6.4",
    remedy=_REPORT,
)
def message_id(context: CheckContext) -> Iterator[Violation]:
    """Filters take the message for a forgery."""
    value, line = _header(context, "Message-ID")
    if value is None:
        return
    sender, _ = _header(context, "From")
    parts = re.fullmatch(r"<[^<>@\s]+@([^<>@\s]+)>", value)
    domain = parseaddr(sender or "")[1].rpartition("@")[2].lower()
    if not parts:
        yield Violation(f'the Message-ID "{value}" is not `<…@…>`.', _eml(context, line))
    elif parts[1].lower() != domain:
        message = f"the Message-ID is of {parts[1]}, and the sender of {domain}."
        yield Violation(message, _eml(context, line))


@_defect_rule(
    "MAIL008",
    Severity.ERROR,
    "The Date is not a date",
    source="RFC 5322, 3.3",
)
def date(context: CheckContext) -> Iterator[Violation]:
    """Mail programs sort the issue to the year 1970, or refuse it."""
    value, line = _header(context, "Date")
    if value is None:
        return
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        parsed = None
    if parsed is None or not re.search(r"[+-]\d{4}\b", value):
        yield Violation(f'the Date "{value}" is not a date with a time zone.', _eml(context, line))


@rule(
    "MAIL009",
    Severity.NOTE,
    "Mail programs offer no button to unsubscribe",
    source="RFC 2369, 3.2; RFC 8058, 3.1; Google's Email sender guidelines",
    remedy="Set an https `unsubscribe_url`, or send by a service that adds its own.",
)
def unsubscribe_button(context: CheckContext) -> Iterator[Violation]:
    """Gmail and Apple Mail show a button only for an https address.

    Without one, readers press the one for spam. It is a warning where `unsubscribe_url` is set to another
    address; otherwise the service that sends puts its own in.
    """
    value, _ = _header(context, "List-Unsubscribe")
    if context.publication.delivery.unsubscribe_endpoint:
        return
    if value and not any(url.startswith("https://") for url in _unsubscribe_addresses(value)):
        own = context.publication.unsubscribe_url
        severity, place = Severity.WARNING if own else None, context.setting_place("unsubscribe_url")
        yield Violation("List-Unsubscribe has no https address.", place, severity=severity)


@_defect_rule(
    "MAIL016",
    Severity.ERROR,
    "No mail program can unsubscribe a reader",
    source="RFC 2369, 3.2",
)
def list_unsubscribe(context: CheckContext) -> Iterator[Violation]:
    """Who cannot leave presses the button for spam instead, and later issues go there for all readers."""
    value, line = _header(context, "List-Unsubscribe")
    place = _eml(context, line)
    if value is None:
        yield Violation("the message has no List-Unsubscribe header.", place)
    elif "=?" in value or not value.isascii():
        yield Violation("List-Unsubscribe is an encoded word, which no service reads.", place)
    elif not any(url.startswith("mailto:") for url in _unsubscribe_addresses(value)):
        yield Violation("List-Unsubscribe has no mailto address.", place, severity=Severity.WARNING)


def _unsubscribe_addresses(value: str) -> list[str]:
    return [url.strip() for url in re.findall(r"<([^<>]*)>", value)]


@_defect_rule(
    "MAIL010",
    Severity.ERROR,
    "Unsubscribing takes more than one click",
    source="RFC 8058, 3.1",
)
def one_click(context: CheckContext) -> Iterator[Violation]:
    """Gmail and Yahoo ask this of all who send to many, and put other mail into spam, or refuse it."""
    unsubscribe, _ = _header(context, "List-Unsubscribe")
    post, line = _header(context, "List-Unsubscribe-Post")
    https, place = "<https://" in (unsubscribe or ""), _eml(context, line)
    if post is None:
        if https and not _is_static(context.publication.unsubscribe_url):
            yield Violation("the message has no List-Unsubscribe-Post header.", place)
    elif post != _ONE_CLICK:
        yield Violation(f'List-Unsubscribe-Post is "{post}", not "{_ONE_CLICK}".', place)
    elif not https:
        yield Violation("one click is promised, without an https address to click.", place)


@rule(
    "MAIL014",
    Severity.WARNING,
    "The address to unsubscribe is the same for every reader",
    source="RFC 8058, 3.1: the address identifies the recipient",
    remedy="Put the reader's own value into it, as `?to={{ email }}`.",
)
def static_unsubscribe(context: CheckContext) -> Iterator[Violation]:
    """It does not say who leaves, so that the message promises no one-click unsubscribing."""
    own_addresses = context.publication.delivery.unsubscribe_endpoint
    if _is_static(context.publication.unsubscribe_url) and not own_addresses:
        yield Violation("`unsubscribe_url` has no merge field.", context.setting_place("unsubscribe_url"))


def _is_static(url: MergeText | None) -> bool:
    return url is not None and not url.fields


@rule(
    "MAIL011",
    Severity.WARNING,
    "The message does not name its list",
    source="RFC 2919, 2",
    remedy=_REPORT,
)
def list_id(context: CheckContext) -> Iterator[Violation]:
    """Readers cannot sort your issues into a folder."""
    value, line = _header(context, "List-Id")
    if value is None:
        yield Violation("the message has no List-Id header.", _eml(context))
    elif not re.search(r"<[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+>$", value):
        yield Violation(f'the List-Id "{value}" is not `<name.domain>`.', _eml(context, line))


@_defect_rule(
    "MAIL012",
    Severity.ERROR,
    "A header has letters outside ASCII",
    source="RFC 5322, 2.2; RFC 2047, 2",
)
def raw_letters(context: CheckContext) -> Iterator[Violation]:
    """Servers refuse it, or readers see signs instead of letters, which belong into encoded words."""
    for name, value, line in _headers(context.message):
        if not value.isascii() or not name.isascii():
            yield Violation(f"the header {name} has letters outside ASCII.", _eml(context, line))


@rule(
    "MAIL013",
    Severity.WARNING,
    "The sender's address is of a free mail service",
    source="RFC 7489 (DMARC), 6.3: yahoo.com and aol.com publish p=reject; Google's Email sender guidelines",
    remedy="Send from an address at a domain of your own.",
)
def free_host(context: CheckContext) -> Iterator[Violation]:
    """The service asks all others to refuse mail that is sent in its name from elsewhere."""
    domain = context.publication.sender_address.rpartition("@")[2].lower()
    if domain in _FREE_HOSTS:
        yield Violation(f"the sender's address is of {domain}.", context.setting_place("sender"))


@rule(
    "MAIL015",
    Severity.WARNING,
    "The message does not name its language",
    source="RFC 3282, 2",
    remedy=_REPORT,
)
def content_language(context: CheckContext) -> Iterator[Violation]:
    """Filters and translators guess at it, and screen readers of the text part read with the wrong voice."""
    value, line = _header(context, "Content-Language")
    if value != context.publication.language:
        header = f'the Content-Language "{value}"' if value else "no Content-Language header"
        yield Violation(f"the message has {header}.", _eml(context, line))
