"""Front matter as an article's fields, by one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.dates import date_of
from pipeline.importers.draft import Draft
from pipeline.importers.frontmatter.keys import Path, Tree, key_of
from pipeline.importers.frontmatter.values import (
    flag_of,
    image_of,
    is_web,
    last_part,
    links_of,
    old_address,
    one_slug,
    scalar,
    tags_in,
    text_of,
    texts_of,
)
from pipeline.importers.people import people_of
from pipeline.model import Author
from pipeline.support.urls import path_part

_PUBLIC = frozenset(
    ["published", "publish", "public", "live", "sent", "final", "finished", "done", "imported"]
)
_UNFINISHED = frozenset(
    [
        "draft",
        "unpublished",
        "private",
        "pending",
        "scheduled",
        "idea",
        "outline",
        "writing",
        "review",
        "wip",
        "todo",
        "hidden",
        "future",
        "trash",
    ]
) | {"in progress", "in review"}


@dataclass(frozen=True, slots=True)
class _Value:
    """A value that was read; `rest` has no place in the field, `note` is how it was guessed."""

    value: Any
    rest: Any = None
    note: str = ""


def _line(path: Path, field: Field) -> _Value | None:
    text = text_of(field)
    seo = key_of(path).lower().startswith(("meta", "seo", "og"))
    return _Value(text, note=f"it is the `{key_of(path)}`" if seo else "") if text is not None else None


def _lines(path: Path, field: Field) -> _Value | None:
    return _Value(scalar(field).strip()) if text_of(field) is not None else None


def _web(path: Path, field: Field) -> _Value | None:
    text = text_of(field)
    return _Value(text) if text and is_web(text) else None


def _moment(path: Path, field: Field) -> _Value | None:
    reading = date_of(field) if flag_of(field) is None else None  # `published: true` says whether, not when
    return _Value(reading.moment, note=reading.note) if reading and reading.moment else None


def _people(path: Path, field: Field) -> _Value | None:
    people = people_of(field, several=path[-1].lower().endswith("s"))
    note = f"`{key_of(path)}` says `{' '.join(scalar(field).split())}`" if people.guessed else ""
    return _Value(people.authors, people.rest, note) if people.authors else None


def _image(path: Path, field: Field) -> _Value | None:
    image = image_of(field)
    return _Value(image[:2], image[2]) if image else None


def _audience(path: Path, field: Field) -> _Value | None:
    texts, others = texts_of(field)
    return _Value(tuple(dict.fromkeys(texts)), others or None) if texts else None


def _links(path: Path, field: Field) -> _Value | None:
    links, others = links_of(field)
    return _Value(tuple(dict.fromkeys(links)), others or None) if links else None


def _equal(first: Any, other: Any) -> bool:
    return bool(first == other)


def _same_words(first: str, other: str) -> bool:
    return first.casefold() == other.casefold()


def _within(first: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return set(others) <= set(first)


def _same_people(first: tuple[Author, ...], others: tuple[Author, ...]) -> bool:
    return all(
        any(one.name == a.name and one.role in ("", a.role) and one.url in ("", a.url) for a in first)
        for one in others
    )


def _same_image(first: tuple[str, str], other: tuple[str, str]) -> bool:
    return first[0] == other[0] and other[1] in ("", first[1])


_Read = Callable[[Path, Field], _Value | None]

TABLE: tuple[tuple[str, _Read, Callable[[Any, Any], bool]], ...] = (
    ("title", _line, _same_words),
    ("alt_title", _line, _same_words),
    ("dek", _line, _same_words),
    ("disclaimer", _lines, _equal),
    ("date", _moment, _equal),
    ("updated", _moment, _equal),
    ("canonical_url", _web, _equal),
    ("authors", _people, _same_people),
    ("image", _image, _same_image),
    ("link", _web, _equal),
    ("audience", _audience, _within),
    ("related", _links, _within),
)
"""Field, how a value is read, and whether another value says no more than the first: then it is taken too.

The keys of each field are in `keys.py`; the first value wins, in their order.
"""


def with_fields(draft: Draft, fields: Mapping[str, Field], *, jekyll: bool) -> Draft:
    """The draft with the fields of its front matter; what has no home goes under `extra`.

    `jekyll` says that spaces part the entries of `tags` and `categories`. Never raises.
    """
    tree = Tree(fields)
    slug = _slug(tree)
    values: dict[str, Any] = {name: _first(tree, name, read, same) for name, read, same in TABLE}
    unfinished = _draft(tree, draft.draft)
    slug, aliases = _addresses(tree, slug)
    image, alt = values["image"] or ("", "")
    if image and not alt:
        alt = _first(tree, "image_alt", _line, _same_words) or ""
    authors: tuple[Author, ...] = values["authors"] or ()
    if len(authors) == 1:
        role = authors[0].role or _first(tree, "author_role", _line, _same_words) or ""
        url = authors[0].url or _first(tree, "author_url", _web, _equal) or ""
        authors = (Author(authors[0].name, role, url),)
    tags = _tags(tree, jekyll)
    extra = tree.extra()
    return replace(
        draft,
        title=values["title"] or "",
        alt_title=values["alt_title"] or "",
        dek=values["dek"] or "",
        disclaimer=values["disclaimer"] or "",
        canonical_url=values["canonical_url"] or "",
        link=values["link"] or "",
        slug=slug or draft.slug,
        date=values["date"] or draft.date,
        updated=values["updated"],
        draft=unfinished,
        base=values["canonical_url"] or "",
        aliases=aliases,
        authors=authors,
        image=image,
        image_alt=alt,
        audience=values["audience"] or (),
        related=values["related"] or draft.related,
        tags=tags,
        extra={**draft.extra, **extra},
        inferred=(*draft.inferred, *tree.inferred),
        left=(*draft.left, *tree.left),
    )


def _first(tree: Tree, name: str, read: _Read, same: Callable[[Any, Any], bool]) -> Any:
    """The first value of a field; others that say the same are taken too."""
    first: _Value | None = None
    for path, field in tree.candidates(name):
        value = read(path, field)
        if value is None:
            if read is _moment and flag_of(field) is None and not isinstance(field.value, (dict, tuple)):
                reading = date_of(field)
                why = reading.note if reading and reading.note else "is no date that can be read"
                tree.leave(path, f"{why}: it is under `extra`")
        elif first is None:
            first = value
            # A zone that is not known is said by the text, which stays.
            if not value.note.startswith("the zone"):
                tree.take(path, value.rest)
            if value.note:
                tree.infer(name, _shown(value.value), value.note)
        elif value.rest is None and not value.note.startswith("the zone") and same(first.value, value.value):
            tree.take(path)
    return first.value if first else None


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(f"{each.name}, {each.role}" if each.role else each.name for each in value)
    return str(value)


def _slug(tree: Tree) -> str:
    slug = ""
    for path, field in tree.candidates("slug"):
        text = text_of(field)
        if text is None or (slug and text != slug):
            continue
        if "/" not in text.strip("/") and not any(mark in text for mark in ":{}%"):
            slug = text.strip("/") or slug
            tree.take(path)
        elif not slug and (last := last_part(text)):
            slug = last
            tree.infer("slug", last, f"it is the last part of `{key_of(path)}`")
    return slug


def _addresses(tree: Tree, slug: str) -> tuple[str, tuple[str, ...]]:
    """The slug, from the article's address if the front matter has none; and earlier slugs and addresses."""
    aliases: list[str] = []
    for path, field in tree.candidates("address"):
        text = text_of(field)
        if text is None or (last := last_part(text)) is None:
            continue
        if not slug:
            slug = last
            tree.infer("slug", last, f"it is the last part of `{key_of(path)}`")
        if alias := old_address(text):
            tree.take(path)
            aliases += [alias] if alias not in aliases else []
        elif one_slug(text) is not None:
            tree.take(path)
            aliases += [last] if last not in (slug, *aliases) else []
    for path, field in tree.candidates("aliases"):
        texts, others = texts_of(field)
        if any("/" not in text and path_part(text) != text.removesuffix(".html") for text in texts):
            continue  # Obsidian's aliases are other titles
        slugs = [old_address(text) or one_slug(text) for text in texts]
        rest = [text for text, one in zip(texts, slugs, strict=True) if one is None] + others
        if any(slugs):
            tree.take(path, rest or None)
        aliases += [each for each in dict.fromkeys(slugs) if each and each not in (slug, *aliases)]
    return slug, tuple(aliases)


def _draft(tree: Tree, unfinished: bool) -> bool:
    for name, sign in (("draft", True), ("published", False)):
        for path, field in tree.candidates(name):
            if (flag := flag_of(field)) is not None:
                tree.take(path)
                unfinished = unfinished or flag is sign
                if path[-1].lower() not in {"draft", "published"} and flag is sign:
                    tree.infer("draft", "true", f"the source says `{key_of(path)}: {scalar(field)}`")
    for path, field in tree.candidates("status"):
        word = (text_of(field) or "").lower().replace("_", " ").replace("-", " ")
        if word in _UNFINISHED:
            unfinished = True
            if word != "draft":
                tree.infer("draft", "true", f"the source says `{key_of(path)}: {scalar(field)}`")
        if word in _PUBLIC or word == "draft":
            tree.take(path)
    return unfinished


def _tags(tree: Tree, jekyll: bool) -> tuple[str, ...]:
    """Categories are tags too, and come first. A second list that adds nothing is taken as well."""
    tags: dict[str, str] = {}
    later: list[tuple[Path, list[str], list[Any]]] = []
    for name in ("categories", "tags"):
        first = True
        for path, field in tree.candidates(name):
            spaced = jekyll and path[-1].lower() in {"tags", "categories"} and field.raw is not None
            texts, others = texts_of(field, by_spaces=spaced)
            texts = [part for text in texts for part in _nested(text, tree)] if first else texts
            if texts and first:
                first = False
                tree.take(path, others or None)
                for text in texts:
                    tags.setdefault(text.casefold(), text)
                if spaced and len(texts) > 1 and "," not in scalar(field):
                    tree.infer(
                        "tags", ", ".join(texts), f"spaces part the entries of `{key_of(path)}` in Jekyll"
                    )
            elif texts:
                later.append((path, texts, others))
    for path, texts, others in later:
        if not others and all(text.casefold() in tags for text in texts):
            tree.take(path)
    return tuple(tags.values())


def _nested(text: str, tree: Tree) -> list[str]:
    parts = [part for part in tags_in(text) if part]
    if len(parts) > 1:
        tree.infer("tags", ", ".join(parts), f"the nested tag `{text}`")
    return parts
