"""Takes out of a picture file what says where and with what it was made, without encoding it anew.

Colour profiles stay, since the colours depend on them. JPEG after ITU-T T.81 and JFIF 1.02, PNG after
its third edition (W3C, 11.3), GIF after GIF89a.
"""

from __future__ import annotations

from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_COMMENT, _JFIF, _ADOBE = 0xFE, 0xE0, 0xEE
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def has(data: bytes) -> bool:
    """Whether the file holds anything that `without` would take out."""
    return len(without(data)) != len(data)


def without(data: bytes) -> bytes:
    """The same picture without EXIF, XMP, texts, comments and times. Other formats come back unchanged."""
    if data.startswith(b"\xff\xd8"):
        return b"".join(_jpeg(data))
    if data.startswith(_PNG):
        return b"".join(_png(data))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return b"".join(_gif(data))
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments up to the first scan, and then the rest as it is."""
    yield data[:2]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            yield data[at : at + 1] if marker == 0xFF else data[at : at + 2]
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not _dropped(marker, data[at + 4 : end]):
            yield data[at:end]
        at = end
    yield data[at:]


def _dropped(marker: int, content: bytes) -> bool:
    if marker == _COMMENT:
        return True
    profile = marker == 0xE2 and content.startswith(b"ICC_PROFILE\0")
    # Adobe's segment says how colours are coded; without it a CMYK picture is read inverted.
    return 0xE0 <= marker <= 0xEF and marker not in {_JFIF, _ADOBE} and not profile


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in _PNG_DROPPED:
            yield data[at:end]
        at = end
    yield data[at:]


def _gif(data: bytes) -> Iterator[bytes]:
    for block in _gif_blocks(data):
        loops = block[3:14] in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
        if not (block.startswith(b"\x21\xfe") or (block.startswith(b"\x21\xff") and not loops)):
            yield block


def gif_ends(data: bytes) -> bool:
    """Whether a GIF reaches its trailer: one that is cut short does not."""
    return any(block.startswith(b"\x3b") for block in _gif_blocks(data))


def _gif_blocks(data: bytes) -> Iterator[bytes]:
    """The head with its colour table, each extension and image, and the trailer with what follows it."""
    at = 13 + _table(data[10])
    yield data[:at]
    while at < len(data):
        start = at
        if data[at] == 0x21:
            at = _past_blocks(data, at + 2)
        elif data[at] == 0x2C and at + 9 < len(data):
            at = _past_blocks(data, at + 10 + _table(data[at + 9]) + 1)
        else:
            at = len(data)
        yield data[start:at]


def _table(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _past_blocks(data: bytes, at: int) -> int:
    """Behind a run of sub-blocks and the empty one that ends it."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return min(at + 1, len(data))
