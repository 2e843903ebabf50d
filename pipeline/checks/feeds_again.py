"""Rules on feeds against the build before: an item must stay the same item for years."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.feeds import SITE, Feeds
from pipeline.checks.rule import Found, Rule
from pipeline.feeds.reading import ReadItem
from pipeline.model import Place, Severity


def changed_id(feeds: Feeds) -> Iterator[Found]:
    """An item at the same address under another id: every reader shows it as new."""
    for path, feed in feeds.read.items():
        now = {item.link: item.id for item in feed.items}
        for old in _before(feeds, path):
            new = now.get(old.link)
            if new and new != old.id:
                yield Found(f'"{old.title}" had the id {old.id}.', feeds.place(path, new))


def moved_date(feeds: Feeds) -> Iterator[Found]:
    """An item whose date of publication is another than before."""
    for path, feed in feeds.read.items():
        now = {item.id: item for item in feed.items}
        for old in _before(feeds, path):
            new = now.get(old.id)
            if new and new.published != old.published and old.published:
                yield Found(
                    f'"{new.title}" was dated {old.published.isoformat()}.', feeds.place(path, new.id)
                )


def vanished(feeds: Feeds) -> Iterator[Found]:
    """An item that is gone, though older ones are still there."""
    for path, feed in feeds.read.items():
        ids = {item.id for item in feed.items}
        links = {item.link for item in feed.items}
        oldest = min((item.published for item in feed.items if item.published), default=None)
        for old in _before(feeds, path):
            left = old.published and oldest and old.published < oldest
            if old.id not in ids and old.link not in links and not left:
                yield Found(f'"{old.title}" is gone.', feeds.place(path))
    for path in feeds.read_before.keys() - feeds.read.keys():
        yield Found("a feed that readers may follow is gone.", Place(f"{SITE}/{path}"))


def silent_change(feeds: Feeds) -> Iterator[Found]:
    """An item whose content changed and whose date of revision did not."""
    for path, feed in feeds.read.items():
        now = {item.id: item for item in feed.items}
        for old in _before(feeds, path):
            new = now.get(old.id)
            if new and new.html != old.html and new.updated == old.updated:
                yield Found(
                    f'"{new.title}" has changed, and its date of revision has not.', feeds.place(path, new.id)
                )


def _before(feeds: Feeds, path: str) -> tuple[ReadItem, ...]:
    before = feeds.read_before.get(path)
    return before.items if before else ()


_E, _W = Severity.ERROR, Severity.WARNING

RULES: tuple[Rule[Feeds], ...] = (
    Rule(
        "FEED015",
        _E,
        "An id has changed",
        "Every subscriber is shown an old piece as new.",
        "Bring back the issue.lock that has the old id.",
        "RFC 4287, 4.2.6",
        changed_id,
    ),
    Rule(
        "FEED016",
        _E,
        "A date of publication has moved",
        "The piece jumps in every reader's list.",
        "Bring back the issue.lock that has the old date.",
        "RFC 4287, 4.2.9",
        moved_date,
    ),
    Rule(
        "FEED017",
        _E,
        "An item has vanished",
        "Links and marks that readers keep lead nowhere.",
        "Was an issue deleted, or its lock? Bring it back.",
        "Convention of feed readers",
        vanished,
    ),
    Rule(
        "FEED018",
        _W,
        "An item has changed in silence",
        "Readers who have seen it are not shown what is new in it.",
        "Take the edit in: pressroom assemble NUMBER --refresh moves the date of revision.",
        "RFC 4287, 4.2.15",
        silent_change,
    ),
)
