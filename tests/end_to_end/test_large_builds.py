"""What keeps a build of thousands of issues quick and small, held by what it must not change."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_kit import ROOT, WorkspaceRunner, article, issue

from pipeline.content.compressed import compress
from pipeline.content.medium import Medium, for_audience
from pipeline.errors import PressroomError
from pipeline.model import Block, BlockKind, Content, Element, OutputFile
from pipeline.render.feeds import feed_archive
from pipeline.support import processes
from pipeline.support.files import replace_folders, write_files
from pipeline.support.processes import spread

pytestmark = pytest.mark.slow  # processes for each


def doubled(number: int) -> int:
    if number == 7:
        raise PressroomError("seven", "a.md", 7, "Mend it.")
    return number * 2


def own_process(number: int) -> int:
    return os.getpid()


def ended(number: int) -> int:
    os._exit(1)


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_processors", lambda: 2)


# --- processes -------------------------------------------------------------------------------


def test_a_small_work_stays_in_this_process(two_processors: None) -> None:
    assert set(spread(own_process, range(5), few=6)) == {os.getpid()}


def test_results_come_in_order_whatever_process_made_them(two_processors: None) -> None:
    assert list(spread(abs, range(1000), few=1)) == list(range(1000))
    assert os.getpid() not in set(spread(own_process, range(50), few=1))


def test_a_mistake_in_another_process_keeps_its_place(two_processors: None) -> None:
    with pytest.raises(PressroomError) as caught:
        list(spread(doubled, range(20), few=1))
    error = caught.value
    assert (error.message, error.path, error.line, error.hint) == ("seven", "a.md", 7, "Mend it.")


def test_a_process_that_is_ended_from_outside_is_reported(two_processors: None) -> None:
    with pytest.raises(PressroomError, match="ended from outside"):
        list(spread(ended, range(20), few=1))


LONG_WORK = """
import multiprocessing, os, signal, time
from pipeline.support import processes
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in what runs in the background
processes._processors = lambda: 2
both = multiprocessing.get_context("fork").Barrier(2)

def work(number):
    if number < 2:
        both.wait()  # each process has taken one of these
    os.write(1, b"%d\\n" % number)
    if number > 1:
        time.sleep(SECONDS)

try:
    list(processes.spread(work, range(COUNT), few=1))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
forking = pytest.mark.skipif(sys.platform != "linux", reason="this work is handed over by forking")


def long_work(seconds: float, count: int) -> subprocess.Popen[str]:
    """A process, at the head of a group, that shares work out to two others; it has begun the third item."""
    code = LONG_WORK.replace("SECONDS", str(seconds)).replace("COUNT", str(count))
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert {parent.stdout.readline() for _ in range(3)} > {"0\n", "1\n"}
    return parent


@forking
def test_no_process_outlives_a_build_that_was_killed() -> None:
    with long_work(60, 4) as parent:
        parent.kill()
        parent.communicate(timeout=20)  # it returns when the last process that could write has ended


@forking
@pytest.mark.parametrize(("count", "seconds"), [(3, 2.0), (31, 0.3)], ids=["one is idle", "much is left"])
def test_ctrl_c_ends_a_build_in_processes_and_is_told_once(count: int, seconds: float) -> None:
    """A terminal sends the signal to all of them; only the first says so."""
    with long_work(seconds, count) as parent:
        os.killpg(parent.pid, signal.SIGINT)
        said, complaints = parent.communicate(timeout=20)
    assert complaints == ""
    assert parent.returncode == 0
    *numbers, last = said.split()
    assert last == "interrupted"
    assert len(numbers) < 20  # what had been handed over is finished, and no more is begun


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceRunner:
    """A small archive of the benchmarks."""
    folder = tmp_path_factory.mktemp("archive") / "workspace"
    script = ROOT / "benchmarks" / "archive.py"
    done = subprocess.run(
        [sys.executable, script, str(folder), "--issues", "3", "--articles", "4"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return WorkspaceRunner(folder)


def test_the_archive_of_the_benchmarks_builds(archive: WorkspaceRunner) -> None:
    built = archive.json("build", "--now", "2026-01-01")
    assert [len(each["articles"]) for each in built["editions"]] == [4, 4, 4]
    assert all(each["frozen"] for each in built["editions"])
    assert built["findings"] == []


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_several_processes_make_the_same_bytes_as_one(
    archive: WorkspaceRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    two_processors: None,
    method: str,
) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {method}")
    archive.ok("build", "--now", "2026-01-01")
    one = archive.tree("build")
    monkeypatch.setattr(processes, "_context", lambda: multiprocessing.get_context(method))
    for module in ("pipeline.articles.texts", "pipeline.actions.built_parts", "pipeline.actions.build"):
        monkeypatch.setattr(f"{module}.spread", lambda work, items, few: spread(work, items, 1))
    several = WorkspaceRunner(tmp_path / "workspace")
    shutil.copytree(archive.root, several.root, ignore=shutil.ignore_patterns("build"))
    several.ok("build", "--now", "2026-01-01")
    assert several.tree("build") == one


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_several_processes_find_the_same_as_one(
    archive: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, two_processors: None, method: str
) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {method}")
    shutil.rmtree(archive.root / ".pressroom", ignore_errors=True)
    one = archive.run("check", "--json").output
    monkeypatch.setattr(processes, "_context", lambda: multiprocessing.get_context(method))
    monkeypatch.setattr("pipeline.actions.check.spread", lambda work, items, few: spread(work, items, 1))
    shutil.rmtree(archive.root / ".pressroom")
    assert archive.run("check", "--json").output == one
    assert archive.run("check", "--json").output == one  # from what was kept


def test_mistakes_of_several_processes_are_told_together(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, two_processors: None
) -> None:
    for module in ("pipeline.articles.texts", "pipeline.actions.built_parts", "pipeline.actions.build"):
        monkeypatch.setattr(f"{module}.spread", lambda work, items, few: spread(work, items, 1))
    workspace.write(
        {
            "issues/articles/glutamate.md": article("Glutamate", body="![x](none.png)"),
            "issues/articles/a-note.md": article(
                "A note", date="2026-01-05", tags="[notes]", body="[x](no.md)"
            ),
            "issues/001-the-plastic-brain/issue.md": issue(letter="{{ nobody }}"),
        }
    )
    said = workspace.error("build")
    assert "none.png" in said and "no.md" in said and "nobody" in said
    assert "3 mistakes. Nothing was written." in said
    assert not (workspace.root / "build").exists()


# --- packed content --------------------------------------------------------------------------

CONTENT = Content(
    blocks=(Block(BlockKind.PROSE, nodes=(Element("p", (), ("Words.",), 3),), line=3),),
    footnotes=((Element("p", (), ("A note.",), 4),),),
    words=3,
)


def test_packed_content_reads_as_it_was() -> None:
    small = compress(CONTENT)
    assert tuple(small.blocks) == CONTENT.blocks and small.blocks[0] == CONTENT.blocks[0]
    assert tuple(small.footnotes) == CONTENT.footnotes and len(small.footnotes) == 1
    assert replace(small, blocks=(), footnotes=()) == replace(CONTENT, blocks=(), footnotes=())
    assert tuple(for_audience(small, Medium.WEB, "everyone").blocks) == CONTENT.blocks


def test_packed_content_travels_to_another_process() -> None:
    assert tuple(pickle.loads(pickle.dumps(compress(CONTENT))).blocks) == CONTENT.blocks


# --- folders ---------------------------------------------------------------------------------


def test_folders_are_replaced_together_or_not_at_all(tmp_path: Path) -> None:
    write_files(tmp_path, [OutputFile("a/x", b"old"), OutputFile("b/c/x", b"old"), OutputFile("d/x", b"old")])
    before = WorkspaceRunner(tmp_path).tree()
    with pytest.raises(ZeroDivisionError), replace_folders(tmp_path, ("a", "b/c")) as fresh:
        write_files(fresh / "a", [OutputFile("x", b"new")])
        raise ZeroDivisionError
    assert WorkspaceRunner(tmp_path).tree() == before
    with replace_folders(tmp_path, ("a", "b/c")) as fresh:
        write_files(fresh, [OutputFile("a/y", b"new"), OutputFile("b/c/y", b"new")])
    assert WorkspaceRunner(tmp_path).tree() == {"a/y": b"new", "b/c/y": b"new", "d/x": b"old"}


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a/x", "a/y", "b/x", "b/z", "c/only-old")
    write_files(tmp_path, [OutputFile(name, b"old") for name in names])
    before = WorkspaceRunner(tmp_path).tree()
    move = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "z" and "fresh" in self.parts:
            raise PermissionError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with (
        pytest.raises(PressroomError, match="Permission denied"),
        replace_folders(tmp_path, ("a", "b", "new")) as fresh,
    ):
        write_files(fresh, [OutputFile(name, b"new") for name in ("a/x", "b/x", "b/z", "b/q", "new/x")])
    assert WorkspaceRunner(tmp_path).tree() == before


def test_a_reader_finds_the_site_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at before and after each call that changes the file system."""
    write_files(tmp_path, [OutputFile("site/index.html", b"old"), OutputFile("site/gone/index.html", b"old")])
    seen: list[bytes] = []

    def looking(change: Any) -> Any:
        def changed(*args: Any, **options: Any) -> Any:
            seen.append((tmp_path / "site/index.html").read_bytes())
            value = change(*args, **options)
            seen.append((tmp_path / "site/index.html").read_bytes())
            return value

        return changed

    for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "rename"), (Path, "mkdir"), (os, "link")):
        monkeypatch.setattr(owner, name, looking(getattr(owner, name)))
    monkeypatch.setattr(shutil, "rmtree", looking(shutil.rmtree))
    with replace_folders(tmp_path, ("site",)) as fresh:
        write_files(fresh / "site", [OutputFile("index.html", b"new"), OutputFile("new/index.html", b"new")])
    assert len(seen) > 6
    assert seen == sorted(seen, reverse=True)  # first only the old one, then only the new one
    assert set(WorkspaceRunner(tmp_path / "site").tree()) == {"index.html", "new/index.html"}


def test_a_file_and_a_folder_may_take_each_others_place(tmp_path: Path) -> None:
    write_files(tmp_path, [OutputFile("site/a", b"old"), OutputFile("site/b/x", b"old")])
    with replace_folders(tmp_path, ("site",)) as fresh:
        write_files(fresh / "site", [OutputFile("a/x", b"new"), OutputFile("b", b"new")])
    assert WorkspaceRunner(tmp_path / "site").tree() == {"a/x": b"new", "b": b"new"}


def test_what_a_killed_build_left_is_removed_by_the_next(workspace: WorkspaceRunner) -> None:
    workspace.write({"build/.fresh.killed/fresh/site/index.html": "half"})
    workspace.ok("build")
    assert list((workspace.root / "build").glob(".*")) == []


def test_a_build_leaves_alone_what_another_is_writing(tmp_path: Path) -> None:
    with replace_folders(tmp_path, ("a",)) as one:
        with replace_folders(tmp_path, ("b",)) as two:
            write_files(two / "b", [OutputFile("x", b"new")])
        write_files(one / "a", [OutputFile("x", b"new")])
    assert WorkspaceRunner(tmp_path).tree() == {"a/x": b"new", "b/x": b"new"}


def test_a_failure_leaves_no_folder_behind(tmp_path: Path) -> None:
    build = tmp_path / "new" / "build"
    with pytest.raises(ZeroDivisionError), replace_folders(build, ("site",)):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_a_template_leaves_the_last_build(workspace: WorkspaceRunner) -> None:
    workspace.ok("assemble", "1")
    workspace.ok("build")
    before = workspace.tree("build")
    workspace.write({"templates/web/404.html.j2": "{{ nothing.at.all }}"})
    workspace.error("build")
    assert workspace.tree("build") == before


# --- feeds -----------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=200), st.integers(1, 20_000))
def test_a_feed_is_cut_where_its_next_item_would_not_fit(sizes: list[int], limit: int) -> None:
    def files(feed: Any, count: int, parts: Any) -> dict[str, bytes]:
        return {"rss": bytes(sum(sizes[:count]))}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_archive, "_files", files)
        patch.setattr(feed_archive, "FEED_BYTES", limit)
        items = [SimpleNamespace(html="x" * size) for size in sizes]
        _, kept = feed_archive._current_feed(SimpleNamespace(items=items), [])  # type: ignore[arg-type]
    fitting = sum(1 for size in accumulate(sizes) if size < limit)
    assert len(kept["rss"]) == sum(sizes[: max(1, fitting)])
