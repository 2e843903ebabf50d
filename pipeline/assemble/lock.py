"""`issue.lock`: the frozen selection, so that an old issue is always rebuilt as it was.

It contains the editions with their sections and items in order, a digest of each article, of each link
item and of the letter, the ids and dates that feeds show, and the addresses that readers were given. Ids,
dates and addresses are written down once and carried from lock to lock, so that a feed item stays the same
item for years (RFC 4287, section 4.2.6) and a link in an old email leads somewhere. The lock is committed
with the issue. Approvals and drafts have files of their own beside it.

Version 1 had no addresses and no digest of the letter, and dated an article by itself, not by the first
issue that carried it. It is read for ever, and rewritten only by `assemble`, which keeps what it says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from pipeline.config.workspace_files import ISSUES, LINKS
from pipeline.errors import PressroomError
from pipeline.model import (
    Article,
    AssembledIssue,
    Decision,
    Edition,
    FeedIdentity,
    Issue,
    LinkItem,
    PoolItem,
    Publication,
)
from pipeline.support.urls import is_public, issue_path


@dataclass(frozen=True, slots=True)
class LockedArticle:
    """An article in a lock: its digest at freezing, and its id and dates in feeds."""

    digest: str
    feed_identity: FeedIdentity


@dataclass(frozen=True, slots=True)
class LockedLink:
    """A link item in a lock: its digest and its address at freezing."""

    digest: str
    url: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file. `rules` is the digest of what decided the selection (`rules_digest`).

    Items in `editions` are the slugs of articles and the ids of link items. `letter` is the digest of the
    issue's own words. `addresses` maps each public audience to the site paths that its page has had, oldest
    first. Both are empty in version 1.
    """

    path: str
    rules: str
    letter: str
    addresses: Mapping[str, tuple[str, ...]]
    feed_identity: FeedIdentity
    editions: tuple[Edition[str], ...]
    articles: Mapping[str, LockedArticle]
    links: Mapping[str, LockedLink] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every article and link item that an edition carries, each once, in reading order."""
        return tuple(dict.fromkeys(chain.from_iterable(edition.items for edition in self.editions)))

    def digest(self, key: str) -> str:
        """The digest of an article or a link item at freezing."""
        return (self.links.get(key) or self.articles[key]).digest

    def with_current_keys(self, current: Mapping[str, str]) -> Lock:
        """Return the lock with old slugs and ids replaced; `current` maps each to that of today.

        A renamed article thereby keeps its id and its place in every issue.
        """
        if not current.keys() & {*self.articles, *self.links}:
            return self
        editions = tuple(edition.map(lambda key: current.get(key, key)) for edition in self.editions)
        articles = {current.get(slug, slug): article for slug, article in self.articles.items()}
        links = {current.get(key, key): link for key, link in self.links.items()}
        return replace(
            self,
            editions=editions,
            articles=dict(sorted(articles.items())),
            links=dict(sorted(links.items())),
        )


def lock_path(folder: str) -> str:
    """Return the path of the lock in an issue's folder, relative to the workspace."""
    return f"{ISSUES}/{folder}/issue.lock"


# --- freezing --------------------------------------------------------------------------------


def rules_digest(issue: Issue) -> str:
    """Digest of everything in an issue that decides which items it carries, and how the lock has them.

    It must never change for an issue that stays as it is. So a new key is added, with its name, only where
    it is set.
    """
    rules = [
        (
            *(rule.title, rule.tags.any, rule.tags.all, rule.tags.none, rule.pin, rule.exclude, rule.limit),
            *(rule.order.value, str(rule.since), str(rule.until), rule.layout, rule.reuse),
            *([{"badges": dict(rule.badges)}] if rule.badges else []),
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


def new_feed_identity(
    publication: Publication, kind: str, name: str, published: datetime, own_id: str
) -> FeedIdentity:
    """Make the id and dates of a new feed item. `own_id` is the one that it had in an earlier feed.

    Otherwise the id is opaque and is never derived a second time (tag URI, RFC 4151).
    """
    if own_id:
        return FeedIdentity(own_id, published, published)
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
    """Make the lock of an issue; `digests` maps its items to their digests of today.

    `before` is the lock that this one replaces: its ids stay, and what has changed since then is dated `now`.
    """
    issue = assembled.issue
    articles: dict[str, LockedArticle] = {}
    links: dict[str, LockedLink] = {}
    for edition in assembled.editions:
        for article in edition.items:
            if isinstance(article, LinkItem):
                links[article.id] = LockedLink(digests[article.id], article.url)
                continue
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
        editions=tuple(edition.map(lambda item: item.key) for edition in assembled.editions),
        articles=dict(sorted(articles.items())),
        links=dict(sorted(links.items())),
    )
    lock = keep_addresses(lock, issue, publication)
    if before and (lock.editions, lock.articles, lock.links, lock.letter) != (
        before.editions,
        before.articles,
        before.links,
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


def restore_issue(issue: Issue, lock: Lock, candidates: Mapping[str, PoolItem]) -> AssembledIssue:
    """Restore an issue as its lock froze it. The lock must not have conflicts."""
    identities = {slug: article.feed_identity for slug, article in lock.articles.items()}
    return AssembledIssue(
        issue, editions_of(lock, candidates), lock.feed_identity, identities, True, lock.addresses
    )


def editions_of(lock: Lock, candidates: Mapping[str, PoolItem]) -> tuple[Edition[PoolItem], ...]:
    """Return the editions of a lock with the articles and link items of today."""
    return tuple(edition.map(candidates.__getitem__) for edition in lock.editions)


def locked_decisions(
    lock: Lock, candidates: Iterable[str], today: Iterable[Decision]
) -> tuple[Decision, ...]:
    """Return the decisions of a lock, with the reasons that the sections of today would have."""
    by_audience: dict[str, dict[str, Decision]] = {}
    for decision in today:
        by_audience.setdefault(decision.audience, {})[decision.key] = decision
    decisions: list[Decision] = []
    for edition in lock.editions:
        by_key = by_audience.get(edition.audience, {})
        sections = {key: section.title for section in edition.sections for key, _ in section.items}
        for key, title in sections.items():
            now = by_key.get(key)
            why = f"{now.reason}; frozen" if now and now.section == title else "frozen"
            decisions.append(Decision(key, edition.audience, True, title, why))
        for key in candidates:
            if key in sections:
                continue
            now = by_key.get(key)
            if now is None or now.taken:
                reason = "the issue was frozen without it"
                now = Decision(key, edition.audience, False, None, reason, "frozen without it")
            decisions.append(now)
    return tuple(decisions)


def lock_conflicts(
    issue: Issue, lock: Lock, digests: Mapping[str, str], renamed: Mapping[str, Article]
) -> Iterator[PressroomError]:
    """Yield an error for each article and link item that differs from the lock.

    `digests` lacks deleted ones; `renamed` maps articles that have another name now to what they are.
    """
    command = f"pressroom assemble {issue.number}"
    keys, audiences = lock.keys, {edition.audience for edition in lock.editions}
    # Where something has to be chosen again, that takes what was edited too.
    again = not audiences <= {*issue.audiences} or any(
        key not in digests and key not in renamed for key in keys
    )
    take = f"choose again: {command} --update" if again else f"take it into the issue: {command} --refresh"
    for edition in lock.editions:
        if edition.audience not in issue.audiences:
            yield PressroomError(
                f'it was frozen for "{edition.audience}", which the issue no longer names.',
                lock.path,
                hint=f"Choose again: {command} --update",
            )
    for slug in keys:
        link = lock.links.get(slug)
        if slug in renamed:
            yield PressroomError(
                f'the issue carries "{slug}", which is "{renamed[slug].slug}" now.',
                renamed[slug].place.path,
                hint=f"Write `aliases: [{slug}]` in its front matter: then it keeps its id, and its old "
                "address leads to it.",
            )
        elif slug not in digests and link:
            yield PressroomError(
                f"the issue carries the link {link.url}, which is no longer in {LINKS}/.",
                lock.path,
                hint=f"Restore the entry, write `id: {slug}` in it if you corrected the address, or choose "
                f"again: {command} --update",
            )
        elif slug not in digests:
            yield PressroomError(
                f'the issue carries "{slug}", which is no longer in the pool.',
                lock.path,
                hint=f"Restore the file, or choose again: {command} --update",
            )
        elif digests[slug] != lock.digest(slug):
            what = f"the link {link.url}" if link else f'the article "{slug}"'
            shown = "" if link else ", or a picture or snippet in it"
            yield PressroomError(
                f"{what} was edited after the issue was frozen{shown}.",
                lock.path,
                hint=f"Undo the edit, or {take}",
            )
