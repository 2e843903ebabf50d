"""The preview as an editor starts it: the command in a process of its own, and its address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = "from pipeline.cli import main; main(prog_name='pressroom')"


@dataclass
class RunningPreview:
    url: str
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return self.url[: self.url.index("/", 8)]

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """End it as Ctrl-C does; its exit code, and what it said since."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=20)
        return self.process.returncode, rest.decode()


@contextmanager
def run_preview(root: Path, *options: str, **environment: str) -> Iterator[RunningPreview]:
    """Run the preview, with a browser if the environment names one as BROWSER."""
    browser = () if "BROWSER" in environment else ("--no-browser",)
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "-C", str(root), "preview", *browser, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,  # `communicate` would lose what was read ahead of it
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().decode().strip()
        assert url.startswith("http://127.0.0.1:"), url + process.stdout.read().decode()
        yield RunningPreview(url, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
