"""A renamed article or issue: its old address leads on, and feed readers know it still."""

from __future__ import annotations

import json

import pytest
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.support.urls import old_address_mistake

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


def test_a_frozen_issue_that_is_renumbered_leads_on_without_an_alias(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    issues = workspace.root / "issues"
    (issues / "001-the-plastic-brain").rename(issues / "002-a-new-title")
    workspace.write({"issues/002-a-new-title/issue.md": issue(2, "A new title")})
    workspace.ok("build", "--now", "2026-02-04")
    assert "url=../002-a-new-title/" in workspace.read("build/site/issues/001-the-plastic-brain/index.html")

    # Its new address is written down too, so that the next renaming loses neither.
    workspace.ok("assemble", "2")
    (issues / "002-a-new-title").rename(issues / "003-a-third-title")
    workspace.write({"issues/003-a-third-title/issue.md": issue(3, "A third title")})
    workspace.ok("build", "--now", "2026-02-04")
    for old in ("001-the-plastic-brain", "002-a-new-title"):
        assert "url=../003-a-third-title/" in workspace.read(f"build/site/issues/{old}/index.html")


def test_an_address_that_another_issue_has_taken_stays_its_own_and_is_pointed_out(
    workspace: WorkspaceRunner,
) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    issues = workspace.root / "issues"
    (issues / "001-the-plastic-brain").rename(issues / "002-another")
    workspace.write(
        {
            "issues/002-another/issue.md": issue(2, "Another"),
            "issues/001-the-plastic-brain/issue.md": issue(date="2026-01-20"),
            "issues/articles/third.md": article("Third", date="2026-01-06"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    built = workspace.run("build", "--now", "2026-02-04")
    assert "issues/002-another/issue.md:2: warning LOCK002: readers were given the address" in built.stderr
    assert "Third" in workspace.read("build/site/issues/001-the-plastic-brain/index.html")


def test_an_article_renamed_without_an_alias_is_recognised_by_its_content(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    (workspace.root / OLD).rename(workspace.root / NEW)
    message = workspace.error("build")
    assert f'{NEW}: the issue carries "glutamate", which is "the-switch" now.' in message
    assert "Write `aliases: [glutamate]` in its front matter" in message


def test_an_alias_that_is_taken_names_file_and_line(workspace: WorkspaceRunner) -> None:
    workspace.write({OLD: article(aliases="[a-note]")})
    assert f'{OLD}:5: the alias "a-note" is taken by issues/articles/a-note.md.' in workspace.error("build")
    workspace.write({OLD: article(aliases="['../x']")})
    assert f'{OLD}:5: "../x" was never a slug.' in workspace.error("build")


ONE = "issues/001-the-plastic-brain/issue.md"


@pytest.mark.parametrize(
    ("of_article", "of_issue", "message"),
    [
        ("/2019/x/", "/2019/x/", f'{ONE}:5: the alias "/2019/x/" is taken by {OLD}.'),
        (
            "/x.html",
            "/x.html/deep/",
            f'{ONE}:5: the alias "/x.html/deep/" is below the page "/x.html" of {OLD}.',
        ),
        ("/x.html/deep/", "/x.html", f'{ONE}:5: the alias "/x.html" is a page, and {OLD} has one below it.'),
        (
            "/x.html, /x.html/deep/",
            "/y/",
            f'{OLD}:5: the alias "/x.html" is a page, and {OLD} has one below it.',
        ),
        (
            "/y/",
            "/x.html, /x.html/deep/",
            f'{ONE}:5: the alias "/x.html" is a page, and {ONE} has one below it.',
        ),
    ],
)
def test_two_old_addresses_that_cannot_both_be_on_the_site_are_a_mistake(
    workspace: WorkspaceRunner, of_article: str, of_issue: str, message: str
) -> None:
    workspace.write({OLD: article(aliases=f"[{of_article}]"), ONE: issue(more=f"aliases: [{of_issue}]\n")})
    assert message in workspace.error("build")


def test_a_site_without_aliases_has_no_redirects(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build", "--now", "2026-02-02")
    assert not (workspace.root / "build/site/_redirects").exists()


def test_addresses_of_another_system_lead_to_the_article_and_the_issue(workspace: WorkspaceRunner) -> None:
    aliases = "[/2019/05/glutamate/, /letters/glutamate.html, /über uns/]"
    workspace.write({
        OLD: article("Glutamate", aliases=aliases),
        "issues/001-the-plastic-brain/issue.md": issue(more="aliases: [/p/one/]\n"),
    })  # fmt: skip
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    pages = {
        "2019/05/glutamate/index.html": "../../../articles/glutamate/",
        "letters/glutamate.html": "../articles/glutamate/",
        "über uns/index.html": "../articles/glutamate/",
        "p/one/index.html": "../../issues/001-the-plastic-brain/",
    }
    for page, target in pages.items():
        assert f'content="0; url={target}"' in workspace.read(f"build/site/{page}")
    assert workspace.read("build/site/_redirects").splitlines() == [
        "/news/2019/05/glutamate/ /news/articles/glutamate/ 301",
        "/news/letters/glutamate.html /news/articles/glutamate/ 301",
        "/news/%C3%BCber%20uns/ /news/articles/glutamate/ 301",
        "/news/p/one/ /news/issues/001-the-plastic-brain/ 301",
    ]


def test_no_alias_takes_the_place_of_what_the_site_has_at_its_root(workspace: WorkspaceRunner) -> None:
    workspace.write({OLD: article(aliases="[/2019/05/glutamate/]")})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    own = {each.name for each in (workspace.root / "build/site").iterdir()} - {"2019"}
    assert {"_redirects", "feed.xml", "style.css", "articles"} <= own
    assert [name for name in (*own, "feed-1.xml") if not old_address_mistake(f"/{name}/")] == []


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        ("/articles/old/", 'the alias "/articles/old/" is where this site has pages of its own.'),
        ("/index.html", "is where this site has pages of its own."),
        ("/2019/05/old", 'is not a whole address. Write "/2019/05/old/".'),
        ("/caf%C3%A9/", 'is not a whole address. Write "/café/".'),
        ("/2019/../../old/", "is no address of a page: a part of it is not a name."),
        ("/", "is no address of a page"),
        ("//old.example/x/", "is not a whole address."),
    ],
)
def test_an_address_that_no_page_can_have_is_an_error(
    workspace: WorkspaceRunner, alias: str, says: str
) -> None:
    for path, text in {
        OLD: article(aliases=f"['{alias}']"),
        "issues/001-the-plastic-brain/issue.md": issue(more=f"aliases: ['{alias}']\n"),
    }.items():
        workspace.write({path: text})
        error = " ".join(workspace.error("build").split())
        assert f"{path}:" in error and says in error
