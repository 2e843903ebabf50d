"""What git leaves in a file where a merge has two versions: each kind of file names the line, and what to do."""

from __future__ import annotations

import json

import pytest
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

CONFLICT = "<<<<<<< HEAD\n{0}\n=======\n{0}\n>>>>>>> 6552dd2 (The other)\n"
FOLDER = "issues/001-the-plastic-brain"
ARTICLE = "issues/articles/conflict.md"


def conflict_in(text: str, line: str) -> str:
    """The text with a conflict in place of this line, which it has once."""
    assert text.count(f"{line}\n") == 1
    return text.replace(f"{line}\n", CONFLICT.format(line))


@pytest.mark.parametrize(
    ("path", "text", "line", "command"),
    [
        ("newsletter.toml", conflict_in(SETTINGS, 'language = "en-GB"'), 3, "plan 1"),
        (f"{FOLDER}/issue.md", conflict_in(issue(), "date: 2026-02-01"), 4, "plan 1"),
        (f"{FOLDER}/issue.md", conflict_in(issue(letter="Hello."), "Hello."), 6, "check 1"),
        (f"{FOLDER}/issue.md", CONFLICT.format(issue()), 1, "plan 1"),
        (ARTICLE, conflict_in(article(), "title: A title"), 2, "check 1"),
        (ARTICLE, conflict_in(article(body="Before.\n\n- One.\n- Two.\n- Three."), "- Two."), 9, "check 1"),
        (ARTICLE, conflict_in(article(body="<div>\nBefore.\nHere.\n</div>"), "Here."), 8, "check 1"),
        (
            f"{FOLDER}/approvals.json",
            conflict_in('{\n"approvals": []\n}\n', '"approvals": []'),
            2,
            "approve 1",
        ),
        (f"{FOLDER}/drafts.json", conflict_in('{\n"drafts": []\n}\n', '"drafts": []'), 2, "status"),
        (f"{FOLDER}/sent.json", conflict_in('{\n"sends": []\n}\n', '"sends": []'), 2, "status"),
    ],
)
def test_a_merge_conflict_is_named_with_its_line(
    workspace: WorkspaceRunner, path: str, text: str, line: int, command: str
) -> None:
    if command == "approve 1":
        workspace.ok("assemble", "1")
        command = "approve 1 --as Ada"
    workspace.write({path: text})
    keep = "the records of both" if path.endswith(".json") else "one of them"
    assert workspace.error(*command.split()).splitlines()[:2] == [
        f"{path}:{line}: a merge has left two versions here.",
        f"    Keep {keep}, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.",
    ]


def test_a_merge_conflict_in_a_lock_is_named_with_its_line(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    lock = workspace.read(f"{FOLDER}/issue.lock")
    version = lock.splitlines()[1]
    workspace.write({f"{FOLDER}/issue.lock": conflict_in(lock, version)})
    assert workspace.error("build").startswith(f"{FOLDER}/issue.lock:2: a merge has left two versions here.")
    (state,) = workspace.json("status")["issues"]
    assert state["state"] == "broken lock"


def test_a_merge_conflict_in_a_list_of_links_is_named_with_its_line(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/links/a.yaml": "- title: A\n" + CONFLICT.format("  url: https://example.org")})
    result = workspace.run("links", "--json")
    assert json.loads(result.stdout) == []
    assert result.stderr.startswith("issues/links/a.yaml:2: warning: a merge has left two versions here.")


@pytest.mark.parametrize("code", ["```\n{}```\n", "<pre>\n{}</pre>\n"])
def test_code_may_show_a_merge_conflict(workspace: WorkspaceRunner, code: str) -> None:
    body = code.format(CONFLICT.format("A line."))
    workspace.write({ARTICLE: article(body=f"As git has it:\n\n{body}")})
    assert "<<<<<<< HEAD" in (workspace.ok("build", "1") and workspace.read(f"build/{FOLDER}/email.txt"))
