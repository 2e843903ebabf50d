"""`issue.lock`: the frozen selection, so that an old issue is always rebuilt as it was.

It contains the editions with their sections and articles in order, a digest of each article, and the
ids and dates that feeds show. Those are written down once and carried from lock to lock, so that a feed
item stays the same item for years (RFC 4287, section 4.2.6). The lock is committed with the issue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.config.workspace_files import ISSUES
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Article, AssembledIssue, Edition, FeedIdentity, Issue, Layout, Publication, Section
from pipeline.support.files import check_characters

_VERSION = 1


@dataclass(frozen=True, slots=True)
class LockedArticle:
    """An article in a lock: its digest at freezing, and its id and dates in feeds."""

    digest: str
    feed_identity: FeedIdentity


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file. `rules` is the digest of what decided the selection (`rules_digest`).

    Articles in `editions` are slugs.
    """

    path: str
    rules: str
    feed_identity: FeedIdentity
    editions: tuple[Edition[str], ...]
    articles: Mapping[str, LockedArticle]

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every article that an edition carries, each once, in reading order."""
        return tuple(dict.fromkeys(slug for edition in self.editions for slug in edition.articles))


def with_current_slugs(lock: Lock, current: Mapping[str, str]) -> Lock:
    """Replace old slugs in a lock. `current` maps each former slug to the slug of today.

    A renamed article thereby keeps its id and its place in every issue.
    """
    if not current.keys() & lock.articles.keys():
        return lock
    editions = tuple(edition.map(lambda slug: current.get(slug, slug)) for edition in lock.editions)
    articles = {current.get(slug, slug): article for slug, article in lock.articles.items()}
    return replace(lock, editions=editions, articles=dict(sorted(articles.items())))


def lock_path(issue: Issue) -> str:
    """Return the path of an issue's lock, relative to the workspace."""
    return f"{ISSUES}/{issue.folder}/issue.lock"


# --- freezing --------------------------------------------------------------------------------


def rules_digest(issue: Issue) -> str:
    """Digest of everything in an issue that decides which articles it carries."""
    rules = [
        (
            *(rule.title, rule.tags.any, rule.tags.all, rule.tags.none, rule.pin, rule.exclude, rule.limit),
            *(rule.order.value, str(rule.since), str(rule.until), rule.layout, rule.reuse),
        )
        for rule in issue.sections
    ]
    deciding = [rules, issue.exclude, issue.audiences, issue.layout, issue.date.isoformat()]
    return "sha256:" + hashlib.sha256(json.dumps(deciding).encode()).hexdigest()


def new_feed_identity(
    publication: Publication, kind: str, name: str, published: datetime, updated: datetime | None
) -> FeedIdentity:
    """Make the id and dates of a new feed item.

    The id is opaque and is never derived a second time (tag URI, RFC 4151).
    """
    host = urlsplit(publication.base_url).hostname or "localhost"
    opaque = hashlib.sha256(f"{kind}\n{name}\n{published.isoformat()}".encode()).hexdigest()[:20]
    return FeedIdentity(f"tag:{host},{published:%Y-%m-%d}:{kind}/{opaque}", published, updated or published)


def freeze_issue(
    assembled: AssembledIssue, digests: Mapping[str, str], before: Lock | None, now: datetime
) -> Lock:
    """Make the lock of an issue; `digests` maps its articles to their digests of today.

    `before` is the lock that this one replaces: its ids stay, and what has changed since then is dated `now`.
    """
    issue = assembled.issue
    articles: dict[str, LockedArticle] = {}
    for edition in assembled.editions:
        for article in edition.articles:
            old = before.articles.get(article.slug) if before else None
            identity = old.feed_identity if old else assembled.feed_identities[article.slug]
            changed = old is not None and old.digest != digests[article.slug]
            articles[article.slug] = LockedArticle(
                digests[article.slug], _revised(identity, article.updated, now if changed else None)
            )
    identity = before.feed_identity if before else assembled.feed_identity
    if before and identity.published > now:
        # No reader has seen it yet, so its date may still be corrected; the id stays.
        identity = replace(identity, published=issue.date, updated=issue.date)
    lock = Lock(
        path=lock_path(issue),
        rules=rules_digest(issue),
        feed_identity=identity,
        editions=tuple(edition.map(lambda article: article.slug) for edition in assembled.editions),
        articles=dict(sorted(articles.items())),
    )
    if before and (lock.editions, lock.articles) != (before.editions, before.articles):
        return replace(lock, feed_identity=_revised(identity, None, now))
    return lock


def _revised(identity: FeedIdentity, stated: datetime | None, changed_at: datetime | None) -> FeedIdentity:
    """Move the date of revision forward: to the stated one, else to `changed_at`."""
    if stated and stated > identity.updated:
        changed_at = stated
    return replace(identity, updated=max(identity.updated, changed_at or identity.updated))


# --- restoring -------------------------------------------------------------------------------


def restore_issue(
    issue: Issue,
    lock: Lock,
    pool: Mapping[str, Article],
    digests: Mapping[str, str],
    audience: str | None = None,
) -> AssembledIssue:
    """Restore an issue as its lock froze it, or only its edition for `audience`.

    Raises `Mistakes` for articles that were deleted or edited since; `digests` contains those of today.
    """
    if audience is not None:
        lock = replace(lock, editions=tuple(each for each in lock.editions if each.audience == audience))
    raise_all(lock_conflicts(issue, lock, digests))
    identities = {slug: article.feed_identity for slug, article in lock.articles.items()}
    return AssembledIssue(issue, editions_of(lock, pool), lock.feed_identity, identities, frozen=True)


def editions_of(lock: Lock, pool: Mapping[str, Article]) -> tuple[Edition[Article], ...]:
    """Return the editions of a lock with the articles of today."""
    return tuple(edition.map(pool.__getitem__) for edition in lock.editions)


def lock_conflicts(issue: Issue, lock: Lock, digests: Mapping[str, str]) -> Iterator[PressroomError]:
    """Yield an error for each article that differs from the lock; `digests` lacks deleted ones."""
    command = f"pressroom assemble {issue.number}"
    for edition in lock.editions:
        if edition.audience not in issue.audiences:
            yield PressroomError(
                f'it was frozen for "{edition.audience}", which the issue no longer names.',
                lock.path,
                hint=f"Choose again: {command} --update",
            )
    for slug in lock.slugs:
        if slug not in digests:
            yield PressroomError(
                f'the issue carries "{slug}", which is no longer in the pool.',
                lock.path,
                hint=f"Restore the file, or choose again: {command} --update",
            )
        elif digests[slug] != lock.articles[slug].digest:
            yield PressroomError(
                f'the article "{slug}" was edited after the issue was frozen.',
                lock.path,
                hint=f"Undo the edit, or take it into the issue: {command} --refresh",
            )


# --- the file --------------------------------------------------------------------------------


def write_lock(lock: Lock) -> str:
    """Write a lock as JSON with one value a line, so that a diff can be read."""
    data = {
        "version": _VERSION,
        **_identity_to_json(lock.feed_identity),
        "rules": lock.rules,
        "editions": [
            {
                "audience": edition.audience,
                "sections": [
                    {
                        "title": section.title,
                        "articles": [
                            {"slug": slug, "layout": layout.value} for slug, layout in section.articles
                        ],
                    }
                    for section in edition.sections
                ],
            }
            for edition in lock.editions
        ],
        "articles": {
            slug: {"digest": article.digest, **_identity_to_json(article.feed_identity)}
            for slug, article in lock.articles.items()
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _identity_to_json(identity: FeedIdentity) -> dict[str, str]:
    return {
        "id": identity.id,
        "published": identity.published.isoformat(),
        "updated": identity.updated.isoformat(),
    }


def read_lock(text: str, issue: Issue) -> Lock:
    """Read a lock. Raises `PressroomError` for a broken one, for example after a merge conflict."""
    path = lock_path(issue)
    hint = f"Restore it from version control, or choose again: pressroom assemble {issue.number} --update"
    try:
        data: dict[str, Any] = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise PressroomError("the lock is broken.", path, line, hint) from error
    check_characters(json.dumps(data, ensure_ascii=False), path)  # an escape may hide a forbidden character
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
            feed_identity=_identity_from_json(data),
            editions=tuple(_edition_from_json(edition) for edition in data["editions"]),
            articles={
                str(slug): LockedArticle(str(article["digest"]), _identity_from_json(article))
                for slug, article in data["articles"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PressroomError("the lock is broken.", path, hint=hint) from error
    if not set(lock.slugs) <= set(lock.articles):
        raise PressroomError("the lock is broken: an article in it has no record.", path, hint=hint)
    return lock


def _edition_from_json(data: Mapping[str, Any]) -> Edition[str]:
    return Edition(
        str(data["audience"]),
        tuple(
            Section(
                str(section["title"]),
                tuple((str(each["slug"]), Layout(each["layout"])) for each in section["articles"]),
            )
            for section in data["sections"]
        ),
    )


def _identity_from_json(data: Mapping[str, Any]) -> FeedIdentity:
    published, updated = (datetime.fromisoformat(data[key]) for key in ("published", "updated"))
    if published.tzinfo is None or updated.tzinfo is None:
        raise ValueError("a date without its offset")
    return FeedIdentity(str(data["id"]), published, updated)
