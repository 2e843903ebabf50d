"""Write one feed of so many entries, by Pressroom or by feedgen alone.

    python benchmarks/feed_entries.py (pressroom | feedgen) (rss | atom) WORKSPACE COUNT

Prints the seconds of processor that the writing took, without the imports, and the size in bytes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from archive import FIRST
from feedgen.feed import FeedGenerator

from pipeline.render.feeds.atom import atom
from pipeline.render.feeds.feed_item import Feed, FeedItem
from pipeline.render.feeds.rss import rss
from pipeline.workspace import open_workspace

HTML = "<p>A paragraph with <em>some</em> marks &amp; a <a href='https://example.org/'>link</a>.</p>" * 5


def make_items(count: int) -> tuple[FeedItem, ...]:
    """Make so many items, newest first."""
    return tuple(
        FeedItem(
            id=f"tag:archive.example,2005:{number}",
            link=f"https://archive.example/articles/{number}/",
            title=f"Article {number}",
            summary="A sentence about it.",
            html=HTML,
            authors=("Ada Example",),
            published=FIRST + timedelta(hours=number),
            updated=FIRST + timedelta(hours=number),
            tags=("memory", "sleep"),
        )
        for number in range(count, 0, -1)
    )


def write_pressroom(kind: str, root: Path, items: tuple[FeedItem, ...]) -> Callable[[], bytes]:
    """Return the work of writing a feed by Pressroom."""
    publication = open_workspace(root).files.publication
    feed = Feed(publication, "", "The Archive", "All of it.", "https://archive.example/", items)
    return lambda: {"rss": rss, "atom": atom}[kind](feed)


def write_feedgen(kind: str, items: tuple[FeedItem, ...]) -> bytes:
    """Write the same items by feedgen alone, with the same fields."""
    generator = FeedGenerator()
    generator.id("https://archive.example/")
    generator.title("The Archive")
    generator.description("All of it.")
    generator.link(href="https://archive.example/")
    for item in items:
        entry = generator.add_entry(order="append")
        entry.id(item.id)
        entry.title(item.title)
        entry.link(href=item.link)
        entry.content(item.html, type="html")
        (entry.description if kind == "rss" else entry.summary)(item.summary)
        for name in item.authors:
            entry.author(name=name)
        for tag in item.tags:
            entry.category(term=tag)
        entry.published(item.published)
        entry.updated(item.updated)
    data: bytes = generator.rss_str(pretty=True) if kind == "rss" else generator.atom_str(pretty=True)
    return data


def main() -> None:
    """Write the feed, and print what it took."""
    writer, kind, root, count = sys.argv[1:]
    items = make_items(int(count))
    work = (
        write_pressroom(kind, Path(root), items)
        if writer == "pressroom"
        else lambda: write_feedgen(kind, items)
    )
    wall, cpu = time.perf_counter(), time.process_time()
    data = work()
    print(
        json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "bytes": len(data)})
    )


if __name__ == "__main__":
    main()
