"""A connection to a mail server as commands and replies, without and with TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime

from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_reply import GarbledReply, ReplyParser, SmtpReply
from pipeline.deliver.smtp_server import Security, SmtpServer

# OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH and _CERT_HAS_EXPIRED (x509_vfy.h).
_OTHER_NAME = (62, 64)
_EXPIRED = 10

_NEXT_ADDRESS = 0.25
"""Seconds before a server's next address is tried too, of the other IP version (RFC 8305, section 5)."""


class LostConnection(Exception):
    """The connection ended, or what came over it cannot be understood; the text says how."""


class SmtpChannel(asyncio.Protocol):
    """Writes commands and reads replies; asyncio has TCP_NODELAY set on its sockets."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._parser = ReplyParser()
        self._waiter: asyncio.Future[None] | None = None
        self._lost = ""

    @classmethod
    async def connect(cls, server: SmtpServer, context: ssl.SSLContext | None, timeout: float) -> SmtpChannel:
        """Connect to a server, with TLS from the first byte if its address says so."""
        is_secure = server.security is Security.TLS
        try:
            async with asyncio.timeout(timeout):
                _, channel = await asyncio.get_running_loop().create_connection(
                    cls,
                    server.host,
                    server.port,
                    ssl=context if is_secure else None,
                    happy_eyeballs_delay=_NEXT_ADDRESS,
                )
        # UnicodeError: a part of the name is too long for DNS. IndexError: Python up to 3.13.5, where no
        # address answered in time (github.com/python/cpython/issues/135836).
        except (OSError, UnicodeError, IndexError) as error:
            raise _connect_error(server, error) from error
        return channel

    async def start_tls(self, server: SmtpServer, context: ssl.SSLContext, timeout: float) -> None:
        """Go on with TLS after the reply to STARTTLS.

        Whoever sits between could have sent replies behind that one, which would then count as the server's
        (CVE-2021-38371 and its kind): such a connection is refused.
        """
        if not self._parser.is_empty:
            self.abort()
            raise ServerError(
                f"{server.name} sent more before encryption began, as only an attacker does.",
                is_permanent=True,
                hint=f'Write "smtps://{server.host}", which is encrypted from the first byte.',
            )
        try:
            async with asyncio.timeout(timeout):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport, self, context, server_hostname=server.host
                )
        except OSError as error:
            self.abort()
            raise _connect_error(server, error) from error
        if not isinstance(transport, asyncio.Transport):
            raise LostConnection("the server closed the connection")
        self._transport = transport

    @property
    def is_in_step(self) -> bool:
        """Whether the connection is there, and every reply was read."""
        return not self._lost and self._parser.is_empty

    @property
    def local_host(self) -> str:
        """The address of this end."""
        return str(self._transport.get_extra_info("sockname")[0])

    @property
    def certificate_end(self) -> datetime | None:
        """When the server's certificate ends to be valid; None without TLS."""
        certificate = self._transport.get_extra_info("peercert")
        if not certificate:
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)

    def write(self, data: bytes) -> None:
        """Send bytes at once."""
        self._transport.write(data)

    async def read_reply(self, timeout: float) -> SmtpReply:
        """Read the next reply; raises `LostConnection`, also after `timeout` seconds."""
        reply = self._parser.next_reply()
        if reply:
            return reply
        loop = asyncio.get_running_loop()
        timer = loop.call_later(timeout, self._lose, f"the server did not answer within {timeout:g} seconds")
        try:
            while not (reply := self._parser.next_reply()):
                if self._lost:
                    raise LostConnection(self._lost)
                self._waiter = loop.create_future()
                await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        return reply

    def abort(self) -> None:
        """Close the connection now."""
        self._lose("the connection was closed")

    def _lose(self, reason: str) -> None:
        if not self._lost:
            self._lost = reason
            self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio's interface."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Part of asyncio's interface."""
        if self._lost:
            return
        try:
            self._parser.feed(data)
        except GarbledReply:
            self._lose("the server's answer is not SMTP")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Part of asyncio's interface."""
        self._lose("the server closed the connection")


def _connect_error(server: SmtpServer, error: Exception) -> ServerError:
    """The reason why no connection came about, in plain words."""
    hint = f"Compare host and port of the address with what the mail service says: {server.name}."
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _OTHER_NAME:
            message = f"the certificate of {server.name} is of another name than {server.host}."
            hint = "Write the host as the mail service names it."
        elif error.verify_code == _EXPIRED:
            message = f"the certificate of {server.name} has expired."
            hint = "Its operator renews it; see also whether the clock of this machine is right."
        else:
            message = f"the certificate of {server.name} is of an authority that this machine does not know."
            hint = "Name the file of that authority's certificate in SSL_CERT_FILE if you trust it."
        return ServerError(message, is_permanent=True, hint=hint)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        message = f"{server.name} does not speak TLS there, or not as this machine does."
        hint = "Port 465 mostly goes with smtps://, and port 587 with smtp+starttls://."
        return ServerError(message, is_permanent=True, hint=hint)
    if isinstance(error, UnicodeError) or (
        isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME
    ):
        return ServerError(f"there is no host {server.host}.", is_permanent=True, hint=hint)
    what = "cannot be reached"
    if isinstance(error, ConnectionRefusedError):
        what = "takes no connections"
    elif isinstance(error, TimeoutError | IndexError):
        what = "does not answer"
    return ServerError(f"the mail server {server.name} {what}.", is_permanent=False, hint=hint)
