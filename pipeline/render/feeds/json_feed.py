"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from pipeline.render.feeds.feed_item import Feed, FeedItem, plain


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1; the next older archived part is its next page."""
    links = dict(feed.links("json"))
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address("json"),
        **({"next_url": links["prev-archive"]} if "prev-archive" in links else {}),
        "description": feed.description,
        **({"icon": feed.logo.url} if feed.logo else {}),
        "authors": [{"name": plain(feed.publication.title), "url": feed.home}],
        "language": feed.publication.language,
        **({"hubs": [{"type": "WebSub", "url": links["hub"]}]} if "hub" in links else {}),
        "items": [_item(item) for item in feed.items],
    }
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def json_faults(data: bytes) -> tuple[str, ...]:
    """What the schema of `feeds/schemas` says against a JSON Feed: where, and what, of each fault.

    Of a document that is no JSON, that alone.
    """
    from jsonschema import Draft202012Validator

    try:
        document = json.loads(data)
    except ValueError as error:
        return (str(error),)
    schema = json.loads((files("pipeline.render.feeds") / "schemas" / "json-feed.json").read_bytes())
    faults = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda each: each.json_path)
    return tuple(f"{each.json_path}: {_short(each.message)}" for each in faults)


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199]}…"


def _item(item: FeedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.link,
        **({"external_url": item.external_url} if item.external_url else {}),
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        **({"image": item.image.url} if item.image else {}),
        "date_published": item.published.isoformat(timespec="seconds"),
        "date_modified": item.updated.isoformat(timespec="seconds"),
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
    }
