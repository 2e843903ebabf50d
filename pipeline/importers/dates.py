"""Dates as systems and people write them. Nothing here depends on a clock or a locale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from pipeline.config.fields import Field
from pipeline.importers.draft import Moment
from pipeline.support.limits import YEARS

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
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
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_WEEKDAY = (
    r"(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag"
    r"|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\.?,?\s+)?"
)
_TIME = (
    r"(?:[t,]?\s*(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(?:(am|pm)\b)?"
    r"\s*(z|(?:utc|gmt)?\s*[+-]\d\d:?(?:\d\d)?|[a-z/_]+)?(?:\s*\([\w ]+\))?)?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|\.)?"

_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}{_DAY}[\s-]+(?:of\s+|de\s+)?{_MONTH},?[\s-]+(?:de\s+)?(\d{{4}}){_TIME}", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(\d{{4}}){_TIME}", re.IGNORECASE)
_NUMBERS = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TICKS = re.compile(r"(\d{10})(\d{3})?")
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
_ZONES |= {"pst": -8, "pdt": -7}
"""Hours from UTC of the zones that RFC 5322 (section 4.3) names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A date that was read: its moment, or None if that is not certain, and a note for the editor."""

    moment: Moment | None
    note: str = ""


def date_of(field: Field) -> Reading | None:
    """The date of a field, or None if it is not a date."""
    value = field.value
    if isinstance(value, (date, datetime)):
        return Reading(value) if value.year in YEARS else None
    text = field.raw if field.raw is not None else value
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or len(text) > 100:
        return None
    try:
        return _read(" ".join(text.split()))
    except (ValueError, OverflowError):
        return None


def _read(text: str) -> Reading | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _moment(int(match[1]), int(match[3]), int(match[4]), match.groups()[4:])
    if match := _DAY_FIRST.fullmatch(text):
        return _moment(int(match[3]), _MONTHS[match[2].lower()], int(match[1]), match.groups()[3:])
    if match := _MONTH_FIRST.fullmatch(text):
        return _moment(int(match[3]), _MONTHS[match[1].lower()], int(match[2]), match.groups()[3:])
    if match := _NUMBERS.fullmatch(text):
        return _numbers(int(match[1]), match[2], int(match[3]), int(match[4]), match.groups()[4:])
    if match := _COMPACT.fullmatch(text):
        return _moment(int(match[1]), int(match[2]), int(match[3]), ())
    if match := _TICKS.fullmatch(text):
        moment = datetime.fromtimestamp(int(match[1]), UTC)
        return Reading(moment, f"`{text}` counts seconds since 1970") if moment.year in YEARS else None
    if re.fullmatch(rf"\d{{4}}(?:-\d\d)?|{_MONTH},? \d{{4}}", text, re.IGNORECASE):
        return Reading(None, "names no day")
    return None


def _numbers(first: int, mark: str, second: int, year: int, time: tuple[str | None, ...]) -> Reading | None:
    """`5.1.2026` begins with the day wherever points are used; `5/1/2026` does in one country of two."""
    if mark == "." or first > 12 or first == second:
        return _moment(year, second, first, time)
    if second > 12:
        return _moment(year, first, second, time)
    return Reading(None, "can be read with the day or the month first")


def _moment(year: int, month: int, day: int, time: tuple[str | None, ...]) -> Reading | None:
    if year not in YEARS:
        return None
    if not time or time[0] is None:
        return Reading(date(year, month, day))
    hour, minute, second = int(time[0]), int(time[1] or 0), int(time[2] or 0)
    if half := (time[3] or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    naive = datetime(year, month, day, hour, minute, second)
    zone = (time[4] or "").strip().lower()
    if not zone:
        return Reading(naive)
    if zone in _ZONES:
        return Reading(naive.replace(tzinfo=timezone(timedelta(hours=_ZONES[zone])) if _ZONES[zone] else UTC))
    if offset := re.fullmatch(r"(?:utc|gmt)?\s*([+-])(\d\d):?(\d\d)?", zone):
        distance = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        distance = -distance if offset[1] == "-" else distance
        return Reading(naive.replace(tzinfo=timezone(distance) if distance else UTC))
    return Reading(naive, f"the zone `{time[4]}` is not known, and was left out")
