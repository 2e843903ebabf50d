"""Measure the preview of the newest issue from within: its start, then from a save to the finished email.

    python benchmarks/preview.py WORKSPACE SAVES

Prints JSON: for each of them a list of seconds of wall clock and of processor. The issue is open, as an
issue is that somebody works on, and the workspace is afterwards as it was.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pipeline.preview.session import PreviewSession, SelectedEdition


def measure(root: Path, saves: int) -> dict[str, list[tuple[float, float]]]:
    """Start a preview, and save an article of its issue so many times."""
    lock = max(root.glob("issues/*/issue.lock"))
    number = int(lock.parent.name.partition("-")[0])
    article = next(root.glob(f"issues/articles/*-{number}-1.md"))
    frozen, text = lock.read_bytes(), article.read_text()
    lock.unlink()
    try:
        before = _clocks()
        session = PreviewSession(root, SelectedEdition())
        session.begin()
        start, saved = [_since(before)], []
        for save in range(saves):
            article.write_text(f"{text}\nThis is save {save}.\n")
            before = _clocks()
            session.refresh()
            saved.append(_since(before))
            assert session.snapshot and not session.errors, session.errors
            issue = session.snapshot.issue("latest")
            email = session.snapshot.edition(issue, issue.audiences[0]).email
            assert f"This is save {save}." in email.html
        return {"preview: start": start, "preview: save to email": saved}
    finally:
        lock.write_bytes(frozen)
        article.write_text(text)


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(before: tuple[float, float]) -> tuple[float, float]:
    wall, cpu = _clocks()
    return wall - before[0], cpu - before[1]


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
