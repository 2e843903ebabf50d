"""The lock of a worker: nobody is taken for dead wrongly."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from unittest.mock import Mock

import pytest

from pipeline.deliver import worker_lock
from pipeline.deliver.worker_lock import WorkerLock, is_alive


def test_a_worker_lives_until_its_lock_ends(tmp_path: Path) -> None:
    lock = WorkerLock(tmp_path / "workers")
    assert is_alive(tmp_path / "workers", lock.name)
    lock.release()
    assert not is_alive(tmp_path / "workers", lock.name)


def test_the_file_of_a_killed_worker_is_removed(tmp_path: Path) -> None:
    (tmp_path / "0123.lock").touch()
    assert not is_alive(tmp_path, "0123")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("function", ["open", "_lock", "unlink"])
def test_only_a_missing_file_or_a_free_lock_means_dead(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0123.lock").touch()
    place = {"open": os, "_lock": worker_lock, "unlink": Path}[function]
    for code in errno.errorcode:
        error = OSError(code, os.strerror(code))
        with monkeypatch.context() as patch:
            patch.setattr(place, function, Mock(side_effect=error))
            if function == "open" and code != errno.ENOENT:
                with pytest.raises(OSError, match=re.escape(os.strerror(code))) as failure:
                    is_alive(tmp_path, "0123")
                assert failure.value.errno == code
            else:
                assert is_alive(tmp_path, "0123") is (function == "_lock"), errno.errorcode[code]
