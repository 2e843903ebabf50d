"""`issue.lock`: the frozen selection, so that an old issue is rebuilt as it was.

It holds the editions with their sections and articles in order, a digest of each article, and the
ids and dates that feeds show: they are written down once and carried from lock to lock, so that an
item stays the same item for years (RFC 4287 section 4.2.6). It is committed with the issue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import PressroomError, raise_all
from pipeline.model import Article, AssembledIssue, Edition, FeedIdentity, Issue, Layout, Publication, Section
from pipeline.support.files import check_characters

LOCK = "issue.lock"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class LockedArticle:
    """What a lock says of one article: its digest when it was frozen, and its record."""

    digest: str
    record: FeedIdentity


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as read. `editions` pairs each audience with (title, ((slug, layout), …)) sections."""

    path: str
    rules: str
    record: FeedIdentity
    editions: tuple[tuple[str, tuple[tuple[str, tuple[tuple[str, Layout], ...]], ...]], ...]
    articles: Mapping[str, LockedArticle]

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every article that an edition carries, each once, in reading order."""
        found = [slug for _, sections in self.editions for _, articles in sections for slug, _ in articles]
        return tuple(dict.fromkeys(found))


def renamed(lock: Lock, current: Mapping[str, str]) -> Lock:
    """The lock with the slugs that its articles have now; `current` leads from old ones to them.

    So an article that is renamed keeps its id and its place in every issue.
    """

    def now(slug: str) -> str:
        return current.get(slug, slug)

    editions = tuple(
        (
            audience,
            tuple(
                (title, tuple((now(slug), layout) for slug, layout in articles))
                for title, articles in sections
            ),
        )
        for audience, sections in lock.editions
    )
    articles = {now(slug): article for slug, article in lock.articles.items()}
    return replace(lock, editions=editions, articles=dict(sorted(articles.items())))


# --- freezing --------------------------------------------------------------------------------


def rules_digest(issue: Issue) -> str:
    """A digest of all in an issue that decides what it carries."""
    rules = [
        (
            *(rule.title, rule.tags.any, rule.tags.all, rule.tags.none, rule.pin, rule.exclude, rule.limit),
            *(rule.order.value, str(rule.since), str(rule.until), rule.layout, rule.reuse),
        )
        for rule in issue.sections
    ]
    whole = [rules, issue.exclude, issue.audiences, issue.layout, issue.date.isoformat()]
    return "sha256:" + hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def new_record(
    publication: Publication, kind: str, name: str, published: datetime, updated: datetime | None
) -> FeedIdentity:
    """The record of a new item. Its id is opaque and is never made a second time (RFC 4151)."""
    host = urlsplit(publication.base_url).hostname or "localhost"
    opaque = hashlib.sha256(f"{kind}\n{name}\n{published.isoformat()}".encode()).hexdigest()[:20]
    return FeedIdentity(f"tag:{host},{published:%Y-%m-%d}:{kind}/{opaque}", published, updated or published)


def freeze_issue(
    issue: Issue,
    editions: tuple[Edition, ...],
    publication: Publication,
    known: Mapping[str, FeedIdentity],
    digests: Mapping[str, str],
    before: Lock | None = None,
    now: datetime | None = None,
) -> Lock:
    """The lock of these editions.

    `known` are the records that other locks hold already; `digests` those of the articles.
    Where `before` is the lock that this one replaces, ids stay, and what has changed since gets
    the moment `now` as its date of revision.
    """
    articles: dict[str, LockedArticle] = {}
    for edition in editions:
        for article in edition.articles:
            old = before.articles.get(article.slug) if before else None
            record = old.record if old else known.get(article.slug)
            if record is None:
                record = new_record(publication, "article", article.slug, article.date, article.updated)
            changed = old is not None and old.digest != digests[article.slug]
            articles[article.slug] = LockedArticle(
                digests[article.slug], _revised(record, article.updated, now if changed else None)
            )
    record = before.record if before else new_record(publication, "issue", issue.folder, issue.date, None)
    if before and now and record.published > now:
        # Nobody has seen it yet, so that its date may still be corrected; the id stays.
        record = replace(record, published=issue.date, updated=issue.date)
    lock = Lock(
        path=_path(issue),
        rules=rules_digest(issue),
        record=record,
        editions=tuple(
            (
                edition.audience,
                tuple(
                    (section.title, tuple((article.slug, layout) for article, layout in section.articles))
                    for section in edition.sections
                ),
            )
            for edition in editions
        ),
        articles=dict(sorted(articles.items())),
    )
    if before and (lock.editions, lock.articles) != (before.editions, before.articles):
        return replace(lock, record=_revised(record, None, now))
    return lock


def _revised(record: FeedIdentity, stated: datetime | None, changed_at: datetime | None) -> FeedIdentity:
    """The record with its date of revision moved on: to the one stated, else to `changed_at`."""
    if stated and stated > record.updated:
        changed_at = stated
    return replace(record, updated=max(record.updated, changed_at or record.updated))


# --- thawing ---------------------------------------------------------------------------------


def restore_editions(
    issue: Issue, lock: Lock, pool: Mapping[str, Article], digests: Mapping[str, str]
) -> AssembledIssue:
    """The issue as its lock froze it.

    Raises `Mistakes` for articles that were deleted or edited since; `digests` has today's.
    """
    raise_all(lock_conflicts(issue, lock, digests))
    records = {slug: article.record for slug, article in lock.articles.items()}
    return AssembledIssue(issue, editions_of(lock, pool), lock.record, records, frozen=True)


def editions_of(lock: Lock, pool: Mapping[str, Article]) -> tuple[Edition, ...]:
    """The editions that a lock holds, with today's articles."""
    return tuple(
        Edition(
            audience,
            tuple(
                Section(title, tuple((pool[slug], layout) for slug, layout in articles))
                for title, articles in sections
            ),
        )
        for audience, sections in lock.editions
    )


def lock_conflicts(issue: Issue, lock: Lock, digests: Mapping[str, str]) -> list[PressroomError]:
    """An error for each article of the lock that is not what it was; `digests` lacks deleted ones."""
    errors: list[PressroomError] = []
    for audience, _ in lock.editions:
        if audience not in issue.audiences:
            errors.append(
                PressroomError(
                    f'it was frozen for "{audience}", which the issue no longer names.',
                    lock.path,
                    hint=f"Choose anew: pressroom assemble {issue.number} --update",
                )
            )
    for slug in lock.slugs:
        if slug not in digests:
            errors.append(
                PressroomError(
                    f'the issue carries "{slug}", which is no longer in the pool.',
                    lock.path,
                    hint=f"Restore the file, or choose anew: pressroom assemble {issue.number} --update",
                )
            )
        elif digests[slug] != lock.articles[slug].digest:
            errors.append(
                PressroomError(
                    f'the article "{slug}" was edited after the issue was frozen.',
                    lock.path,
                    hint="Undo the edit, or take it into the issue: "
                    f"pressroom assemble {issue.number} --refresh",
                )
            )
    return errors


# --- the file --------------------------------------------------------------------------------


def _path(issue: Issue) -> str:
    return f"issues/{issue.folder}/{LOCK}"


def write_lock(lock: Lock) -> str:
    """The lock as text: JSON with a line for each value, so that a diff can be read."""
    data = {
        "version": _VERSION,
        **_record(lock.record),
        "rules": lock.rules,
        "editions": [
            {
                "audience": audience,
                "sections": [
                    {
                        "title": title,
                        "articles": [{"slug": slug, "layout": layout.value} for slug, layout in articles],
                    }
                    for title, articles in sections
                ],
            }
            for audience, sections in lock.editions
        ],
        "articles": {
            slug: {"digest": article.digest, **_record(article.record)}
            for slug, article in lock.articles.items()
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _record(record: FeedIdentity) -> dict[str, str]:
    return {
        "id": record.id,
        "published": record.published.isoformat(),
        "updated": record.updated.isoformat(),
    }


def read_lock(text: str, issue: Issue) -> Lock:
    """Read a lock. Raises `PressroomError` for one that is broken, by a merge conflict say."""
    path = _path(issue)
    mend = f"Restore it from version control, or choose anew: pressroom assemble {issue.number} --update"
    try:
        data: dict[str, Any] = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise PressroomError("the lock is broken.", path, line, mend) from error
    check_characters(json.dumps(data, ensure_ascii=False), path)  # an escape may hide what no text may hold
    try:
        if data["version"] != _VERSION:
            raise PressroomError(
                f"the lock is of version {data['version']}, which this Pressroom does not read.",
                path,
                hint="Install a newer Pressroom.",
            )
        lock = Lock(
            path=path,
            rules=str(data["rules"]),
            record=_to_record(data),
            editions=tuple(
                (
                    str(edition["audience"]),
                    tuple(
                        (
                            str(section["title"]),
                            tuple(
                                (str(each["slug"]), Layout(each["layout"])) for each in section["articles"]
                            ),
                        )
                        for section in edition["sections"]
                    ),
                )
                for edition in data["editions"]
            ),
            articles={
                str(slug): LockedArticle(str(article["digest"]), _to_record(article))
                for slug, article in data["articles"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PressroomError("the lock is broken.", path, hint=mend) from error
    if not set(lock.slugs) <= set(lock.articles):
        raise PressroomError("the lock is broken: an article in it has no record.", path, hint=mend)
    return lock


def _to_record(data: dict[str, Any]) -> FeedIdentity:
    published, updated = (datetime.fromisoformat(data[key]) for key in ("published", "updated"))
    if published.tzinfo is None or updated.tzinfo is None:
        raise ValueError("a date without its offset")
    return FeedIdentity(str(data["id"]), published, updated)
