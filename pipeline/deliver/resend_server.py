"""The API of Resend, which messages are handed to in batches, read from its address in the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from pipeline.errors import PressroomError
from pipeline.support.secrets import where_to_store
from pipeline.support.urls import is_this_machine

RESEND_KEY = "RESEND_API_KEY"
"""The variable of the key, for a send as for an export."""

RESEND_SCHEMES = ("resend", "resend+http")
"""What the address begins with; the second is for a test server on this machine, without TLS."""


@dataclass(frozen=True, slots=True)
class ResendServer:
    """An API, by its address without a slash at its end, and the key of the account there."""

    host: str
    url: str
    key: str = field(repr=False)

    batch: ClassVar = 100
    """https://resend.com/docs/dashboard/emails/batch-sending"""

    service: ClassVar = "Resend"

    idempotency_header: ClassVar = ""
    """Its key is that of the whole request."""

    @property
    def name(self) -> str:
        """The service, as messages name it."""
        return f"Resend ({self.host})"

    @property
    def is_loopback(self) -> bool:
        """Whether it is a test server on this machine."""
        return is_this_machine(self.host)


def parse_resend(url: str, key: str) -> ResendServer:
    """Read the address of the API, such as `resend://api.resend.com`.

    Raises `PressroomError` without a place; the address is never in its message, since there may be a key in
    it.
    """
    hint = f'Write "resend://api.resend.com", and set the key as {RESEND_KEY}.'
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise PressroomError("the address of Resend is not a host and a port.", hint=hint) from None
    if "@" in parts.netloc:
        message = "the address of Resend has a user or a key, which a file that is shared must not have."
        raise PressroomError(message, hint=hint)
    if not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise PressroomError("the address of Resend is not a host and a port.", hint=hint)
    is_plain = parts.scheme == "resend+http"
    if is_plain and not is_this_machine(host):
        message = f"mail to {host} would not be encrypted; only a server on this machine may do without."
        raise PressroomError(message, hint=hint)
    if not key:
        raise PressroomError("there is no key for Resend.", hint=where_to_store(RESEND_KEY))
    if not key.isascii() or not key.isprintable() or " " in key:
        raise PressroomError(f"the value of {RESEND_KEY} has a character that no key has.", hint=hint)
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return ResendServer(host, f"{'http' if is_plain else 'https'}://{netloc}", key)
