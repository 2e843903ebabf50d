"""What is kept between runs makes commands quick, and never different: damaged, foreign, missing, at once."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from table_kit import rows
from workspace_kit import WorkspaceRunner, article, png

from pipeline.actions.built_parts import BuiltParts
from pipeline.content.compressed import CompressedPart
from pipeline.support.file_cache import FileCache
from pipeline.support.file_stamps import read_stamp
from pipeline.support.signing import Signer, user_folder
from pipeline.support.templating import _CompiledTemplates
from pipeline.workspace import open_workspace

NOTE = "issues/articles/a-note.md"
EMAIL = "build/issues/001-the-plastic-brain/email.txt"
NOW = ("--now", "2026-02-02")


@pytest.fixture
def built(workspace: WorkspaceRunner) -> WorkspaceRunner:
    """Built twice, with files that were not changed a moment ago."""
    settle(workspace)
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", *NOW)
    settle(workspace)
    workspace.ok("build", *NOW)
    return workspace


def settle(workspace: WorkspaceRunner) -> None:
    """Let every source look as if it had been written a while ago."""
    for file in workspace.root.glob("issues/**/*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    os.utime(workspace.root / "newsletter.toml", (1_700_000_000, 1_700_000_000))


def kept(workspace: WorkspaceRunner) -> list[Path]:
    return sorted((workspace.root / ".pressroom/cache").iterdir())


def test_version_control_leaves_it_out(built: WorkspaceRunner) -> None:
    assert built.read(".pressroom/cache/.gitignore") == "*\n"
    assert {each.name for each in kept(built)} > {".gitignore", "index", "last-build"}


DAMAGES = {"empty": b"", "zeros": b"\x00" * 40, "garbage": b"garbage " * 5000}


@pytest.mark.parametrize("damage", rows(DAMAGES, {"garbage"}))
def test_a_damaged_cache_is_not_trusted(built: WorkspaceRunner, damage: str) -> None:
    before = built.tree("build")
    for file in kept(built):
        if file.name != ".gitignore":
            file.write_bytes(DAMAGES[damage])
    assert built.ok("build", *NOW) and built.tree("build") == before
    for file in kept(built):
        data = bytearray(file.read_bytes())
        if file.name != ".gitignore" and data:
            data[len(data) // 2] ^= 1
            file.write_bytes(data)
    assert built.ok("build", *NOW) and built.tree("build") == before


def test_it_may_be_deleted_at_any_moment(built: WorkspaceRunner) -> None:
    before = built.tree("build")
    shutil.rmtree(built.root / ".pressroom")
    assert built.ok("build", *NOW) and built.tree("build") == before
    for file in kept(built):
        file.unlink()
        assert built.ok("build", *NOW) and built.tree("build") == before
    built.ok("build", "--clean", *NOW)
    assert built.tree("build") == before


class Harmful:
    """Runs code when it is unpickled, as a workspace from somebody else might want."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("harm",))


def test_a_cache_that_came_with_a_foreign_workspace_is_not_read(
    built: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as other:
        other.setenv("XDG_CACHE_HOME", str(tmp_path / "somebody"))
        cache = FileCache(built.root, "any version")
        cache.put(NOTE, {NOTE: read_stamp(str(built.root / NOTE))}, Harmful())
        cache.save()
        assert FileCache(built.root, "any version").get(NOTE) is None and (tmp_path / "harm").is_dir()
    (tmp_path / "harm").rmdir()
    assert FileCache(built.root, "any version").get(NOTE) is None
    built.ok("build", *NOW)
    assert not (tmp_path / "harm").exists()


def test_a_key_that_was_written_by_half_is_made_again(
    built: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    key = tmp_path / "home/pressroom/key"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"half")
    built.ok("build", *NOW)
    assert len(key.read_bytes()) == 32 and [each.name for each in key.parent.iterdir()] == ["key"]


def test_a_key_is_not_taken_from_a_relative_folder(
    workspace: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(workspace.root)
    workspace.ok("build", *NOW)
    assert (tmp_path / "home/.cache/pressroom/key").exists() and not (workspace.root / "cache").exists()


def test_a_cache_is_not_read_in_another_folder(built: WorkspaceRunner, tmp_path: Path) -> None:
    copy = WorkspaceRunner(tmp_path / "copy")
    shutil.copytree(built.root, copy.root)
    copy.write({NOTE: article("Another", date="2026-01-05", tags="[notes]")})
    assert "Another" in copy.error("build", *NOW) or "edited" in copy.error("build", *NOW)
    built.ok("build", *NOW)


@pytest.mark.parametrize("link", rows([".pressroom", ".pressroom/cache"], {".pressroom"}))
def test_a_folder_that_is_a_link_gets_nothing(workspace: WorkspaceRunner, tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "old.values").write_text("not ours")
    (workspace.root / link).parent.mkdir(exist_ok=True)
    (workspace.root / link).symlink_to(elsewhere)
    workspace.ok("build", *NOW)
    assert [each.name for each in elsewhere.iterdir()] == ["old.values"]


def test_a_link_that_leads_nowhere_makes_no_file_elsewhere(
    workspace: WorkspaceRunner, tmp_path: Path
) -> None:
    (workspace.root / ".pressroom/cache").mkdir(parents=True)
    (workspace.root / ".pressroom/cache/.gitignore").symlink_to(tmp_path / "elsewhere")
    workspace.ok("build", *NOW)
    assert not (tmp_path / "elsewhere").exists()


def test_where_nothing_can_be_kept_a_build_works_as_well(workspace: WorkspaceRunner) -> None:
    workspace.write({".pressroom": "a file in the way"})
    workspace.ok("build", "--clean", *NOW)
    assert workspace.ok("build", *NOW) and workspace.read(".pressroom") == "a file in the way"


@pytest.mark.parametrize("moment", rows([1_700_000_000, 1_600_000_000, 2_000_000_000], {1_600_000_000}))
def test_a_change_of_the_same_length_is_seen_whatever_the_clock_says(
    built: WorkspaceRunner, moment: int
) -> None:
    text = built.read("issues/001-the-plastic-brain/issue.md")
    built.write({"issues/001-the-plastic-brain/issue.md": text.replace("Hello.", "Howdy.")})
    os.utime(built.root / "issues/001-the-plastic-brain/issue.md", (moment, moment))
    built.ok("build", *NOW)
    assert "Howdy." in built.read(EMAIL)


def test_a_change_a_moment_after_a_build_is_seen(workspace: WorkspaceRunner) -> None:
    path = "issues/001-the-plastic-brain/issue.md"
    for word in ("Hello.", "Howdy.", "Hullo.", "Hallo."):
        workspace.write({path: workspace.read(path)[:-7] + f"{word}\n"})
        os.utime(workspace.root / path)
        workspace.ok("build", *NOW)
        assert word in workspace.read(EMAIL)


def test_what_was_changed_in_the_results_is_made_again(built: WorkspaceRunner) -> None:
    before = built.tree("build")
    built.write({EMAIL: "Changed by hand."})
    (built.root / "build/site/index.html").unlink()
    built.ok("build", *NOW)
    assert built.tree("build") == before
    next((built.root / "build/site/articles").glob("*/index.html")).unlink()
    built.ok("build", *NOW)
    assert built.tree("build") == before
    shutil.rmtree(built.root / "build/issues/001-the-plastic-brain")
    built.ok("build", *NOW)
    assert built.tree("build") == before


@pytest.mark.parametrize(
    "folder", rows(["build/site", "build/site/articles", "build/issues"], {"build/site"})
)
def test_results_that_were_moved_behind_a_link_are_made_again(
    built: WorkspaceRunner, tmp_path: Path, folder: str
) -> None:
    before = built.tree("build")
    (built.root / folder).rename(tmp_path / "moved")
    (built.root / folder).symlink_to(tmp_path / "moved")
    built.write({"issues/snippets/new.md": "Another."})
    built.ok("build", *NOW)
    assert built.tree("build") == before


def test_a_build_deletes_nothing_behind_a_link(workspace: WorkspaceRunner, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/precious").mkdir(parents=True)
    (workspace.root / "build").mkdir()
    (workspace.root / "build/issues").symlink_to(tmp_path / "elsewhere")
    workspace.ok("build", *NOW)
    assert [each.name for each in (tmp_path / "elsewhere").iterdir()] == ["precious"]
    assert not (workspace.root / "build/issues").is_symlink()


def test_an_unchanged_build_says_what_it_said_and_touches_nothing(built: WorkspaceRunner) -> None:
    def times() -> dict[Path, int]:
        return {each: each.stat().st_mtime_ns for each in (built.root / "build").rglob("*")}

    before, said = times(), built.run("build", *NOW)
    again = built.run("build", *NOW)
    assert (said.stdout, said.stderr, said.exit_code) == (again.stdout, again.stderr, again.exit_code)
    assert times() == before
    assert built.json("build", *NOW) == built.json("build", *NOW)


def test_a_file_dated_before_1970_does_not_make_each_build_a_whole_one(built: WorkspaceRunner) -> None:
    os.utime(built.root / "newsletter.toml", (-5, -5))
    answer = built.root / ".pressroom/cache/last-build"
    answer.unlink()
    built.ok("build", *NOW)
    assert answer.is_file()


def test_what_was_built_stays_known_where_one_issue_is_built_or_exported(built: WorkspaceRunner) -> None:
    answer = str(built.root / ".pressroom/cache/last-build")
    before = read_stamp(answer)
    built.ok("build", "1", *NOW)
    built.ok("export", "1", *NOW)
    built.ok("build", *NOW)
    assert read_stamp(answer) == before
    shutil.rmtree(built.root / "build/site")
    built.ok("build", *NOW)
    assert read_stamp(answer) != before


def test_a_build_leaves_the_times_of_files_whose_bytes_are_the_same(built: WorkspaceRunner) -> None:
    page = built.root / "build/site/index.html"
    before = page.stat().st_mtime_ns
    built.ok("build", "--clean", *NOW)
    assert page.stat().st_mtime_ns == before


def test_two_processes_may_keep_values_at_once(built: WorkspaceRunner) -> None:
    stamps = {NOTE: read_stamp(str(built.root / NOTE))}
    one, two = FileCache(built.root, "x"), FileCache(built.root, "x")
    assert (one.get("a"), two.get("a")) == (None, None)
    one.put("a", stamps, "from one")
    two.put("b", stamps, "from two")
    one.save()
    two.save()
    after = FileCache(built.root, "x")
    assert (after.get("a"), after.get("b")) in {("from one", "from two"), (None, "from two")}


@pytest.mark.parametrize("command", ["build", "feed"])
def test_a_build_waits_until_another_has_ended(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    fcntl = pytest.importorskip("fcntl")
    finish, locked = BuiltParts.finish, []

    def other() -> None:
        handle = os.open(workspace.root, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            locked.append(True)
        else:
            locked.append(False)
        os.close(handle)

    def finish_beside_another(built_parts: BuiltParts) -> None:
        other()
        finish(built_parts)

    monkeypatch.setattr(BuiltParts, "finish", finish_beside_another)
    workspace.ok(command, *NOW)
    other()
    assert locked == [True, False]


def test_it_stays_small_however_often_something_is_added(built: WorkspaceRunner) -> None:
    stamps = {NOTE: read_stamp(str(built.root / NOTE))}
    for number in range(40):
        cache = FileCache(built.root, "x")
        cache.put("same key", stamps, os.urandom(1000) + pickle.dumps(number))
        cache.save()
        for file in kept(built):
            os.utime(file, (1_700_000_000, 1_700_000_000))  # as if an hour had passed
    assert len([each for each in kept(built) if each.suffix == ".values"]) <= 13
    value = FileCache(built.root, "x").get("same key")
    assert value.endswith(pickle.dumps(39))


@pytest.mark.parametrize("command", ["assemble", "build", "check"])
def test_a_text_is_kept_compressed_whichever_command_parsed_it(
    workspace: WorkspaceRunner, command: str
) -> None:
    settle(workspace)
    workspace.ok(command, "1")
    kept = open_workspace(workspace.root).files.cache.get(f"text {NOTE} a-note")
    assert isinstance(kept.content.blocks, CompressedPart)


def shared_notes(built: WorkspaceRunner, count: int) -> list[str]:
    """Write files, and keep a value for each, all in one chunk."""
    cache, paths = FileCache(built.root, "x"), [f"issues/note-{number}" for number in range(count)]
    for path in paths:
        built.write({path: path})
        os.utime(built.root / path, (1_700_000_000, 1_700_000_000))
        cache.put(path, {path: read_stamp(str(built.root / path))}, path, group="notes")
    cache.save()
    return paths


def test_of_values_kept_together_those_whose_file_changed_are_forgotten(built: WorkspaceRunner) -> None:
    paths = shared_notes(built, 3)
    for number in range(40):
        built.write({paths[1]: f"changed {number}"})
        os.utime(built.root / paths[1], (1_700_000_000, 1_700_000_001 + number))
        cache = FileCache(built.root, "x")
        assert [cache.get(path) for path in paths] == [paths[0], None, paths[2]]
        cache.put(paths[1], {paths[1]: read_stamp(str(built.root / paths[1]))}, number, group="notes")
        cache.save()
        after = FileCache(built.root, "x")
        assert [after.get(path) for path in reversed(paths)] == [paths[2], number, paths[0]]


def test_values_that_are_damaged_together_are_read_once(
    built: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = shared_notes(built, 50)
    for file in kept(built):
        if file.suffix == ".values":
            file.write_bytes(b"damaged" * 1000)
    accepts, asked = Signer.accepts, []
    monkeypatch.setattr(Signer, "accepts", lambda *given: asked.append(given) or accepts(*given))
    cache = FileCache(built.root, "x")
    assert [cache.get(path) for path in paths] == [None] * 50
    assert len(asked) == 2  # the index, and the chunk


@pytest.mark.parametrize(
    "place", rows([".hidden/logo.png", "issues/logo.png", "linked/deep/logo.png"], {"linked/deep/logo.png"})
)
def test_a_logo_that_is_changed_is_seen_wherever_it_is(workspace: WorkspaceRunner, place: str) -> None:
    (workspace.root / "linked").symlink_to(workspace.root / ".target")
    workspace.write({".target/deep/none": "", place: png(30, 10)})
    settings = workspace.read("newsletter.toml")
    workspace.write({"newsletter.toml": f'{settings}\n[theme]\nlogo = "{place}"\nlogo_alt = "Synapse"\n'})
    os.utime(workspace.root / place, (1_700_000_000, 1_700_000_000))
    settle(workspace)
    workspace.ok("build", *NOW)
    settle(workspace)
    workspace.ok("build", *NOW)
    before = workspace.tree("build")
    workspace.write({place: png(31, 10)})
    workspace.ok("build", *NOW)
    assert workspace.tree("build") != before


@pytest.mark.slow
def test_packaged_templates_are_compiled_once_for_all_workspaces(
    workspace: WorkspaceRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And templates that somebody has changed are compiled again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    compiled: list[str | None] = []
    compile_template = Environment.compile

    def compile_and_note(
        self: Environment, source: str, name: str | None = None, *args: Any, **more: Any
    ) -> Any:
        compiled.append(name)
        return compile_template(self, source, name, *args, **more)

    monkeypatch.setattr(Environment, "compile", compile_and_note)

    def build_as_another_process() -> dict[str, bytes]:
        compiled.clear()
        monkeypatch.setattr(_CompiledTemplates, "_code", {})
        shutil.rmtree(workspace.root / ".pressroom", ignore_errors=True)
        shutil.rmtree(workspace.root / "build", ignore_errors=True)
        workspace.ok("build", "1", *NOW)
        return workspace.tree("build")

    first = build_as_another_process()
    assert "email/issue.mjml.j2" in compiled
    assert build_as_another_process() == first and compiled == []
    workspace.write(
        {"templates/email/parts/footer.mjml.j2": '{% extends "default/email/parts/footer.mjml.j2" %}'}
    )
    build_as_another_process()
    assert compiled == ["email/parts/footer.mjml.j2", "default/email/parts/footer.mjml.j2"]
    (workspace.root / "templates/email/parts/footer.mjml.j2").unlink()
    for file in (user_folder() / "templates").iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert build_as_another_process() == first and "email/issue.mjml.j2" in compiled
