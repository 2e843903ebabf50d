"""Values made from files, kept between runs in `.pressroom/cache` as long as the files are the same.

A value is used again if each file that was looked at when it was made still has the same size, times and
inode. Everything is forgotten when the program, a library or the settings are others. The cache makes
commands quick, never different: whatever is wrong with it, values are made again. It may be deleted at any
moment, and several processes may use it at once: each writes files of its own, and the index, which names
them, is replaced as a whole.

Values are pickled in chunks, and a pickle can run any code: the index and each chunk are signed. A chunk has
one value, or a group that is needed together: one by one they would take three times as long to read.
"""

from __future__ import annotations

import errno
import io
import marshal
import os
import pickle
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pipeline.support.file_stamps import Stamp, are_settled, read_stamp
from pipeline.support.signing import Signer

FOLDER = ".pressroom/cache"

SOURCES = "sources"
"""The group of what every command reads: articles, issues, locks and digests."""

_FORMAT = 4
_INDEX = "index"
_ENDING = ".values"
_UNUSED = 60_000_000_000
"""Nanoseconds after which a file that the index does not name belongs to no process at work."""

_MOST_FILES = 12
"""Files of values above which they are written into one."""


_Files = tuple[tuple[str, ...], tuple[Stamp | None, ...]]
"""The files that a value depends on, with their stamps."""

_Chunk = tuple[str, int, int, bytes, str]
"""Values that were pickled at once: segment, offset, length and signature, and the name of their group."""

_Entry = tuple[_Files, _Chunk]
"""Where a value is, and the files that it depends on."""


class _ValuePickler(pickle.Pickler):
    """Pickles a dataclass as a call with its fields: it is read in half of the time."""

    def reducer_override(self, value: Any) -> Any:
        """Return the class and its arguments for a dataclass; anything else is pickled as usual."""
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, each.name) for each in fields(value))
        return NotImplemented


def _pickled(value: Any) -> bytes:
    out = io.BytesIO()
    _ValuePickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


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
        self._values: dict[str, tuple[_Files, Any]] = {}
        self._added: dict[str, str] = {}
        self._entries: dict[str, _Entry] | None = None
        self._packed: list[bytes] = []
        self._opened: dict[str, int] = {}
        self._signer: Signer | None = None
        self._recording = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """Send to another process only what finds the same values there."""
        return FileCache, (self.root, self._version)

    # --- files -------------------------------------------------------------------------------

    def stamp(self, path: str) -> Stamp | None:
        """Return the stamp of a file, or None if it does not exist."""
        if path not in self._stamps:
            self._stamps[path] = read_stamp(self._base + path)
        return self._stamps[path]

    def note(self, path: str) -> None:
        """Remember that what is being made depends on this file, whether it exists or not."""
        stamp = self.stamp(path)
        for files in getattr(self._recording, "files", ()):
            files[path] = stamp

    @contextmanager
    def noted(self) -> Iterator[dict[str, Stamp | None]]:
        """Collect the files that are noted in this block, with their stamps."""
        files: dict[str, Stamp | None] = {}
        active = self._recording.__dict__.setdefault("files", [])
        active.append(files)
        try:
            yield files
        finally:
            active.pop()

    @property
    def looked_at(self) -> Mapping[str, Stamp | None]:
        """The stamps of all files that were looked at in this run, by their paths."""
        return self._stamps

    def begin_run(self) -> None:
        """Look at every file again, and keep the values in memory."""
        self._stamps.clear()

    # --- values ------------------------------------------------------------------------------

    def get(self, key: str) -> Any:
        """Return the value of this key if its files are the same, else None."""
        kept = self._values.get(key)
        if kept is None:
            self._load(key)
            kept = self._values.get(key)
        if kept is not None:
            if self._same(kept[0]):
                return kept[1]
            del self._values[key]
        return None

    def put(self, key: str, files: dict[str, Stamp | None], value: Any, group: str = "") -> None:
        """Keep a value that depends on these files, unless one was changed a moment ago.

        Two changes in one step of the file system's clock could not be told apart. The values of a group are
        in one chunk.
        """
        if are_settled(files.values()):
            self._keep(key, files, value, group)

    def put_written(self, key: str, paths: Iterable[str], value: Any, group: str) -> None:
        """Keep a value that depends on files which this run has written."""
        self._keep(key, {path: read_stamp(self._base + path) for path in paths}, value, group)

    def _keep(self, key: str, files: dict[str, Stamp | None], value: Any, group: str) -> None:
        self._stamps |= files
        self._values[key] = (tuple(files), tuple(files.values())), value
        self._added[key] = group

    def _same(self, files: _Files) -> bool:
        known = self._stamps
        for path, stamp in zip(*files, strict=True):
            if path not in known:  # as in `stamp`: a call for each of ten thousand files is felt
                known[path] = read_stamp(self._base + path)
            if known[path] != stamp:
                return False
        return True

    # --- on disk -----------------------------------------------------------------------------

    def save(self) -> None:
        """Write what was added. Where this is not possible, the next run makes it again."""
        added = {key: group for key, group in self._added.items() if key in self._values}
        self._added.clear()
        if added:
            with suppress(OSError):
                self._save(added)
        while self._opened:
            os.close(self._opened.popitem()[1])

    def _save(self, added: dict[str, str]) -> None:
        entries = self._index()
        cache_folder(self.root)
        if self._signer is None:
            return
        name = f"{time.time_ns():x}-{secrets.token_hex(4)}{_ENDING}"
        moved = entries if len({chunk[0] for _, chunk in entries.values()}) >= _MOST_FILES else {}
        after = {} if moved else dict(entries)
        offset = 0
        # One chunk after the other: together they may be larger than all else in memory.
        with (self._folder / name).open("xb") as file:
            for data, group, keys in self._chunks(moved, added):
                file.write(data)
                chunk = name, offset, len(data), self._signer.sign(data), group
                after |= {key: (files, chunk) for key, files in keys.items()}
                offset += len(data)
        by_group: dict[str, dict[str, _Entry]] = {"": {}}
        for key, entry in after.items():
            by_group.setdefault(entry[1][-1], {})[key] = entry
        packed = [marshal.dumps(entries) for entries in by_group.values()]
        self._signer.write(self._folder / _INDEX, marshal.dumps((_FORMAT, self._version, packed)))
        self._entries = after
        self._remove_unused({chunk[0] for _, chunk in after.values()})

    def _chunks(
        self, moved: dict[str, _Entry], added: dict[str, str]
    ) -> Iterator[tuple[bytes, str, dict[str, _Files]]]:
        """Make the chunks of what was added, and of what is kept already and belongs to files of today."""
        groups: dict[str, list[str]] = {}
        for key, (files, chunk) in moved.items():
            if chunk[-1]:
                if key not in added and self.get(key) is not None:
                    groups.setdefault(chunk[-1], []).append(key)
            elif self._same(files) and (data := self._read(chunk)) is not None:
                yield data, "", {key: files}
        for key, group in added.items():
            groups.setdefault(group, []).append(key)
        for key in groups.pop("", ()):
            yield _pickled({key: self._values[key][1]}), "", {key: self._values[key][0]}
        for group, keys in groups.items():
            values = {key: self._values[key][1] for key in keys}
            yield _pickled(values), group, {key: self._values[key][0] for key in keys}

    def _remove_unused(self, segments: set[str]) -> None:
        """Delete files of values that the index does not name, but not those of a process at work."""
        for each in (*self._folder.glob(f"*{_ENDING}"), *self._folder.glob("*.new")):
            old = each.stat().st_mtime_ns < time.time_ns() - _UNUSED
            if each.name not in segments and old:
                each.unlink(missing_ok=True)

    def _index(self, key: str | None = None) -> dict[str, _Entry]:
        """Return where values are: those of all groups, or of as many as it takes to find `key`."""
        if self._entries is None:
            self._entries = {}
            with suppress(OSError, ValueError, EOFError, TypeError, RuntimeError):
                self._signer = Signer(self.root)
                payload = self._signer.read(self._folder / _INDEX)
                if payload is not None:
                    number, version, packed = marshal.loads(payload)
                    if (number, version) == (_FORMAT, self._version):
                        self._packed = packed
        # The last are the groups: what is kept alone, tens of thousands of values, is rarely needed.
        while self._packed and key not in self._entries:
            self._entries |= marshal.loads(self._packed.pop())
        return self._entries

    def _load(self, key: str) -> None:
        """Read the chunk that has this value, if its files are the same."""
        entries = self._index(key)
        if key not in entries or not self._same(entries[key][0]):
            return
        chunk = entries[key][1]
        data = self._read(chunk)
        if data is None:
            # Nothing else of this file is trusted either, nor is it read for each of its values.
            entries = self._index()
            self._entries = {each: entry for each, entry in entries.items() if entry[1][0] != chunk[0]}
            return
        for each, value in pickle.loads(data).items():
            entry = entries.get(each)
            if entry and entry[1] == chunk:
                self._values.setdefault(each, (entry[0], value))

    def _read(self, chunk: _Chunk) -> bytes | None:
        """Read the pickled values of a chunk; None if its file was deleted or damaged."""
        segment, offset, length, signature, _ = chunk
        with suppress(OSError):
            if segment not in self._opened:
                self._opened[segment] = os.open(
                    self._folder / segment, os.O_RDONLY | getattr(os, "O_BINARY", 0)
                )
            data = _read_at(self._opened[segment], length, offset)
            if self._signer and self._signer.accepts(data, signature):
                return data
        return None


def cache_folder(root: Path) -> Path:
    """Make the folder of what is kept for the workspace at `root`, which version control leaves out.

    Raises `OSError` if it cannot be made, or is a link: in a foreign workspace that may lead anywhere.
    """
    folder = root / FOLDER
    for each in (folder.parent, folder):
        if each.is_symlink():
            raise OSError(errno.ELOOP, "is a link: delete it", str(each))
        each.mkdir(exist_ok=True)
    # A link that leads nowhere exists as well: it would make a file elsewhere.
    with suppress(FileExistsError), (folder / ".gitignore").open("x") as ignore:
        ignore.write("*\n")
    return folder


def clear_cache(root: Path) -> None:
    """Delete what is kept for the workspace at `root`."""
    folder = root / FOLDER
    if not folder.is_dir():
        return
    folder = cache_folder(root)
    for pattern in (_INDEX, f"*{_ENDING}", "last-*", "*.new"):
        for each in folder.glob(pattern):
            each.unlink(missing_ok=True)


def _read_at(handle: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(handle, length, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, length)
