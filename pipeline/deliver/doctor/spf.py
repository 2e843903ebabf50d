"""SPF: which servers may send for the domain that bounces go to (RFC 7208)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver.dns import Dns
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup, is_ip_address
from pipeline.deliver.doctor.spf_record import (
    MOST_LOOKUPS,
    MOST_VOID_LOOKUPS,
    SpfReader,
    SpfRecord,
    spf_texts,
)
from pipeline.model import Severity

_RESULTS = {"-": "forbids it", "~": "says that it probably may not", "?": "says nothing of it"}


def diagnose_spf(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Look at the record of the envelope's sender, and whether it permits the mail server."""
    domain = setup.bounce_domain
    answer = dns.look_up(domain, "TXT")
    texts = spf_texts(answer)
    if not texts:
        why = answer.absence if not answer.records else "none of its TXT records begins with v=spf1"
        hint = "Your mail service says which include: to enter before ~all."
        if setup.own_server:
            hint = "Add the other servers that send for this domain, if there are any."
        enter = DnsRecord(domain, "TXT", f"v=spf1 {_permission(setup)} ~all")
        yield Diagnosis(Severity.ERROR, answer.query, f"no SPF record: {why}.", hint, enter)
        return
    if len(texts) > 1:
        words = [word for text in texts for word in text.split()[1:] if word.lower().lstrip("+-~?") != "all"]
        joined = " ".join(["v=spf1", *dict.fromkeys(words), "~all"])
        yield Diagnosis(
            Severity.ERROR,
            answer.query,
            f"{len(texts)} SPF records; receivers then take none of them.",
            "Delete all of them, and enter one in their place.",
            DnsRecord(domain, "TXT", joined),
        )
        return
    reader = SpfReader(dns)
    record = reader.read(domain)
    diagnoses = [*_broken(reader, answer.query), *_weak(record, domain), *_server(record, setup, dns)]
    if not any(each.severity in (Severity.ERROR, Severity.WARNING) for each in diagnoses):
        yield Diagnosis(None, answer.query, record.text)
    yield from diagnoses


def _permission(setup: SendingSetup) -> str:
    """The mechanism that permits the mail server, as far as it can be guessed."""
    if setup.own_server:
        return f"a:{setup.own_server}"
    if setup.service:
        return "include:amazonses.com"  # https://resend.com/docs/dashboard/domains/introduction
    if setup.server is None or setup.server.is_loopback:
        return "mx"
    is_address = is_ip_address(setup.server.host)
    kind = "include" if not is_address else "ip6" if ":" in setup.server.host else "ip4"
    return f"{kind}:{setup.server.host}"


def _broken(reader: SpfReader, query: str) -> Iterator[Diagnosis]:
    """What makes receivers give up with a permanent error."""
    for mistake in dict.fromkeys(reader.mistakes):
        yield Diagnosis(
            Severity.ERROR,
            query,
            f"{mistake}.",
            "Correct that part of the record, or take it out.",
        )
    if reader.lookups > MOST_LOOKUPS:
        yield Diagnosis(
            Severity.ERROR,
            query,
            f"the record takes more than {MOST_LOOKUPS} DNS look-ups, after which receivers give up.",
            "Take out each include: of a service that no longer sends for you; write ip4: for a: and mx.",
        )
    if len(reader.void) > MOST_VOID_LOOKUPS:
        yield Diagnosis(
            Severity.ERROR,
            query,
            f"{len(reader.void)} of its parts lead nowhere ({', '.join(reader.void)}); "
            f"after {MOST_VOID_LOOKUPS} receivers give up.",
            "Take out what names a server that is no more.",
        )


def _weak(record: SpfRecord, domain: str) -> Iterator[Diagnosis]:
    """What works, and says too little or too much."""
    query = f"{domain} TXT"
    words = record.text.split()
    ends = [each for each in record.terms if each.is_all]
    without_all = [word for word in words if word.lower().lstrip("+-~?") != "all"]
    enter = DnsRecord(domain, "TXT", " ".join([*without_all, "~all"]))
    if ends and ends[0].qualifier == "+":
        yield Diagnosis(
            Severity.WARNING,
            query,
            f'"{ends[0].text}" lets every server in the world send for you.',
            "",
            enter,
        )
    elif (ends and ends[0].qualifier == "?") or (not ends and not record.redirect):
        text = f'"{ends[0].text}"' if ends else 'a record that does not end in "~all" or "-all"'
        yield Diagnosis(Severity.WARNING, query, f"{text} says nothing of all other servers.", "", enter)
    if ends and record.terms[-1] is not ends[0]:
        rest = " ".join(each.text for each in record.terms[record.terms.index(ends[0]) + 1 :])
        message = f'what comes after "{ends[0].text}" is never read: {rest}.'
        moved = " ".join([*without_all, ends[0].text])
        yield Diagnosis(Severity.WARNING, query, message, "", DnsRecord(domain, "TXT", moved))
    if any(word.lower().lstrip("+-~?").partition(":")[0] == "ptr" for word in words):
        message = '"ptr" is slow and not to be used any more (RFC 7208, section 5.5).'
        yield Diagnosis(Severity.WARNING, query, message, "Name the servers by a: or ip4: in its place.")


def _server(record: SpfRecord, setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Whether the record permits the addresses of the mail server."""
    query = f"{setup.bounce_domain} TXT"
    if setup.server is None:
        return
    host = setup.server.host
    if setup.server.is_loopback:
        message = "the mail server is on this machine; which address receivers see is not known here."
        yield Diagnosis(Severity.NOTE, query, message, "That address must be permitted by the record.")
        return
    for address in (host,) if is_ip_address(host) else dns.addresses(host):
        result = record.result(address)
        if result == "+":
            continue
        name = host if address == host else f"{host} ({address})"
        verdict = _RESULTS.get(result, "says nothing of it")
        message = f"the record does not permit {name}: it {verdict}."
        if record.has_macros:
            message = f"whether the record permits {name} depends on the single message (it has macros)."
        severity = Severity.ERROR if setup.own_server and not record.has_macros else Severity.NOTE
        version = "ip6" if ":" in address else "ip4"
        words = record.text.split()
        value = " ".join([words[0], f"{version}:{address}", *words[1:]])
        hint = "Enter this if mail leaves from there."
        if not setup.own_server:
            hint = f"A relay often sends from other addresses; ask its operator. {hint}"
        yield Diagnosis(severity, query, message, hint, DnsRecord(setup.bounce_domain, "TXT", value))
