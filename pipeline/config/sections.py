"""Sections as text, for an issue that names its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.config.front_matter import write_yaml
from pipeline.model import Order, SectionRule


def rules_text(rules: Iterable[SectionRule], zone: ZoneInfo, toml: bool) -> str:
    """The sections as lines of front matter, which are read as the same rules again.

    `zone` is the publication's, in which a date is the first moment of a day, or the last one in `until`.
    """
    tables = [_fields(rule, zone) for rule in rules]
    if not toml:
        return write_yaml({"sections": tables})
    return "".join("\n[[sections]]\n" + _toml_lines(table) for table in tables)


def _fields(rule: SectionRule, zone: ZoneInfo) -> dict[str, Any]:
    tags = {"any": rule.tags.any, "all": rule.tags.all, "none": rule.tags.none}
    fields: dict[str, Any] = {
        "title": rule.title,
        "tags": {key: list(value) for key, value in tags.items() if value},
        "pin": list(rule.pin),
        "exclude": list(rule.exclude),
        "limit": rule.limit,
        "order": None if rule.order is Order.NEWEST else rule.order.value,
        "since": _day(rule.since, zone, time(0)),
        "until": _day(rule.until, zone, time(23, 59, 59)),
        "layout": rule.layout and rule.layout.value,
        "reuse": rule.reuse or None,
    }
    return {key: value for key, value in fields.items() if value not in (None, [], {})}


def _day(moment: datetime | None, zone: ZoneInfo, edge: time) -> date | datetime | None:
    """A moment as a day alone, where reading the day gives the moment."""
    if moment is None or moment.astimezone(zone).time() != edge:
        return moment
    return moment.astimezone(zone).date()


def _toml_lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())


def _toml(value: Any) -> str:
    """A value as TOML 1.0 writes it; its basic strings know every escape that JSON makes."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
