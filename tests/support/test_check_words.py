"""The check of words in docstrings refuses what it says it refuses, and the package passes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from workspace_kit import ROOT


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / ".ci" / "check_words.py", folder], capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "text",
    [
        *("It stands here.", "They stand.", "Made Anew.", "A text that is none.", "Of which none is read."),
        *("It gives a value.", "The page is told.", "Readers are told.", "The file whereof it is made."),
    ],
)
def test_a_refused_word_in_a_docstring_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.py").write_text(f'"""First.\n\n{text}\n"""\n')
    result = check(tmp_path)
    assert result.returncode == 1
    assert f"{tmp_path / 'one.py'}:3: " in result.stdout


def test_docstrings_of_functions_and_constants_count_and_code_does_not(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('LIMIT = 1\n"""What gives."""\ngives = "anew"  # stands\n')
    (tmp_path / "two.py").write_text('class A:\n    def b(self):\n        """It stands."""\n')
    lines = check(tmp_path).stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{tmp_path / 'one.py'}:2", f"{tmp_path / 'two.py'}:3"]


def test_a_second_class_of_a_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Item: ...\n")
    (tmp_path / "two.py").write_text("class Item: ...\n")
    assert "the class name Item is taken by" in check(tmp_path).stdout
