"""`pressroom send` as an editor uses it: what it shows, asks, refuses and goes on with."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from smtp_kit import CUT, Fault, ScriptedServer, server_context
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.cli import main
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.outcome import State

FOLDER = "issues/001-the-plastic-brain"
LEDGER = ".pressroom/deliver.sqlite"
LIST = "email,first_name\nada@one.example,Ada\nbo@one.example,Bo\ncy@two.example,Cy\n"
ALL = ["ada@one.example", "bo@one.example", "cy@two.example"]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def sending(workspace: WorkspaceRunner, server: ScriptedServer) -> WorkspaceRunner:
    """A workspace with a frozen issue, a list, and a server that takes everything."""
    set_delivery(workspace, f'url = "smtp://127.0.0.1:{server.port}"\nconnections = 1')
    workspace.write({"readers.csv": LIST})
    workspace.ok("assemble", "1")
    return workspace


def set_delivery(workspace: WorkspaceRunner, delivery: str) -> None:
    settings = workspace.read("newsletter.toml").partition("\n[delivery]\n")[0]
    workspace.write({"newsletter.toml": f"{settings}\n[delivery]\n{delivery}\n"})


def options(workspace: WorkspaceRunner, name: str = "readers.csv", *more: str) -> tuple[str, ...]:
    return "send", "1", "--to", str(workspace.root / name), "--force", *more


def send(workspace: WorkspaceRunner, *more: str) -> Result:
    """Send to readers.csv without a question."""
    return workspace.run(*options(workspace), "--yes", *more)


def answering(workspace: WorkspaceRunner, answer: str, *arguments: str) -> Result:
    """Run the command, which asks."""
    return CliRunner().invoke(main, ["-C", str(workspace.root), *arguments], answer, prog_name="pressroom")


def fails(server: ScriptedServer, *faults: Fault) -> None:
    server._faults[:] = faults
    server._phases.clear()


def states(workspace: WorkspaceRunner) -> dict[str, int]:
    """The states that a message is in; `--status --json` has them all."""
    result = workspace.json("send", "1", "--status")
    for counts in (result["states"], *(each["states"] for each in result["sends"])):
        assert list(counts) == [state.value for state in State]
    return {state: count for state, count in result["states"].items() if count}


# --- the plan and the question -----------------------------------------------------------------


def test_a_plan_counts_and_names_mistakes_and_sends_nothing(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    sending.write({"readers.csv": LIST + "ada@,Nobody\nADA@one.example,Ada again\n"})
    result = sending.run(*options(sending), "--plan")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "3  get the issue",
        "1  is in the list twice",
        "1  has a mistake in its row",
        "Columns that this issue does not use: first_name",
    ]
    assert f'{sending.root}/readers.csv:5: warning: "ada@" is not an email address.' in result.stderr
    assert result.stderr.endswith("Nothing was sent.\n")
    plan = sending.json(*options(sending), "--plan")
    assert plan["recipients"] == 3 and plan["left_out"] == {"duplicate": 1, "mistake": 1}
    assert [each["line"] for each in plan["mistakes"]] == [5]
    assert server.taken == [] and not (sending.root / FOLDER / "sent.json").exists()


def test_a_plan_counts_no_mistake_that_force_overrides(sending: WorkspaceRunner) -> None:
    sending.write({"readers.csv": "name\nAda\n"})
    error = sending.error(*options(sending), "--plan")
    assert "warning: the issue was not sent as a test" in error
    assert 'readers.csv:1: no column is named "email".' in error and "mistakes" not in error


def test_why_says_of_one_person_what_they_get_and_what_they_got(sending: WorkspaceRunner) -> None:
    why = (*options(sending), "--plan", "--why", "Bo@one.example")
    assert sending.ok(*why) == (
        f'{sending.root}/readers.csv:3: Bo@one.example gets the edition for "everyone".\n'
    )
    send(sending)
    assert "gets nothing: is in a send of this issue already." in sending.ok(*why)
    assert "accepted: 250" in sending.ok(*why)
    error = sending.error(*options(sending), "--plan", "--why", "nobody@one.example")
    assert 'no row has the address "nobody@one.example"' in error


@pytest.mark.parametrize(("answer", "code", "taken"), [("y\n", 0, ALL), ("n\n", 1, []), ("", 1, [])])
def test_nothing_leaves_before_the_question_is_answered(
    sending: WorkspaceRunner, server: ScriptedServer, answer: str, code: int, taken: list[str]
) -> None:
    result = answering(sending, answer, *options(sending))
    assert 'Send "The plastic brain" to 3 recipients? [y/N]' in result.stderr
    assert result.exit_code == code and sorted(server.recipients) == taken


# --- what forbids a send -------------------------------------------------------------------------


class _Page(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


class _RedirectToMissingPage(_Page):
    def do_HEAD(self) -> None:
        self.send_response(404 if self.path == "/missing" else 301)
        self.send_header("Location", "/missing")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815


@contextmanager
def publishing(workspace: WorkspaceRunner, pages: type[_Page]) -> Iterator[None]:
    """Serve the site of a workspace for this block."""
    website = ThreadingHTTPServer(("127.0.0.1", 0), pages)
    Thread(target=website.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{website.server_port}"
    settings = workspace.read("newsletter.toml").replace("https://synapse.example/news", address)
    workspace.write({"newsletter.toml": settings})
    try:
        yield
    finally:
        website.shutdown()
        website.server_close()


@pytest.fixture
def online(sending: WorkspaceRunner) -> Iterator[WorkspaceRunner]:
    """The workspace, whose pages and pictures are online."""
    with publishing(sending, _Page):
        yield sending


def test_an_issue_is_sent_as_it_was_tested(online: WorkspaceRunner, server: ScriptedServer) -> None:
    command = ("send", "1", "--to", str(online.root / "readers.csv"), "--yes")
    assert "the issue was not sent as a test." in online.error(*command)
    online.ok("test", "1", "--to", "me@one.example", "--send")
    online.write({f"{FOLDER}/issue.md": issue(letter="Hello again.")})
    assert "the issue has changed since its test of" in online.error(*command)
    assert server.recipients == ["me@one.example"]
    online.ok("test", "1", "--to", "me@one.example", "--send")
    assert "3  accepted" in online.ok(*command)


@pytest.mark.slow
def test_a_page_that_is_not_online_forbids_a_send(online: WorkspaceRunner, server: ScriptedServer) -> None:
    settings = online.read("newsletter.toml")
    port = settings.partition("http://127.0.0.1:")[2].partition('"')[0]
    online.write({"newsletter.toml": settings.replace(f":{port}", ":9")})
    online.ok("test", "1", "--to", "me@one.example", "--send")
    error = online.error("send", "1", "--to", str(online.root / "readers.csv"), "--yes")
    assert "the page http://127.0.0.1:9/" in error and "cannot be reached" in error
    assert "--force" in error and len(server.recipients) == 1
    assert send(online).exit_code == 0


def test_a_page_that_redirects_to_a_missing_one_is_not_online(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    with publishing(sending, _RedirectToMissingPage):
        sending.ok("test", "1", "--to", "me@one.example", "--send")
        error = sending.error("send", "1", "--to", str(sending.root / "readers.csv"), "--yes")
    assert "cannot be reached: the server says 404" in error and len(server.recipients) == 1


def test_a_missing_approval_forbids_a_send_and_force_does_not_override_it(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    settings = sending.read("newsletter.toml")
    sending.write({"newsletter.toml": f"{settings}\n[approval]\nrequired = 1\n"})
    assert "approv" in sending.error(*options(sending), "--yes")
    assert server.taken == []
    sending.write({f"{FOLDER}/issue.md": issue(more="audience: [everyone, clinicians]\n")})
    sending.ok("assemble", "1", "--update")
    assert sending.error(*options(sending), "--yes").count("the issue needs 1 approval") == 1
    assert send(sending, "--without-approval").exit_code == 0
    sending.ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    sending.ok("build", "1")
    (status,) = sending.json("status")["issues"]
    assert (status["state"], status["next"]) == ("sent", "pressroom send 1 --status"), "nothing waits for it"


def test_an_issue_that_is_not_frozen_is_not_sent(sending: WorkspaceRunner) -> None:
    (sending.root / FOLDER / "issue.lock").unlink()
    assert "pressroom assemble 1" in sending.error(*options(sending), "--yes")


def test_an_issue_for_the_web_alone_is_mailed_by_no_command(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    path = f"{FOLDER}/issue.md"
    sending.write({path: sending.read(path).replace("\ndate:", "\nweb_only: true\ndate:", 1)})
    for command in (options(sending), ("export", "1")):
        error = sending.error(*command, "--force")
        assert error.startswith(f"{path}:") and "the issue is for the web alone." in error
    sending.ok("build")
    (status,) = sending.json("status")["issues"]
    assert (status["state"], status["next"]) == ("frozen", "")
    assert "web_only" not in sending.read(sending.ok("new", "issue", "Next", "--from", "1").strip())
    assert server.taken == []


def test_without_a_server_the_setting_is_named(sending: WorkspaceRunner) -> None:
    set_delivery(sending, "connections = 1")
    error = sending.error(*options(sending), "--yes")
    assert error.startswith("newsletter.toml: no mail server is set.")


@pytest.mark.slow
def test_of_several_obstacles_the_one_to_mend_first_comes_first(sending: WorkspaceRunner) -> None:
    set_delivery(sending, "connections = 1")
    error = sending.error("send", "1", "--to", str(sending.root / "readers.csv"), "--yes")
    first, second, third = (error.index(words) for words in ("no mail server", "sent as a test", "the page "))
    assert first < second < third and "3 mistakes. Nothing was sent." in error


@pytest.mark.slow
def test_an_issue_dated_ahead_has_no_page_yet_and_the_send_says_so(online: WorkspaceRunner) -> None:
    settings = online.read("newsletter.toml")
    port = settings.partition("http://127.0.0.1:")[2].partition('"')[0]
    online.write(
        {
            "newsletter.toml": settings.replace(f":{port}", ":9"),
            f"{FOLDER}/issue.md": issue(date="2099-01-02"),
        }
    )
    online.ok("assemble", "1", "--update")
    error = online.error("send", "1", "--to", str(online.root / "readers.csv"), "--yes")
    assert "The issue is dated 2099-01-02: a build from then on has its page. Publish build/site" in error


@pytest.mark.slow
def test_a_plan_shows_once_the_finding_that_would_stop_the_send(sending: WorkspaceRunner) -> None:
    sending.write(
        {f"{FOLDER}/issue.md": issue(letter="TK: a greeting.", more="audience: [everyone, clinicians]\n")}
    )
    sending.ok("assemble", "1", "--update")
    assert sending.run(*options(sending), "--plan").stderr.count("error COPY001") == 1
    assert [each["code"] for each in sending.json(*options(sending), "--plan")["errors"]] == ["COPY001"]


def test_a_plan_says_what_the_send_says_of_warnings_and_of_how_to_unsubscribe(
    sending: WorkspaceRunner,
) -> None:
    settings = sending.read("newsletter.toml").replace("?to={{ email }}", "")
    sending.write({"newsletter.toml": settings})
    severities = [each["severity"] for each in sending.json("check", "1")["findings"]]
    count = severities.count("warning")
    assert count > 1
    for shown in (sending.run(*options(sending), "--plan").stderr, send(sending).stderr):
        assert f"The checks have {count} warnings: pressroom check 1\n" in shown
        assert "mail programs offer to unsubscribe by mail alone" in shown


@pytest.mark.slow
def test_a_plan_says_over_how_many_days_a_new_sender_sends(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    assert sending.json(*options(sending), "--plan")["days"] == 1
    set_delivery(sending, f'url = "smtp://127.0.0.1:{server.port}"\nwarm_up = 1')
    assert "It takes 2 days, since warm_up limits each" in sending.ok(*options(sending), "--plan")
    assert sending.json(*options(sending), "--plan")["days"] == 2


@pytest.mark.parametrize("line", ["rate = 10", "per_domain = 10", 'per_domain = { "one.example" = 10 }'])
def test_a_rate_without_its_time_says_how_to_write_it(sending: WorkspaceRunner, line: str) -> None:
    set_delivery(sending, line)
    assert 'Write "20/second"' in sending.error(*options(sending), "--plan")


def test_an_audience_that_came_after_the_freeze_has_to_be_frozen_too(sending: WorkspaceRunner) -> None:
    sending.write({f"{FOLDER}/issue.md": issue(more="audience: [everyone, clinicians]\n")})
    error = sending.error(*options(sending), "--plan")
    assert 'was frozen without an edition for "clinicians"' in error
    assert "pressroom assemble 1 --update" in error
    sending.ok("assemble", "1", "--update")
    sending.ok(*options(sending), "--plan")


def test_a_send_says_which_file_to_commit(sending: WorkspaceRunner) -> None:
    assert f"Commit {FOLDER}/sent.json: " in send(sending).stderr


def test_nobody_is_sent_an_issue_twice_unless_a_reason_is_named(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    send(sending)
    result = send(sending)
    assert result.exit_code == 0 and result.stdout.startswith(
        "0  get the issue\n3  are in a send of this issue already\n"
    )
    assert "Nothing was sent: nobody else on the list can get it." in result.stderr
    assert json.loads(send(sending, "--json").stdout)["states"]["accepted"] == 3
    sending.write({"readers.csv": LIST + "di@two.example,Di\n"})
    assert send(sending).exit_code == 0
    assert sorted(server.recipients) == [*ALL, "di@two.example"]
    assert send(sending, "--again", " ").exit_code == 2
    assert send(sending, "--again", "The link was wrong.").exit_code == 0
    assert sorted(server.recipients) == sorted([*ALL, "di@two.example"] * 2)
    sends = json.loads(sending.read(f"{FOLDER}/sent.json"))["sends"]
    assert [each["again"] for each in sends] == ["", "", "The link was wrong."]


# --- a send that is not finished -----------------------------------------------------------------


@pytest.fixture
def unfinished(sending: WorkspaceRunner, server: ScriptedServer) -> WorkspaceRunner:
    """A send of which the second message is unknown, and that ended after it."""
    set_delivery(sending, f'url = "smtp://127.0.0.1:{server.port}"\nconnections = 1\nwarm_up = 2')
    fails(server, Fault("dot", CUT, after=1))
    result = send(sending)
    assert result.exit_code == 1 and "limit of today" in result.stderr
    assert states(sending) == {"pending": 1, "accepted": 1, "unknown": 1}
    set_delivery(sending, f'url = "smtp://127.0.0.1:{server.port}"\nconnections = 1')
    return sending


def test_a_send_goes_on_without_its_list(unfinished: WorkspaceRunner, server: ScriptedServer) -> None:
    (unfinished.root / "readers.csv").unlink()
    result = answering(unfinished, "y\n", "send", "1")
    assert 'Go on with "The plastic brain", to 1 recipient?' in result.stderr and result.exit_code == 0
    assert states(unfinished) == {"accepted": 2, "unknown": 1}
    assert len(server.recipients) == len(set(server.recipients)) == 2


def test_a_plan_without_a_list_shows_the_send_that_goes_on(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    plan = ("send", "1", "--plan")
    shown = unfinished.run(*plan)
    assert shown.exit_code == 0 and shown.stdout == "1  gets the issue\n"
    assert "goes on, to the 1 that it has left." in shown.stderr
    assert unfinished.json(*plan)["recipients"] == 1
    (left,) = {*ALL} - {*server.recipients, unknown_of(unfinished)["address"]}
    assert unfinished.ok(*plan, "--why", left).endswith(f" {left} pending.\n")
    unfinished.ok("send", "1", "--yes")
    assert "there is no list of recipients." in unfinished.error(*plan)


@pytest.mark.slow
def test_a_list_that_is_given_while_a_send_is_unfinished_waits(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    unfinished.write({"other.csv": "email\nelse@one.example\n"})
    result = send(unfinished, "--to", str(unfinished.root / "other.csv"))
    assert "goes on first, to the 1 that it has left" in result.stderr
    assert "else@one.example" not in server.recipients
    unfinished.ok("send", "1", "--resolve", "--decide", "sent")
    assert send(unfinished, "--to", str(unfinished.root / "other.csv")).exit_code == 0
    assert server.recipients[-1] == "else@one.example"


@pytest.mark.slow
def test_what_an_earlier_send_left_open_is_not_buried_by_a_later_one(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    unfinished.ok("send", "1", "--yes")
    unfinished.write({"other.csv": "email\nelse@one.example\n"})
    assert send(unfinished, "--to", str(unfinished.root / "other.csv")).exit_code == 0
    assert states(unfinished) == {"accepted": 3, "unknown": 1}
    unfinished.ok("send", "1", "--resolve", "--decide", "again")
    unfinished.ok("send", "1", "--yes")
    assert sorted(server.recipients) == sorted([*ALL, "else@one.example"])


@pytest.mark.slow
def test_an_older_copy_of_the_ledger_is_refused(unfinished: WorkspaceRunner) -> None:
    ledger = unfinished.root / ".pressroom/deliver.sqlite"
    older = ledger.read_bytes()
    unfinished.ok("send", "1", "--yes")
    ledger.write_bytes(older)
    assert "the ledger here is an older copy" in unfinished.error("send", "1", "--yes", "--force")


@pytest.mark.slow
def test_the_recipients_in_a_state_are_listed_as_csv(unfinished: WorkspaceRunner) -> None:
    header, row = unfinished.ok("send", "1", "--list", "unknown").splitlines()
    assert header == "email,audience,state,class,code,reply,attempts,changed"
    assert "@one.example,everyone,unknown,," in row or "@two.example,everyone,unknown,," in row


def test_the_words_of_a_server_are_no_formula_in_the_csv(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    fails(server, Fault("RCPT", '550 =HYPERLINK("https://evil.example")'))
    send(sending)
    (row,) = csv.DictReader(sending.ok("send", "1", "--list", "refused").splitlines())
    assert row["reply"] == """'=HYPERLINK("https://evil.example")"""


def test_a_send_is_dropped_only_while_nothing_has_left(unfinished: WorkspaceRunner) -> None:
    assert "may have left" in unfinished.error("send", "1", "--drop")


@pytest.mark.slow
def test_a_send_to_the_wrong_list_is_dropped(sending: WorkspaceRunner, server: ScriptedServer) -> None:
    set_delivery(sending, f'url = "smtp://127.0.0.1:{server.port}"\nwarm_up = 1')
    fails(server, Fault("MAIL", "530 5.7.0 log in first", always=True))
    assert send(sending).exit_code == 1
    assert states(sending) == {"pending": 3}
    sending.write({f"{FOLDER}/issue.md": issue(letter="Other words.")})
    changed = sending.error("send", "1", "--yes")
    assert "has changed since its send began; nothing has left yet." in changed and "send 1 --drop" in changed
    sending.ok("send", "1", "--drop")
    assert not (sending.root / FOLDER / "sent.json").exists()
    assert "was not sent yet" in sending.error("send", "1", "--status")


@pytest.mark.slow
def test_an_issue_that_changed_while_it_is_sent_is_not_sent_on(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    unfinished.write({f"{FOLDER}/issue.md": issue(letter="Other words.")})
    assert "has changed since its send began" in unfinished.error("send", "1", "--yes")
    assert len(server.taken) == 1
    assert unfinished.run("send", "1", "--yes", "--force").exit_code == 0


@pytest.mark.slow
def test_an_issue_that_is_with_readers_does_not_take_in_articles_silently(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    def update(name: str) -> str:
        unfinished.write({f"issues/articles/{name}.md": article(name)})
        result = unfinished.run("assemble", "1", "--update")
        assert result.exit_code == 0
        return result.stderr

    lock = unfinished.read(f"{FOLDER}/issue.lock")
    today = json.loads(unfinished.read(f"{FOLDER}/sent.json"))["sends"][0]["started"][:10]
    other = "and carries other articles or links from now on."
    assert f"warning: the issue has a send of {today} that is not finished, {other}" in update("one")
    assert f"Restore {FOLDER}/issue.lock from version control" in update("two")
    unfinished.write({f"{FOLDER}/issue.lock": lock})
    assert unfinished.run("assemble", "1", "--refresh").stderr.count("warning") == 0
    unfinished.ok("send", "1", "--yes", "--force")
    assert f"warning: the issue was sent on {today}, {other}" in update("three")


def unknown_of(workspace: WorkspaceRunner) -> dict[str, str]:
    ((unknown),) = workspace.json("send", "1", "--resolve")["unknown"]
    return {key: str(value) for key, value in unknown.items()}


def test_an_unknown_message_is_named_and_never_sent_again_by_itself(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    unfinished.ok("send", "1", "--yes")
    unknown = unknown_of(unfinished)
    assert unknown["address"] in ALL and unknown["address"] not in server.recipients
    shown = unfinished.ok("send", "1", "--resolve")
    assert f"{unknown['address']}  " in shown and f"Message-ID: <{unknown['message_id']}>" in shown
    unfinished.ok("send", "1", "--resolve", "--decide", "again")
    unfinished.ok("send", "1", "--yes")
    assert sorted(server.recipients) == ALL and states(unfinished) == {"accepted": 3}


@pytest.mark.slow
def test_an_unknown_message_that_an_editor_knows_was_sent_is_not_sent(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    unfinished.ok("send", "1", "--resolve", "--decide", "sent")
    unfinished.ok("send", "1", "--yes")
    assert len(server.recipients) == 2 and states(unfinished) == {"accepted": 3}


POSTFIX = "Nov 30 00:32:04 mail postfix"
ACCEPTED = [
    f"{POSTFIX}/cleanup[9662]: E6900228B92: message-id=<ID>",
    f"{POSTFIX}/qmgr[9651]: E6900228B92: from=<a@x.example>, size=323, nrcpt=1 (queue active)",
]
BROKEN_OFF = [
    f"{POSTFIX}/cleanup[9662]: E6900228B92: message-id=<ID>",
    f"{POSTFIX}/qmgr[9651]: 7C31A228B93: from=<a@x.example>, size=323, nrcpt=1 (queue active)",
    f"{POSTFIX}/smtpd[9655]: lost connection after DATA (3041 bytes) from localhost[127.0.0.1]",
]
EXIM = ["2026-11-30 00:32:04 1t2 <= a@x.example H=localhost S=3041 id=ID"]
SENDMAIL = [
    "Nov 30 00:32:04 mail sendmail[1]: 4AU: from=<a@x.example>, size=3041, msgid=<ID>, relay=localhost"
]


@pytest.mark.parametrize(
    ("log", "is_sent"),
    [(ACCEPTED, True), (EXIM, True), (SENDMAIL, True), (BROKEN_OFF, False), (["Nothing."], False)],
)
@pytest.mark.slow
def test_the_log_of_the_mail_server_says_which_unknown_messages_it_took(
    unfinished: WorkspaceRunner, log: list[str], is_sent: bool
) -> None:
    id = unknown_of(unfinished)["message_id"]
    file = unfinished.root.parent / "mail.log"
    file.write_text("".join(f"{line}\n" for line in log).replace("ID", id))
    shown = unfinished.ok("send", "1", "--resolve", "--log", str(file)).splitlines()[-1]
    assert shown == f"{int(is_sent)} noted as sent, 0 to send again, {int(not is_sent)} unknown."


def interrupt(_: float) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_while_a_send_waits_leaves_nothing_of_it(
    sending: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.send_command.time.sleep", interrupt)
    result = send(sending, "--at", "2099-01-01T07:00")
    assert result.exit_code == 1 and "Nothing was sent." in result.stderr
    assert not (sending.root / FOLDER / "sent.json").exists() and not server.taken
    assert "was not sent yet" in sending.error("send", "1", "--status")


def test_times_are_shown_in_the_time_zone_of_the_publication(
    sending: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")  # 14 hours ahead of UTC, which no machine of ours is
    settings = sending.read("newsletter.toml").replace("Europe/London", str(zone))
    sending.write({"newsletter.toml": settings})
    fails(server, Fault("RCPT", "450 4.2.1 later", always=True))
    monkeypatch.setattr("pipeline.deliver.clock.SystemClock.sleep", lambda *_: interrupt(0))
    shown = send(sending).stderr
    minutes = (datetime.now(zone) + timedelta(minutes=each) for each in range(3, 7))
    assert any(f"the deferred are tried again at {each:%H:%M}\n" in shown for each in minutes)
    (row, *_) = csv.DictReader(sending.ok("send", "1", "--list", "deferred").splitlines())
    assert row["changed"].endswith("+14:00")
    monkeypatch.setattr("pipeline.cli.send_command.time.sleep", interrupt)
    waits = sending.run("send", "1", "--yes", "--force", "--at", "2099-01-01T07:00+09:00")
    assert "Waiting until 2099-01-01 12:00." in waits.stderr


@pytest.mark.slow
def test_ctrl_c_while_refused_messages_wait_for_their_time_leaves_them_refused(
    sending: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(server, Fault("RCPT", "550 5.1.1 no such user"))
    send(sending)
    monkeypatch.setattr("pipeline.cli.send_command.time.sleep", interrupt)
    retry = sending.run("send", "1", "--retry-failed", "--yes", "--at", "2099-01-01T07:00")
    assert retry.exit_code == 1 and states(sending) == {"accepted": 2, "refused": 1}


@pytest.mark.slow
def test_a_forgotten_person_is_not_counted_among_the_refused(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    fails(server, Fault("RCPT", "550 5.1.1 no such user"))
    send(sending)
    (refused,) = [row.split(",")[0] for row in sending.ok("send", "1", "--list", "refused").splitlines()[1:]]
    sending.ok("subscribers", "forget", refused)
    assert "no message of the issue was refused" in sending.error("send", "1", "--retry-failed")


def test_refused_messages_are_sent_again_by_class(sending: WorkspaceRunner, server: ScriptedServer) -> None:
    fails(
        server,
        Fault("RCPT", "550 5.1.1 no such user"),
        Fault("RCPT", "550 5.7.1 not from you", after=1),
    )
    result = send(sending)
    assert "1 refused (mailbox: " in result.stdout
    assert "    domains: one.example 1\n    mostly: 5.1.1 no such user" in result.stdout
    assert states(sending) == {"accepted": 1, "refused": 2}
    assert (
        "once more: pressroom send 1 --retry-failed (or of one class: --retry-failed mailbox or policy)"
        in result.stderr
    )
    error = sending.error("send", "1", "--retry-failed", "content", "--force", "--yes")
    assert "no message of the issue was refused with the class content." in error
    shown = sending.run("send", "1", "--retry-failed", "mailbox", "--force", "--yes").stderr
    assert "To send to the refused once more: pressroom send 1 --retry-failed\n" in shown
    assert states(sending) == {"accepted": 2, "refused": 1}
    sending.ok("send", "1", "--retry-failed", "--force", "--yes")
    assert states(sending) == {"accepted": 3} and sorted(server.recipients) == ALL


@pytest.mark.parametrize("refusals", [[], ["other"]], ids=["any", "of a class"])
def test_to_send_again_to_the_refused_where_nobody_was_does_not_go_on_with_the_rest(
    unfinished: WorkspaceRunner, server: ScriptedServer, refusals: list[str]
) -> None:
    sent = len(server.taken)
    error = unfinished.error("send", "1", "--retry-failed", *refusals, "--force", "--yes")
    assert "no message of the issue was refused" in error and "pressroom send 1 --status" in error
    assert len(server.taken) == sent and states(unfinished)["pending"] == 1


@pytest.mark.slow
def test_a_send_that_was_killed_at_its_very_end_is_noted_as_finished_by_the_next_command(
    sending: WorkspaceRunner,
) -> None:
    send(sending)
    finished = sending.read(f"{FOLDER}/sent.json")
    record = json.loads(finished)
    record["sends"][0] |= {"finished": "", "counts": {"pending": 3}}
    sending.write({f"{FOLDER}/sent.json": json.dumps(record)})
    send(sending)
    assert sending.read(f"{FOLDER}/sent.json") == finished


@pytest.mark.slow
def test_a_second_process_leaves_a_send_alone_that_another_one_is_at(
    unfinished: WorkspaceRunner, server: ScriptedServer
) -> None:
    folder = unfinished.root / ".pressroom"
    other = Ledger(folder / "deliver.sqlite", "deliver.sqlite", folder / "workers")
    record = json.loads(unfinished.read(f"{FOLDER}/sent.json"))["sends"][0]
    now = datetime.now(UTC)
    assert other.claim(record["id"], other.start_worker(), 1, now)
    assert "another process is sending this issue." in unfinished.error("send", "1", "--yes", "--force")
    (status,) = unfinished.json("status")["issues"]
    assert status["state"] == "sending"
    assert status["next"] == "pressroom send 1 --status  (a process is sending it)"
    other.close()
    assert unfinished.json("status")["issues"][0]["next"] == "pressroom send 1"
    assert unfinished.run("send", "1", "--yes", "--force").exit_code == 0
    assert len(server.recipients) == len(set(server.recipients)) == 2


@pytest.mark.slow
def test_a_send_does_not_start_beside_that_of_another_issue_with_which_it_would_share_no_limit(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    folder = sending.root / ".pressroom"
    other = Ledger(folder / "deliver.sqlite", "deliver.sqlite", folder / "workers")
    other.start_worker()
    error = sending.error(*options(sending), "--yes", "--force")
    assert "another process is sending, and each would keep to `rate` and `warm_up` by itself." in error
    assert server.taken == [] and not (sending.root / FOLDER / "sent.json").exists()
    other.close()
    assert send(sending).exit_code == 0


@pytest.mark.slow
def test_a_send_whose_time_has_passed_does_not_start(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    late = ("--at", "2026-12-03T07:00", "--now", "2026-12-03T09:00", "--yes")
    error = sending.error(*options(sending), *late)
    assert error.startswith("--at: 2026-12-03 07:00 has passed") and server.taken == []
    # Clocks in London show 01:30 twice; by them it would be half an hour too late, and it is one and a half.
    late = ("--at", "2026-10-25T01:00", "--now", "2026-10-25T01:30+00:00", "--yes")
    error = sending.error(*options(sending), *late)
    assert error.startswith("--at: 2026-10-25 01:00 has passed") and server.taken == []


# --- the ledger and its machine --------------------------------------------------------------------


def test_a_clone_without_the_ledger_names_the_machine_that_has_it(
    sending: WorkspaceRunner, server: ScriptedServer, tmp_path: Path
) -> None:
    send(sending)
    record = json.loads(sending.read(f"{FOLDER}/sent.json"))["sends"][0]
    assert record["counts"] == {"accepted": 3} and record["finished"]
    assert "@" not in sending.read(f"{FOLDER}/sent.json")
    clone = WorkspaceRunner(tmp_path / "clone")
    copytree(sending.root, clone.root)
    for file in (clone.root / ".pressroom").glob("deliver.sqlite*"):
        file.unlink()
    error = clone.error(*options(clone), "--yes")
    assert f"from the machine {record['machine']}" in error and len(server.taken) == 3


def test_without_the_ledger_that_knows_who_left_no_other_issue_is_sent(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    send(sending)
    sending.ok("subscribers", "suppress", "bo@one.example")
    sending.write(
        {
            "issues/002-sleep/issue.md": issue(2, "Sleep"),
            "issues/articles/sleep.md": article("Sleep"),
        }
    )
    sending.ok("assemble", "2")
    second = ("send", "2", "--to", str(sending.root / "readers.csv"), "--yes", "--now", "2026-02-02")
    for file in (sending.root / ".pressroom").glob("deliver.sqlite*"):
        file.unlink()
    error = sending.error(*second)
    assert "has the list of those who must get no mail, and is not here." in error and len(server.taken) == 3
    # Whoever has lost that ledger says so once; from then on this one knows of a send.
    assert sending.run(*second, "--force").exit_code == 0 and len(server.taken) == 6
    assert "must get no mail" not in sending.error(*second)


def change_ledger(statement: str) -> Callable[[WorkspaceRunner], None]:
    def change(workspace: WorkspaceRunner) -> None:
        with sqlite3.connect(workspace.root / LEDGER) as database:
            database.execute(statement)
        database.close()

    return change


def replace_ledger(data: bytes) -> Callable[[WorkspaceRunner], None]:
    return lambda workspace: workspace.write({LEDGER: data})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (change_ledger("PRAGMA user_version = 99"), "was written by a newer Pressroom"),
        (change_ledger("PRAGMA application_id = 1"), "is a database, but not a ledger"),
        (replace_ledger(b"not a database, but a text of some length" * 50), "is not a ledger"),
    ],
)
def test_a_file_that_is_not_this_ledger_is_refused(
    sending: WorkspaceRunner,
    server: ScriptedServer,
    change: Callable[[WorkspaceRunner], None],
    error: str,
) -> None:
    send(sending)
    change(sending)
    shown = sending.error(*options(sending), "--yes")
    assert shown.startswith(f"{LEDGER}: ") and error in shown and len(server.taken) == 3


def test_a_ledger_that_another_program_keeps_locked_stops_a_send(
    sending: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(sending)
    monkeypatch.setattr("pipeline.deliver.ledger_file._WAIT", 0.05)
    other = sqlite3.connect(sending.root / LEDGER, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = sending.run(*options(sending), "--yes", "--again", "To try it.")  # the plan needs no lock
    assert result.exit_code == 1 and len(server.taken) == 3
    assert "another program keeps it locked" in result.stderr
    other.close()


def test_what_was_decided_and_sent_survives_a_loss_of_power(
    workspace: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.add(os.fstat(handle).st_ino))
    set_delivery(workspace, f'url = "smtp://127.0.0.1:{server.port}"')
    workspace.write({"readers.csv": LIST})
    workspace.ok("assemble", "1")
    workspace.ok("approve", "1", "--as", "Ada <ada@example.org>")
    send(workspace)
    folder = workspace.root / FOLDER
    for file in (folder / "issue.lock", folder / "approvals.json", folder / "sent.json", folder):
        assert file.stat().st_ino in flushed, file.name


@pytest.mark.slow
def test_a_clock_that_was_set_back_stops_a_send(sending: WorkspaceRunner, server: ScriptedServer) -> None:
    send(sending)
    again = ("send", "1", "--to", str(sending.root / "readers.csv"), "--yes", "--again", "To try it.")
    error = sending.error(*again, "--now", "2026-02-01")
    assert "the clock says 2026-02-01 00:00" in error and len(server.taken) == 3
    assert sending.run(*again, "--now", "2026-02-01", "--force").exit_code == 0


@pytest.mark.slow
def test_a_secret_that_changed_between_two_sends_is_named(
    sending: WorkspaceRunner, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = 'unsubscribe_endpoint = "https://lists.synapse.example/{token}"'
    set_delivery(sending, f'url = "smtp://127.0.0.1:{server.port}"\n{endpoint}')
    monkeypatch.setenv("PRESSROOM_SECRET", "the first secret of the tests")
    send(sending)
    monkeypatch.setenv("PRESSROOM_SECRET", "the second secret of the tests")
    again = ("send", "1", "--to", str(sending.root / "readers.csv"), "--yes", "--again", "To try it.")
    error = sending.error(*again)
    assert "PRESSROOM_SECRET is another than in the last send" in error
    assert len(server.taken) == 3
    monkeypatch.setenv("PRESSROOM_SECRET_OLD", "the first secret of the tests")
    assert "PRESSROOM_SECRET" not in sending.error(*again)
    assert sending.run(*again, "--force").exit_code == 0


# --- servers ----------------------------------------------------------------------------------------


def test_a_wrong_password_is_named_and_never_shown(
    sending: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with ScriptedServer(context=context, starttls=True, users={"letters": "right"}) as server:
        set_delivery(sending, f'url = "smtp+starttls://letters@127.0.0.1:{server.port}"')
        assert "Set it as PRESSROOM_SMTP_PASSWORD" in sending.error(*options(sending), "--yes")
        monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "wrong-and-secret")
        result = send(sending)
        assert result.exit_code == 1 and "refuses the login (535)" in result.stderr
        assert "wrong-and-secret" not in result.output
        monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "right")
        sending.ok("send", "1", "--yes", "--force")
        assert sorted(server.recipients) == ALL
    for file in sending.root.rglob("*"):
        assert not file.is_file() or b"wrong-and-secret" not in file.read_bytes()


@pytest.mark.parametrize(("name", "is_trusted"), [("mail.other.example", True), ("127.0.0.1", False)])
def test_a_certificate_that_is_not_the_servers_ends_the_send(
    sending: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_trusted: bool
) -> None:
    context = server_context(tmp_path, name)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with ScriptedServer(context=context) as server:
        set_delivery(sending, f'url = "smtps://127.0.0.1:{server.port}"')
        result = send(sending)
        assert result.exit_code == 1 and "certificate" in result.stderr and server.taken == []
    assert states(sending) == {"pending": 3}


# --- lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,town\nAda,London\n", "readers.csv:1: "),
        ("", "readers.csv"),
        ("email\n", "no row has a recipient"),
        ("email,audience\nada@one.example,gardeners\n", "gardeners"),
        ("email,audience\nada@one.example,clinicians\n", "1  get"),
    ],
    ids=["no address", "nothing", "no rows", "audience of another publication", "audience without edition"],
)
def test_a_list_that_cannot_be_sent_to_says_why(
    sending: WorkspaceRunner, server: ScriptedServer, text: str, words: str
) -> None:
    sending.write({"readers.csv": text})
    result = send(sending)
    assert words in result.output and "Traceback" not in result.output


def test_a_list_that_does_not_exist_is_named(sending: WorkspaceRunner) -> None:
    assert "other.csv" in sending.error(*options(sending, "other.csv"), "--yes")


@pytest.mark.parametrize("option", ["--yes", "--plan"])
@pytest.mark.slow
def test_a_list_that_does_not_exist_is_named_with_all_other_obstacles(
    sending: WorkspaceRunner, option: str
) -> None:
    set_delivery(sending, "connections = 1")
    error = sending.error("send", "1", "--to", "missing.csv", option)
    for words in ("missing.csv: there is no such file.", "no mail server", "sent as a test", "the page "):
        assert error.count(words) == 1, words
    assert error.endswith("4 mistakes. Nothing was sent.\n")


def test_who_is_suppressed_or_forgotten_gets_nothing(
    sending: WorkspaceRunner, server: ScriptedServer
) -> None:
    sending.ok("subscribers", "suppress", "ADA@one.example", "--reason", "asked by phone")
    why = (*options(sending), "--plan", "--why", "ada@one.example")
    assert "is on the suppression list: asked by phone." in sending.ok(*why)
    send(sending)
    assert sorted(server.recipients) == ALL[1:]
    sending.ok("subscribers", "allow", "ada@one.example")
    assert "is not on the suppression list" in sending.error("subscribers", "allow", "ada@one.example")
    sending.ok("subscribers", "forget", "bo@one.example")
    send(sending)
    send(sending, "--again", "To try it.")
    assert sorted(server.recipients) == sorted(
        ["ada@one.example"] * 2 + ["bo@one.example"] + ["cy@two.example"] * 2
    )
    assert b"bo@one.example" not in (sending.root / LEDGER).read_bytes()
