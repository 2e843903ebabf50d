"""Quotation marks by language, dashes and the ellipsis."""

from __future__ import annotations

import re

# Opening and closing quotation marks, outer and inner (CLDR's delimiters).
_QUOTES: dict[str, str | tuple[str, str, str, str]] = {
    "en": "“”‘’",
    "cs": "„“‚‘",
    "da": "“”‘’",
    "de": "„“‚‘",
    "el": "«»“”",
    "es": "«»“”",
    "fi": "””’’",
    "fr": ("«\u00a0", "\u00a0»", "‹\u00a0", "\u00a0›"),
    "hu": "„”»«",
    "it": "«»“”",
    "nb": "«»‘’",
    "nl": "“”‘’",
    "pl": "„”«»",
    "pt": "“”‘’",
    "ro": "„”«»",
    "ru": "«»„“",
    "sk": "„“‚‘",
    "sv": "””’’",
    "uk": "«»„“",
}


def quotation_marks(language: str) -> str | tuple[str, str, str, str]:
    """The outer and inner pair for a language tag (BCP 47); the English ones for an unknown language."""
    return _QUOTES.get(language.lower().split("-")[0], _QUOTES["en"])


def with_dashes(text: str) -> str:
    """Replace `--` and `---` by dashes and `...` by an ellipsis, by markdown-it's rules.

    Its other replacements are not made: they turn the enumeration (a), (b), (c) into (a), (b), ©.
    """
    text = re.sub(r"(?<!\.)\.{3}(?!\.)", "…", text)
    text = re.sub(r"(?<!-)---(?!-)", "—", text)
    return re.sub(r"(?<![^\s])--(?![^\s])|(?<=[^-\s])--(?=[^-\s])", "–", text)
