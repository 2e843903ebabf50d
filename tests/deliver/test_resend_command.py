"""`pressroom send`, `test --send` and `doctor` with Resend's API in place of a mail server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import default

import pytest
from click.testing import Result
from dns_kit import dns_server
from fake_services.fake_service import GONE, serving
from resend_kit import INVALID, KEY, Fault, ResendApi, error
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

FOLDER = "issues/001-the-plastic-brain"
LIST = "email,first_name\nada@one.example,Ada\nbo@invalid.example,Bo\ncy@two.example,שלום <b>\n"


@pytest.fixture
def api() -> Iterator[ResendApi]:
    with serving(ResendApi()) as api:
        yield api
        assert not api.refusals


@pytest.fixture
def sending(workspace: WorkspaceRunner, api: ResendApi, monkeypatch: pytest.MonkeyPatch) -> WorkspaceRunner:
    """A workspace with a frozen issue and a list, at a service that takes everything."""
    monkeypatch.setenv("RESEND_API_KEY", KEY)
    set_delivery(workspace, f'url = "{api.address}"', 'feedback_id = "1:synapse:news:resend"')
    workspace.write(
        {"readers.csv": LIST, f"{FOLDER}/issue.md": issue(letter="Hello {{ first_name | you }}.")}
    )
    workspace.ok("assemble", "1")
    return workspace


def set_delivery(workspace: WorkspaceRunner, *lines: str) -> None:
    workspace.write({"newsletter.toml": "\n".join([SETTINGS, "[delivery]", *lines, ""])})


def send(workspace: WorkspaceRunner, *more: str) -> Result:
    return workspace.run("send", "1", "--to", str(workspace.root / "readers.csv"), "--force", "--yes", *more)


def rows(workspace: WorkspaceRunner, state: str) -> list[list[str]]:
    return [line.split(",") for line in workspace.ok("send", "1", "--list", state).splitlines()[1:]]


def test_a_list_is_sent_in_one_request_and_each_end_is_in_the_ledger(
    sending: WorkspaceRunner, api: ResendApi
) -> None:
    result = send(sending)
    assert result.exit_code == 0 and "2  accepted" in result.stdout
    assert api.recipients == ["ada@one.example", "cy@two.example"]
    assert len([each for each in api.requests if each.method == "POST"]) == 1
    assert (
        "(mailbox: there is no such mailbox, or it takes no mail)\n"
        f"    domains: invalid.example 1\n    mostly: {INVALID}" in result.stdout
    )
    (ada, _) = rows(sending, "accepted")
    assert ada[0] == "ada@one.example" and ada[4] == "200" and ada[5].endswith("-0")
    assert send(sending).exit_code == 0 and len(api.taken) == 2


def test_a_reader_gets_what_a_test_message_shows(sending: WorkspaceRunner, api: ResendApi) -> None:
    send(sending)
    file = sending.root / "test.eml"
    fields = ("--field", "first_name=שלום <b>", "--output", str(file))
    sending.ok("test", "1", "--to", "cy@two.example", *fields)
    shown = BytesParser(policy=default).parsebytes(file.read_bytes())
    taken = api.taken[1]
    for kind, part in (("plain", "text"), ("html", "html")):
        body = shown.get_body((kind,))
        assert body and body.get_content().replace("\r\n", "\n").rstrip("\n") == taken[part].rstrip("\n")
    assert "Hello שלום &lt;b&gt;." in taken["html"]
    assert taken["subject"] == "The plastic brain" and taken["from"] == str(shown["From"])
    headers = taken["headers"]
    assert {"List-Id", "List-Unsubscribe", "Feedback-ID", "Content-Language"} <= set(headers)
    assert not {"Message-ID", "Date", "From", "To", "MIME-Version"} & set(headers)


def test_a_lost_answer_leaves_nothing_unknown(
    sending: WorkspaceRunner, api: ResendApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.deliver.resend_connection._PAUSES", (0.0,) * 7)
    api.batch_faults = [Fault(GONE, takes=True)] * 2
    assert send(sending).exit_code == 0 and len(api.taken) == 2


def test_what_stays_unknown_is_named_and_goes_again_only_by_a_decision(
    sending: WorkspaceRunner, api: ResendApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.deliver.resend_connection._PAUSES", (0.0,) * 7)
    api.batch_faults = [Fault(GONE, takes=True)] * 8
    send(sending)
    named = sending.json("send", "1", "--resolve")["unknown"]
    assert [each["address"] for each in named] == [line.split(",")[0] for line in LIST.splitlines()[1:]]
    # The same batch with the same key: Resend answers it as before, and sends nothing once more.
    sending.ok("send", "1", "--resolve", "--decide", "again")
    assert sending.run("send", "1", "--yes", "--force").exit_code == 0
    assert len(api.taken) == 2 and len(rows(sending, "accepted")) == 2


def test_a_quota_pauses_the_send_and_the_same_command_goes_on(
    sending: WorkspaceRunner, api: ResendApi
) -> None:
    words = "You have reached your daily email sending quota."
    api.batch_faults = [Fault(error(429, "daily_quota_exceeded", words))]
    result = send(sending)
    assert result.exit_code == 1 and f"says 429: {words}" in result.stderr and "Paused: " in result.stderr
    assert "To go on: pressroom send 1" in result.stderr and not api.taken


def test_a_wrong_key_ends_the_send_and_is_never_shown(
    sending: WorkspaceRunner, api: ResendApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESEND_API_KEY", "re_wrong")
    result = send(sending)
    assert result.exit_code == 1 and "Compare RESEND_API_KEY" in result.stderr
    assert "re_wrong" not in result.output and not api.taken
    assert +Counter(sending.json("send", "1", "--status")["states"]) == {"pending": 3}
    monkeypatch.delenv("RESEND_API_KEY")
    assert "there is no key for Resend." in send(sending).stderr


def test_what_resend_cannot_do_is_refused_where_it_is_set(sending: WorkspaceRunner) -> None:
    set_delivery(
        sending,
        'url = "resend://api.resend.com"',
        'return_path = "bounces+{recipient}@synapse.example"',
        'dkim_selector = "news"',
    )
    message = sending.error("check", "1")
    assert "Resend takes no `return_path`: it chooses where bounces go" in message
    assert "Resend takes no `dkim_selector`" in message


def test_a_test_is_sent_by_resend_too(sending: WorkspaceRunner, api: ResendApi) -> None:
    result = sending.run("test", "1", "--to", "me@one.example", "--send")
    assert result.exit_code == 0 and "me@one.example: accepted: 200 " in result.stderr
    (taken,) = api.taken
    assert taken["subject"].startswith("[Test] ") and taken["headers"]["X-Pressroom-Test"] == "yes"
    sending.write({"issues/articles/picture.md": article("Picture")})
    api.batch_faults = [Fault(error(403, "validation_error", "The synapse.example domain is not verified."))]
    assert "domain is not verified. Compare" in " ".join(
        sending.error("test", "1", "--to", "me@one.example", "--send").split()
    )


def test_the_doctor_looks_at_the_account_and_the_records_of_resend(
    sending: WorkspaceRunner, api: ResendApi
) -> None:
    zone = {
        "send.synapse.example TXT": ["v=spf1 include:amazonses.com ~all"],
        "amazonses.com TXT": ["v=spf1 ip4:199.255.192.0/22 -all"],
        "_dmarc.synapse.example TXT": ["v=DMARC1; p=reject; rua=mailto:dmarc@synapse.example"],
    }

    def examined() -> dict[str, list[str]]:
        report: dict[str, list[str]] = {}
        with dns_server(zone) as dns:
            result = sending.run("doctor", "--resolver", dns.resolver, "--json")
        for line in json.loads(result.stdout):
            report.setdefault(line["subject"], []).append(
                f"{line['severity']}: {line['message']} {line['hint']}"
            )
        return report

    api.domains = {"synapse.example": "pending"}
    report = examined()
    (server,) = report["Server"]
    assert server.startswith("error: the domain synapse.example is pending, so Resend takes no mail from it.")
    assert report["SPF"] == ["fine: v=spf1 include:amazonses.com ~all "]
    assert report["DKIM"][0].startswith("error: no key") and "Resend shows the record" in report["DKIM"][0]
    assert "PTR" not in report
    api.domains = {"synapse.example": "verified"}
    assert examined()["Server"] == ["fine: accepts the key, and has confirmed synapse.example. "]
    api.domains = None
    assert examined()["Server"][0].startswith("fine: accepts the key, which may not ask")
