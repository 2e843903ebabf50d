"""Finds template files: the workspace's own override the chosen theme's, which override the default theme's.

A file is looked up in the workspace's `templates/`, its `templates/themes/NAME/`, the packaged theme NAME,
and the default theme, in this order. An override can extend the file that it replaces:
`default/email/issue.mjml.j2` is the default theme's file, `theme/email/issue.mjml.j2` the chosen theme's.
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.errors import PressroomError, suggest
from pipeline.model import Finding, Place, Severity

DEFAULT = "default/"
"""The prefix by which a template names the default theme's file."""

THEME = "theme/"
"""The prefix by which it names the chosen theme's file, without the workspace's overrides."""

THEMES = "themes"
"""The folder of themes, below the workspace's templates and the packaged ones."""

Folder = tuple[Path, str]
"""A folder of templates, and the prefix of their names as a user types them."""


@cache
def packaged_templates() -> Path:
    """The default theme: inside an installed package, or beside it in a checkout."""
    inside = Path(__file__).parent.parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "templates"


def theme_folders(own: Path | None) -> tuple[Folder, ...]:
    """The folders that contain themes: below the workspace's templates `own`, then in the package."""
    packaged = packaged_templates()
    if own is None or own.resolve() == packaged.resolve():
        # In the Pressroom repository itself the packaged themes are the user's.
        return ((packaged / THEMES, THEME if own is None else f"templates/{THEMES}/"),)
    return (own / THEMES, f"templates/{THEMES}/"), (packaged / THEMES, THEME)


class TemplateFiles:
    """The files of a theme. `overrides` is the workspace's folder of templates, which may be missing.

    Files are read at their first use and then kept: make a new value to see changes.
    """

    def __init__(self, overrides: Path | None = None, theme: str = "default") -> None:
        packaged = packaged_templates()
        own = [(overrides, "templates/")] if overrides is not None else []
        default = [(packaged, DEFAULT)]
        if overrides is not None and overrides.resolve() == packaged.resolve():
            own, default = [], own
        chosen = [
            (folder / theme, THEME if prefix == THEME else f"{prefix}{theme}/")
            for folder, prefix in theme_folders(overrides)
            if (folder / theme).is_dir()
        ]
        self._folders: list[Folder] = [*own, *chosen, *default]
        self._by_prefix: dict[str, list[Folder]] = {THEME: [*chosen, *default], DEFAULT: default}
        self._read: dict[str, tuple[str, str]] = {}
        self._found: dict[str, tuple[Path, str] | None] = {}

    def read(self, name: str) -> tuple[str, str]:
        """The text of a file of the theme, and its path as the user types it.

        Raises `PressroomError` with the nearest name if there is no such file.
        """
        if name not in self._read:
            self._read[name] = self._read_file(name)
        return self._read[name]

    def _read_file(self, name: str) -> tuple[str, str]:
        location = self.find(name)
        if location is None:
            raise PressroomError(f'there is no template "{name}".', f"templates/{name}", hint=self.near(name))
        file, path = location
        try:
            return file.read_text(encoding="utf-8-sig"), path
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            raise PressroomError("this template is not UTF-8 text.", path, line) from error
        except OSError as error:
            raise PressroomError(f"this template cannot be read: {error.strerror or error}.", path) from error

    def find(self, name: str) -> tuple[Path, str] | None:
        """A file of the theme, and its path as the user types it; None if there is no such file."""
        if name not in self._found:
            self._found[name] = self._find(*_split_prefix(name))
        return self._found[name]

    def _find(self, prefix: str, name: str) -> tuple[Path, str] | None:
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if any(part == ".." or "\\" in part for part in parts):
            return None  # a template must not leave its folder
        for folder, shown in self._by_prefix.get(prefix, self._folders):
            file = folder.joinpath(*parts)
            if file.is_file():
                return file, shown + "/".join(parts)
        return None

    def names(self, below: str = "") -> tuple[str, ...]:
        """The names of the templates below a folder, sorted, without those of other themes."""
        names = {
            file.relative_to(folder).as_posix()
            for folder, _ in self._folders
            for file in _files_below(folder / below)
        }
        return tuple(sorted(name for name in names if not name.startswith(f"{THEMES}/")))

    def digest(self) -> str:
        """The digest of every file of the workspace that a template of this theme may name.

        The packaged ones are part of the program's version, by which everything is kept.
        """
        digest = hashlib.sha256()
        for folder, shown in self._folders:
            for file in _files_below(folder) if shown.startswith("templates/") else ():
                path = shown + file.relative_to(folder).as_posix()
                digest.update(f"{path}\n{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
        return digest.hexdigest()

    def unused(self) -> Iterator[Finding]:
        """Report each template of the workspace that replaces none, and that no other template names."""
        for number, (folder, shown) in enumerate(self._folders[:-1]):
            below = [each for each, _ in self._folders[number + 1 :]]
            own = [file for file in _files_below(folder) if file.suffix == ".j2"]
            for file in own if shown.startswith("templates/") else ():
                name = file.relative_to(folder).as_posix()
                if name.startswith(f"{THEMES}/") or any((each / name).is_file() for each in below):
                    continue
                others = [each for each in self.names() if each.endswith(".j2") and each != name]
                if not any(name in self.read(each)[0] for each in others):
                    near = suggest(name, others) or ""
                    message = "this template replaces none of the theme's, and no template includes it."
                    yield Finding("TMPL001", Severity.WARNING, message, Place(shown + name), near)

    def near(self, name: str) -> str | None:
        """`Did you mean "…"?` for the template with the nearest name."""
        prefix = _split_prefix(name)[0]
        return suggest(name, [prefix + known for known in self.names()])

    def sources(self, below: str) -> tuple[tuple[str, str], ...]:
        """The files in use below a folder: the path of each as the user types it, and its text."""
        files = map(self.read, self.names(below))
        return tuple((path, text) for text, path in files)

    def shown(self, filename: str | None) -> str | None:
        """The path of a template's file as the user types it; None for any other file."""
        for folder, prefix in self._folders:
            if filename and Path(filename).is_relative_to(folder):
                return prefix + Path(filename).relative_to(folder).as_posix()
        return None


def _files_below(folder: Path) -> list[Path]:
    """List all files below a folder, also those behind links to folders, which `Path.rglob` leaves out."""
    paths = glob.iglob(f"{glob.escape(str(folder))}/**", recursive=True, include_hidden=True)  # noqa: PTH207
    return sorted(file for file in map(Path, paths) if file.is_file())


def _split_prefix(name: str) -> tuple[str, str]:
    """The prefix `default/` or `theme/` of a template's name, or the empty string, and the rest."""
    prefix = next((each for each in (DEFAULT, THEME) if name.startswith(each)), "")
    return prefix, name.removeprefix(prefix)
