"""PTR: whether the mail server's IP addresses have names that lead back to them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver.dns import Dns, reverse_name
from pipeline.deliver.doctor.diagnosis import Diagnosis, DnsRecord, SendingSetup, is_ip_address
from pipeline.model import Severity

_WHERE = "Whoever rents you the server and its IP address enters it, not the provider of the domain."


def diagnose_ptr(setup: SendingSetup, dns: Dns) -> Iterator[Diagnosis]:
    """Look at each IP address of the mail server. Gmail refuses mail from one without a confirmed name."""
    if setup.server is None:
        return
    host = setup.server.host
    if setup.server.is_loopback:
        message = "the mail server is on this machine; which address receivers see is not known here."
        yield Diagnosis(Severity.NOTE, host, message, "That address needs a name that leads back to it.")
        return
    addresses = (host,) if is_ip_address(host) else dns.addresses(host)
    if not addresses:
        yield Diagnosis(Severity.ERROR, f"{host} A", "the mail server has no IP address in DNS.")
    severity = Severity.ERROR if setup.own_server else Severity.NOTE
    for address in addresses:
        answer = dns.look_up(reverse_name(address), "PTR")
        confirmed = [name for name in answer.hosts if address in dns.addresses(name)]
        if confirmed:
            yield Diagnosis(None, answer.query, f"{address} is {confirmed[0]}, and back.")
            continue
        message = f"{address} has no name: {answer.absence}."
        if answer.records:
            message = f"{address} is called {', '.join(answer.hosts)}, which does not lead back to it."
        if setup.own_server:
            enter = DnsRecord(answer.name, "PTR", f"{host}.")
            yield Diagnosis(severity, answer.query, message, _WHERE, enter)
        else:
            hint = "A relay often sends from other addresses, which its operator looks after."
            yield Diagnosis(severity, answer.query, message, hint)
