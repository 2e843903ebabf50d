"""Markdown with the front matter of any content system, and Markdown without any.

The keys that are understood are in `frontmatter/keys.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.config.fields import Field
from pipeline.errors import PressroomError
from pipeline.importers.blocks import parse_blocks
from pipeline.importers.dates import date_of
from pipeline.importers.decode import text_of
from pipeline.importers.draft import PAGE, Draft, Material
from pipeline.importers.frontmatter.article import with_fields
from pipeline.importers.frontmatter.fences import Language, is_bare_head_of_an_article, parts_of
from pipeline.importers.frontmatter.read import head_of
from pipeline.importers.readers.dialects import translate
from pipeline.importers.readers.raw_html import without_html
from pipeline.support.urls import path_part

NAME = "markdown"
DESCRIPTION = "Markdown, with or without front matter in YAML, TOML, JSON or lines of `Title: …`"

_ENDINGS = frozenset({".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"})
_OTHERS = frozenset({".eml", ".docx", ".html", ".htm", ".xhtml", ".xml", ".json", ".rss", ".atom"})
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_ ]+(.+))?")
_IN_NAME = "it is in the name of the source"


def takes(material: Material) -> bool:
    """Whether it has Markdown's ending, or begins with front matter. Never raises."""
    if material.ending in _OTHERS or material.data.startswith((b"PK", b"%PDF")):
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
    return parts.language is not Language.LINES or is_bare_head_of_an_article(parts)


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` with the line of front matter that cannot be read."""
    text = text_of(material).replace("__GHOST_URL__/", "/")  # Ghost's exports begin their own addresses so
    parts = parts_of(text)
    path = PurePosixPath(material.name.partition("?")[0])
    dated = _DATED.fullmatch(_stem(path))
    source = parts.body if parts else text
    body, left = translate(source, mdx=material.ending == ".mdx")
    numbered = body.count("\n") == source.count("\n")
    blocks = tuple(without_html(parse_blocks(body, parts.body_line if parts else 1), left))
    above = "\n" * (parts.body_line - 1) if parts else ""
    draft = Draft(blocks, source_text=f"{above}{source}", numbered=numbered)
    if parts is not None:
        head = head_of(parts, material.name)
        draft = replace(draft, inferred=head.inferred, left=head.comments)
        draft = with_fields(draft, head.fields, jekyll=dated is not None)
    return (_named(draft.leaving(*left), path, dated),)


def _stem(path: PurePosixPath) -> str:
    """The name that tells something: of `a-title/index.md` that of the folder."""
    return path.parent.name if path.stem.lower() in {"index", "_index", "readme"} else path.stem


def _named(draft: Draft, path: PurePosixPath, dated: re.Match[str] | None) -> Draft:
    """What the file's name says if the front matter is silent: Jekyll's date, a slug, Obsidian's title."""
    name = _stem(path)
    if dated and draft.date is None:
        reading = date_of(Field(dated[1], 1))
        if reading:
            draft = replace(draft, date=reading.moment).inferring("date", dated[1], _IN_NAME)
        else:
            dated = None
    if dated:
        name = dated[2] or ""
    # One word, as `draft` or `text`, is seldom more than the name of a file.
    if not draft.slug and "-" in name and path_part(name) == name and not name.replace("-", "").isdigit():
        draft = replace(draft, slug=name).inferring("slug", name, _IN_NAME)
    titled = any(block.level == 1 for block in draft.blocks[:1])
    if not draft.title and " " in name.strip() and not titled:
        draft = replace(draft, title=name.strip()).inferring("title", name.strip(), _IN_NAME)
    if path.stem == "_index":  # the page of a folder, at Hugo and Zola
        draft = replace(draft, omitted=PAGE)
    if path.parent.name in {"_drafts", "drafts"} and not draft.draft:
        draft = replace(draft, draft=True).inferring(
            "draft", "true", f"it is in the folder `{path.parent.name}`"
        )
    return draft
