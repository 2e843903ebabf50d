"""CI, pre-commit, the editor and CONTRIBUTING.md agree on the linters."""

from __future__ import annotations

import re
import tomllib

import yaml
from workspace_kit import ROOT


def linters(text: str) -> set[str]:
    """The linters that a text runs, each by its name without options."""
    return set(re.findall(r"ruff check|ruff format|mypy|lint-imports|check_words\.py|reference\.py", text))


def test_pre_commit_and_contributing_run_the_linters_of_ci() -> None:
    ci = re.search(r"^run_lint\(\) \{\n(.*?)^\}", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.M | re.S)
    assert ci
    commands = [line for line in ci[1].splitlines() if ".venv/bin/" in line]
    assert len(linters(ci[1])) == len(commands) == 6
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0][
        "hooks"
    ]
    assert linters("\n".join(each["entry"] for each in hooks)) == linters(ci[1])
    assert linters((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")) == linters(ci[1])


def test_the_editor_wraps_where_the_formatter_does() -> None:
    width = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
        "line-length"
    ]
    editor = (ROOT / ".editorconfig").read_text(encoding="utf-8")
    assert re.search(rf"\[\*\.py\]\nindent_size = 4\nmax_line_length = {width}\n", editor)
