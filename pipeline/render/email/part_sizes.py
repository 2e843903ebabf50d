"""Bytes of each part of an email: how much of the HTML is the theme, the letter, and each article.

The texts of a part know which part they belong to, so nothing is rendered a second time to measure it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from pipeline.model import MergeText
from pipeline.render.email.content_tokens import ContentHtml, CutDocument
from pipeline.support.merge import unmarked

THEME = 0
LETTER = 1
FIRST_ARTICLE = 2
"""Numbers of the parts; further articles follow in the order of the email."""


class PartText(str):
    """A text of one part of the email."""

    part: int


class PartContent(PartText, ContentHtml):
    """Content of one part of the email."""


class PartMergeText(PartText, MergeText):
    """A text with merge fields of one part of the email."""


def in_part(value: Any, part: int) -> Any:
    """Copy values that the templates see, with every text in them marked as one of this part."""
    if isinstance(value, str):
        text: PartText
        if isinstance(value, MergeText):
            text = PartMergeText(value, value.segments)
        else:
            text = PartContent(value) if isinstance(value, ContentHtml) else PartText(value)
        text.part = part
        return text
    if isinstance(value, tuple):
        return tuple(in_part(each, part) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(*[in_part(getattr(value, each.name), part) for each in fields(value)])
    return value


def part_sizes(document: CutDocument, values: Sequence[str], texts: Sequence[str]) -> dict[int, int]:
    """Bytes of each part of the compiled HTML; together they are all its bytes.

    `values` are the printed texts by the numbers of their tokens, and `texts` those in the slots. What
    comes between two texts of parts, such as markup and the heading of a section, belongs to the later one;
    what comes before the first and after the last is the theme.
    """
    sizes = {THEME: len(document.fixed[-1].encode())}
    waiting, began = 0, False
    for (number, _), text, markup in zip(document.slots, texts, document.fixed, strict=False):
        owner = getattr(values[number], "part", THEME)
        size = len(markup.encode()) + len(unmarked(text).encode())
        if owner == THEME:
            waiting += size
            continue
        sizes[owner] = sizes.get(owner, 0) + size + (waiting if began else 0)
        sizes[THEME] += 0 if began else waiting
        waiting, began = 0, True
    sizes[THEME] += waiting
    return sizes
