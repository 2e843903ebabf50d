"""Reads source files, and writes files and folders atomically: as a whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from pipeline.errors import PressroomError
from pipeline.model import OutputFile

MAX_SOURCE_BYTES = 5_000_000
"""A larger source is not an article; the longest novels have about 3 MB."""

# C0 and C1 controls except tab and line feed, DEL, the two noncharacters that XML 1.0 section 2.2
# and feedgen refuse, and lone surrogates, which no encoding can write.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

# Windows refuses these names with any ending; a workspace may be shared between systems.
RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)


_STAGING = ".fresh."
"""How the names of folders begin in which files are written before they replace others."""


def check_characters(text: str, path: str | None, first_line: int = 1) -> None:
    """Raise `PressroomError`, with line and code point, if a text contains a forbidden character."""
    match = FORBIDDEN.search(text)
    if match:
        raise PressroomError(
            f"the character U+{ord(match[0]):04X} is not allowed in a text.",
            path,
            first_line + text.count("\n", 0, match.start()),
            "It is invisible and breaks mail programs and feeds: delete it.",
        )


def text_from_line(text: str, line: int) -> str:
    """The part of a text from this line on, counted from 1."""
    return "\n".join(text.split("\n")[line - 1 :])


def read_source(file: Path, path: str) -> str:
    """The text of a source file, with `\\n` line ends and no byte order mark.

    Raises `PressroomError` if the file cannot be read, is too large, is not UTF-8, or contains control
    characters.
    """
    try:
        known = file.stat()
        if not S_ISREG(known.st_mode):  # such as a link to a device that never ends, or a pipe
            raise PressroomError("is not a file.", path)
        if known.st_size > MAX_SOURCE_BYTES:
            raise PressroomError(
                f"is larger than {MAX_SOURCE_BYTES // 1_000_000} MB: too large for a text.", path
            )
        data = file.read_bytes()
    except OSError as error:
        raise PressroomError(f"cannot be read: {error.strerror or error}.", path) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PressroomError(
            "is not UTF-8 text.", path, line, "Save the file with the encoding UTF-8."
        ) from error
    return source_text(text, path)


def source_text(text: str, path: str) -> str:
    """A text with `\\n` line ends and no byte order mark, as sources are read.

    Raises `PressroomError` if it contains control characters.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    check_characters(text, path)
    return text


def bad_name(name: str) -> str | None:
    """Why `name` cannot be a file or folder name on every system, or None if it can."""
    if not name or name in {".", ".."}:
        return "is not a name"
    if re.search("[\ud800-\udfff]", name):  # how Python shows bytes that are not UTF-8
        return "is not UTF-8"
    if re.search(r"[/\\\x00-\x1f:*?\"<>|]", name):
        return "contains a character that has a meaning in paths"
    if name.startswith((".", " ", "-")) or name.endswith((".", " ")):
        return "begins or ends with a character that systems treat specially"
    if name.split(".")[0].lower() in RESERVED_NAMES:
        return "is reserved by Windows"
    if len(name.encode()) > 200:
        return "is longer than 200 bytes"
    return None


def write_atomically(file: Path, data: bytes, *, durable: bool = False) -> None:
    """Write to a temporary file and rename it, so that readers see only the old or the new bytes.

    A file that already has these bytes is not touched and keeps its time. If it is `durable`, it is on disk
    when this returns, which takes milliseconds: for what cannot be made again after a loss of power.
    """
    with _write_errors(file):
        if file.is_file() and file.read_bytes() == data:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                if durable:
                    out.flush()
                    os.fsync(out.fileno())
            # mkstemp makes private files; these are for all readers, like any other file.
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        if durable and sys.platform != "win32":  # where no folder can be opened
            folder = os.open(file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)  # has the new name
            finally:
                os.close(folder)


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """Raise every `OSError` as `PressroomError`."""
    try:
        yield
    except OSError as error:
        raise PressroomError(f"cannot be written: {error.strerror or error}.", str(path)) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def replace_folders(root: Path, folders: Sequence[str], keep: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a new folder that contains each of `folders`, empty, to write into.

    When the body has succeeded, their files replace those below `root`, one by one: a reader finds each
    file there at any moment. The files at the paths `keep` stay as they are. If anything fails, `root` stays
    as it was.
    """
    topmost_new = next((each for each in reversed((root, *root.parents)) if not each.exists()), None)
    with _write_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        done = False
        try:
            with _staging_folder(root) as staging:
                fresh = staging / "fresh"
                for folder in folders:
                    (fresh / folder).mkdir(parents=True)
                yield fresh
                with _Replacement(root, staging / "old", keep) as replacement:
                    above = {str(each) for folder in folders for each in PurePosixPath(folder).parents}
                    replacement.remove_links(above - {"."})
                    for folder in folders:
                        replacement.publish(fresh / folder, folder)
                done = True
        finally:
            if not done and topmost_new is not None:
                _remove_empty(root, topmost_new)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other process is in this block for the same folder. Where there are no locks, go on."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which ends the lock, as the end of the process does


@contextmanager
def _staging_folder(root: Path) -> Iterator[Path]:
    """Yield a new folder in `root`, which is deleted at the end, with those that killed processes left."""
    handle = os.open(root, os.O_RDONLY) if sys.platform != "win32" else None
    try:
        if sys.platform != "win32" and handle is not None:
            import fcntl

            # Others may be working here: each holds a shared lock, which ends with its process.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for left in root.glob(f"{_STAGING}*"):
                    shutil.rmtree(left, ignore_errors=True)
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_SH)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=root))
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        if handle is not None:
            os.close(handle)


class _Replacement:
    """Puts new files in place of those below `root`; if a step fails, puts back all that was there.

    What was replaced is in `old` meanwhile. The files at the paths `keep` stay.
    """

    def __init__(self, root: Path, old: Path, keep: Iterable[str]) -> None:
        self._root = root
        self._old = old
        self._keep = frozenset(keep)
        folders = {path.rpartition("/")[0] for path in self._keep}
        self._kept_folders = folders | {
            folder[:end] for folder in folders for end, sign in enumerate(folder) if sign == "/"
        }
        self._undo: list[tuple[Path, Path | None]] = []

    def __enter__(self) -> _Replacement:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        for place, former in reversed(self._undo):
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            if former is None:
                place.unlink(missing_ok=True)
            else:
                former.replace(place)

    def remove_links(self, paths: Iterable[str]) -> None:
        """Remove those of these that are links: results belong into folders of the workspace's own."""
        for path in paths:
            if (self._root / path).is_symlink():
                self._set_aside(path)

    def publish(self, source: Path, path: str) -> None:
        """Put the files of the folder `source` in place of those in the folder at `path`.

        A folder cannot be renamed over another one (POSIX, rename), and in between two renames a reader would
        find none.
        """
        target = self._root / path
        if target.is_symlink() or not target.is_dir():
            self._set_aside(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._move(source, target)
            return
        names = set()
        for each in list(source.iterdir()):
            names.add(each.name)
            place, below = target / each.name, f"{path}/{each.name}"
            if each.is_dir():
                self.publish(each, below)
                continue
            if place.is_dir() and not place.is_symlink():
                self._set_aside(below)
            elif place.exists() or place.is_symlink():
                if _same_bytes(each, place):
                    continue  # it keeps its times, by which others know what to copy
                former = self._former(below)
                _link(str(place), str(former))
                self._undo.append((place, former))
                each.replace(place)
                continue
            self._move(each, place)
        self._remove_others(path, names)

    def _remove_others(self, path: str, names: Container[str] = ()) -> None:
        """Remove from the folder at `path` what has none of these names, but not what is kept."""
        with os.scandir(f"{self._root}/{path}") as entries:
            others = [
                (below, each.is_dir(follow_symlinks=False))
                for each in entries
                if each.name not in names and (below := f"{path}/{each.name}") not in self._keep
            ]
        for below, is_folder in others:
            if is_folder and below in self._kept_folders:
                self._remove_others(below)
            else:
                self._set_aside(below)

    def _set_aside(self, path: str) -> None:
        place = self._root / path
        if place.exists() or place.is_symlink():
            former = self._former(path)
            place.replace(former)
            self._undo.append((place, former))

    def _move(self, source: Path, place: Path) -> None:
        source.replace(place)
        self._undo.append((place, None))

    def _former(self, path: str) -> Path:
        former = self._old / path
        former.parent.mkdir(parents=True, exist_ok=True)
        return former


def _same_bytes(one: Path, other: Path) -> bool:
    if other.is_symlink() or one.stat().st_size != other.stat().st_size:
        return False
    return one.read_bytes() == other.read_bytes()


def _link(source: str, target: str) -> None:
    """Link a file; where the file system has no links, copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _remove_empty(folder: Path, last: Path) -> None:
    """Remove a folder and those above it, up to `last`, while they are empty."""
    with suppress(OSError):
        for each in (folder, *folder.parents):
            each.rmdir()
            if each == last:
                return


def remove_others(folder: Path, names: Container[str]) -> None:
    """Remove all subfolders except those with these names; a link to a folder has none of its own."""
    for each in folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ():
        if each.is_dir() and each.name not in names:
            shutil.rmtree(each, ignore_errors=True)


def write_files(folder: Path, files: Iterable[OutputFile]) -> None:
    """Write files into a new folder that nobody reads yet."""
    for each in files:
        target = folder.joinpath(*PurePosixPath(each.path).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(each.data)


def write_over(folder: Path, files: Iterable[OutputFile]) -> None:
    """Write files into a folder that others may be reading, each as a whole."""
    for each in files:
        write_atomically(folder.joinpath(*PurePosixPath(each.path).parts), each.data)


def write_folder(folder: Path, files: Iterable[OutputFile]) -> None:
    """Replace the contents of `folder` with these files; if anything fails, it stays as it was."""
    with replace_folders(folder.parent, (folder.name,)) as fresh:
        write_files(fresh / folder.name, files)
