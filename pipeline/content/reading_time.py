"""Reading times: the words of a text, and the minutes of an edition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil

from pipeline.model import ComposedItem, ComposedLink, Content, Layout, Section

WORDS_PER_MINUTE = 230
"""Adults read about 238 words of English non-fiction a minute (Brysbaert 2019)."""
# Scripts that are written without spaces; `count_words` counts their characters.
_CHINESE_OR_JAPANESE = re.compile(
    "[\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SOUTHEAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def count_words(text: str) -> int:
    """Count the words of a text, for its reading time.

    Words separated by spaces count if they contain a letter or digit. Two characters of Chinese or Japanese
    count as a word, as do five of Thai, Lao, Burmese or Khmer.
    """
    spaced, east_asian = _CHINESE_OR_JAPANESE.subn(" ", text)
    spaced, southeast_asian = _SOUTHEAST_ASIAN.subn(" ", spaced)
    words = sum(
        1 for word in spaced.split() if word.isalnum() or any(character.isalnum() for character in word)
    )
    return words + ceil(east_asian / 2) + ceil(southeast_asian / 5)


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
