"""OPML 2.0: the list of all feeds of a publication, for readers that subscribe to several at once."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pipeline.model import OutputFile, Publication
from pipeline.render.feeds.feed_item import Feed, single_line

OPML = "feeds.opml"


def opml_file(publication: Publication, feeds: Iterable[Feed]) -> tuple[OutputFile]:
    """`feeds.opml`: each feed by the address of its RSS form."""
    outlines = "".join(
        f"    <outline{_attributes(text=feed.title, title=feed.title, type='rss')}"
        f"{_attributes(xmlUrl=feed.address('rss'), htmlUrl=feed.page, language=publication.language)}/>\n"
        for feed in feeds
    )
    text = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<opml version="2.0"{_attributes(**{"xml:lang": publication.language})}>\n'
        f"  <head>\n    <title>{escape(single_line(publication.title), quote=False)}</title>\n  </head>\n"
        f"  <body>\n{outlines}  </body>\n</opml>\n"
    )
    return (OutputFile(OPML, text.encode()),)


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())
