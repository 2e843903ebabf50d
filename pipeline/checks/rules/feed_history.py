"""Rules on what has become of the feeds since the build before: readers have them, and keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.checks.feed_context import FeedContext, FeedDocument, FeedEntry, FeedRule
from pipeline.checks.rule import Violation
from pipeline.model import Severity


def _by_id(documents: Iterable[FeedDocument]) -> dict[str, tuple[FeedDocument, FeedEntry]]:
    """Each item with the first document that has it; they stand alike in all of them."""
    found: dict[str, tuple[FeedDocument, FeedEntry]] = {}
    for document in documents:
        for entry in document.entries:
            found.setdefault(entry.id, (document, entry))
    return found


def _feeds_gone(subject: FeedContext) -> Iterator[Violation]:
    there = {each.path for each in subject.documents}
    for each in subject.earlier:
        if each.path not in there:
            yield Violation("the feed was there before, and is no more.", each.place)


def _changed_ids(subject: FeedContext) -> Iterator[Violation]:
    now = _by_id(subject.documents)
    links = {
        (document.folder, entry.link): entry.id
        for document in subject.documents
        for entry in document.entries
    }
    for document, entry in _by_id(subject.earlier).values():
        other = links.get((document.folder, entry.link))
        if entry.id not in now and other is not None:
            yield Violation(f'the id of "{entry.title}" was {entry.id}, and is {other}.', document.place)


def _vanished(subject: FeedContext) -> Iterator[Violation]:
    now = _by_id(subject.documents)
    links = {(each.folder, entry.link) for each in subject.documents for entry in each.entries}
    for document, entry in _by_id(subject.earlier).values():
        if entry.id not in now and (document.folder, entry.link) not in links:
            yield Violation(f'"{entry.title}" was in it, and is in no feed any more.', document.place)


def _moved_dates(subject: FeedContext) -> Iterator[Violation]:
    now = _by_id(subject.documents)
    for document, entry in _by_id(subject.earlier).values():
        after = now[entry.id][1] if entry.id in now else entry
        if after.published != entry.published:
            yield Violation(
                f'"{entry.title}" was published on {entry.published}, and now on {after.published}.',
                document.place,
            )


def _unmarked(subject: FeedContext) -> Iterator[Violation]:
    now = _by_id(subject.documents)
    for document, entry in _by_id(subject.earlier).values():
        after = now[entry.id][1] if entry.id in now else entry
        if (after.html, after.title) != (entry.html, entry.title) and after.updated == entry.updated:
            yield Violation(
                f'"{after.title}" reads otherwise, under the same date of revision.', document.place
            )


def _archive_changed(subject: FeedContext) -> Iterator[Violation]:
    now = {each.path: {entry.id for entry in each.entries} for each in subject.documents}
    for each in subject.earlier:
        before = {entry.id for entry in each.entries}
        if each.number is not None and now.get(each.path, before) != before:
            yield Violation("the part of the archive holds other items than before.", each.place)


RULES = (
    FeedRule(
        "FEED031",
        Severity.WARNING,
        "a feed of the build before is no more",
        "Its readers get an error, and in time nothing.",
        "Where its tag or audience was renamed, let the host lead the old address to the new one (301).",
        "RFC 9110, section 15.5.11",
        _feeds_gone,
    ),
    FeedRule(
        "FEED032",
        Severity.ERROR,
        "an item has another id than before",
        "Every reader gets it once more as new.",
        "Bring back the issue.lock that has the id: it is written down there, and goes with the issue.",
        "RFC 4287, section 4.2.6",
        _changed_ids,
    ),
    FeedRule(
        "FEED033",
        Severity.ERROR,
        "the date of publication of an item has moved",
        "It jumps to another place among what has been read, or is shown as new.",
        "Bring back the date in issue.lock; a revision has a date of its own, `updated`.",
        "RFC 4287, section 4.2.9",
        _moved_dates,
    ),
    FeedRule(
        "FEED034",
        Severity.WARNING,
        "an item of the build before is in no feed any more",
        "Who has it keeps it, and finds a page that is gone behind it.",
        "Nothing, where it was taken back on purpose; else see whether its issue is still frozen.",
        "RFC 5005, section 4",
        _vanished,
    ),
    FeedRule(
        "FEED035",
        Severity.WARNING,
        "an item has changed without a date of revision",
        "Programs that go by the date keep the old text.",
        "Where the change is one for readers, give the article `updated`, and freeze the issue anew with "
        "pressroom assemble --update.",
        "RFC 4287, section 4.2.15",
        _unmarked,
    ),
    FeedRule(
        "FEED036",
        Severity.WARNING,
        "a part of the archive holds other items than before",
        "Programs that have it do not look again, and miss what has joined it.",
        "This follows from an issue that was frozen anew or taken back; nothing else should cause it.",
        "RFC 5005, section 4",
        _archive_changed,
    ),
)
