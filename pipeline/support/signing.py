"""Signs what is kept in a workspace for later runs: a workspace may come from anybody.

The key is outside of it, in the user's own folder for caches.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 16
_KEY_BYTES = 32


class Signer:
    """Signs data of the workspace at `root`: what was signed for another workspace is not accepted.

    Raises `OSError` or `RuntimeError` if the user has no key, and none can be made.
    """

    def __init__(self, root: Path) -> None:
        self._key = _user_key()
        self._root = hashlib.blake2b(str(root).encode(errors="surrogatepass"), digest_size=16).digest()

    def sign(self, data: bytes | memoryview) -> bytes:
        """Return the signature of some data."""
        return hashlib.blake2b(data, key=self._key, digest_size=_BYTES, person=self._root).digest()

    def accepts(self, data: bytes | memoryview, signature: bytes | memoryview) -> bool:
        """Whether this is the signature of the data."""
        return hmac.compare_digest(self.sign(data), signature)

    def read(self, file: Path) -> memoryview | None:
        """Return what `write` wrote to a file; None if it is missing or was changed."""
        with suppress(OSError):
            data = memoryview(file.read_bytes())
            if self.accepts(data[_BYTES:], data[:_BYTES]):
                return data[_BYTES:]
        return None

    def write(self, file: Path, data: bytes) -> None:
        """Write data with its signature, as a whole. Raises `OSError`."""
        temporary = file.with_name(f"{secrets.token_hex(8)}.new")
        try:
            temporary.write_bytes(self.sign(data) + data)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)


def user_folder() -> Path:
    """The folder of what is kept for this user on this machine. Raises `RuntimeError` without a home."""
    own = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path is to be ignored (XDG Base Directory); it might lead into a foreign workspace.
    return (Path(own) if Path(own).is_absolute() else Path.home() / ".cache") / "pressroom"


def _user_key() -> bytes:
    """Return the key of this user on this machine. Makes it at the first use."""
    file = user_folder() / "key"
    with suppress(FileNotFoundError):
        if len(key := file.read_bytes()) == _KEY_BYTES:
            return key
    # A key that another process makes at the same time is replaced; what was signed with it is made again.
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{secrets.token_hex(8)}.new")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return file.read_bytes()
