"""All rules in the order in which they run: the modules as listed here, each from top to bottom."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from pipeline.checks.context import CheckContext
from pipeline.checks.feed_context import FeedContext
from pipeline.checks.rule import Rule
from pipeline.checks.rules import (
    client_support,
    contrast,
    copy,
    external,
    feed_document,
    feed_history,
    feed_items,
    footer,
    html_body,
    html_head,
    images,
    inbox,
    inline_layout,
    link_texts,
    links,
    merge_fields,
    message,
    outlook,
    size,
    structure,
    styles,
    text_part,
    tracking,
    upstream,
)


def _rules_of(*modules: ModuleType) -> tuple[Rule[Any], ...]:
    return tuple(each for module in modules for each in vars(module).values() if isinstance(each, Rule))


RULES: tuple[Rule[CheckContext], ...] = _rules_of(
    upstream,
    inbox,
    size,
    images,
    links,
    link_texts,
    tracking,
    copy,
    structure,
    merge_fields,
    footer,
    text_part,
    message,
    html_head,
    html_body,
    outlook,
    styles,
    inline_layout,
    contrast,
    client_support,
    external,
)
"""The rules on an edition: what `pressroom check` runs."""

FEED_RULES: tuple[Rule[FeedContext], ...] = tuple(
    sorted(_rules_of(feed_document, feed_items, feed_history), key=lambda rule: rule.code)
)
"""The rules on all feeds of a publication: what `pressroom feed --check` runs."""

ALL_RULES: tuple[Rule[Any], ...] = (*RULES, *FEED_RULES)
"""Every rule that has a code."""
