"""Compare the spellings of tags and series: what has one `path_part` is one tag, and has one spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.support.urls import path_part


def usual_spellings(names: Iterable[str]) -> dict[str, str]:
    """Map the `path_part` of each name to the spelling that occurs most; of equal ones to the first."""
    spellings: dict[str, str] = {}
    for name, _ in Counter(names).most_common():
        spellings.setdefault(path_part(name), name)
    return spellings


def spell_alike(tags: Iterable[str], spellings: dict[str, str]) -> tuple[str, ...]:
    """Spell tags as `spellings` does, each once, and add to it what it does not have."""
    return tuple(dict.fromkeys(spellings.setdefault(path_part(tag), tag) for tag in tags))
