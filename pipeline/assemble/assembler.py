"""Assembling: each issue of a workspace by its lock, or selected from the pool as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pipeline.articles.pool import Pool
from pipeline.assemble.digest import content_digest
from pipeline.assemble.history import History
from pipeline.assemble.issues import Issues
from pipeline.assemble.lock import (
    Lock,
    editions_of,
    freeze_issue,
    lock_conflicts,
    lock_path,
    new_feed_identity,
    read_lock,
    restore_issue,
    rules_digest,
    with_current_slugs,
    write_lock,
)
from pipeline.assemble.select import Selection, select_articles, select_edition
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Article, AssembledIssue, Decision, Edition, Finding, Issue, Severity
from pipeline.support.files import read_source, write_atomically


class Assembler:
    """Assembles the issues of one workspace.

    `locks` maps the folder of each frozen issue to its lock; `broken` maps folders to the error of a lock
    that cannot be read.
    """

    def __init__(self, files: WorkspaceFiles, pool: Pool, issues: Issues) -> None:
        self.files = files
        self.pool = pool
        self.issues = issues
        self.locks: dict[str, Lock] = {}
        self.broken: dict[str, PressroomError] = {}
        self.history = History(issues, self.locks, pool)
        self._digests: dict[str, str] = {}
        for issue in issues:
            path = lock_path(issue)
            if (files.root / path).is_file():
                try:
                    lock = read_lock(read_source(files.root / path, path), issue)
                    self.locks[issue.folder] = with_current_slugs(lock, pool.current)
                except PressroomError as error:
                    self.broken[issue.folder] = error

    def digests(self, slugs: Iterable[str]) -> dict[str, str]:
        """Map each of these articles that is in the pool to its digest of today."""
        for slug in slugs:
            if slug not in self._digests and slug in self.pool:
                self._digests[slug] = content_digest(self.pool[slug], self.files)
        return {slug: self._digests[slug] for slug in slugs if slug in self._digests}

    def plan(self, issue: Issue) -> tuple[Decision, ...]:
        """Explain for each article of the pool why it is in or out; for a frozen issue, by its lock."""
        lock = self.locks.get(issue.folder)
        try:
            today = tuple(
                decision
                for audience in issue.audiences
                for decision in self.select(issue, audience).decisions
            )
        except PressroomError:
            if lock is None:
                raise
            today = ()  # the sections were changed since then; the lock does not depend on them
        return _locked_decisions(lock, self.pool, today) if lock else today

    def select(self, issue: Issue, audience: str) -> Selection:
        """Select one edition from the pool as it is now. Raises `Mistakes` of the issue's sections."""
        return select_edition(issue, audience, self.pool, self.history.used_before(issue))

    def reading_order(self, issue: Issue, audience: str) -> tuple[str, ...]:
        """The slugs of one edition in reading order, by its lock or its plan."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            return tuple(article.slug for article in self.select(issue, audience).edition.articles)
        return tuple(
            slug for locked in lock.editions if locked.audience == audience for slug in locked.articles
        )

    def edited(self, issue: Issue) -> frozenset[str]:
        """The articles of a frozen issue that were edited or deleted since then."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            return frozenset()
        today = self.digests(lock.slugs)
        return frozenset(slug for slug, locked in lock.articles.items() if today.get(slug) != locked.digest)

    def assemble(self, issue: Issue, audience: str | None = None) -> AssembledIssue:
        """Assemble an issue by its lock, or from the pool where it has no lock.

        With `audience`, only that edition. Raises `PressroomError` or `Mistakes` if this is not possible.
        """
        if issue.folder in self.broken:
            raise self.broken[issue.folder]
        lock = self.locks.get(issue.folder)
        if lock is not None:
            return restore_issue(issue, lock, self.pool, self.digests(lock.slugs), audience)
        wanted = issue if audience is None else replace(issue, audiences=(audience,))
        editions = select_articles(wanted, self.pool, self.history.used_before(issue))
        return self._selected(issue, editions)

    def _selected(self, issue: Issue, editions: tuple[Edition[Article], ...]) -> AssembledIssue:
        """Add the ids and dates for feeds: those of earlier locks, or new ones."""
        known, publication = self.history.feed_identities(), self.files.publication
        identities = {
            article.slug: known.get(article.slug)
            or new_feed_identity(publication, "article", article.slug, article.date, article.updated)
            for edition in editions
            for article in edition.articles
        }
        identity = new_feed_identity(publication, "issue", issue.folder, issue.date, None)
        return AssembledIssue(issue, editions, identity, identities, frozen=False)

    def freeze(self, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False) -> bool:
        """Write the issue's lock. Returns False if the file already has the same content.

        `update` selects the articles again; `refresh` keeps the selection and takes the articles as they
        are now. Raises `PressroomError` for a draft, and `Mistakes` for what has changed since then.
        """
        if issue.draft:
            raise PressroomError(
                "the issue is a draft.", *issue.place, "Delete `draft: true` when it is ready to be frozen."
            )
        before = self.locks.get(issue.folder)
        if issue.folder in self.broken and not update:
            raise self.broken[issue.folder]
        if before is None or update:
            editions = select_articles(issue, self.pool, self.history.used_before(issue))
        else:
            conflicts = lock_conflicts(issue, before, self.digests(before.slugs))
            if not refresh:
                raise_all(conflicts)
                return False
            raise_all(error for error in conflicts if "--refresh" not in (error.hint or ""))
            editions = editions_of(before, self.pool)
            raise_all(_no_longer_open(issue, editions, before))
        assembled = self._selected(issue, editions)
        lock = freeze_issue(assembled, self.digests(assembled.feed_identities), before, now)
        if before is not None and refresh:
            lock = replace(lock, rules=before.rules)  # the selection was made by these, and stays
        self.locks[issue.folder] = lock
        if lock == before:
            return False
        write_atomically(self.files.root / lock.path, write_lock(lock).encode())
        return True

    def stale_rules(self, issue: Issue) -> tuple[Finding, ...]:
        """Report an issue whose sections were changed after it was frozen."""
        lock = self.locks.get(issue.folder)
        if lock is None or lock.rules == rules_digest(issue):
            return ()
        return (
            Finding(
                "LOCK001",
                Severity.WARNING,
                "its sections, date or audience were changed after it was frozen; the lock still holds.",
                issue.place,
                f"To choose again: pressroom assemble {issue.number} --update",
            ),
        )


def _no_longer_open(
    issue: Issue, editions: tuple[Edition[Article], ...], lock: Lock
) -> Iterable[PressroomError]:
    """A frozen article that became a draft, or private, must not come back in by a refresh."""
    for edition in editions:
        for article in edition.articles:
            closed = article.draft or (article.audience and edition.audience not in article.audience)
            if closed:
                yield PressroomError(
                    f'the issue carries "{article.slug}", which is no longer open to "{edition.audience}".',
                    lock.path,
                    hint=f"Choose again: pressroom assemble {issue.number} --update",
                )


def _locked_decisions(lock: Lock, pool: Pool, today: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions of the lock, with the reasons that the sections of today would have."""
    by_article = {(decision.audience, decision.slug): decision for decision in today}
    decisions: list[Decision] = []
    for edition in lock.editions:
        sections = {slug: section.title for section in edition.sections for slug, _ in section.articles}
        for slug, title in sections.items():
            now = by_article.get((edition.audience, slug))
            why = f"{now.reason}; frozen" if now and now.section == title else "frozen"
            decisions.append(Decision(slug, edition.audience, True, title, why))
        for slug in pool:
            if slug in sections:
                continue
            now = by_article.get((edition.audience, slug))
            if now is None or now.taken:
                why, short = "the issue was frozen without it", "frozen without it"
            else:
                why, short = now.reason, now.short
            decisions.append(Decision(slug, edition.audience, False, None, why, short))
    return tuple(decisions)
