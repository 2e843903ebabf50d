"""Stamps of files: by them a run knows that a file is as it was in the run before."""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

Stamp = bytes
"""Size, time of change of the content and of the entry in nanoseconds, and inode of a file.

Packed, for there are tens of thousands: as numbers they take three times the memory, and twice as long to
read back.
"""

_PARTS = struct.Struct("<4Q")
_LARGEST = 2**64 - 1
_BEFORE_1970 = 2**63
"""From here on, a packed time is a negative one."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's time tells two changes apart: FAT has steps of two seconds."""

NOT_SOURCES = frozenset({"build", "node_modules", "__pycache__"})
"""Folders at the root of a workspace in which no source is looked for."""

_FOLLOWED = "issues/articles/", "templates/"
"""Folders in which sources are looked for behind links to other folders."""


def read_stamp(path: str) -> Stamp | None:
    """Read the stamp of the file at `path`, following links; None if there is no file."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - a Path costs more than the call, and there are thousands
    except (OSError, ValueError):
        return None
    # A time may be before 1970, and Windows has inodes of 128 bits.
    return _PARTS.pack(
        stat.st_size, stat.st_mtime_ns & _LARGEST, stat.st_ctime_ns & _LARGEST, stat.st_ino & _LARGEST
    )


def are_settled(stamps: Iterable[Stamp | None]) -> bool:
    """Whether no file was changed a moment ago: two changes in one step of the clock would look the same."""
    settled = time.time_ns() - _SETTLED
    changed = (_PARTS.unpack(stamp)[1] for stamp in stamps if stamp is not None)
    return all(each < settled or each >= _BEFORE_1970 for each in changed)


def stamps_below(root: str) -> dict[str, Stamp | None]:
    """Read the stamps of all files of a workspace, by their paths.

    What is hidden or built at its root is left out. Links to folders are followed where sources are found
    behind them; elsewhere one may lead to a whole disk.
    """
    stamps: dict[str, Stamp | None] = {}
    folders: list[tuple[str, frozenset[str]]] = [("", frozenset())]
    while folders:
        folder, linked = folders.pop()
        with suppress(OSError), os.scandir(f"{root}/{folder}") as entries:
            for entry in entries:
                if not folder and (entry.name.startswith(".") or entry.name in NOT_SOURCES):
                    continue
                path = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append((f"{path}/", linked))
                    continue
                stamps[path] = read_stamp(entry.path)
                if entry.is_symlink() and _is_followed(f"{path}/") and entry.is_dir():
                    target = os.path.realpath(entry.path)
                    if target not in linked:  # else a link leads back to a folder above it
                        folders.append((f"{path}/", linked | {target}))
    return stamps


def _is_followed(folder: str) -> bool:
    return any(folder.startswith(each) or each.startswith(folder) for each in _FOLLOWED)


@cache
def program_version() -> str:
    """Tell apart versions of this program, of Python and of all installed libraries.

    The program's own files are looked at, for its version is the same while it is being worked on. They
    are looked at once: a process runs what it has imported.
    """
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    for place in (package, f"{os.path.dirname(package)}/templates"):  # noqa: PTH120
        for path, stamp in sorted(stamps_below(place).items()):
            if "__pycache__" not in path:
                digest.update(f"{path} {stamp!r}".encode())
    for place in sys.path:
        with suppress(OSError):
            names = sorted(each for each in os.listdir(place) if each.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
            digest.update("\n".join(names).encode())
    return digest.hexdigest()
