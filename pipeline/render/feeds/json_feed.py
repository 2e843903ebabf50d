"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from pipeline.model import Audio
from pipeline.render.feeds.feed_item import Feed, FeedItem, single_line
from pipeline.render.site_icon import site_icon
from pipeline.support.urls import home_url


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1. Its `next_url` is the next older archived part."""
    links, icon = dict(feed.links("json")), site_icon(feed.publication, feed.logo).url
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address("json"),
        **({"next_url": links["prev-archive"]} if "prev-archive" in links else {}),
        "description": feed.description,
        "icon": icon,
        "favicon": icon,
        "authors": [{"name": single_line(feed.publication.title), "url": home_url(feed.publication)}],
        "language": feed.publication.language,
        **({"hubs": [{"type": "WebSub", "url": links["hub"]}]} if "hub" in links else {}),
        "items": [_item(item) for item in feed.items],
    }
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _item(item: FeedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.link,
        **({"external_url": item.external_url} if item.external_url else {}),
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        **({"image": item.image.url} if item.image else {}),
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [
            {"name": name, **({"url": url} if (url := item.author_urls.get(name)) else {})}
            for name in item.authors
        ],
        "tags": list(item.tags),
        **({"attachments": [_attachment(item.audio)]} if item.audio else {}),
    }


def _attachment(audio: Audio) -> dict[str, Any]:
    return {
        "url": audio.url,
        "mime_type": audio.media_type,
        "title": audio.title,
        "size_in_bytes": audio.size,
        **({"duration_in_seconds": audio.minutes * 60} if audio.minutes else {}),
    }
