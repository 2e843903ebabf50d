"""Lines of plain text: how wide they are on a screen, and where they may break.

Two control characters, which no content can hold, stand for what must not break: `GLUE` for a space
within a merge field or before a link's number, `OPEN` for the braces of a field. `finish_line` turns
them, and literal braces, into what is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.model import MergeField
from pipeline.support import merge

GLUE = "\x1f"
OPEN = "\x1e"
_SPACES = re.compile(r"[ \t\n]+")
# Latin letters with the usual punctuation: one column each, and no break within a word. The soft
# hyphen takes none, and `OPEN` two.
_PLAIN = re.compile("[^\x1e\xad\u0300-\u200f\u2028-\u202f\u205f-\U0010ffff]*")
# No line may begin with these or end with those (JIS X 4051, the common core).
_NOT_FIRST = frozenset("、。，．・：；？！）］｝」』】〉》〕”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〻‐…")
_NOT_LAST = frozenset("（［｛「『【〈《〔“‘")


def width(text: str) -> int:
    """The columns that a text takes: two for East Asian wide characters, none for marks."""
    if _is_plain(text):
        return len(text)
    return sum(map(_columns, text)) + text.count("\ufe0f")


def unbreakable_field(field: MergeField) -> str:
    """A merge field in neutral form, as one word that does not break."""
    return merge.neutral(field).replace("{{", OPEN).replace(" ", GLUE)


def finish_line(line: str) -> str:
    """A line as it is written: literal braces made safe, fields in neutral form."""
    return merge.literal_text(line).replace(OPEN, "{{").replace(GLUE, " ")


def collapse_spaces(text: str) -> str:
    """Text with each run of white space as one space, as HTML shows it."""
    return _SPACES.sub(" ", text)


def wrap(text: str, columns: int) -> list[str]:
    r"""The lines of a paragraph, each of at most so many columns where its words allow it.

    `\v` in the text is a line break that was asked for.
    """
    lines: list[str] = []
    for part in text.split("\v"):
        lines.extend(_filled(collapse_spaces(part).strip(" "), columns))
    return lines


def _filled(text: str, columns: int) -> list[str]:
    if width(text) <= columns:
        return [text]
    if _is_plain(text):
        return list(_filled_plain(text, columns))
    lines: list[str] = []
    line, taken = "", 0
    for word in text.split(" "):
        gap = " " if line else ""
        for piece in _pieces(word):
            size = width(piece)
            if line and taken + len(gap) + size > columns:
                lines.append(line)
                line, taken, gap = "", 0, ""
            line += gap + piece
            taken += len(gap) + size
            gap = ""
    lines.append(line)
    return lines


def _filled_plain(text: str, columns: int) -> Iterator[str]:
    """The same for text whose every character takes one column: by far the most, and ten times as fast."""
    begin = 0
    while len(text) - begin > columns:
        end = text.rfind(" ", begin, begin + columns + 1)
        if end < 0 and (end := text.find(" ", begin + columns)) < 0:
            break
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def _is_plain(text: str) -> bool:
    return text.isascii() or _PLAIN.fullmatch(text) is not None


def _pieces(word: str) -> list[str]:
    """A word in the pieces between which a line may break: between Chinese or Japanese characters."""
    if word.isascii():
        return [word]
    pieces = [word[0]] if word else [""]
    for before, after in pairwise(word):
        may_break = (
            (_ideographic(before) or before in _NOT_FIRST)
            and _ideographic(after)
            and after not in _NOT_FIRST
            and before not in _NOT_LAST
        )
        if may_break:
            pieces.append(after)
        else:
            pieces[-1] += after
    return pieces


def _ideographic(character: str) -> bool:
    code = ord(character)
    return (
        0x2E80 <= code <= 0xA4CF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or (0xFF01 <= code <= 0xFF60 or 0x20000 <= code <= 0x3FFFF)
    )


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if character == OPEN:
        return 2
    if character == GLUE:
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
