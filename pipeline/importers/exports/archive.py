"""A `.zip` as it was downloaded: unpacked into a folder of its own, so that it is read as any folder is."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from pipeline.errors import PressroomError

MOST_FILES = 20_000
MOST_BYTES = 1_000_000_000
"""What an archive may have unpacked; a bomb has more."""
_RATIO = 200
"""How many times smaller than its content a large file may be packed; texts reach 20, a bomb 1,000."""

_PART_OF_NOTION = re.compile(r"Export(?:Block)?-[0-9a-f-]+-Part-\d+\.zip", re.IGNORECASE)
"""Notion packs its export so: an archive of nothing but these."""


def is_archive(path: Path) -> bool:
    """Whether a file is a `.zip`; documents are that too, and have other endings."""
    return path.suffix.lower() == ".zip"


def unpack(path: Path, folder: Path) -> None:
    """Unpack an archive into a folder; the parts of a long export of Notion into one.

    Raises `PressroomError` for names that lead out of it, links, encrypted and other nested archives, and for
    what would unpack to more than `MOST_BYTES`. Nothing is written then.
    """
    name = path.as_posix()
    size = _extract(path, folder, name, MOST_BYTES)
    parts = sorted(folder.iterdir())
    if all(_PART_OF_NOTION.fullmatch(each.name) for each in parts):
        for part in parts:
            size += _extract(part, folder, f"{name}/{part.name}", MOST_BYTES - size, is_part=True)
            part.unlink()


def _extract(path: Path, folder: Path, name: str, most: int, *, is_part: bool = False) -> int:
    """Extract the files of one archive. Returns their size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not _is_junk(each)]
            _check(members, name, most, is_part=is_part)
            folder.mkdir(parents=True, exist_ok=True)
            for member in members:
                target = folder / PurePosixPath(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("xb") as file:
                    left = member.file_size
                    while data := source.read(min(1 << 20, left + 1)):
                        left -= len(data)
                        if left < 0:
                            raise PressroomError(f"{member.filename} is larger than the archive says.", name)
                        file.write(data)
            return sum(each.file_size for each in members)
    # zipfile raises NotImplementedError for a compression it does not know, RuntimeError for a password.
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        hint = "Download it again: perhaps it did not arrive whole."
        raise PressroomError("this archive cannot be unpacked.", name, hint=hint) from error
    except OSError as error:
        what = f"this archive cannot be unpacked: {error.strerror or error}."
        raise PressroomError(what, name, hint="Unpack it yourself, and import the folder.") from error


def _is_junk(member: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS puts beside each file."""
    parts = PurePosixPath(member.filename).parts
    return member.is_dir() or "__MACOSX" in parts or member.filename.endswith(".DS_Store")


def _check(members: list[zipfile.ZipInfo], name: str, most: int, *, is_part: bool) -> None:
    if not members:
        raise PressroomError("holds no files.", name)
    names: set[PurePosixPath] = set()
    in_parts = not is_part and all(_PART_OF_NOTION.fullmatch(each.filename) for each in members)
    if len(members) > MOST_FILES or sum(each.file_size for each in members) > most:
        what = f"would unpack to more than {MOST_FILES:,} files or {MOST_BYTES // 1_000_000:,} MB."
        raise PressroomError(what, name, hint="Unpack it yourself, and import the folder.")
    for each in members:
        path = PurePosixPath(each.filename)
        if (
            not path.parts
            or path.is_absolute()
            or ".." in path.parts
            or "\\" in each.filename
            or ":" in path.parts[0]
        ):
            raise PressroomError(f'its file "{each.filename}" would be written outside of its folder.', name)
        if path in names:
            raise PressroomError(f'holds two files "{each.filename}".', name)
        names.add(path)
        if stat.S_ISLNK(each.external_attr >> 16):
            raise PressroomError(
                f'its file "{each.filename}" is a link.', name, hint="Pack it without links."
            )
        if each.flag_bits & 1:
            raise PressroomError("is encrypted.", name, hint="Unpack it yourself, and import the folder.")
        if path.suffix.lower() in (".zip", ".gz", ".7z", ".rar") and not in_parts:
            hint = "Unpack it yourself, and import the archive that is in it."
            raise PressroomError(f'holds another archive, "{each.filename}".', name, hint=hint)
        if each.file_size > 10_000_000 and each.file_size > _RATIO * max(each.compress_size, 1):
            raise PressroomError(f'its file "{each.filename}" unpacks to {each.file_size:,} bytes.', name)
