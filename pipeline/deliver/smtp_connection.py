"""Hands messages to a mail server over a connection that is kept open (RFC 5321, RFC 2920)."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pipeline.deliver.connection import Gate, OutgoingMessage
from pipeline.deliver.outcome import Outcome, RefusalClass, State
from pipeline.deliver.refusals import refusal_class
from pipeline.deliver.server_error import ServerError
from pipeline.deliver.smtp_channel import LostConnection, SmtpChannel
from pipeline.deliver.smtp_reply import SmtpReply
from pipeline.deliver.smtp_server import Security, SmtpServer

# What would end a command or an address early.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]")
# Found three times as fast by this as by `in`, which for a large message is a tenth of sending it.
_DOTTED_LINE = re.compile(rb"\n\.")
# The first digits of replies that each command may have; one that refuses RSET is of no use.
_KINDS = {"RSET": (2,), "MAIL": (2, 4, 5), "RCPT": (2, 4, 5), "DATA": (3, 4, 5)}


@dataclass(frozen=True, slots=True)
class SmtpTimeouts:
    """How long to wait for a server, in seconds (RFC 5321, section 4.5.3.2).

    For the greeting it is less: servers that wait to catch spammers wait half a minute, and a wrong port is
    silent for ever.
    """

    connect: float = 30
    greeting: float = 60
    command: float = 300
    data: float = 120
    message: float = 600
    quit: float = 2


class SmtpConnection:
    """A connection to a mail server, ready for messages, one after the other."""

    failure = None
    """A server that takes no mail from an account says so before a message leaves."""

    def __init__(self, server: SmtpServer, channel: SmtpChannel, timeouts: SmtpTimeouts) -> None:
        self._server = server
        self._channel = channel
        self._timeouts = timeouts
        self._extensions: dict[str, frozenset[str]] = {}
        self._needs_reset = False
        user, password = server.user, server.password
        self._login = f"\0{user}\0{password}"
        secrets = (password, *map(_base64, (user, password, self._login))) if user else ()
        self._login_parts = frozenset(part for secret in secrets for part in _parts(secret))

    @classmethod
    async def open(
        cls,
        server: SmtpServer,
        timeouts: SmtpTimeouts = SmtpTimeouts(),
        context: ssl.SSLContext | None = None,
    ) -> SmtpConnection:
        """Connect, encrypt and log in; raises `ServerError`.

        `context` checks certificates. Whoever opens several connections makes it once, since reading all
        certificates takes a while.
        """
        if server.security is not Security.PLAIN:
            context = context or ssl.create_default_context()
        connection = cls(server, await SmtpChannel.connect(server, context, timeouts.connect), timeouts)
        try:
            await connection._greet(context)
            await connection._log_in()
        except BaseException as error:
            connection.abort()
            if isinstance(error, LostConnection):
                hint = "Port 465 mostly goes with smtps://, and port 587 with smtp+starttls://."
                raise ServerError(f"{server.name}: {error}.", is_permanent=False, hint=hint) from error
            raise
        return connection

    @property
    def is_usable(self) -> bool:
        """Whether a further message can be handed over."""
        return self._channel.is_in_step

    @property
    def certificate_end(self) -> datetime | None:
        """When the server's certificate ends to be valid; None without TLS."""
        return self._channel.certificate_end

    def abort(self) -> None:
        """Close the connection now: a message whose final dot was not written is surely not sent."""
        self._channel.abort()

    async def close(self) -> None:
        """Send QUIT and close the connection."""
        if self.is_usable:
            self._channel.write(b"QUIT\r\n")
            with suppress(LostConnection):
                await self._channel.read_reply(self._timeouts.quit)
        self.abort()

    async def send(self, messages: Sequence[OutgoingMessage], gate: Gate) -> list[Outcome]:
        """Hand over one message to one recipient.

        `gate` is awaited when the server waits for the message, and before the final dot is written; a
        message that it holds back, or what it raises, ends the connection. Raises `ServerError` where the
        server takes no mail from this account at all.

        A failure before the final dot is written means that the message is surely not sent: it is refused, or
        deferred. One after it means that it cannot be known.
        """
        (message,) = messages
        try:
            return [await self._send(message, gate)]
        except LostConnection as error:
            self.abort()
            return [Outcome(State.DEFERRED, None, str(error), RefusalClass.OTHER)]
        except BaseException:
            self.abort()
            raise
        finally:
            if not self.is_usable:
                self.abort()

    async def _send(self, message: OutgoingMessage, gate: Gate) -> Outcome:
        sender, recipient, data = message.sender, message.recipient, message.data
        obstacle = self._obstacle(sender, recipient, data)
        if obstacle:
            return Outcome(State.REFUSED, None, *obstacle)
        group = self._transaction(sender, recipient, data)
        refusal = await self._open_transaction(group)
        if refusal and refusal.code == 503 and self.is_usable:
            # "Sender already specified": the server still holds an earlier one, which RSET makes it forget.
            refusal = await self._open_transaction(group)
        if refusal:
            return self._refused(refusal)
        # All but the final dot: the server reads it while the disk is waited for.
        self._channel.write(_with_doubled_dots(data) if message.may_have_dots else data)
        if not await gate([message]):
            self.abort()
            return Outcome(State.SUPPRESSED, None, "")
        await self._require_step()
        self._channel.write(b".\r\n")
        try:
            reply = await self._channel.read_reply(self._timeouts.message)
        except LostConnection as error:
            return Outcome(State.UNKNOWN, None, str(error))
        if reply.code == 250:  # the one reply that takes a message (RFC 5321, section 4.3.2)
            return Outcome(State.ACCEPTED, reply.code, reply.text)
        if reply.kind in (2, 3):  # such as "221 Bye", which is no answer to a message
            self.abort()
            return Outcome(State.UNKNOWN, reply.code, reply.text)
        return self._refused(reply)

    def _refused(self, reply: SmtpReply) -> Outcome:
        """The outcome of a reply of 4xx or 5xx; 503 is about the order of commands, not about a recipient."""
        if reply.code in (421, 503):
            self.abort()
        state = State.REFUSED if reply.kind == 5 and reply.code != 503 else State.DEFERRED
        return Outcome(state, reply.code, reply.text, refusal_class(reply.code, reply.status, reply.text))

    def _obstacle(self, sender: str, recipient: str, data: bytes) -> tuple[str, RefusalClass] | None:
        """The reason why this server cannot be given the message, and its class."""
        if _UNSAFE.search(sender + recipient):
            return "the address has a character that no address may have", RefusalClass.MAILBOX
        if not (sender + recipient).isascii() and "SMTPUTF8" not in self._extensions:
            # Of the own server, which says nothing of the mailbox.
            reason = "the mail server takes no address with letters beyond a to z (SMTPUTF8)"
            return reason, RefusalClass.OTHER
        if not data.isascii() and "8BITMIME" not in self._extensions:
            return "the mail server takes no text beyond ASCII (8BITMIME)", RefusalClass.CONTENT
        return None

    def _transaction(self, sender: str, recipient: str, data: bytes) -> tuple[bytes, bytes, bytes]:
        """The commands before a message, with the parameters that the server knows."""
        parameters = f" SIZE={len(data)}" if "SIZE" in self._extensions else ""  # RFC 1870: without dots
        if not data.isascii():
            parameters += " BODY=8BITMIME"
        if not (sender + recipient).isascii():
            parameters += " SMTPUTF8"
        mail = f"MAIL FROM:<{sender}>{parameters}\r\n".encode()
        return mail, f"RCPT TO:<{recipient}>\r\n".encode(), b"DATA\r\n"

    async def _open_transaction(self, group: tuple[bytes, ...]) -> SmtpReply | None:
        """Send MAIL, RCPT and DATA; returns the refusal, or None once the server waits for the message."""
        if self._needs_reset:
            # It may lead a group (RFC 2920, section 3.1), where it costs no round trip.
            group = (b"RSET\r\n", *group)
            self._needs_reset = False
        replies = await self._exchange(group)
        refusals = [each for each in replies if each.kind >= 4]
        if not refusals:
            return None
        self._needs_reset = True
        if refusals[0].code == 530:  # RFC 4954, section 6; RFC 3207, section 4
            raise ServerError(
                f"{self._server.name} wants a login or encryption first: {refusals[0].text}",
                is_permanent=True,
                hint='Write its address as "smtps://user@…" or "smtp+starttls://user@…".',
            )
        if replies[-1].kind == 3:
            # DATA was under way before the refusal was read. RFC 2920, section 3.1: a single dot ends it,
            # unless the server holds a recipient, who would get an empty message.
            if refusals == [replies[-2]]:
                self._channel.write(b".\r\n")
                await self._channel.read_reply(self._timeouts.message)
            else:
                self.abort()
        return refusals[0]

    async def _exchange(self, group: Sequence[bytes]) -> list[SmtpReply]:
        """Send commands in one write if the server takes that; else up to the first that it refuses."""
        is_pipelined = "PIPELINING" in self._extensions
        await self._require_step()
        if is_pipelined:
            self._channel.write(b"".join(group))
        replies: list[SmtpReply] = []
        for command in group:
            if not is_pipelined:
                await self._require_step()
                self._channel.write(command)
            verb = command[:4].decode()
            timeout = self._timeouts.data if verb == "DATA" else self._timeouts.command
            reply = await self._channel.read_reply(timeout)
            if reply.kind not in _KINDS[verb]:
                raise LostConnection(f"the server answered {verb} with {reply.code} {reply.text}")
            replies.append(reply)
            if reply.code == 421 or (reply.kind >= 4 and not is_pipelined):
                break
        return replies

    async def _require_step(self) -> None:
        """Raise `LostConnection` if a reply came that no command asked for: it would count for the next."""
        if not self.is_usable:
            reply = await self._channel.read_reply(0)
            raise LostConnection(f"the server sent, without being asked: {reply.code} {self._words(reply)}")

    async def _command(self, line: str, timeout: float) -> SmtpReply:
        """Send one command of the beginning, and read its reply."""
        await self._require_step()
        self._channel.write(line.encode() + b"\r\n")
        return await self._channel.read_reply(timeout)

    async def _greet(self, context: ssl.SSLContext | None) -> None:
        """Read the greeting and the extensions, and encrypt if the address says STARTTLS."""
        self._expect(2, await self._channel.read_reply(self._timeouts.greeting), "takes no mail")
        await self._read_extensions()
        if self._server.security is not Security.STARTTLS:
            return
        if "STARTTLS" not in self._extensions or not context:
            raise ServerError(
                f"{self._server.name} offers no encryption (STARTTLS).",
                is_permanent=True,
                hint=f'Write "smtps://{self._server.host}" if it is encrypted from the first byte.',
            )
        self._expect(2, await self._command("STARTTLS", self._timeouts.command), "refuses encryption")
        await self._channel.start_tls(self._server, context, self._timeouts.connect)
        # RFC 3207, section 4.2: what was said before counts no more.
        await self._read_extensions()

    async def _read_extensions(self) -> None:
        # Instead of the name of this machine, which is nobody's business (RFC 5321, section 4.1.3).
        host = self._channel.local_host.partition("%")[0]
        reply = await self._command(f"EHLO [{'IPv6:' if ':' in host else ''}{host}]", self._timeouts.command)
        self._expect(2, reply, "refuses the greeting")
        # "AUTH=PLAIN" is how servers before RFC 2554 wrote it.
        words = [line.upper().replace("=", " ").split() for line in reply.lines[1:]]
        self._extensions = {each[0]: frozenset(each[1:]) for each in words if each}

    async def _log_in(self) -> None:
        """Log in where the address has a user (RFC 4954)."""
        user, password = self._server.user, self._server.password
        if not user:
            return
        mechanisms = self._extensions.get("AUTH", frozenset())
        if "PLAIN" in mechanisms:
            commands = ["AUTH PLAIN " + _base64(self._login)]
        elif "LOGIN" in mechanisms:
            commands = ["AUTH LOGIN", _base64(user), _base64(password)]
        else:
            raise ServerError(
                f"{self._server.name} offers no login by user and password.",
                is_permanent=True,
                hint="Leave the user out of its address, or take a server that offers AUTH PLAIN or LOGIN.",
            )
        for index, command in enumerate(commands, start=1):
            reply = await self._command(command, self._timeouts.command)
            self._expect(2 if index == len(commands) else 3, reply, "refuses the login")

    def _expect(self, kind: int, reply: SmtpReply, failure: str) -> None:
        """Raise `ServerError` for a reply of another kind."""
        if reply.kind == kind:
            return
        hint = None
        if failure == "refuses the login":
            hint = (
                "Compare the user in its address and PRESSROOM_SMTP_PASSWORD with what the mail service "
                "says; many ask for a password made for programs."
            )
        words = self._words(reply)
        message = f"{self._server.name} {failure} ({reply.code}){words and f': {words}'}"
        raise ServerError(message, is_permanent=reply.kind == 5, hint=hint)

    def _words(self, reply: SmtpReply) -> str:
        """The text of a reply; empty if it repeats a part of what was sent at the login."""
        letters = _letters(" ".join(reply.lines))
        return "" if any(part in letters for part in self._login_parts) else reply.text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _letters(text: str) -> str:
    """A text without its spaces and line ends, and without regard to case."""
    return "".join(text.split()).casefold()


def _parts(secret: str) -> set[str]:
    """All parts of a secret of eight characters: servers repeat a command cut off, or over several lines."""
    letters = _letters(secret)
    return {letters[start : start + 8] for start in range(max(1, len(letters) - 7))} - {""}


def _with_doubled_dots(data: bytes) -> bytes:
    """The message as it is sent before its final dot: dots that begin a line doubled (RFC 5321, 4.5.2).

    A lone LF counts as the end of a line too, since some servers take it for one (CVE-2023-51764).
    """
    if data.startswith(b"."):
        data = b"." + data
    if _DOTTED_LINE.search(data):
        data = data.replace(b"\n.", b"\n..")
    return data if data.endswith(b"\r\n") or not data else data + b"\r\n"
