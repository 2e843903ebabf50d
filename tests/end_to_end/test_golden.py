"""The golden issue: every block, rendered in every form, held against what it was.

After a wanted change, look at the new files and accept them:
`PRESSROOM_ACCEPT=1 python -m pytest tests/end_to_end/test_golden.py`
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builds_kit import Builds
from workspace_kit import ROOT, WorkspaceRunner

GOLDEN = ROOT / "tests" / "golden"
EXPECTED = GOLDEN / "expected"

HELD = (
    "issues/001-every-block/email.html",
    "issues/001-every-block/email.txt",
    "issues/001-every-block/email.eml",
    "issues/001-every-block/email.mjml",
    "issues/001-every-block/issue.json",
    "issues/001-every-block/clinicians/email.txt",
    "export/001-every-block/email.txt",
    "export/001-every-block/issue.json",
    "site/index.html",
    "site/issues/001-every-block/index.html",
    "site/articles/every-block/index.html",
    "site/style.css",
    "site/events/an-evening-with-every-block-guests-26789c751d5d.ics",
    "site/search/articles-titles-1.json",
    "site/feed.xml",
    "site/atom.xml",
    "site/feed.json",
    "site/articles/feed.xml",
    "site/feeds.opml",
)


@pytest.fixture
def golden(builds: Builds) -> WorkspaceRunner:
    golden = builds.golden()
    if not (golden.root / "build/export").is_dir():
        golden.ok("export", "1", "--force")
    return golden


@pytest.mark.parametrize("path", HELD)
def test_the_golden_issue_is_rendered_as_it_was(golden: WorkspaceRunner, path: str) -> None:
    made = (golden.root / "build" / path).read_bytes()
    held = EXPECTED / path
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.parent.mkdir(parents=True, exist_ok=True)
        held.write_bytes(made)
    before, after = (data.decode().splitlines() for data in (held.read_bytes(), made))
    difference = "\n".join(difflib.unified_diff(before, after, "held", "made", lineterm="", n=1))
    assert made == held.read_bytes(), difference[:4000]


def test_the_golden_lock_is_as_it_was(golden: WorkspaceRunner) -> None:
    made = golden.read("issues/001-every-block/issue.lock")
    held = EXPECTED / "issue.lock"
    if os.environ.get("PRESSROOM_ACCEPT"):
        held.write_text(made, encoding="utf-8")
    assert made == held.read_text(encoding="utf-8")


BLOCKS = {
    "paragraph": "<p",
    "emphasis": "<em",
    "strong": "<strong",
    "code": "<code",
    "link": "<a ",
    "subscript": "<sub",
    "heading": "<h2",
    "smaller heading": "<h3",
    "list": "<ul",
    "ordered list": "<ol",
    "quotation": "<blockquote",
    "table": "<table",
    "heading cell": "<th ",
    "figure": "<figure",
    "caption": "<figcaption",
    "code block": "<pre",
    "rule": "<hr",
    "footnote": 'id="fn1"',
    "callout": 'class="callout"',
    "pull quote": 'class="pullquote"',
    "colophon": "Set in whatever your mail program has.",
    "call to action": 'class="cta"',
    "event": 'class="event"',
    "audio": "<audio controls",
    "sponsor": 'class="sponsor"',
    "disclaimer": "not medical advice",
    "byline": "Ada Example",
    "web only": "Only the web has this.",
}


@pytest.mark.parametrize("block", BLOCKS)
def test_the_golden_article_uses_every_block(golden: WorkspaceRunner, block: str) -> None:
    assert BLOCKS[block] in golden.read("build/site/articles/every-block/index.html")


def test_what_is_for_one_form_or_audience_stays_there(golden: WorkspaceRunner) -> None:
    email = golden.read("build/issues/001-every-block/email.txt")
    private = golden.read("build/issues/001-every-block/clinicians/email.txt")
    site = b"".join(golden.tree("build/site").values()).decode("utf-8", "replace")
    assert "Only the email has this." in email and "Only the email has this." not in site
    assert "Only the web has this." in site and "Only the web has this." not in email
    for secret in (
        "Only clinicians read this.",
        "Text that only clinicians get.",
        "This paragraph is for clinicians.",
    ):
        assert secret in private and secret not in email and secret not in site


def build_elsewhere(folder: Path, *, seed: str, zone: str, now: str) -> dict[str, bytes]:
    """The golden workspace built in another process, folder, time zone, hash seed and on another day."""
    shutil.copytree(GOLDEN / "workspace", folder)
    commands = ["assemble", "1", "--now", now], ["build", "--now", now], ["export", "1", "--zip"]
    code = "from pipeline.cli import main\n" + "".join(
        f"main({arguments}, standalone_mode=False)\n" for arguments in commands
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return WorkspaceRunner(folder).tree()


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes_on_another_day_and_machine(tmp_path: Path) -> None:
    here = build_elsewhere(tmp_path / "a", seed="0", zone="UTC", now="2026-02-02")
    there = build_elsewhere(
        tmp_path / "another folder" / "ü", seed="4242", zone="Pacific/Auckland", now="2031-12-31T23:59:59"
    )
    assert here == there
