"""Programs that are not ours, by which tests read what is published. Without one its tests are left out, aloud."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workspace_kit import ROOT, skip_or_fail

NODE_MODULES = Path(os.environ.get("PRESSROOM_NODE_MODULES", ROOT / "node_modules"))
INSTALL = {
    "java": "apt-get install default-jre-headless",
    "jing": "apt-get install jing",
    "newsboat": "apt-get install newsboat",
    "node": "apt-get install nodejs",
    "smtp-sink": "apt-get install postfix",
    "xmllint": "apt-get install libxml2-utils",
}


def run_program(
    name: str, *arguments: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program, or leave the test out if it is not installed."""
    return subprocess.run([_program(name), *map(str, arguments)], cwd=cwd, capture_output=True, text=True)


@contextmanager
def start_program(name: str, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Have a program run beside the block, or leave the test out if it is not installed."""
    with subprocess.Popen([_program(name), *map(str, arguments)], stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def _program(name: str) -> str:
    """The path of a program; a mail server's may be where only the administrator's shell looks."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if not path:
        skip_or_fail(f"no {name}: {INSTALL[name]}")
    return path


def node_module(path: str) -> Path:
    """A file of an npm package, or leave the test out if it is not installed."""
    file = NODE_MODULES / path
    if not file.exists():
        skip_or_fail(f"no {path}: npm install {path.partition('/')[0]}, or set PRESSROOM_NODE_MODULES")
    return file
