"""Which domains of a list of recipients take no mail, asked of DNS (RFC 5321, 5.1; RFC 7505)."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.support.mail_addresses import check_address

if TYPE_CHECKING:
    from pipeline.deliver.dns import Dns

WHOLE_LIMIT = 120.0
"""Seconds for all look-ups of a list."""

_AT_ONCE = 32
_CHUNK = 1000
"""Domains that wait for a look-up: a list may have a million."""


@dataclass(slots=True)
class MailDomains:
    """What DNS says of domains. `without_mail` has those that take no mail, with the reason in words.

    `not_known` counts those that could not be looked up, which says nothing against them.
    """

    without_mail: dict[str, str] = field(default_factory=dict)
    not_known: int = 0


def look_up_domains(domains: Iterable[str], dns: Dns) -> MailDomains:
    """Look up each domain once, many at the same time."""
    answers, left = MailDomains(), iter(domains)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while chunk := list(islice(left, _CHUNK)):
            for domain, obstacle in zip(
                chunk, pool.map(lambda each: _obstacle(each, dns), chunk), strict=True
            ):
                if obstacle:
                    answers.without_mail[domain] = obstacle
                answers.not_known += obstacle is None
    return answers


def _obstacle(domain: str, dns: Dns) -> str | None:
    """Why a domain takes no mail; empty if it does, None if that is not known."""
    from pipeline.deliver.dns import NoDnsAnswer

    try:
        name = check_address(f"x@{domain}").rpartition("@")[2]  # in ASCII
        answer = dns.look_up(name, "MX")
        if answer.hosts == ("",):
            return "it says so itself (null MX)"
        if answer.hosts or dns.addresses(name):
            return ""
        return "it has no mail server" if answer.name_exists else "there is no such domain"
    except (NoDnsAnswer, ValueError):
        return None
