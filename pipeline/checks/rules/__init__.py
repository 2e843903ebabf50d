"""The rules in the order in which they run: `RULES` is the whole of `pressroom check`."""

from __future__ import annotations

from pipeline.checks.rule import Rule, RuleInfo
from pipeline.checks.rules import (
    client_support,
    contrast,
    copy,
    external,
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
    upstream,
)
from pipeline.checks.rules.feeds import FEED_RULES

RULES: tuple[Rule, ...] = (
    *upstream.RULES,
    *inbox.RULES,
    *size.RULES,
    *images.RULES,
    *links.RULES,
    *link_texts.RULES,
    *copy.RULES,
    *structure.RULES,
    *merge_fields.RULES,
    *footer.RULES,
    *text_part.RULES,
    *message.RULES,
    *html_head.RULES,
    *html_body.RULES,
    *outlook.RULES,
    *styles.RULES,
    *inline_layout.RULES,
    *contrast.RULES,
    *client_support.RULES,
    *external.RULES,
)

EXPLAINED: tuple[RuleInfo, ...] = (*RULES, *FEED_RULES)
"""Every rule that has a code: `pressroom feed --check` runs those on feeds."""
