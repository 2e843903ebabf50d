"""Select the articles of an issue, and explain for each article of the pool why it is in or out.

An article goes into the first section that takes it, and only there; a section that pins it takes
precedence. Each edition is selected separately, because its audience decides which articles it may use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.articles.pool import Pool
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.model import Article, Decision, Edition, Issue, Order, Section, SectionRule

NO_SECTION = "tags that no section takes"
"""The short reason for articles that no section of the issue asks for."""


class _Reason(NamedTuple):
    """Why an article is out: the full reason, and the heading for all articles with such a reason."""

    reason: str
    short: str


_NO_TAGS = _Reason("no section takes its tags", NO_SECTION)


def select_articles(issue: Issue, pool: Pool, used: Mapping[str, str]) -> tuple[Edition[Article], ...]:
    """Select the articles of each edition. `used` maps slugs to the folder of the issue that used them.

    Raises `Mistakes` for unknown tags and slugs.
    """
    return tuple(select_edition(issue, audience, pool, used).edition for audience in issue.audiences)


# --- one edition -----------------------------------------------------------------------------


class Selection(NamedTuple):
    """An edition, which may be empty, and for each article of the pool why it is in or out."""

    edition: Edition[Article]
    decisions: tuple[Decision, ...]


def select_edition(issue: Issue, audience: str, pool: Pool, used: Mapping[str, str]) -> Selection:
    """Select one edition. Raises `Mistakes` as `select_articles`."""
    raise_all(_section_mistakes(issue, pool))
    raise_all(_article_mistakes(issue, pool, used))
    closed = {slug: why for slug, article in pool.items() if (why := _closed(article, issue, audience))}
    pinned = {slug for rule in issue.sections for slug in rule.pin}
    taken: dict[str, Decision] = {}
    refused: dict[str, _Reason] = {}
    sections: list[Section[Article]] = []
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
            reason = _refused_by_section(article, rule, used)
            if reason is None and rule.limit is not None and len(members) >= rule.limit:
                reason = _Reason(
                    f"section {rule.label} has its {rule.limit} already", f"{rule.label} is full"
                )
            if reason is not None:
                refused.setdefault(article.slug, reason)
                continue
            members.append(article)
            taken[article.slug] = Decision(article.slug, audience, True, rule.title, _tagged(article, rule))
        if members:
            layout = rule.layout or issue.layout or issue.theme_layout
            placed = tuple((article, article.layout or layout) for article in members)
            sections.append(Section(rule.title, placed))
    decisions = tuple(
        taken.get(slug)
        or Decision(slug, audience, False, None, *(closed.get(slug) or refused.get(slug) or _NO_TAGS))
        for slug in pool
    )
    return Selection(Edition(audience, tuple(sections)), decisions)


def _closed(article: Article, issue: Issue, audience: str) -> _Reason | None:
    """Return why an article cannot be in this edition, whatever its sections say; None if it can."""
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


def _refused_by_section(article: Article, rule: SectionRule, used: Mapping[str, str]) -> _Reason | None:
    """Return why a section refuses an article although its tags fit; None if it takes it."""
    if article.slug in rule.exclude:
        return _Reason(f"section {rule.label} excludes it", f"excluded by {rule.label}")
    if article.slug in used and not rule.reuse:
        folder = used[article.slug]
        return _Reason(f"issue {folder} carried it", f"carried by issue {int(folder.partition('-')[0])}")
    if rule.since and article.date < rule.since:
        begins = f"{rule.label} begins with {rule.since:%Y-%m-%d}"
        return _Reason(f"section {begins}", begins)
    if rule.until and article.date > rule.until:
        ends = f"{rule.label} ends with {rule.until:%Y-%m-%d}"
        return _Reason(f"section {ends}", ends)
    return None


def _tagged(article: Article, rule: SectionRule) -> str:
    tags = [tag for tag in (*rule.tags.any, *rule.tags.all) if tag in article.tags]
    return "tagged " + ", ".join(dict.fromkeys(tags))


def _ordered(articles: Iterable[Article], order: Order) -> list[Article]:
    """Sort in the section's order, and by slug where that is equal, so that the order is always the same."""
    by_slug = sorted(articles, key=lambda article: article.slug)
    if order is Order.TITLE:
        return sorted(by_slug, key=lambda article: article.title.casefold())
    return sorted(by_slug, key=lambda article: article.date, reverse=order is Order.NEWEST)


# --- mistakes --------------------------------------------------------------------------------


def _section_mistakes(issue: Issue, pool: Pool) -> Iterator[PressroomError]:
    first: dict[str, SectionRule] = {}
    for rule in issue.sections:
        yield from _unknown_tags(rule, pool)
        yield from _bad_pins(rule, issue, pool)
        for slug in rule.exclude:
            if slug not in pool:
                yield _unknown_slug(rule, "excludes", slug, pool)
        for slug in rule.pin:
            other = first.setdefault(slug, rule)
            if other is not rule:
                yield PressroomError(
                    f'section {rule.label} pins "{slug}", which section {other.label} pins too.',
                    *rule.place,
                    "An article can be in an issue only once: delete one of the two.",
                )
    for slug in issue.exclude:
        if slug not in pool:
            yield PressroomError(
                f'the issue excludes "{slug}", which no article has as its slug.',
                *issue.place,
                suggest(slug, pool),
            )


def _article_mistakes(issue: Issue, pool: Pool, used: Mapping[str, str]) -> Iterator[PressroomError]:
    """Yield the mistakes of articles that may belong in the issue: by their tags, or because nobody knows.

    The mistake may be in the audience or the date, so neither is a reason to leave the article out.
    """
    for slug, mistakes in pool.mistakes.items():
        article = pool.get(slug)
        if article is None:
            yield from mistakes
        elif article.draft or slug in issue.exclude or slug in used:
            continue
        elif not article.tags or any(
            slug in rule.pin or rule.tags.takes(article.tags) for rule in issue.sections
        ):
            yield from mistakes


def _unknown_tags(rule: SectionRule, pool: Pool) -> Iterator[PressroomError]:
    known = pool.tags
    for tag in (*rule.tags.any, *rule.tags.all, *rule.tags.none):
        if tag in known:
            continue
        # A default section may wait for its first article, so only a near miss is a mistake there.
        hint = suggest(tag, known, 0.8 if rule.waits else 0.6)
        if hint or not rule.waits:
            yield PressroomError(
                f'section {rule.label} takes the tag "{tag}", which no article has.',
                *rule.place,
                hint or "List the tags in use: pressroom tags",
            )


def _bad_pins(rule: SectionRule, issue: Issue, pool: Pool) -> Iterator[PressroomError]:
    for slug in rule.pin:
        if slug not in pool:
            yield _unknown_slug(rule, "pins", slug, pool)
            continue
        reasons = [why for each in issue.audiences if (why := _closed(pool[slug], issue, each))]
        if len(reasons) == len(issue.audiences):
            yield PressroomError(
                f'section {rule.label} pins "{slug}", but {reasons[0].reason}.',
                *rule.place,
                "Delete the pin, or change the article.",
            )


def _unknown_slug(rule: SectionRule, verb: str, slug: str, pool: Pool) -> PressroomError:
    return PressroomError(
        f'section {rule.label} {verb} "{slug}", which no article has as its slug.',
        *rule.place,
        suggest(slug, pool) or "List all slugs: pressroom articles",
    )
