"""Tells whether a worker process lives, by a lock that the system ends with it, however it ends.

A killed process leaves no lease to wait for, and a number of a process that is used again misleads nobody.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path


class WorkerLock:
    """The lock of this process: a file in a folder that all workers share. `name` is unique."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._file = folder / f"{self.name}.lock"
        # It has its name only once it is locked, so that nobody takes it for the file of a dead worker.
        temporary = folder / f"{self.name}.new"
        self._handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _lock(self._handle)
        temporary.replace(self._file)

    def release(self) -> None:
        """End the lock."""
        if self._handle >= 0:
            with suppress(OSError):
                self._file.unlink()
            os.close(self._handle)
            self._handle = -1


def is_alive(folder: Path, name: str) -> bool:
    """Whether the worker of this name lives. The file of a dead one is removed.

    Raises `OSError` if it is not known: who is taken for dead wrongly has their messages sent twice.
    """
    file = folder / f"{name}.lock"
    try:
        handle = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _lock(handle)
    except OSError:
        return True
    else:
        with suppress(OSError):  # Windows deletes no file that is open
            file.unlink()
        return False
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Lock an open file. Raises `OSError` if another process has locked it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
