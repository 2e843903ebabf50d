"""What earlier issues used: which items they carried, and the ids and dates that were given out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from pipeline.articles.pool import Pool
from pipeline.assemble.issues import Issues
from pipeline.assemble.lock import Lock
from pipeline.model import Article, FeedIdentity, Issue, PoolItem
from pipeline.support.urls import addresses_in, folder_number


class History:
    """The locks of a workspace by the folder of their issue; call `add` for each that is written.

    Those of issues that cannot be read count too: what they carried must not come again.
    """

    def __init__(self, issues: Issues, locks: Mapping[str, Lock], pool: Pool) -> None:
        self._issues = {issue.folder: issue for issue in issues}
        self._locks = locks
        self._pool = pool
        self._first: dict[str, str] | None = None
        self._newest = 0  # the number of the last issue in `_first`
        self._unused: dict[str, PoolItem] | None = None
        self._identities: dict[str, FeedIdentity] | None = None

    def add(self, folder: str) -> None:
        """Count the lock that was written in this folder. For a new latest issue little is to do."""
        if self._first is not None and folder_number(folder) > self._newest:
            self._newest = folder_number(folder)
            _add_first(self._first, folder, self._locks[folder])
            if self._unused is not None:
                for key in self._locks[folder].keys:
                    self._unused.pop(key, None)
            if self._identities is not None:
                _add_identities(self._identities, self._locks[folder])
        else:
            self._first = self._unused = self._identities = None

    def _frozen(self) -> Iterator[tuple[str, Lock]]:
        for folder in sorted(self._locks, key=folder_number):
            yield folder, self._locks[folder]

    def used_before(self, issue: Issue) -> Mapping[str, str]:
        """Map each item that an earlier issue carries to the folder of the first of these issues."""
        if self._first is None:
            self._first, self._newest = {}, 0
            for folder, lock in self._frozen():
                self._newest = folder_number(folder)
                _add_first(self._first, folder, lock)
        if self._newest < issue.number:
            return self._first
        later = {folder for folder in self._locks if folder_number(folder) >= issue.number}
        return {key: folder for key, folder in self._first.items() if folder not in later}

    def unused_before(self, issue: Issue) -> Mapping[str, PoolItem]:
        """Map the keys of all other items of the pool to them, in the order of their dates."""
        used = self.used_before(issue)
        if used is self._first and self._unused is not None:
            return self._unused
        unused = {key: item for key, item in self._pool.by_date.items() if key not in used}
        if used is self._first:
            self._unused = unused
        return unused

    def carriers(self) -> dict[str, tuple[str, ...]]:
        """Map each article and link item to the folders of the frozen issues that carry it, oldest first."""
        carriers: dict[str, tuple[str, ...]] = {}
        for folder, lock in self._frozen():
            for key in lock.keys if folder in self._issues else ():
                carriers[key] = (*carriers.get(key, ()), folder)
        return carriers

    def addresses(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The folder of each frozen issue, oldest first, with the web addresses in its texts."""
        for folder, lock in self._frozen():
            letter = self._issues[folder].letter if folder in self._issues else ""
            items = [self._pool.candidates[key] for key in lock.keys if key in self._pool.candidates]
            texts = (
                item.addresses if isinstance(item, Article) else addresses_in(f"{item.url} {item.comment}")
                for item in items
            )
            yield folder, tuple(dict.fromkeys(chain(addresses_in(letter), *texts)))

    def feed_identities(self) -> dict[str, FeedIdentity]:
        """The id and dates of each article; the newest revision where several issues carry it."""
        if self._identities is None:
            self._identities = {}
            for _, lock in self._frozen():
                _add_identities(self._identities, lock)
        return self._identities


def _add_first(first: dict[str, str], folder: str, lock: Lock) -> None:
    for key in lock.keys:
        first.setdefault(key, folder)


def _add_identities(known: dict[str, FeedIdentity], lock: Lock) -> None:
    for slug, article in lock.articles.items():
        first = known.setdefault(slug, article.feed_identity)
        if article.feed_identity.updated > first.updated:
            known[slug] = FeedIdentity(first.id, first.published, article.feed_identity.updated)
