"""The article file that a person would have written: front matter in a fixed order, then the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from pipeline.config.front_matter import write_yaml
from pipeline.importers.draft import Draft, Moment
from pipeline.model import Author


def article_text(draft: Draft, related: Sequence[str] = ()) -> str:
    """The text of the article's file; `related` are slugs of the pool."""
    fields = {
        "title": draft.title,
        "alt_title": draft.alt_title,
        "date": _moment(draft.date),
        "updated": _moment(draft.updated),
        "dek": draft.dek,
        "authors": [_author(each) for each in draft.authors],
        "tags": list(draft.tags),
        "image": draft.image,
        "canonical_url": draft.canonical_url,
        "link": draft.link,
        "audience": list(draft.audience),
        "related": list(related),
        "disclaimer": draft.disclaimer,
        "id": draft.feed_id,
        "aliases": list(draft.aliases),
        "draft": draft.draft,
        "extra": _plain(draft.extra),
    }
    kept: dict[str, Any] = {}
    for key, value in fields.items():
        if value:
            kept[key] = value
        if key == "image" and value:
            kept["image_alt"] = draft.image_alt
    return f"---\n{write_yaml(kept)}---\n{draft.body}"


def _author(author: Author) -> str | dict[str, str]:
    if not author.role and not author.url:
        return author.name
    fields = {"name": author.name, "role": author.role, "url": author.url}
    return {key: value for key, value in fields.items() if value}


def _moment(moment: Moment | None) -> Moment | None:
    """Midnight without a zone, or in UTC, is how systems write a day."""
    if not isinstance(moment, datetime):
        return moment
    day = moment.time() == time(0) and not (moment.utcoffset() or 0)
    return moment.date() if day else moment


def _plain(value: Any) -> Any:
    """A value as front matter can hold it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (str, bool, int, float, date)) else str(value)
