"""Finds the ledger of a workspace: on this machine, and left out by version control."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.deliver.sqlite_ledger import SqliteLedger

_FOLDER = ".pressroom"


def ledger_path() -> str:
    """Return the path of the ledger relative to the workspace."""
    return f"{_FOLDER}/deliver.sqlite"


def has_ledger(root: Path) -> bool:
    """Whether anything was ever sent from this workspace on this machine."""
    return (root / ledger_path()).is_file()


@contextmanager
def open_ledger(root: Path) -> Iterator[SqliteLedger]:
    """Open the ledger of the workspace at `root` for this block; the first use makes it.

    Raises `PressroomError` for one that cannot be read or written.
    """
    folder = root / _FOLDER
    if folder.is_symlink():
        # In a foreign workspace it may lead anywhere.
        raise OSError(errno.ELOOP, "is a link: delete it", str(folder))
    folder.mkdir(exist_ok=True)
    with suppress(FileExistsError), (folder / ".gitignore").open("x") as ignore:
        ignore.write("*\n")
    ledger = SqliteLedger(root / ledger_path(), ledger_path(), folder / "workers")
    try:
        yield ledger
    finally:
        ledger.close()
