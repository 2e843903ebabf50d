"""A mail server that fails as its script says, and writes down each message that it took.

In a test: `with ScriptedServer([Fault("RCPT", "550 5.1.1 no such user")]) as server:`. As a process of its own,
failing by chance: `python tests/kits/smtp_kit.py --record FILE --rate 0.1 --seed 7`, which prints its port.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import datetime
import ipaddress
import json
import random
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType

CUT = "cut"
"""The server closes the connection instead of answering."""
SILENT = "silent"
"""The server never answers."""

EXTENSIONS = ("PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True)
class Fault:
    """What the server does instead of its proper answer.

    `phase` is `connect`, `wait` (before the message), `body` (in its middle), `dot` (behind its end) or a
    command, such as `RCPT`. `action` is a reply, raw bytes, `CUT` or `SILENT`. It comes once, after as many proper answers of the
    phase as `after` says, or each time if `always`. `takes`: the message counts as taken, whatever is answered.
    """

    phase: str
    action: str | bytes
    after: int = 0
    always: bool = False
    takes: bool = False


@dataclass(frozen=True)
class TakenMessage:
    """A message that the server took, with its envelope; `data` is as sent, but for doubled dots."""

    sender: str
    recipients: tuple[str, ...]
    parameters: str
    data: bytes

    @property
    def row(self) -> dict[str, object]:
        message_id = BytesHeaderParser().parsebytes(self.data)["Message-ID"]
        return {"sender": self.sender, "recipients": self.recipients, "message_id": message_id}


# By chance, in a process of its own: what real servers and networks do.
CHANCE_FAULTS = (
    Fault("MAIL", "421 4.3.2 shutting down"),
    Fault("MAIL", CUT),
    Fault("RCPT", "450 4.2.1 receiving too quickly"),
    Fault("RCPT", "550 5.1.1 no such user"),
    Fault("RCPT", "550 5.7.515 access denied, the sending domain is not authenticated"),
    Fault("RCPT", CUT),
    Fault("DATA", "451 4.3.0 try again later"),
    Fault("DATA", CUT),
    Fault("body", CUT),
    Fault("dot", "452 4.3.1 out of space"),
    Fault("dot", "552 5.3.4 too large"),
    Fault("dot", CUT),
    Fault("dot", CUT, takes=True),
    Fault("dot", b"\x00garbage\r\n", takes=True),
)


class ScriptedServer:
    """A mail server on loopback, in a thread of its own; a context manager."""

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        extensions: Iterable[str] = EXTENSIONS,
        users: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        starttls: bool = False,
        record: Path | None = None,
        rate: float = 0,
        seed: int = 0,
    ) -> None:
        self.extensions = tuple(extensions)
        self.users = users or {}
        self.context = context
        self.starttls = starttls
        self.port = 0
        self.taken: list[TakenMessage] = []
        self.commands: list[str] = []
        """Every line that came as a command, AUTH's without its words."""
        self.sent_ahead: list[str] = []
        """Commands behind which more was sent already, though the server does not offer PIPELINING."""
        self._faults = list(faults)
        self._phases: dict[str, int] = {}
        self._record = record
        self._rate = rate
        self._random = random.Random(seed)
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(0)), daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self.stop.set)
        self._thread.join()

    @property
    def recipients(self) -> list[str]:
        """The recipients of all messages that were taken, one for each time."""
        return [each for message in self.taken for each in message.recipients]

    async def serve(self, port: int) -> None:
        """Serve until `stop` is set."""
        self._loop = asyncio.get_running_loop()
        self.stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        context = None if self.starttls else self.context
        # A limit for a whole message, since it is read up to its dot at once.
        server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=context, limit=2**26)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self.stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).run()
        except (_Cut, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    def next_fault(self, phase: str) -> Fault | None:
        """The fault of this moment; counts how often the phase came."""
        count = self._phases.get(phase, 0)
        self._phases[phase] = count + 1
        for fault in self._faults:
            if fault.phase == phase and (fault.always or fault.after == count):
                return fault
        if self._rate and self._random.random() < self._rate:
            choices = [each for each in CHANCE_FAULTS if each.phase == phase]
            return self._random.choice(choices) if choices else None
        return None

    def take(self, message: TakenMessage) -> None:
        """Write down a message before it is answered."""
        self.taken.append(message)
        if self._record:
            with self._record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message.row) + "\n")


class _Cut(Exception):
    pass


@dataclass
class _Session:
    server: ScriptedServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    user: str = ""
    sender: str | None = None
    parameters: str = ""
    recipients: list[str] = field(default_factory=list)

    async def run(self) -> None:
        await self.answer("connect", "220 scripted ESMTP")
        while line := (await self.reader.readline()).decode().rstrip("\r\n"):
            verb = line.partition(" ")[0].upper()
            self.server.commands.append(verb if verb == "AUTH" else line)
            if self.reader._buffer and "PIPELINING" not in self.server.extensions:  # type: ignore[attr-defined]
                self.server.sent_ahead.append(line)
            if verb == "QUIT":
                await self.answer(verb, "221 bye")
                self.writer.close()
                await self.writer.wait_closed()
                return
            command = getattr(self, f"smtp_{verb.lower()}", None)
            if command:
                await command(line)
            else:
                await self.answer(verb, "502 5.5.1 no such command")

    async def answer(self, phase: str, proper: str) -> str:
        """Answer, or do what the script says instead; returns the reply that was sent."""
        fault = self.server.next_fault(phase)
        return await self.act(fault.action if fault else proper)

    async def act(self, action: str | bytes) -> str:
        if action == CUT:
            raise _Cut
        if action == SILENT:
            await self.server.stop.wait()
            raise _Cut
        self.writer.write(action if isinstance(action, bytes) else _reply_bytes(action))
        await self.writer.drain()
        return action if isinstance(action, str) else action.decode("latin-1")

    def reset(self) -> None:
        self.sender, self.recipients = None, []

    async def smtp_ehlo(self, line: str) -> None:
        self.reset()
        words = list(self.server.extensions)
        is_tls = self.writer.get_extra_info("ssl_object") is not None
        if self.server.context and not is_tls:
            words.append("STARTTLS")
        if self.server.users and not any(each.startswith("AUTH") for each in words):
            words.append("AUTH PLAIN LOGIN")
        await self.answer("EHLO", "\n".join(f"250 {each}" for each in ("scripted", *words)))

    async def smtp_starttls(self, line: str) -> None:
        sent = await self.answer("STARTTLS", "220 2.0.0 go ahead")
        if sent.startswith("220") and self.server.context:
            await self.writer.start_tls(self.server.context)
            self.reset()

    async def smtp_auth(self, line: str) -> None:
        _, mechanism, *initial = line.split(" ")
        if mechanism == "PLAIN":
            _, user, password = base64.b64decode(initial[0]).decode().split("\0")
        else:
            await self.act("334 VXNlcm5hbWU6")
            user = base64.b64decode(await self.reader.readline()).decode()
            await self.act("334 UGFzc3dvcmQ6")
            password = base64.b64decode(await self.reader.readline()).decode()
        if self.server.users.get(user) != password:
            await self.answer("AUTH", "535 5.7.8 user or password is wrong")
        elif (await self.answer("AUTH", "235 2.7.0 welcome")).startswith("2"):
            self.user = user

    async def smtp_mail(self, line: str) -> None:
        proper = "250 2.1.0 ok"
        if self.server.users and not self.user:
            proper = "530 5.7.0 authentication required"
        elif self.sender is not None:
            proper = "503 5.5.1 sender already specified"
        if (await self.answer("MAIL", proper)).startswith("2"):
            self.sender, _, self.parameters = line.partition("<")[2].partition(">")

    async def smtp_rcpt(self, line: str) -> None:
        proper = "503 5.5.1 need MAIL first" if self.sender is None else "250 2.1.5 ok"
        if (await self.answer("RCPT", proper)).startswith("2"):
            self.recipients.append(line.partition("<")[2].partition(">")[0])

    async def smtp_rset(self, line: str) -> None:
        if (await self.answer("RSET", "250 2.0.0 ok")).startswith("2"):
            self.reset()

    async def smtp_data(self, line: str) -> None:
        proper = "354 go ahead" if self.recipients else "554 5.5.1 no valid recipients"
        if not (await self.answer("DATA", proper)).startswith("354"):
            return
        for phase, length in (("wait", 0), ("body", 1)):
            fault = self.server.next_fault(phase)
            if fault:
                await self.reader.read(length)
                await self.act(fault.action)
                raise _Cut
        data = await self.reader.readline()
        if data != b".\r\n":
            data = (data + await self.reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
        else:
            data = b""
        fault = self.server.next_fault("dot")
        action: str | bytes = fault.action if fault else "250 2.0.0 ok: queued as 4F2A"
        if (fault and fault.takes) or action[:3] in ("250", b"250"):
            stuffed = (b"\r\n" + data).replace(b"\r\n..", b"\r\n.").removeprefix(b"\r\n")
            self.server.take(
                TakenMessage(self.sender or "", tuple(self.recipients), self.parameters, stuffed)
            )
        self.reset()
        await self.act(action)


def _reply_bytes(reply: str) -> bytes:
    """A reply of one or several lines, each with its code."""
    *more, last = reply.split("\n")
    return "".join([f"{each[:3]}-{each[4:]}\r\n" for each in more] + [f"{last}\r\n"]).encode()


def server_context(folder: Path, name: str = "127.0.0.1") -> ssl.SSLContext:
    """TLS for a server of this name or IP address; who trusts `authority.pem` in the folder trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def certificate(
        subject: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        signer: ec.EllipticCurvePrivateKey,
        ca: bool,
    ) -> bytes:
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(subject))
        except ValueError:
            alternative = x509.DNSName(subject)
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .add_extension(
                # Python 3.13 holds certificates against RFC 5280, which wants all of these.
                x509.KeyUsage(True, False, False, False, False, ca, ca, False, False),
                critical=True,
            )
            .sign(signer, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )

    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / "authority.pem").write_bytes(certificate("authority", authority, "authority", authority, True))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + certificate(name, key, "authority", authority, False))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    server = ScriptedServer(record=options.record, rate=options.rate, seed=options.seed)

    async def serve() -> None:
        task = asyncio.ensure_future(server.serve(options.port))
        while not server.port:
            await asyncio.sleep(0)
        print(server.port, flush=True)  # noqa: T201 - whoever started the process reads it
        await task

    asyncio.run(serve())


if __name__ == "__main__":
    _main()
