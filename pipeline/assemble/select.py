"""Select the articles and link items of an issue, and explain for each of the pool why it is in or out.

An item goes into the first section that takes it, and only there; a section that pins it takes
precedence. Each edition is selected separately, because its audience decides which articles it may use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import takewhile
from shlex import quote
from typing import NamedTuple

from pipeline.articles.pool import Pool
from pipeline.errors import PressroomError, nearest, raise_all, suggest
from pipeline.model import (
    Article,
    Decision,
    Edition,
    Issue,
    Layout,
    Order,
    Place,
    PoolItem,
    Section,
    SectionRule,
)
from pipeline.support.urls import folder_number, path_part

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)

NO_SECTION = "tags that no section takes"
CARRIED = "carried by issue"
"""Beginnings of the short reasons of items that `plan` only counts.

No section takes their tags, or an earlier issue carried them.
"""


class _Reason(NamedTuple):
    """Why an item is out: the full reason, and the heading for all items with such a reason."""

    reason: str
    short: str


_NO_TAGS = _Reason("no section takes its tags", NO_SECTION)


def select_items(
    issue: Issue, pool: Pool, used: Mapping[str, str], unused: Mapping[str, PoolItem]
) -> tuple[Edition[PoolItem], ...]:
    """Select the items of each edition. `used` maps keys to the folder of the issue that used them.

    `unused` are all other items of the pool, in the order of their dates. Raises `Mistakes` for unknown tags
    and names.
    """
    issue = _with_keys(issue, pool)
    candidates = _possible(issue, pool, unused)
    return tuple(_select(issue, each, candidates, pool, used).edition for each in issue.audiences)


def _possible(issue: Issue, pool: Pool, unused: Mapping[str, PoolItem]) -> dict[str, PoolItem]:
    """Return the candidates that this issue can carry: not dated after it, and not used unless it may be.

    They are few where thousands were used, so that freezing a whole archive grows in a straight line.
    """
    items = pool.by_date if any(rule.reuse for rule in issue.sections) else unused
    possible = dict(takewhile(lambda item: (item[1].date or _EARLIEST) <= issue.date, items.items()))
    pinned = (key for rule in issue.sections for key in rule.pin if key in pool.candidates)
    return possible | {key: pool.candidates[key] for key in pinned}


# --- one edition -----------------------------------------------------------------------------


class Selection(NamedTuple):
    """An edition, which may be empty, and for each item of the pool why it is in or out."""

    edition: Edition[PoolItem]
    decisions: tuple[Decision, ...]


def select_edition(issue: Issue, audience: str, pool: Pool, used: Mapping[str, str]) -> Selection:
    """Select one edition. Raises `Mistakes` as `select_items`."""
    return _select(_with_keys(issue, pool), audience, pool.candidates, pool, used)


def _select(
    issue: Issue, audience: str, candidates: Mapping[str, PoolItem], pool: Pool, used: Mapping[str, str]
) -> Selection:
    raise_all(_section_mistakes(issue, pool))
    raise_all(_item_mistakes(issue, pool, used))
    closed = {key: why for key, item in candidates.items() if (why := _closed(item, issue, audience))}
    pinned = {key for rule in issue.sections for key in rule.pin}
    tags = {item.tags for item in candidates.values()}
    taken: dict[str, Decision] = {}
    refused: dict[str, _Reason] = {}
    sections: list[Section[PoolItem]] = []
    for rule in issue.sections:
        members = [candidates[key] for key in rule.pin if key not in closed]
        for item in members:
            taken[item.key] = Decision(item.key, audience, True, rule.title, "pinned")
        fitting = {each for each in tags if rule.tags.takes(each)}
        free: list[PoolItem] = []
        for key, item in candidates.items():
            if item.tags not in fitting or key in closed or key in taken or key in pinned:
                continue
            if reason := _refused_by_section(item, rule, used):
                refused.setdefault(key, reason)
            else:
                free.append(item)
        full = _Reason(f"section {rule.label} has its {rule.limit} already", f"{rule.label} is full")
        for item in _ordered(free, rule.order):
            if rule.limit is not None and len(members) >= rule.limit:
                refused.setdefault(item.key, full)
                continue
            members.append(item)
            taken[item.key] = Decision(item.key, audience, True, rule.title, _tagged(item, rule))
        if members:
            layout = rule.layout or issue.layout or issue.theme_layout
            sections.append(
                Section(rule.title, tuple((item, _layout(item, layout)) for item in members), rule.badges)
            )
    decisions = tuple(
        taken.get(key)
        or Decision(key, audience, False, None, *(closed.get(key) or refused.get(key) or _NO_TAGS))
        for key in candidates
    )
    return Selection(Edition(audience, tuple(sections)), decisions)


def _with_keys(issue: Issue, pool: Pool) -> Issue:
    """Replace the addresses of link items in `pin` and `exclude` by their ids; unknown names stay."""

    def keys(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pool.key_of(name) or name for name in names))

    sections = (
        replace(rule, pin=keys(rule.pin), exclude=keys(rule.exclude)) if rule.pin or rule.exclude else rule
        for rule in issue.sections
    )
    return replace(issue, exclude=keys(issue.exclude), sections=tuple(sections))


def _layout(item: PoolItem, layout: Layout) -> Layout:
    """The layout of an item in a section whose layout is this one."""
    return item.layout or layout if isinstance(item, Article) else Layout.LINK


def _closed(item: PoolItem, issue: Issue, audience: str) -> _Reason | None:
    """Return why an item cannot be in this edition, whatever its sections say; None if it can."""
    if isinstance(item, Article) and item.draft:
        return _Reason("it is a draft", "draft")
    if item.date and item.date > issue.date:
        reason = f"it is dated {item.date:%Y-%m-%d}, after the issue ({issue.date:%Y-%m-%d})"
        return _Reason(reason, "dated after the issue")
    if isinstance(item, Article) and item.audience and audience not in item.audience:
        only = f"for {' and '.join(item.audience)} only"
        return _Reason(f"it is {only}", only)
    if item.key in issue.exclude:
        return _Reason("the issue excludes it", "excluded by the issue")
    return None


def _refused_by_section(item: PoolItem, rule: SectionRule, used: Mapping[str, str]) -> _Reason | None:
    """Return why a section refuses an item although its tags fit; None if it takes it."""
    if item.key in rule.exclude:
        return _Reason(f"section {rule.label} excludes it", f"excluded by {rule.label}")
    if not rule.reuse and (folder := used.get(item.key)):
        return _carried_by(folder)
    if item.date is None and (rule.since or rule.until):
        return _Reason(
            f"it has no date, and section {rule.label} takes only dated items",
            f"without a date, which {rule.label} asks for",
        )
    if rule.since and item.date and item.date < rule.since:
        begins = f"{rule.label} begins with {rule.since:%Y-%m-%d}"
        return _Reason(f"section {begins}", begins)
    if rule.until and item.date and item.date > rule.until:
        ends = f"{rule.label} ends with {rule.until:%Y-%m-%d}"
        return _Reason(f"section {ends}", ends)
    return None


@lru_cache(10_000)
def _carried_by(folder: str) -> _Reason:
    """The reason that all items of an earlier issue have."""
    return _Reason(f"issue {folder} carried it", f"{CARRIED} {folder_number(folder)}")


def _tagged(item: PoolItem, rule: SectionRule) -> str:
    tags = [tag for tag in (*rule.tags.any, *rule.tags.all) if tag in item.tags]
    return "tagged " + ", ".join(dict.fromkeys(tags))


def _ordered(items: Iterable[PoolItem], order: Order) -> list[PoolItem]:
    """Sort in the section's order, and by slug where that is equal, so that the order is always the same.

    Link items are sorted by title instead of slug. Those without a date come last.
    """
    by_name = sorted(
        items,
        key=lambda item: (item.slug if isinstance(item, Article) else path_part(item.title), item.key),
    )
    if order is Order.TITLE:
        return sorted(by_name, key=lambda item: item.title.casefold())
    if order is Order.OLDEST:
        return sorted(by_name, key=lambda item: item.date or _LATEST)
    return sorted(by_name, key=lambda item: item.date or _EARLIEST, reverse=True)


# --- mistakes --------------------------------------------------------------------------------


def _section_mistakes(issue: Issue, pool: Pool) -> Iterator[PressroomError]:
    first: dict[str, SectionRule] = {}
    for rule in issue.sections:
        yield from _unknown_tags(rule, pool)
        yield from _bad_pins(rule, issue, pool)
        for name in rule.exclude:
            if name not in pool.candidates:
                yield _unknown_name(f"section {rule.label} excludes", rule.place, name, pool)
        for name in rule.pin:
            other = first.setdefault(name, rule)
            if other is not rule:
                yield PressroomError(
                    f'section {rule.label} pins "{name}", which section {other.label} pins too.',
                    *rule.place,
                    "An article can be in an issue only once: delete one of the two.",
                )
    for name in issue.exclude:
        if name not in pool.candidates:
            yield _unknown_name("the issue excludes", issue.place, name, pool)


def _item_mistakes(issue: Issue, pool: Pool, used: Mapping[str, str]) -> Iterator[PressroomError]:
    """Yield the mistakes of items that may belong in the issue: by their tags, or because nobody knows.

    The mistake may be in the audience or the date, so neither is a reason to leave the item out.
    """
    for key, mistakes in pool.mistakes.items():
        item = pool.candidates.get(key)
        if item is None:
            yield from mistakes
        elif key in issue.exclude or key in used or (isinstance(item, Article) and item.draft):
            continue
        elif not item.tags or any(key in rule.pin or rule.tags.takes(item.tags) for rule in issue.sections):
            yield from mistakes


def _unknown_tags(rule: SectionRule, pool: Pool) -> Iterator[PressroomError]:
    known = pool.tags
    for tag in (*rule.tags.any, *rule.tags.all, *rule.tags.none, *rule.badges):
        if tag in known:
            continue
        if not rule.waits and tag not in rule.badges:
            yield PressroomError(
                f'section {rule.label} takes the tag "{tag}", which no {pool.noun} has.',
                *rule.place,
                suggest(tag, known) or "List the tags in use: pressroom tags",
            )
            continue
        # A default section and a badge may wait for their first article, so only a near miss is a mistake:
        # of one of the two, and which one is not known here.
        items = [each for each in pool.candidates.values() if not (isinstance(each, Article) and each.draft)]
        if near := nearest(tag, {each for item in items for each in item.tags}, 0.8):
            item = next(each for each in items if near in each.tags)
            place = Place(item.place.path, item.lines.get("tags") or item.place.line)
            yield PressroomError(
                f'section {rule.label} takes the tag "{tag}", which no {pool.noun} has, '
                f'and {place} has "{near}".',
                *rule.place,
                f'Write "{tag}" there, or "{near}" here.',
            )


def _bad_pins(rule: SectionRule, issue: Issue, pool: Pool) -> Iterator[PressroomError]:
    for key in rule.pin:
        if key not in pool.candidates:
            yield _unknown_name(f"section {rule.label} pins", rule.place, key, pool)
            continue
        reasons = [why for each in issue.audiences if (why := _closed(pool.candidates[key], issue, each))]
        if len(reasons) == len(issue.audiences):
            yield PressroomError(
                f'section {rule.label} pins "{key}", but {reasons[0].reason}.',
                *rule.place,
                "Delete the pin, or change the article.",
            )


def _unknown_name(where: str, place: Place, name: str, pool: Pool) -> PressroomError:
    if "://" in name:
        message = f'{where} "{name}", which no link item has as its address.'
        return PressroomError(message, *place, f"Add it: pressroom add {quote(name)}")
    has, command = (
        ("link has as its id", "links") if pool.noun == "link" else ("article has as its slug", "articles")
    )
    return PressroomError(
        f'{where} "{name}", which no {has}.',
        *place,
        suggest(name, pool.candidates) or f"List all of them: pressroom {command}",
    )
