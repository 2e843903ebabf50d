"""What a foreign text cannot do to the terminal that shows it, and what no terminal ever shows."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner
from workspace_kit import WorkspaceRunner, article

from pipeline.cli import main
from pipeline.cli.terminal import message


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names on Windows")
def test_a_file_name_never_commands_the_terminal(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/\x1b]0;owned\x07\x9b2J\u202ex.md": article()})
    result = workspace.run("build", "--json")
    path = "issues/articles/\x1b]0;owned\x07\x9b2J\u202ex.md"
    assert path in {each["path"] for each in json.loads(result.stdout)["errors"]}
    assert r"issues/articles/\u001b]0;owned\u0007\u009b2J\u202ex.md:1: " in result.stderr
    assert all(each.isprintable() or each == "\n" for each in result.output)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[8mhidden", r"\u001b[8mhidden"),
        ("\x1b]8;;https://evil.example\x07", r"\u001b]8;;https://evil.example\u0007"),
        ("a\rb", r"a\u000db"),
    ],
)
def test_of_escape_sequences_only_those_of_a_style_are_printed(
    text: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message(text)
    assert capsys.readouterr().err == f"{shown}\n"


def test_a_password_is_hidden_where_the_terminal_has_colours(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    arguments = ["-C", str(workspace.root), "subscribers", "suppress", "--from", "mysql://me:hunter2@host/db"]
    result = CliRunner().invoke(main, arguments, color=True, prog_name="pressroom")
    assert "\x1b[1mmysql://…@host/db: " in result.stderr
    assert "hunter2" not in result.output
