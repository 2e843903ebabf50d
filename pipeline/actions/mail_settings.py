"""The mail server and keys that `[delivery]` names; their secrets are in the environment or keyring."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from pipeline.deliver.connection import Connection
from pipeline.deliver.dkim import DKIM_KEY, DkimSigner, parse_keys
from pipeline.deliver.resend_connection import ResendConnection
from pipeline.deliver.resend_server import ResendServer
from pipeline.deliver.server_address import read_server
from pipeline.deliver.smtp_connection import SmtpConnection
from pipeline.deliver.smtp_server import SmtpServer
from pipeline.errors import PressroomError
from pipeline.model import DeliverySettings, Publication
from pipeline.render.email.headers import sender_domain
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.secrets import secret


def mail_server(settings: DeliverySettings) -> SmtpServer | ResendServer:
    """Read which server the settings name, with its secret. Raises `PressroomError` naming the setting."""
    if not settings.url:
        raise PressroomError(
            "no mail server is set.",
            SETTINGS_FILE,
            hint='Add: [delivery] with url = "smtps://user@mail.example". docs/sending.md says more.',
        )
    return read_server(settings, secret)


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
