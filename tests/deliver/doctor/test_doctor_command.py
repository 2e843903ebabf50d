"""`pressroom doctor`, run as a user runs it, against servers on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dns_kit import FAILS, SILENT, DnsServer, dns_server
from fake_services.fake_service import FakeService, Reply, Request, serving
from smtp_kit import CUT, Fault, ScriptedServer, server_context
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

import pipeline.deliver.dns as dns_door
from pipeline.deliver.doctor.one_click import diagnose_one_click

ZONE = {
    "synapse.example TXT": ["v=spf1 ip4:192.0.2.25 -all"],
    "synapse.example MX": ["10 mail.synapse.example."],
    "mail.synapse.example A": ["192.0.2.25"],
    "_dmarc.synapse.example TXT": ["v=DMARC1; p=reject; rua=mailto:dmarc@synapse.example"],
}
DAY = ("--now", "2026-11-01T09:00")


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    with dns_server(ZONE) as server:
        yield server


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRESSROOM_SMTP_PASSWORD", "PRESSROOM_DKIM_KEY", "PRESSROOM_SECRET"):
        monkeypatch.delenv(name, raising=False)


def set_delivery(workspace: WorkspaceRunner, *lines: str) -> None:
    workspace.write({"newsletter.toml": "\n".join([SETTINGS, "[delivery]", *lines, ""])})


def examined(workspace: WorkspaceRunner, dns: DnsServer, *more: str) -> dict[str, list[dict[str, Any]]]:
    """The report by its subjects."""
    result = workspace.run("doctor", "--resolver", dns.resolver, "--json", *more)
    assert result.exit_code in (0, 1) and not result.stderr, result.output
    report: dict[str, list[dict[str, Any]]] = {}
    for line in json.loads(result.stdout):
        report.setdefault(line["subject"], []).append(line)
    severities = {line["severity"] for lines in report.values() for line in lines}
    assert result.exit_code == ("error" in severities)
    return report


def test_a_sound_domain_is_fine_and_exits_with_0(workspace: WorkspaceRunner, dns: DnsServer) -> None:
    output = workspace.ok("doctor", "--resolver", dns.resolver)
    assert re.search(
        r"^SPF +fine: synapse\.example TXT: v=spf1 ip4:192\.0\.2\.25 -all$", output, re.MULTILINE
    )
    assert re.search(
        r"^DMARC +fine: _dmarc\.synapse\.example TXT: v=DMARC1; p=reject; ", output, re.MULTILINE
    )
    assert output.splitlines()[-1].startswith("0 errors, 0 warnings, ")


def test_an_error_exits_with_1_and_has_the_record_to_copy(workspace: WorkspaceRunner, dns: DnsServer) -> None:
    del dns.zone["_dmarc.synapse.example TXT"]
    result = workspace.run("doctor", "--resolver", dns.resolver)
    assert result.exit_code == 1
    record = "_dmarc.synapse.example  TXT  v=DMARC1; p=none; rua=mailto:letters@synapse.example"
    assert f"\n    Enter:  {record}\n" in result.stdout
    (line,) = examined(workspace, dns)["DMARC"]
    assert line["enter"] == {
        "name": "_dmarc.synapse.example",
        "type": "TXT",
        "value": "v=DMARC1; p=none; rua=mailto:letters@synapse.example",
    }


def test_each_look_up_that_fails_is_one_error(workspace: WorkspaceRunner, dns: DnsServer) -> None:
    dns.zone["synapse.example MX"] = FAILS
    (line,) = examined(workspace, dns)["MX"]
    assert (line["severity"], line["looked_up"]) == ("error", "synapse.example MX")
    assert "could not look it up" in line["message"]


def test_without_a_dns_server_each_subject_says_so_and_it_ends(
    workspace: WorkspaceRunner, dns: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_door, "TIME_LIMIT", 0.05)
    dns.zone.update(dict.fromkeys(ZONE, SILENT))
    report = examined(workspace, dns)
    for subject in ("SPF", "DMARC", "Alignment", "MX"):
        (line,) = report[subject]
        assert "did not answer within" in line["message"] and "--resolver" in line["hint"]


def test_the_mail_server_is_really_asked_and_gets_no_message(
    workspace: WorkspaceRunner, dns: DnsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "hunter2-hunter2")
    context = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with ScriptedServer(users={"letters": "hunter2-hunter2"}, context=context) as server:
        set_delivery(workspace, f'url = "smtps://letters@127.0.0.1:{server.port}"')
        (line,) = examined(workspace, dns, *DAY)["Server"]
        assert line["severity"] == "fine"
        assert line["message"].startswith("answers encrypted, its certificate is valid until ")
        assert line["message"].endswith(", and accepts the login of letters.")
        (line,) = examined(workspace, dns)["Server"]  # the kit's certificate is valid for a day
        assert line["severity"] == "warning" and line["message"].startswith("its certificate ends on ")
        monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "wrong-and-secret")
        result = workspace.run("doctor", "--resolver", dns.resolver, "--json")
        (line,) = [each for each in json.loads(result.stdout) if each["subject"] == "Server"]
        assert line["severity"] == "error" and "refuses the login" in line["message"]
        assert "wrong-and-secret" not in result.output
        assert not server.taken and not any(each.startswith("MAIL") for each in server.commands)


def test_a_server_that_is_not_there_is_an_error(workspace: WorkspaceRunner, dns: DnsServer) -> None:
    with ScriptedServer([Fault("connect", "554 no", always=True)]) as server:
        set_delivery(workspace, f'url = "smtp://127.0.0.1:{server.port}"')
        (line,) = examined(workspace, dns)["Server"]
    assert line["severity"] == "error" and "takes no mail" in line["message"]
    (line,) = examined(workspace, dns)["Server"]
    assert line["severity"] == "error" and "takes no connections" in line["message"]


@pytest.mark.parametrize("action", ["554 no", CUT])
def test_a_line_names_the_server_once(
    workspace: WorkspaceRunner, dns: DnsServer, action: str | bytes
) -> None:
    with ScriptedServer([Fault("connect", action, always=True)]) as server:
        set_delivery(workspace, f'url = "smtp://127.0.0.1:{server.port}"')
        output = workspace.run("doctor", "--resolver", dns.resolver).stdout
    assert output.count(f"127.0.0.1:{server.port}") == 1


def test_the_sender_that_init_wrote_is_to_be_replaced_first(
    workspace: WorkspaceRunner, dns: DnsServer
) -> None:
    settings = SETTINGS.replace("letters@synapse.example", "letters@newsletter.example")
    workspace.write({"newsletter.toml": settings})
    report = examined(workspace, dns)
    assert not {"SPF", "DKIM", "DMARC", "Alignment", "MX"} & set(report)
    (line,) = report["Sender"]
    assert line["severity"] == "error" and line["enter"] is None
    assert line["hint"] == "Write your own `sender` in newsletter.toml first."


def test_wrong_settings_are_an_error_and_the_rest_is_looked_at(
    workspace: WorkspaceRunner, dns: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_delivery(workspace, 'url = "smtps://letters@mail.synapse.example"', 'dkim_selector = "one"')
    monkeypatch.setenv("PRESSROOM_DKIM_KEY", "no key")
    report = examined(workspace, dns)
    messages = [line["message"] for line in report["Settings"]]
    assert messages == [
        "there is no password for the mail server mail.synapse.example.",
        "PRESSROOM_DKIM_KEY has no private key in PEM.",
    ]
    assert report["SPF"][0]["severity"] == "fine"
    assert "Server" not in report


def test_the_pages_of_the_latest_frozen_issue_are_asked_for(
    workspace: WorkspaceRunner, dns: DnsServer
) -> None:
    (line,) = examined(workspace, dns)["Pages"]
    assert line["severity"] == "note"
    with serving(Endpoint(Reply(200))) as site:
        settings = SETTINGS.replace("https://synapse.example/news", f"{site.url}/news")
        workspace.write(
            {
                "newsletter.toml": settings,
                "issues/articles/x.md": article(),
                "issues/001-the-plastic-brain/issue.md": issue(),
            }
        )
        workspace.ok("assemble", "1")
        (line,) = examined(workspace, dns)["Pages"]
        assert (line["severity"], line["looked_up"]) == ("fine", "issue 1")
        site.answer = Reply(404)
        (line,) = examined(workspace, dns)["Pages"]
        assert line["severity"] == "warning" and "cannot be reached: the server says 404" in line["message"]


# --- one click -------------------------------------------------------------------------------


class Endpoint(FakeService):
    """A web server with one answer to everything."""

    def __init__(self, answer: Reply) -> None:
        super().__init__()
        self.answer = answer

    def play(self, request: Request) -> Reply | str:
        self.requests.append(request)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "level", "says"),
    [
        (Reply(200, b"<p>Bye</p>"), "fine", "answers 200"),
        (Reply(204), "fine", "answers 204"),
        (Reply(400), "fine", "answers 400"),
        (Reply(404), "note", "answers 404"),
        (Reply(302, headers={"Location": "https://x.example/"}), "error", "it redirects (302)"),
        (Reply(200, b'<form><input name=p TYPE="password"></form>'), "error", "it asks for a login (200)"),
        (Reply(401), "error", "it asks for a login (401)"),
        (Reply(405), "error", "it takes no POST (405)"),
        (Reply(503), "error", "it fails (503)"),
    ],
)
def test_one_click_has_to_answer_a_post(answer: Reply, level: str, says: str) -> None:
    with serving(Endpoint(answer)) as service:
        (diagnosis,) = diagnose_one_click(f"{service.url}/leave/{{token}}", "Pressroom/1")
    assert diagnosis.level == level and says in diagnosis.message
    (request,) = service.requests
    assert (request.method, request.body) == ("POST", b"List-Unsubscribe=One-Click")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert re.fullmatch(r"/leave/[a-z2-7]{58}", request.path)


def test_an_endpoint_that_does_not_answer_is_an_error() -> None:
    with serving(Endpoint(Reply(200))) as service:
        url = f"{service.url}/leave/{{token}}"
    (diagnosis,) = diagnose_one_click(url, "Pressroom/1")
    assert diagnosis.level == "error" and diagnosis.message.startswith("it does not answer: ")


@pytest.mark.parametrize("value", ["nonsense", "dns.example", "1.2.3.4:x", "[::1", ""])
def test_a_resolver_is_an_ip_address(workspace: WorkspaceRunner, value: str) -> None:
    result = workspace.run("doctor", "--resolver", value)
    assert result.exit_code == 2 and "write an IP address" in result.stderr
