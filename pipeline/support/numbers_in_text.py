"""Reads numbers out of foreign texts."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]{1,18}")


def whole_number(text: str) -> int | None:
    """The whole number that a text of up to 18 digits is, or None for any other text.

    `int` raises for `²`, though `isdigit` is true of it, and for thousands of digits.
    """
    return int(text) if _DIGITS.fullmatch(text) else None
