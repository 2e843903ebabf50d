"""Rules on the message itself: its parts, their encoding, its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache

from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Place, Severity

HARD_LIMIT = 998
QP_LIMIT = 76
_ONCE = ("From", "To", "Date", "Message-ID", "Subject")
_FREE_HOSTS = (
    "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.ru me.com msn.com "
    "outlook.com proton.me protonmail.com web.de yahoo.com yahoo.de yahoo.fr yahoo.co.uk yandex.ru"
)
_FREE = frozenset(_FREE_HOSTS.split())
ONE_CLICK = "List-Unsubscribe=One-Click"


def _eml(subject: CheckContext, line: int | None = None) -> Place:
    return Place(f"build/issues/{subject.edition.folder}/email.eml", line)


@lru_cache(maxsize=8)
def _headers(message: bytes) -> tuple[tuple[str, str, int], ...]:
    """Name, raw value without folding, and line of each header, as written and not as parsed.

    Python's parser decodes encoded words and mends, which is what these rules must see.
    """
    found: list[tuple[str, str, int]] = []
    head = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0].decode("utf-8", "surrogateescape")
    for number, line in enumerate(re.split(r"\r?\n", head), 1):
        if line[:1] in {" ", "\t"} and found:
            name, value, at = found[-1]
            found[-1] = (name, f"{value} {line.strip()}", at)
        else:
            name, _, value = line.partition(":")
            found.append((name, value.strip(), number))
    return tuple(found)


def _header(subject: CheckContext, name: str) -> tuple[str, int] | None:
    found = (each for each in _headers(subject.message) if each[0].lower() == name.lower())
    return next(((value, line) for _, value, line in found), None)


def _parts(subject: CheckContext) -> list[Message]:
    return [part for part in subject.mail.walk() if not part.is_multipart()]


def structure(subject: CheckContext) -> Iterator[Violation]:
    """Text first: a reader's program takes the last part that it can show."""
    mail = subject.mail
    kinds = [part.get_content_type() for part in _parts(subject)]
    if mail.get_content_type() != "multipart/alternative":
        yield Violation(f"the message is {mail.get_content_type()}.", _eml(subject))
    elif kinds != ["text/plain", "text/html"]:
        yield Violation(f"the message has the parts {', '.join(kinds) or 'none'}.", _eml(subject))


def charset(subject: CheckContext) -> Iterator[Violation]:
    """Anything else shows some letters as other ones."""
    for part in _parts(subject):
        named = part.get_content_charset()
        if part.get_content_maintype() == "text" and named != "utf-8":
            yield Violation(
                f"the part {part.get_content_type()} has the charset {named or 'none'}.", _eml(subject)
            )


def encoding(subject: CheckContext) -> Iterator[Violation]:
    """8bit breaks on old servers; base64 is what filters look at twice, and a third larger."""
    for part in _parts(subject):
        named = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        if part.get_content_maintype() == "text" and named != "quoted-printable":
            yield Violation(f"the part {part.get_content_type()} is encoded as {named}.", _eml(subject))


def long_lines(subject: CheckContext) -> Iterator[Violation]:
    """Servers cut or refuse them."""
    in_head, quoted = True, False
    for number, line in enumerate(subject.message.split(b"\n"), 1):
        length = len(line.removesuffix(b"\r"))
        if line.startswith(b"--"):
            in_head, quoted = True, False
        elif in_head and b"quoted-printable" in line.lower():
            quoted = True
        elif in_head and not line.strip():
            in_head = False
        if length > HARD_LIMIT:
            yield Violation(
                f"a line has {length:,} characters; {HARD_LIMIT} is the limit.", _eml(subject, number)
            )
        elif quoted and not in_head and length > QP_LIMIT:
            yield Violation(
                f"a quoted-printable line has {length} characters; {QP_LIMIT} is the limit.",
                _eml(subject, number),
            )


def line_ends(subject: CheckContext) -> Iterator[Violation]:
    """A message's lines end with CRLF, and nothing else."""
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", subject.message)
    if bare:
        line = subject.message.count(b"\n", 0, bare.start()) + 1
        yield Violation("a line does not end with CRLF.", _eml(subject, line))


def once(subject: CheckContext) -> Iterator[Violation]:
    """Gmail refuses a message that has one of them twice."""
    names = [name.lower() for name, _, _ in _headers(subject.message)]
    for name in _ONCE:
        count = names.count(name.lower())
        if count != 1:
            yield Violation(
                f"the message has {count or 'no'} {name} header{'s' if count > 1 else ''}.", _eml(subject)
            )


def message_id(subject: CheckContext) -> Iterator[Violation]:
    """An identity is unique in the domain that gives it."""
    found = _header(subject, "Message-ID")
    if not found:
        return
    matched = re.fullmatch(r"<[^<>@\s]+@([^<>@\s]+)>", found[0])
    domain = _sender_domain(subject)
    if not matched:
        yield Violation(f'the Message-ID "{found[0]}" is not `<…@…>`.', _eml(subject, found[1]))
    elif matched[1].lower() != domain:
        yield Violation(
            f"the Message-ID is of {matched[1]}, and the sender of {domain}.", _eml(subject, found[1])
        )


def _sender_domain(subject: CheckContext) -> str:
    found = _header(subject, "From")
    return parseaddr(found[0])[1].rpartition("@")[2].lower() if found else ""


def date(subject: CheckContext) -> Iterator[Violation]:
    """Mail programs sort by it."""
    found = _header(subject, "Date")
    if not found:
        return
    try:
        parsed = parsedate_to_datetime(found[0])
    except (ValueError, TypeError, IndexError):
        parsed = None
    if parsed is None or not re.search(r"[+-]\d{4}\b", found[0]):
        yield Violation(f'the Date "{found[0]}" is no date with a time zone.', _eml(subject, found[1]))


def list_unsubscribe(subject: CheckContext) -> Iterator[Violation]:
    """What Gmail's and Apple's own unsubscribe buttons use."""
    found = _header(subject, "List-Unsubscribe")
    if not found:
        yield Violation("the message has no List-Unsubscribe header.", _eml(subject))
        return
    value, line = found
    if "=?" in value or not value.isascii():
        yield Violation("List-Unsubscribe is an encoded word, which no service reads.", _eml(subject, line))
        return
    addresses = re.findall(r"<([^<>]*)>", value)
    if not any(each.strip().startswith("mailto:") for each in addresses):
        yield Violation(
            "List-Unsubscribe has no mailto address.", _eml(subject, line), severity=Severity.WARNING
        )
    if not any(each.strip().startswith("https://") for each in addresses):
        # Without a setting, the service that sends puts its own address in.
        own = subject.publication.unsubscribe_url
        yield Violation(
            "List-Unsubscribe has no https address.",
            Place("newsletter.toml"),
            "Set an https `unsubscribe_url`, or send by a service that adds its own.",
            Severity.WARNING if own else Severity.NOTE,
        )


def one_click(subject: CheckContext) -> Iterator[Violation]:
    """Gmail and Yahoo ask it of everyone who sends to many."""
    unsubscribe, post = _header(subject, "List-Unsubscribe"), _header(subject, "List-Unsubscribe-Post")
    https = unsubscribe is not None and "<https://" in unsubscribe[0]
    if https and post is None:
        yield Violation("the message has no List-Unsubscribe-Post header.", _eml(subject))
    elif post and post[0] != ONE_CLICK:
        yield Violation(
            f'List-Unsubscribe-Post is "{post[0]}", and not "{ONE_CLICK}".', _eml(subject, post[1])
        )
    elif post and not https:
        yield Violation("one click is promised, without an https address to click.", _eml(subject, post[1]))


def list_id(subject: CheckContext) -> Iterator[Violation]:
    """By which readers sort their mail."""
    found = _header(subject, "List-Id")
    if not found:
        yield Violation("the message has no List-Id header.", _eml(subject))
    elif not re.search(r"<[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+>$", found[0]):
        yield Violation(f'the List-Id "{found[0]}" is not `<name.domain>`.', _eml(subject, found[1]))


def raw_letters(subject: CheckContext) -> Iterator[Violation]:
    """Headers are ASCII; other letters stand in encoded words."""
    for name, value, line in _headers(subject.message):
        if not value.isascii() or not name.isascii():
            yield Violation(f"the header {name} has letters outside ASCII.", _eml(subject, line))


def free_host(subject: CheckContext) -> Iterator[Violation]:
    """Their owners tell the world to refuse mail that others send in their name."""
    domain = subject.publication.sender_address.rpartition("@")[2].lower()
    if domain in _FREE:
        yield Violation(f"the sender's address is of {domain}.", Place("newsletter.toml"))


_REPORT = "This is Pressroom's own mistake, or that of a change to the message: please report it."

RULES = (
    Rule(
        "MAIL001",
        Severity.ERROR,
        "The message is not text and HTML, in this order",
        "Programs show the last part they can: with HTML first, readers get the plain text.",
        _REPORT,
        "RFC 2046, 5.1.4 Alternative Subtype",
        structure,
    ),
    Rule(
        "MAIL002",
        Severity.ERROR,
        "A part is not UTF-8",
        "Some letters are shown as other ones.",
        _REPORT,
        "RFC 2045, 5.1; RFC 6657",
        charset,
    ),
    Rule(
        "MAIL003",
        Severity.WARNING,
        "A part is not quoted-printable",
        "Servers that rewrite 8bit break signatures, and filters look twice at base64.",
        _REPORT,
        "RFC 2045, 6.7; SpamAssassin, MIME_BASE64_TEXT",
        encoding,
    ),
    Rule(
        "MAIL004",
        Severity.ERROR,
        "A line of the message is too long",
        "Servers break it anywhere, in the middle of a tag too, or refuse the message.",
        _REPORT,
        "RFC 5322, 2.1.1 (998); RFC 2045, 6.7 rule 5 (76)",
        long_lines,
    ),
    Rule(
        "MAIL005",
        Severity.ERROR,
        "A line of the message does not end with CRLF",
        "Servers refuse it, for such lines can smuggle in a second message.",
        _REPORT,
        "RFC 5322, 2.3; RFC 5321, 2.3.8",
        line_ends,
    ),
    Rule(
        "MAIL006",
        Severity.ERROR,
        "A header is missing, or there twice",
        "Gmail refuses the message.",
        _REPORT,
        "RFC 5322, 3.6; Google's Email sender guidelines",
        once,
    ),
    Rule(
        "MAIL007",
        Severity.WARNING,
        "The Message-ID is not of the sender's domain",
        "Filters take the message for a forgery.",
        _REPORT,
        "RFC 5322, 3.6.4",
        message_id,
    ),
    Rule(
        "MAIL008",
        Severity.ERROR,
        "The Date is no date",
        "Mail programs sort the issue to the year 1970, or refuse it.",
        _REPORT,
        "RFC 5322, 3.3",
        date,
    ),
    Rule(
        "MAIL009",
        Severity.ERROR,
        "Mail programs cannot offer to unsubscribe",
        "Readers who find no button press the one for spam.",
        "Set an https `unsubscribe_url` in newsletter.toml.",
        "RFC 2369, 3.2; RFC 8058, 3.1; Google's Email sender guidelines",
        list_unsubscribe,
    ),
    Rule(
        "MAIL010",
        Severity.ERROR,
        "Unsubscribing takes more than one click",
        "Gmail and Yahoo put such mail into spam, or refuse it.",
        _REPORT,
        "RFC 8058, 3.1",
        one_click,
    ),
    Rule(
        "MAIL011",
        Severity.WARNING,
        "The message does not name its list",
        "Readers cannot sort your issues into a folder.",
        _REPORT,
        "RFC 2919, 2",
        list_id,
    ),
    Rule(
        "MAIL012",
        Severity.ERROR,
        "A header has letters outside ASCII",
        "Servers refuse it, or readers see signs instead of letters.",
        _REPORT,
        "RFC 5322, 2.2; RFC 2047, 2",
        raw_letters,
    ),
    Rule(
        "MAIL013",
        Severity.WARNING,
        "The sender's address is of a free mail service",
        "The service tells all others to refuse what is sent in its name from elsewhere.",
        "Send from an address at a domain of your own.",
        "RFC 7489 (DMARC), 6.3: yahoo.com and aol.com publish p=reject; Google's Email sender guidelines",
        free_host,
    ),
)
