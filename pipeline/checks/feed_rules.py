"""The rules on feeds in the order of their codes: this list is the whole of `pressroom feed --check`."""

from __future__ import annotations

from pipeline.checks import feed_documents, feed_earlier, feed_items
from pipeline.checks.feed_rule import FeedRule

FEED_RULES: tuple[FeedRule, ...] = tuple(
    sorted(
        (*feed_documents.RULES, *feed_items.RULES, *feed_earlier.RULES),
        key=lambda rule: rule.code,
    )
)
