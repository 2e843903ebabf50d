"""Programs that are not ours, by which tests read what is published. Without one its tests are left out, aloud."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from workspace_kit import ROOT, skip_or_fail

NODE_MODULES = Path(os.environ.get("PRESSROOM_NODE_MODULES", ROOT / "node_modules"))
INSTALL = {
    "java": "apt-get install default-jre-headless",
    "jing": "apt-get install jing",
    "newsboat": "apt-get install newsboat",
    "node": "apt-get install nodejs",
    "xmllint": "apt-get install libxml2-utils",
}


def run_program(
    name: str, *arguments: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program, or leave the test out if it is not installed."""
    if not shutil.which(name):
        skip_or_fail(f"no {name}: {INSTALL[name]}")
    return subprocess.run([name, *map(str, arguments)], cwd=cwd, capture_output=True, text=True)


def node_module(path: str) -> Path:
    """A file of an npm package, or leave the test out if it is not installed."""
    file = NODE_MODULES / path
    if not file.exists():
        skip_or_fail(f"no {path}: npm install {path.partition('/')[0]}, or set PRESSROOM_NODE_MODULES")
    return file
