"""The public interface: its names, that they come late, and the examples of docs/python.md, run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from workspace_kit import ROOT, WorkspaceRunner

import pipeline

NAMES = [
    "Article",
    "Edition",
    "Finding",
    "Issue",
    "PressroomError",
    "RenderedEmail",
    "Severity",
    "Workspace",
    "__version__",
    "build_workspace",
    "check_issue",
    "export_issue",
    "open_workspace",
    "render_email",
]


def test_the_public_names_are_these() -> None:
    assert pipeline.__all__ == NAMES
    for name in NAMES:
        assert getattr(pipeline, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'open_workspce'"):
        _ = pipeline.open_workspce


def test_no_public_name_is_that_of_a_module() -> None:
    modules = {each.stem for each in Path(pipeline.__file__).parent.iterdir()}
    assert not modules & set(NAMES)


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, pipeline; print([m for m in sys.modules if m.startswith('pipeline.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_the_examples_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("issues", "newsletter.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 7
    values: dict[str, object] = {"__name__": "__main__"}
    for example in examples:
        exec(example, values)
    shown = capsys.readouterr().out
    assert "3 emails" in shown or "4 emails" in shown
    assert (tmp_path / "issue.zip").is_file()
    assert 'there is no issue "the-plastic-brian"' in shown
    assert set(re.findall(r"\b[A-Za-z_]+\b", examples[0])) >= {n for n in NAMES if n != "__version__"}


def test_an_error_has_each_of_several_mistakes(workspace: WorkspaceRunner) -> None:
    with pytest.raises(pipeline.PressroomError) as one:
        pipeline.open_workspace(workspace.root).issues.find("9")
    assert one.value.errors == (one.value,)
    settings = workspace.read("newsletter.toml")
    workspace.write({"newsletter.toml": settings.replace("Europe/London", "London").replace("en-GB", "?")})
    with pytest.raises(pipeline.PressroomError) as several:
        pipeline.open_workspace(workspace.root)
    assert [(each.path, each.line) for each in several.value.errors] == [
        ("newsletter.toml", 3),
        ("newsletter.toml", 4),
    ]


def test_threads_share_a_workspace() -> None:
    workspace = pipeline.open_workspace(ROOT)
    issues = [*workspace.issues] * 4
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda issue: pipeline.render_email(workspace, issue).text, issues))
        findings = list(pool.map(lambda issue: pipeline.check_issue(workspace, issue), issues))
    assert texts == [pipeline.render_email(workspace, issue).text for issue in workspace.issues] * 4
    assert findings == [pipeline.check_issue(workspace, issue) for issue in workspace.issues] * 4


def test_a_script_that_new_processes_would_run_again_is_named_as_a_cause(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import threading\n"
        "from pipeline.support import processes\n"
        "processes._processors = lambda: 2\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "list(processes.spread(abs, range(20), few=1))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    # Not the last line: Python's own tracker of semaphores may say something after it, depending on when
    # it hears that the processes are gone.
    [error] = [line for line in done.stderr.splitlines() if "PressroomError: a process was ended" in line]
    assert 'if __name__ == "__main__":' in error


def test_a_package_that_was_overwritten_is_reported_in_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(
        Path(pipeline.__file__).parent, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "pipeline" / "__init__.py").write_text('"""Another distribution."""\n__version__ = "9"\n')
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "pressroom: another package has overwritten the folder `pipeline` of this environment. "
        "Install Pressroom in an environment of its own, for example with pipx or `uv tool install`.\n"
    )
