"""Reads an SPF record with all that it includes, and counts a receiver's look-ups (RFC 7208)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from pipeline.deliver.dns import Dns, DnsAnswer

MOST_LOOKUPS, MOST_VOID_LOOKUPS = 10, 2
"""RFC 7208, section 4.6.4."""
_MOST_EXCHANGES = 10

_VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
_MECHANISM = re.compile(
    r"(?P<qualifier>[-+?~]?)(?:(?P<all>all)|(?P<named>include|exists):(?P<host>.+)"
    r"|(?P<ip>ip[46]):(?P<network>.+)|(?P<ptr>ptr)(?::.+)?"
    r"|(?P<by_host>a|mx)(?::(?P<of>[^/]+))?(?:/(?P<v4>\d{1,2}))?(?://(?P<v6>\d{1,3}))?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"[a-z][a-z0-9_.-]*=.*", re.IGNORECASE)
_EVERY_ADDRESS = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


@dataclass(frozen=True, slots=True)
class SpfTerm:
    """A mechanism: the networks that it matches, or the record that it includes."""

    text: str
    qualifier: str
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    included: SpfRecord | None = None

    def matches(self, address: str) -> bool:
        """Whether it matches an IP address."""
        if self.included:
            return self.included.result(address) == "+"
        return any(ip_address(address) in each for each in self.networks)

    @property
    def is_all(self) -> bool:
        """Whether it is the mechanism that ends a record."""
        return self.text.lower().lstrip("-+?~") == "all"


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """A record as read. `has_macros` means that what it permits also depends on the single message."""

    text: str
    terms: tuple[SpfTerm, ...] = ()
    redirect: SpfRecord | None = None
    has_macros: bool = False

    def result(self, address: str) -> str:
        """The qualifier that an IP address gets: `+`, `-`, `~`, `?`, or nothing."""
        for term in self.terms:
            if term.matches(address):
                return term.qualifier
        return self.redirect.result(address) if self.redirect else ""


def spf_texts(answer: DnsAnswer) -> list[str]:
    """The TXT records that are SPF's (section 4.5)."""
    return [text for text in answer.records if _VERSION.match(text)]


class SpfReader:
    """Reads records. `mistakes` are what makes a receiver give up, `void` the queries without an answer."""

    def __init__(self, dns: Dns) -> None:
        self._dns = dns
        self.lookups = 0
        self.void: list[str] = []
        self.mistakes: list[str] = []

    def read(self, domain: str) -> SpfRecord:
        """Read the record of a domain, and what it refers to until the look-ups are too many."""
        answer = self._dns.look_up(domain, "TXT")
        texts = spf_texts(answer)
        if len(texts) != 1:
            count = "no SPF record" if not texts else f"{len(texts)} SPF records, where one is allowed"
            self.mistakes.append(f"{domain} has {count}")
            return SpfRecord("")
        terms: list[SpfTerm] = []
        target = ""
        for word in texts[0].split()[1:]:
            if word.lower().startswith("redirect="):
                target = word.partition("=")[2]
            elif match := _MECHANISM.fullmatch(word):
                terms.append(self._term(match, domain))
            elif not _MODIFIER.fullmatch(word):
                self.mistakes.append(f'"{word}" in the record of {domain} is not a term of SPF')
        redirect = None
        if target and not any(each.is_all for each in terms):
            redirect = self.read(target) if self._may_look_up(target) else None
        has_macros = "%{" in texts[0] or any(each.included and each.included.has_macros for each in terms)
        return SpfRecord(texts[0], tuple(terms), redirect, has_macros)

    def _term(self, match: re.Match[str], domain: str) -> SpfTerm:
        text, qualifier = match[0], match["qualifier"] or "+"
        if match["all"]:
            return SpfTerm(text, qualifier, _EVERY_ADDRESS)
        if match["ip"]:
            try:
                return SpfTerm(text, qualifier, (ip_network(match["network"], strict=False),))
            except ValueError:
                self.mistakes.append(f'"{text}" in the record of {domain} is not an IP address or network')
                return SpfTerm(text, qualifier)
        host = match["host"] or match["of"] or domain
        if not self._may_look_up(host) or match["ptr"]:
            return SpfTerm(text, qualifier)
        if (match["named"] or "").lower() == "include":
            return SpfTerm(text, qualifier, included=self.read(host))
        if match["named"]:
            exists = self._addresses_of(f"{host} A", [host])
            return SpfTerm(text, qualifier, _EVERY_ADDRESS if exists else ())
        hosts, query = [host], f"{host} A"
        if match["by_host"].lower() == "mx":
            exchanges = self._dns.look_up(host, "MX")
            hosts, query = list(exchanges.hosts[:_MOST_EXCHANGES]), exchanges.query
        lengths = {4: match["v4"] or "32", 6: match["v6"] or "128"}
        networks = []
        for address in self._addresses_of(query, hosts):
            try:
                length = lengths[ip_address(address).version]
                networks.append(ip_network(f"{address}/{length}", strict=False))
            except ValueError:
                self.mistakes.append(f'"{text}" in the record of {domain} has a length that no network has')
                break
        return SpfTerm(text, qualifier, tuple(networks))

    def _may_look_up(self, host: str) -> bool:
        """Count a look-up; False if there were too many, or if the name depends on the single message."""
        self.lookups += 1
        return self.lookups <= MOST_LOOKUPS and "%" not in host

    def _addresses_of(self, query: str, hosts: list[str]) -> list[str]:
        addresses = [address for host in hosts for address in self._dns.addresses(host)]
        if not addresses:
            self.void.append(query)
        return addresses
