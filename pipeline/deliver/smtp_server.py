"""A mail server that messages are handed to, read from its address in the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from pipeline.errors import PressroomError
from pipeline.support.urls import ascii_address, is_this_machine

_HINT = 'Write it like "smtps://user@mail.example" or "smtp+starttls://user@mail.example:587".'


PASSWORD = "PRESSROOM_SMTP_PASSWORD"
"""The variable of the password for the mail server."""


class Security(StrEnum):
    """How a connection is secured; the values are the schemes of addresses.

    TLS from the first byte (RFC 8314), TLS after the command STARTTLS (RFC 3207), or none, on this machine.
    """

    TLS = "smtps"
    STARTTLS = "smtp+starttls"
    PLAIN = "smtp"


# RFC 8314, section 3.3; RFC 6409, section 3.1; RFC 5321, section 4.5.4.2.
_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server, and the account there; `user` is empty where it asks for none.

    `host` is in ASCII, an IPv6 address without brackets. Raises `PressroomError` for one that is neither
    encrypted nor on this machine.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    batch: ClassVar = 1
    """Each message is personal, and has its own MAIL and DATA."""

    def __post_init__(self) -> None:
        if self.security is Security.PLAIN and not self.is_loopback:
            raise PressroomError(
                f"mail to {self.name} would not be encrypted; only a server on this machine may do without.",
                hint=f'Write "smtps://{self.host}" or "smtp+starttls://{self.host}".',
            )

    @property
    def name(self) -> str:
        """Host and port, as messages name the server."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def idempotency_header(self) -> str:
        """The header by which the server takes a message once however often it comes, empty if it has none.

        Resend keeps the key for a day (resend.com/docs, "Idempotency Keys"). Postmark and Amazon SES have
        no such header (November 2026).
        """
        return "Resend-Idempotency-Key" if self.host == "smtp.resend.com" else ""

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return is_this_machine(self.host)


def parse_server(url: str, password: str | None) -> SmtpServer:
    """Read the address of a mail server, such as `smtps://user@mail.example`.

    The user may be percent-encoded. Raises `PressroomError` without a place; the address is never in its
    message, since there may be a password in it.
    """
    scheme, mark, _ = url.partition("://")
    if not mark or scheme.lower() not in list(Security):
        raise PressroomError(
            "the address of the mail server does not begin with smtps://, smtp+starttls://, smtp:// or resend://.",
            hint=_HINT,
        )
    security = Security(scheme.lower())
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[security]
        host = ascii_address(f"smtp://{parts.hostname or ''}").removeprefix("smtp://")
    except ValueError:  # also for a password with a slash
        host = ""
    if not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise PressroomError("the address of the mail server is not a user, a host and a port.", hint=_HINT)
    if parts.password is not None:
        raise PressroomError(
            "the address of the mail server has a password, which a file that is shared must not have.",
            hint=f"Write the user alone, and set the password as {PASSWORD}.",
        )
    user = unquote(parts.username or "")
    if user and not password:
        raise PressroomError(
            f"there is no password for the mail server {host}.", hint=f"Set it as {PASSWORD}."
        )
    return SmtpServer(host, port, security, user, password if user and password else "")
