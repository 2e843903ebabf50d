"""A recipient: one person on a list, with the address that mail goes to and the values of merge fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pipeline.support.mail_addresses import check_recipient


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person on a list.

    `address` is checked and normalised: its domain is in ASCII, unless the part before the @ is not, which
    needs a server with SMTPUTF8 (RFC 6531). `audience` is the edition they get, empty for the issue's first.
    `values` are the values of merge fields by name, such as `first_name` and `language`; each is one line
    without control characters. `line` is where the list has them.
    """

    address: str
    audience: str
    values: Mapping[str, str]
    line: int

    @property
    def key(self) -> str:
        """What tells people apart: their address without regard to case (RFC 5321, 2.4, as all apply it)."""
        return unicodedata.normalize("NFC", self.address).casefold()

    @property
    def domain(self) -> str:
        """The domain that receives their mail, in lower case."""
        return self.address.rpartition("@")[2].lower()


def recipient_key(address: str) -> str:
    """The key of an address as a person writes it: `ada@bücher.de` has that of `ada@xn--bcher-kva.de`."""
    address = address.strip()
    with suppress(ValueError):  # one that is not sound may still be compared
        address = check_recipient(address)
    return Recipient(address, "", {}, 0).key
