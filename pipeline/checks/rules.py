"""The rules in the order in which they run: these lists are the whole of `pressroom check`."""

from __future__ import annotations

from typing import Any

from pipeline.checks import (
    body,
    clients,
    contrast,
    earlier,
    feeds,
    feeds_again,
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
from pipeline.checks.rule import Rule
from pipeline.checks.subject import Subject

RULES: tuple[Rule[Subject], ...] = (
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
"""What is looked at in each edition."""

FEED_RULES: tuple[Rule[feeds.Feeds], ...] = (*feeds.RULES, *feeds_again.RULES)
"""What `pressroom feed --check` looks at."""

EVERY: tuple[Rule[Any], ...] = (*RULES, *FEED_RULES)
