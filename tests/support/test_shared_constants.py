"""What several modules need is written once: limits, names of files, sets, patterns and hints."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace_kit import ROOT

from pipeline.support import limits

PACKAGE = ROOT / "pipeline"


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_limit_or_file_name_is_written_in_limits_alone() -> None:
    distinctive = {
        value
        for value in vars(limits).values()
        if (type(value) is int and value > 900 and value % 1000 and value & (value - 1))
        or (isinstance(value, str) and Path(value).suffix in {".toml", ".md"})
    }
    assert {limits.GMAIL_CLIP, limits.LINE_OCTETS, limits.SETTINGS_FILE} <= distinctive
    again = {
        f"{path}:{node.lineno} {node.value!r}"
        for path, tree in trees()
        if path != "support/limits.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in distinctive
    }
    assert not again


@pytest.mark.slow
def test_no_two_modules_have_the_same_set_pattern_or_sentence_as_a_constant() -> None:
    places = defaultdict(list)
    for path, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(value := ast.unparse(node.value)) >= 40:
                places[value].append(f"{path}:{node.lineno}")
    assert not {value: where for value, where in places.items() if len(where) > 1}
