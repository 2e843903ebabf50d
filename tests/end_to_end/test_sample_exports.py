"""The publication that the repository is, exported for every target as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds_kit import Builds
from workspace_kit import WorkspaceRunner

from pipeline.export.targets import find
from pipeline.model import FORMATS, TARGETS

ADDRESS = b"synapse.example/unsubscribe"
EXPORTS = (*FORMATS, *TARGETS)


@pytest.mark.slow
@pytest.mark.parametrize("target", EXPORTS)
def test_the_sample_publication_exports_to_every_target(builds: Builds, tmp_path: Path, target: str) -> None:
    result = builds.sample().run("export", "latest", "--to", target, "-o", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    files = WorkspaceRunner(tmp_path / "out").tree()
    bodies = b"".join(data for path, data in files.items() if path != "issue.json")
    if target in FORMATS:
        assert ADDRESS in bodies
        return
    service = find(target)
    assert ADDRESS not in bodies
    for path in ("email.html", "email.txt") if service.takes_text else ("email.html",):
        assert service.dialect.tags["unsubscribe_url"].plain in files[path].decode()
    assert result.stderr.count(f"{service.title}'s own link is in place of `unsubscribe_url`") == 1
