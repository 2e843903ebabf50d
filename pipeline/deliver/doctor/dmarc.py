"""DMARC: what receivers do with mail that fails, and whether the publication's passes (RFC 9989)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.deliver.dns import Dns
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup, is_below
from pipeline.deliver.doctor.dmarc_record import (
    DmarcRecord,
    dmarc_texts,
    organizational_domain,
    policy_record,
    walk_tree,
)
from pipeline.deliver.doctor.spf_record import spf_texts
from pipeline.deliver.doctor.tag_list import format_tags
from pipeline.model import Severity

_POLICIES = ("none", "quarantine", "reject")
_REMOVED = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 no longer has (its appendix C)."""
_REPORT_ADDRESS = re.compile(r"mailto:[^@\s!]+@([^@\s!]+)(?:!\d+[kmgt]?)?", re.IGNORECASE)


def diagnose_dmarc(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Look at the record that applies to the sender's domain."""
    domain = setup.domain
    own = dns.look_up(f"_dmarc.{domain}", "TXT")
    texts = dmarc_texts(own.records)
    if len(texts) > 1:
        message = f"{len(texts)} DMARC records; receivers then take none of them."
        enter = DnsRecord(own.name, "TXT", texts[0])
        yield Diagnosis(Severity.ERROR, own.query, message, "Delete all of them but one.", enter)
        return
    for text in own.records:
        if not texts and "dmarc" in text.lower():
            message = f'a record that does not begin with "v=DMARC1;" is ignored: {text}.'
            yield Diagnosis(Severity.WARNING, own.query, message, "Write that in capitals, and first.")
    records = walk_tree(dns, domain)
    record = policy_record(records, domain)
    if record is None:
        yield Diagnosis(
            Severity.ERROR,
            own.query,
            f"no DMARC record: {own.absence if not own.records else 'no record there begins with v=DMARC1'}, "
            "and none above it.",
            "",
            DnsRecord(own.name, "TXT", f"v=DMARC1; p=none; rua=mailto:{setup.sender}"),
        )
        return
    tag = _policy_tag(record, domain, dns)
    diagnoses = [
        *_policy(record, tag, setup),
        *_reports(record, setup, dns),
        *_flags(record, domain),
    ]
    if not any(each.severity in (Severity.ERROR, Severity.WARNING) for each in diagnoses):
        yield Diagnosis(None, record.query, record.text)
    yield from diagnoses


def _policy_tag(record: DmarcRecord, domain: str, dns: Dns) -> str:
    """The tag that has the policy: `sp` or `np` of a record above the domain, else `p` (4.10.1)."""
    if record.domain == domain:
        return "p"
    # RFC 9989, section 3.2.13: a domain without addresses and mail servers does not exist.
    exists = bool(dns.addresses(domain) or dns.look_up(domain, "MX").records)
    tags = ("sp",) if exists else ("np", "sp")
    return next((each for each in tags if each in record.tags), "p")


def _policy(record: DmarcRecord, tag: str, setup: SendingSetup) -> Iterator[Diagnosis]:
    tags = record.tags
    policy = tags.get(tag, "").lower()
    wrong = [
        each for each in ("p", "sp", "np") if (each in tags or each == "p") and not _is_policy(tags, each)
    ]
    if wrong:
        counts = bool(_report_domains(tags))
        effect = 'receivers take it for "p=none"' if counts else "receivers ignore the whole record"
        value = tags.get(wrong[0])
        what = f'"{wrong[0]}={value}" is no policy' if value else f"there is no {wrong[0]}="
        enter = _changed(record, dict.fromkeys(wrong, "none"))
        severity = Severity.WARNING if counts else Severity.ERROR
        yield Diagnosis(severity, record.query, f"{what}; {effect}.", "", enter)
        return
    if policy == "none":
        yield Diagnosis(
            Severity.NOTE,
            record.query,
            f'with "{tag}=none" others can send in the name of {setup.domain}.',
            "That is right at first. Enter this when the reports name all servers that send for you.",
            _changed(record, {tag: "quarantine"}),
        )
    elif tags.get("t", "").lower() == "y":
        less = _POLICIES[_POLICIES.index(policy) - 1]
        message = f'"t=y" marks a test: receivers apply "{less}" in place of "{policy}".'
        enter = _changed(record, {"t": ""})
        yield Diagnosis(Severity.NOTE, record.query, message, "Enter this after the test.", enter)


def _is_policy(tags: Mapping[str, str], tag: str) -> bool:
    return tags.get(tag, "").lower() in _POLICIES


def _report_domains(tags: Mapping[str, str]) -> list[str]:
    addresses = (_REPORT_ADDRESS.fullmatch(each.strip()) for each in tags.get("rua", "").split(","))
    return [match[1].lower() for match in addresses if match]


def _reports(record: DmarcRecord, setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Whether reports go to somebody, and whether another domain agrees to get them (RFC 9990, section 4)."""
    domains = _report_domains(record.tags)
    if not domains:
        yield Diagnosis(
            Severity.WARNING,
            record.query,
            "nobody gets the reports of receivers (rua), which say whose mail fails.",
            "",
            _changed(record, {"rua": f"mailto:{setup.sender}"}),
        )
    own = organizational_domain(walk_tree(dns, record.domain), record.domain)
    for domain in dict.fromkeys(domains):
        if is_below(domain, own) or organizational_domain(walk_tree(dns, domain), domain) == own:
            continue
        answer = dns.look_up(f"{record.domain}._report._dmarc.{domain}", "TXT")
        if not dmarc_texts(answer.records):
            message = f"{domain} does not say that it takes reports on {record.domain}: {answer.absence}."
            enter = DnsRecord(answer.name, "TXT", "v=DMARC1")
            hint = f"The owner of {domain} enters it there."
            yield Diagnosis(Severity.WARNING, answer.query, message, hint, enter)


def _flags(record: DmarcRecord, domain: str) -> Iterator[Diagnosis]:
    removed = [tag for tag in _REMOVED if tag in record.tags]
    if removed:
        names = ", ".join(f'"{each}={record.tags[each]}"' for each in removed)
        yield Diagnosis(
            Severity.NOTE,
            record.query,
            f"{names}: DMARC no longer has that (RFC 9989), and newer receivers ignore it.",
            'In place of "pct" there is "t=y", for a test.' if "pct" in removed else "",
            _changed(record, dict.fromkeys(removed, "")),
        )
    if record.tags.get("psd", "").lower() == "y" and record.domain == domain:
        message = '"psd=y" says that everybody can register names below this domain, as below "org".'
        enter = _changed(record, {"psd": ""})
        yield Diagnosis(Severity.WARNING, record.query, message, "", enter)


def _changed(record: DmarcRecord, changes: Mapping[str, str]) -> DnsRecord:
    """The record with other values of tags; an empty one is left out. Older receivers want `p` second."""
    tags = {**record.tags, **changes}
    first = {tag: tags[tag] for tag in ("v", "p") if tag in tags}
    rest = {tag: value for tag, value in (first | tags).items() if value}
    return DnsRecord(f"_dmarc.{record.domain}", "TXT", format_tags(rest))


def diagnose_alignment(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Compare the domains that SPF and DKIM prove with the one in From (section 4.4).

    What has no record proves nothing, and its own subject says so.
    """
    records = walk_tree(dns, setup.domain)
    record = policy_record(records, setup.domain)
    is_strict = record is not None and record.tags.get("aspf", "").lower() == "s"
    bounce = setup.bounce_domain
    same = bounce == setup.domain or (
        not is_strict
        and organizational_domain(walk_tree(dns, bounce), bounce)
        == organizational_domain(records, setup.domain)
    )
    from_domain = f"From: {setup.domain}"
    keys = (dns.look_up(f"{each}._domainkey.{setup.domain}", "TXT") for each in setup.selectors)
    if any(each.records for each in keys):
        yield Diagnosis(None, from_domain, "DKIM is about the same domain.")
    if same:
        what = "the same domain" if bounce == setup.domain else f"{bounce}, of the same organization"
        if spf_texts(dns.look_up(bounce, "TXT")):
            yield Diagnosis(None, from_domain, f"SPF is about {what}.")
        return
    why = 'another domain, and the record says "aspf=s"' if is_strict else "a domain of another organization"
    yield Diagnosis(
        Severity.WARNING if setup.selectors else Severity.ERROR,
        from_domain,
        f"bounces go to {bounce}, {why}: SPF does not count for DMARC"
        f"{', so that all depends on DKIM' if setup.selectors else ''}.",
        f"Set return_path in newsletter.toml to an address at {setup.domain}, or take it out.",
    )
