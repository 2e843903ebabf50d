"""Finds the DMARC records of a domain by the tree walk, and its organizational domain (RFC 9989)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.deliver.dns import Dns
from pipeline.deliver.doctor.tag_list import parse_tags

MOST_QUERIES = 8
"""RFC 9989, section 4.10: of a longer name the parts in the middle are left out."""

_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """The record of a domain."""

    domain: str
    text: str

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags; names in lower case."""
        return parse_tags(self.text)

    @property
    def query(self) -> str:
        """The name and kind by which it is looked up."""
        return f"_dmarc.{self.domain} TXT"


def dmarc_texts(records: Sequence[str]) -> list[str]:
    """The TXT records that are DMARC's: they begin with the version, in this spelling."""
    return [text for text in records if _VERSION.match(text)]


def walk_tree(dns: Dns, domain: str) -> tuple[DmarcRecord, ...]:
    """The records at a domain and above it, the longest name first (section 4.10).

    Of several records at one name none counts.
    """
    records = []
    for name in tree_names(domain):
        texts = dmarc_texts(dns.look_up(f"_dmarc.{name}", "TXT").records)
        if len(texts) == 1:
            record = DmarcRecord(name, texts[0])
            records.append(record)
            if record.tags.get("psd", "").lower() in {"y", "n"}:
                break
    return tuple(records)


def tree_names(domain: str) -> list[str]:
    """The names at which a record is looked for, in their order."""
    labels = domain.split(".")
    most = min(len(labels) - 1, MOST_QUERIES - 1)
    return [domain, *(".".join(labels[-count:]) for count in range(most, 0, -1))]


def organizational_domain(records: Sequence[DmarcRecord], domain: str) -> str:
    """The domain that a domain belongs to, from the records of its tree walk (section 4.10.2)."""
    for record in records:
        flag = record.tags.get("psd", "").lower()
        if flag == "n":
            return record.domain
        if flag == "y" and record.domain != domain:
            count = record.domain.count(".") + 2
            return ".".join(domain.split(".")[-count:])
    return records[-1].domain if records else domain


def policy_record(records: Sequence[DmarcRecord], domain: str) -> DmarcRecord | None:
    """The record that applies to a domain: its own, that of its organization, or of its public suffix."""
    wanted = (domain, organizational_domain(records, domain), *(each.domain for each in records[-1:]))
    return next((record for name in wanted for record in records if record.domain == name), None)
