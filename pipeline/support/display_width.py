"""The width of a text in columns of a fixed-width font, as in a terminal or in a text part.

Widths are those of Unicode's East Asian Width (UAX 11) and of emoji sequences (UTS 51), as current
terminals draw them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_JOINER, _AS_EMOJI = "\u200d", "\ufe0f"
_IN_SEQUENCE = re.compile(f"[{_JOINER}{_AS_EMOJI}\U0001f3fb-\U0001f3ff]")


def display_width(text: str) -> int:
    """Return the width of a text: two columns for a wide character or an emoji, none for a mark."""
    if text.isascii():
        return len(text)
    if not _IN_SEQUENCE.search(text):
        return sum(map(_character_width, text))
    return sum(width for _, width in character_clusters(text))


def character_clusters(text: str) -> Iterator[tuple[str, int]]:
    """Split into visible characters with their widths: letters with marks, joined emoji, flags."""
    cluster, width = "", 0
    for character in text:
        flag = _is_flag(character) and len(cluster) == 1 and _is_flag(cluster)
        joined = cluster.endswith(_JOINER) or not _character_width(character) or _is_tone(character)
        if cluster and (flag or joined):
            cluster += character
            width = 2 if flag or (character == _AS_EMOJI and width) else width
            continue
        if cluster:
            yield cluster, width
        cluster, width = character, _character_width(character)
    if cluster:
        yield cluster, width


def _is_flag(character: str) -> bool:
    """Whether it is half of a flag (a regional indicator)."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_tone(character: str) -> bool:
    """Whether it is a skin tone of an emoji."""
    return "\U0001f3fb" <= character <= "\U0001f3ff"


@lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0  # U+1160 to U+11FF: the later letters of a Korean syllable
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
