"""`issue.lock`: the frozen selection, so that an old issue is always rebuilt as it was.

It contains the editions with their sections and articles in order, a digest of each article and of the
letter, the ids and dates that feeds show, and the addresses that readers were given. Ids, dates and
addresses are written down once and carried from lock to lock, so that a feed item stays the same item for
years (RFC 4287, section 4.2.6) and a link in an old email leads somewhere. The lock is committed with the
issue. Approvals and drafts have files of their own beside it.

Version 1 had no addresses and no digest of the letter, and dated an article by itself, not by the first
issue that carried it. It is read for ever, and rewritten only by `assemble`, which keeps what it says.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.config.workspace_files import ISSUES
from pipeline.errors import PressroomError
from pipeline.model import Article, AssembledIssue, Edition, FeedIdentity, Issue, Layout, Publication, Section
from pipeline.support.files import check_characters
from pipeline.support.json_text import read_json
from pipeline.support.urls import is_public, issue_path

_VERSION = 2
_ISSUE_PAGE = re.compile(r"issues/\d{1,6}-[a-z0-9-]+/(?:[\w-]+/)?")


@dataclass(frozen=True, slots=True)
class LockedArticle:
    """An article in a lock: its digest at freezing, and its id and dates in feeds."""

    digest: str
    feed_identity: FeedIdentity


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file. `rules` is the digest of what decided the selection (`rules_digest`).

    Articles in `editions` are slugs. `letter` is the digest of the issue's own words. `addresses` maps each
    public audience to the site paths that its page has had, oldest first. Both are empty in version 1.
    """

    path: str
    rules: str
    letter: str
    addresses: Mapping[str, tuple[str, ...]]
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


def lock_path(folder: str) -> str:
    """Return the path of the lock in an issue's folder, relative to the workspace."""
    return f"{ISSUES}/{folder}/issue.lock"


# --- freezing --------------------------------------------------------------------------------


def rules_digest(issue: Issue) -> str:
    """Digest of everything in an issue that decides which articles it carries.

    It must never change for an issue that stays as it is. So a new key is added, with its name, only where
    it is set.
    """
    rules = [
        (
            *(rule.title, rule.tags.any, rule.tags.all, rule.tags.none, rule.pin, rule.exclude, rule.limit),
            *(rule.order.value, str(rule.since), str(rule.until), rule.layout, rule.reuse),
        )
        for rule in issue.sections
    ]
    deciding = [rules, issue.exclude, issue.audiences, issue.layout, issue.date.isoformat()]
    return _digest(deciding)


def _letter_digest(issue: Issue) -> str:
    """Digest of an issue's own words: its letter with its snippets, title, inbox lines, and its picture."""
    picture = [issue.image, issue.image_alt] if issue.image else []
    own = [issue.title, issue.subject, issue.preview_text, issue.letter]
    return _digest([*own, *picture, *issue.snippets])


def _digest(values: Any) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(values).encode()).hexdigest()


def keep_addresses(lock: Lock, issue: Issue, publication: Publication) -> Lock:
    """Add to a lock what readers are given from now on: the addresses of the issue's public pages.

    A lock of version 1 also gets the digest of the letter.
    """
    addresses = {
        edition.audience: tuple(
            dict.fromkeys((*lock.addresses.get(edition.audience, ()), issue_path(issue, edition.audience)))
        )
        for edition in lock.editions
        if is_public(publication, edition.audience)
    }
    return replace(lock, letter=lock.letter or _letter_digest(issue), addresses=addresses)


def new_feed_identity(publication: Publication, kind: str, name: str, published: datetime) -> FeedIdentity:
    """Make the id and dates of a new feed item.

    The id is opaque and is never derived a second time (tag URI, RFC 4151).
    """
    host = urlsplit(publication.base_url).hostname or "localhost"
    opaque = hashlib.sha256(f"{kind}\n{name}\n{published.isoformat()}".encode()).hexdigest()[:20]
    return FeedIdentity(f"tag:{host},{published:%Y-%m-%d}:{kind}/{opaque}", published, published)


def freeze_issue(
    assembled: AssembledIssue,
    publication: Publication,
    digests: Mapping[str, str],
    before: Lock | None,
    now: datetime,
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
            if identity.published > now:
                identity = _dated(identity, max(article.date, issue.date))
            # A date of revision after now would put the item at the top of readers for ever.
            stated = article.updated if article.updated and article.updated <= now else None
            changed = old is not None and old.digest != digests[article.slug]
            articles[article.slug] = LockedArticle(
                digests[article.slug], _revised(identity, stated, now if changed else None)
            )
    identity = before.feed_identity if before else assembled.feed_identity
    if identity.published > now:
        identity = _dated(identity, issue.date)
    lock = Lock(
        path=lock_path(issue.folder),
        rules=rules_digest(issue),
        letter=_letter_digest(issue),
        addresses=before.addresses if before else {},
        feed_identity=identity,
        editions=tuple(edition.map(lambda article: article.slug) for edition in assembled.editions),
        articles=dict(sorted(articles.items())),
    )
    lock = keep_addresses(lock, issue, publication)
    if before and (lock.editions, lock.articles, lock.letter) != (
        before.editions,
        before.articles,
        before.letter or lock.letter,
    ):
        return replace(lock, feed_identity=_revised(identity, None, now))
    return lock


def _dated(identity: FeedIdentity, date: datetime) -> FeedIdentity:
    """Correct the date of what no reader has seen yet; the id stays."""
    return replace(identity, published=date, updated=date)


def _revised(identity: FeedIdentity, stated: datetime | None, changed_at: datetime | None) -> FeedIdentity:
    """Move the date of revision forward: to the stated one, else to `changed_at`."""
    if stated and stated > identity.updated:
        changed_at = stated
    return replace(identity, updated=max(identity.updated, changed_at or identity.updated))


# --- restoring -------------------------------------------------------------------------------


def restore_issue(issue: Issue, lock: Lock, pool: Mapping[str, Article]) -> AssembledIssue:
    """Restore an issue as its lock froze it. The lock must not have conflicts."""
    identities = {slug: article.feed_identity for slug, article in lock.articles.items()}
    return AssembledIssue(
        issue, editions_of(lock, pool), lock.feed_identity, identities, True, lock.addresses
    )


def editions_of(lock: Lock, pool: Mapping[str, Article]) -> tuple[Edition[Article], ...]:
    """Return the editions of a lock with the articles of today."""
    return tuple(edition.map(pool.__getitem__) for edition in lock.editions)


def lock_conflicts(
    issue: Issue, lock: Lock, digests: Mapping[str, str], renamed: Mapping[str, Article]
) -> Iterator[PressroomError]:
    """Yield an error for each article that differs from the lock.

    `digests` lacks deleted articles; `renamed` maps those that have another name now to what they are.
    """
    command = f"pressroom assemble {issue.number}"
    for edition in lock.editions:
        if edition.audience not in issue.audiences:
            yield PressroomError(
                f'it was frozen for "{edition.audience}", which the issue no longer names.',
                lock.path,
                hint=f"Choose again: {command} --update",
            )
    for slug in lock.slugs:
        if slug in renamed:
            yield PressroomError(
                f'the issue carries "{slug}", which is "{renamed[slug].slug}" now.',
                renamed[slug].place.path,
                hint=f"Write `aliases: [{slug}]` in its front matter: then it keeps its id, and its old "
                "address leads to it.",
            )
        elif slug not in digests:
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
        "letter": lock.letter,
        "editions": [
            {
                "audience": edition.audience,
                "addresses": list(lock.addresses.get(edition.audience, ())),
                "sections": [
                    {
                        "title": section.title,
                        "items": [
                            {"article": slug, "layout": layout.value} for slug, layout in section.articles
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


def read_lock(text: str, folder: str) -> Lock:
    """Read the lock of an issue's folder. Raises `PressroomError` for a broken one, as after a merge."""
    path, number = lock_path(folder), folder.partition("-")[0].lstrip("0")
    hint = f"Restore it from version control, or choose again: pressroom assemble {number} --update"
    try:
        data: dict[str, Any] = read_json(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise PressroomError("the lock is broken.", path, line, hint) from error
    check_characters(json.dumps(data, ensure_ascii=False), path)  # an escape may hide a forbidden character
    try:
        if data["version"] not in (1, _VERSION):
            raise PressroomError(
                f"the lock is of version {data['version']}, which this Pressroom does not read.",
                path,
                hint="Install a newer Pressroom.",
            )
        lock = Lock(
            path=path,
            rules=str(data["rules"]),
            letter=str(data.get("letter", "")),
            addresses={
                str(edition["audience"]): tuple(map(_site_path, edition["addresses"]))
                for edition in data["editions"]
                if edition.get("addresses")
            },
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
    sections = []
    for section in data["sections"]:
        # Version 1 called an item's article its slug.
        key, items = ("article", section["items"]) if "items" in section else ("slug", section["articles"])
        members = tuple((str(each[key]), Layout(each["layout"])) for each in items)
        sections.append(Section(str(section["title"]), members))
    return Edition(str(data["audience"]), tuple(sections))


def _site_path(path: str) -> str:
    """Return the path of an issue's page. Raises `ValueError` for any other: a file is written there."""
    if not _ISSUE_PAGE.fullmatch(path):
        raise ValueError(path)
    return path


def _identity_from_json(data: Mapping[str, Any]) -> FeedIdentity:
    published, updated = (datetime.fromisoformat(data[key]) for key in ("published", "updated"))
    if published.tzinfo is None or updated.tzinfo is None:
        raise ValueError("a date without its offset")
    return FeedIdentity(str(data["id"]), published, updated)
