"""Assembling: each issue of a workspace by its lock, or selected from the pool as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from pipeline.articles.digest import content_digest
from pipeline.articles.pool import Pool
from pipeline.assemble.history import History
from pipeline.assemble.issues import Issues
from pipeline.assemble.lock import (
    Lock,
    editions_of,
    freeze_issue,
    keep_addresses,
    lock_conflicts,
    lock_path,
    locked_decisions,
    new_feed_identity,
    restore_issue,
    rules_digest,
)
from pipeline.assemble.lock_file import read_lock, write_lock
from pipeline.assemble.select import Selection, select_edition, select_items
from pipeline.assemble.unplaced import unplaced_items, unused_tags
from pipeline.config.workspace_files import ISSUES, LINKS, WorkspaceFiles
from pipeline.errors import PressroomError, raise_all
from pipeline.model import (
    Article,
    AssembledIssue,
    Decision,
    Edition,
    Finding,
    Issue,
    Place,
    PoolItem,
    Severity,
    articles_of,
)
from pipeline.support.file_cache import SOURCES
from pipeline.support.files import read_source, write_atomically
from pipeline.support.urls import folder_number


class Assembler:
    """Assembles the issues of one workspace.

    `locks` maps the folder of each frozen issue to its lock; `broken` maps folders to the error of a lock
    that cannot be read, or, if it is in `copied`, has the id of another.
    """

    def __init__(self, files: WorkspaceFiles, pool: Pool, issues: Issues) -> None:
        self.files = files
        self.pool = pool
        self.issues = issues
        self.locks: dict[str, Lock] = {}
        self.broken: dict[str, PressroomError] = {}
        self.copied: set[str] = set()
        self.history = History(issues, self.locks, pool)
        self._digests: dict[str, str] = {}
        # An issue that cannot be read itself still has carried what its lock says.
        for folder in (each.folder for each in (*issues, *issues.broken)):
            path = lock_path(folder)
            if files.cache.stamp(path) is not None:
                try:
                    lock = self._read_lock(path, folder)
                    self.locks[folder] = lock.with_current_keys(self._current_keys(lock))
                except PressroomError as error:
                    self.broken[folder] = error
        self._refuse_copies()

    def _read_lock(self, path: str, folder: str) -> Lock:
        kept: Lock | None = self.files.cache.get(path)
        if kept is not None:
            return kept
        with self.files.cache.noted() as stamps:
            self.files.cache.note(path)
            lock = read_lock(read_source(self.files.root / path, path), folder)
        self.files.cache.put(path, stamps, lock, group=SOURCES)
        return lock

    def _current_keys(self, lock: Lock) -> dict[str, str]:
        """Map old slugs and ids in a lock to those of today: an entry that got another id has its address."""
        moved = {key: self.pool.key_of(link.url) for key, link in lock.links.items()}
        return {
            **self.pool.current,
            **{old: new for old, new in moved.items() if new and old not in self.pool.links},
        }

    def _refuse_copies(self) -> None:
        """Take out locks that have the same id: of a copied folder, feeds would show only one issue."""
        by_id: dict[str, list[str]] = {}
        for folder, lock in self.locks.items():
            by_id.setdefault(lock.feed_identity.id, []).append(folder)
        for folders in by_id.values():
            if len(folders) == 1:
                continue
            # The lock of the original has the address of its own folder; else a copy has the later number.
            own = [each for each in folders if f"/{each}/" in str(self.locks[each].addresses)]
            original = min(own or folders, key=folder_number)
            copies = [each for each in folders if each != original]
            self.copied.update(folders)
            for folder in folders:
                copy, other = (folder, original) if folder in copies else (copies[0], copies[0])
                self.broken[folder] = PressroomError(
                    f"two locks have the same id: this one and {lock_path(other)}.",
                    lock_path(folder),
                    hint=f"Delete {lock_path(copy)}, then: pressroom assemble {folder_number(copy)}",
                )
            for folder in folders:
                del self.locks[folder]

    def lock_of(self, issue: Issue) -> Lock | None:
        """Return the lock of an issue, or None if it is not frozen. Raises the mistake of a broken one."""
        if issue.folder in self.broken:
            raise self.broken[issue.folder]
        return self.locks.get(issue.folder)

    def digests(self, keys: Iterable[str]) -> dict[str, str]:
        """Map each of these articles and link items that is in the pool to its digest of today."""
        for key in keys:
            if key not in self._digests and key in self.pool.candidates:
                self._digests[key] = self._digest(self.pool.candidates[key])
        return {key: self._digests[key] for key in keys if key in self._digests}

    def _digest(self, item: PoolItem) -> str:
        if not isinstance(item, Article):
            return item.digest
        if not item.has_files:
            return content_digest(item, self.files)
        cache, name = self.files.cache, f"digest {item.place.path}"
        kept: str | None = cache.get(name)
        if kept is not None:
            return kept
        with cache.noted() as stamps:
            cache.note(item.place.path)
            digest = content_digest(item, self.files)
        cache.put(name, stamps, digest, group=SOURCES)
        return digest

    def plan(self, issue: Issue) -> tuple[Decision, ...]:
        """Explain for each item of the pool why it is in or out; for a frozen issue, by its lock."""
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
        return locked_decisions(lock, self.pool.candidates, today) if lock else today

    def select(self, issue: Issue, audience: str) -> Selection:
        """Select one edition from the pool as it is now. Raises `Mistakes` of the issue's sections."""
        return select_edition(issue, audience, self.pool, self._used_before(issue))

    def _select_items(self, issue: Issue) -> tuple[Edition[PoolItem], ...]:
        used, unused = self._used_before(issue), self.history.unused_before(issue)
        return select_items(issue, self.pool, used, unused)

    def _used_before(self, issue: Issue) -> Mapping[str, str]:
        """Return what earlier issues carry. Raises the mistakes of their locks: items would come again."""
        raise_all(error for folder, error in self.broken.items() if folder_number(folder) < issue.number)
        return self.history.used_before(issue)

    def reading_order(self, issue: Issue, audience: str) -> tuple[str, ...]:
        """The keys of one edition in reading order, by its lock or its plan."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            return tuple(item.key for item in self.select(issue, audience).edition.items)
        return tuple(key for locked in lock.editions if locked.audience == audience for key in locked.items)

    def conflicts(self, issue: Issue, lock: Lock) -> Iterator[PressroomError]:
        """Yield an error for each item that is broken, or was edited or deleted after `lock` was made."""
        keys = lock.keys
        digests = self.digests(keys)
        missing = [key for key in keys if key not in digests]
        mistakes = [error for key in keys for error in self.pool.mistakes.get(key, ())]
        if any(key in lock.links for key in missing):
            # They may be in a file that cannot be read.
            mistakes += [
                error
                for key, errors in self.pool.mistakes.items()
                if key.startswith(f"{LINKS}/") and key not in self.pool.links
                for error in errors
            ]
        if mistakes:
            return iter(mistakes)
        renamed: dict[str, Article] = {}
        if missing := [slug for slug in missing if slug in lock.articles]:
            others = [slug for slug in self.pool if slug not in lock.articles]
            by_digest = {digest: slug for slug, digest in self.digests(others).items()}
            renamed = {
                slug: self.pool[by_digest[lock.articles[slug].digest]]
                for slug in missing
                if lock.articles[slug].digest in by_digest
            }
        return lock_conflicts(issue, lock, digests, renamed)

    def edited(self, issue: Issue) -> frozenset[str]:
        """The items of a frozen issue that were edited or deleted since then."""
        lock = self.locks.get(issue.folder)
        if lock is None:
            return frozenset()
        today = self.digests(lock.keys)
        return frozenset(key for key in lock.keys if today.get(key) != lock.digest(key))

    def assemble(self, issue: Issue, audience: str | None = None) -> AssembledIssue:
        """Assemble an issue by its lock, or from the pool where it has no lock.

        With `audience`, only that edition. Raises `PressroomError` or `Mistakes` if this is not possible.
        """
        lock = self.lock_of(issue)
        if lock is not None:
            if audience is not None:
                lock = replace(
                    lock, editions=tuple(each for each in lock.editions if each.audience == audience)
                )
            raise_all(self.conflicts(issue, lock))
            return restore_issue(issue, lock, self.pool.candidates)
        wanted = issue if audience is None else replace(issue, audiences=(audience,))
        return self._selected(issue, self._select_items(wanted))

    def _selected(self, issue: Issue, editions: tuple[Edition[PoolItem], ...]) -> AssembledIssue:
        """Add the ids and dates for feeds: those of earlier locks, or new ones without a revision yet."""
        known, publication = self.history.feed_identities(), self.files.publication
        identities = {
            article.slug: known.get(article.slug)
            # Readers see an article when the first issue that carries it is published. By its own date it
            # would come into the middle of a feed, where they do not look. What an earlier feed of ours had
            # is there already; what has its home elsewhere is new to our readers.
            or new_feed_identity(publication, "article", article.slug, published, article.feed_id)
            for edition in editions
            for article in articles_of(edition)
            for had in [article.feed_id and not article.canonical_url]
            for published in [article.date if had else max(article.date, issue.date)]
        }
        identity = new_feed_identity(publication, "issue", issue.folder, issue.date, issue.feed_id)
        return AssembledIssue(issue, editions, identity, identities, frozen=False)

    def freeze(
        self, issue: Issue, now: datetime, *, update: bool = False, refresh: bool = False
    ) -> tuple[AssembledIssue, Lock]:
        """Freeze an issue, and write nothing yet.

        `update` selects the items again; `refresh` keeps the selection and takes the letter and the items
        as they are now; without either, a lock gets only the address that the issue now has.
        Raises `PressroomError` for a draft, and `Mistakes` for what has changed since then.
        """
        if issue.draft:
            raise PressroomError(
                "the issue is a draft.", *issue.place, "Delete `draft: true` when it is ready to be frozen."
            )
        before, publication = self.locks.get(issue.folder), self.files.publication
        if issue.folder in self.broken and (issue.folder in self.copied or not update):
            raise self.broken[issue.folder]
        if before is None or update:
            editions = self._select_items(issue)
        else:
            conflicts = self.conflicts(issue, before)
            if not refresh:
                raise_all(conflicts)
                lock = keep_addresses(before, issue, publication)
                return restore_issue(issue, lock, self.pool.candidates), lock
            raise_all(error for error in conflicts if "--refresh" not in (error.hint or ""))
            editions = editions_of(before, self.pool.candidates)
            raise_all(_no_longer_open(issue, editions, before))
        assembled = self._selected(issue, editions)
        digests = self.digests([item.key for edition in editions for item in edition.items])
        lock = freeze_issue(assembled, publication, digests, before, now)
        if before is not None and refresh:
            lock = replace(lock, rules=before.rules)  # the selection was made by these, and stays
        return assembled, lock

    def add(self, issue: Issue, lock: Lock) -> None:
        """Count a lock of an issue, and write nothing."""
        self.locks[issue.folder] = lock
        self.history.add(issue.folder)
        self.broken.pop(issue.folder, None)

    def write(self, issue: Issue, lock: Lock) -> bool:
        """Write the issue's lock. Returns False if the file already has the same content."""
        if lock == self.locks.get(issue.folder):
            return False
        self.add(issue, lock)
        write_atomically(self.files.root / lock.path, write_lock(lock).encode(), durable=True)
        return True

    @cached_property
    def tag_findings(self) -> tuple[Finding, ...]:
        """Report items that no issue takes, by their tags, and tags in the settings that no article has."""
        carried = {key for lock in self.locks.values() for key in lock.keys}
        publication = self.files.publication
        return (
            *unplaced_items(self.pool, publication, self.issues, carried),
            *unused_tags(self.pool, publication),
        )

    def issue_findings(self, issue: Issue, empty: Iterable[str]) -> Iterator[Finding]:
        """Report sections that take no article, a date that goes back, and changes after freezing.

        `empty` are the audiences whose edition carries no article.
        """
        lock = self.locks.get(issue.folder)
        for audience in empty if issue.sections else ():
            yield Finding(
                "TAG002",
                Severity.WARNING,
                f'its sections take nothing for "{audience}".',
                Place(issue.place.path, issue.lines.get("sections") or issue.place.line),
                f"See why: pressroom plan {issue.number} --all. If the letter is all, write "
                f"`sections: []`{' and freeze the issue again' if lock else ''}.",
            )
        if lock is None or issue == self.issues[-1]:
            yield from self._dated_back(issue, lock)
        if lock is None:
            return
        if lock.rules != rules_digest(issue):
            message = "its sections or audience were changed after it was frozen; the lock still holds."
            hint = f"To choose again: pressroom assemble {issue.number} --update"
            if issue.date != (published := lock.feed_identity.published):
                kept = f"{published.astimezone(self.files.zone):%Y-%m-%d}"
                message = (
                    "its date was changed after it was frozen: email and page have the new one, and feeds "
                    f"keep {kept}."
                )
                hint += f". If nobody has read it yet, delete {lock.path} before."
            yield Finding("LOCK001", Severity.WARNING, message, issue.place, hint)
        known: list[tuple[Issue | Article, str]] = [(issue, lock.feed_identity.id)]
        for slug, locked in lock.articles.items():
            if isinstance(article := self.pool.candidates.get(slug), Article):
                known.append((article, locked.feed_identity.id))
        for item, feed_id in known:
            if item.feed_id not in ("", feed_id):
                yield Finding(
                    "LOCK003",
                    Severity.WARNING,
                    f'feeds know it by the id "{feed_id}", which stays, and not by its `id`.',
                    Place(item.place.path, item.lines["id"]),
                    "Delete the `id`: it counts at the first freeze alone.",
                )
        for paths in lock.addresses.values():
            for path in paths:
                folder = path.split("/")[1]
                if folder != issue.folder and any(other.folder == folder for other in self.issues):
                    yield Finding(
                        "LOCK002",
                        Severity.WARNING,
                        f"readers were given the address {path}, which another issue has now.",
                        issue.place,
                        f"Give the folder {ISSUES}/{folder} another name: then the address leads here.",
                    )

    def _dated_back(self, issue: Issue, lock: Lock | None) -> Iterator[Finding]:
        earlier = [each for each in self.issues if each.number < issue.number and not each.draft]
        newest = max(earlier, key=lambda each: each.date, default=issue)
        if newest.date > issue.date:
            form = "%Y-%m-%d %H:%M" if newest.date.date() == issue.date.date() else "%Y-%m-%d"
            yield Finding(
                "DATE001",
                Severity.WARNING,
                f"it is dated {issue.date:{form}}, before issue {newest.number} ({newest.date:{form}}): "
                "feeds and lists put it below that one.",
                Place(issue.place.path, issue.lines.get("date")),
                "Correct the `date` here or there, unless you mean it."
                # A lock keeps the date of publication that feeds have.
                + (f" If nobody has read it yet, delete {lock.path} and freeze it again." if lock else ""),
            )


def _no_longer_open(
    issue: Issue, editions: tuple[Edition[PoolItem], ...], lock: Lock
) -> Iterable[PressroomError]:
    """A frozen article that became a draft, or private, must not come back in by a refresh."""
    for edition in editions:
        for article in articles_of(edition):
            closed = article.draft or (article.audience and edition.audience not in article.audience)
            if closed:
                yield PressroomError(
                    f'the issue carries "{article.slug}", which is no longer open to "{edition.audience}".',
                    lock.path,
                    hint=f"Choose again: pressroom assemble {issue.number} --update",
                )
