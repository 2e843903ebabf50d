"""The rules in the order in which they run: this list is the whole of `pressroom check`."""

from __future__ import annotations

from pipeline.checks import earlier, images
from pipeline.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    *earlier.RULES,
    *images.RULES,
)
