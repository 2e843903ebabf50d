"""Email addresses: the one place that judges them, by their syntax alone (RFC 5321, 5322 and 6531).

DNS is not asked, and reserved names such as `.test`, `.invalid` and `.local` are syntax like any other;
`is_reserved` says which of them no mail server has.
"""

from __future__ import annotations

import re
from email.utils import quote, unquote

# Nearly every address is one of these, and the library takes 20 times as long for it, and 20 ms to be
# imported: a dot-atom (RFC 5321, 4.1.2) and two or more labels of letters, digits and single hyphens
# (RFC 1123, 2.1).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(
    r"(?=.{1,254}\Z)(?=.{1,64}@)([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)"
    rf"@(?!.*--)((?:{_LABEL}\.)+[A-Za-z]{{2,63}})",
    re.ASCII,
)
_CASELESS = re.compile(
    "abuse|ftp|hostmaster|info|marketing|news|noc|postmaster|sales|security|support|usenet|uucp|webmaster|www",
    re.IGNORECASE,
)
"""Mailboxes of which RFC 2142 says that case does not matter; the library writes them in lower case."""
_RESERVED = re.compile(r"(?:.+\.)?(?:example|invalid|localhost|test|example\.(?:com|net|org))")
"""Names that are nobody's mail server (RFC 2606 and 6761)."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_AROUND = " \t\r\n\f\v\xa0\u200b\ufeff,;"
"""What copying leaves around an address."""


def check_address(address: str) -> str:
    """The address with its domain in ASCII. Raises `ValueError` with the reason in words.

    Letters outside ASCII before the @ are refused, because many mail servers refuse them (RFC 6531).
    """
    return _check(address, smtputf8=False)


def check_recipient(address: str) -> str:
    """The address of a recipient, its domain in ASCII and lower case. Raises `ValueError` as above.

    Letters outside ASCII may be before the @; such an address needs a server with SMTPUTF8, and its domain is
    in its own script (RFC 6531, 3.3).
    """
    return _check(address, smtputf8=True)


def _check(address: str, smtputf8: bool) -> str:
    plain = _PLAIN.fullmatch(address)
    if plain and not _CASELESS.fullmatch(plain[1]):
        return f"{plain[1]}@{plain[2].lower()}"
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    checked = email_validator.validate_email(
        address,
        allow_smtputf8=smtputf8,
        allow_quoted_local=True,
        check_deliverability=False,
        test_environment=True,
        globally_deliverable=False,
    )
    return str(checked.ascii_email or checked.normalized)


def find_address(text: str) -> str:
    """The address in a cell: without spaces, `mailto:`, a name before it and a comma after it."""
    text = text.strip(_AROUND)
    if text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1].strip(_AROUND)
    return text[7:].strip(_AROUND) if text[:7].lower() == "mailto:" else text


def is_reserved(domain: str) -> bool:
    """Whether a domain in lower case is nobody's mail server: reserved, or a name without a dot."""
    return "." not in domain or _RESERVED.fullmatch(domain) is not None


def parse_mailbox(mailbox: str) -> tuple[str, str]:
    """The name and the checked address of `Name <name@example.org>`. Raises `ValueError` as above."""
    name, address = split_mailbox(mailbox)
    return name, check_address(address)


def split_mailbox(mailbox: str) -> tuple[str, str]:
    """The name and the address of `Name <name@example.org>`, unchecked.

    A name with a comma, such as `Ada Example, MD`, needs no quotes here (RFC 5322, 3.4 wants them; few know).
    """
    name, bracket, address = mailbox.strip().rpartition("<")
    name, quoted = name.strip(), _QUOTED.fullmatch(name.strip())
    if not bracket or not address.endswith(">") or ("<" in name and not quoted):
        return "", mailbox.strip()
    return (unquote(name) if quoted else name), address[:-1].strip()


def format_mailbox(name: str, address: str) -> str:
    """The text that `parse_mailbox` reads; a name with special characters gets quotes (RFC 5322, 3.2.3)."""
    if re.search(r'[][\\()<>@,:;".]', name):
        name = f'"{quote(name)}"'
    return f"{name} <{address}>" if name else address
