"""The last look: whether each line of a source is somewhere, so that nothing is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.importers.draft import Left

_WORD = re.compile(r"[^\W_]+")


def unplaced(source: str, article: str, left: Iterable[Left]) -> tuple[Left, ...]:
    """The lines of a source with a word that is neither in the article's file nor in what was left out."""
    placed = set(_words(article))
    for each in left:
        placed.update(_words(each.text))
    return tuple(
        Left(line.strip(), "it found no place in the article", number)
        for number, line in enumerate(source.split("\n"), start=1)
        if not placed.issuperset(_words(line))
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
