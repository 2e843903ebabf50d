"""What CLDR knows of languages: plural forms, likely scripts, territories. No other module imports Babel."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global


@cache
def plural_categories(language: str) -> frozenset[str]:
    """The plural forms of a language beside `other`: `one` in English, five in Arabic (CLDR's rules)."""
    locale = _locale(language)
    return frozenset(locale.plural_form.rules) if locale else frozenset()


@cache
def plural_category(language: str, number: int) -> str:
    """The plural form of a number, such as `one`, `few` or `other`."""
    locale = _locale(language)
    return str(locale.plural_form(number)) if locale else "other"


@cache
def likely_subtags(language: str) -> tuple[str, str]:
    """Script and territory of a language tag (BCP 47), such as `Hant` and `TW` for `zh-Hant` or `zh-TW`.

    What the tag does not say is that of most readers; empty if it is not known.
    """
    name, *parts = language.lower().replace("_", "-").split("-")
    script = next((part.title() for part in parts if len(part) == 4 and part.isalpha()), "")
    territory = next((part.upper() for part in parts if len(part) == 2), "")
    known = get_global("likely_subtags")
    tags = (f"{name}_{script}", f"{name}_{territory}", name)
    _, *likely = next(filter(None, map(known.get, tags)), name).split("_")
    return (
        script or next((part for part in likely if len(part) == 4), ""),
        territory or next((part for part in likely if len(part) == 2), ""),
    )


@cache
def _locale(language: str) -> Locale | None:
    """The locale of the first part of a language tag; its further parts change no plural."""
    try:
        return Locale.parse(language.replace("_", "-").partition("-")[0].lower())
    except (UnknownLocaleError, ValueError):
        return None
