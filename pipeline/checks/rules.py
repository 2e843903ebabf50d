"""The rules in the order in which they run: `RULES` is the whole of `pressroom check`."""

from __future__ import annotations

from pipeline.checks import (
    body,
    clients,
    contrast,
    earlier,
    fields,
    footer,
    head,
    images,
    inbox,
    layout,
    link_texts,
    links,
    message,
    outside,
    plain,
    size,
    structure,
    styles,
    word,
    words,
)
from pipeline.checks.feed_rules import FEED_RULES
from pipeline.checks.rule import Explained, Rule

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
    *head.RULES,
    *body.RULES,
    *word.RULES,
    *styles.RULES,
    *layout.RULES,
    *contrast.RULES,
    *clients.RULES,
    *outside.RULES,
)

EXPLAINED: tuple[Explained, ...] = (*RULES, *FEED_RULES)
"""Every rule that has a code: `pressroom feed --check` runs those on feeds."""
