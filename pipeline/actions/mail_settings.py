"""The mail server and keys that `[delivery]` names; their secrets are in the environment or keyring."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from pipeline.deliver.connection import Connection
from pipeline.deliver.dkim import DKIM_KEY, DkimSigner, parse_keys
from pipeline.deliver.resend_connection import ResendConnection
from pipeline.deliver.resend_server import RESEND_KEY, RESEND_SCHEMES, ResendServer, parse_resend
from pipeline.deliver.smtp_connection import SmtpConnection
from pipeline.deliver.smtp_server import SmtpServer, parse_server
from pipeline.errors import PressroomError
from pipeline.model import DeliverySettings, Publication
from pipeline.render.email.headers import sender_domain
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.secrets import secret

PASSWORD = "PRESSROOM_SMTP_PASSWORD"
"""The variable of the password for the mail server."""


def mail_server(settings: DeliverySettings) -> SmtpServer | ResendServer:
    """Read which server the settings name, with its secret. Raises `PressroomError` naming the setting."""
    if not settings.url:
        raise PressroomError(
            "no mail server is set.",
            SETTINGS_FILE,
            hint='Add: [delivery] with url = "smtps://user@mail.example". docs/sending.md says more.',
        )
    try:
        if settings.url.partition("://")[0].lower() in RESEND_SCHEMES:
            return parse_resend(settings.url, secret(RESEND_KEY))
        return parse_server(settings.url, secret(PASSWORD))
    except PressroomError as error:
        raise PressroomError(error.message, SETTINGS_FILE, settings.line, error.hint) from error


async def connect(
    server: SmtpServer | ResendServer,
    context: ssl.SSLContext | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Connection:
    """Open a connection to a server; raises `ServerError`. `context` checks the certificates of SMTP."""
    if isinstance(server, ResendServer):
        return await ResendConnection.open(server, sleep)
    return await SmtpConnection.open(server, context=context)


def dkim_signers(publication: Publication) -> tuple[DkimSigner, ...]:
    """Read the keys that sign; none without selectors. Raises `PressroomError` for a key that is missing."""
    selectors = publication.delivery.dkim_selectors
    if not selectors:
        return ()
    return parse_keys(secret(DKIM_KEY), sender_domain(publication), selectors)
