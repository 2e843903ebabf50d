"""A mistake stops the work that uses what it is in; all other work goes on, with a warning."""

from __future__ import annotations

import json

import pytest
from workspace_kit import WorkspaceRunner, article, issue

NEW = "issues/003-new/issue.md"
BROKEN_DRAFT = "---\nnumber: 3\ntitle: New\ndraft: true\n---\nHello.\n"
BROKEN = BROKEN_DRAFT.replace("draft: true\n", "")
ALL = [["build"], ["check"], ["export", "1"], ["status"], ["articles"], ["tags"], ["plan", "1"], ["feed"]]
ALL += [["assemble", "1"], ["assemble", "2"], ["new", "article", "Another"]]


@pytest.fixture
def two(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """A frozen and an open issue."""
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.write(
        {
            "issues/002-two/issue.md": issue(2, "Two", date="2026-03-01"),
            "issues/articles/second.md": article("Second", date="2026-02-20"),
        }
    )
    return workspace


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_the_mistakes_of_a_draft_are_warnings_in_every_command(
    two: WorkspaceRunner, command: list[str]
) -> None:
    two.write(
        {
            NEW: BROKEN_DRAFT,
            "issues/articles/draft.md": article(draft="true", date="soon"),
        }
    )
    result = two.run(*command)
    assert result.exit_code == 0, result.output
    assert f"{NEW}:1: warning: `date` is missing." in result.stderr
    assert "issues/articles/draft.md:3: warning: `date`" in result.stderr


def test_import_goes_on_beside_a_broken_issue(two: WorkspaceRunner) -> None:
    two.write({NEW: BROKEN, "text.md": "# A text\n\nIts words.\n"})
    result = two.run("import", str(two.root / "text.md"))
    assert "`date` is missing" in result.stderr and "warning" in result.stderr
    assert (two.root / "issues/articles/text.md").is_file() or (
        two.root / "issues/articles/a-text.md"
    ).is_file()


@pytest.mark.parametrize("command", ["check", "build"])
def test_work_on_all_issues_does_what_is_sound_names_the_rest_and_fails(
    two: WorkspaceRunner, command: str
) -> None:
    two.write({NEW: BROKEN})
    result = two.run(command)
    assert result.exit_code == 1
    assert f"{NEW}:1: `date` is missing." in result.stderr and "warning: `date`" not in result.stderr
    assert "The plastic brain" in result.stdout and "Two" in result.stdout
    listed = json.loads(two.run(command, "--json").stdout)
    assert [each["number"] for each in listed["editions"]] == [1, 2]
    assert listed["errors"][0]["path"] == NEW


def test_a_build_of_all_writes_the_site_unless_a_page_would_be_lost(two: WorkspaceRunner) -> None:
    # The broken text belongs to an issue that is not frozen, so not to the site.
    two.write({"issues/articles/second.md": article("Second", date="2026-02-20", body="![A](no.png)")})
    result = two.run("build", "--now", "2026-02-02")
    assert result.exit_code == 1 and "issues/articles/second.md:6" in result.stderr
    assert "Site and feeds: build/site/" in result.stdout
    before = two.tree("build/site")
    assert "issues/001-the-plastic-brain/index.html" in before

    # Now it belongs to a frozen one: its page would be lost.
    two.write({"issues/001-the-plastic-brain/issue.md": issue(letter="![A](no.png)")})
    two.write({"issues/articles/second.md": article("Second", date="2026-02-20")})
    result = two.run("build", "--now", "2026-02-02")
    assert result.exit_code == 1
    assert "The site stays as it was: it would lose pages." in result.stderr
    assert two.tree("build/site") == before
    assert (two.root / "build/issues/002-two/email.html").is_file()
    two.write({"issues/001-the-plastic-brain/issue.md": issue().replace("date: 2026-02-01\n", "")})
    assert "`date` is missing" in two.error("feed") and two.tree("build/site") == before


def test_an_article_with_a_mistake_stops_the_issues_that_may_take_it(two: WorkspaceRunner) -> None:
    for broken in (
        article(date="soon"),  # its tags are those of a section
        article(tags="{a: b}"),  # its tags are not known
        "---\ntitle: A: B\n---\n",  # nothing is known
        article(audience="everyon"),
    ):
        two.write({"issues/articles/third.md": broken})
        assert "issues/articles/third.md:" in two.error("plan", "2")
        assert "issues/articles/third.md:" in two.error("assemble", "2")
        assert "third.md" in two.run("build", "1").stderr  # a frozen issue does not use it
        assert two.run("build", "1").exit_code == 0
    two.write({"issues/articles/third.md": article(date="soon", tags="[other]")})
    assert "third.md:3: warning: `date`" in two.run("plan", "2").stderr
    assert two.run("assemble", "2").exit_code == 0


def test_a_frozen_issue_stops_at_a_mistake_in_an_article_that_it_carries(two: WorkspaceRunner) -> None:
    two.write({"issues/articles/glutamate.md": article("The glutamate switch", date="soon")})
    for command in (["build", "1"], ["check", "1"], ["export", "1"], ["assemble", "1", "--refresh"]):
        error = two.error(*command)
        assert "issues/articles/glutamate.md:3: `date`" in error and "edited" not in error


def test_what_a_broken_issue_has_carried_does_not_come_again(two: WorkspaceRunner) -> None:
    two.write({"issues/001-the-plastic-brain/issue.md": issue().replace("date: 2026-02-01\n", "")})
    planned = {each["slug"]: each for each in two.json("plan", "2")["articles"]}
    assert not planned["glutamate"]["taken"]
    two.write({"issues/001-the-plastic-brain/issue.lock": "{"})
    assert "the lock is broken" in two.error("plan", "2")


def test_a_broken_issue_is_named_by_status_and_told_by_its_name(two: WorkspaceRunner) -> None:
    two.write({NEW: BROKEN})
    broken = two.json("status")["issues"][-1]
    assert (broken["number"], broken["state"], broken["date"]) == (3, "mistakes", None)
    assert broken["next"].startswith("pressroom check 003-new")
    for name in ("3", "new", "003-new", "latest"):
        assert f"{NEW}:1: `date` is missing." in two.error("check", name)


def test_a_frozen_issue_keeps_its_number_when_another_takes_it_too(two: WorkspaceRunner) -> None:
    two.ok("assemble", "1")
    two.write({"issues/001-a-copy/issue.md": issue()})
    result = two.run("build", "1")
    assert (result.exit_code, "build/issues/001-the-plastic-brain" in result.stdout) == (0, True)
    said = "issues/001-a-copy/issue.md:2: the number 1 is taken by issues/001-the-plastic-brain/issue.md."
    assert said in two.error("build", "001-a-copy")


def test_a_draft_with_the_number_of_an_older_issue_does_not_stop_it(two: WorkspaceRunner) -> None:
    two.write({"issues/001-again/issue.md": issue(more="draft: true\n")})
    result = two.run("build", "1")
    assert result.exit_code == 0
    assert "issues/001-again/issue.md:2: warning: the number 1 is taken by" in result.stderr
