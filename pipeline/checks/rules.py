"""The rules in the order in which they run: this list is the whole of `pressroom check`."""

from __future__ import annotations

from pipeline.checks import body, clients, contrast, earlier, head, images, layout, styles, word
from pipeline.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    *earlier.RULES,
    *images.RULES,
    *head.RULES,
    *body.RULES,
    *word.RULES,
    *styles.RULES,
    *layout.RULES,
    *contrast.RULES,
    *clients.RULES,
)
