"""issue.lock: what is written down stays as it is, in every version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.assemble.lock import rules_digest
from pipeline.workspace import open_workspace

FOLDER = "issues/001-the-plastic-brain"
LOCK = f"{FOLDER}/issue.lock"

VERSION_1 = """\
{
  "version": 1,
  "id": "tag:synapse.example,2026-02-01:issue/0123456789abcdef0123",
  "published": "2026-02-01T00:00:00+00:00",
  "updated": "2026-02-01T00:00:00+00:00",
  "rules": "RULES",
  "editions": [
    {
      "audience": "everyone",
      "sections": [
        {
          "title": "Research",
          "articles": [
            {
              "slug": "glutamate",
              "layout": "full"
            }
          ]
        }
      ]
    }
  ],
  "articles": {
    "glutamate": {
      "digest": "DIGEST",
      "id": "tag:synapse.example,2026-01-08:article/0123456789abcdef4567",
      "published": "2026-01-08T00:00:00+00:00",
      "updated": "2026-01-08T00:00:00+00:00"
    }
  }
}
"""


def version_1(workspace: WorkspaceRunner) -> str:
    """Write a lock of version 1 for the workspace's issue, and return its text."""
    opened = open_workspace(workspace.root)
    digest = opened.assembler.digests(["glutamate"])["glutamate"]
    text = VERSION_1.replace("DIGEST", digest).replace("RULES", rules_digest(opened.issues[0]))
    workspace.write({LOCK: text})
    return text


def lock(workspace: WorkspaceRunner) -> Any:
    return json.loads(workspace.read(LOCK))


def test_a_lock_of_version_1_is_read_and_no_command_but_assemble_rewrites_it(
    workspace: WorkspaceRunner,
) -> None:
    text = version_1(workspace)
    for command in (["build"], ["check"], ["export", "1"], ["plan", "1"], ["status"], ["feed"]):
        result = workspace.run(*command, *(["--now", "2026-02-02"] if command == ["build"] else []))
        assert "LOCK" not in result.stderr and "broken" not in result.output
        assert workspace.read(LOCK) == text
    assert "article/0123456789abcdef4567" in workspace.read("build/site/articles/feed.json")


@pytest.mark.parametrize("option", [(), ("--refresh",), ("--update",)])
def test_assemble_takes_a_lock_of_version_1_over_with_its_ids_and_dates(
    workspace: WorkspaceRunner, option: tuple[str, ...]
) -> None:
    before = json.loads(version_1(workspace))
    workspace.ok("assemble", "1", *option, "--now", "2026-03-01")
    after = lock(workspace)
    assert after["version"] == 2
    assert after["editions"][0]["addresses"] == ["issues/001-the-plastic-brain/"]
    assert [after[key] for key in ("id", "published")] == [before[key] for key in ("id", "published")]
    assert after["articles"]["glutamate"] == before["articles"]["glutamate"]
    if option != ("--update",):  # which finds one more article
        assert after["updated"] == before["updated"]


def test_the_digest_of_the_rules_is_that_of_every_earlier_pressroom(workspace: WorkspaceRunner) -> None:
    # If this fails, each frozen issue of every workspace is said to have other sections than it had.
    (first,) = open_workspace(workspace.root).issues
    assert rules_digest(first) == "sha256:e34cbf93636c73d4c8561c9ed1b1346012f1a1d56858e4e5346aeefa42ab6e99"


def test_an_article_is_dated_by_the_first_issue_that_carries_it(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    first = lock(workspace)["articles"]["glutamate"]
    assert first["published"] == "2026-02-01T00:00:00+00:00"  # it waited in the pool since 8 January
    workspace.write(
        {
            "issues/002-two/issue.md": issue(
                2, date="2026-03-01", more="sections:\n  - {title: A, pin: [glutamate]}\n"
            )
        }
    )
    workspace.ok("assemble", "2", "--now", "2026-03-01")
    assert json.loads(workspace.read("issues/002-two/issue.lock"))["articles"]["glutamate"] == first


def test_a_corrected_letter_is_taken_in_by_a_refresh_and_dates_the_revision(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    before = lock(workspace)
    workspace.write({f"{FOLDER}/issue.md": issue(letter="Hello, corrected.")})
    workspace.ok("assemble", "1", "--now", "2026-02-02")
    assert lock(workspace) == before
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-03T09:00:00+00:00")
    after = lock(workspace)
    assert after["updated"] == "2026-02-03T09:00:00+00:00" and after["published"] == before["published"]
    assert after["articles"] == before["articles"]


def test_a_copied_issue_folder_names_both_locks(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.write(
        {
            "issues/002-copy/issue.md": issue(2, "The copy"),
            "issues/002-copy/issue.lock": workspace.read(LOCK),
        }
    )
    for command in (["build"], ["check", "1"], ["export", "2"], ["assemble", "2"]):
        result = workspace.run(*command)
        assert result.exit_code == 1
        assert "two locks have the same id: this one and issues/" in result.stderr
        assert "Delete issues/002-copy/issue.lock" in result.stderr
    assert "two locks have the same id" in workspace.error("assemble", "2", "--update")
    assert {each["next"] for each in workspace.json("status")["issues"]} == {
        "pressroom check 1  (says what)",
        "pressroom check 2  (says what)",
    }
    # What comes later must know what both carried.
    workspace.write({"issues/003-three/issue.md": issue(3, "Three", date="2026-03-01")})
    assert "two locks have the same id" in workspace.error("assemble", "3")


def test_each_copied_lock_is_to_be_deleted_and_never_that_of_the_first_issue(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    copied = workspace.read(LOCK)
    # Renamed after the freeze, so that no lock has the address of its own folder.
    (workspace.root / FOLDER).rename(workspace.root / "issues/001-renamed")
    for number in (2, 3):
        folder = f"issues/00{number}-copy"
        workspace.write({f"{folder}/issue.md": issue(number, "A copy"), f"{folder}/issue.lock": copied})
    said = workspace.error("build")
    for place, other, number in (
        ("001-renamed", "002-copy", 2), ("002-copy", "001-renamed", 2), ("003-copy", "001-renamed", 3)
    ):  # fmt: skip
        assert (
            f"issues/{place}/issue.lock: two locks have the same id: this one and issues/{other}/issue.lock.\n"
            f"    Delete issues/00{number}-copy/issue.lock, then: pressroom assemble {number}\n"
        ) in said
    for number in (2, 3):
        (workspace.root / f"issues/00{number}-copy/issue.lock").unlink()
    workspace.ok("assemble", "--all", "--now", "2026-02-02")
    workspace.ok("build")


def test_an_address_in_a_lock_never_leads_out_of_the_site(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    for path in ("../../x/", "/etc/", "issues/001-x/../../", "articles/x/", "issues/001-x"):
        data = lock(workspace)
        data["editions"][0]["addresses"] = [path]
        workspace.write({LOCK: json.dumps(data)})
        assert "the lock is broken" in workspace.error("build")
        workspace.ok("assemble", "1", "--update")


def test_the_date_of_an_article_that_nobody_has_seen_follows_its_issue(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-01-20")
    workspace.write({f"{FOLDER}/issue.md": issue(date="2026-01-25")})
    workspace.ok("assemble", "1", "--update", "--now", "2026-01-21")
    assert lock(workspace)["articles"]["glutamate"]["published"] == "2026-01-25T00:00:00+00:00"
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", date="2026-01-08")})


def test_no_date_of_revision_is_after_the_freeze(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", updated="2099-01-01")})
    workspace.ok("assemble", "1", "--now", "2026-02-02")
    assert lock(workspace)["articles"]["glutamate"]["updated"] == "2026-02-01T00:00:00+00:00"
    workspace.write({"issues/articles/glutamate.md": article("The glutamate switch", updated="2026-02-03")})
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-05")
    assert lock(workspace)["articles"]["glutamate"]["updated"] == "2026-02-03T00:00:00+00:00"
