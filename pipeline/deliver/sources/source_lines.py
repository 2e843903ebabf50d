"""Reads the lines of a text file in UTF-8 or, with a byte order mark, in UTF-16, one by one."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from pipeline.errors import PressroomError

_LONGEST = 1 << 20
"""Characters of a line; a longer one is no list, and would not fit into memory."""
_BLANK = codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + b" \t\r\n"
"""Bytes of a file without text."""
SAVE_AS_CSV = "In the spreadsheet, save it as CSV with the encoding UTF-8."


def source_lines(file: Path, path: str) -> Iterator[str]:
    """Each line with its end. What cannot be decoded is U+FFFD, which rejects only the row that has it.

    Raises `PressroomError` for a file that cannot be read, is empty or is not text.
    """
    try:
        with file.open("rb") as source:
            start = source.peek(4096)[:4096]
            if len(start) < 4096 and not start.strip(_BLANK):
                raise PressroomError("is empty.", path, None, "The first row of a list names its columns.")
            encoding = (
                "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
            )
            if encoding == "utf-8-sig" and b"\0" in start.partition(b"\n")[0]:
                raise PressroomError("is not UTF-8 text.", path, None, SAVE_AS_CSV)
            lines = TextIOWrapper(source, encoding, "replace", newline="")
            number = 0
            while line := lines.readline(_LONGEST):
                number += 1
                if len(line) == _LONGEST:
                    raise PressroomError("the line is too long for a list of recipients.", path, number)
                yield line
    except OSError as error:
        raise PressroomError(f"cannot be read: {error.strerror or error}.", path) from error
