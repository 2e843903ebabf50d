"""A snippet is part of the articles and letters that hold it."""

from __future__ import annotations

import json

import pytest
from workspace_kit import WorkspaceRunner, article, issue, png

SNIPPET = "issues/snippets/offer.md"
HOLDS = "Words.\n\n::: snippet offer\n:::\n"
LOCK = "issues/001-the-plastic-brain/issue.lock"


@pytest.fixture
def frozen(workspace: WorkspaceRunner) -> WorkspaceRunner:
    workspace.write({
        SNIPPET: "Ten percent off, ![a coin](coin.png) today.\n",
        "issues/snippets/coin.png": png(),
        "issues/articles/glutamate.md": article(body=HOLDS),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    return workspace


def test_a_changed_snippet_is_a_change_of_the_frozen_articles_that_hold_it(frozen: WorkspaceRunner) -> None:
    frozen.ok("build", "1")
    assert "Ten percent off" in frozen.read("build/issues/001-the-plastic-brain/email.html")
    frozen.write({SNIPPET: "Half the price.\n"})
    assert 'the article "glutamate" was edited after the issue was frozen' in frozen.error("build", "1")
    frozen.ok("assemble", "1", "--refresh")
    frozen.ok("build", "1")
    assert "Half the price." in frozen.read("build/issues/001-the-plastic-brain/email.html")


@pytest.mark.parametrize("command", [["build"], ["build", "1"], ["check"], ["export", "1"]])
def test_each_article_that_holds_a_changed_snippet_is_named(
    workspace: WorkspaceRunner, command: list[str]
) -> None:
    names = ("lamp", "river")
    workspace.write({SNIPPET: "Ten percent off.\n"})
    workspace.write({f"issues/articles/{each}.md": article(each, body=HOLDS) for each in names})
    workspace.write({"issues/002-a-letter/issue.md": issue(2, "A letter", more="sections: []\n")})
    workspace.ok("assemble", "1")
    workspace.write({SNIPPET: "Half the price.\n"})
    result = workspace.run(*command)
    for name in names:
        message = f'the article "{name}" was edited after the issue was frozen'
        assert result.exit_code == 1 and result.stderr.count(message) == 1
    assert "error: " not in result.stderr


def test_a_mistake_in_an_article_of_two_issues_is_named_once(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/articles/lamp.md": article("The lamp", body="![A](no.png) ![B](none.png)"),
        "issues/002-the-second/issue.md": issue(2, "The second"),
        "issues/003-a-letter/issue.md": issue(3, "A letter", more="sections: []\n"),
    })  # fmt: skip
    for command in ("build", "check"):
        error = workspace.run(command).stderr
        assert error.count('"no.png" does not exist') == error.count('"none.png" does not exist') == 1


def test_a_changed_picture_of_a_snippet_counts_too(frozen: WorkspaceRunner) -> None:
    frozen.write({"issues/snippets/coin.png": png(40, 20)})
    assert "was edited after the issue was frozen" in frozen.error("build", "1")


def test_a_changed_snippet_is_a_change_of_the_letter_that_holds_it(frozen: WorkspaceRunner) -> None:
    frozen.write({"issues/001-the-plastic-brain/issue.md": issue(letter=HOLDS)})
    frozen.ok("assemble", "1", "--refresh")
    before = json.loads(frozen.read(LOCK))["letter"]
    frozen.write({SNIPPET: "Half the price.\n"})
    frozen.ok("assemble", "1", "--refresh")
    assert json.loads(frozen.read(LOCK))["letter"] != before


def test_a_missing_snippet_is_an_error_with_the_nearest_name(frozen: WorkspaceRunner) -> None:
    frozen.write({"issues/articles/glutamate.md": article(body=HOLDS.replace("offer", "ofer"))})
    told = frozen.error("assemble", "1", "--refresh")
    assert 'glutamate.md:8: there is no snippet "ofer".' in told and 'Did you mean "offer"?' in told
