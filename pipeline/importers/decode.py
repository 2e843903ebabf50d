"""Bytes to text: encodings as they are met, and characters that no text needs.

What is taken out here shows nowhere: marks of order and of zero width, control characters, soft hyphens.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from pipeline.errors import PressroomError
from pipeline.importers.draft import Material
from pipeline.support.files import MAX_SOURCE_BYTES

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
_WINDOWS = frozenset({"ascii", "iso8859-1", "latin-1", "cp1252"})
"""Names under which Windows-1252 travels (WHATWG Encoding Standard, 4.2)."""

# Zero width space, word joiner, invisible operators, byte order mark, soft hyphen, object replacement.
# The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_INVISIBLE = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\ufffc]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x85|\x0b|\x0c")
# A no-break space that typography asks for stays: beside French marks, and within numbers.
_LOOSE = re.compile("(?<![\u00ab\\d])[\u00a0\u202f](?![\u00bb:;!?%\u20ac])|[\u00a0\u202f](?=[^\\S\\n])")


def text_of(material: Material) -> str:
    """The material's text, with `\\n` line ends and without invisible characters.

    A byte order mark decides, then UTF-8 where the bytes are that, then what server or document declare,
    then Windows-1252. Raises `PressroomError` for what is empty, too large or no text.
    """
    data = material.data
    if not data.strip():
        raise PressroomError("is empty.", material.name)
    if len(data) > MAX_SOURCE_BYTES:
        raise PressroomError(
            f"is larger than {MAX_SOURCE_BYTES // 1_000_000} MB, which no text is.", material.name
        )
    text = cleaned(_decoded(data, material))
    if not text.strip():
        raise PressroomError("is empty.", material.name)
    return text


def cleaned(text: str) -> str:
    """The text in Unicode's composed form, without what cannot be seen and would break files or feeds."""
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = _LOOSE.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def _decoded(data: bytes, material: Material) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data:
        if (guess := _utf16(data)) is not None:
            return guess
        raise _no_text(material)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in (material.charset, *_declared(data)):
        try:
            encoding = codecs.lookup(name).name
            if encoding in _WINDOWS or encoding == "utf-8":
                continue
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    # Control characters are in no text, and in nearly every other file.
    if len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:65536])) * 100 > min(len(data), 65536):
        raise _no_text(material)
    # The five bytes that Windows-1252 leaves open are C1 controls, as the Encoding Standard has them.
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in data
    )


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: of Latin text, every other byte is zero."""
    sample = data[:4000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(data) % 2 == 0 and zeros.count(0) * 10 > len(zeros) * 7:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _declared(data: bytes) -> tuple[str, ...]:
    """The encodings that a page or an XML document names at its head."""
    return tuple(name.decode("ascii") for name in _DECLARED.findall(data[:2048]))


def _no_text(material: Material) -> PressroomError:
    return PressroomError(
        "is no text, nor a form that can be imported.",
        material.name,
        hint="Import Markdown, text, HTML, a feed, .docx or .eml.",
    )
