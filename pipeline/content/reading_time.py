"""Reading times: the words of a text, and the minutes of an edition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil

from pipeline.model import ComposedItem, ComposedLink, Content, Layout, Section

WORDS_PER_MINUTE = 230
"""Adults read about 238 words of English non-fiction a minute (Brysbaert 2019)."""
_WORD = re.compile(r"[^\W_]\S*")
"""A word from its first letter or digit."""

_SPACED = re.compile("[\u0000-\u0dff\u2000-\u206f]*")
"""Text of scripts that are written with spaces."""

# Scripts that are written without spaces; `count_words` counts their characters. Classes as large as these
# take 3 ms to compile, so they are compiled when a text has other characters than those above.
_CHINESE_OR_JAPANESE = "[\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SOUTHEAST_ASIAN = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"


def count_words(text: str) -> int:
    """Count the words of a text, for its reading time.

    Words separated by spaces count if they contain a letter or digit. Two characters of Chinese or Japanese
    count as a word, as do five of Thai, Lao, Burmese or Khmer.
    """
    if _SPACED.fullmatch(text):
        return len(_WORD.findall(text))
    text, east_asian = re.subn(_CHINESE_OR_JAPANESE, " ", text)
    text, southeast_asian = re.subn(_SOUTHEAST_ASIAN, " ", text)
    return len(_WORD.findall(text)) + ceil(east_asian / 2) + ceil(southeast_asian / 5)


def reading_minutes(letter: Content, sections: Iterable[Section[ComposedItem]]) -> int:
    """Reading time of the email itself in minutes: of a card only the dek counts, not its article."""
    words = letter.words
    for section in sections:
        for composed, layout in section.items:
            if isinstance(composed, ComposedLink):
                words += count_words(composed.link.title) + composed.content.words
                continue
            whole = layout is Layout.FULL or composed.url is None
            words += composed.content.words if whole else len(composed.article.dek.split())
    return max(1, -(-words // WORDS_PER_MINUTE))
