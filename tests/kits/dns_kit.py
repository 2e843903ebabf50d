"""A DNS server on loopback that answers from a dict, and can be silent or fail where a test wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENT, FAILS = "silent", "fails"

Zone = Mapping[str, Sequence[str] | str]
"""Records by name and kind: `{"synapse.example MX": ["10 mail.synapse.example."]}`; TXT without quotes.

In place of records a query may have a fault.
"""


@dataclass
class DnsServer:
    """A server that is running; `queries` are those that came in, in their order."""

    zone: dict[str, Sequence[str] | str]
    address: tuple[str, int]
    queries: list[str] = field(default_factory=list)

    @property
    def resolver(self) -> str:
        """Its address as the command line takes it."""
        return f"{self.address[0]}:{self.address[1]}"

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        self.queries.append(f"{name} {kind}")
        records = self.zone.get(f"{name} {kind}", ())
        if records == SILENT:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        names = {each.partition(" ")[0] for each in self.zone}
        if records == FAILS:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            texts = [_quoted(each) if kind == "TXT" else each for each in records]
            reply.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, texts))
        elif not any(each == name or each.endswith(f".{name}") for each in names):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


def _quoted(text: str) -> str:
    """A TXT record as zone files have it: strings of at most 255 bytes."""
    data = text.encode()
    parts = [data[start : start + 255] for start in range(0, len(data), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{byte:03}" for byte in part) + '"' for part in parts)


@contextmanager
def dns_server(zone: Zone) -> Iterator[DnsServer]:
    """Run a server for the block."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            answer = served.answer(data)
            if answer is not None:
                socket.sendto(answer, self.client_address)

    with ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        served = DnsServer(dict(zone), server.server_address)  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
