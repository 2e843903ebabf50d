"""The workflow file that `docs/deploying.md` has to copy, run as far as it is the command's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspace_kit import ROOT, WorkspaceRunner, write_own_texts

WORKFLOW = ROOT / "docs" / "examples" / "publish.yml"
PAGE = ROOT / "docs" / "deploying.md"


def commands(lines: list[str]) -> list[list[str]]:
    """The arguments of each call of `pressroom`, in their order."""
    calls = [shlex.split(call) for line in lines for call in re.split(r"&&|\n", line)]
    return [arguments for command, *arguments in filter(None, calls) if command == "pressroom"]


def jobs() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    return read


def step(job: str, action: str) -> dict[str, Any]:
    return next(each for each in jobs()[job]["steps"] if each.get("uses", "").startswith(action))


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceRunner:
    """A workspace of `init` with other words in its texts, its first issue frozen."""
    workspace = WorkspaceRunner(tmp_path / "letter")
    workspace.root.mkdir()
    given = ("--sender", "me@letter.example", "--postal-address", "Pier 1", "--base-url", "https://x.example")
    workspace.ok("init", str(workspace.root), *given)
    write_own_texts(workspace)
    workspace.ok("assemble", "1")
    return workspace


@pytest.mark.parametrize("times", [1, 2], ids=["the first time", "and again"])
@pytest.mark.slow
def test_its_commands_run_in_a_new_workspace(workspace: WorkspaceRunner, times: int) -> None:
    for _ in range(times):
        for job in ("check", "publish"):
            for call in commands([each.get("run", "") for each in jobs()[job]["steps"]]):
                workspace.ok(*call)
    site = workspace.root / step("publish", "actions/upload-pages-artifact@")["with"]["path"]
    assert (site / "index.html").is_file()
    assert (site / "feed.xml").is_file()


def test_it_checks_before_it_publishes_and_publishes_from_main_alone() -> None:
    publish = jobs()["publish"]
    assert publish["needs"] == "check"
    assert "pull_request" in publish["if"]
    assert "refs/heads/main" in publish["if"]
    checks = commands([each.get("run", "") for each in jobs()["check"]["steps"]])
    assert [call[0] for call in checks] == ["check", "feed"]
    assert "permissions" not in jobs()["check"]


def test_what_is_kept_between_runs_is_where_the_build_stands(workspace: WorkspaceRunner) -> None:
    kept = {
        step("check", "actions/cache/restore@")["with"]["path"],
        step("publish", "actions/cache/restore@")["with"]["path"],
        step("publish", "actions/cache/save@")["with"]["path"],
    }
    workspace.ok("build")
    assert kept == {"build"}
    assert (workspace.root / "build" / "site").is_dir()


def test_the_step_that_tells_a_hub_is_one_once_it_is_taken_into_use() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    live = re.sub(r"^( +)# (- name: Tell the hub\n +)# ( +run: .*)$", r"\1\2\3", text, flags=re.MULTILINE)
    steps = yaml.safe_load(live)["jobs"]["publish"]["steps"]
    names = [each.get("name") or each["uses"].split("@")[0] for each in steps]
    assert names.index("Tell the hub") == names.index("actions/deploy-pages") + 1
    assert steps[names.index("Tell the hub")]["run"] == "pressroom feed --ping --yes"


def test_the_other_hosts_commands_run_too(workspace: WorkspaceRunner) -> None:
    page = PAGE.read_text(encoding="utf-8")
    gitlab = yaml.safe_load(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1])  # type: ignore[index]
    shell = re.search(r"```sh\n(.*?)```", page, re.DOTALL)[1]  # type: ignore[index]
    hosted = re.search(r"build command \| `(.*?)`", page)[1]  # type: ignore[index]
    for lines in (gitlab["pages"]["script"], [shell], [hosted]):
        calls = commands(lines)
        assert calls[-1] == ["build"]
        for call in calls:
            workspace.ok(*call)
