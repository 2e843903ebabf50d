"""The theme's own words in the publication's language, dates among them.

They stand in `templates/email/words/LANGUAGE.toml`, so that a workspace adds a language, or says a
thing its own way, with one file and no code. Every file has the keys of the English one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter

from pipeline.errors import PressroomError, suggest
from pipeline.templating import Templates

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
"""Languages whose usual script runs from right to left (CLDR's layout data)."""

ENGLISH = "en"


def direction(language: str) -> str:
    """`rtl` or `ltr`, by the language tag (BCP 47); a script subtag decides before the language."""
    parts = language.lower().replace("_", "-").split("-")
    if len(parts) > 1 and len(parts[1]) == 4:
        return "rtl" if parts[1] in {"arab", "hebr", "thaa", "syrc", "nkoo", "adlm"} else "ltr"
    return "rtl" if parts[0] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True)
class Words:
    """Phrases by key, some with `{name}` places, and the names of the months."""

    phrases: Mapping[str, str]
    months: tuple[str, ...]

    def say(self, key: str, **places: object) -> str:
        """A phrase with its places filled."""
        return self.phrases[key].format_map(places)

    def date(self, moment: datetime) -> str:
        """The day in words, such as "1 February 2026", in the moment's own time zone."""
        return self.say("date", day=moment.day, month=self.months[moment.month - 1], year=moment.year)


def load_words(templates: Templates, language: str) -> Words:
    """The words for a language tag, its region left aside; English where the theme has none.

    Raises `PressroomError` for a file with a key missing, unknown or misused.
    """
    english = _read(templates, ENGLISH)
    for tag in (language.lower(), language.lower().split("-")[0]):
        if templates.find(f"email/words/{tag}.toml"):
            return _checked(templates, tag, english)
    return english


def _read(templates: Templates, tag: str) -> Words:
    text, path = templates.read(f"email/words/{tag}.toml")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PressroomError(f"this is not TOML: {error}.", path) from error
    months = data.pop("months", None)
    if not (isinstance(months, list) and len(months) == 12 and all(isinstance(each, str) for each in months)):
        raise PressroomError('"months" must be a list of twelve names.', path)
    for key, phrase in data.items():
        if not isinstance(phrase, str):
            raise PressroomError(f'"{key}" must be a text.', path)
    return Words(data, tuple(months))


def _checked(templates: Templates, tag: str, english: Words) -> Words:
    words = _read(templates, tag)
    path = templates.read(f"email/words/{tag}.toml")[1]
    for key in words.phrases:
        if key not in english.phrases:
            raise PressroomError(f'"{key}" is no phrase.', path, hint=suggest(key, english.phrases))
    for key, phrase in english.phrases.items():
        if key not in words.phrases:
            raise PressroomError(f'the phrase "{key}" is missing.', path, hint=f'In English: "{phrase}".')
        if _places(words.phrases[key], path, key) - _places(phrase, path, key):
            raise PressroomError(f'the phrase "{key}" has a place that is not filled.', path)
    return words


def _places(phrase: str, path: str, key: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}
    except ValueError as error:
        raise PressroomError(f'the phrase "{key}" is not well formed: {error}.', path) from error
