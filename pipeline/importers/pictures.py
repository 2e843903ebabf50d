"""Pictures come along: copied from beside the source, taken out of it, or fetched from the web."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from pipeline.errors import PressroomError
from pipeline.images.resize import plan_for
from pipeline.importers.draft import Draft, Material
from pipeline.model import ImageUse
from pipeline.support.files import RESERVED_NAMES
from pipeline.support.http import FetchError, SafeClient
from pipeline.support.urls import path_part

MAX_BYTES = 20_000_000
VAULT = "vault:"
"""Before the address of a picture that is anywhere in the folder: Obsidian finds it by its name alone."""
_STATIC = ("", "static", "public", "assets", "src", "content", "images", "source")
"""The folders of a site that its addresses with a leading slash count from, in systems at large."""

_ENDINGS = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF8": "gif",
    b"RIFF": "webp",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}


@dataclass(slots=True)
class Pictures:
    """The pictures of a run; each address is fetched once. `fetch` is whether the web may be asked."""

    web: SafeClient
    fetch: bool = True
    _fetched: dict[str, bytes | PressroomError] = field(default_factory=dict)
    _vaults: dict[Path, dict[str, Path]] = field(default_factory=dict)

    def of(self, written: str, address: str, draft: Draft, material: Material) -> bytes:
        """The bytes of a picture that can be shown; `address` is what is `written`, made absolute.

        It is looked for beside the source first, and on the web last. Raises `PressroomError` without one.
        """
        data = self._found(written, address, draft, material)
        try:
            plan_for(data, ImageUse.FULL)
        except PressroomError as error:
            if b"<svg" in data[:2000].lower():
                raise PressroomError("is SVG, which most mail programs do not show.") from error
            raise
        return data

    def _found(self, written: str, address: str, draft: Draft, material: Material) -> bytes:
        if address in draft.files:
            return draft.files[address]
        if address.startswith(VAULT) and material.folder is not None:
            return self._from_vault(address.removeprefix(VAULT), material, material.folder)
        if material.folder is not None and (local := _on_site(written, draft.base)):
            with suppress(PressroomError):
                return _from_folder(local, material)
        if re.match(r"https?://", address, re.IGNORECASE):
            return self._from_web(address)
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", address):
            raise PressroomError("is not where a picture can be taken from.")
        if material.folder is None:
            raise PressroomError("stands where the source was, which is not known.")
        return _from_folder(address, material)

    def _from_vault(self, address: str, material: Material, folder: Path) -> bytes:
        with suppress(PressroomError):
            return _from_folder(address, material)
        if folder not in self._vaults:
            files = sorted(folder.rglob("*"), key=lambda file: (-len(file.parts), file))
            self._vaults[folder] = {file.name: file for file in files}  # the outermost of a name
        file = self._vaults[folder].get(PurePosixPath(unquote(address)).name)
        path = quote(file.relative_to(folder).as_posix()) if file else address
        return _from_folder(path, replace(material, file=folder / "-"))

    def _from_web(self, address: str) -> bytes:
        if not self.fetch:
            raise PressroomError("was not fetched, as you asked.")
        if address not in self._fetched:
            try:
                self._fetched[address] = self.web.get(address, MAX_BYTES).data
            except FetchError as error:
                self._fetched[address] = PressroomError(f"cannot be fetched: {error}.")
        found = self._fetched[address]
        if isinstance(found, PressroomError):
            raise found
        return found


def _on_site(address: str, base: str) -> str:
    """An address as a path of the source's own site; empty for one of another site."""
    try:
        parts = urlsplit(address)
        own = parts.netloc == urlsplit(base).netloc
    except ValueError:
        return ""
    return address if not parts.scheme and not parts.netloc else parts.path if own else ""


def _from_folder(address: str, material: Material) -> bytes:
    """A file below the folder that the user named; an address with a leading slash counts from the site."""
    assert material.folder is not None
    root = material.folder.resolve()
    path = unquote(urlsplit(address).path)
    here = (material.file or Path(material.name)).resolve().parent
    bases = [here]
    if path.startswith("/"):
        above = [each for each in (here, *here.parents) if each.is_relative_to(root)]
        bases = [base / name for base in (*above, *root.parents[:3]) for name in _STATIC]
    for base in bases:
        try:
            file = (base / path.lstrip("/")).resolve()
            # Beside the source, or in a site's own folder of pictures; from nowhere else on this machine.
            inside = file.is_relative_to(root) or (path.startswith("/") and base.name in _STATIC[1:])
            if inside and file.is_relative_to(base if path.startswith("/") else root) and file.is_file():
                if file.stat().st_size > MAX_BYTES:
                    raise PressroomError(f"is larger than {MAX_BYTES // 1_000_000} MB.")
                return file.read_bytes()
        except (OSError, ValueError, RuntimeError):
            continue
    raise PressroomError("does not stand beside the source.")


def name_of(address: str, data: bytes, taken: Mapping[str, bytes]) -> str:
    """A file name for a picture: its own where that will do, and one that no other picture has."""
    ending = next((end for mark, end in _ENDINGS.items() if data.startswith(mark)), "")
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        ending = "avif"
    stem = path_part(PurePosixPath(unquote(urlsplit(address).path)).stem)[:60].strip("-")
    if not stem or stem in RESERVED_NAMES or not stem.isascii():
        stem = "picture"
    name = f"{stem}.{ending or 'png'}"
    if name in taken and taken[name] != data:
        name = f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{ending or 'png'}"
    return name
