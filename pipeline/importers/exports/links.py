"""Lists of links: bookmarks of a browser, tables, OPML, feeds of a bookmark service, lists in Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, parse_blocks
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Material
from pipeline.importers.exports.table import ENDINGS, rows_of
from pipeline.importers.html.tree import soup_of, value, xml_of
from pipeline.importers.inline import readable
from pipeline.importers.readers.feed_item import moment_of
from pipeline.support.urls import path_part

_BOOKMARKS = re.compile(r"\s*<!DOCTYPE\s+NETSCAPE-Bookmark-file", re.IGNORECASE)
_SERVICES = (
    "raindrop.io",
    "pinboard.in",
    "del.icio.us",
    "instapaper.com",
    "getpocket.com",
    "linkding",
    "shaarli",
)
"""What the feeds of bookmark services call themselves."""
_URL_COLUMNS = ("url", "link", "href", "address", "uri")
_TEXT_COLUMNS = {"content", "html", "body", "content_html"}
_TITLE_COLUMNS = ("title", "name", "text")
_COMMENT_COLUMNS = ("comment", "description", "note", "excerpt", "summary", "selection")
_TAG_COLUMNS = ("tags", "tag", "folder", "category")
_DATE_COLUMNS = ("created", "created_at", "date", "time", "time_added", "saved_at")
_BULLET = r"\s*(?:[-*+]|\d+[.)])\s+"
_ITEM = re.compile(
    _BULLET + r"(?:\[[ xX]\]\s+)?\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s)>]+)>?[^)]*\)(.*)", re.DOTALL
)
_BARE = re.compile(_BULLET + r"<?(https?://[^\s>]+)>?\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ForeignLink:
    """A link as a list has it; the comment is plain text, and `added` the day on which it was saved."""

    url: str
    title: str
    comment: str = ""
    tags: tuple[str, ...] = ()
    added: date | None = None


def takes_links(material: Material) -> bool:
    """Whether it is a list of links. Never raises."""
    try:
        return _reader(material, text_of(material)) is not None
    except PressroomError:
        return False


def read_links(material: Material) -> tuple[ForeignLink, ...]:
    """The links in it. Raises `PressroomError` for what holds none."""
    reader = _reader(material, text_of(material))
    links = tuple(each for each in reader(material) if each.url) if reader else ()
    if not links:
        raise PressroomError("holds no links.", material.name)
    return links


def _reader(material: Material, text: str) -> Callable[[Material], Iterator[ForeignLink]] | None:
    if _BOOKMARKS.match(text):
        return _bookmarks
    if material.ending in ENDINGS:
        with suppress(PressroomError):
            row = rows_of(material)[0]
            if (
                any(key in row for key in _URL_COLUMNS)
                and not {"content", "html", "body", "content_html"} & row.keys()
            ):
                return _table
        return None
    head = text[:2000].lower()
    if "<opml" in head:
        return _opml if re.search(r"<outline\b[^<>]*\burl\s*=", text, re.IGNORECASE) else None
    if "<rss" in head and any(each in head for each in _SERVICES):
        return _feed
    if material.ending in (".md", ".markdown", ".txt") and _is_list(text):
        return _markdown
    return None


# --- the forms ----------------------------------------------------------------------------------


def _bookmarks(material: Material) -> Iterator[ForeignLink]:
    """A browser's bookmarks (Netscape's format); a folder's name is a tag."""
    soup = soup_of(text_of(material))
    for link in soup.find_all("a"):
        note = link.find_next(["dd", "dt"])
        comment = _own_text(note) if note is not None and note.name == "dd" else ""
        folder = link.find_previous("h3")
        tags = [*value(link, "tags").split(","), folder.get_text() if folder is not None else ""]
        seconds = value(link, "add_date")
        added = datetime.fromtimestamp(int(seconds[:10]), UTC).date() if seconds.isdecimal() else None
        yield ForeignLink(value(link, "href"), link.get_text().strip(), comment, _tags(tags), added)


def _own_text(note: object) -> str:
    """The text of a note; the parser puts the links that follow into it."""
    texts = []
    for child in getattr(note, "children", ()):
        if getattr(child, "name", None) in ("dt", "dl", "dd", "p"):
            break
        texts.append(child.get_text() if hasattr(child, "get_text") else str(child))
    return " ".join("".join(texts).split())


def _table(material: Material) -> Iterator[ForeignLink]:
    for row in rows_of(material):
        url = _first(row, _URL_COLUMNS)
        yield ForeignLink(
            url,
            _first(row, _TITLE_COLUMNS) or url,
            _first(row, _COMMENT_COLUMNS),
            _tags(re.split(r"[,;|]", _first(row, _TAG_COLUMNS))),
            _day(_first(row, _DATE_COLUMNS)),
        )


def _opml(material: Material) -> Iterator[ForeignLink]:
    for outline in xml_of(text_of(material)).find_all("outline"):
        url = value(outline, "url") or value(outline, "htmlUrl") or value(outline, "htmlurl")
        title = value(outline, "text") or value(outline, "title") or url
        above = outline.parent
        folder = value(above, "text") if above is not None and above.name == "outline" else ""
        if url:
            yield ForeignLink(url, title, value(outline, "description"), _tags([folder]))


def _feed(material: Material) -> Iterator[ForeignLink]:
    for item in xml_of(text_of(material)).find_all("item"):
        texts = {child.name: child.get_text().strip() for child in item.find_all(True, recursive=False)}
        tags = [each.get_text() for each in item.find_all("category")]
        comment = " ".join(soup_of(texts.get("description", "")).get_text(" ").split())
        url = texts.get("link", "")
        yield ForeignLink(
            url, texts.get("title") or url, comment, _tags(tags), _day(texts.get("pubDate", ""))
        )


def _is_list(text: str) -> bool:
    """Whether a Markdown file is headings and lists alone, each item of which begins with a link."""
    blocks = parse_blocks(text)
    lists = [block for block in blocks if block.kind is Kind.LIST]
    if not lists or any(block.kind not in (Kind.LIST, Kind.HEADING) for block in blocks):
        return False
    items = [item for block in lists for item in _items(block.text)]
    return len(items) > 1 and all(_ITEM.match(item) or _BARE.match(item) for item in items)


def _markdown(material: Material) -> Iterator[ForeignLink]:
    """A list of links in Markdown; the heading above is a tag, but for the title of the whole."""
    heading = ""
    for block in parse_blocks(text_of(material)):
        if block.kind is Kind.HEADING:
            heading = block.words if block.level > 1 else ""
        for item in _items(block.text) if block.kind is Kind.LIST else ():
            if match := _ITEM.match(item):
                title, url, rest = readable(match[1]), match[2], match[3]
            elif match := _BARE.match(item):
                title, url, rest = match[1], match[1], match[2]
            else:
                continue
            comment = readable(re.sub(r"^[\s:–—-]+", "", rest))
            yield ForeignLink(url, title, comment, _tags([heading]))


def _items(text: str) -> list[str]:
    """The items of a list at its first level."""
    lines = text.split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    items: list[str] = []
    for line in lines:
        if re.match(rf"\s{{0,{indent + 1}}}(?:[-*+]|\d+[.)])\s", line):
            items.append(line)
        elif items:
            items[-1] += f"\n{line}"
    return items


# --- values -------------------------------------------------------------------------------------


def _first(row: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((row[key] for key in keys if row.get(key)), "")


def _tags(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path_part(each) for each in names if each.strip()))


def _day(text: str) -> date | None:
    if text.isdecimal() and len(text) >= 10:
        return datetime.fromtimestamp(int(text[:10]), UTC).date()
    reading = moment_of(text)
    return reading.date() if isinstance(reading, datetime) else reading
