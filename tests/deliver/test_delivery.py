"""From the command over a real mail server into real mailboxes: what is read there is what was written."""

from __future__ import annotations

import email.policy
import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mail_server_kit import PASSWORD, MailServer, mail_server
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.deliver.dkim import parse_keys
from pipeline.deliver.ledger import Ledger
from pipeline.deliver.tokens import TokenKey, TokenKeys, read_token

pytestmark = pytest.mark.slow

SECRET = "a secret of the tests, and of nobody else"
KEYS = "".join(
    key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key in (ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048))
)
TITLE = "המוח הפלסטי 🧠 and glutamate"
BODY = """\
שלום, {{ first_name | there }}! 🌷

{{ first_name | there }} begins this paragraph, which has letters like é, ł and 漢字 in it.

. A dot begins this one.

From here on it reads like a mailbox.
"""
READERS = {
    "ada@synapse.test": ".Ada",
    "boaz@synapse.test": "From Boaz",
    "shira@synapse.test": "שירה 👩🏽‍🔬",
    "eve+news@synapse.test": "=C3 <b>&amp;</b> {{ email }}",
    "dan@synapse.test": "Dan   O'Neil -- ",
}


@pytest.fixture(scope="session")
def server() -> Iterator[MailServer]:
    with mail_server("synapse.test") as server:
        yield server


@pytest.fixture
def site() -> Iterator[str]:
    """A website on which everything is online."""

    class Page(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    website = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=website.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{website.server_port}"
    website.shutdown()
    website.server_close()


def pressroom(workspace: WorkspaceRunner, server: MailServer, *arguments: str) -> str:
    """Run the command as a process with the secrets of sending; returns what it printed, without them."""
    secrets = {"PRESSROOM_SMTP_PASSWORD": PASSWORD, "PRESSROOM_SECRET": SECRET, "PRESSROOM_DKIM_KEY": KEYS}
    ended = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", workspace.root, *arguments],
        env=os.environ | secrets | {"SSL_CERT_FILE": str(server.authority)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def parse(data: bytes) -> EmailMessage:
    parsed = BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(data)
    assert not parsed.defects
    return parsed


def parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [(part.get_content_type(), part.get_content()) for part in message.iter_parts()]


def test_what_is_read_in_the_mailbox_is_what_was_written(
    workspace: WorkspaceRunner, server: MailServer, site: str
) -> None:
    settings = workspace.read("newsletter.toml").replace("https://synapse.example/news", site)
    unsubscribe = 'unsubscribe_url = "https://synapse.example/unsubscribe?to={{ email }}"\n'
    settings = settings.replace("letters@synapse.example", "letters@synapse.test").replace(unsubscribe, "")
    endpoint = "https://lists.synapse.test/leave/{token}"
    delivery = f"""
[delivery]
url = "{server.url}"
dkim_selector = ["one", "two"]
unsubscribe_endpoint = "{endpoint}"
return_path = "bounces+{{recipient}}@synapse.test"
feedback_id = "synapse:letters:monthly"
complaints_to = "complaints@synapse.test"
"""
    workspace.write(
        {
            "newsletter.toml": settings + delivery,
            "issues/articles/glutamate.md": article(TITLE, body=BODY),
            "issues/articles/dosing.md": article("Dosing", audience="clinicians", body="For the clinic."),
            "issues/001-the-plastic-brain/issue.md": issue(
                title=TITLE, letter=BODY, more="audience: [everyone, clinicians]\n"
            ),
            "readers.csv": "email,first_name,audience\n"
            + "".join(f'{to},"{name}",everyone\n' for to, name in READERS.items())
            + "doc@synapse.test,Dr. Cohen,clinicians\n",
        }
    )
    printed = pressroom(workspace, server, "assemble", "1")

    # As an editor does it: a test of each edition, then the send, which nothing has to be forced on.
    for audience in ("everyone", "clinicians"):
        tester = f"editor-{audience}@synapse.test"
        printed += pressroom(workspace, server, "test", "1", "--send", "--to", tester, "--audience", audience)
        (test,) = map(parse, server.mail(tester, 1))
        assert test["Subject"] == f"[Test] {TITLE}" and test["X-Pressroom-Test"] == "yes"
    list_file = str(workspace.root / "readers.csv")
    printed += pressroom(workspace, server, "send", "1", "--to", list_file, "--yes")

    keys, ids = TokenKeys(TokenKey(SECRET.encode())), set()
    records = {
        f"{each.selector}._domainkey.synapse.test.": each.dns_record
        for each in parse_keys(KEYS, "synapse.test", ("one", "two"))
    }
    folder = workspace.root / ".pressroom"
    ledger = Ledger(folder / "deliver.sqlite", "deliver.sqlite", folder / "workers")
    for to, name in {**READERS, "doc@synapse.test": "Dr. Cohen"}.items():
        (data,) = server.mail(to, 1)
        message = parse(data)
        assert message["Subject"] == TITLE and message["To"] == to
        assert "X-Pressroom-Test" not in message
        assert message["Feedback-ID"] == "synapse:letters:monthly"
        assert message["CFBL-Address"].startswith("complaints@synapse.test")
        ids.add(message["Message-ID"])

        person = ledger.person(to)
        assert message["Return-Path"] == f"<bounces+{person.hex()}@synapse.test>"
        link = message["List-Unsubscribe"].partition(">")[0].removeprefix("<")
        token = link.removeprefix("https://lists.synapse.test/leave/")
        assert read_token(token, site, keys) == person
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        for index in range(2):
            verifier = dkim.DKIM(data)
            assert verifier.verify(index, lambda name, timeout: records[name.decode()].encode())
            assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= {
                name for name, _ in verifier.signed_headers
            }

        text = message.get_body(("plain",))
        assert text
        lines = text.get_content().splitlines()
        shown = name.strip()
        assert f"שלום, {shown}! 🌷" in lines
        assert ". A dot begins this one." in lines
        assert "From here on it reads like a mailbox." in lines
        assert any(each.startswith(f"{shown} begins") for each in lines)
        assert ("For the clinic." in lines) == (to == "doc@synapse.test")

        # All of it is what the test message of this reader shows.
        file = workspace.root / f"{to}.eml"
        audience = "clinicians" if to == "doc@synapse.test" else "everyone"
        options = ("--recipient", list_file, "--field", f"unsubscribe_url={link}", "--audience", audience)
        printed += pressroom(workspace, server, "test", "1", "--to", to, *options, "-o", str(file))
        assert parts(parse(file.read_bytes())) == parts(message)
    ledger.close()
    assert len(ids) == len(READERS) + 1
    check_secrets(workspace, printed)


def check_secrets(workspace: WorkspaceRunner, printed: str) -> None:
    """Neither output nor any file of the workspace has a secret; an address is where it must be, and no mail there."""
    files = {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}
    for secret in (PASSWORD, SECRET, *KEYS.split("\n")[1:2]):
        assert secret not in printed
        assert not [path for path, data in files.items() if secret.encode() in data]
    with_address = {path for path, data in files.items() if b"shira@synapse.test" in data}
    ledger = workspace.root / ".pressroom/deliver.sqlite"
    allowed = {ledger, workspace.root / "readers.csv", workspace.root / "shira@synapse.test.eml"}
    assert with_address <= allowed | {Path(f"{ledger}-wal")}
