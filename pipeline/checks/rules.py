"""The rules in the order in which they run: this list is the whole of `pressroom check`."""

from __future__ import annotations

from pipeline.checks import (
    earlier,
    fields,
    footer,
    images,
    inbox,
    link_texts,
    links,
    message,
    outside,
    plain,
    size,
    structure,
    words,
)
from pipeline.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    *earlier.RULES,
    *inbox.RULES,
    *size.RULES,
    *images.RULES,
    *links.RULES,
    *link_texts.RULES,
    *words.RULES,
    *structure.RULES,
    *fields.RULES,
    *footer.RULES,
    *plain.RULES,
    *message.RULES,
    *outside.RULES,
)
