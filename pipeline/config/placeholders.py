"""What `init` writes where an editor has to write: settings and texts. None of it may reach a reader.

Each is recognised by its exact text, never by a pattern: a publication may be at an `.example` address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipeline.errors import PressroomError
from pipeline.model import Place, Publication
from pipeline.support.limits import SETTINGS_FILE

BASE_URL = "https://newsletter.example"
SENDER_ADDRESS = "letters@newsletter.example"
POSTAL_ADDRESS = "Write your postal address here: the law of most countries asks for it"

STARTERS = Path(__file__).parent / "starters"
"""What `init` copies: a folder for each kind of workspace."""

_CODE = re.compile(r"`[^`\n]+`")
_ADDRESS = re.compile(r"(?<=\])\([^()\s]*\)")
_BREAK = re.compile(r"(?<=[.!?])\s+|\n\s*\n|^(?:[#:]+ .*|:::|---)$|^[- ]*\w+: ", re.MULTILINE)
"""What is between sentences: white space after a mark, empty lines, headings, containers, keys."""

_ADDRESS_EFFECT = ": links lead nowhere, and freezing writes it into the ids of the feeds for good."
_ADDRESS_HINT = "Write the address first at which build/site will be published."
_HINT = "Write yours before you send."

_FEWEST_WORDS = 4
"""Fewer words may be anybody's."""


def starter_sentences_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence of a starter that is in a text without markup, with its offset in the text.

    Code in the text is an `x`, as in the passages that checks read.
    """
    starters = _starter_sentences()
    for offset, sentence, words in _sentences(text):
        if words in starters:
            yield offset, " ".join(sentence.split())


@cache
def _starter_sentences() -> frozenset[tuple[str, ...]]:
    files = (file for file in STARTERS.rglob("*.*") if file.suffix in {".md", ".yaml"})
    texts = (_ADDRESS.sub("", _CODE.sub("x", file.read_text(encoding="utf-8"))) for file in files)
    return frozenset(words for text in texts for _, _, words in _sentences(text))


def _sentences(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield the sentences of a text: offset, sentence, its words alone.

    Typographic quotation marks and Markdown's signs make no difference between two sentences.
    """
    start = 0
    for end, following in (*(each.span() for each in _BREAK.finditer(text)), (len(text), len(text))):
        sentence = text[start:end].strip()
        if sentence.endswith((".", "!", "?")):
            words = tuple(re.findall(r"\w+", sentence))
            if len(words) >= _FEWEST_WORDS:
                yield text.index(sentence, start), sentence, words
        start = following


def placeholders_left(publication: Publication) -> Iterator[tuple[Place, str, str]]:
    """Yield each placeholder that is still in the settings: where, what it would do, what to write."""
    for key, placeholder, value, effect, hint in (
        ("base_url", BASE_URL, publication.base_url, _ADDRESS_EFFECT, _ADDRESS_HINT),
        ("sender", SENDER_ADDRESS, publication.sender_address, ", which nobody reads.", _HINT),
        ("postal_address", POSTAL_ADDRESS, publication.postal_address, ", at the foot of each email.", _HINT),
    ):
        if value == placeholder:
            message = f'`{key}` is still "{placeholder}"{effect}'
            yield Place(SETTINGS_FILE, publication.lines.get(key)), message, hint


def freeze_obstacles(publication: Publication) -> Iterator[PressroomError]:
    """Yield every placeholder in the settings if no issue may be frozen, which `base_url` alone decides."""
    if publication.base_url == BASE_URL:
        for place, message, hint in placeholders_left(publication):
            yield PressroomError(message, *place, hint)
