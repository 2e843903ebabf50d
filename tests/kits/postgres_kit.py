"""A PostgreSQL server of the tests' own, on a socket in a temporary folder, that ends with the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workspace_kit import skip_or_fail

# Debian keeps the server's programs out of the PATH.
_FOLDERS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), None)
_INSTALL = "apt-get install postgresql"


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server with an empty database, as its connection URI; without PostgreSQL the test is left out."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    # The server does not run as root, and the path of a socket has at most 107 bytes.
    as_user = ("runuser", "-u", "postgres", "--") if os.getuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="pressroom-pg-") as folder:
        if as_user:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(*as_user, initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(*as_user, pg_ctl, "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run(*as_user, pg_ctl, "-D", data, "-m", "immediate", "stop")


def _program(name: str) -> str:
    for folder in _FOLDERS:
        if program := shutil.which(name, path=folder):
            return program
    skip_or_fail(f"no {name}: {_INSTALL}")


def _run(*command: str) -> None:
    # Not captured by a pipe: the server keeps it open.
    with tempfile.TemporaryFile() as output:
        ended = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        assert ended.returncode == 0, output.read().decode()
