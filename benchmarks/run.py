"""Measure Pressroom beside its peers, and write the tables and the plot of `docs/speed.md`.

    python benchmarks/run.py --date 2026-11-30 [--quick] [--sizes 10 100 1000 3000] [--rounds 3]

In each round every command runs once, the peers among them, so that a slow moment of the machine falls
on all alike; a figure is the median of the rounds, and a ratio the median of the ratios of each round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from archive import PRESSROOM, write_archive, write_posts, write_roundup
from measure import Sample, Samples, run
from peers import Peers, install_peers, write_eleventy_site, write_hugo_site
from report import write_report

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pressroom-peers"
SETTLED = 2.1
"""Seconds after which Pressroom takes a file for settled: two changes in one step of a disk's clock."""


class MeasuredWorkspace:
    """A workspace of the benchmarks; what is measured in it goes into the samples."""

    def __init__(self, root: Path, issues: int, samples: Samples) -> None:
        self.root = root
        self.issues = issues
        self.samples = samples

    def take(self, what: str, *arguments: str) -> None:
        """Measure `pressroom` with these arguments."""
        self.samples.add(what, self.issues, run((*PRESSROOM, "-C", self.root, *arguments))[0])

    def do(self, *arguments: str) -> None:
        """Run `pressroom` with these arguments, unmeasured."""
        run((*PRESSROOM, "-C", self.root, *arguments))

    def clear(self) -> None:
        """Remove what was built and what is kept between runs, so that the next run is a cold one."""
        for name in ("build", ".pressroom"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    @contextmanager
    def without_newest_issue(self) -> Iterator[None]:
        """Put the newest issue aside, with its lock."""
        (folder,) = self.root.glob(f"issues/*{self.issues}-letter-{self.issues}")
        aside = folder.rename(self.root / folder.name)
        yield
        aside.rename(folder)

    def change_article(self) -> None:
        """Write another last sentence into an article of the newest issue."""
        article = next(self.root.glob(f"issues/articles/*-{self.issues}-1.md"))
        text = article.read_text().partition("\nChanged at ")[0]
        article.write_text(f"{text}\nChanged at {time.time()}.\n")


def measure_archive(folder: Path, workspace: MeasuredWorkspace, peers: Peers) -> None:
    """Measure one round over an archive: freezing, building, looking, exporting, the preview."""
    root, samples, newest = workspace.root, workspace.samples, str(workspace.issues)
    workspace.clear()
    for lock in root.glob("issues/*/issue.lock"):
        lock.unlink()
    workspace.take("assemble --all", "assemble", "--all")
    sites = (("Hugo", peers.build_hugo(folder / "Hugo")), ("Eleventy", peers.build_eleventy()))
    for name, build in sites:
        shutil.rmtree(folder / name / "public", ignore_errors=True)
        samples.add(name, workspace.issues, run(build, cwd=folder / name)[0])
    workspace.clear()
    workspace.take("build 1 2 3 …, cold", "build", *map(str, range(1, workspace.issues + 1)))
    workspace.clear()
    workspace.take("feed, cold", "feed")
    workspace.clear()
    workspace.take("build, cold", "build")
    output, sources = (_size(root / name) for name in ("build", "issues"))
    samples.add("size of output", workspace.issues, Sample(times=output / sources))
    with workspace.without_newest_issue():
        workspace.do("build")
    workspace.take("build, an issue added", "build")
    time.sleep(SETTLED)
    workspace.do("build")
    workspace.take("build, nothing changed", "build")
    workspace.change_article()
    workspace.take("assemble N --refresh", "assemble", newest, "--refresh")
    workspace.take("build, one article changed", "build")
    workspace.change_article()
    workspace.do("assemble", newest, "--refresh")
    workspace.take("build N, one article changed", "build", newest)
    workspace.do("build")
    workspace.take("status", "status")
    for command in ("plan", "build", "export"):
        workspace.take(f"{command} N", command, newest)
    for what, clocks in json.loads(run((sys.executable, HERE / "preview.py", root, "5"))[1]).items():
        for wall, cpu in clocks:
            samples.add(what, workspace.issues, Sample(wall, cpu))


def measure_checks(workspace: MeasuredWorkspace) -> None:
    """Measure one round of checks: of a whole archive, which takes long, and of its newest issue."""
    workspace.clear()
    workspace.take("check, cold", "check")
    workspace.take("check N", "check", str(workspace.issues))


def measure_small(folder: Path, samples: Samples, peers: Peers) -> None:
    """Measure one round of what does not grow: the start, one issue, a roundup, feeds, an import."""
    samples.add("pressroom --help", 1, run((*PRESSROOM, "--help"))[0])
    samples.add("hugo version", 1, run((str(peers.hugo), "version"))[0])
    one = MeasuredWorkspace(folder / "one", 1, samples)
    one.clear()
    one.take("build 1, cold", "build", "1")
    email = next(one.root.glob("build/issues/*/email.html"))
    run(peers.compile_mjml(email.with_suffix(".mjml"), folder / "peer.html"))
    own, other = (file.stat().st_size for file in (email, folder / "peer.html"))
    samples.add("size of the email", 1, Sample(times=own / other))
    samples.add("Nunjucks + mjml", 1, run(peers.build_email(one.root))[0])
    shutil.rmtree(folder / "one-hugo/public", ignore_errors=True)
    samples.add("Hugo", 1, run(peers.build_hugo(folder / "one-hugo"))[0])
    one.clear()
    one.take("build, cold", "build")
    one.clear()
    one.take("check 1, cold", "check", "1")
    roundup = MeasuredWorkspace(folder / "roundup", 1, samples)
    roundup.clear()
    roundup.take("roundup: build, cold", "build")
    roundup.take("roundup: check", "check")
    for kind in ("rss", "atom"):
        for writer in ("pressroom", "feedgen"):
            command = (sys.executable, HERE / "feed_entries.py", writer, kind, one.root, "10000")
            clocks = json.loads(run(command)[1])
            samples.add(f"{writer}: {kind}", 1, Sample(clocks["wall"], clocks["cpu"]))
    shutil.rmtree(folder / "empty", ignore_errors=True)
    write_archive(folder / "empty", 0, 0)
    MeasuredWorkspace(folder / "empty", 1, samples).take(
        "import of 600 files", "import", "--no-fetch", str(folder / "posts")
    )


def prepare_small(folder: Path) -> None:
    """Write the workspaces of `measure_small`."""
    write_archive(folder / "one", 1, 12)
    write_roundup(folder / "roundup", 150)
    write_posts(folder / "posts", 600)
    for name in ("one", "roundup"):
        run((*PRESSROOM, "-C", folder / name, "assemble", "1"))
    write_hugo_site(folder / "one", folder / "one-hugo")


def prepare_archive(folder: Path, workspace: MeasuredWorkspace) -> None:
    """Write the workspace of `measure_archive`, and the sites of the peers with the same articles."""
    write_archive(workspace.root, workspace.issues, 10)
    workspace.do("assemble", "--all")
    write_hugo_site(workspace.root, folder / "Hugo")
    write_eleventy_site(workspace.root, folder / "Eleventy")


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main() -> None:
    """Install the peers, measure, and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--date", default=f"{date.today():%Y-%m-%d}", help="The day, for the page.")
    parser.add_argument("--quick", action="store_true", help="10 and 100 issues alone.")
    parser.add_argument("--sizes", type=int, nargs="+", help="Numbers of issues. Default: 10 100 1000 3000.")
    parser.add_argument("--rounds", type=int, default=3, help="Rounds up to 1,000 issues (default: 3).")
    parser.add_argument("--peers", type=Path, default=CACHE, help="Where the peers are installed.")
    options = parser.parse_args()
    sizes = options.sizes or ([10, 100] if options.quick else [10, 100, 1000, 3000])
    # Containers set it; without compiled modules every start of Python would compile them again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    peers = install_peers(options.peers)
    samples = Samples()
    with tempfile.TemporaryDirectory(prefix="pressroom-bench-") as name:
        folder = Path(name)
        prepare_small(folder)
        for _ in range(options.rounds + 2):
            measure_small(folder, samples, peers)
        for issues in sizes:
            archive = folder / f"archive-{issues}"
            workspace = MeasuredWorkspace(archive / "workspace", issues, samples)
            prepare_archive(archive, workspace)
            for _ in range(options.rounds if issues <= 1000 else 1):
                measure_archive(archive, workspace, peers)
                if issues <= 100:
                    measure_checks(workspace)
            # After each size, so that a run that is stopped leaves what it has measured.
            write_report(HERE.parent / "docs", samples, peers.versions(), options.date)
            shutil.rmtree(archive)


if __name__ == "__main__":
    main()
