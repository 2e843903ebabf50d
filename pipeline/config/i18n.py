"""Translations of the theme's own phrases, and dates in words, for email and web pages.

They are in `templates/words/LANGUAGE.toml`, so that a workspace adds a language, or changes a phrase,
with one file and no code. A language's file has all keys of the English one; that of a script or a region,
such as `zh-hant.toml` and `en-us.toml`, has only the phrases that differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from string import Formatter

from pipeline.config.cldr import likely_subtags, plural_categories, plural_category
from pipeline.config.toml import toml_values
from pipeline.errors import PressroomError, suggest
from pipeline.model import Event, Finding, Place, Severity
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.templating import Templates

_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Armi", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
"""Scripts that run from right to left (CLDR's script metadata)."""

ENGLISH = "en"

_FURTHER = {"time": {"hour12", "half"}}
"""Places that a phrase may have beside those of the English one: the twelve hours of half a day, AM or PM."""


PLURALS = {"minutes": "minutes", "audio_minutes": "minutes", "web.count": "count"}
"""The phrases that may have plural forms, each with the placeholder whose number decides."""


def direction(language: str) -> str:
    """`rtl` or `ltr`, by the script of a language tag (BCP 47)."""
    return "rtl" if likely_subtags(language)[0] in _RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True)
class Messages:
    """Phrases by key, some with `{name}` placeholders, and the names of the months.

    Phrases of the web pages have keys such as `web.issues`. The plural forms of a phrase have keys such as
    `minutes.one`; `language` decides which form a number has.
    """

    phrases: Mapping[str, str]
    months: tuple[str, ...]
    language: str = ENGLISH

    def format(self, key: str, **values: object) -> str:
        """A phrase with its placeholders filled, in the plural form of its number if it has several.

        Raises `ValueError` for None, which a template of an earlier version may hand over.
        """
        if missing := [name for name, value in values.items() if value is None]:
            test = f"{{% if {missing[0]} %}}"
            raise ValueError(f'"{key}" has no value for "{missing[0]}" on this page; write it within {test}')
        number = values.get(PLURALS[key]) if key in PLURALS else None
        form = f"{key}.{plural_category(self.language, number)}" if isinstance(number, int) else key
        return self.phrases.get(form, self.phrases[key]).format_map(values)

    def date(self, moment: datetime) -> str:
        """The day in words, such as "1 February 2026", in the moment's own time zone."""
        return self.format("date", day=moment.day, month=self.months[moment.month - 1], year=moment.year)

    def days(self, event: Event) -> str:
        """The day of an event in words, or its first and last day."""
        first, last = event.start, event.end or event.start
        if not event.all_day and last - first < timedelta(days=1):
            last = first  # it ends on the morning after
        if first.date() == last.date():
            return self.date(first)
        if (first.year, first.month) != (last.year, last.month):
            return f"{self.date(first)} – {self.date(last)}"
        month = self.months[first.month - 1]
        return self.format("days", first=first.day, last=last.day, month=month, year=first.year)

    def when(self, event: Event, zone: tzinfo) -> str:
        """The time of an event in words; its offset too, if that is not the one of `zone` at that time."""
        if event.all_day:
            return self.days(event)
        first, last = event.start, event.end
        time = self._time(first)
        if last and last.date() == first.date():
            time, last = f"{time}–{self._time(last)}", None
        words = self.format("date_time", date=self.date(first), time=time)
        if last:
            end = self.format("date_time", date=self.date(last), time=self._time(last))
            words = f"{words} – {end}"
        same = first.utcoffset() == first.astimezone(zone).utcoffset()
        return words if same else f"{words} (UTC{first.isoformat()[-6:]})"

    def _time(self, moment: datetime) -> str:
        return self.format(
            "time",
            hour=moment.hour,
            hour12=moment.hour % 12 or 12,
            minute=f"{moment:%M}",
            half="AM" if moment.hour < 12 else "PM",
        )


def missing_words(templates: Templates, language: str) -> Iterator[Finding]:
    """Report a language for which the theme has no words."""
    name = _file(language.lower().replace("_", "-").partition("-")[0])
    if not templates.find(name):
        message = f'the theme has no words in the language "{language}": emails and pages have English ones.'
        hint = f"Copy words/en.toml of the theme to templates/{name} and translate it."
        yield Finding("TMPL002", Severity.WARNING, message, Place(SETTINGS_FILE), hint)


def load_messages(templates: Templates, language: str) -> Messages:
    """The phrases for a language tag; English if the theme does not have the language.

    Raises `PressroomError` if a file lacks a key, or has an unknown or malformed one.
    """
    tag = language.lower().replace("_", "-")
    name = tag.split("-")[0]
    # `zh-TW` says no script: it is written in that of `zh-hant.toml`.
    variants = dict.fromkeys((name, f"{name}-{likely_subtags(tag)[0].lower()}", tag))
    tags = [each for each in variants if templates.find(_file(each))]
    return _messages(tuple((each, *templates.read(_file(each))) for each in (ENGLISH, *tags)))


# A build asks for its words several times, and the preview at each save.
@lru_cache(maxsize=16)
def _messages(files: tuple[tuple[str, str, str], ...]) -> Messages:
    """The phrases of files, each by its tag, text and path: English, the language, its script, its region."""
    messages = english = _parse(*files[0])
    for tag, text, path in files[1:]:
        own, part = _parse(tag, text, path), "-" in tag
        _check(own, english, path, complete=not part)
        phrases = {**messages.phrases, **own.phrases}
        messages = Messages(phrases, own.months or messages.months, messages.language) if part else own
    return messages


def _file(tag: str) -> str:
    return f"words/{tag}.toml"


def _parse(tag: str, text: str, path: str) -> Messages:
    data = toml_values(text, path)
    months = data.pop("months", [])
    if not (
        isinstance(months, list) and len(months) in {0, 12} and all(isinstance(each, str) for each in months)
    ):
        raise PressroomError('"months" must be a list of twelve names.', path)
    web = data.pop("web", {})
    phrases = {**data, **{f"web.{key}": phrase for key, phrase in web.items()}}
    for key in phrases.keys() & PLURALS.keys():
        if isinstance(phrases[key], dict):
            phrases |= _plural_forms(key, phrases[key], tag, path)
    for key, phrase in phrases.items():
        if not isinstance(phrase, str):
            raise PressroomError(f'"{key}" must be a text.', path)
    return Messages(phrases, tuple(months), tag)


def _plural_forms(key: str, forms: dict[str, object], tag: str, path: str) -> dict[str, object]:
    """The forms of a phrase by their keys; the form `other` has the key of the phrase itself."""
    known = plural_categories(tag)
    for form in forms:
        if form not in known | {"other"}:
            hint = f"They are {', '.join(sorted(known))} and other."
            raise PressroomError(f'"{key}": the language has no plural form "{form}".', path, hint=hint)
    if "other" not in forms:
        raise PressroomError(f'"{key}" lacks the plural form "other", for all numbers without one.', path)
    return {key if form == "other" else f"{key}.{form}": phrase for form, phrase in forms.items()}


def _check(messages: Messages, english: Messages, path: str, complete: bool) -> None:
    """Check the phrases of a file against the English ones; a `complete` one has all of them."""
    if complete and not messages.months:
        raise PressroomError('"months" is missing.', path)
    for key in messages.phrases:
        if key not in english.phrases and key.rpartition(".")[0] not in PLURALS:
            raise PressroomError(f'there is no phrase "{key}".', path, hint=suggest(key, english.phrases))
    for key, phrase in english.phrases.items():
        if key not in messages.phrases and complete and key.rpartition(".")[0] not in PLURALS:
            raise PressroomError(f'the phrase "{key}" is missing.', path, hint=f'In English: "{phrase}".')
    for key in messages.phrases:
        singular = key.rpartition(".")[0]
        phrase = english.phrases[singular if singular in PLURALS else key]
        unknown = _placeholders(messages.phrases[key], path, key) - _placeholders(phrase, path, key)
        unknown -= _FURTHER.get(key, set())
        if unknown:
            raise PressroomError(f'the phrase "{key}" has an unknown placeholder "{min(unknown)}".', path)


def _placeholders(phrase: str, path: str, key: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}
    except ValueError as error:
        hint = "Each `{` needs its `}`; a brace as text is written twice."
        raise PressroomError(f'the braces of the phrase "{key}" do not close.', path, hint=hint) from error
