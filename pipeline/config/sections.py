"""Sections of issues, read from `newsletter.toml` and `issue.md`, and written as front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.config.fields import Fields
from pipeline.model import Layout, Order, Place, SectionRule, TagRule


def read_section(fields: Fields, zone: ZoneInfo) -> SectionRule:
    """One section, as written in `newsletter.toml` or `issue.md`."""
    # A heading that was forgotten is a mistake; one that is empty is meant.
    written = fields.mapping.get("title")
    empty = fields.written("title", '""')
    hint = f"Add a line `{fields.written('title')}`, or `{empty}` for a section without a heading."
    title = fields.text("title", required=not (written and written.value == ""), hint=hint)
    fields.what = f'section "{title}"' if title else "section"
    since, until = fields.date("since", zone), fields.date("until", zone, end=True)
    if since and until and since > until:
        fields.error("until", "`until` is before `since`, so that no article can be between them.")
    mistakes = len(fields.errors)
    tags, pin = _tag_rule(fields), fields.texts("pin")
    if not (tags.any or tags.all or tags.none or pin or len(fields.errors) > mistakes):
        some = (
            ('{ any = ["a-tag"] }', '["an-article"]')
            if fields.is_toml
            else ("{any: [a-tag]}", "[an-article]")
        )
        hint = f"Give it `{fields.written('tags', some[0])}` or `{fields.written('pin', some[1])}`."
        fields.error("tags", "it takes no articles.", hint)
    rule = SectionRule(
        title=title,
        tags=tags,
        place=Place(fields.path, fields.line),
        pin=pin,
        exclude=fields.texts("exclude"),
        limit=fields.integer("limit"),
        order=fields.choice("order", Order) or Order.NEWEST,
        since=since,
        until=until,
        layout=fields.choice("layout", Layout),
        reuse=fields.boolean("reuse"),
        badges=_badges(fields),
    )
    for slug in rule.pin:
        if slug in rule.exclude:
            fields.error("exclude", f'"{slug}" is both pinned and excluded.', "Delete one of the two.")
    fields.check_unknown()
    return rule


def _tag_rule(fields: Fields) -> TagRule:
    field = fields.field("tags")
    if field is None or not isinstance(field.value, dict):
        # A plain list is what most people write first; it means `any`.
        return TagRule(any=fields.texts("tags"))
    table = fields.table("tags", f"{fields.what}, tags")
    rule = TagRule(table.texts("any"), table.texts("all"), table.texts("none"))
    if rule.none and not rule.any and not rule.all:
        table.error("none", "`none` alone takes nothing.", "Say with `any` or `all` which tags are taken.")
    table.check_unknown()
    return rule


def _badges(fields: Fields) -> dict[str, str]:
    table = fields.table("badges", f"{fields.what}, badges")
    return {tag: table.text(tag, required=True) for tag in table.mapping}


def sections_to_text(rules: Iterable[SectionRule], zone: ZoneInfo, toml: bool) -> str:
    """Sections as lines of front matter, from which `read_section` reads the same rules again.

    `zone` is the publication's, in which a date is the first moment of a day, or the last one in `until`.
    """
    tables = [_section_fields(rule, zone) for rule in rules]
    if not toml:
        from pipeline.config.front_matter import write_yaml

        return write_yaml({"sections": tables})
    return "".join(
        "\n[[sections]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())
        for table in tables
    )


def _section_fields(rule: SectionRule, zone: ZoneInfo) -> dict[str, Any]:
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
        "badges": dict(rule.badges),
    }
    return {key: value for key, value in fields.items() if value not in (None, [], {})}


def _day(moment: datetime | None, zone: ZoneInfo, edge: time) -> date | datetime | None:
    """A moment as a day alone, if it is the moment that the day is read as."""
    if moment is None or moment.astimezone(zone).time() != edge:
        return moment
    return moment.astimezone(zone).date()


def _toml(value: Any) -> str:
    """A value as TOML 1.0; its basic strings have every escape that JSON writes."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml_key(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
