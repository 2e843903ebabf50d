"""A renamed article or issue: its old address leads on, and feed readers know it still."""

from __future__ import annotations

import json

from workspace_kit import WorkspaceRunner, article, issue

OLD, NEW = "issues/articles/glutamate.md", "issues/articles/the-switch.md"


def renamed(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """A published article under another name, with the old one as alias."""
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    (workspace.root / OLD).unlink()
    workspace.write({NEW: article("The glutamate switch", aliases="[glutamate]")})
    return workspace


def test_the_old_address_leads_to_the_new_one(workspace: WorkspaceRunner) -> None:
    renamed(workspace).ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    workspace.ok("build", "--now", "2026-02-04")
    page = workspace.read("build/site/articles/glutamate/index.html")
    assert '<meta http-equiv="refresh" content="0; url=../the-switch/">' in page
    assert '<link rel="canonical" href="https://synapse.example/news/articles/the-switch/">' in page
    assert (
        workspace.read("build/site/_redirects")
        == "/news/articles/glutamate/ /news/articles/the-switch/ 301\n"
    )
    assert "/glutamate/" not in workspace.read("build/site/sitemap.xml")


def test_a_renamed_article_keeps_its_id_in_lock_and_feeds(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    before = json.loads(workspace.read("issues/001-the-plastic-brain/issue.lock"))["articles"]["glutamate"][
        "id"
    ]
    renamed(workspace)
    assert "edited after the issue was frozen" in workspace.error("build")
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    lock = json.loads(workspace.read("issues/001-the-plastic-brain/issue.lock"))
    assert lock["articles"]["the-switch"]["id"] == before
    assert "glutamate" not in lock["articles"]
    workspace.ok("build", "--now", "2026-02-04")
    assert before in workspace.read("build/site/articles/feed.json")


def test_a_later_issue_does_not_take_a_renamed_article_again(workspace: WorkspaceRunner) -> None:
    renamed(workspace).ok("assemble", "1", "--refresh")
    workspace.write({"issues/002-next/issue.md": issue(2, "Next", date="2026-03-01")})
    found = {each["slug"]: each for each in workspace.json("plan", "2", "--all")["articles"]}
    assert not found["the-switch"]["taken"]


def test_a_renamed_issue_leads_on_too(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    (workspace.root / "issues/001-the-plastic-brain").rename(workspace.root / "issues/001-a-new-title")
    workspace.write(
        {
            "issues/001-a-new-title/issue.md": issue(
                title="A new title", more="aliases: [001-the-plastic-brain]\n"
            )
        }
    )
    workspace.ok("build", "--now", "2026-02-04")
    page = workspace.read("build/site/issues/001-the-plastic-brain/index.html")
    assert "url=../001-a-new-title/" in page


def test_an_alias_that_is_taken_names_file_and_line(workspace: WorkspaceRunner) -> None:
    workspace.write({OLD: article(aliases="[a-note]")})
    assert f'{OLD}:5: the alias "a-note" is taken by issues/articles/a-note.md.' in workspace.error("build")
    workspace.write({OLD: article(aliases="['../x']")})
    assert f'{OLD}:5: "../x" was never a slug.' in workspace.error("build")


def test_a_site_without_aliases_has_no_redirects(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build", "--now", "2026-02-02")
    assert not (workspace.root / "build/site/_redirects").exists()
