"""Opens a workspace with its settings, and lists its source files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.config.publication import read_publication
from pipeline.errors import PressroomError, suggest
from pipeline.model import Article, Publication
from pipeline.support.file_cache import FileCache
from pipeline.support.file_stamps import program_version
from pipeline.support.files import read_source, text_from_line
from pipeline.support.limits import ISSUE_FILE, SETTINGS_FILE
from pipeline.support.workspace_root import find_root

ISSUES = "issues"
POOL = "issues/articles"
LINKS = "issues/links"
SNIPPETS = "issues/snippets"
BUILD = "build"


class SourceFile(NamedTuple):
    """A source file: its name (slug or folder), and its path in the workspace at `root`."""

    name: str
    path: str
    root: Path

    def text(self) -> str:
        """The file's text. Raises `PressroomError` as `read_source` does."""
        return read_source(self.root / self.path, self.path)


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """The root folder of a workspace (resolved) and its publication; lists and locates files.

    `cache` keeps what is made from them, and learns which files are looked at.
    """

    root: Path
    publication: Publication
    cache: FileCache = field(compare=False)

    @property
    def zone(self) -> ZoneInfo:
        """The publication's time zone."""
        return ZoneInfo(self.publication.timezone)

    @property
    def build(self) -> Path:
        """The folder of all generated files."""
        return self.root / BUILD

    @property
    def templates(self) -> Path | None:
        """The folder of the workspace's own templates, which override the theme file by file, or None."""
        return _templates(self.root)

    def path_of(self, file: Path) -> str:
        """A file's path as a user types it: relative to the root, with forward slashes."""
        return file.relative_to(self.root).as_posix()

    def article_sources(self) -> tuple[SourceFile, ...]:
        """The pool's files, sorted by path: `<slug>.md`, or `<slug>/index.md` with images beside it."""
        return tuple(sorted(self._articles(POOL), key=attrgetter("path")))

    def _articles(self, folder: str) -> Iterator[SourceFile]:
        for entry in self._entries(folder):
            name = entry.name
            path = f"{folder}/{name}"
            # `_notes.md`, `.hidden` and a README are not articles.
            if name[0] in "._" or name.lower() == "readme.md":
                continue
            if entry.is_dir():
                above = (self.root / folder).resolve()
                if entry.is_symlink() and above.is_relative_to(Path(entry.path).resolve()):
                    continue  # a link to a folder above it, whose files are listed already
                if os.path.isfile(f"{entry.path}/index.md"):  # noqa: PTH113
                    yield SourceFile(name, f"{path}/index.md", self.root)
                else:
                    yield from self._articles(path)
            elif name.endswith(".md"):
                yield SourceFile(name[:-3], path, self.root)

    def body_of(self, article: Article) -> str:
        """Read the Markdown of an article. Raises `PressroomError` as `read_source` does."""
        path = article.place.path
        return text_from_line(read_source(self.root / path, path), article.body_line)

    def link_sources(self) -> tuple[SourceFile, ...]:
        """The files of link items, sorted by path."""
        names = (
            entry.name
            for entry in self._entries(LINKS)
            if entry.name.endswith((".yaml", ".yml"))
            and not entry.name.startswith((".", "_"))
            and entry.is_file()
        )
        return tuple(
            SourceFile(name.rpartition(".")[0], f"{LINKS}/{name}", self.root) for name in sorted(names)
        )

    def issue_sources(self) -> tuple[SourceFile, ...]:
        """The issues' `issue.md` files, sorted by folder."""
        names = (
            entry.name
            for entry in self._entries(ISSUES)
            if os.path.isfile(f"{entry.path}/{ISSUE_FILE}")  # noqa: PTH113
        )
        return tuple(SourceFile(name, f"{ISSUES}/{name}/{ISSUE_FILE}", self.root) for name in sorted(names))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in a folder: thousands of files, which `Path.iterdir` takes ten times as long to list."""
        try:
            with os.scandir(self.root / folder) as entries:
                return list(entries)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def snippet(self, name: str) -> SourceFile:
        """The snippet of this name. Raises `PressroomError` without a place if it does not exist."""
        folder = self.root / SNIPPETS
        self.cache.note(f"{SNIPPETS}/{name}.md")
        names = sorted(file.stem for file in folder.glob("*.md")) if folder.is_dir() else []
        if name not in names:
            hint = suggest(name, names) or f"Write it to {SNIPPETS}/{name}.md."
            raise PressroomError(f'there is no snippet "{name}".', hint=hint)
        path = f"{SNIPPETS}/{name}.md"
        self.locate(f"/{path}", "")  # a link may lead out of the workspace
        return SourceFile(name, path, self.root)

    def locate(self, target: str, beside: str) -> Path:
        """The file at a path in a source: relative to that source, or to the root if it begins with `/`.

        Raises `PressroomError` without a place if the path is not valid or leaves the workspace.
        """
        base = "." if target.startswith("/") else os.path.dirname(beside) or "."  # noqa: PTH120
        path = f"{base}/{target.lstrip('/')}"
        self.cache.note(path)
        try:
            file = (self.root / path).resolve()
            inside = file.is_relative_to(self.root)
        except (ValueError, OSError, RuntimeError) as error:
            raise PressroomError(f'"{target}" is not a path.') from error
        if not inside:
            raise PressroomError(f'"{target}" leaves the workspace.', hint="Copy the file beside the text.")
        return file

    def missing(self, noun: str, target: str, file: Path) -> PressroomError:
        """The error for a file that a source names as `target` and that is not there, without a place."""
        siblings = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = suggest(file.name, siblings) or f"Save it as {file.relative_to(self.root).as_posix()}."
        return PressroomError(f'the {noun} "{target}" does not exist.', hint=hint)


def open_workspace_files(
    start: Path, errors: list[PressroomError], before: WorkspaceFiles | None = None
) -> WorkspaceFiles:
    """The workspace at or above `start`; mistakes in its settings are added to `errors`.

    `before` is the same workspace as it was opened earlier in this process: what was read then is in
    memory. Raises `PressroomError` if there is no workspace, or its `newsletter.toml` cannot be read.
    """
    root = find_root(start)
    text = read_source(root / SETTINGS_FILE, SETTINGS_FILE)
    publication = read_publication(text, errors, _templates(root))
    if before is not None and (before.root, before.publication) == (root, publication):
        before.cache.begin_run()
        return before
    return WorkspaceFiles(root, publication, FileCache(root, f"{program_version()} {publication}"))


def _templates(root: Path) -> Path | None:
    folder = root / "templates"
    return folder if folder.is_dir() else None
