"""The assembling of a workspace: all issues with their locks, in their order.

`Assembler` holds what assembly needs to know of the whole workspace: which article an earlier issue
used, which ids are written down already, and what each article's digest is today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.articles.pool import Pool
from pipeline.assemble.digest import content_digest
from pipeline.assemble.issues import Issues
from pipeline.assemble.lock import (
    LOCK,
    Lock,
    editions_of,
    freeze_issue,
    lock_conflicts,
    new_record,
    read_lock,
    renamed,
    restore_editions,
    rules_digest,
    write_lock,
)
from pipeline.assemble.select import explain_selection, select_articles, select_edition
from pipeline.config.workspace_files import ISSUES, WorkspaceFiles
from pipeline.errors import PressroomError, raise_all
from pipeline.model import AssembledIssue, Decision, Edition, FeedIdentity, Finding, Issue, Place, Severity
from pipeline.support.files import read_source, write_atomically


class Assembler:
    """Assembles the issues of one workspace. Raises `Mistakes` for locks that cannot be read."""

    def __init__(self, workspace: WorkspaceFiles, pool: Pool, issues: Issues) -> None:
        self.workspace = workspace
        self.pool = pool
        self.issues = issues
        self.locks: dict[str, Lock] = {}
        self.broken: dict[str, PressroomError] = {}
        self._digests: dict[str, str] = {}
        for issue in issues:
            file = self._lock_file(issue)
            if file.is_file():
                try:
                    lock = read_lock(read_source(file, workspace.path_of(file)), issue)
                    self.locks[issue.folder] = renamed(lock, pool.current)
                except PressroomError as error:
                    self.broken[issue.folder] = error

    def _lock_file(self, issue: Issue) -> Path:
        return self.workspace.root / ISSUES / issue.folder / LOCK

    # --- what is known -----------------------------------------------------------------------

    def used_before(self, issue: Issue) -> dict[str, str]:
        """The slugs that earlier issues carry, each with the folder of the first one."""
        used: dict[str, str] = {}
        for earlier in self.issues:
            if earlier.number < issue.number and earlier.folder in self.locks:
                for slug in self.locks[earlier.folder].slugs:
                    used.setdefault(slug, earlier.folder)
        return used

    def carriers(self) -> dict[str, tuple[str, ...]]:
        """Each article's slug and the folders of the frozen issues that carry it, oldest first."""
        carried: dict[str, tuple[str, ...]] = {}
        for issue in self.issues:
            lock = self.locks.get(issue.folder)
            for slug in lock.slugs if lock else ():
                carried[slug] = (*carried.get(slug, ()), issue.folder)
        return carried

    def earlier_texts(self, issue: Issue) -> Iterator[tuple[str, str]]:
        """The letters and articles of the frozen issues before this one, oldest first."""
        for earlier in self.issues:
            lock = self.locks.get(earlier.folder)
            if lock is None or earlier.number >= issue.number:
                continue
            yield earlier.folder, earlier.letter
            for slug in lock.slugs:
                if slug in self.pool:
                    yield earlier.folder, self.pool[slug].body

    def known_records(self) -> dict[str, FeedIdentity]:
        """Every article's record; the newest revision where several issues carry it."""
        known: dict[str, FeedIdentity] = {}
        for issue in self.issues:
            lock = self.locks.get(issue.folder)
            for slug, article in lock.articles.items() if lock else ():
                record = known.setdefault(slug, article.record)
                newest = max(record.updated, article.record.updated)
                known[slug] = FeedIdentity(record.id, record.published, newest)
        return known

    def digests(self, slugs: Iterable[str]) -> dict[str, str]:
        """Today's digest of each of these articles that is in the pool."""
        for slug in slugs:
            if slug not in self._digests and slug in self.pool:
                self._digests[slug] = content_digest(self.pool[slug], self.workspace)
        return {slug: self._digests[slug] for slug in slugs if slug in self._digests}

    # --- what is asked -----------------------------------------------------------------------

    def plan(self, issue: Issue) -> tuple[Decision, ...]:
        """Why each article of the pool is in or out; for a frozen issue, what its lock says."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            return explain_selection(issue, self.pool, self.used_before(issue))
        try:
            fresh = explain_selection(issue, self.pool, self.used_before(issue))
        except PressroomError:
            fresh = ()  # the sections were changed since, and the lock does not depend on them
        return _locked_decisions(lock, self.pool, fresh)

    def reading_order(self, issue: Issue, audience: str) -> tuple[str, ...]:
        """The slugs of one edition by its plan, as a reader meets them."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            edition = select_edition(issue, audience, self.pool, self.used_before(issue))
            return tuple(article.slug for article in edition.articles)
        held = [sections for name, sections in lock.editions if name == audience]
        return tuple(slug for sections in held for _, articles in sections for slug, _ in articles)

    def edited(self, issue: Issue) -> frozenset[str]:
        """The articles of a frozen issue that are not what they were, or are gone."""
        lock = self.locks.get(issue.folder)
        today = self.digests(lock.slugs) if lock else {}
        frozen = lock.articles if lock else {}
        return frozenset(slug for slug, was in frozen.items() if today.get(slug) != was.digest)

    def assemble(self, issue: Issue) -> AssembledIssue:
        """The issue by its lock, or chosen now where it has none.

        Raises `PressroomError` or `Mistakes` where it cannot be assembled.
        """
        if issue.folder in self.broken:
            raise self.broken[issue.folder]
        lock = self.locks.get(issue.folder)
        if lock is not None:
            return restore_editions(issue, lock, self.pool, self.digests(lock.slugs))
        choice = select_articles(issue, self.pool, self.used_before(issue))
        known, publication = self.known_records(), self.workspace.publication
        records = {
            article.slug: known.get(article.slug)
            or new_record(publication, "article", article.slug, article.date, article.updated)
            for edition in choice.editions
            for article in edition.articles
        }
        record = new_record(publication, "issue", issue.folder, issue.date, None)
        return AssembledIssue(issue, choice.editions, record, records, frozen=False)

    def freeze(self, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False) -> bool:
        """Write the issue's lock; False where it stands already as it would be written.

        `update` chooses anew; `refresh` keeps the choice and takes the articles as they are now.
        """
        if issue.draft:
            raise PressroomError(
                "the issue is a draft.",
                issue.place.path,
                issue.place.line,
                "Delete `draft: true` when it is ready to be frozen.",
            )
        before = self.locks.get(issue.folder)
        if issue.folder in self.broken and not update:
            raise self.broken[issue.folder]
        if before is not None and not update:
            found = lock_conflicts(issue, before, self.digests(before.slugs))
            if refresh:
                found = [error for error in found if "--refresh" not in (error.hint or "")]
            raise_all(found)
            if not refresh:
                return False
        if before is not None and refresh and not update:
            editions = editions_of(before, self.pool)
            raise_all(_no_longer_open(issue, editions, before))
        else:
            editions = select_articles(issue, self.pool, self.used_before(issue)).editions
        slugs = [article.slug for edition in editions for article in edition.articles]
        lock = freeze_issue(
            issue,
            editions,
            self.workspace.publication,
            self.known_records(),
            self.digests(slugs),
            before,
            now,
        )
        if before is not None and refresh:
            lock = replace(lock, rules=before.rules)  # those by which the choice was made, and stays
        self.locks[issue.folder] = lock
        if lock == before:
            return False
        write_atomically(self._lock_file(issue), write_lock(lock).encode())
        return True

    def stale_rules(self, issue: Issue) -> tuple[Finding, ...]:
        """A finding where an issue's sections were changed after it was frozen."""
        lock = self.locks.get(issue.folder)
        if lock is None or lock.rules == rules_digest(issue):
            return ()
        return (
            Finding(
                "LOCK001",
                Severity.WARNING,
                "its sections, date or audience were changed after it was frozen; the lock still holds.",
                Place(issue.place.path, issue.place.line),
                f"To choose anew: pressroom assemble {issue.number} --update",
            ),
        )


def _no_longer_open(issue: Issue, editions: tuple[Edition, ...], lock: Lock) -> Iterable[PressroomError]:
    """A frozen article that became a draft, or private, must not slip back in by a refresh."""
    for edition in editions:
        for article in edition.articles:
            closed = article.draft or (article.audience and edition.audience not in article.audience)
            if closed:
                yield PressroomError(
                    f'the issue carries "{article.slug}", which is no longer open to "{edition.audience}".',
                    lock.path,
                    hint=f"Choose anew: pressroom assemble {issue.number} --update",
                )


def _locked_decisions(lock: Lock, pool: Pool, fresh: Iterable[Decision]) -> tuple[Decision, ...]:
    """The lock's choice, with the reasons that assembly would give today."""
    today = {(decision.audience, decision.slug): decision for decision in fresh}
    decisions: list[Decision] = []
    for audience, sections in lock.editions:
        held = {slug: title for title, articles in sections for slug, _ in articles}
        for slug, title in held.items():
            now = today.get((audience, slug))
            why = f"{now.reason}; frozen" if now and now.section == title else "frozen"
            decisions.append(Decision(slug, audience, True, title, why))
        for slug in pool:
            now = today.get((audience, slug))
            if slug not in held:
                late = now is None or now.taken
                why = "the issue was frozen without it" if late or now is None else now.reason
                short = "frozen without it" if late or now is None else now.short
                decisions.append(Decision(slug, audience, False, None, why, short))
    return tuple(decisions)
