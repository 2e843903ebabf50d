"""`pressroom assemble --all`: every open issue is frozen in order, as one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from workspace_kit import WorkspaceRunner, article, issue

NOW = ("--now", "2026-06-01")


def _archive(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            f"issues/articles/week-{number}.md": article(f"Week {number}", date=f"2026-03-0{number}")
            for number in range(1, 6)
        }
    )
    workspace.write(
        {
            f"issues/00{number}-week/issue.md": issue(number, f"Week {number}", f"2026-03-0{number}")
            for number in range(2, 6)
        }
    )


def test_all_at_once_makes_the_locks_that_one_by_one_makes(workspace: WorkspaceRunner) -> None:
    _archive(workspace)
    for number in range(1, 6):
        workspace.ok("assemble", str(number), *NOW)
    one_by_one = workspace.tree("issues")
    for lock in workspace.root.glob("issues/*/issue.lock"):
        lock.unlink()
    frozen = workspace.json("assemble", "--all", *NOW)["issues"]
    assert [each["issue"][:3] for each in frozen] == ["001", "002", "003", "004", "005"]
    assert workspace.tree("issues") == one_by_one
    assert "frozen already" in workspace.run("assemble", "--all", *NOW).stderr


def test_the_texts_of_all_issues_are_parsed_together(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    _archive(workspace)
    parsed: list[int] = []

    def count(work: Callable[[Any], Any], items: Sequence[Any], few: int) -> Iterator[Any]:
        parsed.append(len(items))
        return map(work, items)

    monkeypatch.setattr("pipeline.articles.texts.spread", count)
    frozen = workspace.json("assemble", "--all", *NOW)["issues"]
    assert parsed == [len(frozen) + sum(len(each["editions"]["everyone"]) for each in frozen)]


def test_an_issue_with_a_mistake_ends_it_because_later_ones_would_take_its_articles(
    workspace: WorkspaceRunner,
) -> None:
    _archive(workspace)
    workspace.write({"issues/articles/week-3.md": article("Week 3", date="2026-03-03", body="::: callout")})
    result = workspace.run("assemble", "--all", *NOW)
    assert result.exit_code == 1
    assert "week-3.md:6: this container has no end" in result.stderr
    assert "those after it were not frozen" in result.stderr
    assert sorted(path[:3] for path in workspace.tree("issues") if path.endswith(".lock")) == ["001", "002"]


def test_an_issue_whose_front_matter_is_broken_ends_it_too(workspace: WorkspaceRunner) -> None:
    _archive(workspace)
    workspace.write({"issues/002-week/issue.md": issue(2, "Week 2", "not a date")})
    result = workspace.run("assemble", "--all", *NOW)
    assert result.exit_code == 1
    assert sorted(path[:3] for path in workspace.tree("issues") if path.endswith(".lock")) == ["001"]


def test_drafts_stay_open(workspace: WorkspaceRunner) -> None:
    _archive(workspace)
    workspace.write({"issues/003-week/issue.md": issue(3, "Week 3", "2026-03-03", more="draft: true\n")})
    assert "003" not in workspace.ok("assemble", "--all", *NOW)


def test_all_takes_no_issue_and_one_of_the_two_is_needed(workspace: WorkspaceRunner) -> None:
    assert workspace.run("assemble", "--all", "1").exit_code == 2
    assert workspace.run("assemble").exit_code == 2
