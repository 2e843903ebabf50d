"""Feeds: RSS, Atom and JSON Feed, an article an item. feedparser is wrapped here and nowhere else.

It gets bytes, never an address, so that nothing is fetched. An item is known by its id, then by its link.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipeline.errors import PressroomError
from pipeline.fields import Field
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Inferred, Left, Material, Moment
from pipeline.importers.head.dates import date_of
from pipeline.importers.plain.shapes import same
from pipeline.model import Author

NAME = "feed"
DESCRIPTION = "RSS, Atom or JSON Feed: an article an item"

_XML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*|<\?xml-stylesheet[^>]*>\s*|<!DOCTYPE[^>\[]*(?:\[.{0,2000}?\]\s*)?>\s*)*"
    r"<(?:\w+:)?(rss|feed|RDF|opml)\b",
    re.DOTALL,
)
_JSON = re.compile(r'\s*\{.{0,4000}?"version"\s*:\s*"https?://(?:www\.)?jsonfeed\.org/version/', re.DOTALL)
_ENDINGS = frozenset({".rss", ".atom", ".rdf", ".opml"})
_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_MOST_ITEMS = 5000
_LONGEST_DEK = 400

_KNOWN = frozenset(
    {
        *(
            "title",
            "title_detail",
            "id",
            "guidislink",
            "link",
            "links",
            "content",
            "summary",
            "summary_detail",
        ),
        *("author", "author_detail", "authors", "contributors", "publisher_detail", "tags", "published"),
        *(
            "published_parsed",
            "updated",
            "updated_parsed",
            "created",
            "created_parsed",
            "media_content",
            "media_thumbnail",
        ),
        *("image", "itunes_image", "href", "base", "language", "subtitle_detail", "xml_base"),
    }
)
"""What feedparser gives of an item that has a place here; the rest goes under `extra`."""


def takes(material: Material) -> bool:
    """Whether it is a feed, or a list of feeds, by its first element or its ending. Never raises."""
    if material.ending in _ENDINGS or material.media_type in _TYPES:
        return True
    if material.data.startswith((b"PK", b"%PDF")):
        return False
    try:
        text = text_of(material)[:20_000]
    except PressroomError:
        return False
    return _XML.match(text) is not None or _JSON.match(text) is not None


def read(material: Material) -> tuple[Draft, ...]:
    """The articles of a feed, in its order.

    Raises `PressroomError` for what is no feed, declares entities of its own, or holds no articles.
    """
    text = text_of(material)
    drafts = tuple(_of_json(text, material) if text.lstrip().startswith("{") else _of_xml(text, material))
    if not drafts:
        raise PressroomError("is a feed without articles.", material.name)
    return drafts


# --- XML -------------------------------------------------------------------------------------


def _of_xml(text: str, material: Material) -> Iterator[Draft]:
    import feedparser

    if entity := re.search(r"<!ENTITY\b", text):
        raise PressroomError(
            "declares entities of its own, which are not expanded.",
            material.name,
            text.count("\n", 0, entity.start()) + 1,
            "Feeds need none. Look at where this one comes from.",
        )
    root = _XML.match(text)
    if root and root[1] == "opml":
        feeds = [html.unescape(each) for each in re.findall(r"""\bxmlUrl\s*=\s*["']([^"']+)""", text)]
        hint = (
            f"Import the feeds that it names: {', '.join(feeds[:5])}{' …' if feeds[5:] else ''}"
            if feeds
            else None
        )
        raise PressroomError("is a list of feeds, not a feed.", material.name, hint=hint)
    found = feedparser.parse(_as_utf8(text), sanitize_html=False, resolve_relative_uris=False)
    if not found.entries and found.bozo:
        error = found.get("bozo_exception")
        line = error.getLineNumber() if hasattr(error, "getLineNumber") else None
        why = error.getMessage() if hasattr(error, "getMessage") else ""
        raise PressroomError(f"is no feed that can be read{f': {why}' if why else ''}.", material.name, line)
    for entry in found.entries[:_MOST_ITEMS]:
        yield _article(entry, found.feed, material)


def _as_utf8(text: str) -> bytes:
    """The text for the parser: an encoding that it declared is no longer its own."""
    return (
        re.sub(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text, count=1)
        .lstrip()
        .encode()
    )


def _article(entry: Any, feed: Any, material: Material) -> Draft:
    left: list[Left] = []
    link = _web(entry.get("link", ""))
    content = _content(entry.get("content") or ())
    summary = entry.get("summary", "")
    body_html = content or summary
    body, from_body = _markdown(body_html, entry, bool(content))
    left += from_body
    title = entry.get("title", "")
    if entry.get("title_detail", {}).get("type") != "text/plain":
        title = _plain(title)
    dek = ""
    if content and summary and summary != content:
        said = _plain(summary)
        if len(said) > _LONGEST_DEK or same(body).startswith(same(said.rstrip(" .…[]")) or "-"):
            left.append(Left(said, "the summary of the item, which is the beginning of its text"))
        else:
            dek = said
    date, date_left = _moment(entry, "published", "created")
    updated, updated_left = _moment(entry, "updated")
    left += [*date_left, *updated_left]
    if date is None:
        date, updated = updated, None
    image, media_left = _image(entry, body)
    left += media_left
    key = str(entry.get("id") or link or f"{title} {entry.get('published', '')}").strip()
    return Draft(
        body,
        title=title,
        dek=dek,
        date=date,
        updated=updated,
        authors=_people(entry),
        tags=tuple(
            dict.fromkeys(
                _plain(each.get("label") or each.get("term") or "") for each in entry.get("tags") or ()
            )
        ),
        image=image,
        canonical_url=link,
        extra=_rest(entry),
        key=key,
        base=link or _web(feed.get("link", "")) or material.address,
        left=tuple(left),
    )


def _content(contents: Any) -> str:
    """The full text of an item, HTML before plain text."""
    best = ""
    for each in contents:
        value = each.get("value") or ""
        if each.get("type") == "text/plain":
            value = f"<pre-text>{html.escape(value)}</pre-text>" if value else ""
        if len(value) > len(best):
            best = value
    return best


def _markdown(markup: str, entry: Any, full: bool) -> tuple[str, tuple[Left, ...]]:
    from pipeline.importers.markup import converted

    plain = re.fullmatch(r"<pre-text>(.*)</pre-text>", markup, re.DOTALL)
    kind = entry.get("summary_detail", {}).get("type", "")
    if plain or (not full and kind == "text/plain"):
        written = html.unescape(plain[1]) if plain else markup
        markup = "".join(
            f"<p>{html.escape(each)}</p>" for each in re.split(r"\n\s*\n", written) if each.strip()
        )
    made = converted(markup)
    return made.markdown, made.left


def _plain(markup: str) -> str:
    """A title or a name as plain text: feeds write it escaped once, twice or not at all."""
    text = " ".join(str(markup).split())
    if re.search(r"<[a-zA-Z/][^<>]*>", text):
        text = re.sub(r"<[^<>]*>", "", text)
    return " ".join(html.unescape(text).split())


def _web(address: str) -> str:
    address = str(address).strip()
    return address if re.match(r"https?://\S+$", address) else ""


def _moment(entry: Any, *names: str) -> tuple[Moment | None, list[Left]]:
    for name in names:
        written = str(entry.get(name) or "").strip()
        if written:
            reading = date_of(Field(written, 1))
            if reading and reading.moment:
                return reading.moment, []
            return None, [Left(written, "a date that cannot be read")]
    return None, []


def _people(entry: Any) -> tuple[Author, ...]:
    found: list[Author] = []
    for each in [*(entry.get("authors") or ()), *(entry.get("contributors") or ())]:
        name = _plain(each.get("name") or "")
        if not name and (mail := each.get("email")):
            name = re.sub(r"@.*", "", mail).replace(".", " ").title()
        if match := re.fullmatch(r"\S+@\S+\s+\(([^()]+)\)", name):
            name = match[1]
        if name:
            found += [
                Author(one.strip(), "", _web(each.get("href") or ""))
                for one in re.split(r"\s+and\s+|;\s*", name)
            ]
    return tuple(dict.fromkeys(found))


def _image(entry: Any, body: str) -> tuple[str, list[Left]]:
    """The item's picture, unless its text shows it; what else it encloses is told."""
    pictures: list[str] = []
    left: list[Left] = []
    for name in ("media_content", "media_thumbnail"):
        for each in entry.get(name) or ():
            address = _web(each.get("url") or "")
            is_image = (
                name == "media_thumbnail"
                or each.get("medium") == "image"
                or "image" in each.get("type", "image")
            )
            if address and is_image:
                pictures.append(address)
            elif address:
                left.append(Left(address, "a file that belongs to the item"))
    for name in ("image", "itunes_image"):
        pictures.append(_web((entry.get(name) or {}).get("href") or (entry.get(name) or {}).get("url") or ""))
    for each in entry.get("links") or ():
        address = _web(each.get("href") or "")
        if each.get("rel") == "enclosure" and address:
            if str(each.get("type", "")).startswith("image/"):
                pictures.append(address)
            else:
                left.append(Left(address, "a file that belongs to the item"))
        elif each.get("rel") not in ("alternate", "enclosure", None) and address:
            left.append(Left(f"{each.get('rel')}: {address}", "an address of the feed's own"))
    chosen = next(filter(None, pictures), "")
    others = [
        Left(each, "another picture of the item")
        for each in dict.fromkeys(pictures)
        if each and each != chosen
    ]
    if chosen and chosen.partition("?")[0] in body:
        return "", others
    return chosen, [*left, *others]


def _rest(entry: Any) -> dict[str, Any]:
    """What has no place in an article, as it is."""
    return {
        key: _value(each)
        for key, each in entry.items()
        if key not in _KNOWN and not key.endswith("_parsed") and each
    }


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _value(each) for key, each in value.items() if each is not None}
    if isinstance(value, (list, tuple)):
        return [_value(each) for each in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


# --- JSON ------------------------------------------------------------------------------------


def _of_json(text: str, material: Material) -> Iterator[Draft]:
    try:
        data = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise PressroomError("is no JSON that can be read.", material.name, line) from error
    except RecursionError as error:
        raise PressroomError("is nested too deeply.", material.name) from error
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise PressroomError("is a JSON Feed without `items`.", material.name)
    authors = data.get("authors") or data.get("author")
    for item in items[:_MOST_ITEMS]:
        if isinstance(item, dict):
            yield _json_article(item, authors, _web(data.get("home_page_url") or ""), material)


_JSON_KNOWN = frozenset(
    {
        *(
            "id",
            "url",
            "title",
            "content_html",
            "content_text",
            "summary",
            "image",
            "banner_image",
            "date_published",
        ),
        *("date_modified", "author", "authors", "tags", "external_url"),
    }
)


def _json_article(item: Mapping[str, Any], feed_authors: Any, home: str, material: Material) -> Draft:
    from pipeline.importers.markup import converted

    def said(name: str) -> str:
        value = item.get(name)
        return (
            value.strip() if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""
        )

    left: list[Left] = []
    markup = said("content_html") or "".join(
        f"<p>{html.escape(each)}</p>" for each in re.split(r"\n\s*\n", said("content_text")) if each.strip()
    )
    summary = said("summary")
    made = converted(markup or f"<p>{html.escape(summary)}</p>")
    dates: dict[str, Moment] = {}
    for name in ("date_published", "date_modified"):
        reading = date_of(Field(said(name), 1)) if said(name) else None
        if reading and reading.moment:
            dates[name] = reading.moment
        elif said(name):
            left.append(Left(said(name), "a date that cannot be read"))
    date, updated = dates.get("date_published"), dates.get("date_modified")
    people = item.get("authors") or item.get("author") or feed_authors or []
    image = _web(said("image")) or _web(said("banner_image"))
    link = _web(said("url"))
    tags = item.get("tags")
    draft = Draft(
        made.markdown,
        title=_plain(said("title")),
        dek=summary if markup and len(summary) <= _LONGEST_DEK else "",
        date=date or updated,
        updated=updated if date else None,
        authors=tuple(
            Author(str(each["name"]).strip(), "", _web(each.get("url") or ""))
            for each in (people if isinstance(people, list) else [people])
            if isinstance(each, dict) and each.get("name")
        ),
        tags=tuple(str(each) for each in tags if isinstance(each, str)) if isinstance(tags, list) else (),
        image="" if image and image in made.markdown else image,
        canonical_url=link,
        link=_web(said("external_url")),
        extra={key: _value(each) for key, each in item.items() if key not in _JSON_KNOWN and each},
        key=said("id") or link or said("title"),
        base=link or home or material.address,
        left=(*left, *made.left),
    )
    if markup and summary and not draft.dek:
        draft = replace(
            draft, left=(*draft.left, Left(summary, "the summary of the item, longer than a dek"))
        )
    if not item.get("authors") and not item.get("author") and draft.authors:
        names = ", ".join(each.name for each in draft.authors)
        draft = replace(
            draft, inferred=(*draft.inferred, Inferred("authors", names, "the author of the feed"))
        )
    return draft
