"""The workspaces of the benchmarks could be sent, and what measures from within still runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from table_kit import rows
from workspace_kit import ROOT, WorkspaceRunner

from pipeline.support.limits import GMAIL_CLIP


def script(name: str, *arguments: object) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [("--issues", 2), ("--issues", 1, "--articles", 12), ("--links", 150)],
    ids=["an archive", "an issue of twelve articles", "a roundup"],
)
def test_a_workspace_of_the_benchmarks_could_be_sent(tmp_path: Path, shape: tuple[object, ...]) -> None:
    """No finding at error level, and no email that Gmail would cut, once it is encoded."""
    script("archive.py", tmp_path / "workspace", *shape)
    workspace = WorkspaceRunner(tmp_path / "workspace")
    workspace.ok("build")
    workspace.ok("check")
    emails = list(workspace.root.glob("build/issues/*/email.html"))
    assert len(emails) == (2 if shape == ("--issues", 2) else 1)
    assert all(email.stat().st_size < GMAIL_CLIP for email in emails)


@pytest.mark.slow
def test_the_preview_is_measured_and_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    script("archive.py", tmp_path / "workspace", "--issues", 2, "--articles", 2)
    workspace = WorkspaceRunner(tmp_path / "workspace")
    before = workspace.tree("issues")
    clocks: dict[str, Any] = json.loads(script("preview.py", workspace.root, 2))
    assert {name: len(each) for name, each in clocks.items()} == {
        "preview: start": 1,
        "preview: save to email": 2,
    }
    assert workspace.tree("issues") == before


@pytest.mark.parametrize("kind", rows(["rss", "atom"], ["rss"]))
@pytest.mark.slow
def test_both_writers_of_a_long_feed_write_about_as_much(workspace: WorkspaceRunner, kind: str) -> None:
    own, other = (
        json.loads(script("feed_entries.py", writer, kind, workspace.root, 50))["bytes"]
        for writer in ("pressroom", "feedgen")
    )
    assert 0.8 < own / other < 1.2


@pytest.mark.slow
def test_a_list_of_recipients_is_measured() -> None:
    assert "{'recipient': 1978, 'duplicate': 20, 'mistake': 2}" in script("recipients.py", "--rows", 2000)
