"""Changes to an issue's plan that an editor makes in the preview: move, pin, unpin, exclude, include.

A change is written in keys that `issue.md` has anyway: `pin` of a section, which puts articles first and in
order, and `exclude` of the issue. Everything else in the file stays. A change that these keys cannot
express is refused. `patch_front_matter.py` writes the changed lists into the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from pipeline.actions.plan_edit.patch_front_matter import patch_front_matter
from pipeline.assemble.issues import parse_issue
from pipeline.errors import NotFound, PressroomError, raise_all, suggest
from pipeline.model import Issue, Place, Publication, SectionRule
from pipeline.support.files import source_text

PlannedSections = Sequence[tuple[str, Sequence[str]]]
"""The plan of one edition: titles of sections with the slugs of their articles in order.

A section without articles may be missing.
"""


@dataclass(frozen=True, slots=True)
class Move:
    """Put an article at `position`, counted from 0, in the section with the title `section`.

    The article and every article above it are pinned there, because pinned articles come first. It is
    removed from the pins of other sections, and from `exclude` of the issue and of this section. Nothing
    changes if it is at this position already.

    Pinned articles count towards the section's `limit`, so the last article that is not pinned drops out.
    Pinned ones never drop out: an article put below the last one of a full section makes the section one
    longer than its limit.
    """

    slug: str
    section: str
    position: int


@dataclass(frozen=True, slots=True)
class Exclude:
    """Keep an article out of the issue: add it to the issue's `exclude`, and remove every pin."""

    slug: str


@dataclass(frozen=True, slots=True)
class Include:
    """Remove an article from the issue's `exclude`; the sections decide whether it comes in."""

    slug: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin an article in a section, below the articles that are pinned there already.

    Like `Move`, it removes other pins and exclusions. Nothing changes if it is pinned there already.
    """

    slug: str
    section: str


@dataclass(frozen=True, slots=True)
class Unpin:
    """Remove every pin of an article; its tags and date then decide its place, if it has one."""

    slug: str


PlanChange = Move | Exclude | Include | Pin | Unpin


def apply_change(
    text: str, path: str, change: PlanChange, plan: PlannedSections, publication: Publication
) -> str:
    """Return the text of an `issue.md` after a change; `path` is `issues/<folder>/issue.md`.

    `plan` is that of the edition in which the change is made. Only `pin` and `exclude` are changed or added;
    all other text, its line ends and its byte order mark stay. The comment on an article's line leaves a
    list with the article. An issue that names no sections gets those of the publication written out, unless
    only its `exclude` changes; from then on it no longer follows `newsletter.toml`.

    Raises `PressroomError` or `Mistakes` for: a text that cannot be read as an issue; a section that does
    not exist or whose title occurs twice; a position that does not exist; a section that would take nothing;
    including an article that a section of its own excludes; and front matter in which the change cannot
    be made without touching more.
    """
    before = read_issue(text, path, publication)
    after = _changed_issue(before, change, plan)
    if after == before:
        return text
    patched = patch_front_matter(text, path, before, after, ZoneInfo(publication.timezone))
    try:
        exact = _without_places(read_issue(patched, path, publication)) == _without_places(after)
    except PressroomError:
        exact = False
    if not exact:
        raise PressroomError(
            "this change cannot be made without touching more of the front matter.",
            path,
            before.lines.get("sections"),
            "Make it by hand, in the keys `pin` and `exclude`.",
        )
    return patched


def read_issue(text: str, path: str, publication: Publication) -> Issue:
    """Read the text of an `issue.md`. Raises `PressroomError` or `Mistakes` for one that is not an issue."""
    errors: list[PressroomError] = []
    folder = path.split("/")[-2] if "/" in path else ""
    issue = parse_issue(source_text(text, path), folder, path, publication, errors)
    raise_all(errors)
    return issue


def _without_places(issue: Issue) -> Issue:
    """Return the issue without line numbers, for comparison."""
    nowhere = Place(issue.place.path)
    sections = tuple(replace(section, place=nowhere) for section in issue.sections)
    return replace(issue, sections=sections, place=nowhere, letter_line=0, lines={})


# --- the changed pins and exclusions ---------------------------------------------------------


def _changed_issue(issue: Issue, change: PlanChange, plan: PlannedSections) -> Issue:
    """Return the issue with the pins and exclusions that the change asks for."""
    slug = change.slug
    match change:
        case Exclude():
            exclude = issue.exclude if slug in issue.exclude else (*issue.exclude, slug)
            after = replace(issue, exclude=exclude, sections=_unpinned(issue, slug))
        case Include():
            _check_excluded_by_issue(issue, slug)
            after = replace(issue, exclude=_remove(issue.exclude, slug))
        case Unpin():
            after = replace(issue, sections=_unpinned(issue, slug))
        case Pin(section=title) | Move(section=title):
            rule = _find_section(issue, title)
            if isinstance(change, Move):
                current = next((slugs for name, slugs in plan if name == title), ())
                if list(current[change.position : change.position + 1]) == [slug]:
                    return issue
                pins = _pins_after_move(rule, change, current)
            else:
                pins = rule.pin if slug in rule.pin else (*rule.pin, slug)
            sections = tuple(
                replace(each, pin=pins, exclude=_remove(each.exclude, slug)) if each.title == title else each
                for each in _unpinned(issue, slug)
            )
            after = replace(issue, exclude=_remove(issue.exclude, slug), sections=sections)
    raise_all(_empty_sections(after.sections))
    return replace(after, own_sections=issue.own_sections or after.sections != issue.sections)


def _remove(slugs: tuple[str, ...], slug: str) -> tuple[str, ...]:
    return tuple(each for each in slugs if each != slug)


def _unpinned(issue: Issue, slug: str) -> tuple[SectionRule, ...]:
    """Return the sections without any pin of the article."""
    return tuple(replace(rule, pin=_remove(rule.pin, slug)) for rule in issue.sections)


def _pins_after_move(rule: SectionRule, move: Move, current: Sequence[str]) -> tuple[str, ...]:
    """Return the pins that put an article at its position. Pins not shown in this edition stay."""
    others = [slug for slug in current if slug != move.slug]
    if not 0 <= move.position <= len(others):
        raise PressroomError(
            f'section "{rule.title}" has no position {move.position + 1} for "{move.slug}".',
            *rule.place,
            f"It has {len(others)} other articles; the plan may have changed since it was shown.",
        )
    order = [*others[: move.position], move.slug, *others[move.position :]]
    pinned = _remove(rule.pin, move.slug)
    last = max(n for n, slug in enumerate(order) if slug == move.slug or slug in pinned)
    pins = order[: last + 1]
    for number, slug in enumerate(pinned):
        if slug not in pins:
            pins.insert(pins.index(pinned[number - 1]) + 1 if number else 0, slug)
    return tuple(pins)


# --- refused changes -------------------------------------------------------------------------


def _find_section(issue: Issue, title: str) -> SectionRule:
    matching = [rule for rule in issue.sections if rule.title == title]
    if not matching:
        titles = [rule.title for rule in issue.sections]
        raise NotFound(
            f'the issue has no section "{title}".',
            issue.place.path,
            issue.lines.get("sections"),
            suggest(title, titles) or f"It has {', '.join(titles)}.",
        )
    if len(matching) > 1:
        raise PressroomError(
            f'two sections have the title "{title}".', *matching[1].place, "Give one of them another title."
        )
    return matching[0]


def _check_excluded_by_issue(issue: Issue, slug: str) -> None:
    """Raise if a section excludes the article: the issue's own `exclude` cannot bring it back."""
    for rule in issue.sections:
        if slug in rule.exclude and slug not in issue.exclude:
            raise PressroomError(
                f'section "{rule.title}" excludes "{slug}", not the issue.',
                *rule.place,
                f'Pin it in a section, or delete it from `exclude` of "{rule.title}".',
            )


def _empty_sections(rules: Iterable[SectionRule]) -> Iterator[PressroomError]:
    """Yield an error for each section without tags and pins, which could not be read back."""
    for rule in rules:
        if not (rule.tags.any or rule.tags.all or rule.tags.none or rule.pin):
            yield PressroomError(
                f'section "{rule.title}" would take nothing: it has no tags, and this is all it pins.',
                *rule.place,
                "Move another article into it first, or delete the section.",
            )
