"""A renamed article or issue: its old address leads on, and feed readers know it still."""

from __future__ import annotations

import json

from workspace_kit import Desk, article, issue

OLD, NEW = "issues/articles/glutamate.md", "issues/articles/the-switch.md"


def renamed(desk: Desk) -> Desk:
    """A published article under another name, with the old one as alias."""
    desk.ok("assemble", "1", "--now", "2026-02-01")
    desk.ok("build", "--now", "2026-02-02")
    (desk.root / OLD).unlink()
    desk.write({NEW: article("The glutamate switch", aliases="[glutamate]")})
    return desk


def test_the_old_address_leads_to_the_new_one(desk: Desk) -> None:
    renamed(desk).ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    desk.ok("build", "--now", "2026-02-04")
    page = desk.read("build/site/articles/glutamate/index.html")
    assert '<meta http-equiv="refresh" content="0; url=../the-switch/">' in page
    assert '<link rel="canonical" href="https://synapse.example/news/articles/the-switch/">' in page
    assert desk.read("build/site/_redirects") == "/news/articles/glutamate/ /news/articles/the-switch/ 301\n"
    assert "/glutamate/" not in desk.read("build/site/sitemap.xml")


def test_a_renamed_article_keeps_its_id_in_lock_and_feeds(desk: Desk) -> None:
    desk.ok("assemble", "1", "--now", "2026-02-01")
    before = json.loads(desk.read("issues/001-the-plastic-brain/issue.lock"))["articles"]["glutamate"]["id"]
    renamed(desk)
    assert "edited after the issue was frozen" in desk.error("build")
    desk.ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    lock = json.loads(desk.read("issues/001-the-plastic-brain/issue.lock"))
    assert lock["articles"]["the-switch"]["id"] == before
    assert "glutamate" not in lock["articles"]
    desk.ok("build", "--now", "2026-02-04")
    assert before in desk.read("build/site/articles/feed.json")


def test_a_later_issue_does_not_take_a_renamed_article_again(desk: Desk) -> None:
    renamed(desk).ok("assemble", "1", "--refresh")
    desk.write({"issues/002-next/issue.md": issue(2, "Next", date="2026-03-01")})
    found = {each["slug"]: each for each in desk.json("plan", "2", "--all")["articles"]}
    assert not found["the-switch"]["taken"]


def test_a_renamed_issue_leads_on_too(desk: Desk) -> None:
    desk.ok("assemble", "1", "--now", "2026-02-01")
    (desk.root / "issues/001-the-plastic-brain").rename(desk.root / "issues/001-a-new-title")
    desk.write(
        {
            "issues/001-a-new-title/issue.md": issue(
                title="A new title", more="aliases: [001-the-plastic-brain]\n"
            )
        }
    )
    desk.ok("build", "--now", "2026-02-04")
    page = desk.read("build/site/issues/001-the-plastic-brain/index.html")
    assert "url=../001-a-new-title/" in page


def test_an_alias_that_is_taken_names_file_and_line(desk: Desk) -> None:
    desk.write({OLD: article(aliases="[a-note]")})
    assert f'{OLD}:5: the alias "a-note" is taken by issues/articles/a-note.md.' in desk.error("build")
    desk.write({OLD: article(aliases="['../x']")})
    assert f'{OLD}:5: "../x" was never a slug.' in desk.error("build")


def test_a_site_without_aliases_has_no_redirects(desk: Desk) -> None:
    desk.ok("assemble", "1")
    desk.ok("build", "--now", "2026-02-02")
    assert not (desk.root / "build/site/_redirects").exists()
