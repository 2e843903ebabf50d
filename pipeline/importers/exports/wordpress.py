"""WordPress's export (WXR), which Squarespace writes too: posts and pages, with what belongs to each.

It is read twice as a stream: for what posts refer to, then post by post. No comment and no password of it
gets into an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_pieces
from pipeline.importers.draft import PAGE, Draft, Left, Material
from pipeline.importers.exports.classic_html import Upload, as_html
from pipeline.importers.exports.post import MEMBERS, PAID, TRASH, ExportedPost, draft_of_post
from pipeline.importers.readers.feed import refuse_entities
from pipeline.importers.readers.feed_item import Person, Recording
from pipeline.support.files import MAX_SOURCE_BYTES
from pipeline.support.json_text import read_json
from pipeline.support.numbers_in_text import whole_number

NAME = "wordpress"
DESCRIPTION = "an export of WordPress or Squarespace (.xml)"

_LEFT_OUT = {
    "attachment": "an upload",
    "nav_menu_item": "an entry of a menu",
    "revision": "an earlier version",
    "custom_css": "a setting of the site",
    "customize_changeset": "a setting of the site",
    "oembed_cache": "a setting of the site",
    "wp_block": "a pattern, which is in the posts that show it",
    "wp_global_styles": "a setting of the site",
    "wp_navigation": "an entry of a menu",
    "wp_template": "a setting of the site",
    "wp_template_part": "a setting of the site",
}
"""What each type of item is that is neither a post nor a page."""


_PATTERN = re.compile(r'<!--\s*wp:block\s*\{[^{}]*"ref":\s*(\d+)[^{}]*\}\s*/-->')
"""A pattern that several posts share; its text is a post of its own."""


@dataclass(frozen=True, slots=True)
class Library:
    """What posts refer to by its id: pictures, and patterns that several of them share."""

    pictures: dict[str, Upload] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)


def takes(material: Material) -> bool:
    """Whether it declares WordPress's namespace of exports. Never raises."""
    return b"wordpress.org/export/" in material.data[:20_000] and b"<rss" in material.data[:20_000]


def read(material: Material) -> Iterator[Draft]:
    """The posts in it. Raises `PressroomError` with the line of XML that cannot be read, before the first."""
    names: dict[str, str] = {}
    library = Library()
    base, posts = "", 0
    for element in _elements(material):
        if element.tag == "item":
            posts += 1
            if _child(element, "post_type") == "attachment":
                caption = unescape(_child(element, "encoded", "excerpt"))
                upload = Upload(
                    _child(element, "attachment_url"), caption, _meta(element, "_wp_attachment_image_alt")
                )
                library.pictures[_child(element, "post_id")] = upload
            elif _child(element, "post_type") == "wp_block":
                library.patterns[_child(element, "post_id")] = _child(element, "encoded", "content")
        elif element.tag.endswith("}author"):
            names[_child(element, "author_login")] = _child(element, "author_display_name")
        elif element.tag.endswith("}base_blog_url") or (element.tag == "link" and not base):
            base = (element.text or "").strip() or base
    if not posts:
        raise PressroomError("holds no posts.", material.name)
    for element in _elements(material):
        if element.tag == "item":
            yield draft_of_post(_post(element, names, library), base)


def _elements(material: Material) -> Iterator[Element]:
    """The children of the channel, each whole, one after the other."""
    parser = XMLPullParser(("start", "end"))  # type: ignore[var-annotated]  # generic in its stubs alone
    above: list[Element] = []
    begun = False
    try:
        for number, piece in enumerate(text_pieces(material, ">")):
            if not begun:  # entities are declared above the first element
                refuse_entities(piece, material.name)
            if number == 0:
                # Plugins leave empty lines above the declaration, which XML does not allow.
                piece = re.sub(r"^\s*<\?xml\b[^>]*\?>", lambda match: "\n" * match[0].count("\n"), piece)
            parser.feed(piece)
            for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
                if event == "start":
                    begun = True
                    above.append(element)
                    continue
                above.pop()
                if len(above) == 2 and above[1].tag == "channel":
                    yield element
                    above[1].remove(element)
        parser.close()
    except ParseError as error:
        what = "the XML of this export is broken here; perhaps it was not downloaded whole."
        raise PressroomError(what, material.name, error.position[0], "Export it again.") from error


def _post(item: Element, names: dict[str, str], library: Library) -> ExportedPost:
    kind, status = _child(item, "post_type") or "post", _child(item, "status") or "publish"
    login = _child(item, "creator", "purl.org/dc")
    name = names.get(login) or login
    omitted = _LEFT_OUT.get(kind, "" if kind == "post" else PAGE if kind == "page" else f"a {kind}")
    if status in ("trash", "inherit") and not omitted:
        omitted = TRASH if status == "trash" else "an earlier version"
    gmt = _child(item, "post_date_gmt")
    notes, left = _notes(item)
    html = ""
    if omitted in ("", PAGE):
        content, patterns = _content(item, library)
        html, shortcodes = as_html(content + notes, library.pictures)
        left = (*left, *patterns, *shortcodes)
    featured = library.pictures.get(_meta(item, "_thumbnail_id"), Upload(""))
    return ExportedPost(
        id=_child(item, "guid", ""),
        title=_child(item, "title", ""),
        html=html,
        dek=_child(item, "encoded", "excerpt"),
        slug=_child(item, "post_name").rpartition("/")[2],
        link=_child(item, "link", "") if "?p=" not in _child(item, "link", "") else "",
        published=f"{gmt}Z" if re.match("[12]", gmt) else _published(item),
        people=(Person(name),) if name else (),
        tags=_terms(item, "post_tag"),
        categories=_terms(item, "category"),
        image=featured.address,
        image_alt=featured.alt,
        recordings=_recordings(item),
        # Plugins for editors have statuses of their own, such as "pitch".
        live=status == "publish" and not _child(item, "post_password"),
        # Jetpack, and WordPress.com: who may read it.
        private={"subscribers": MEMBERS, "everybody": "", "": ""}.get(
            _meta(item, "_jetpack_newsletter_access"), PAID
        ),
        left=left,
        omitted=omitted,
        feed_id=_child(item, "guid", ""),
    )


def _content(item: Element, library: Library) -> tuple[str, tuple[Left, ...]]:
    """The text of a post with the patterns that it shares with others, and those that cannot be put in."""
    left: list[Left] = []
    room = MAX_SOURCE_BYTES

    def with_patterns(text: str, around: tuple[str, ...]) -> str:
        def pattern(match: re.Match[str]) -> str:
            nonlocal room
            number = match[1]
            inner = library.patterns.get(number, "")
            room -= len(match[0]) + len(inner)
            if number in library.patterns and number not in around and room > 0:
                return with_patterns(inner, (*around, number))
            left.append(Left(match[0], "a pattern that is not in the export, or holds itself"))
            return ""

        return _PATTERN.sub(pattern, text)

    return with_patterns(_child(item, "encoded", "content"), ()), tuple(left)


def _notes(item: Element) -> tuple[str, tuple[Left, ...]]:
    """The notes below a post as WordPress shows them, and what of them cannot be read."""
    if not (source := _meta(item, "footnotes")):
        return "", ()
    try:
        pairs = [(escape(each["id"]), str(each["content"])) for each in read_json(source)]
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", (Left(source, "notes that cannot be read"),)
    notes = (f'<li id="{name}">{html} <a href="#{name}-link">\u21a9</a></li>' for name, html in pairs)
    return f"\n\n<ol>{''.join(notes)}</ol>" if pairs else "", ()


def _published(item: Element) -> str:
    """The date as RSS has it; that of a draft is in the year -0001."""
    date = _child(item, "pubDate", "")
    return _child(item, "post_date") if "-0001" in date else date


def _child(parent: Element, name: str, space: str = "wordpress.org/export") -> str:
    """The text of a child; `space` is a part of its namespace, empty for RSS's own."""
    for child in parent:
        uri, _, local = child.tag.rpartition("}")
        if local == name and (space in uri if space else not uri):
            return (child.text or "").strip()
    return ""


def _meta(item: Element, key: str) -> str:
    pairs = (each for each in item if each.tag.endswith("}postmeta"))
    return next((_child(each, "meta_value") for each in pairs if _child(each, "meta_key") == key), "")


def _recordings(item: Element) -> tuple[Recording, ...]:
    """The recording that a podcast's post encloses: address, size and type, a line each."""
    address, size, kind = (*_meta(item, "enclosure").split("\n"), "", "", "")[:3]
    return (
        (Recording(address.strip(), whole_number(size.strip()) or 0),)
        if kind.strip().startswith("audio/")
        else ()
    )


def _terms(item: Element, domain: str) -> tuple[str, ...]:
    """Tags or categories, without the category that posts have which were put into none."""
    return tuple(
        unescape((each.text or "").strip())
        for each in item.findall("category")
        if each.get("domain", "category") == domain and each.get("nicename") != "uncategorized"
    )
