"""The golden issue for a service: as it is, or worded otherwise where the service cannot say it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from workspace_kit import ROOT, Desk

from pipeline.export.dialect import MessagePart
from pipeline.export.targets import find

GOLDEN = ROOT / "tests" / "golden" / "workspace"


def fields_in_lines(target: str) -> bool:
    """Whether it fills in fields in subjects."""
    return MessagePart.SUBJECT in find(target).dialect.tags["first_name"].parts


def literals(target: str) -> bool:
    """Whether two braces can stand as text in all that it takes."""
    found = find(target)
    harmless = not found.dialect.lookalike.search("{{ name }} and {{ not a field }}")
    return harmless or found.dialect.literal is not None or not found.takes_text


def golden_for(target: str, root: Path, settings: str = "") -> Desk:
    """A frozen golden issue that the target takes. What it does not take must be refused with its place first.

    `settings` are appended to `newsletter.toml`.
    """
    desk = Desk(root)
    shutil.copytree(GOLDEN, desk.root)
    own = re.sub(r"(?m)^unsubscribe_url.*\n", "", desk.read("newsletter.toml"))
    desk.write({"newsletter.toml": own + settings})
    desk.ok("assemble", "1", "--now", "2026-02-01")
    refused = {
        "issues/001-every-block/issue.md": (
            r'\{\{ first_name \| there \}\}"',
            'reader"',
            not fields_in_lines(target),
        ),
        "issues/articles/every-block/index.md": (r"(?:\\)?\{\{ (na|not)", r"\1", not literals(target)),
    }
    if any(each for _, _, each in refused.values()):
        told = desk.error("export", "1", "--to", target, "--force")
        for path, (words, instead, expected) in refused.items():
            assert bool(re.search(rf"(?m)^{path}:\d+: `.*{find(target).title}", told)) == expected
            if expected:
                desk.write({path: re.sub(words, instead, desk.read(path))})
        desk.ok("assemble", "1", "--refresh", "--now", "2026-02-01")
    return desk
