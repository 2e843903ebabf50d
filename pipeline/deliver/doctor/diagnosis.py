"""One line of the doctor's report, and the publication's mail that it is about."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.deliver.dkim import DkimSigner
from pipeline.deliver.smtp_server import SmtpServer
from pipeline.model import Severity


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record to enter at the provider of the domain's DNS."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}  {self.kind}  {self.value}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a subject, or that it is fine: then `severity` is None.

    An error is what receivers refuse mail for. `looked_up` is the name and kind of a DNS record, an address
    or a setting. `enter` is the record that mends it.
    """

    severity: Severity | None
    looked_up: str
    message: str
    hint: str = ""
    enter: DnsRecord | None = None

    @property
    def level(self) -> str:
        """The severity as a word."""
        return self.severity.value if self.severity else "fine"

    @property
    def values(self) -> dict[str, Any]:
        """The line as a dict for JSON."""
        record = self.enter
        return {
            "severity": self.level,
            "looked_up": self.looked_up,
            "message": self.message,
            "hint": self.hint,
            "enter": record and {"name": record.name, "type": record.kind, "value": record.value},
        }


@dataclass(frozen=True, slots=True)
class SendingSetup:
    """The mail of a publication: who it is from, where it comes back to, who hands it over and signs it.

    `bounce_domain` is the domain of the envelope's sender. `server` is None where none is set; `own_server`
    is its name if it belongs to the publication's domain, else empty. `signers` are by their selectors,
    without those whose keys are not on this machine. `service` is the name of a service that sends and signs
    in place of a mail server.
    """

    sender: str
    bounce_domain: str
    reply_domain: str
    server: SmtpServer | None
    own_server: str
    selectors: tuple[str, ...]
    signers: Mapping[str, DkimSigner]
    service: str = ""

    @property
    def domain(self) -> str:
        """The domain in From, which DMARC is about and which signs."""
        return self.sender.rpartition("@")[2]


def is_below(name: str, domain: str) -> bool:
    """Whether a name is the domain or one below it."""
    return f".{name}".endswith(f".{domain}")


def is_ip_address(host: str) -> bool:
    """Whether a host is an IP address, and has no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
