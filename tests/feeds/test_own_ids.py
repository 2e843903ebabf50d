"""Ids of an earlier feed: whoever followed it meets no item a second time."""

from __future__ import annotations

import json

import feedparser
import pytest
from workspace_kit import WorkspaceRunner, article, issue

ISSUE = "issues/001-the-plastic-brain/issue.md"


def ids(workspace: WorkspaceRunner, folder: str = "") -> dict[str, set[str]]:
    site = workspace.root / "build/site"
    workspace.ok("build")
    items = json.loads((site / f"{folder}feed.json").read_text("utf-8"))["items"]
    return {
        "rss": {each.id for each in feedparser.parse(str(site / f"{folder}feed.xml")).entries},
        "atom": {each.id for each in feedparser.parse(str(site / f"{folder}atom.xml")).entries},
        "json": {each["id"] for each in items},
    }


@pytest.mark.parametrize(
    ("own", "in_atom"),
    [
        ("https://old.example/?p=123&x=é", "https://old.example/?p=123&x=é"),
        ("tag:blogger.com,1999:blog-1.post-2", "tag:blogger.com,1999:blog-1.post-2"),
        ("5f8d0d55b54764421b7156c3", "urn:x-guid:5f8d0d55b54764421b7156c3"),
        ("a/<b>&c", "urn:x-guid:a%2F%3Cb%3E%26c"),
    ],
)
@pytest.mark.slow
def test_the_id_of_an_earlier_feed_stays(workspace: WorkspaceRunner, own: str, in_atom: str) -> None:
    workspace.write({
        "issues/articles/glutamate.md": article("The glutamate switch", id=f"'{own}'"),
        ISSUE: issue(more=f"id: '{own}-issue'\n"),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    found = ids(workspace, "articles/")
    assert own in found["rss"] & found["json"] and in_atom in found["atom"]
    assert ids(workspace)["rss"] == {f"{own}-issue"}
    workspace.ok("feed", "--check")
    assert "LOCK003" not in workspace.ok("check")


def test_an_id_that_comes_after_the_freeze_is_a_warning_and_changes_nothing(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write({ISSUE: issue()})
    workspace.ok("assemble", "1")
    before = ids(workspace, "articles/"), ids(workspace)
    workspace.write({
        "issues/articles/glutamate.md": article("The glutamate switch", id="old-1"),
        ISSUE: issue(more="id: old-2\n"),
    })  # fmt: skip
    workspace.ok("assemble", "1", "--refresh")
    assert (ids(workspace, "articles/"), ids(workspace)) == before
    result = workspace.run("check")
    assert result.output.count("LOCK003") == 2
    assert "issues/articles/glutamate.md:5: warning LOCK003" in result.output


def test_two_articles_with_one_id_are_an_error_that_names_both(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/one.md": article("One", id="old-1"),
        "issues/articles/two.md": article("Two", id="old-1"),
    })  # fmt: skip
    error = workspace.error("build")
    assert "issues/articles/two.md:5" in error and "issues/articles/one.md" in error
    assert 'the id "old-1" is taken' in error


def test_an_id_with_spaces_is_an_error(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/one.md": article("One", id="old one")})
    assert "issues/articles/one.md:5: `id` must be" in workspace.error("build")


def test_an_article_of_an_earlier_feed_keeps_its_own_date(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/glutamate.md": article("The glutamate switch", date="2019-05-06", id="old-1"),
        "issues/articles/new.md": article("A new one", date="2019-05-06"),
        "issues/articles/foreign.md": article(
            "One of others", date="2019-05-06", id="theirs-1", canonical_url="https://other.example/one"
        ),
        ISSUE: issue(),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    workspace.ok("build")
    items = json.loads(workspace.read("build/site/articles/feed.json"))["items"]
    assert {each["title"]: each["date_published"][:10] for each in items} == {
        "The glutamate switch": "2019-05-06",
        "A new one": "2026-02-01",
        "One of others": "2026-02-01",
        "A note": "2026-02-01",
    }
