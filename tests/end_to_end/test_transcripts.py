"""What the documents show of a terminal is what the command prints.

After a wanted change, accept the new output and read the difference:
`PRESSROOM_ACCEPT=1 python -m pytest tests/end_to_end/test_transcripts.py`
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dns.resolver import Resolver
from dns_kit import dns_server
from smtp_kit import ScriptedServer, server_context
from workspace_kit import ROOT, WorkspaceRunner, article, png, write_own_texts

from pipeline.cli import main

_BLOCK = re.compile(r"^```text\n(\$ .*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_LEFT_OUT = ("preview", "--push")
"""A preview has another address each time; the tests of pushing have a service to push to."""


class Clock(datetime):
    """A clock that a test sets."""

    at = datetime(2026, 2, 1, 9)

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def]
        return cls.at.replace(tzinfo=tz)


def fill_in_the_settings(workspace: WorkspaceRunner) -> None:
    settings = workspace.read("newsletter.toml").replace("newsletter.example", "harbour.example")
    settings = re.sub('postal_address = ".*"', 'postal_address = "The Pier, Harbour"', settings)
    workspace.write({"newsletter.toml": settings})


def write_the_lamp(workspace: WorkspaceRunner) -> None:
    """Do what the page asks for in words: write the article."""
    lamp = "issues/articles/the-lamp-at-the-pier.md"
    draft = workspace.read(lamp).replace('dek: ""', "dek: Who lights it, and why.")
    text = re.sub("draft: true.*\n", "", draft) + "Since 1911 a lamp has burnt at the end of the pier.\n"
    workspace.write({lamp: text})


def edit_the_lamp(workspace: WorkspaceRunner) -> None:
    shutil.rmtree(workspace.root / "issues/002-the-second-issue")
    lamp = "issues/articles/the-lamp-at-the-pier.md"
    workspace.write({lamp: workspace.read(lamp).replace("1911", "1912")})


def a_month_later(workspace: WorkspaceRunner) -> None:
    Clock.at = datetime(2026, 3, 1, 9)


def not_a_draft(workspace: WorkspaceRunner) -> None:
    second = "issues/002-the-second-issue/issue.md"
    workspace.write({second: re.sub("draft: true.*\n", "", workspace.read(second))})


def write_letter_and_settings(workspace: WorkspaceRunner) -> None:
    fill_in_the_settings(workspace)
    write_own_texts(workspace)


BEFORE: dict[tuple[str, str], Callable[[WorkspaceRunner], None]] = {
    ("first-issue.md", "pressroom plan 1"): write_the_lamp,
    ("first-issue.md", "pressroom build 1"): write_letter_and_settings,
    ("first-issue.md", 'pressroom new issue "The second issue"'): a_month_later,
    ("assembling.md", "pressroom plan 2"): not_a_draft,
    ("assembling.md", "pressroom build"): edit_the_lamp,
    ("letter.md", "pressroom assemble 1"): write_letter_and_settings,
    ("letter.md", 'pressroom new issue "The warm kitchen" --from 1'): a_month_later,
}


def packed(text: str) -> str:
    """A text without its breaks, which fit lines to a page or a terminal."""
    return " ".join(text.split())


def same(shown: str, printed: str) -> bool:
    """Whether the output is what is shown; a line of dots stands for any lines."""
    parts = re.split(r"^ *(?:…|\.\.\.) *\n", shown, flags=re.MULTILINE)
    pattern = ".*".join(re.escape(packed(part)) for part in parts)
    return re.fullmatch(pattern, packed(printed), re.DOTALL) is not None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with a terminal of 96 columns and a clock that stands still."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("pipeline.cli.options.datetime", Clock)
    monkeypatch.setattr("pipeline.cli.terminal.terminal_width", lambda stream=None: 96)
    Clock.at = datetime(2026, 2, 1, 9)
    return tmp_path


def run_page(page: Path, workspace: WorkspaceRunner, home: Path) -> None:
    """Run the commands of a page, and compare or accept what they print."""
    text = page.read_text(encoding="utf-8")
    for block in _BLOCK.findall(text):
        printed_block = ""
        for line, shown in _COMMAND.findall(block):
            if BEFORE.get((page.name, line)):
                BEFORE[page.name, line](workspace)
            program, *arguments = shlex.split(line.replace("\\\n", " "))
            printed = shown
            if program == "cd":
                workspace = WorkspaceRunner(workspace.root / arguments[0])
            elif program == "rm":
                (workspace.root / arguments[0]).unlink()
            elif program == "pressroom" and not any(each in arguments for each in _LEFT_OUT):
                with_root = ["-C", str(workspace.root), *arguments]
                output = (
                    CliRunner().invoke(main, with_root, catch_exceptions=False, prog_name="pressroom").output
                )
                # A page begins in the home folder; a path that was typed is shown as it was typed.
                typed = output.replace(f"{home}/", "") if arguments[0] == "init" else output
                printed = typed.replace(str(home), "/home/you")
            printed_block += f"$ {line}\n{printed.rstrip()}\n" if printed.strip() else f"$ {line}\n"
            if not os.environ.get("PRESSROOM_ACCEPT"):
                assert same(shown, printed), f"{page.name}: {line}\n\n{printed}\n\ninstead of\n\n{shown}"
        if not re.search(r"^ *(?:…|\.\.\.)", block, re.MULTILINE):
            text = text.replace(f"```text\n{block}```", f"```text\n{printed_block}```")
    if os.environ.get("PRESSROOM_ACCEPT"):
        page.write_text(text, encoding="utf-8")


def test_the_first_issue_and_its_plan_are_as_shown(folder: Path) -> None:
    run_page(ROOT / "docs" / "first-issue.md", WorkspaceRunner(folder), folder)
    run_page(ROOT / "docs" / "assembling.md", WorkspaceRunner(folder / "my-newsletter"), folder)


def test_the_roundup_is_as_shown(folder: Path) -> None:
    run_page(ROOT / "docs" / "links.md", WorkspaceRunner(folder), folder)


def test_a_letter_takes_the_commands_that_are_shown(folder: Path) -> None:
    run_page(ROOT / "docs" / "letter.md", WorkspaceRunner(folder), folder)


@pytest.mark.parametrize("name", ["exporting.md", "test-message.md", "approving.md"])
def test_what_is_shown_of_the_sample_is_as_printed(name: str, folder: Path) -> None:
    synapse = folder / "synapse"
    for part in ("issues", "templates"):
        shutil.copytree(ROOT / part, synapse / part)
    shutil.copy(ROOT / "newsletter.toml", synapse)
    run_page(ROOT / "docs" / name, WorkspaceRunner(synapse), folder)


def test_the_plan_of_a_send_is_as_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synapse = WorkspaceRunner(folder / "synapse")
    for part in ("issues", "templates"):
        shutil.copytree(ROOT / part, synapse.root / part)
    delivery = 'url = "smtps://letters@mail.synapse.example"\nrate = "10/second"'
    delivery += '\nunsubscribe_endpoint = "https://synapse.example/leave/{token}"'
    synapse.write({"newsletter.toml": f"{(ROOT / 'newsletter.toml').read_text()}\n[delivery]\n{delivery}\n"})
    monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "secret")
    monkeypatch.setenv("PRESSROOM_SECRET", "sixteen letters, at least")
    rows = [f"{n},reader{n}@readers.org,Reader {n},true" for n in range(9990)]
    rows[6:6] = [f"a{n},left{n}@readers.org,Left {n},false" for n in range(14)]
    rows[15:15] = ["b,ada@,Ada,true", *rows[:3]]
    synapse.write({"lists/readers.csv": "\n".join(["id,email,name,subscribed_to_emails", *rows])})
    monkeypatch.chdir(synapse.root)
    monkeypatch.setattr("pipeline.actions.send.check_online", lambda *_: None)
    monkeypatch.setattr("pipeline.actions.send.check_tested", lambda *_: None)
    run_page(ROOT / "docs" / "sending.md", synapse, folder)


def test_the_doctor_is_as_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synapse = WorkspaceRunner(folder / "synapse")
    shutil.copytree(ROOT / "issues", synapse.root / "issues")
    delivery = 'url = "smtps://letters@mail.synapse.example"\ndkim_selector = "pressroom1"'
    synapse.write({"newsletter.toml": f"{(ROOT / 'newsletter.toml').read_text()}\n[delivery]\n{delivery}\n"})
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("PRESSROOM_DKIM_KEY", pem)
    monkeypatch.setenv("PRESSROOM_SMTP_PASSWORD", "secret")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    ends = datetime(2026, 4, 1, tzinfo=UTC)
    monkeypatch.setattr("pipeline.deliver.smtp_channel.SmtpChannel.certificate_end", ends)
    zone = {
        "synapse.example TXT": ["v=spf1 ip4:192.0.2.0/24 -all"],
        "synapse.example MX": ["10 mail.synapse.example."],
        "_dmarc.synapse.example TXT": ["v=DMARC1; p=none; rua=mailto:dmarc@synapse.example"],
        "mail.synapse.example A": ["192.0.2.25"],
        "25.2.0.192.in-addr.arpa PTR": ["mail.synapse.example."],
    }
    context = server_context(folder, "mail.synapse.example")
    with dns_server(zone) as dns, ScriptedServer(users={"letters": "secret"}, context=context) as server:

        def system_resolver(resolver: Resolver, *_: object) -> None:
            resolver.nameservers, resolver.port = [dns.address[0]], dns.address[1]

        def look_up(host: object, *_: object, **__: object) -> list[object]:
            if host != "mail.synapse.example":
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

        monkeypatch.setattr(Resolver, "read_resolv_conf", system_resolver)
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        run_page(ROOT / "docs" / "doctor.md", synapse, folder)


LETTER = "issues/003-what-the-brain-does-at-rest/issue.md"
MASTHEAD = "templates/email/parts/masthead.mjml.j2"
PICTURE = "issues/articles/chart.png"

MESSAGES: dict[str, tuple[dict[str, str | bytes], tuple[str, ...]]] = {
    "issues/002-a-window-not-a-cure/issue.md:2: warning LOCK001": (
        {"issues/002-a-window-not-a-cure/issue.md": "exclude: [glossary]"},
        ("build", "2"),
    ),
    "issues/articles/glutamate-switch.md:18: error IMG002": (
        {
            "issues/articles/glutamate-switch.md": article(body="\n" * 12 + "![chart.png](chart.png)"),
            PICTURE: png(),
        },
        ("check", "1"),
    ),
    f"{LETTER}:31: `{{{{ name }}}}`": ({LETTER: "{{ name }}"}, ("export", "3", "--to", "brevo")),
    "issues/articles/y.md:6: no merge field": (
        {"issues/articles/y.md": article(body="{{ frist_name }}")},
        ("build", "1"),
    ),
    "issues/articles/stanford-link.md:6: warning LINK001": (
        {
            "issues/articles/stanford-link.md": article(body="[A question](opioid-question.md)."),
            "issues/articles/opioid-question.md": article(tags="[opioids]"),
        },
        ("check", "1"),
    ),
    f"{MASTHEAD}:4: <mj-text>": (
        {MASTHEAD: '<mj-section>\n<mj-column>\n\n<mj-text colour="red"></mj-text></mj-column></mj-section>'},
        ("build", "1"),
    ),
}
"""Messages that the documents show: by their beginnings, what is written and run to get them."""


def shown_messages() -> dict[str, str]:
    """The messages in the documents without a command above them."""
    blocks: dict[str, str] = {}
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            if re.match(r"[\w./-]+\.(md|toml|j2|lock|yaml)(:\d+)?: ", block):
                blocks[block] = page.name
    return blocks


@pytest.mark.parametrize("block", shown_messages(), ids=lambda block: block.partition(": ")[0])
def test_a_message_that_a_document_shows_is_printed(
    block: str, workspace: WorkspaceRunner, folder: Path
) -> None:
    files, command = next(case for start, case in MESSAGES.items() if block.startswith(start))
    if set(files) & {LETTER, "issues/002-a-window-not-a-cure/issue.md"}:
        workspace = WorkspaceRunner(folder / "synapse")
        shutil.copytree(ROOT / "issues", workspace.root / "issues")
        shutil.copy(ROOT / "newsletter.toml", workspace.root)
        ((path, line),) = files.items()
        lines = workspace.read(path).split("\n")
        at = 30 if path == LETTER else 3  # in the letter, and in the front matter
        files = {path: "\n".join([*lines[:at], str(line), *lines[at:]])}
    workspace.write(files)
    assert packed(block) in packed(workspace.run(*command).output)


def test_every_transcript_in_the_documents_is_run() -> None:
    run = {"first-issue.md", "assembling.md", "links.md", "letter.md"}
    run |= {"exporting.md", "test-message.md", "approving.md", "doctor.md", "sending.md"}
    pages = (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    assert {page.name for page in pages if _BLOCK.search(page.read_text(encoding="utf-8"))} == run
