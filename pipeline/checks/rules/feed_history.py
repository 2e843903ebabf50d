"""Rules on changes of the feeds since the build before: feed readers keep what they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.checks.feed_context import FeedContext, FeedDocument, FeedEntry
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity


def _by_id(documents: Iterable[FeedDocument]) -> dict[str, tuple[FeedDocument, FeedEntry]]:
    """Each item with the first feed that has it; it is the same in all of them."""
    entries: dict[str, tuple[FeedDocument, FeedEntry]] = {}
    for feed in documents:
        for entry in feed.entries:
            entries.setdefault(entry.id, (feed, entry))
    return entries


def _home(documents: Iterable[FeedDocument]) -> str:
    """The address of the site that the feeds belong to; empty if it is not known."""
    return next((str(each.root["home_page_url"]) for each in documents if each.path == "feed.json"), "")


@rule(
    "FEED031",
    Severity.WARNING,
    "A feed of the build before is gone",
    source="RFC 9110, section 15.5.11",
    remedy="If its tag or audience was renamed, redirect the old address to the new one (301).",
)
def feeds_gone(context: FeedContext) -> Iterator[Violation]:
    """Its readers get an error, and in time nothing."""
    there = {each.path for each in context.documents}
    whole = {each.folder for each in context.documents if each.number is None}
    whole -= {each.folder for each in context.documents if each.number is not None}
    for each in context.earlier:
        # A feed may do without an archive, as those of tags do; nobody subscribes to a part of one.
        if each.path not in there and (each.number is None or each.folder not in whole):
            yield each.violation("the build before had the feed, and it is gone.")


@rule(
    "FEED032",
    Severity.ERROR,
    "An item has another id than before",
    source="RFC 4287, section 4.2.6",
    remedy="Restore the issue.lock that has the id, which belongs to the issue.",
)
def changed_ids(context: FeedContext) -> Iterator[Violation]:
    """Every feed reader shows it once more as new."""
    now = _by_id(context.documents)
    links = {(feed.folder, entry.link): entry.id for feed in context.documents for entry in feed.entries}
    for feed, entry in _by_id(context.earlier).values():
        other = links.get((feed.folder, entry.link))
        if entry.id not in now and other is not None:
            yield feed.violation(f'the id of "{entry.title}" was {entry.id}, and is {other}.')


@rule(
    "FEED033",
    Severity.ERROR,
    "The date of publication of an item has changed",
    source="RFC 4287, section 4.2.9",
    remedy="Restore the date in issue.lock; a revision has a date of its own, `updated`.",
)
def moved_dates(context: FeedContext) -> Iterator[Violation]:
    """It jumps to another place among what has been read, or is shown as new."""
    now = _by_id(context.documents)
    for feed, entry in _by_id(context.earlier).values():
        after = now[entry.id][1] if entry.id in now else entry
        if after.published != entry.published:
            yield feed.violation(
                f'"{entry.title}" was published on {entry.published}, and now on {after.published}.'
            )


@rule(
    "FEED034",
    Severity.WARNING,
    "An item of the build before is missing from all feeds",
    source="RFC 5005, section 4",
    remedy="If it was taken back on purpose, do nothing; else see whether its issue is still frozen.",
)
def vanished_items(context: FeedContext) -> Iterator[Violation]:
    """Feed readers keep it, and its link leads to a page that is gone."""
    now = _by_id(context.documents)
    links = {(each.folder, entry.link) for each in context.documents for entry in each.entries}
    for feed, entry in _by_id(context.earlier).values():
        if entry.id not in now and (feed.folder, entry.link) not in links:
            yield feed.violation(f'"{entry.title}" was in it, and no feed has it now.')


@rule(
    "FEED035",
    Severity.WARNING,
    "An item has changed without a date of revision",
    source="RFC 4287, section 4.2.15",
    remedy="If readers should see the change, take it in with pressroom assemble NUMBER --refresh.",
)
def changed_without_date(context: FeedContext) -> Iterator[Violation]:
    """Feed readers that go by the date keep the old text."""
    now = _by_id(context.documents)
    earlier = _by_id(context.earlier)
    moved = {_home(context.earlier): _home(context.documents)}
    for _, entry in earlier.values():
        link = _at_new_addresses(entry.link, moved)
        if entry.id in now and now[entry.id][1].link != link:
            moved[link] = now[entry.id][1].link
    for feed, entry in earlier.values():
        after = now[entry.id][1] if entry.id in now else entry
        before = _at_new_addresses(entry.html, moved)
        if (after.html, after.title) != (before, entry.title) and after.updated == entry.updated:
            yield feed.violation(f'"{after.title}" has changed, and its date of revision has not.')


def _at_new_addresses(text: str, moved: Mapping[str, str]) -> str:
    """A text with the addresses that the site and renamed pages have now."""
    for old, new in moved.items():
        text = text.replace(old, new) if old else text
    return text


@rule(
    "FEED036",
    Severity.WARNING,
    "A part of the archive does not hold the same items as before",
    source="RFC 5005, section 4",
    remedy="This follows from an issue that was frozen again or taken back; nothing else should cause it.",
)
def archive_changed(context: FeedContext) -> Iterator[Violation]:
    """Feed readers that have it do not load it again, and miss its new items."""
    now = {each.path: {entry.id for entry in each.entries} for each in context.documents}
    for each in context.earlier:
        before = {entry.id for entry in each.entries}
        if each.number is not None and now.get(each.path, before) != before:
            yield each.violation("the part of the archive does not hold the same items as before.")


@rule(
    "FEED037",
    Severity.NOTE,
    "The address of the site has changed",
    source="RFC 9110, section 15.4.2; docs/publishing.md",
    remedy="Redirect the old addresses of the feeds to the new ones (301), for as long as you can.",
)
def site_moved(context: FeedContext) -> Iterator[Violation]:
    """Ids and dates stay, so that readers get no item twice; but they ask for the feed where it was."""
    old, new = _home(context.earlier), _home(context.documents)
    if old and old != new:
        feed = next(each for each in context.documents if each.path == "feed.json")
        yield feed.violation(f"the site was at {old}, and is at {new}; all addresses changed.")
