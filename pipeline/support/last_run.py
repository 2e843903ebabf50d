"""The last run of a command: what it printed, and whether any file was changed since then.

The stamps of all files of the workspace are compared, before anything heavy is imported.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.support.file_cache import FOLDER, cache_folder
from pipeline.support.file_stamps import Stamp, are_settled, program_version, read_stamp, stamps_below
from pipeline.support.signing import Signer


class LastRun:
    """The last run of a command in the workspace at `root`. `version` has all that is not in its files.

    The files are looked at now: what is changed while the command runs is a change for the next run.
    """

    def __init__(self, root: Path, command: str, version: Any) -> None:
        self._root = root
        self._file = root / FOLDER / f"last-{command}"
        self._version = repr((program_version(), version))
        self._stamps = stamps_below(str(root))

    def answer(self, now: float) -> Any:
        """Return the answer of the last run; None if anything was changed since then, or is due by now."""
        with suppress(OSError, ValueError, EOFError, TypeError, RuntimeError):
            data = Signer(self._root).read(self._file)
            if data is None:
                return None
            version, stamps, further, outputs, begin, end, answer = marshal.loads(data)
            if version == self._version and stamps == self._stamps and begin <= now < end:
                noted = (*further.items(), *outputs.items())
                if all(read_stamp(f"{self._root}/{path}") == stamp for path, stamp in noted):
                    return answer
        return None

    def keep(
        self,
        answer: Any,
        further: Mapping[str, Stamp | None],
        outputs: Sequence[str],
        begin: float,
        end: float,
    ) -> None:
        """Keep an answer that holds from `begin` until `end` (seconds since 1970).

        `further` are files that were looked at, as they were then. `outputs` are the folders of its results:
        where something is missing or was added in them, the answer does not hold.
        """
        stamps = {
            path: stamp
            for path, stamp in further.items()
            if path not in self._stamps and not path.startswith(tuple(f"{each}/" for each in outputs))
        }
        if not are_settled((*self._stamps.values(), *stamps.values())):
            return
        paths = (path for each in outputs for path in _folders(self._root, each))
        folders = {path: read_stamp(f"{self._root}/{path}") for path in paths}
        data = marshal.dumps((self._version, self._stamps, stamps, folders, begin, end, answer))
        with suppress(OSError, ValueError, RuntimeError):
            cache_folder(self._root)
            Signer(self._root).write(self._file, data)


def _folders(root: Path, outputs: str) -> Iterator[str]:
    """List a folder of results, whether it exists or not, with all folders in it."""
    folders = [outputs]
    for folder in folders:  # which grows: `os.walk` takes twice as long
        yield folder
        with suppress(OSError), os.scandir(f"{root}{os.sep}{folder}") as entries:
            folders += [
                f"{folder}{os.sep}{each.name}" for each in entries if each.is_dir(follow_symlinks=False)
            ]
