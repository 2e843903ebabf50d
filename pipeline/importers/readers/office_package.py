"""An Office document's package, opened with care: a ZIP of XML parts (ECMA-376, part 2).

Nothing in it is unpacked before its size is known, and no XML is parsed that declares a document type.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pipeline.errors import PressroomError

MAX_UNPACKED_BYTES = 100_000_000
MAX_XML_BYTES = 20_000_000
MAX_ENTRIES = 10_000
_MAX_RATIO = 300
"""What XML of many equal lines is packed to; a bomb of zeros is packed to about 1000."""
_MAX_DEPTH = 100

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of Word 97 to 2003 begin with, and documents with a password ([MS-CFB], 2.2)."""

AGAIN = "Open it in a word processor, and save it as .docx again."

_TEXTS = frozenset({"t", "delText", "v"})
_BREAKS = frozenset({"p", "tr", "pt"})
_SPACES = frozenset({"tab", "br", "cr", "tc"})


def parts_of(data: bytes, name: str) -> dict[str, bytes]:
    """Every part of the package by its path. Raises `PressroomError` with `name` as path."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {each.filename: each for each in package.infolist() if not each.is_dir()}
            _check(package.infolist(), name)
            parts = {path: package.read(member) for path, member in members.items()}
    except PressroomError:
        raise
    except Exception as error:  # zipfile raises whatever its decompressors and its struct raise
        raise unreadable("the file is broken", name) from error
    for path, part in parts.items():
        # UTF-16 is looked through as well. A picture may declare what it likes: it is not parsed.
        plain = b"" if is_picture(path) else part.replace(b"\0", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise PressroomError(
                f"declares entities in `{path}`, which no word processor does.", name, hint=AGAIN
            )
    return parts


def is_picture(path: str) -> bool:
    """Whether the part is a picture by its name."""
    return path.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".svg", ".emf", ".wmf", ".tif", ".tiff"))


def unreadable(why: str, name: str) -> PressroomError:
    """The error for a broken document."""
    why = " ".join(why.split()).rstrip(".")[:200]
    return PressroomError(f"is no document that can be read: {why}.", name, hint=AGAIN)


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    """Sizes as declared can be trusted: zipfile never reads more of a member than that."""
    if len(members) > MAX_ENTRIES:
        raise PressroomError(f"has more than {MAX_ENTRIES} files inside.", name)
    if any(each.flag_bits & 1 for each in members):
        raise PressroomError(
            "is protected by a password.", name, hint="Open it in a word processor, and save it without one."
        )
    if sum(each.file_size for each in members) > MAX_UNPACKED_BYTES:
        raise PressroomError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB.", name)
    xml = [each for each in members if not is_picture(each.filename)]
    for each in xml:
        if each.file_size > 1_000_000 and each.file_size > _MAX_RATIO * each.compress_size:
            raise PressroomError(f"has a part `{each.filename}` that unpacks to far more than it is.", name)
    if sum(each.file_size for each in xml) > MAX_XML_BYTES:
        raise PressroomError(
            f"has more than {MAX_XML_BYTES // 1_000_000} MB beside its pictures, which no article has.", name
        )


def tree_of(part: bytes, name: str) -> Element:
    """The root of an XML part. Raises `PressroomError` where it is broken or nested too deeply."""
    depth = 0
    root: Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(part), ("start", "end")):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise PressroomError("is nested too deeply.", name)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise unreadable(str(error), name) from error
    if root is None:
        raise unreadable("a part is empty", name)
    return root


def packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    """A package of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for path, part in parts.items():
            package.writestr(zipfile.ZipInfo(path), part)
    file.seek(0)
    return file


def local(element: Element) -> str:
    """The element's name without its namespace: Word's transitional and strict names are the same so."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The value of an attribute, whatever its namespace; empty if it is missing."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def text_of(element: Element) -> str:
    """The words in an element: paragraphs on lines of their own."""
    lines = "".join(_words(element)).split("\n")
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def _words(element: Element) -> Iterator[str]:
    for event, each in _walk(element):
        name = local(each)
        if event == "start" and name in _TEXTS:
            yield each.text or ""
        elif event == "start" and name in _SPACES:
            yield " "
        elif event == "end" and name in _BREAKS:
            yield "\n"


def _walk(element: Element) -> Iterator[tuple[str, Element]]:
    stack = [("start", element)]
    while stack:
        event, each = stack.pop()
        yield event, each
        if event == "start":
            stack.append(("end", each))
            stack += [("start", child) for child in reversed(each)]
