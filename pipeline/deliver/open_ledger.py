"""Finds the ledger of a workspace: on this machine, and left out by version control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.deliver.ledger import Ledger
from pipeline.errors import PressroomError

_FOLDER = ".pressroom"
_WORKERS = f"{_FOLDER}/workers"

LEDGER_PATH = f"{_FOLDER}/deliver.sqlite"
"""The path of the ledger relative to the workspace."""


def has_ledger(root: Path) -> bool:
    """Whether anything was ever sent from this workspace on this machine."""
    return (root / LEDGER_PATH).is_file()


@contextmanager
def open_ledger(root: Path) -> Iterator[Ledger]:
    """Open the ledger of the workspace at `root` for this block; the first use makes it.

    Raises `PressroomError` for one that cannot be read or written.
    """
    for path in (_FOLDER, LEDGER_PATH, _WORKERS):
        if (root / path).is_symlink():
            # In a foreign workspace it may lead anywhere.
            raise PressroomError("is a link.", path, hint="Put in its place what it leads to, or delete it.")
    try:
        (root / _FOLDER).mkdir(exist_ok=True)
        with suppress(FileExistsError), (root / _FOLDER / ".gitignore").open("x") as ignore:
            ignore.write("*\n")
    except OSError as error:
        raise PressroomError(f"cannot be written: {error.strerror or error}.", _FOLDER) from error
    ledger = Ledger(root / LEDGER_PATH, LEDGER_PATH, root / _WORKERS)
    try:
        yield ledger
    finally:
        ledger.close()
