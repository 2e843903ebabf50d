"""The golden issue for a service: as it is, or worded otherwise where the service cannot say it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from workspace_kit import ROOT, WorkspaceRunner

from pipeline.export.dialect import MessagePart
from pipeline.export.targets import find

GOLDEN = ROOT / "tests" / "golden" / "workspace"


def fills_subjects(target: str) -> bool:
    """Whether it fills in fields in subjects."""
    return MessagePart.SUBJECT in find(target).dialect.tags["first_name"].parts


def takes_braces(target: str) -> bool:
    """Whether two braces can stand as text in all that it takes."""
    found = find(target)
    harmless = not found.dialect.lookalike.search("{{ name }} and {{ not a field }}")
    return harmless or found.dialect.literal is not None or not found.takes_text


def golden_issue_for(target: str, root: Path, settings: str = "") -> WorkspaceRunner:
    """A frozen golden issue that the target takes. What it does not take must be refused with its place first.

    `settings` are appended to `newsletter.toml`.
    """
    workspace = WorkspaceRunner(root)
    shutil.copytree(GOLDEN, workspace.root)
    workspace.write({"newsletter.toml": workspace.read("newsletter.toml") + settings})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    refused = {
        "issues/001-every-block/issue.md": (
            r'\{\{ first_name \| there \}\}"',
            'reader"',
            not fills_subjects(target),
        ),
        "issues/articles/every-block/index.md": (r"(?:\\)?\{\{ (na|not)", r"\1", not takes_braces(target)),
    }
    if any(each for _, _, each in refused.values()):
        told = workspace.error("export", "1", "--to", target, "--force")
        for path, (words, instead, expected) in refused.items():
            assert bool(re.search(rf"(?m)^{path}:\d+: `.*{find(target).title}", told)) == expected
            if expected:
                workspace.write({path: re.sub(words, instead, workspace.read(path))})
        workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-01")
    return workspace
