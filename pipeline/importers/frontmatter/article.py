"""A head as an article's fields: one function for each, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers import people
from pipeline.importers.dates import date_of
from pipeline.importers.draft import Draft
from pipeline.importers.frontmatter import addresses
from pipeline.importers.frontmatter.tree import Path, Tree, key_of
from pipeline.importers.frontmatter.values import flag_of, scalar, tags_in, text_of, texts_of
from pipeline.model import Author
from pipeline.support.urls import path_part

_PUBLIC = frozenset(
    {"published", "publish", "public", "live", "sent", "final", "finished", "done", "imported"}
)
_UNFINISHED = frozenset(
    {"draft", "unpublished", "private", "pending", "scheduled", "idea", "outline", "writing", "in progress"}
    | {"in review", "review", "wip", "todo", "hidden", "future", "trash"}
)


def with_fields(draft: Draft, fields: Mapping[str, Field], *, jekyll: bool) -> Draft:
    """The draft with what its head says; what has no home goes under `extra`.

    `jekyll` says that spaces part the entries of `tags` and `categories`. Never raises.
    """
    tree = Tree(fields)
    for step in _STEPS:
        draft = step(draft, tree)
    draft = _tags(draft, tree, jekyll)
    extra = tree.extra()
    return replace(
        draft,
        extra={**draft.extra, **extra},
        inferred=(*draft.inferred, *tree.inferred),
        left=(*draft.left, *tree.left),
    )


def _text(tree: Tree, name: str) -> str:
    """The first text for a field; others that say the same are taken too."""
    first = ""
    for path, field in tree.candidates(name):
        text = text_of(field)
        if text is None:
            continue
        if not first:
            first = text
            if key_of(path).lower().startswith(("meta", "seo", "og")):
                tree.infer(name, text, f"it is the `{key_of(path)}`")
        if text.casefold() == first.casefold():
            tree.take(path)
    return first


def _texts(draft: Draft, tree: Tree) -> Draft:
    return replace(
        draft,
        title=_text(tree, "title"),
        alt_title=_text(tree, "alt_title"),
        dek=_text(tree, "dek"),
    )


def _disclaimer(draft: Draft, tree: Tree) -> Draft:
    for path, field in tree.candidates("disclaimer"):
        if text_of(field) is not None:
            tree.take(path)
            return replace(draft, disclaimer=scalar(field).strip())
    return draft


def _slug(draft: Draft, tree: Tree) -> Draft:
    slug = ""
    for path, field in tree.candidates("slug"):
        text = text_of(field)
        if text is None or (slug and text != slug):
            continue
        if "/" not in text.strip("/") and not any(mark in text for mark in ":{}%"):
            slug = text.strip("/") or slug
            tree.take(path)
        elif not slug and (last := addresses.last_part(text)):
            slug = last
            tree.infer("slug", last, f"it is the last part of `{key_of(path)}`")
    return replace(draft, slug=slug or draft.slug)


def _canonical(draft: Draft, tree: Tree) -> Draft:
    found = ""
    for path, field in tree.candidates("canonical_url"):
        text = text_of(field)
        if text and addresses.is_web(text) and text == (found := found or text):
            tree.take(path)
    return replace(draft, canonical_url=found, base=found)


def _addresses(draft: Draft, tree: Tree) -> Draft:
    """Where the article stands elsewhere tells its slug, where the head has none."""
    slug, aliases = draft.slug, list(draft.aliases)
    for path, field in tree.candidates("address"):
        text = text_of(field)
        if text is None or (last := addresses.last_part(text)) is None:
            continue
        if not slug:
            slug = last
            tree.infer("slug", last, f"it is the last part of `{key_of(path)}`")
        if addresses.one_slug(text) is not None:
            tree.take(path)
            aliases += [last] if last not in (slug, *aliases) else []
    for path, field in tree.candidates("aliases"):
        texts, others = texts_of(field)
        if any("/" not in text and path_part(text) != text.removesuffix(".html") for text in texts):
            continue  # Obsidian's aliases are other titles
        slugs = [addresses.one_slug(text) for text in texts]
        rest = [text for text, found in zip(texts, slugs, strict=True) if found is None] + others
        if any(slugs):
            tree.take(path, rest or None)
        aliases += [each for each in dict.fromkeys(slugs) if each and each not in (slug, *aliases)]
    return replace(draft, slug=slug, aliases=tuple(aliases))


def _dates(draft: Draft, tree: Tree) -> Draft:
    found = {}
    for name in ("date", "updated"):
        first = None
        for path, field in tree.candidates(name):
            if flag_of(field) is not None:
                continue  # `published: true` says whether, not when
            reading = date_of(field)
            if reading is None or reading.moment is None:
                why = reading.note if reading else "is no date that can be read"
                if not isinstance(field.value, (dict, tuple)):
                    tree.leave(path, f"{why}: it stands under `extra`")
                continue
            if first is None:
                first = reading.moment
                if reading.note:
                    tree.infer(name, str(first), reading.note)
            if reading.moment == first and not reading.note.startswith("the zone"):
                tree.take(path)
        found[name] = first
    return replace(draft, date=found["date"] or draft.date, updated=found["updated"])


def _draft(draft: Draft, tree: Tree) -> Draft:
    unfinished = draft.draft
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
    return replace(draft, draft=unfinished)


def _authors(draft: Draft, tree: Tree) -> Draft:
    authors: tuple[Author, ...] = ()
    for path, field in tree.candidates("authors"):
        several = path[-1].lower().endswith("s")
        found = people.people_of(field, several=several)
        if not found.authors:
            continue
        if not authors:
            authors = found.authors
            tree.take(path, found.rest)
            if found.guessed:
                names = "; ".join(f"{a.name}, {a.role}" if a.role else a.name for a in authors)
                tree.infer("authors", names, f"`{key_of(path)}` says `{' '.join(scalar(field).split())}`")
        elif found.rest is None and all(
            any(one.name == a.name and one.role in ("", a.role) and one.url in ("", a.url) for a in authors)
            for one in found.authors
        ):
            tree.take(path)
    if len(authors) == 1:
        [author] = authors
        role = author.role or _text(tree, "author_role")
        url = author.url
        for path, field in tree.candidates("author_url"):
            text = text_of(field) or ""
            if addresses.is_web(text) and text == (url := url or text):
                tree.take(path)
        authors = (Author(author.name, role, url),)
    return replace(draft, authors=authors)


def _image(draft: Draft, tree: Tree) -> Draft:
    image = alt = ""
    for path, field in tree.candidates("image"):
        found = addresses.image_of(field)
        if found is None:
            continue
        if not image:
            image, alt, rest = found
            tree.take(path, rest)
        elif found[0] == image and found[1] in ("", alt) and found[2] is None:
            tree.take(path)
    if image and not alt:
        alt = _text(tree, "image_alt")
    return replace(draft, image=image, image_alt=alt)


def _link(draft: Draft, tree: Tree) -> Draft:
    link = ""
    for path, field in tree.candidates("link"):
        text = text_of(field)
        if text and addresses.is_web(text) and text == (link := link or text):
            tree.take(path)
    return replace(draft, link=link)


def _audience(draft: Draft, tree: Tree) -> Draft:
    audience: list[str] = []
    for path, field in tree.candidates("audience"):
        texts, others = texts_of(field)
        if texts and set(texts) <= set(audience := audience or texts):
            tree.take(path, others or None)
    return replace(draft, audience=tuple(dict.fromkeys(audience)))


def _related(draft: Draft, tree: Tree) -> Draft:
    related = draft.related
    for path, field in tree.candidates("related"):
        links, others = addresses.links_of(field)
        if links and (not related or set(links) <= set(related)):
            related = related or tuple(dict.fromkeys(links))
            tree.take(path, others or None)
    return replace(draft, related=related)


def _tags(draft: Draft, tree: Tree, jekyll: bool) -> Draft:
    """Categories are tags too, and stand first. A second list that adds nothing is taken as well."""
    tags: dict[str, str] = {}
    later: list[tuple[Path, list[str], list[Any]]] = []
    for name in ("categories", "tags"):
        first = True
        for path, field in tree.candidates(name):
            spaced = jekyll and path[-1].lower() in {"tags", "categories"} and field.raw is not None
            texts, others = texts_of(field, by_spaces=spaced)
            texts = [part for text in texts for part in _nested(text, tree)] if first else texts
            if not texts:
                continue
            if not first:
                later.append((path, texts, others))
                continue
            first = False
            tree.take(path, others or None)
            for text in texts:
                tags.setdefault(text.casefold(), text)
            if spaced and len(texts) > 1 and "," not in scalar(field):
                tree.infer("tags", ", ".join(texts), f"spaces part the entries of `{key_of(path)}` in Jekyll")
    for path, texts, others in later:
        if not others and all(text.casefold() in tags for text in texts):
            tree.take(path)
    return replace(draft, tags=tuple(tags.values()))


def _nested(text: str, tree: Tree) -> list[str]:
    parts = [part for part in tags_in(text) if part]
    if len(parts) > 1:
        tree.infer("tags", ", ".join(parts), f"the nested tag `{text}`")
    return parts


_STEPS: tuple[Callable[[Draft, Tree], Draft], ...] = (
    _texts,
    _slug,
    _dates,  # before what else `published` may say
    _draft,
    _canonical,  # before what else `url` may say
    _addresses,
    _authors,
    _image,
    _link,
    _audience,
    _related,
    _disclaimer,
)
