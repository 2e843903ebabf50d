"""Exports in JSON: Ghost's, and Buttondown's emails. Any other JSON is refused with what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from pipeline.content.markdown import foreign_html
from pipeline.errors import PressroomError
from pipeline.importers.decode import MAX_EXPORT_BYTES, cleaned, text_of, text_pieces
from pipeline.importers.draft import PAGE, Draft, Left, Material
from pipeline.importers.exports.json_rows import JsonRows, KeyPath
from pipeline.importers.exports.post import (
    EMAIL_ALONE,
    MEMBERS,
    PAID,
    ExportedPost,
    draft_of_post,
    with_merge_tags,
)
from pipeline.importers.readers.feed_item import Person
from pipeline.support.json_text import read_json

NAME = "json"
DESCRIPTION = "an export of Ghost, or of Buttondown's emails (.json)"

_SITE = "__GHOST_URL__"
"""What Ghost's exports write in place of the site's address."""


def takes(material: Material) -> bool:
    """Whether it is JSON by its ending, or without one by its text. Never raises."""
    if material.ending:
        return material.ending == ".json"
    if material.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return False
    try:
        read_json(text_of(material, MAX_EXPORT_BYTES))
    except (PressroomError, ValueError):
        return False
    return True


def read(material: Material) -> Iterator[Draft]:
    """The posts in it. Raises `PressroomError` for JSON that is no export of posts, before the first."""
    tables: dict[str, list[dict[str, Any]]] = {}
    rows = _rows(material)
    ghost, emails, others = 0, 0, 0
    for path, row in rows:
        ghost += _is_post_of_ghost(path)
        emails += _is_email(path, row)
        others += path in _LISTS_OF_EMAILS and not _is_email(path, row)
        if path[-1:] and path[-1] in _BESIDE_POSTS and isinstance(row, dict):
            tables.setdefault(path[-1], []).append(row)
    if ghost:
        return (draft_of_post(each, "") for each in _ghost_posts(material, tables))
    if emails and not others:
        found = (row for path, row in _rows(material) if _is_email(path, row))
        return (draft_of_post(_email(each), "") for each in found)
    keys = ", ".join(rows.keys[:5]) or "nothing" if rows.keys is not None else "no fields"
    raise PressroomError(
        f"is JSON, but no export of posts that is known: it has {keys}.",
        material.name,
        hint="Ghost's export (Settings, Migration tools) and Buttondown's emails can be imported.",
    )


def _rows(material: Material) -> JsonRows:
    return JsonRows(text_pieces(material, "}"), material.name)


# --- Ghost ------------------------------------------------------------------------------------

_BESIDE_POSTS = ("tags", "users", "posts_tags", "posts_authors", "posts_meta")
"""The tables of Ghost's export that posts refer to."""


def _is_post_of_ghost(path: KeyPath) -> bool:
    return path[:1] in (("db",), ("data",)) and path[-1] == "posts"


def _ghost_posts(material: Material, tables: dict[str, list[dict[str, Any]]]) -> Iterator[ExportedPost]:
    tags = {str(row.get("id")): _text(row.get("name")) for row in tables.get("tags", ())}
    users = {str(row.get("id")): _text(row.get("name")) for row in tables.get("users", ())}
    tags_of = _joined(tables.get("posts_tags", ()), "tag_id", tags)
    authors_of = _joined(tables.get("posts_authors", ()), "author_id", users)
    more = {str(row.get("post_id")): row for row in tables.get("posts_meta", ())}
    for path, post in _rows(material):
        if not _is_post_of_ghost(path) or not isinstance(post, dict):
            continue
        key = str(post.get("id"))
        authors = authors_of.get(key, [])
        authors = authors or [name for name in [users.get(str(post.get("author_id")), "")] if name]
        html, left = _ghost_html(post)
        slug = _text(post.get("slug"))
        image = _text(post.get("feature_image"))
        yield ExportedPost(
            id=key,
            title=escape(_text(post.get("title"))),
            html=html.replace(_SITE, ""),
            dek=escape(_text(post.get("custom_excerpt"))),
            slug=slug,
            link=_text(post.get("canonical_url")),
            path=f"/{slug}/" if slug else "",
            published=_text(post.get("published_at")),
            updated=_text(post.get("updated_at")) if post.get("status") == "published" else "",
            people=tuple(Person(name) for name in authors),
            # A name that begins with # is Ghost's mark for tags that no reader sees.
            tags=tuple(name for name in tags_of.get(key, ()) if not name.startswith("#")),
            image=image.replace(_SITE, ""),
            image_alt=_text(more.get(key, {}).get("feature_image_alt")),
            image_caption=_text(more.get(key, {}).get("feature_image_caption")),
            live=post.get("status") in ("published", "sent") and not left,
            private=_private(post),
            left=left,
            omitted=PAGE if post.get("type") == "page" or post.get("page") else "",
            feed_id=key,
        )


def _private(post: dict[str, Any]) -> str:
    """The reason why the public has not seen a post of Ghost."""
    visibility = post.get("visibility")
    if visibility not in (None, "public"):
        return MEMBERS if visibility == "members" else PAID
    return EMAIL_ALONE if post.get("status") == "sent" else ""


def _joined(rows: Iterable[dict[str, Any]], key: str, names: dict[str, str]) -> dict[str, list[str]]:
    """The names by post that a table of pairs joins to it, in their order."""
    by_post: dict[str, list[str]] = {}

    def order(row: dict[str, Any]) -> int:
        return place if isinstance(place := row.get("sort_order"), int) else 0

    for row in sorted(rows, key=order):
        if name := names.get(str(row.get(key))):
            by_post.setdefault(str(row.get("post_id")), []).append(name)
    return by_post


def _ghost_html(post: dict[str, Any]) -> tuple[str, tuple[Left, ...]]:
    """The body as HTML: as it is, or else from the editor's own form (lexical, mobiledoc)."""
    if html := _text(post.get("html")):
        return html, ()
    for form in ("lexical", "mobiledoc"):
        if isinstance(source := post.get(form), str) and source:
            try:
                data = read_json(source, strict=False)
                return (_lexical(data["root"]) if form == "lexical" else _mobiledoc(data)), ()
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
                return "", (Left(cleaned(source), f"a body in {form} that cannot be read"),)
    return f"<p>{escape(_text(post.get('plaintext')))}</p>".replace("\n\n", "</p><p>"), ()


_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))
"""Lexical's bits of a text's format."""


def _lexical(node: dict[str, Any]) -> str:
    """A node of Lexical as HTML; a card that is not known is left as the words in it."""
    kind = node.get("type")
    inside = "".join(_lexical(each) for each in node.get("children", ()))
    if kind in ("text", "extended-text"):
        html = escape(_text(node.get("text")))
        for bit, tag in _FORMATS:
            if int(node.get("format") or 0) & bit:
                html = f"<{tag}>{html}</{tag}>"
        return html
    if kind == "linebreak":
        return "<br>"
    if kind in ("heading", "extended-heading"):
        tag = _text(node.get("tag")) or "h2"
        return f"<{tag}>{inside}</{tag}>" if re.fullmatch("h[1-6]", tag) else f"<p>{inside}</p>"
    if kind in ("quote", "extended-quote", "aside"):
        return f"<blockquote><p>{inside}</p></blockquote>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" else "ul"
        return f"<{tag}>{inside}</{tag}>"
    if kind == "listitem":
        return f"<li>{inside}</li>"
    if kind in ("link", "autolink"):
        return f'<a href="{escape(_text(node.get("url")))}">{inside}</a>'
    if kind == "paragraph":
        return f"<p>{inside}</p>"
    return inside or _card(str(kind), node)


def _mobiledoc(data: dict[str, Any]) -> str:
    """Mobiledoc 0.3 as HTML (github.com/bustle/mobiledoc-kit, MOBILEDOC.md)."""
    parts = []
    for section in data["sections"]:
        if section[0] == 1:
            parts.append(f"<{_tag(section[1])}>{_markers(section[2], data)}</{_tag(section[1])}>")
        elif section[0] == 2:
            parts.append(f'<img src="{escape(_text(section[1]))}" alt="">')
        elif section[0] == 3:
            items = "".join(f"<li>{_markers(each, data)}</li>" for each in section[2])
            parts.append(f"<{_tag(section[1])}>{items}</{_tag(section[1])}>")
        elif section[0] == 10:
            name, card = data["cards"][section[1]]
            parts.append(_card(name, card))
    return "".join(parts)


def _tag(name: str) -> str:
    return name if re.fullmatch(r"p|h[1-6]|blockquote|ul|ol|aside", name) else "p"


def _markers(markers: list[Any], data: dict[str, Any]) -> str:
    html = ""
    opened: list[str] = []
    for kind, opening, closing, value in markers:
        for number in opening:
            name, *attributes = data["markups"][number]
            pairs = attributes[0] if attributes else []
            link = dict(zip(pairs[::2], pairs[1::2], strict=False)).get("href", "")
            name = name if re.fullmatch("a|b|code|em|i|s|strong|sub|sup|u", name) else "span"
            html += f'<a href="{escape(link)}">' if name == "a" else f"<{name}>"
            opened.append(name)
        html += escape(_text(value)) if kind == 0 else "<br>"
        for _ in range(min(closing, len(opened))):
            html += f"</{opened.pop()}>"
    return html + "".join(f"</{name}>" for name in reversed(opened))


_CARD_TEXTS = (
    "sponsorLabel",
    "header",
    "heading",
    "subheader",
    "subheading",
    "productTitle",
    "productDescription",
    "calloutText",
    "toggleHeading",
    "content",
    "textValue",
    "html",
    "disclaimer",
)
"""Where the other cards of Ghost's editor have words (github.com/TryGhost/Koenig, kg-default-nodes)."""
_FIELDS_OF_GHOST = re.compile(
    r"\{(?P<name>first_name|email)(?:,?\s*(?:[\"\u201c\u201d]|&quot;)"
    r"(?P<fallback>[^\"\u201c\u201d&{}|*\n]*)(?:[\"\u201c\u201d]|&quot;))?\}"
)
_CARD_TITLES = frozenset({"header", "heading", "productTitle", "toggleHeading"})
_CARD_PICTURES = ("imageUrl", "productImageSrc")
_CARD_BUTTONS = (("buttonUrl", "buttonText"), ("productUrl", "productButton"))


def _card(name: str, card: dict[str, Any]) -> str:
    """A card of Ghost's editor as HTML, with the caption below it."""
    words = {key: _text(value) for key, value in card.items()}
    caption = words.get("caption") or words.get("fileCaption", "")
    if name == "image":
        figure = f"<figcaption>{caption}</figcaption>" if caption else ""
        picture = f'<img src="{escape(words.get("src", ""))}" alt="{escape(words.get("alt", ""))}">'
        return f"<figure>{picture}{figure}</figure>"
    return _card_body(name, card, words) + (f"<p>{caption}</p>" if caption else "")


def _card_body(name: str, card: dict[str, Any], words: dict[str, str]) -> str:
    if name in ("html", "markdown", "card-markdown"):
        return words.get("html") or foreign_html(words.get("markdown", ""))
    if name == "paywall":
        return "<!--members-only-->"  # as Ghost writes it
    if name in ("hr", "horizontalrule"):
        return "<hr>"
    if name in ("code", "codeblock"):
        language = re.sub(r"[^\w+-]", "", words.get("language", ""))
        named = f' class="language-{language}"' if language else ""
        return f"<pre><code{named}>{escape(words.get('code', ''))}</code></pre>"
    if name == "gallery":
        return "".join(_card("image", each) for each in card.get("images", ()) if isinstance(each, dict))
    if name in ("bookmark", "embed", "video", "audio", "file") and (
        url := words.get("url") or words.get("src", "")
    ):
        page = card.get("metadata") or {}
        title = words.get("title") or words.get("fileTitle") or _text(page.get("title")) or url
        about = _text(page.get("description"))
        link = f'<p><a href="{escape(url)}">{escape(title)}</a></p>'
        return link + (f"<p>{escape(about)}</p>" if about else "")
    parts = [f'<img src="{escape(words[key])}" alt="">' for key in _CARD_PICTURES if words.get(key)]
    for key in filter(words.get, _CARD_TEXTS):
        text = with_merge_tags(words[key], _FIELDS_OF_GHOST)
        text = f"<strong>{text}</strong>" if key in _CARD_TITLES else text
        parts.append(f"<div>{text}</div>")
    for address, label in _CARD_BUTTONS:
        text, url = escape(words.get(label, "")), words.get(address, "")
        parts += [f'<p><a href="{escape(url)}">{text}</a></p>' if url else f"<p>{text}</p>"] if text else []
    # The class that Ghost itself gives the card, by which the cleanup knows boxes, calls and sign-ups.
    return f'<div class="kg-{escape(name)}-card">{"".join(parts)}</div>' if parts else ""


# --- Buttondown -------------------------------------------------------------------------------


_LISTS_OF_EMAILS: tuple[KeyPath, ...] = ((), ("results",))


def _is_email(path: KeyPath, value: Any) -> bool:
    return path in _LISTS_OF_EMAILS and isinstance(value, dict) and "subject" in value and "body" in value


_FIELDS_OF_BUTTONDOWN = re.compile(
    r"\{\{\s*subscriber\.(?:metadata\.)?(?P<name>first_name|last_name|email)\s*"
    r"(?:\|\s*default:?\s*\(?\s*(?:[\"']|&quot;)(?P<fallback>[^\"'&{}|*\n]*)(?:[\"']|&quot;)\s*\)?\s*)?\}\}"
)
_FOR_SOME = re.compile(r"\{%-?\s*(?:if|unless|case)\b[^%]*\bsubscriber\b")
"""A condition of Buttondown on who reads it."""


def _email(email: dict[str, Any]) -> ExportedPost:
    return button_post({key: _text(value) for key, value in email.items()})


def button_post(row: dict[str, str]) -> ExportedPost:
    """A post of Buttondown, from the fields of an email in its export."""
    body = with_merge_tags(row.get("body", ""), _FIELDS_OF_BUTTONDOWN)
    as_html = "buttondown-editor-mode: fancy" in body[:200]
    status, kind = row.get("status", "sent"), row.get("email_type", "public")
    private = "a part of it was for some readers alone" if _FOR_SOME.search(body) else ""
    private = EMAIL_ALONE if row.get("archival_mode") == "disabled" else private
    private = PAID if kind in ("premium", "private", "churned") else private
    return ExportedPost(
        id=row.get("id", "") or row["subject"],
        title=escape(row["subject"]),
        html=re.sub(r"^<!--\s*buttondown-editor-mode[^>]*-->", "", body) if as_html else "",
        markdown="" if as_html else body,
        dek=escape(row.get("description", "")),
        slug=row.get("slug", ""),
        link=row.get("canonical_url", "") or row.get("absolute_url", ""),
        published=row.get("publish_date", "") or row.get("creation_date", ""),
        image=row.get("image", ""),
        live=status in ("sent", "published", "imported", "in_flight") and kind != "hidden",
        private=private,
        omitted="deleted there" if status == "deleted" else "",
    )


def _text(value: Any) -> str:
    return cleaned(value) if isinstance(value, str) else str(value) if isinstance(value, int) else ""
