"""What earlier issues used: which items they carried, and the ids and dates that were given out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.articles.pool import Pool
from pipeline.assemble.issues import Issues, folder_number
from pipeline.assemble.lock import Lock
from pipeline.model import Article, FeedIdentity, Issue


class History:
    """The locks of a workspace by the folder of their issue; `locks` may grow.

    Those of issues that cannot be read count too: what they carried must not come again.
    """

    def __init__(self, issues: Issues, locks: Mapping[str, Lock], pool: Pool) -> None:
        self._issues = {issue.folder: issue for issue in issues}
        self._locks = locks
        self._pool = pool

    def _frozen(self, before: Issue | None = None) -> Iterator[tuple[str, Lock]]:
        for folder in sorted(self._locks, key=folder_number):
            if before is None or folder_number(folder) < before.number:
                yield folder, self._locks[folder]

    def used_before(self, issue: Issue) -> dict[str, str]:
        """Map each item that an earlier issue carries to the folder of the first of these issues."""
        used: dict[str, str] = {}
        for folder, lock in self._frozen(issue):
            for key in lock.keys:
                used.setdefault(key, folder)
        return used

    def carriers(self) -> dict[str, tuple[str, ...]]:
        """Map each article and link item to the folders of the frozen issues that carry it, oldest first."""
        carriers: dict[str, tuple[str, ...]] = {}
        for folder, lock in self._frozen():
            for key in lock.keys if folder in self._issues else ():
                carriers[key] = (*carriers.get(key, ()), folder)
        return carriers

    def texts_before(self, issue: Issue) -> Iterator[tuple[str, str]]:
        """The texts of the frozen issues before this one: folder and source, oldest first."""
        for folder, lock in self._frozen(issue):
            if folder in self._issues:
                yield folder, self._issues[folder].letter
            for key in lock.keys:
                item = self._pool.candidates.get(key)
                if isinstance(item, Article):
                    yield folder, item.body
                elif item:
                    yield folder, f"{item.url} {item.comment}"

    def feed_identities(self) -> dict[str, FeedIdentity]:
        """The id and dates of each article; the newest revision where several issues carry it."""
        known: dict[str, FeedIdentity] = {}
        for _, lock in self._frozen():
            for slug, article in lock.articles.items():
                first = known.setdefault(slug, article.feed_identity)
                newest = max(first.updated, article.feed_identity.updated)
                known[slug] = FeedIdentity(first.id, first.published, newest)
        return known
