"""Write the results of a run into `docs/speed.md`, between its markers, and the plot beside it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill

from goals import GOALS
from measure import Samples
from plot import draw_growth

BEGIN = "<!-- written by benchmarks/run.py: do not edit -->"
END = "<!-- end -->"
PLOT = "pictures/speed.svg"
TITLES = {
    "wall": "Archives: seconds of wall clock",
    "cpu": "Archives: seconds of processor, and times Hugo's",
    "mib": "Archives: memory at its highest, MiB",
    "times": "Archives: size of output against that of sources",
}
DECIMALS = {"wall": 3, "cpu": 3, "mib": 0, "times": 1}


def write_report(docs: Path, samples: Samples, versions: Mapping[str, str], day: str) -> None:
    """Replace what is between the markers of the page, and draw the plot."""
    page = docs / "speed.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    sizes = sorted({issues for _, issues in samples.rows if issues > 1})
    peers = ", ".join(f"{name} {version}" for name, version in versions.items())
    parts = (
        f"{BEGIN}\n\n## Figures of {day}",
        fill(f"Measured on {_machine()}. The peers: {peers}.", 100),
        f"![Time and memory by the number of issues]({PLOT})",
        "### What was asked for",
        *_goals(samples),
        "### One issue, and what does not grow",
        _table(("", "wall s", "CPU s", "MiB"), _single_rows(samples)),
        *(part for figure in TITLES for part in _growth(samples, figure, sizes)),
        END,
    )
    page.write_text(before + "\n\n".join(parts) + rest.partition(END)[2], encoding="utf-8")
    (docs / PLOT).write_text(draw_growth(samples), encoding="utf-8")


def _goals(samples: Samples) -> Iterator[str]:
    """Yield the table of the goals that the run has measured, and how many it has not."""
    reached = [(goal, value) for goal in GOALS if (value := goal.reached(samples)) is not None]
    yield _table(
        ("", "issues", "at most", "reached"),
        (
            (
                goal.title,
                f"{goal.issues:,}",
                goal.show(goal.most),
                goal.show(value) if value <= goal.most else f"**{goal.show(value)}**, missed",
            )
            for goal, value in reached
        ),
    )
    if missing := len(GOALS) - len(reached):
        yield f"Goals for numbers of issues that this run has not measured: {missing}."


def _single_rows(samples: Samples) -> Iterator[Sequence[str]]:
    for what, issues in samples.rows:
        if issues == 1 and samples.median(what, 1, "wall"):
            yield what, *(_show(samples.median(what, 1, figure), figure) for figure in ("wall", "cpu", "mib"))


def _growth(samples: Samples, figure: str, sizes: Sequence[int]) -> Iterator[str]:
    """Yield a heading, and the table of one figure by the number of issues."""

    def cell(what: str, issues: int) -> str:
        ratio = samples.ratio(what, issues, "Hugo") if figure == "cpu" and what != "Hugo" else None
        return _show(samples.median(what, issues, figure), figure) + (f" ({ratio:.2f} ×)" if ratio else "")

    names = dict.fromkeys(what for what, issues in samples.rows if issues > 1)
    rows = ((what, *(cell(what, issues) for issues in sizes)) for what in names)
    yield f"### {TITLES[figure]}"
    yield _table(("issues", *(f"{each:,}" for each in sizes)), (row for row in rows if any(row[1:])))


def _show(value: float | None, figure: str) -> str:
    return f"{value:.{DECIMALS[figure]}f}" if value else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ("---", *("---:" for _ in head[1:])), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine() -> str:
    """The machine in words: processors, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (
        f"{os.cpu_count()} processors ({models[0] if models else platform.machine()}) with {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )
