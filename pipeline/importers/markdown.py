"""Markdown with the front matter of any content system, and Markdown without any.

The keys that are understood stand in `head/keys.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Inferred, Material
from pipeline.importers.head.article import with_fields
from pipeline.importers.head.dialect import common
from pipeline.importers.head.fences import Kind, is_bare_head_of_an_article, parts_of
from pipeline.importers.head.read import head_of
from pipeline.support.urls import path_part

NAME = "markdown"
DESCRIPTION = "Markdown, with or without front matter in YAML, TOML, JSON or lines of `Title: …`"

_ENDINGS = frozenset({".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"})
_OTHERS = frozenset({".eml", ".docx", ".html", ".htm", ".xhtml", ".xml", ".json", ".rss", ".atom"})
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_ ]+(.+))?")


def takes(material: Material) -> bool:
    """Whether it has Markdown's ending, or begins with front matter. Never raises."""
    if material.ending in _OTHERS:
        return False
    if material.data.startswith((b"PK", b"%PDF")):
        return False
    try:
        text = text_of(material)
    except PressroomError:
        return material.ending in _ENDINGS  # `read` says what is wrong with it
    if _PAGE.match(text):
        return False
    if material.ending in _ENDINGS:
        return True
    parts = parts_of(text)
    if parts is None or not parts.closed:
        return False
    return parts.kind is not Kind.LINES or is_bare_head_of_an_article(parts)


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` with the line of front matter that cannot be read."""
    text = text_of(material).replace("__GHOST_URL__", "")  # Ghost's exports begin their own addresses so
    parts = parts_of(text)
    path = PurePosixPath(material.name.partition("?")[0])
    dated = _DATED.fullmatch(_stem(path))
    body, left = common(
        parts.body if parts else text, parts.body_line if parts else 1, mdx=material.ending == ".mdx"
    )
    draft = Draft(body)
    if parts is not None:
        head = head_of(parts, material.name)
        draft = replace(draft, inferred=head.inferred, left=head.comments)
        draft = with_fields(draft, head.fields, jekyll=dated is not None)
    draft = replace(draft, left=(*draft.left, *left))
    return (_named(draft, path, dated),)


def _stem(path: PurePosixPath) -> str:
    """The name that says something: of `a-title/index.md` that of the folder."""
    stem = path.stem
    return path.parent.name if stem.lower() in {"index", "_index", "readme"} else stem


def _named(draft: Draft, path: PurePosixPath, dated: re.Match[str] | None) -> Draft:
    """What the file's name says where the head is silent: Jekyll's date, a slug, Obsidian's title."""
    name = _stem(path)
    if dated and draft.date is None:
        try:
            draft = _inferred(replace(draft, date=date.fromisoformat(dated[1])), "date", dated[1])
        except ValueError:
            dated = None
    if dated:
        name = dated[2] or ""
    # One word, as `draft` or `text`, is seldom more than the name of a file.
    if not draft.slug and "-" in name and path_part(name) == name and not name.replace("-", "").isdigit():
        draft = _inferred(replace(draft, slug=name), "slug", name)
    begins_with_heading = re.match(r"\s*(?:# |[^\n]+\n=+\s*$)", draft.body, re.MULTILINE)
    if not draft.title and " " in name.strip() and not begins_with_heading:
        draft = _inferred(replace(draft, title=name.strip()), "title", name.strip())
    if path.parent.name in {"_drafts", "drafts"} and not draft.draft:
        why = f"it stands in the folder `{path.parent.name}`"
        draft = replace(draft, draft=True, inferred=(*draft.inferred, Inferred("draft", "true", why)))
    return draft


def _inferred(draft: Draft, field: str, value: str) -> Draft:
    note = Inferred(field, value, "it stands in the name of the source")
    return replace(draft, inferred=(*draft.inferred, note))
