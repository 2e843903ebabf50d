"""Quotation marks by language, dashes and the ellipsis."""

from __future__ import annotations

import re
from typing import Any

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


def _with_dashes(text: str) -> str:
    """Replace `--` and `---` by dashes and `...` by an ellipsis, by markdown-it's rules.

    Its other replacements are not made: they turn the enumeration (a), (b), (c) into (a), (b), ©.
    """
    text = re.sub(r"(?<!\.)\.{3}(?!\.)", "…", text)
    text = re.sub(r"(?<!-)---(?!-)", "—", text)
    return re.sub(r"(?<![^\s])--(?![^\s])|(?<=[^-\s])--(?=[^-\s])", "–", text)


def dashes(state: Any) -> None:
    """Replace `--` and `---` by dashes and `...` by an ellipsis, as markdown-it does."""
    for token in state.tokens:
        if token.type != "inline" or not ("--" in token.content or "..." in token.content):
            continue
        in_autolink = False
        for child in token.children or ():
            if child.type in ("link_open", "link_close") and child.info == "auto":
                in_autolink = child.nesting > 0
            elif child.type == "text" and not in_autolink:
                child.content = _with_dashes(child.content)
