"""Email addresses: the one place that judges them, by their syntax alone (RFC 5321, 5322 and 6531).

DNS is not asked, and reserved names such as `.test`, `.invalid` and `.local` are syntax like any other:
whether mail gets there is the mail server's business.
"""

from __future__ import annotations

import re
from email.utils import parseaddr, quote

import email_validator

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def check_address(address: str) -> str:
    """The address with its domain in ASCII. Raises `ValueError` with the reason in words.

    Letters outside ASCII before the @ are refused, because many mail servers refuse them (RFC 6531).
    """
    checked = email_validator.validate_email(
        address,
        allow_smtputf8=False,
        allow_quoted_local=True,
        check_deliverability=False,
        test_environment=True,
        globally_deliverable=False,
    )
    return str(checked.ascii_email)


def parse_mailbox(mailbox: str) -> tuple[str, str]:
    """The name and the checked address of `Name <name@example.org>`. Raises `ValueError` as above."""
    name, address = parseaddr(mailbox)
    return name, check_address(address)


def format_mailbox(name: str, address: str) -> str:
    """The text that `parse_mailbox` reads; a name with special characters gets quotes (RFC 5322, 3.2.3)."""
    if re.search(r'[][\\()<>@,:;".]', name):
        name = f'"{quote(name)}"'
    return f"{name} <{address}>" if name else address
