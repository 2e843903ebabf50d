"""Finds a workspace by walking up to `newsletter.toml`, as git does, and lists its source files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.config.publication import read_publication
from pipeline.errors import PressroomError, WorkspaceNotFound, suggest
from pipeline.model import Publication
from pipeline.support.files import read_source
from pipeline.support.limits import ISSUE_FILE, SETTINGS_FILE

ISSUES = "issues"
POOL = "issues/articles"
LINKS = "issues/links"
SNIPPETS = "issues/snippets"
BUILD = "build"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source file: its name (slug or folder), its path in the workspace, and the file."""

    name: str
    path: str
    file: Path

    def text(self) -> str:
        """The file's text. Raises `PressroomError` as `read_source` does."""
        return read_source(self.file, self.path)


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """The root folder of a workspace (resolved) and its publication; lists and locates files."""

    root: Path
    publication: Publication

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
        return tuple(sorted(self._articles(self.root / POOL), key=lambda source: source.path))

    def _articles(self, folder: Path) -> Iterator[SourceFile]:
        if not folder.is_dir():
            return
        for entry in folder.iterdir():
            # `_notes.md`, `.hidden` and a README are not articles.
            if entry.name.startswith((".", "_")) or entry.name.lower() == "readme.md":
                continue
            if entry.is_dir():
                if entry.is_symlink() and folder.resolve().is_relative_to(entry.resolve()):
                    continue  # a link to a folder above it, whose files are listed already
                index = entry / "index.md"
                if index.is_file():
                    yield SourceFile(entry.name, self.path_of(index), index)
                else:
                    yield from self._articles(entry)
            elif entry.suffix == ".md":
                yield SourceFile(entry.stem, self.path_of(entry), entry)

    def link_sources(self) -> tuple[SourceFile, ...]:
        """The files of link items, sorted by path."""
        files = sorted((self.root / LINKS).glob("*.yaml"))
        return tuple(
            SourceFile(file.stem, self.path_of(file), file)
            for file in files
            if file.is_file() and not file.name.startswith((".", "_"))
        )

    def issue_sources(self) -> tuple[SourceFile, ...]:
        """The issues' `issue.md` files, sorted by folder."""
        folder = self.root / ISSUES
        if not folder.is_dir():
            return ()
        sources = [
            SourceFile(entry.name, self.path_of(entry / ISSUE_FILE), entry / ISSUE_FILE)
            for entry in folder.iterdir()
            if entry.is_dir() and (entry / ISSUE_FILE).is_file()
        ]
        return tuple(sorted(sources, key=lambda source: source.path))

    def snippet(self, name: str) -> SourceFile:
        """The snippet of this name. Raises `PressroomError` without a place if it does not exist."""
        folder = self.root / SNIPPETS
        names = sorted(file.stem for file in folder.glob("*.md")) if folder.is_dir() else []
        if name not in names:
            hint = suggest(name, names) or f"Write it to {SNIPPETS}/{name}.md."
            raise PressroomError(f'there is no snippet "{name}".', hint=hint)
        path = f"{SNIPPETS}/{name}.md"
        return SourceFile(name, path, self.locate(f"/{path}", ""))

    def locate(self, target: str, beside: str) -> Path:
        """The file at a path in a source: relative to that source, or to the root if it begins with `/`.

        Raises `PressroomError` without a place if the path is not valid or leaves the workspace.
        """
        base = self.root if target.startswith("/") else (self.root / beside).parent
        try:
            file = (base / target.lstrip("/")).resolve()
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


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that contains `newsletter.toml`, resolved."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise WorkspaceNotFound(
        f"no {SETTINGS_FILE} here or in any folder above ({start}).",
        hint="Go into a workspace, name one with --workspace DIR, or make one: pressroom init DIR",
    )


def open_workspace_files(start: Path, errors: list[PressroomError]) -> WorkspaceFiles:
    """The workspace at or above `start`; mistakes in its settings are added to `errors`.

    Raises `PressroomError` if there is no workspace, or its `newsletter.toml` cannot be read.
    """
    root = find_root(start)
    text = read_source(root / SETTINGS_FILE, SETTINGS_FILE)
    return WorkspaceFiles(root, read_publication(text, errors, _templates(root)))


def _templates(root: Path) -> Path | None:
    folder = root / "templates"
    return folder if folder.is_dir() else None
