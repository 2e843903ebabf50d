"""The width of plain text on a screen, and where its lines may break.

Merge fields are marked as `support.merge` does, and never break. Its `GLUE` is also the space before a link's
number. The width of the text part is `limits.TEXT_COLUMNS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.support.display_width import display_width
from pipeline.support.merge import CLOSE, OPEN

_SPACES = re.compile(r"[\t\n][ \t\n]*| [ \t\n]+")
"""White space that is not one space already."""

# Latin letters with the usual punctuation: one column each, and no break inside a word. Not the soft
# hyphen (U+00AD), which has no width, nor the ends of a merge field, which have two columns. A class of what
# it is not would have nearly all of Unicode, which takes 3 ms to compile.
_PLAIN = re.compile("[\x00-\x01\x04-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e]*")
# No line may begin with the former or end with the latter (JIS X 4051, the common core).
_NOT_FIRST = frozenset("、。，．・：；？！）］｝」』】〉》〕”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〻‐…")
_NOT_LAST = frozenset("（［｛「『【〈《〔“‘")


def width(text: str) -> int:
    """The width of a text in columns; each end of a merge field has two, as its braces."""
    if _is_plain(text):
        return len(text)
    return display_width(text) + text.count(OPEN) + text.count(CLOSE)


def collapse_spaces(text: str) -> str:
    """Text with each run of white space as one space, as HTML shows it."""
    has_any = "\n" in text or "  " in text or "\t" in text
    return _SPACES.sub(" ", text) if has_any else text


def wrap(text: str, columns: int) -> list[str]:
    r"""Wrap a paragraph to lines of at most so many columns; a longer word has a line of its own.

    `\v` in the text is a forced line break.
    """
    lines: list[str] = []
    for part in text.split("\v"):
        lines.extend(_wrap_line(collapse_spaces(part).strip(" "), columns))
    return lines


def _wrap_line(text: str, columns: int) -> list[str]:
    if width(text) <= columns:
        return [text]
    if _is_plain(text):
        return list(_wrap_plain_line(text, columns))
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        gap = " " if line else ""
        for piece in _pieces(word):
            size = width(piece)
            if line and used + len(gap) + size > columns:
                lines.append(line)
                line, used, gap = "", 0, ""
            line += gap + piece
            used += len(gap) + size
            gap = ""
    lines.append(line)
    return lines


def _wrap_plain_line(text: str, columns: int) -> Iterator[str]:
    """Wrap text whose characters all have one column, as most texts do: this is ten times as fast."""
    begin = 0
    while len(text) - begin > columns:
        end = text.rfind(" ", begin, begin + columns + 1)
        if end < 0 and (end := text.find(" ", begin + columns)) < 0:
            break
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def _pieces(word: str) -> list[str]:
    """Split a word where a line may break: between Chinese or Japanese characters."""
    if word.isascii():
        return [word]
    pieces = [word[0]] if word else [""]
    in_field = False
    for before, after in pairwise(word):
        in_field = before == OPEN or (in_field and before != CLOSE)
        may_break = (
            not in_field
            and (_is_ideographic(before) or before in _NOT_FIRST)
            and _is_ideographic(after)
            and after not in _NOT_FIRST
            and before not in _NOT_LAST
        )
        if may_break:
            pieces.append(after)
        else:
            pieces[-1] += after
    return pieces


def _is_ideographic(character: str) -> bool:
    code = ord(character)
    return (
        0x2E80 <= code <= 0xA4CF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or (0xFF01 <= code <= 0xFF60 or 0x20000 <= code <= 0x3FFFF)
    )
