"""What CLDR knows of languages: plural forms, likely scripts, territories. No other module imports Babel."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

ONE_OR_OTHER = frozenset(("da", "de", "el", "en", "et", "fi", "hu", "nb", "nl", "no", "sv", "tr"))
"""Languages with a plural form of their own for 1 alone. For others Babel reads all about them: 60 ms."""


@cache
def plural_categories(language: str) -> frozenset[str]:
    """The plural forms of a language beside `other`: `one` in English, five in Arabic (CLDR's rules)."""
    if _name(language) in ONE_OR_OTHER:
        return frozenset({"one"})
    locale = _locale(language)
    return frozenset(locale.plural_form.rules) if locale else frozenset()


@cache
def plural_category(language: str, number: int) -> str:
    """The plural form of a number, such as `one`, `few` or `other`."""
    if _name(language) in ONE_OR_OTHER:
        return "one" if number == 1 else "other"
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
    try:
        return Locale.parse(_name(language))
    except (UnknownLocaleError, ValueError):
        return None


def _name(language: str) -> str:
    """The first part of a language tag; its further parts change no plural."""
    return language.replace("_", "-").partition("-")[0].lower()
