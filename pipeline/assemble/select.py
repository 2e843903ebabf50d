"""Chooses the articles of an issue, and says for each article of the pool why it is in or out.

An article goes into the first section that takes it, once; a section that pins it comes first.
Each edition is chosen on its own, since its audience decides which articles are open to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.articles.pool import Pool
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.model import EVERYONE, Article, Decision, Edition, Issue, Layout, Order, Section, SectionRule

NO_SECTION = "tags that no section takes"
"""The short reason of what the issue asks nothing of."""


class _Reason(NamedTuple):
    """Why an article stays out: in full, and in the words that head all of its kind."""

    reason: str
    short: str


_NO_TAGS = _Reason("no section takes its tags", NO_SECTION)


@dataclass(frozen=True, slots=True)
class Selection:
    """The editions of an issue as chosen, and why."""

    editions: tuple[Edition, ...]
    decisions: tuple[Decision, ...]


def select_articles(issue: Issue, pool: Pool, used: Mapping[str, str]) -> Selection:
    """Choose anew. `used` maps each slug to the folder of the earlier issue that carried it.

    Raises `Mistakes` for unknown tags and slugs, and `PressroomError` for an edition without any
    article.
    """
    raise_all(_rule_mistakes(issue, pool))
    chosen = [_choose_edition(issue, audience, pool, used) for audience in issue.audiences]
    empty = [edition for edition, _ in chosen if not edition.articles]
    raise_all(_nothing_chosen(issue, edition) for edition in empty)
    return Selection(
        tuple(edition for edition, _ in chosen),
        tuple(decision for _, decisions in chosen for decision in decisions),
    )


def explain_selection(issue: Issue, pool: Pool, used: Mapping[str, str]) -> tuple[Decision, ...]:
    """The decisions alone, also for an issue that would come out empty."""
    raise_all(_rule_mistakes(issue, pool))
    return tuple(
        decision
        for audience in issue.audiences
        for decision in _choose_edition(issue, audience, pool, used)[1]
    )


def select_edition(issue: Issue, audience: str, pool: Pool, used: Mapping[str, str]) -> Edition:
    """One edition as it would be chosen, without articles too. Raises `Mistakes` as `select_articles`."""
    raise_all(_rule_mistakes(issue, pool))
    return _choose_edition(issue, audience, pool, used)[0]


# --- one edition -----------------------------------------------------------------------------


def _choose_edition(
    issue: Issue, audience: str, pool: Pool, used: Mapping[str, str]
) -> tuple[Edition, tuple[Decision, ...]]:
    closed = {slug: why for slug, article in pool.items() if (why := _closed(article, issue, audience))}
    pinned = {slug for rule in issue.sections for slug in rule.pin}
    taken: dict[str, Decision] = {}
    near: dict[str, _Reason] = {}
    sections: list[Section] = []
    for rule in issue.sections:
        members = [pool[slug] for slug in rule.pin if slug not in closed]
        for article in members:
            taken[article.slug] = Decision(article.slug, audience, True, rule.title, "pinned")
        free = [
            article
            for slug, article in pool.items()
            if slug not in closed
            and slug not in taken
            and slug not in pinned
            and rule.tags.takes(article.tags)
        ]
        for article in _ordered(free, rule.order):
            why = _passed_over(article, rule, used)
            if why is None and rule.limit is not None and len(members) >= rule.limit:
                why = _Reason(
                    f'section "{rule.title}" has its {rule.limit} already', f'"{rule.title}" is full'
                )
            if why is not None:
                near.setdefault(article.slug, why)
                continue
            members.append(article)
            taken[article.slug] = Decision(article.slug, audience, True, rule.title, _matched(article, rule))
        if members:
            placed = tuple((article, _layout(article, rule, issue)) for article in members)
            sections.append(Section(rule.title, placed))
    decisions = tuple(
        taken.get(slug)
        or Decision(slug, audience, False, None, *(closed.get(slug) or near.get(slug) or _NO_TAGS))
        for slug in pool
    )
    return Edition(audience, tuple(sections)), decisions


def _closed(article: Article, issue: Issue, audience: str) -> _Reason | None:
    """Why an article cannot be in this edition whatever the sections say, or None."""
    if article.draft:
        return _Reason("it is a draft", "draft")
    if article.date > issue.date:
        reason = f"it is dated {article.date:%Y-%m-%d}, after the issue ({issue.date:%Y-%m-%d})"
        return _Reason(reason, "dated after the issue")
    if article.audience and audience not in article.audience:
        only = f"for {' and '.join(article.audience)} only"
        return _Reason(f"it is {only}", only)
    if article.slug in issue.exclude:
        return _Reason("the issue excludes it", "excluded by the issue")
    return None


def _passed_over(article: Article, rule: SectionRule, used: Mapping[str, str]) -> _Reason | None:
    """Why a section does not take an article whose tags it takes, or None."""
    if article.slug in rule.exclude:
        return _Reason(f'section "{rule.title}" excludes it', f'excluded by "{rule.title}"')
    if article.slug in used and not rule.reuse:
        folder = used[article.slug]
        return _Reason(f"issue {folder} carried it", f"carried by issue {int(folder.partition('-')[0])}")
    if rule.since and article.date < rule.since:
        begins = f'"{rule.title}" begins with {rule.since:%Y-%m-%d}'
        return _Reason(f"section {begins}", begins)
    if rule.until and article.date > rule.until:
        ends = f'"{rule.title}" ends with {rule.until:%Y-%m-%d}'
        return _Reason(f"section {ends}", ends)
    return None


def _matched(article: Article, rule: SectionRule) -> str:
    tags = [tag for tag in (*rule.tags.any, *rule.tags.all) if tag in article.tags]
    return "tagged " + ", ".join(dict.fromkeys(tags))


def _ordered(articles: Iterable[Article], order: Order) -> list[Article]:
    """In the section's order; what is equal in it stands by slug, so that the order is total."""
    by_slug = sorted(articles, key=lambda article: article.slug)
    if order is Order.TITLE:
        return sorted(by_slug, key=lambda article: article.title.casefold())
    return sorted(by_slug, key=lambda article: article.date, reverse=order is Order.NEWEST)


def _layout(article: Article, rule: SectionRule, issue: Issue) -> Layout:
    """The most particular word wins: the article's, the section's, the issue's, the theme's."""
    return article.layout or rule.layout or issue.layout or issue.theme_layout


# --- mistakes --------------------------------------------------------------------------------


def _rule_mistakes(issue: Issue, pool: Pool) -> list[PressroomError]:
    errors: list[PressroomError] = []
    for rule in issue.sections:
        errors += _unknown_tags(rule, pool)
        errors += _bad_pins(rule, issue, pool)
        for slug in rule.exclude:
            if slug not in pool:
                errors.append(_unknown_slug(rule, "excludes", slug, pool))
    first: dict[str, str] = {}
    for rule in issue.sections:
        for slug in rule.pin:
            other = first.setdefault(slug, rule.title)
            if other != rule.title:
                errors.append(
                    PressroomError(
                        f'section "{rule.title}" pins "{slug}", which section "{other}" pins too.',
                        rule.place.path,
                        rule.place.line,
                        "An article stands once in an issue: delete one of the two.",
                    )
                )
    for slug in issue.exclude:
        if slug not in pool:
            errors.append(
                PressroomError(
                    f'the issue excludes "{slug}", which no article has as its slug.',
                    issue.place.path,
                    issue.place.line,
                    suggest(slug, pool),
                )
            )
    return errors


def _unknown_tags(rule: SectionRule, pool: Pool) -> Iterable[PressroomError]:
    known: Sequence[str] = list(pool.tags)
    for tag in (*rule.tags.any, *rule.tags.all, *rule.tags.none):
        if tag in known:
            continue
        # A section of the publication's may wait for its first article; only a near miss is a slip there.
        hint = suggest(tag, known, 0.8 if rule.waits else 0.6)
        if hint or not rule.waits:
            yield PressroomError(
                f'section "{rule.title}" takes the tag "{tag}", which no article has.',
                rule.place.path,
                rule.place.line,
                hint or "See `pressroom tags` for those in use.",
            )


def _bad_pins(rule: SectionRule, issue: Issue, pool: Pool) -> Iterable[PressroomError]:
    for slug in rule.pin:
        if slug not in pool:
            yield _unknown_slug(rule, "pins", slug, pool)
            continue
        reasons = [why for each in issue.audiences if (why := _closed(pool[slug], issue, each))]
        if len(reasons) == len(issue.audiences):
            yield PressroomError(
                f'section "{rule.title}" pins "{slug}", but {reasons[0].reason}.',
                rule.place.path,
                rule.place.line,
                "Delete the pin, or change the article.",
            )


def _unknown_slug(rule: SectionRule, verb: str, slug: str, pool: Pool) -> PressroomError:
    return PressroomError(
        f'section "{rule.title}" {verb} "{slug}", which no article has as its slug.',
        rule.place.path,
        rule.place.line,
        suggest(slug, pool) or "See `pressroom articles` for all slugs.",
    )


def _nothing_chosen(issue: Issue, edition: Edition) -> PressroomError:
    whose = "" if edition.audience == EVERYONE else f' for "{edition.audience}"'
    return PressroomError(
        f"the issue{whose} selects no article.",
        issue.place.path,
        issue.place.line,
        f"`pressroom plan {issue.number}` says for each article why it is out.",
    )
