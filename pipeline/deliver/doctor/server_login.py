"""The mail server: whether it can be reached, encrypts, and accepts the login. No message is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline.deliver.doctor.diagnosis import Diagnosis
from pipeline.deliver.resend_connection import ResendConnection
from pipeline.deliver.resend_server import ResendServer
from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_connection import SmtpConnection, SmtpTimeouts
from pipeline.deliver.smtp_reply import shown_text
from pipeline.deliver.smtp_server import Security, SmtpServer
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


def diagnose_resend(server: ResendServer, sender: str) -> Iterator[Diagnosis]:
    """Ask Resend whether it accepts the key, and has confirmed the domain of the sender."""
    try:
        domains = asyncio.run(ResendConnection.open(server, time_limit=_TIMEOUTS.command)).domains
    except ServerError as error:
        yield Diagnosis(Severity.ERROR, "url", error.message, error.hint or "")
        return
    domain = sender.rpartition("@")[2]
    state = "verified" if domains is None else domains.get(domain, "not entered there")
    if state != "verified":
        message = f"the domain {domain} is {shown_text(state)}, so Resend takes no mail from it."
        yield Diagnosis(Severity.ERROR, server.name, message, "Enter it at Resend, and confirm it there.")
        return
    known = f"and has confirmed {domain}" if domains else "which may not ask whether the domain is confirmed"
    yield Diagnosis(None, server.name, f"accepts the key, {known}.")


async def _connect(server: SmtpServer) -> datetime | None:
    connection = await SmtpConnection.open(server, _TIMEOUTS)
    ends = connection.certificate_end
    await connection.close()
    return ends
