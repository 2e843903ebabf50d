"""Looks up records in DNS. The only module that imports dnspython."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import dns.exception
import dns.name
import dns.resolver
import dns.reversename
from dns.rdtypes.txtbase import TXTBase

TIME_LIMIT, WHOLE_LIMIT = 5.0, 30.0
"""Seconds for one look-up, with all the servers that are asked; and for all look-ups."""


class NoDnsAnswer(Exception):
    """A look-up without an answer, which says neither yes nor no; the text says why."""

    def __init__(self, query: str, reason: str) -> None:
        super().__init__(reason)
        self.query = query


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """The records of a name and of one kind, as the texts of zone files; of TXT without quotes."""

    name: str
    kind: str
    records: tuple[str, ...] = ()
    name_exists: bool = False

    @property
    def query(self) -> str:
        """What was looked up."""
        return f"{self.name} {self.kind}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that records of MX and PTR lead to."""
        return tuple(each.rpartition(" ")[2].rstrip(".") for each in self.records)

    @property
    def absence(self) -> str:
        """Why there is no record, in words."""
        return f"the name has no {self.kind} record" if self.name_exists else "there is no such name"


class Dns:
    """Asks the DNS server of this machine, or another one by its IP address. Answers are kept.

    `whole_limit` are the seconds for all look-ups.
    """

    def __init__(self, server: tuple[str, int] | None = None, whole_limit: float = WHOLE_LIMIT) -> None:
        self._server = server
        self._whole_limit = whole_limit
        self._until = time.monotonic() + whole_limit

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=self._server is None)
        if self._server:
            resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
        resolver.cache = dns.resolver.LRUCache()
        return resolver

    def look_up(self, name: str, kind: str) -> DnsAnswer:
        """The records of a name, sorted. Raises `NoDnsAnswer`, but not for a name that is not there."""
        try:
            absolute = dns.name.from_text(name)
        except dns.exception.DNSException:  # a part that is empty or too long: nobody can have it
            return DnsAnswer(name, kind)
        query = f"{name} {kind}"
        time_left = self._until - time.monotonic()
        if time_left <= 0:
            raise NoDnsAnswer(query, f"all look-ups together took longer than {self._whole_limit:g} seconds")
        try:
            answer = self._resolver.resolve(
                absolute, kind, raise_on_no_answer=False, lifetime=min(TIME_LIMIT, time_left), search=False
            )
        except dns.resolver.NXDOMAIN:
            return DnsAnswer(name, kind)
        except dns.resolver.LifetimeTimeout as error:
            raise NoDnsAnswer(
                query, f"the DNS server did not answer within {TIME_LIMIT:g} seconds"
            ) from error
        except dns.resolver.NoResolverConfiguration as error:
            raise NoDnsAnswer(query, "this machine knows no DNS server") from error
        except dns.exception.DNSException as error:
            raise NoDnsAnswer(query, "the DNS server could not look it up (SERVFAIL or the like)") from error
        records = (
            _printable(b"".join(each.strings)) if isinstance(each, TXTBase) else each.to_text()
            for each in answer.rrset or ()
        )
        return DnsAnswer(name, kind, tuple(sorted(records)), True)

    def addresses(self, host: str) -> tuple[str, ...]:
        """The IP addresses of a host, of both versions. Raises `NoDnsAnswer`."""
        return self.look_up(host, "A").records + self.look_up(host, "AAAA").records


def _printable(data: bytes) -> str:
    """A foreign text without control characters, which a terminal would obey."""
    return "".join(each if each.isprintable() else "\ufffd" for each in data.decode("utf-8", "replace"))


def reverse_name(address: str) -> str:
    """The name at which DNS has the name of an IP address."""
    return dns.reversename.from_address(address).to_text(omit_final_dot=True)
