"""Strips EXIF, XMP, GPS, comments and times from JPEG, PNG and GIF without re-encoding.

Colour profiles stay, since the colours depend on them. Bytes after the picture's end are removed too:
phones put a film with its place there, and an editor that writes over a longer file leaves what was cropped.
JPEG after ITU-T T.81 and JFIF 1.02, PNG after its third edition (W3C, 11.3), GIF after GIF89a.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Chunks kept besides the critical ones: look and animation depend on them. All others are text, time, place,
# or a program's own, such as the history of edits in `caBX`.
_PNG_KEPT = frozenset(
    {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST"}
    | {b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"}
)
_FILL, _COMMENT, _JFIF, _ADOBE, _SCAN, _END = 0xFF, 0xFE, 0xE0, 0xEE, 0xDA, 0xD9
_STANDALONE = frozenset({_FILL, 0x01, *range(0xD0, 0xD9), _END})
# In a scan's coded data, FF is followed by 00 or a restart marker (T.81, B.1.1.5).
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def strip(data: bytes) -> bytes:
    """Remove EXIF, XMP, texts, comments and times. Other formats are returned unchanged."""
    if data.startswith(b"\xff\xd8"):
        return data[:2] + b"".join(
            part for marker, part in _jpeg_segments(data) if not _is_metadata(marker, part[4:])
        )
    if data.startswith(_PNG_SIGNATURE):
        return data[:8] + b"".join(
            part for name, part in _png_chunks(data) if name[:1].isupper() or name in _PNG_KEPT
        )
    if data.startswith((b"GIF87a", b"GIF89a")):
        return b"".join(block for block in _gif_blocks(data) if not _is_gif_metadata(block))
    return data


def is_complete(data: bytes) -> bool:
    """Whether a JPEG, PNG or GIF has its end marker; a file that is cut short has not."""
    if data.startswith(b"\xff\xd8"):
        return any(marker == _END for marker, _ in _jpeg_segments(data))
    if data.startswith(_PNG_SIGNATURE):
        return any(name == b"IEND" and len(part) >= 12 for name, part in _png_chunks(data))
    return any(block.startswith(b"\x3b") for block in _gif_blocks(data))


def png_exif(data: bytes) -> bytes:
    """The EXIF of a PNG, which may be before or after its pixels; empty if it has no EXIF."""
    return next((part[8:-4] for name, part in _png_chunks(data) if name == b"eXIf"), b"")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, a scan together with its coded data, up to the end of the image."""
    at = 2
    while at + 2 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0:
            marker, end = 0, _next_marker(data, at)  # decoders skip bytes that belong to no segment
        elif marker in _STANDALONE:
            end = at + (1 if marker == _FILL else 2)
        else:
            end = at + 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
            if marker == _SCAN:
                end = _next_marker(data, end)
        yield marker, data[at:end]
        if marker == _END:
            return
        at = end
    yield 0, data[at:]


def _next_marker(data: bytes, at: int) -> int:
    marker = _MARKER.search(data, at)
    return marker.start() if marker else len(data)


def _is_metadata(marker: int, content: bytes) -> bool:
    if marker == _COMMENT:
        return True
    profile = marker == 0xE2 and content.startswith(b"ICC_PROFILE\0")
    # Adobe's segment says how colours are encoded; without it a CMYK picture is decoded inverted.
    return 0xE0 <= marker <= 0xEF and marker not in {_JFIF, _ADOBE} and not profile


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its name, up to the last one."""
    at = 8
    while at + 8 <= len(data):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield name, data[at:end]
        if name == b"IEND":
            return
        at = end


def _is_gif_metadata(block: bytes) -> bool:
    loops = block[3:14] in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
    return block.startswith(b"\x21\xfe") or (block.startswith(b"\x21\xff") and not loops)


def _gif_blocks(data: bytes) -> Iterator[bytes]:
    """The header with its colour table, each extension and image, and the trailer."""
    at = 13 + _color_table_size(data[10])
    yield data[:at]
    while at < len(data):
        start = at
        if data[at] == 0x21:
            at = _after_blocks(data, at + 2)
        elif data[at] == 0x2C and at + 9 < len(data):
            at = _after_blocks(data, at + 10 + _color_table_size(data[at + 9]) + 1)
        elif data[at] == 0x3B:
            yield data[at : at + 1]
            return
        else:
            at = len(data)
        yield data[start:at]


def _color_table_size(flags: int) -> int:
    """The size in bytes of a colour table."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """The offset after a run of sub-blocks and the empty one that ends it."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return min(at + 1, len(data))
