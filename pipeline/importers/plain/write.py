"""The one writer: what the rules found becomes a draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pipeline.importers.draft import Draft, Inferred, Left, Link
from pipeline.importers.plain import bylines
from pipeline.importers.plain.calls import call_of, is_call
from pipeline.importers.plain.dates import date_of
from pipeline.importers.plain.escape import escaped, heading, plain
from pipeline.importers.plain.lines import Fact, Fate, Item, Role, Sheet, fate
from pipeline.importers.plain.lists import NUMBER
from pipeline.importers.plain.people import authors_of
from pipeline.importers.plain.shapes import ADDRESS, first_sentence, same, without_tail
from pipeline.model import Author

_LONGEST_TITLE = 90
_LISTS = (Role.BULLET, Role.NUMBERED)


def draft_of(sheet: Sheet) -> Draft:
    """The draft that a judged text makes; the title is found in the text where no line is one."""
    inferred = list(_inferred(sheet))
    title = _value(sheet, Role.TITLE)
    if not title:
        title = _title(sheet)
        inferred.insert(0, Inferred("title", title, "the first sentence; the text has no title"))
    published, updated, late = _dates(sheet)
    extra: dict[str, Any] = {}
    if reviewers := [value for _, value in bylines.values(sheet.items, Fact.REVIEWER)]:
        extra["reviewed_by"] = reviewers[0] if len(reviewers) == 1 else reviewers
    return Draft(
        body=_body(sheet),
        title=title,
        alt_title=_value(sheet, Role.ALT_TITLE),
        dek=_value(sheet, Role.DEK),
        date=published,
        updated=updated,
        authors=_authors(sheet),
        tags=_tags(sheet),
        image_alt=_value(sheet, Role.IMAGE_ALT),
        canonical_url=_value(sheet, Role.CANONICAL),
        related=tuple(_related(sheet)),
        disclaimer=" ".join(filter(None, (item.said for item in _of(sheet, Role.DISCLAIMER)))),
        extra=extra,
        inferred=tuple(inferred),
        left=tuple(sorted((*_left(sheet), *late), key=lambda each: each.line or 0)),
    )


def _of(sheet: Sheet, *roles: Role) -> Iterator[Item]:
    return (item for item in sheet.items if item.is_(*roles))


def _value(sheet: Sheet, role: Role) -> str:
    return " ".join(filter(None, (item.said for item in _of(sheet, role))))


def _left(sheet: Sheet) -> Iterator[Left]:
    for item in sheet.items:
        if item.mark and item.mark.role is Role.LEFT:
            yield Left(item.text, item.mark.why, item.number)
        for kind, value in item.mark_facts:
            if kind is Fact.READING_TIME:
                yield Left(value, "reading time; it is counted from the text", item.number)


def _inferred(sheet: Sheet) -> Iterator[Inferred]:
    for item in sheet.items:
        if item.is_(Role.DEK) and item.mark and item.mark.why:
            yield Inferred("dek", item.said, item.mark.why)
        elif item.is_(Role.IMAGE_ALT) and item.mark:
            yield Inferred("image_alt", item.said, item.mark.why)
        elif item.is_(Role.CALL) and item.mark:
            yield Inferred(
                "cta", item.said[item.mark.split :], "a sentence that asks for something and says where"
            )
        elif item.open and is_call(item.text):
            yield Inferred("cta", item.text, "a call to action without an address stays a paragraph")
    for _, value in bylines.values(sheet.items, Fact.CATEGORY):
        yield Inferred("tags", value, "the category above the text")


# --- fields ----------------------------------------------------------------------------------


def _title(sheet: Sheet) -> str:
    items = [item for item in sheet.items if item.open or item.is_(Role.CALL)] or list(_of(sheet, *_LISTS))
    items = items or list(sheet.items)
    named = next((item for item in items if same(item.said)), items[0])
    sentence = first_sentence(named.said)
    bare = sentence.rstrip(".:;,。 ") or sentence
    if len(bare) <= _LONGEST_TITLE:
        return bare
    cut = bare[: _LONGEST_TITLE - 1]
    if not bare[_LONGEST_TITLE - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:–—-") + "…"


def _dates(sheet: Sheet) -> tuple[date | datetime | None, date | datetime | None, list[Left]]:
    """Date and update; further dates, and an update before the date, are left."""
    found: dict[Fact, date | datetime] = {}
    late: list[Left] = []
    for kind in (Fact.DATE, Fact.UPDATED):
        for item, value in bylines.values(sheet.items, kind):
            moment = date_of(value.rstrip("."))
            if moment is None or (kind in found and _day(found[kind]) != _day(moment)):
                late.append(Left(value, "a further date", item.number))
            elif kind is Fact.UPDATED and Fact.DATE in found and _day(moment) < _day(found[Fact.DATE]):
                late.append(Left(value, "updated before it was published", item.number))
            else:
                found.setdefault(kind, moment)
    return found.get(Fact.DATE), found.get(Fact.UPDATED), late


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _authors(sheet: Sheet) -> tuple[Author, ...]:
    authors: list[Author] = []
    for item in sheet.items:
        for kind, value in item.mark_facts:
            if kind is Fact.AUTHOR:
                authors += [each for each in authors_of(value) or (Author(value),) if each not in authors]
            elif kind is Fact.AUTHOR_ROLE and authors:
                authors[-1] = Author(authors[-1].name, ", ".join(filter(None, (authors[-1].role, value))))
    return tuple(authors)


def _tags(sheet: Sheet) -> tuple[str, ...]:
    tags = [value for _, value in bylines.values(sheet.items, Fact.CATEGORY)]
    for item in _of(sheet, Role.TAGS):
        tags += [tag.strip(" #.") for tag in item.said.replace(";", ",").split(",") if tag.strip(" #.")]
    return tuple(dict.fromkeys(tags))


def _related(sheet: Sheet) -> Iterator[Link]:
    for item in _of(sheet, Role.RELATED):
        text = item.said
        if match := ADDRESS.search(text):
            yield Link(text[: match.start()].strip(" :–—-•(<"), without_tail(match[0]))


# --- body ------------------------------------------------------------------------------------


def _body(sheet: Sheet) -> str:
    parts: list[str] = []
    before: Role | None = None
    count, sign = 0, "."
    for item in sheet.items:
        role = item.mark.role if item.mark else Role.PARAGRAPH
        if fate(role) is not Fate.BODY:
            continue
        numbered = role is Role.NUMBERED
        number = _number(item) if numbered else 0
        goes_on = role is before and role in _LISTS
        if goes_on and numbered and number != count + 1:
            # Another sign makes another list (CommonMark 0.31, section 5.3).
            goes_on, sign = False, ")" if sign == "." else "."
        parts.append(("\n" if goes_on else "\n\n") if parts else "")
        parts.append(f"{number}{sign} {escaped(item.said)}" if numbered else _written(item))
        before, count = role, number
    return "".join(parts) + "\n" if parts else ""


def _number(item: Item) -> int:
    match = NUMBER.match(item.text)
    return int(match[1]) if match else 0


def _written(item: Item) -> str:
    text = item.said
    if item.mark is None:
        return escaped(text)
    match item.mark.role:
        case Role.HEADING:
            return f"## {heading(text)}"
        case Role.RULE:
            return "---"
        case Role.BULLET:
            return f"{'  ' * item.mark.depth}- {escaped(text)}"
        case _:
            return _call(text, item.mark.split)


def _call(text: str, split: int) -> str:
    call = call_of(text[split:])
    if call is None:
        return escaped(text)
    link = f"[{plain(call.text)}]({_target(call.address)})"
    sentence = " ".join(filter(None, (escaped(call.before) if call.before else "", link))) + plain(call.after)
    above = f"{escaped(text[:split].strip())}\n\n" if split else ""
    return f"{above}::: cta\n{sentence}\n:::"


def _target(address: str) -> str:
    return f"<{address}>" if set(address) & set("() ") else address
