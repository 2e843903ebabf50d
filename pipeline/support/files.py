"""Reads source files, and writes files and folders atomically: as a whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

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


def read_source(file: Path, path: str) -> str:
    """The text of a source file, with `\\n` line ends and no byte order mark.

    Raises `PressroomError` if the file cannot be read, is too large, is not UTF-8, or contains control
    characters.
    """
    try:
        if file.stat().st_size > MAX_SOURCE_BYTES:
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


def write_atomically(file: Path, data: bytes) -> None:
    """Write to a temporary file and rename it, so that readers see only the old or the new bytes.

    A file that already has these bytes is not touched and keeps its time.
    """
    with _write_errors(file):
        if file.is_file() and file.read_bytes() == data:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            # mkstemp makes private files; these are for all readers, like any other file.
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


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
def replace_folders(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    """Yield a new folder that contains each of `folders`, empty, to write into.

    When the body has succeeded, they replace those below `root`. If anything fails, `root` stays as it was.
    """
    topmost_new = next((each for each in reversed((root, *root.parents)) if not each.exists()), None)
    with _write_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".fresh.", dir=root))
        fresh, old = staging / "fresh", staging / "old"
        done = False
        try:
            for folder in folders:
                (fresh / folder).mkdir(parents=True)
            yield fresh
            for folder in folders:
                _swap(fresh / folder, root / folder, old / folder)
            done = True
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            if not done and topmost_new is not None:
                _remove_empty(root, topmost_new)


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Move `target` to `old` and `fresh` to `target`; on failure, leave `target` as it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        if target.exists():
            target.replace(old)
        fresh.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise


def _remove_empty(folder: Path, last: Path) -> None:
    """Remove a folder and those above it, up to `last`, while they are empty."""
    with suppress(OSError):
        for each in (folder, *folder.parents):
            each.rmdir()
            if each == last:
                return


def remove_others(folder: Path, names: Container[str]) -> None:
    """Remove all subfolders except those with these names."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir() and each.name not in names:
            shutil.rmtree(each, ignore_errors=True)


def write_files(folder: Path, files: Iterable[OutputFile]) -> None:
    """Write files into a new folder that nobody reads yet."""
    for each in files:
        target = folder.joinpath(*PurePosixPath(each.path).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(each.data)


def write_folder(folder: Path, files: Iterable[OutputFile]) -> None:
    """Replace the contents of `folder` with these files; if anything fails, it stays as it was."""
    with replace_folders(folder.parent, (folder.name,)) as fresh:
        write_files(fresh / folder.name, files)
