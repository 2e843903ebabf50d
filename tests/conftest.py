"""The fixtures of all tests, what a run leaves out, and how it is shared out to the cores."""

from __future__ import annotations

import gc
import os
from collections import Counter
from pathlib import Path

import property_kit  # noqa: F401 - loads the profile of Hypothesis
import pytest
from builds_kit import Builds
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue


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


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """The golden and the sample publication, built once a session; only to be read."""
    return Builds(tmp_path_factory.mktemp("builds"))


@pytest.fixture(scope="session", autouse=True)
def _own_cache_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the key that signs caches out of the user's own folder."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run files and single tests that are named in this process: it starts sooner, and can be debugged."""
    if not all(path.endswith(".py") or "::" in path for path in config.args):
        return None  # a process for each core
    config.option.dist = "no"
    return 0


def pytest_configure(config: pytest.Config) -> None:
    """Run a slow test that is named by its id."""
    if config.option.markexpr == "not slow" and all("::" in path for path in config.args):
        config.option.markexpr = ""


def pytest_collection_finish() -> None:
    """Keep the garbage collection of the tests from walking all modules each time."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Spare pytest's search for objects that nobody closed, seconds for each process; CI has it."""
    if os.environ.get("PRESSROOM_TESTS") != "all":
        gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was left out, and why: a run that passes without it is not a whole one."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    option = terminalreporter.config.option
    slow = ['tests marked slow: -m "" runs them too'] if option.tx and option.markexpr == "not slow" else []
    if reasons or slow:
        terminalreporter.section("left out")
    for line in (*(f"{n} {'test' if n == 1 else 'tests'}: {why}" for why, n in reasons.items()), *slow):
        terminalreporter.line(line)
