"""Dates in a line of their own, in the forms that name the month or cannot be read two ways."""

from __future__ import annotations

import re
from datetime import date, datetime

_MONTHS = (
    "january jan januar janvier janv enero",
    "february feb februar février févr febrero",
    "march mar märz mars marzo",
    "april apr avril avr abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug août agosto",
    "september sept sep septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre déc diciembre",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_WEEKDAYS = (
    "mon monday tue tues tuesday wed wednesday thu thurs thursday fri friday sat saturday sun sunday "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche"
)
_WEEKDAY = rf"(?:(?:{'|'.join(_WEEKDAYS.split())})\b\.?,? )?"
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}([^\W\d_]{{3,10}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|er|\.)? (?:of |de )?([^\W\d_]{{3,10}})\.?,?(?: de)? (\d{{4}})",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def date_of(text: str) -> date | datetime | None:
    """The date that this text is, None where it is none or can be read two ways (03/04/2026)."""
    if len(text) > 40:
        return None
    if match := _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text) if match[4] else date.fromisoformat(text)
        except ValueError:
            return None
    if match := _MONTH_FIRST.fullmatch(text):
        return _made(match[3], MONTHS.get(match[1].lower()), match[2])
    if match := _DAY_FIRST.fullmatch(text):
        return _made(match[3], MONTHS.get(match[2].lower()), match[1])
    if match := _DOTTED.fullmatch(text):
        return _made(match[3], int(match[2]), match[1])
    if match := _SLASHED.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        if first == second or second > 12:
            return _made(match[3], first, match[2])
        return _made(match[3], second, match[1]) if first > 12 else None
    return None


def is_ambiguous(text: str) -> bool:
    """Whether this is a date of which day and month cannot be told apart."""
    match = _SLASHED.fullmatch(text)
    return match is not None and date_of(text) is None and 0 < int(match[1]) <= 12 and 0 < int(match[2]) <= 12


def _made(year: str, month: int | None, day: str) -> date | None:
    try:
        return date(int(year), month, int(day)) if month else None
    except ValueError:
        return None
