"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from typing import Any

from pipeline.errors import PressroomError
from pipeline.importers.decode import cleaned
from pipeline.importers.readers.feed_item import (
    FeedText,
    Person,
    Recording,
    SourceItem,
    joined,
    seconds_of,
)
from pipeline.support.json_text import read_json
from pipeline.support.numbers_in_text import whole_number

_READ = frozenset(
    {"id", "url", "title", "content_html", "content_text", "summary", "image", "banner_image"}
    | {"date_published", "date_modified", "author", "authors", "tags"}
)


def is_json_feed(text: str) -> bool:
    """Whether this text looks like a JSON Feed. Never raises."""
    head = text[:1000].lstrip()
    return head.startswith("{") and "jsonfeed.org/version/" in text.replace("\\/", "/")


def json_items(text: str, name: str, address: str) -> tuple[SourceItem, ...]:
    """The items of a JSON Feed; `address` is its own. Raises `PressroomError` for other JSON."""
    try:
        feed = read_json(text, strict=False)
    except json.JSONDecodeError as error:
        raise PressroomError("is not JSON that can be read.", name, error.lineno) from error
    except ValueError as error:
        raise PressroomError(f"is no JSON that can be read: {error}.", name) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise PressroomError("is no JSON Feed: it has no list of `items`.", name)
    base = joined(address, _text(feed.get("home_page_url"))) or address
    people = _people(feed)
    return tuple(_item(each, base, people) for each in items if isinstance(each, dict))


def _item(item: dict[str, Any], base: str, everyone: tuple[Person, ...]) -> SourceItem:
    contents = (
        FeedText(_text(item.get("content_html")), True),
        FeedText(_text(item.get("content_text")), False),
    )
    people = _people(item)
    attachments = item.get("attachments")
    files = attachments if isinstance(attachments, list) else []
    pictures = [each for each in files if isinstance(each, dict) and _is_file(each, "image/")]
    tags = item.get("tags")
    named = [_text(each) for each in tags] if isinstance(tags, list) else [_text(tags)]
    extra = {key: value for key, value in item.items() if key not in _READ}
    audio = [each for each in files if isinstance(each, dict) and _is_file(each, "audio/")]
    extra["attachments"] = [each for each in files if each not in pictures and each not in audio]
    if files == [] and attachments:
        extra["attachments"] = attachments
    link = _text(item.get("url"))
    images = [_text(item.get("image")), _text(item.get("banner_image"))]
    images += [_text(each.get("url")) for each in pictures]
    title = _text(item.get("title"))
    return SourceItem(
        id=_text(item.get("id")),
        link=joined(base, link) if link else "",
        title=FeedText(title, re.search(r"</\w+>|&#?\w+;", title) is not None),
        contents=tuple(each for each in contents if each.value),
        summaries=(FeedText(_text(item.get("summary"))),),
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        people=people or everyone,
        inherited=not people,
        tags=tuple(named),
        images=tuple(each for each in images if each),
        recordings=tuple(
            Recording(
                joined(base, _text(each.get("url"))),
                whole_number(_text(each.get("size_in_bytes")).strip()) or 0,
                seconds_of(_text(each.get("duration_in_seconds")).partition(".")[0]),
                _text(each.get("title")),
            )
            for each in audio
        ),
        base=joined(base, link),
        extra=extra,
    )


def _people(place: dict[str, Any]) -> tuple[Person, ...]:
    """`authors` of version 1.1, and `author` of version 1."""
    several = place.get("authors")
    found = several if isinstance(several, list) else []
    found = found or [place.get("author")]
    people = []
    for each in found:
        if isinstance(each, dict):
            url = _text(each.get("url"))
            mail = url if url.startswith("mailto:") else ""
            people.append(Person(_text(each.get("name")), "" if mail else url, mail))
        elif _text(each):
            people.append(Person(_text(each)))
    return tuple(each for each in people if each != Person(""))


def _is_file(attachment: dict[str, Any], kind: str) -> bool:
    return _text(attachment.get("mime_type")).startswith(kind) and bool(_text(attachment.get("url")))


def _text(value: Any) -> str:
    """A text, or a number as one; of anything else nothing. JSON can name halves of characters."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return cleaned(str(value))
