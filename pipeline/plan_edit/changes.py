"""Changes to an issue's plan, as an editor who drags articles about means them.

What a change asks for is said in the keys that `issue.md` has: `pin` in a section, which puts
articles first and in order, and `exclude` in the issue. Nothing else is changed, and what these keys
cannot say is refused. `splice.py` writes it into the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from pipeline.assemble.issues import issue_of
from pipeline.errors import NotFound, PressroomError, raise_all, suggest
from pipeline.model import Issue, Place, Publication, SectionRule
from pipeline.plan_edit.patch import patch
from pipeline.support.files import source_text

Shown = Sequence[tuple[str, Sequence[str]]]
"""A plan: the title of each section and its articles' slugs in order. Empty sections may be missing."""


@dataclass(frozen=True, slots=True)
class Move:
    """Make the article number `position`, from 0, of the section with this title.

    It is pinned there, with every article that stands above it: pinned ones stand first. It
    leaves the other sections' pins, and `exclude` of the issue and of this section. Where it stands there
    already, nothing changes.

    With a `limit`, pinned articles count, so that the last one that is not pinned makes room. They are
    never cut: an article put below the last one of a full section makes it one longer than its limit.
    """

    slug: str
    section: str
    position: int


@dataclass(frozen=True, slots=True)
class Exclude:
    """Keep the article out of the issue: into the issue's `exclude`, out of every pin."""

    slug: str


@dataclass(frozen=True, slots=True)
class Include:
    """Take the article out of the issue's `exclude`; the sections then say whether it comes in."""

    slug: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin the article in a section, below those that are pinned already.

    As `Move`, it leaves the other pins and `exclude`. Where it is pinned there already, nothing changes.
    """

    slug: str
    section: str


@dataclass(frozen=True, slots=True)
class Unpin:
    """Take the article out of every pin; its tags and date then say where it stands, if at all."""

    slug: str


Change = Move | Exclude | Include | Pin | Unpin


def change_plan(text: str, path: str, change: Change, shown: Shown, publication: Publication) -> str:
    """The text of an `issue.md` after a change; `path` is `issues/<folder>/issue.md`.

    `shown` is the plan of the edition in which the change was made. Only `pin` and `exclude` are
    changed, or added; all other text, its line ends and its byte order mark stay. A comment on the line of
    an article that leaves a list goes with it. An issue that names no sections gets those of
    `publication` written out, unless the change is to its `exclude` alone; it no longer follows
    `newsletter.toml` then.

    Raises `PressroomError` or `Mistakes`: for a text that is no issue, a section that is not there
    or stands twice, a position that is none, a section that would take nothing, an article that a
    section of its own excludes, and a text of which the change cannot be made without touching more.
    """
    before = _read(text, path, publication)
    after = changed_sections(before, change, shown)
    if after == before:
        return text
    result = patch(text, path, before, after, ZoneInfo(publication.timezone))
    try:
        kept = _bare(_read(result, path, publication)) == _bare(after)
    except PressroomError:
        kept = False
    if not kept:
        raise PressroomError(
            "this change cannot be made without touching more of the front matter.",
            path,
            before.lines.get("sections"),
            "Make it by hand, in the keys `pin` and `exclude`.",
        )
    return result


def _read(text: str, path: str, publication: Publication) -> Issue:
    errors: list[PressroomError] = []
    folder = path.split("/")[-2] if "/" in path else ""
    zone = ZoneInfo(publication.timezone)
    issue = issue_of(source_text(text, path), folder, path, publication, zone, errors)
    raise_all(errors)
    return issue


def _bare(issue: Issue) -> Issue:
    """An issue without the lines it stands on."""
    nowhere = Place(issue.place.path)
    rules = tuple(replace(rule, place=nowhere) for rule in issue.sections)
    return replace(issue, sections=rules, place=nowhere, letter_line=0, lines={})


# --- what is wished --------------------------------------------------------------------------


def changed_sections(issue: Issue, change: Change, shown: Shown) -> Issue:
    """The issue with its pins and exclusions as a change asks. Raises `PressroomError` as `change_plan`."""
    slug = change.slug
    match change:
        case Exclude():
            exclude = issue.exclude if slug in issue.exclude else (*issue.exclude, slug)
            after = replace(issue, exclude=exclude, sections=_without(issue, slug))
        case Include():
            _not_a_section(issue, slug)
            after = replace(issue, exclude=_less(issue.exclude, slug))
        case Unpin():
            after = replace(issue, sections=_without(issue, slug))
        case Pin(section=title) | Move(section=title):
            rule = _rule(issue, title)
            if isinstance(change, Move):
                present = next((slugs for name, slugs in shown if name == title), ())
                if list(present[change.position : change.position + 1]) == [slug]:
                    return issue
                pins = _moved(rule, change, present)
            else:
                pins = rule.pin if slug in rule.pin else (*rule.pin, slug)
            sections = tuple(
                replace(each, pin=pins, exclude=_less(each.exclude, slug)) if each.title == title else each
                for each in _without(issue, slug)
            )
            after = replace(issue, exclude=_less(issue.exclude, slug), sections=sections)
    raise_all(_emptied(after.sections))
    return replace(after, own_sections=issue.own_sections or after.sections != issue.sections)


def _less(slugs: tuple[str, ...], slug: str) -> tuple[str, ...]:
    return tuple(each for each in slugs if each != slug)


def _without(issue: Issue, slug: str) -> tuple[SectionRule, ...]:
    """The sections, pinning the article nowhere."""
    return tuple(replace(rule, pin=_less(rule.pin, slug)) for rule in issue.sections)


def _moved(rule: SectionRule, move: Move, present: Sequence[str]) -> tuple[str, ...]:
    """The pins that put an article at its position. Pins that this edition does not show stay too."""
    others = [slug for slug in present if slug != move.slug]
    if not 0 <= move.position <= len(others):
        raise PressroomError(
            f'section "{rule.title}" has no position {move.position + 1} for "{move.slug}".',
            rule.place.path,
            rule.place.line,
            f"It has {len(others)} other articles; the plan may have changed since it was shown.",
        )
    order = [*others[: move.position], move.slug, *others[move.position :]]
    pinned = _less(rule.pin, move.slug)
    last = max(n for n, slug in enumerate(order) if slug == move.slug or slug in pinned)
    pins = order[: last + 1]
    for number, slug in enumerate(pinned):
        if slug not in pins:
            pins.insert(pins.index(pinned[number - 1]) + 1 if number else 0, slug)
    return tuple(pins)


# --- what is refused -------------------------------------------------------------------------


def _rule(issue: Issue, title: str) -> SectionRule:
    found = [rule for rule in issue.sections if rule.title == title]
    if not found:
        titles = [rule.title for rule in issue.sections]
        raise NotFound(
            f'the issue has no section "{title}".',
            issue.place.path,
            issue.lines.get("sections"),
            suggest(title, titles) or f"It has {', '.join(titles)}.",
        )
    if len(found) > 1:
        raise PressroomError(
            f'two sections have the title "{title}".',
            found[1].place.path,
            found[1].place.line,
            "Give one of them another title.",
        )
    return found[0]


def _not_a_section(issue: Issue, slug: str) -> None:
    """An article that a section excludes does not come back by the issue's list."""
    for rule in issue.sections:
        if slug in rule.exclude and slug not in issue.exclude:
            raise PressroomError(
                f'section "{rule.title}" excludes "{slug}", not the issue.',
                rule.place.path,
                rule.place.line,
                f'Pin it in a section, or delete it from `exclude` of "{rule.title}".',
            )


def _emptied(rules: Iterable[SectionRule]) -> Iterator[PressroomError]:
    """A section has to take something; what it does not say cannot be read back."""
    for rule in rules:
        if not (rule.tags.any or rule.tags.all or rule.tags.none or rule.pin):
            yield PressroomError(
                f'section "{rule.title}" would take nothing: it has no tags, and this is all it pins.',
                rule.place.path,
                rule.place.line,
                "Move another article into it first, or delete the section.",
            )
