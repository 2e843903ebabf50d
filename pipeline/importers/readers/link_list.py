"""Lists of links: bookmarks of a browser or a service, CSV with a header, OPML, a Markdown list of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from pipeline.config.fields import Field
from pipeline.errors import PressroomError, suggest
from pipeline.importers.blocks import Kind, parse_blocks
from pipeline.importers.dates import date_of
from pipeline.importers.decode import cleaned, text_of
from pipeline.importers.draft import Material
from pipeline.importers.escape import foreign
from pipeline.importers.exports.table import ENDINGS, Row, first_cell, is_of_posts, rows_of
from pipeline.importers.html.tree import Tag, elements, soup_of, text, value, xml_of
from pipeline.importers.inline import links as links_of
from pipeline.importers.inline import readable
from pipeline.importers.readers.feed_item import FeedText as Text
from pipeline.importers.settle import host_of
from pipeline.support.numbers_in_text import whole_number
from pipeline.support.urls import scheme_of

LINKS_FORM = "links"
"""What `--form` calls a list of links, which becomes link items and no article."""

_NETSCAPE = re.compile(r"\s*<!DOCTYPE NETSCAPE-Bookmark-file-1", re.IGNORECASE)
COLUMNS = {
    "url": ("url", "link", "address", "href", "uri"),
    "title": ("title", "name", "headline"),
    "comment": ("description", "comment", "note", "notes", "excerpt", "summary"),
    "tags": ("tags", "tag", "labels", "category", "categories", "folder"),
    "date": ("date", "created", "created_at", "added", "time_added", "published"),
}
_LIKENESS = 0.7
"""How like the name of a column another one is that may be a slip: `tgas` is, `state` is not."""

_NAMED_COLUMNS = 8
_LONGEST_COMMENT = 600
_LATEST = 10**11
"""Seconds since 1970 that a browser writes at most; `datetime` ends with the year 9999."""
_ITEM = re.compile(
    r"\s*(?:[-+*]|\d+[.)])\s+\[([^\[\]]+)\]\((https?://[^\s()]+)\)\s*[:–—-]?\s*(.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A link of a list; the comment is Markdown."""

    url: str
    title: str
    comment: str = ""
    tags: tuple[str, ...] = ()
    day: date | None = None


def read_link_list(material: Material, warnings: list[PressroomError]) -> tuple[SourceLink | str, ...]:
    """The links of a source that is nothing but a list of links; empty for any other.

    In place of an entry that cannot become a link item there is the reason. Columns of a table that are not
    understood are added to `warnings`. Raises `PressroomError` for a table that cannot be read.
    """
    ending = PurePosixPath(material.name).suffix.lower()
    try:
        source = text_of(material)
    except PressroomError:
        return ()
    if "<!entity" in source.lower():  # the reader of feeds refuses what would be expanded
        return ()
    if _NETSCAPE.match(source):
        return tuple(_bookmarks(source))
    entries: tuple[SourceLink | str, ...] = ()
    if ending in ENDINGS:
        rows = list(rows_of(material))
        entries = tuple(_rows(rows))
        if entries:
            warnings += (*_unknown_columns(rows, material.name), *_unread_dates(rows, material.name))
    elif source.lstrip().startswith("<") and re.search(r"<(?:opml|rss)\b", source[:2000], re.IGNORECASE):
        entries = tuple(_outlines(source)) or tuple(_items(source))
    elif ending in (".md", ".markdown"):
        entries = tuple(_markdown(source))
    return entries if any(isinstance(each, SourceLink) for each in entries) else ()


def _link(
    url: str, title: str, comment: str = "", tags: str | list[str] = "", when: str = ""
) -> SourceLink | str:
    """A link with its texts on one line; without a web address, the reason why it cannot become one."""
    # A character that a page escapes, as in `&#27;`, was none when its text was read.
    url, title, comment = cleaned(url).strip(), cleaned(title), cleaned(comment)
    if not re.fullmatch(r"https?://\S+", url):
        return f"a {scheme_of(url)}: address" if scheme_of(url) else "a link without a web address"
    names = re.split(r"[,;|]", tags) if isinstance(tags, str) else tags
    return SourceLink(
        url,
        " ".join(title.split()) or url,
        foreign(" ".join(comment.split())),
        tuple(dict.fromkeys(tag.strip().lstrip("#") for tag in map(cleaned, names) if tag.strip())),
        _day(when),
    )


def _day(when: str) -> date | None:
    reading = date_of(Field(when.strip(), 1))
    moment = reading.moment if reading else None
    return moment.date() if isinstance(moment, datetime) else moment


def _bookmarks(source: str) -> Iterator[SourceLink | str]:
    """Links of a browser's bookmarks, with the note below each; the folder is its tag if it has none."""
    parts = list(elements(soup_of(source), "h3", "a", "dd"))
    for tag, following in zip(parts, [*parts[1:], None], strict=True):
        if tag.name != "a":
            continue
        # No <dt> is closed, so the parser has one in the other: only the order says which note is whose.
        words = following.find_all(string=True) if following and following.name == "dd" else ()
        comment = "".join(str(each) for each in words if each.find_parent(["dd", "dt", "dl"]) is following)
        list_of_folder = tag.find_parent("dl")
        heading = list_of_folder and list_of_folder.find_previous("h3")
        folder = text(heading) if isinstance(heading, Tag) else ""
        added = whole_number(value(tag, "add_date"))
        when = ""
        if added is not None and added < _LATEST:
            when = datetime.fromtimestamp(added, UTC).date().isoformat()
        yield _link(value(tag, "href"), text(tag), comment, value(tag, "tags") or folder, when)


def _rows(rows: list[Row]) -> Iterator[SourceLink | str]:
    """Links of a table that has a column of addresses and none of texts."""
    names = rows[0].keys()
    columns = {field: [key for key in keys if key in names] for field, keys in COLUMNS.items()}
    if not columns["url"] or is_of_posts(names):
        return
    for row in rows:
        cells = {field: first_cell(row, keys) for field, keys in columns.items()}
        yield _link(cells["url"], cells["title"], cells["comment"], cells["tags"], cells["date"])


def _unknown_columns(rows: list[Row], file: str) -> Iterator[PressroomError]:
    """Report the columns with words in them whose names are not those of `COLUMNS`, in one warning."""
    known = {name for names in COLUMNS.values() for name in names}
    unknown = [name for name in rows[0] if name not in known and any(row[name] for row in rows)]
    if not unknown:
        return
    missing = [name for names in COLUMNS.values() if rows[0].keys().isdisjoint(names) for name in names]
    near = ((name, suggest(name, missing, _LIKENESS)) for name in unknown)
    hints = [f"{name}: {hint}" for name, hint in near if hint]
    named = ", ".join(unknown[:_NAMED_COLUMNS]) + ", …" * (len(unknown) > _NAMED_COLUMNS)
    yield PressroomError(
        f"left out what is in the {'column' if len(unknown) == 1 else 'columns'} {named}.",
        file,
        1,
        " ".join((*hints, f"Links have the columns {', '.join(COLUMNS)}; docs/links.md has all names.")),
    )


def _unread_dates(rows: list[Row], file: str) -> Iterator[PressroomError]:
    """Report the dates of a table that cannot be read with certainty, in one warning."""
    keys = [key for key in COLUMNS["date"] if key in rows[0]]
    unread = [when for row in rows if (when := first_cell(row, keys).strip()) and not _day(when)]
    if unread:
        what = "1 date" if len(unread) == 1 else f"{len(unread):,} dates"
        message = f'{what} cannot be read, such as "{unread[0]}": today\'s is written instead.'
        yield PressroomError(message, file, None, "Write them as 2026-01-31.")


def _outlines(source: str) -> Iterator[SourceLink | str]:
    """Links of OPML that are no feeds."""
    for tag in elements(xml_of(source), "outline"):
        if not value(tag, "xmlUrl"):
            parents = [value(each, "text") for each in tag.find_parents("outline")]
            title = value(tag, "title") or value(tag, "text")
            if address := value(tag, "url") or value(tag, "htmlUrl"):  # without one it is a folder
                yield _link(address, title, value(tag, "_note"), value(tag, "category") or parents)


def _items(source: str) -> Iterator[SourceLink]:
    """Items of a bookmark service's RSS: each leads to another site, and has no text but a comment."""
    soup = xml_of(source)
    home = host_of(
        next(
            (text(each) for each in elements(soup, "link") if each.parent and each.parent.name == "channel"),
            "",
        )
    )
    found: list[SourceLink] = []
    for item in elements(soup, "item"):
        parts = {each.name: text(each) for each in item.find_all(True, recursive=False)}
        comment = Text(parts.get("description", "")).plain
        host = host_of(parts.get("link", ""))
        tags = [text(each) for each in elements(item, "category")]
        link = _link(
            parts.get("link", ""), Text(parts.get("title", "")).title, comment, tags, parts.get("pubDate", "")
        )
        own = not home or host.endswith(home) or home.endswith(host)
        if isinstance(link, str) or own or "encoded" in parts or len(comment) > _LONGEST_COMMENT:
            return
        found.append(link)
    yield from found


def _markdown(source: str) -> Iterator[SourceLink]:
    """Links of Markdown that is nothing but headings and lists of links; the heading is the tag."""
    found: list[SourceLink] = []
    tag = ""
    for block in parse_blocks(source):
        if block.kind is Kind.HEADING:
            tag = block.words if block.level > 1 else ""
            continue
        items = re.split(r"\n(?=(?:[-+*]|\d+[.)])\s)", block.text) if block.kind is Kind.LIST else []
        matches = [_ITEM.fullmatch(item.strip()) for item in items]
        if not matches or not all(matches):
            return
        for match in filter(None, matches):
            rest = " ".join(match[3].split())
            if links_of(rest) and len(readable(rest)) > _LONGEST_COMMENT:
                return
            found.append(SourceLink(match[2], readable(match[1]), rest, (tag,) if tag else ()))
    yield from found if len(found) > 1 else ()
