"""Values made from files, kept between runs in `.pressroom/cache` as long as the files are the same.

A value is used again if each file that was looked at when it was made still has the same size, times and
inode. Everything is forgotten when the program, a library or the settings are others. The cache makes
commands quick, never different: whatever is wrong with it, values are made again. It may be deleted at any
moment, and several processes may use it at once: each writes files of its own, and the index, which names
them, is replaced as a whole.

Values are pickled, and a pickle can run any code. A workspace may come from anybody, so the index and each
value are signed with a key that is outside of it, in the user's own folder for caches.
"""

from __future__ import annotations

import hashlib
import hmac
import marshal
import os
import pickle
import secrets
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

Stamp = tuple[int, int, int, int]
"""Size, time of change of the content and of the entry in nanoseconds, and inode of a file."""

FOLDER = ".pressroom/cache"

_FORMAT = 1
_INDEX = "index"
_ENDING = ".values"
_SIGNATURE = 16
"""Bytes of a signature."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's time tells two changes apart: FAT has steps of two seconds."""

_UNUSED = 3_600_000_000_000
"""Nanoseconds after which a file that the index does not name belongs to no process at work."""

_MOST_FILES = 12
"""Files of values above which they are written into one."""


class _Entry(NamedTuple):
    """Where a value is: the files that it depends on with their stamps, its place and its signature."""

    files: tuple[str, ...]
    stamps: tuple[Stamp | None, ...]
    segment: str
    offset: int
    length: int
    signature: bytes


class FileCache:
    """The values kept for the workspace at `root`; `version` tells apart what they were made with.

    Paths are relative to `root`. A file's stamp is read once a run: what is made in one run belongs
    together.
    """

    def __init__(self, root: Path, version: str) -> None:
        self.root = root
        self._base = f"{root}{os.sep}"
        self._folder = root / FOLDER
        self._version = version
        self._stamps: dict[str, Stamp | None] = {}
        self._values: dict[str, tuple[tuple[str, ...], tuple[Stamp | None, ...], Any]] = {}
        self._added: set[str] = set()
        self._entries: dict[str, _Entry] | None = None
        self._opened: dict[str, int] = {}
        self._key = b""
        self._recording = threading.local()

    # --- files -------------------------------------------------------------------------------

    def stamp(self, path: str) -> Stamp | None:
        """Return the stamp of a file, or None if there is none."""
        if path not in self._stamps:
            self._stamps[path] = read_stamp(self._base + path)
        return self._stamps[path]

    def note(self, path: str) -> None:
        """Remember that what is being made depends on this file, whether it exists or not."""
        for files in getattr(self._recording, "files", ()):
            files[path] = self.stamp(path)

    @contextmanager
    def noted(self) -> Iterator[dict[str, Stamp | None]]:
        """Collect the files that are noted in this block, with their stamps."""
        files: dict[str, Stamp | None] = {}
        active = self._recording.__dict__.setdefault("files", [])
        active.append(files)
        try:
            yield files
        finally:
            active.remove(files)

    def begin_run(self) -> None:
        """Look at every file again, and keep the values in memory."""
        self._stamps.clear()

    # --- values ------------------------------------------------------------------------------

    def get(self, key: str) -> Any:
        """Return the value of this key if its files are the same, else None."""
        if key in self._values:
            files, stamps, value = self._values[key]
            if self._same(files, stamps):
                return value
            del self._values[key]
            return None
        entry = self._index().get(key)
        if entry is None or not self._same(entry.files, entry.stamps):
            return None
        data = self._read(entry)
        if data is None:
            return None
        value = pickle.loads(data)
        self._values[key] = entry.files, entry.stamps, value
        return value

    def put(self, key: str, files: dict[str, Stamp | None], value: Any) -> None:
        """Keep a value that depends on these files, unless one was changed a moment ago.

        Two changes in one step of the file system's clock could not be told apart.
        """
        settled = time.time_ns() - _SETTLED
        if all(stamp is None or stamp[1] < settled for stamp in files.values()):
            self._keep(key, files, value)

    def put_written(self, key: str, paths: Iterable[str], value: Any) -> None:
        """Keep a value that depends on files which this run has written."""
        self._keep(key, {path: read_stamp(self._base + path) for path in paths}, value)

    def _keep(self, key: str, files: dict[str, Stamp | None], value: Any) -> None:
        self._stamps |= files
        self._values[key] = tuple(files), tuple(files.values()), value
        self._added.add(key)

    def _same(self, files: Iterable[str], stamps: Iterable[Stamp | None]) -> bool:
        return all(self.stamp(path) == stamp for path, stamp in zip(files, stamps, strict=True))

    # --- on disk -----------------------------------------------------------------------------

    def save(self) -> None:
        """Write what was added. Where this is not possible, the next run makes it again."""
        added = [key for key in self._added if key in self._values]
        self._added.clear()
        if not added:
            return
        with suppress(OSError):
            self._save(added)

    def _save(self, added: list[str]) -> None:
        entries = dict(self._index())
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._key or self._folder.resolve() != self._folder:
            return  # a link in a foreign workspace leads to files that are not ours
        ignore = self._folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        segments = {entry.segment for entry in entries.values()}
        chunks: list[tuple[str, tuple[str, ...], tuple[Stamp | None, ...], bytes]] = []
        if len(segments) >= _MOST_FILES:
            # What belongs to no file of today is left behind.
            current = ((key, each) for key, each in entries.items() if self._same(each.files, each.stamps))
            moved = ((key, each, self._read(each)) for key, each in current)
            chunks += [(key, each.files, each.stamps, data) for key, each, data in moved if data is not None]
            entries.clear()
        for key in added:
            files, stamps, value = self._values[key]
            chunks.append((key, files, stamps, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
        name = f"{time.time_ns():x}-{secrets.token_hex(4)}{_ENDING}"
        offset = 0
        with (self._folder / name).open("xb") as file:
            for key, files, stamps, data in chunks:
                file.write(data)
                entries[key] = _Entry(files, stamps, name, offset, len(data), self._sign(data))
                offset += len(data)
        payload = marshal.dumps(
            (_FORMAT, self._version, {key: tuple(entry) for key, entry in entries.items()})
        )
        temporary = self._folder / f"{name}.index"
        temporary.write_bytes(self._sign(payload) + payload)
        temporary.replace(self._folder / _INDEX)
        self._entries = entries
        self._remove_unused({entry.segment for entry in entries.values()})

    def _remove_unused(self, segments: set[str]) -> None:
        """Delete files of values that the index does not name, but not those of a process at work."""
        for each in self._folder.glob(f"*{_ENDING}*"):
            old = each.stat().st_mtime_ns < time.time_ns() - _UNUSED
            if each.name not in segments and old:
                each.unlink(missing_ok=True)

    def _index(self) -> dict[str, _Entry]:
        if self._entries is None:
            self._entries = {}
            with suppress(OSError, ValueError, EOFError, TypeError, RuntimeError):
                self._key = _user_key()
                data = (self._folder / _INDEX).read_bytes()
                payload = memoryview(data)[_SIGNATURE:]
                if hmac.compare_digest(data[:_SIGNATURE], self._sign(payload)):
                    number, version, entries = marshal.loads(payload)
                    if (number, version) == (_FORMAT, self._version):
                        self._entries = {key: _Entry(*values) for key, values in entries.items()}
        return self._entries

    def _read(self, entry: _Entry) -> bytes | None:
        """Read the pickled value of an entry; None if its file is gone or damaged."""
        with suppress(OSError):
            if entry.segment not in self._opened:
                self._opened[entry.segment] = os.open(
                    self._folder / entry.segment, os.O_RDONLY | getattr(os, "O_BINARY", 0)
                )
            data = _read_at(self._opened[entry.segment], entry.length, entry.offset)
            if hmac.compare_digest(self._sign(data), entry.signature):
                return data
        return None

    def _sign(self, data: bytes | memoryview) -> bytes:
        # The folder belongs to what is signed: no index of another workspace can be put here.
        person = hashlib.blake2b(str(self.root).encode(errors="surrogatepass"), digest_size=16).digest()
        return hashlib.blake2b(data, key=self._key, digest_size=_SIGNATURE, person=person).digest()


def read_stamp(path: str) -> Stamp | None:
    """Read the stamp of the file at `path`, following links; None if there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - a Path costs more than the call, and there are thousands
    except (OSError, ValueError):
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def program_version() -> str:
    """Tell apart versions of this program, of Python and of all installed libraries.

    The program's own files are looked at, for its version is the same while it is being worked on.
    """
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        for name in sorted(names):
            digest.update(f"{folder}/{name} {read_stamp(f'{folder}/{name}')}".encode())
    for place in sys.path:
        with suppress(OSError):
            names = sorted(each for each in os.listdir(place) if each.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
            digest.update("\n".join(names).encode())
    return digest.hexdigest()


def _user_key() -> bytes:
    """Return the key of this user on this machine. Makes it at the first use."""
    own = os.environ.get("XDG_CACHE_HOME")
    file = (Path(own) if own else Path.home() / ".cache") / "pressroom" / "key"
    with suppress(FileNotFoundError):
        return _whole_key(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
    return _whole_key(file)


def _whole_key(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != 32:
        raise ValueError("not a key")
    return key


def _read_at(handle: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(handle, length, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, length)
