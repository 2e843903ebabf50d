"""An issue of words alone: every command and target takes it, in each theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace_kit import SETTINGS, WorkspaceRunner, article

from pipeline.config.themes import theme_names
from pipeline.model import FORMATS, TARGETS
from pipeline.preview import panels
from pipeline.preview.snapshot import Snapshot

LETTER = """\
---
title: The cold kitchen
date: 2026-02-01
---
Hello {{ first_name | there }},

The kettle is the only thing in this house that speaks before six. I have come to think of it as a
colleague, who says [little](https://example.org/little), and is always right.

## A rule I broke

Every writer whom I know has a rule about mornings, and I broke mine in the first week of January.

Until next week,\\
Mara
"""
ISSUE = "issues/001-the-cold-kitchen/issue.md"
ONLY_SETTINGS = SETTINGS.partition("[[audiences]]")[0]


@pytest.fixture
def letter(tmp_path: Path) -> WorkspaceRunner:
    """A publication without sections, whose one file is a letter."""
    workspace = WorkspaceRunner(tmp_path / "letters")
    workspace.write({"newsletter.toml": ONLY_SETTINGS, ISSUE: LETTER})
    return workspace


@pytest.mark.parametrize("theme", theme_names(None))
def test_words_alone_go_through_every_command_and_target(letter: WorkspaceRunner, theme: str) -> None:
    letter.write({"newsletter.toml": f'{ONLY_SETTINGS}\n[theme]\nname = "{theme}"\n'})
    for command in (
        *(("plan", "1"), ("check", "1"), ("build", "1"), ("assemble", "1"), ("assemble", "1", "--update")),
        *(("check",), ("build",), ("feed",), ("feed", "--check"), ("status",), ("articles",), ("tags",)),
        *(("export", "1", "--to", target) for target in (*FORMATS, *TARGETS)),
        ("test", "1", "--to", "me@example.org"),
    ):
        result = letter.run(*command)
        assert result.exit_code == 0, (command, result.output)
        assert ": warning " not in result.output, (command, result.output)
    snapshot = Snapshot(letter.root)
    issue = snapshot.issue("latest")
    assert panels.plan(snapshot, issue, "everyone") == {"frozen": True, "sections": [], "out": []}
    assert [each["what"] for each in panels.size(snapshot, issue, "everyone")["parts"]][:2] == [
        "theme",
        "letter",
    ]
    for panel in (panels.findings, panels.links, panels.changes):
        assert panel(snapshot, issue, "everyone")
    assert snapshot.page(issue, "everyone") and panels.feeds(snapshot, issue)


@pytest.mark.parametrize(
    ("settings", "more", "line"),
    [
        ('[[sections]]\ntitle = "Essays"\ntags = ["essays"]\n', "", 1),
        ("", "sections: [{title: Essays, tags: [essays]}]\n", 4),
    ],
    ids=["newsletter.toml", "issue.md"],
)
def test_sections_that_take_nothing_are_a_warning_and_the_letter_goes_on(
    letter: WorkspaceRunner, settings: str, more: str, line: int
) -> None:
    letter.write({"issues/articles/later.md": article(date="2026-03-01", tags="[essays]")})
    letter.write(
        {
            "newsletter.toml": ONLY_SETTINGS + settings,
            ISSUE: LETTER.replace("---\nHello", f"{more}---\nHello"),
        }
    )
    warning = f'{ISSUE}:{line}: warning TAG002: its sections take no article for "everyone".'
    for command in (("plan", "1"), ("build",), ("check",), ("assemble", "1"), ("build",), ("export", "1")):
        result = letter.run(*command)
        assert result.exit_code == 0 and warning in result.output, result.output
    letter.write({ISSUE: LETTER.replace("---\nHello", "sections: []\n---\nHello")})
    letter.ok("assemble", "1", "--update")
    assert "TAG002" not in letter.run("check").output


def test_sections_without_an_article_do_not_speak_of_those_beside_them(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/a-note.md": article("A note", date="2026-03-05", tags="[notes]")})
    assert "TAG002" not in workspace.run("check").output


@pytest.mark.parametrize(
    "words", ["", "<!-- later -->", "::: only audience=clinicians\nFor you.\n:::", "::: web-only\nHere.\n:::"]
)
@pytest.mark.parametrize("more", ["", "sections: []\n"])
def test_an_issue_without_articles_and_words_stays_an_error(
    workspace: WorkspaceRunner, words: str, more: str
) -> None:
    workspace.write({ISSUE.replace("001", "002"): f"---\ntitle: A\ndate: 2025-01-01\n{more}---\n{words}\n"})
    for command in ("build", "check", "assemble"):
        assert "the issue selects no article, and its letter has no words." in workspace.error(command, "2")
    assert not (workspace.root / "issues/002-the-cold-kitchen/issue.lock").exists()


def test_the_plan_of_a_letter_pins_no_article_into_it(letter: WorkspaceRunner) -> None:
    letter.write({"issues/articles/a.md": article("A")})
    assert "Edition for everyone: 0 articles" in letter.ok("plan", "1")


def test_a_site_of_letters_has_no_way_to_lists_that_are_empty(letter: WorkspaceRunner) -> None:
    letter.ok("assemble", "1")
    letter.ok("build")
    home = letter.read("build/site/index.html")
    assert "The cold kitchen" in home and "In this issue" not in home
    assert 'href="articles/"' not in home and 'href="tags/"' not in home
