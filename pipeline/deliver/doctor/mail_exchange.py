"""MX: whether replies and bounces have a server that takes them (RFC 5321, section 5.1; RFC 7505)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver.dns import Dns
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup
from pipeline.model import Severity


def diagnose_mx(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Look at the domains of replies, of bounces and of the sender."""
    uses = {setup.reply_domain: ["replies"]}
    uses.setdefault(setup.bounce_domain, []).append("bounces")
    uses.setdefault(setup.domain, ["mail to the sender"])
    for domain, mail in uses.items():
        yield _diagnose(domain, " and ".join(mail), setup, dns)


def _diagnose(domain: str, mail: str, setup: SendingSetup, dns: Dns) -> Diagnosis:
    answer = dns.look_up(domain, "MX")
    hosts = answer.hosts
    enter = DnsRecord(domain, "MX", f"10 {setup.own_server}.") if setup.own_server else None
    hint = "" if enter else "Enter the server that your mail service names for incoming mail."
    if hosts == ("",):
        message = f"the domain says that it takes no mail (null MX), so {mail} cannot arrive."
        return Diagnosis(Severity.ERROR, answer.query, message, hint, enter)
    if not hosts and not dns.addresses(domain):
        message = f"{mail} cannot arrive: {answer.absence}. Many receivers refuse mail from such a domain."
        return Diagnosis(Severity.ERROR, answer.query, message, hint, enter)
    if not hosts:
        message = f"{answer.absence}; {mail} would go to the address of {domain} itself."
        return Diagnosis(Severity.WARNING, answer.query, message, hint, enter)
    if not any(dns.addresses(host) for host in hosts):
        message = f"{mail} cannot arrive: {', '.join(hosts)} has no IP address."
        return Diagnosis(Severity.ERROR, answer.query, message, hint, enter)
    return Diagnosis(None, answer.query, f"{', '.join(hosts)}, for {mail}.")
