"""Measure Pressroom as whole processes: its start, one issue, and archives of 100 and 1,000 issues.

    python benchmarks/run.py [--runs 5] [--issues 100 1000]

Each figure is the median of several runs, every command in turn in each round, so that a slow
moment of the machine falls on all alike. Beside it stands its ratio to the yardstick,
`python -c "import click"`, which is what holds from machine to machine.

Memory is the highest sum, over all processes that live at one moment, of their resident memory
(`rss`, which counts what forked processes share once for each of them) and of their proportional
share (`pss`, which counts it once). It is read from /proc, so on Linux only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import freeze_archive, write_archive

PRESSROOM = (sys.executable, "-c", "from pipeline.cli import main; main(prog_name='pressroom')")
YARDSTICK = (sys.executable, "-c", "import click")
TICK = 0.05


@dataclass(frozen=True)
class Case:
    """A command to measure; `clears` is the folder that is removed before each run."""

    name: str
    command: tuple[str, ...]
    clears: Path | None = None


@dataclass(frozen=True)
class Run:
    """What one run took: seconds of wall clock and of processor, MB at the highest moment."""

    wall: float
    cpu: float
    rss: float
    pss: float


def measure(case: Case, memory: bool) -> Run:
    """Run a command once, to its end."""
    if case.clears:
        shutil.rmtree(case.clears, ignore_errors=True)
    before = os.times()
    start = time.perf_counter()
    process = subprocess.Popen(case.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    rss = pss = 0.0
    while memory and process.poll() is None:
        now_rss, now_pss = _memory(process.pid)
        rss, pss = max(rss, now_rss), max(pss, now_pss)
        time.sleep(TICK)
    error = process.communicate()[1]
    wall = time.perf_counter() - start
    after = os.times()
    if process.returncode:
        sys.exit(f"{case.name} failed:\n{error.decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, rss, pss)


def _memory(pid: int) -> tuple[float, float]:
    """Resident and proportional memory, in MB, of a process and all below it."""
    rss = pss = 0
    for each in (pid, *_below(pid)):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:  # it ended just now
            continue
        sizes = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
        rss, pss = rss + sizes.get("Rss:", 0), pss + sizes.get("Pss:", 0)
    return rss / 1024, pss / 1024


def _below(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)


def show(name: str, runs: list[Run], yardstick: float) -> None:
    """A line of the table."""
    wall, cpu, rss, pss = (
        statistics.median(getattr(run, key) for run in runs) for key in ("wall", "cpu", "rss", "pss")
    )
    memory = f"{rss:8.0f} {pss:8.0f}" if rss else f"{'':8} {'':8}"
    print(f"{name:34} {wall:8.3f} {cpu:8.3f} {wall / yardstick:8.1f} {memory}", flush=True)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="Runs of each small command (default: 5).")
    parser.add_argument("--issues", type=int, nargs="*", default=[100, 1000], help="Sizes of the archives.")
    parser.add_argument("--archive-runs", type=int, default=1, help="Runs of each archive (default: 1).")
    options = parser.parse_args()
    print(f"{'':34} {'wall s':>8} {'cpu s':>8} {'ratio':>8} {'rss MB':>8} {'pss MB':>8}")
    with tempfile.TemporaryDirectory(prefix="pressroom-bench-") as folder:
        root = Path(folder)
        write_archive(root / "one", 1, 12)
        freeze_archive(root / "one")
        build = root / "one" / "build"
        cases = (
            Case('python -c "import click"', YARDSTICK),
            Case("python -c pass", (sys.executable, "-c", "pass")),
            Case("pressroom --help", (*PRESSROOM, "--help")),
            Case(
                "one issue of 12 articles, cold", (*PRESSROOM, "-C", str(root / "one"), "build", "1"), build
            ),
            Case("the same with site and feeds", (*PRESSROOM, "-C", str(root / "one"), "build"), build),
        )
        for case in cases:
            measure(case, memory=False)  # so that all files are in the system's cache
        rounds = [[measure(case, memory=False) for case in cases] for _ in range(options.runs)]
        yardstick = statistics.median(run.wall for run, *_ in rounds)
        for number, case in enumerate(cases):
            show(case.name, [runs[number] for runs in rounds], yardstick)
        for issues in options.issues:
            archive = root / f"archive-{issues}"
            write_archive(archive, issues, 10)
            freeze_archive(archive)
            case = Case(
                f"{issues:,} issues of 10, cold", (*PRESSROOM, "-C", str(archive), "build"), archive / "build"
            )
            show(case.name, [measure(case, memory=True) for _ in range(options.archive_runs)], yardstick)
            shutil.rmtree(archive)


if __name__ == "__main__":
    main()
