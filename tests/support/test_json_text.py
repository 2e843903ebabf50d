"""JSON of others: what is no JSON, and what is nested too deeply, is one kind of error for all readers."""

from __future__ import annotations

import json
import re

import pytest
from workspace_kit import ROOT, WorkspaceRunner

from pipeline.support.json_text import DEEPEST, read_json


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [DEEPEST + 2, 900, 990, 1100, 100_000])
def test_what_is_nested_too_deeply_is_a_value_error(depth: int) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json(nested(depth))


def test_all_other_json_is_read_as_it_is() -> None:
    for text in (nested(DEEPEST), '{"a": [1, {"b": null}]}', '"[[[["', json.dumps([[1]] * 1000)):
        assert read_json(text) == json.loads(text)


def test_every_module_reads_json_of_others_here() -> None:
    """But for data of the package, and for front matter, which is read with its order and doubles."""
    own = {"support/json_text.py", "checks/rules/client_support.py", "importers/frontmatter/read.py"}
    readers = {
        file.relative_to(ROOT / "pipeline").as_posix()
        for file in (ROOT / "pipeline").rglob("*.py")
        if re.search(r"\bjson\.loads?\(|\.json\(\)", file.read_text(encoding="utf-8"))
    }
    assert readers - own <= {"render/feeds/feed_schemas.py"}


def test_a_lock_that_is_nested_too_deeply_is_broken(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    for depth in (150, 990, 100_000):
        workspace.write({"issues/001-the-plastic-brain/issue.lock": nested(depth)})
        assert "issue.lock: the lock is broken." in workspace.error("build")


def test_a_feed_that_is_nested_too_deeply_is_not_imported(workspace: WorkspaceRunner) -> None:
    feed = '{"version": "https://jsonfeed.org/version/1.1", "items": %s}'
    workspace.write({"feed.json": feed % nested(990)})
    said = workspace.run("import", str(workspace.root / "feed.json"))
    assert said.exit_code == 1
    assert "nested too deeply" in said.stderr
