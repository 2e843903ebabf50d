"""The rules on feeds in the order of their codes: this list is the whole of `pressroom feed --check`."""

from __future__ import annotations

from pipeline.checks.feed_context import FeedRule
from pipeline.checks.rules import feed_document, feed_history, feed_items

FEED_RULES: tuple[FeedRule, ...] = tuple(
    sorted(
        (*feed_document.RULES, *feed_items.RULES, *feed_history.RULES),
        key=lambda rule: rule.code,
    )
)
