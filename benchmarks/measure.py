"""Measure a command: its seconds of wall clock and of processor, and its memory at the highest moment.

Memory is the highest sum, over the process and all below it that live at one moment, of their proportional
set sizes: a page that several processes share counts once for all of them (proc(5), smaps_rollup). It is
read from /proc, so on Linux only; elsewhere it is 0.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TICK = 0.05


@dataclass(frozen=True)
class Sample:
    """One run: seconds of wall clock and of all its processes, and MiB at the highest moment.

    `times` is a ratio that is no matter of speed: of two sizes.
    """

    wall: float = 0
    cpu: float = 0
    mib: float = 0
    times: float = 0


class Samples:
    """All samples of a run of the benchmarks, by what was measured and the number of issues."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], list[Sample]] = {}

    def add(self, what: str, issues: int, sample: Sample) -> None:
        """Keep a sample."""
        self.rows.setdefault((what, issues), []).append(sample)
        print(f"{issues:6,}  {what:50} {sample.wall:8.3f} {sample.cpu:8.3f} {sample.mib:6.0f}", flush=True)

    def median(self, what: str, issues: int, figure: str) -> float | None:
        """Return the median of a figure (a field of `Sample`), or None if it was not measured."""
        samples = self.rows.get((what, issues))
        return statistics.median(getattr(each, figure) for each in samples) if samples else None

    def ratio(self, what: str, issues: int, peer: str) -> float | None:
        """Return the median of the processor's time divided by that of a peer in the same round.

        None if the two were not measured in the same rounds.
        """
        own, other = (self.rows.get((name, issues), []) for name in (what, peer))
        if not own or len(own) != len(other):
            return None
        return statistics.median(one.cpu / two.cpu for one, two in zip(own, other, strict=True))


def run(command: Sequence[str | os.PathLike[str]], cwd: Path | None = None) -> tuple[Sample, bytes]:
    """Run a command to its end. Returns what it took and what it printed; exits if it fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=errors)
        peak = _PeakMemory(process.pid)
        peak.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        peak.ended.set()
        peak.join()
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            sys.exit(
                f"{' '.join(map(str, command))[:500]} failed:\n{(errors.read() or output.read()).decode()}"
            )
        return Sample(wall, usage.ru_utime + usage.ru_stime, peak.kib / 1024), output.read()


class _PeakMemory(threading.Thread):
    """Reads the memory of a process and of all below it, until `ended` is set."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.pid = pid
        self.kib = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(TICK):
            self.kib = max(self.kib, sum(map(_proportional_kib, (self.pid, *_below(self.pid)))))


def _proportional_kib(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended just now
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def _below(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)
