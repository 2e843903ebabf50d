"""The fixtures of all tests, how much Hypothesis tries, and a word at the end on what was left out."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

# Free input is free while one works; where all is tested it is the same each time, so that what passed passes.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.register_profile("free", deadline=None)
hypothesis_settings.load_profile("free")
if os.environ.get("PRESSROOM_TESTS") == "all":
    hypothesis_settings.load_profile("same")


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    """A small sound workspace: two articles and an issue that names no sections."""
    workspace = WorkspaceRunner(tmp_path / "workspace")
    workspace.write(
        {
            "newsletter.toml": SETTINGS,
            "issues/articles/glutamate.md": article("The glutamate switch"),
            "issues/articles/a-note.md": article("A note", date="2026-01-05", tags="[notes]"),
            "issues/001-the-plastic-brain/issue.md": issue(),
        }
    )
    return workspace


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was left out, and why: a run that passes without it is not a whole one."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("left out")
    for reason, count in reasons.items():
        terminalreporter.line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")
