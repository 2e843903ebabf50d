"""Bytes to text: encodings as they are met, and characters that no text needs.

What is taken out here shows nowhere: marks of order and of zero width, control characters, soft hyphens.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes

from pipeline.errors import PressroomError
from pipeline.importers.draft import Material
from pipeline.support.files import FORBIDDEN, MAX_SOURCE_BYTES

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
MAX_EXPORT_BYTES = 200_000_000
"""What the export of a whole site may have."""
_PIECE_CHARACTERS = 100_000
_GUESSES = [
    "cp1252",
    "cp1250",
    "iso8859_2",
    "koi8_r",
    "cp1251",
    "iso8859_7",
    "cp1255",
    "shift_jis",
    "euc_kr",
    "gb18030",
]
_SURE = 0.1
"""How much of a text must be words of a language (charset-normalizer's coherence): wrong guesses have 0."""
_WINDOWS = frozenset({"ascii", "iso8859-1", "latin-1", "cp1252"})
"""Names under which Windows-1252 travels (WHATWG Encoding Standard, 4.2)."""

# Zero width space, word joiner, invisible operators, byte order mark, soft hyphen, object replacement.
# The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_INVISIBLE = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\ufffc]")
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x85|\x0b|\x0c")
# A no-break space that typography asks for stays: beside French marks, and within numbers.
_LOOSE = re.compile("(?<![\u00ab\\d])[\u00a0\u202f](?![\u00bb:;!?%\u20ac])|[\u00a0\u202f](?=[^\\S\\n])")


def text_of(material: Material, most: int = MAX_SOURCE_BYTES) -> str:
    """The material's text, with `\\n` line ends and without invisible characters.

    A byte order mark decides, then UTF-8 where the bytes are that, then what server or document declare,
    then `guessed_encoding`, then Windows-1252. Raises `PressroomError` for what is empty, has more than
    `most` bytes, or is no text.
    """
    if material.size > most:
        size = f"{material.size / 1_000_000:.1f} MB"
        raise PressroomError(f"has {size}; a text may have {most // 1_000_000} MB.", material.name)
    data = material.whole()
    if not data.strip():
        raise PressroomError("is empty.", material.name)
    text = cleaned(_decoded(data, material))
    if not text.strip():
        raise PressroomError("is empty.", material.name)
    return text


def text_pieces(material: Material, end: str) -> Iterator[str]:
    """The text of an export as `text_of` returns it, a long one in pieces, each of which ends with `end`.

    A long text is read as the encoding of its mark or of its head says, else as UTF-8.
    """
    if not material.is_head or material.file is None:
        yield text_of(material, MAX_EXPORT_BYTES)
        return
    marks = (encoding for mark, encoding in _MARKS if material.data.startswith(mark))
    encoding = next(marks, "") or next(iter(_declared(material.data)), "utf-8")
    try:
        encoding = codecs.lookup(encoding).name.replace("utf-8", "utf-8-sig")
    except LookupError:
        encoding = "utf-8-sig"
    parts: list[str] = []
    with material.file.open(encoding=encoding, errors=_AS_WINDOWS, newline="") as file:
        while chunk := file.read(_PIECE_CHARACTERS):
            head, mark, rest = chunk.rpartition(end)
            if not mark:
                parts.append(chunk)
                continue
            yield cleaned("".join((*parts, head, mark)))
            parts = [rest]
    if (last := cleaned("".join(parts))).strip():
        yield last


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not of the text's encoding as Windows has them: old blogs hold some of both."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_AS_WINDOWS = "pressroom-windows"
codecs.register_error(_AS_WINDOWS, _as_windows)


def cleaned(text: str) -> str:
    """The text in Unicode's composed form, without what cannot be seen and would break files or feeds."""
    text = _LINE_ENDS.sub("\n", text)
    text = FORBIDDEN.sub("", _INVISIBLE.sub("", text))
    if "\u00a0" in text or "\u202f" in text:  # looking behind each character is slow
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
    if guess := guessed_encoding(data):
        return data.decode(guess, "replace")
    # The five bytes that Windows-1252 leaves open are C1 controls, as the Encoding Standard has them.
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in data
    )


def encoding_note(material: Material) -> str:
    """The encoding of a source where it was guessed; empty where it is known."""
    data = material.data
    if (
        material.is_head
        or data.startswith((b"PK", b"%PDF"))
        or material.charset
        or _declared(data)
        or material.ending == ".eml"
    ):
        return ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return guessed_encoding(data)
    return ""


def guessed_encoding(data: bytes) -> str:
    """The encoding of bytes that are no UTF-8 and that nothing names; empty where Windows-1252 will do.

    charset-normalizer decides, where the words in another encoding are those of a language that it knows.
    """
    if b"\0" in data[:65536] or data.startswith((b"PK", b"%PDF")):
        return ""
    matches = from_bytes(data[:65536], cp_isolation=_GUESSES)
    names = [each.encoding for each in matches]
    best = matches.best()
    if best is None or best.coherence < _SURE:
        return ""
    if any(each.encoding == "cp1252" and each.chaos <= best.chaos for each in matches):
        return ""
    # The two differ in three letters; Windows' has them among bytes that ISO's leaves open.
    if best.encoding == "cp1250" and "iso8859_2" in names and not re.search(rb"[\x80-\x9f]", data):
        return "iso8859_2"
    same = data.decode(best.encoding, "replace") == data.decode("cp1252", "replace")
    return "" if same else best.encoding


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
