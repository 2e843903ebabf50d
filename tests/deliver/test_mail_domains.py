"""Domains that take no mail: only what DNS says for certain leaves anybody out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from dns_kit import FAILS, SILENT, DnsServer, dns_server
from smtp_kit import ScriptedServer
from workspace_kit import SETTINGS, WorkspaceRunner

import pipeline.deliver.dns as dns_door
from pipeline.deliver.dns import Dns
from pipeline.deliver.mail_domains import look_up_domains

ZONE = {
    "mail.example MX": ["10 mx.mail.example."],
    "address.example A": ["192.0.2.1"],
    "address6.example AAAA": ["2001:db8::1"],
    "null.example MX": ["0 ."],
    "text.example TXT": ["v=spf1 -all"],
    "xn--bcher-kva.example MX": ["10 mx.mail.example."],
    "xn--strae-oqa.example MX": ["10 mx.mail.example."],
    "silent.example MX": SILENT,
    "broken.example MX": FAILS,
    "half.example A": FAILS,
    "half.example MX": [],
}


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnsServer]:
    monkeypatch.setattr(dns_door, "TIME_LIMIT", 0.5)
    with dns_server(ZONE) as server:
        yield server


def test_only_what_dns_says_for_certain_counts_against_a_domain(dns: DnsServer) -> None:
    names = (
        "mail",
        "address",
        "address6",
        "null",
        "text",
        "silent",
        "broken",
        "half",
        "gone",
        "bücher",
        "straße",
    )
    answers = look_up_domains((f"{name}.example" for name in names), Dns(dns.address))
    assert answers.without_mail == {
        "null.example": "it says so itself (null MX)",
        "text.example": "it has no mail server",
        "gone.example": "there is no such domain",
    }
    assert answers.not_known == 3


def test_when_the_time_is_over_nothing_more_is_asked_and_nobody_is_left_out(dns: DnsServer) -> None:
    answers = look_up_domains(["gone.example", "mail.example"], Dns(dns.address, whole_limit=0))
    assert (answers.without_mail, answers.not_known, dns.queries) == ({}, 2, [])


def test_a_domain_of_many_readers_is_asked_for_once(
    workspace: WorkspaceRunner, dns: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_door, "Dns", partial(Dns, dns.address))
    with ScriptedServer() as server:
        delivery = f'[delivery]\nurl = "smtp://127.0.0.1:{server.port}"\n'
        rows = (
            "email",
            *(f"reader{n}@mail.example" for n in range(50)),
            "no@gone.example",
            "late@broken.example",
        )
        workspace.write({"newsletter.toml": f"{SETTINGS}\n{delivery}", "readers.csv": "\n".join(rows)})
        workspace.ok("assemble", "1")
        command = ("send", "1", "--to", str(workspace.root / "readers.csv"), "--force")
        assert workspace.ok(*command, "--plan").startswith("52  get the issue") and not dns.queries
        result = workspace.run(*command, "--plan", "--check-domains")
        assert result.stdout.startswith("51  get the issue\n 1  has a mistake in its row\n")
        assert "DNS had no answer on 1 domain; nobody is left out for that." in result.stdout
        assert (
            'readers.csv:52: warning: "gone.example" takes no mail: there is no such domain.' in result.stderr
        )
        assert sorted(dns.queries).count("mail.example MX") == 1
        plan = workspace.json(*command, "--plan", "--check-domains")
        assert plan["domains_not_looked_up"] == 1 and plan["mistakes"][0]["line"] == 52
        why = workspace.ok(*command, "--plan", "--check-domains", "--why", "no@gone.example")
        assert "gets nothing" in why and "there is no such domain" in why
        assert workspace.run(*command, "--check-domains", "--yes").exit_code == 0
        assert len(server.recipients) == 51 and "no@gone.example" not in server.recipients
        assert workspace.run("send", "1", "--check-domains").exit_code == 2
