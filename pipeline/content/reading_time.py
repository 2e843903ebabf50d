"""The reading time of an edition."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.content.parse import WORDS_PER_MINUTE, count_words
from pipeline.model import ComposedItem, ComposedLink, Content, Layout, Section


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
