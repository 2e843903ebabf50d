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


def likely_script(language: str) -> str:
    """The script of a language tag (BCP 47), such as `Hant` for `zh-TW`; empty if it is not known."""
    name, *parts = language.replace("_", "-").split("-")
    likely = get_global("likely_subtags")
    region = next((part.upper() for part in parts if len(part) == 2), "")
    known = likely.get(f"{name.lower()}_{region}") or likely.get(name.lower(), "")
    scripts = (part for part in (*parts, *known.split("_")) if len(part) == 4 and part.isalpha())
    return next(scripts, "").title()


def likely_territory(language: str) -> str:
    """The territory where most readers of a language are, such as `DE`; empty if it is not known."""
    likely = get_global("likely_subtags").get(language, "").split("_")[-1]
    return likely if len(likely) == 2 else ""


@cache
def _locale(language: str) -> Locale | None:
    """The locale of the first part of a language tag; its further parts change no plural."""
    try:
        return Locale.parse(language.replace("_", "-").partition("-")[0].lower())
    except (UnknownLocaleError, ValueError):
        return None
