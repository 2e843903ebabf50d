"""Reading sources and writing results safely: whole files, never half of one."""

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
"""A source text beyond this is no article; the longest novels have about 3 MB."""

# C0 and C1 controls but for tab and line feed, DEL, the two noncharacters that XML 1.0 section 2.2
# and feedgen refuse, and lone surrogates, which no encoding can write.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")

# Windows refuses these names whatever their ending; a workspace is shared between systems.
RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)


def check_characters(text: str, path: str, first_line: int = 1) -> None:
    """Raise `PressroomError`, with line and code point, where `text` holds a forbidden character."""
    found = _FORBIDDEN.search(text)
    if found:
        line = first_line + text.count("\n", 0, found.start())
        raise PressroomError(
            f"the character U+{ord(found[0]):04X} may not stand in a text.",
            path,
            line,
            "It is invisible and breaks mail programs and feeds: delete it.",
        )


def read_source(file: Path, path: str) -> str:
    """The text of a source file, with `\\n` line ends and no byte order mark.

    Raises `PressroomError` for a file that cannot be read, is too large, is no UTF-8 or holds
    control characters.
    """
    try:
        if file.stat().st_size > MAX_SOURCE_BYTES:
            raise PressroomError(
                f"is larger than {MAX_SOURCE_BYTES // 1_000_000} MB, which no text is.", path
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
    """A text as sources are read: with `\\n` line ends and no byte order mark.

    Raises `PressroomError` where it holds control characters.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    check_characters(text, path)
    return text


def bad_name(name: str) -> str | None:
    """Why `name` may not be one part of a path made from a user's text, or None where it may."""
    if not name or name in {".", ".."}:
        return "is not a name"
    if re.search("[\ud800-\udfff]", name):  # how Python shows bytes that are no UTF-8
        return "is not UTF-8"
    if re.search(r"[/\\\x00-\x1f:*?\"<>|]", name):
        return "holds a character that has a meaning in paths"
    if name.startswith((".", " ", "-")) or name.endswith((".", " ")):
        return "begins or ends with a character that systems treat specially"
    if name.split(".")[0].lower() in RESERVED_NAMES:
        return "is reserved by Windows"
    if len(name.encode()) > 200:
        return "is longer than 200 bytes"
    return None


def write_atomically(file: Path, data: bytes) -> None:
    """Write to a temporary name beside the file and rename, so that readers see old or new only.

    A file that already has these bytes is left alone, with its time.
    """
    try:
        if file.is_file() and file.read_bytes() == data:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise PressroomError(f"cannot be written: {error.strerror or error}.", str(file)) from error
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        # mkstemp makes private files; what we write is meant to be read like any other file.
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(file)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise PressroomError(f"cannot be written: {error.strerror or error}.", str(file)) from error
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def replaced_folders(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    """A fresh folder to write into, in which each of `folders` stands as below `root`.

    They take the places of those below `root` once all went well. When anything fails before, what
    was there stays as it was.
    """
    missing = next((each for each in reversed((root, *root.parents)) if not each.exists()), None)
    try:
        root.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".fresh.", dir=root))
    except OSError as error:
        raise PressroomError(f"cannot be written: {error.strerror or error}.", str(root)) from error
    fresh, old = staging / "fresh", staging / "old"
    done = False
    try:
        for folder in folders:
            (fresh / folder).mkdir(parents=True)
        yield fresh
        for folder in folders:
            _swap(fresh / folder, root / folder, old / folder)
        done = True
    except OSError as error:
        raise PressroomError(f"cannot be written: {error.strerror or error}.", str(root)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not done and missing is not None:
            _remove_empty(root, missing)


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Put `fresh` in the place of `target`, which goes to `old`; or leave `target` where it was."""
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
    """Remove a folder and those above it, up to `last`, as far as nothing stands in them."""
    with suppress(OSError):
        for each in (folder, *folder.parents):
            each.rmdir()
            if each == last:
                return


def remove_others(folder: Path, names: Container[str]) -> None:
    """Remove the folders in a folder of ours that have none of these names."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir() and each.name not in names:
            shutil.rmtree(each, ignore_errors=True)


def write_files(folder: Path, files: Iterable[OutputFile]) -> None:
    """Write files into a folder that nobody reads yet."""
    for each in files:
        target = folder.joinpath(*PurePosixPath(each.path).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(each.data)


def write_folder(folder: Path, files: Iterable[OutputFile]) -> None:
    """Make `folder` hold exactly these files, or leave it as it was when something fails."""
    with replaced_folders(folder.parent, (folder.name,)) as fresh:
        write_files(fresh / folder.name, files)
