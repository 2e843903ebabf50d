"""The mail server: whether it can be reached, encrypts, and accepts the login. No message is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline.deliver.doctor.diagnosis import Diagnosis
from pipeline.deliver.smtp_connection import SmtpConnection, SmtpTimeouts
from pipeline.deliver.smtp_server import Security, ServerError, SmtpServer
from pipeline.model import Severity

_SOON = timedelta(days=14)
_TIMEOUTS = SmtpTimeouts(connect=5, greeting=10, command=10)


def diagnose_server(server: SmtpServer, now: datetime) -> Iterator[Diagnosis]:
    """Connect and log in as a send does, and look at how long the certificate is valid."""
    try:
        ends = asyncio.run(_connect(server))
    except ServerError as error:
        yield Diagnosis(Severity.ERROR, "url", error.message, error.hint or "")  # which names the server
        return
    if ends and ends - now < _SOON:
        message = f"its certificate ends on {ends:%Y-%m-%d}."
        yield Diagnosis(Severity.WARNING, server.name, message, "Its operator has to renew it.")
        return
    encrypted = "without encryption, on this machine" if server.security is Security.PLAIN else "encrypted"
    until = f", its certificate is valid until {ends:%Y-%m-%d}" if ends else ""
    login = f", and accepts the login of {server.user}" if server.user else ""
    yield Diagnosis(None, server.name, f"answers {encrypted}{until}{login}.")


async def _connect(server: SmtpServer) -> datetime | None:
    connection = await SmtpConnection.open(server, _TIMEOUTS)
    ends = connection.certificate_end
    await connection.close()
    return ends
