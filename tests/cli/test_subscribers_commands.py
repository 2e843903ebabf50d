"""`pressroom subscribers`, run as a user runs it."""

from __future__ import annotations

import re
import subprocess
from http.client import HTTPConnection
from http.server import HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import keyring
import pytest
from click.testing import CliRunner, Result
from sender_kit import START
from workspace_kit import SETTINGS, WorkspaceRunner

from pipeline.cli import main
from pipeline.deliver.ledger_records import NewSend
from pipeline.deliver.open_ledger import open_ledger
from pipeline.deliver.recipient import Recipient
from pipeline.deliver.tokens import TokenKey, TokenKeys, sign_token

EXPORT = (
    "email,status\nada@x.org,active\nADA@x.org,\nbo@x.org,unsubscribed\ncy@,\ndi@x.org,foo\ncy@x.org,active\n"
)


@pytest.fixture
def publication(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write({"newsletter.toml": SETTINGS, "lists/readers.csv": EXPORT})
    return workspace


def suppress(publication: WorkspaceRunner, *arguments: str, answer: str = "") -> Result:
    command = ["-C", str(publication.root), "subscribers", "suppress", *arguments]
    return CliRunner().invoke(main, command, input=answer, prog_name="pressroom", catch_exceptions=False)


def suppressed(publication: WorkspaceRunner, *names: str) -> list[bool]:
    with open_ledger(publication.root) as ledger:
        return [ledger.suppression(ledger.person(f"{name}@x.org")) is not None for name in names]


def test_people_are_counted_and_not_rows(publication: WorkspaceRunner) -> None:
    result = suppress(publication, "A@B.org", "a@b.org", "c@d.org")
    assert result.stdout == "Suppressed: 2.\n"


@pytest.mark.parametrize(("arguments", "answer"), [(("--yes",), ""), ((), "y\n")])
def test_a_list_is_suppressed_whoever_is_on_it(
    publication: WorkspaceRunner, arguments: tuple[str, ...], answer: str
) -> None:
    file = str(publication.root / "lists/readers.csv")
    result = suppress(publication, "--from", file, "ada@x.org", *arguments, answer=answer)
    assert result.exit_code == 0
    # Click 8.2 prints what was typed.
    assert result.stdout.removeprefix(" y\n") == "Suppressed: 4.\n"
    assert f'{file}:5: warning: "cy@" is not an email address.\n    There must be' in result.stderr
    assert ("Send nothing to 4 people from now on? [y/N]" in result.stderr) is (not arguments)
    assert all(suppressed(publication, "ada", "bo", "cy", "di"))


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_written(publication: WorkspaceRunner, answer: str) -> None:
    before = publication.tree()
    file = str(publication.root / "lists/readers.csv")
    result = suppress(publication, "--from", file, "ada@x.org", answer=answer)
    assert "Suppressed" not in result.stdout
    assert publication.tree() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lists/reader.csv", 'there is no such file.\n    Did you mean "readers.csv"?'),
        ("lists", "is a folder, not a list."),
        ("lists/none.csv", "no row has an address."),
        ("lists/none.csv:2", '"cy@" is not an email address.'),
        ("lists/empty.csv", "is empty."),
    ],
)
def test_a_list_that_has_nobody_is_an_error(publication: WorkspaceRunner, name: str, message: str) -> None:
    publication.write({"lists/none.csv": "email\ncy@\n", "lists/empty.csv": ""})
    result = suppress(publication, "--from", str(publication.root / name.partition(":")[0]))
    assert result.exit_code == 1
    assert f"{publication.root / name}: {message}" in result.stderr


@pytest.mark.parametrize("command", [("preview", "--recipients"), ("test", "--to", "a@x.org", "--recipient")])
@pytest.mark.parametrize("name", ["reader.csv", "https://x.org/readers.csv"])
def test_every_command_says_what_is_not_a_list(
    publication: WorkspaceRunner, command: tuple[str, ...], name: str
) -> None:
    publication.write(
        {"issues/001-one/issue.md": "---\nnumber: 1\ntitle: One\ndate: 2026-02-01\n---\nHello.\n"}
    )
    first, *options = command
    error = publication.error(first, "1", *options, name)
    assert "read from the web" in error if ":" in name else "there is no such file" in error


# --- what came in at unsubscribe_endpoint and at return_path -----------------------------------------------

SECRET, FORMER = "a secret of our own, long enough", "what was the secret before"
SITE = "https://synapse.example/news"


@pytest.fixture
def secret(publication: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of tokens; an issue was sent to three people."""
    new = NewSend("tag:1", "001-one", {}, "lists/readers.csv", "", "", START)
    with open_ledger(publication.root) as ledger:
        ledger.start_send(new, [Recipient(f"{name}@x.org", "", {}, 0) for name in ("ada", "bo", "cy")])
    monkeypatch.setattr(keyring, "get_password", lambda service, user: None)
    monkeypatch.setenv("PRESSROOM_SECRET", SECRET)
    monkeypatch.setenv("PRESSROOM_SECRET_OLD", FORMER)


def person(publication: WorkspaceRunner, name: str) -> bytes:
    with open_ledger(publication.root) as ledger:
        return ledger.person(f"{name}@x.org")


def token(publication: WorkspaceRunner, name: str, signed_with: str = SECRET, site: str = SITE) -> str:
    return sign_token(person(publication, name), site, TokenKeys(TokenKey(signed_with.encode())))


@pytest.mark.usefixtures("secret")
def test_tokens_and_bounces_suppress_whom_they_are_of(publication: WorkspaceRunner) -> None:
    tokens = token(publication, "ada").upper(), token(publication, "bo", FORMER)
    bounced = person(publication, "cy").hex()
    result = suppress(
        publication, "--token", tokens[0], "--token", tokens[1], "--bounced", bounced, "ADA@x.org"
    )
    assert result.stdout == "Suppressed: 3.\n", result.output
    assert suppressed(publication, "ada", "bo", "cy", "di") == [True, True, True, False]
    with open_ledger(publication.root) as ledger:
        reasons = [ledger.suppression(person(publication, name)) for name in ("ada", "bo", "cy")]
    assert reasons == ["unsubscribed", "unsubscribed", "bounced"]


@pytest.mark.usefixtures("secret")
def test_a_token_of_a_send_that_another_ledger_has_is_refused(publication: WorkspaceRunner) -> None:
    """Nobody would be suppressed by it: the two ledgers have different digests of a person."""
    signed, bounced = token(publication, "ada"), person(publication, "cy").hex()
    (publication.root / ".pressroom/deliver.sqlite").unlink()
    result = suppress(publication, "--token", signed, "--bounced", bounced, "bo@x.org")
    assert result.exit_code == 1
    for text in (signed, bounced):
        assert f'"{text}" is of nobody whom this ledger has sent to.' in result.stderr
    assert "from another machine" in result.stderr
    assert not any(suppressed(publication, "ada", "bo", "cy"))


@pytest.mark.usefixtures("secret")
def test_every_token_and_bounce_that_is_not_ours_is_named_and_nobody_is_suppressed(
    publication: WorkspaceRunner,
) -> None:
    wrong = [
        token(publication, "ada", "the secret of somebody else"),
        token(publication, "ada", site="https://other.example"),
        "--yes",
        "",
    ]
    options = [f"--token={each}" for each in (*wrong, token(publication, "ada"))]
    result = suppress(publication, *options, "--bounced", "5f1d", "--bounced", "z" * 32, "bo@x.org", "cy@")
    assert result.exit_code == 1
    for each in wrong:
        assert f'"{each}" is not a token of this publication.' in result.stderr
    for each in ("5f1d", "z" * 32):
        assert f'"{each}" is not the {{recipient}} of a return_path.' in result.stderr
    assert '"cy@" is not an email address.' in result.stderr
    assert not any(suppressed(publication, "ada", "bo", "cy"))


@pytest.mark.usefixtures("secret")
def test_without_the_secret_no_token_is_read(
    publication: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = token(publication, "ada")
    monkeypatch.delenv("PRESSROOM_SECRET")
    result = suppress(publication, "--token", signed)
    assert result.exit_code == 1 and "without PRESSROOM_SECRET no token can be read." in result.stderr


@pytest.mark.usefixtures("secret")
def test_the_example_of_the_docs_unsubscribes_by_a_post_and_not_by_a_get(
    publication: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = Path(__file__).parents[2] / "docs/sending.md"
    (example,) = re.findall(
        r"^```python\n(.*?)^```", docs.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    example = example.replace("/srv/news", str(publication.root)).replace("8025", "0")

    def run(command: list[str]) -> Result:
        result = CliRunner().invoke(main, command[1:], prog_name="pressroom")
        return SimpleNamespace(returncode=result.exit_code)  # type: ignore[return-value]

    answers = []

    def serve(server: HTTPServer) -> None:
        thread = Thread(target=lambda: [server.handle_request() for _ in range(3)])
        thread.start()
        for method, path in (("GET", signed), ("POST", "a" * 58), ("POST", signed)):
            connection = HTTPConnection("127.0.0.1", server.server_port)
            connection.request(
                method, f"/leave/{path}", b"List-Unsubscribe=One-Click" if method == "POST" else None
            )
            reply = connection.getresponse()
            answers.append((reply.status, reply.read(), suppressed(publication, "ada")))
            connection.close()
        thread.join()
        server.server_close()

    signed = token(publication, "ada")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(HTTPServer, "serve_forever", serve)
    exec(example, {})
    assert [(status, gone) for status, _, gone in answers] == [(200, [False]), (400, [False]), (200, [True])]
    assert b"<form method=post>" in answers[0][1] and answers[2][1] == b"Unsubscribed."
