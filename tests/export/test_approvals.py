"""Approval as a commit: who may let an issue out, and of what exactly it is the approval."""

from __future__ import annotations

import json
import subprocess

import pytest
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

FOLDER = "issues/001-the-plastic-brain"
ADA, BO = "Ada Example <ada@example.org>", "Bo <bo@example.org>"


@pytest.fixture
def frozen(workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch) -> WorkspaceRunner:
    """A frozen issue that needs one approval, and no git that knows a name."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("MAILCHIMP_API_KEY", "0123456789abcdef0123456789abcdef-us1")
    settings(workspace, "required = 1")
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    return workspace


def settings(workspace: WorkspaceRunner, approval: str) -> None:
    target = '[targets.mailchimp]\nlist = "abc"\n'
    workspace.write({"newsletter.toml": f"{SETTINGS}\n[approval]\n{approval}\n\n{target}"})


def approve(workspace: WorkspaceRunner, name: str = ADA) -> str:
    return workspace.ok("approve", "1", "--as", name, "--now", "2026-02-02T09:00").strip()


def push(workspace: WorkspaceRunner) -> str:
    """Push without a yes: what is said shows whether the approval was missing."""
    return workspace.run("export", "1", "--to", "mailchimp", "--push").output


def test_a_push_waits_for_its_approval(frozen: WorkspaceRunner) -> None:
    before = frozen.tree()
    assert "the issue needs 1 approval and has 0." in push(frozen)
    assert frozen.tree() == before
    assert approve(frozen) == f"{FOLDER}/approvals.json"
    assert "as a draft? Nothing is sent to readers." in push(frozen)
    written = json.loads(frozen.read(f"{FOLDER}/approvals.json"))
    assert written["approvals"][0]["by"] == ADA and written["approvals"][0]["at"].startswith("2026-02-02")


@pytest.mark.parametrize(
    "change",
    [
        {f"{FOLDER}/issue.md": issue(letter="Hello, all.")},
        {"newsletter.toml": None},
        {"templates/email/parts/extra.mjml.j2": None},
    ],
    ids=["the letter", "the sender", "the lock"],
)
@pytest.mark.slow
def test_whatever_changes_email_or_lock_voids_it(
    frozen: WorkspaceRunner, change: dict[str, str | None]
) -> None:
    approve(frozen)
    (path,) = change
    if change[path] is not None:
        frozen.write({path: str(change[path])})
    elif path == "newsletter.toml":
        frozen.write({path: frozen.read(path).replace("1 Example Row", "2 Example Row")})
    else:
        frozen.write({"issues/articles/late.md": article("Late", date="2026-01-30")})
        frozen.ok("assemble", "1", "--update", "--now", "2026-02-03")
    output = push(frozen)
    assert "the issue needs 1 approval and has 0." in output
    assert f"{ADA} approved on 2026-02-02 what was changed since." in output
    approve(frozen)
    assert "as a draft?" in push(frozen)
    assert len(json.loads(frozen.read(f"{FOLDER}/approvals.json"))["approvals"]) == 1


def test_names_say_who_has_to_approve(frozen: WorkspaceRunner) -> None:
    settings(frozen, 'required = ["ada@example.org", "Bo"]')
    frozen.ok("build", "1")
    assert frozen.json("status")["issues"][0]["next"] == "pressroom approve 1"
    report = frozen.run("approve", "1", "--as", "Cy <cy@example.org>")
    assert "Not enough yet: the issue needs the approval of ada@example.org and Bo." in report.stderr
    assert "the issue needs the approval of ada@example.org and Bo." in push(frozen)
    approve(frozen, ADA)
    assert "the issue needs the approval of Bo." in push(frozen)
    approve(frozen, BO)
    assert "as a draft?" in push(frozen)
    settings(frozen, 'required = ["Di", "Eve", "Flo"]')
    assert "the issue needs the approval of Di, Eve and Flo." in push(frozen)


def test_two_approvals_are_of_two_people(frozen: WorkspaceRunner) -> None:
    settings(frozen, "required = 2")
    approve(frozen)
    approve(frozen)
    for same in ("ada@example.org", "A. Example <Ada@Example.org>", "Example, Ada <ada@example.org>"):
        approve(frozen, same)
    assert "the issue needs 2 approvals and has 1." in push(frozen)
    approve(frozen, BO)
    assert "as a draft?" in push(frozen)


def test_git_says_who_approves(frozen: WorkspaceRunner) -> None:
    assert "git knows no name for you" in frozen.error("approve", "1")
    for arguments in (
        ["init", "-q"],
        ["config", "user.name", "Ada Example"],
        ["config", "user.email", "a@b.example"],
    ):
        subprocess.run(["git", *arguments], cwd=frozen.root, check=True)
    assert frozen.json("approve", "1")["approval"]["by"] == "Ada Example <a@b.example>"


def test_a_time_that_clocks_skip_is_the_one_that_they_show(frozen: WorkspaceRunner) -> None:
    approval = frozen.json("approve", "1", "--as", ADA, "--now", "2026-03-29T01:30")["approval"]
    assert approval["at"] == "2026-03-29T02:30:00+01:00"


def test_only_a_frozen_issue_can_be_approved(frozen: WorkspaceRunner) -> None:
    (frozen.root / FOLDER / "issue.lock").unlink()
    assert "only a frozen issue can be approved" in frozen.error("approve", "1", "--as", ADA)


def test_a_broken_list_of_approvals_is_one_clear_error(frozen: WorkspaceRunner) -> None:
    frozen.write({f"{FOLDER}/approvals.json": "{\n[\n"})
    assert "approvals.json:2: is not a list of approvals that can be read." in frozen.error(
        "approve", "1", "--as", ADA
    )


def test_without_the_setting_nothing_waits(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    assert "approval" not in workspace.run("export", "1", "--to", "mailchimp", "--push").output


def test_an_unknown_requirement_is_an_error(workspace: WorkspaceRunner) -> None:
    settings(workspace, "requird = 1")
    assert 'Did you mean "required"?' in workspace.error("status")
