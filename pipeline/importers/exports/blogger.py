"""Blogger's export: a feed whose entries are posts, pages, comments, settings and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.importers.decode import MAX_EXPORT_BYTES, text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.exports.post import PAGE
from pipeline.importers.readers import feed

NAME = "blogger"
DESCRIPTION = "an export of Blogger (.xml)"

_KIND = re.compile(r"""blogger/2008/kind#(\w+)|<blogger:type>(\w+)<""")
_ENTRY = re.compile(r"<entry\b.*?</entry\s*>", re.DOTALL)
_DRAFT = re.compile(r"<app:draft>\s*yes|<blogger:status>\s*DRAFT")


def takes(material: Material) -> bool:
    """Whether an entry says its kind in Blogger's words. Never raises."""
    return b"<entry" in material.data and (
        b"blogger/2008/kind#" in material.data or b"<blogger:type>" in material.data
    )


def read(material: Material) -> tuple[Draft, ...]:
    """The posts in it. Raises `PressroomError` as for any feed."""
    return tuple(_drafts(material))


def _drafts(material: Material) -> Iterator[Draft]:
    text = text_of(material, MAX_EXPORT_BYTES)
    entries = {each[0]: _kind(each[0]) for each in _ENTRY.finditer(text)}
    # Other entries are neither texts nor for the public: comments name their writers.
    for entry, kind in entries.items():
        if kind not in ("post", "page"):
            yield Draft(omitted="a comment" if kind == "comment" else "a setting of the site")
            text = text.replace(entry, "", 1)
    drafts = feed.read(replace(material, data=text.encode()))
    kept = [(entry, kind) for entry, kind in entries.items() if kind in ("post", "page")]
    for draft, (entry, kind) in zip(drafts, kept, strict=False):
        omitted = PAGE if kind == "page" else ""
        yield replace(draft, draft=_DRAFT.search(entry) is not None, omitted=omitted)


def _kind(entry: str) -> str:
    found = _KIND.search(entry)
    return (found[1] or found[2]).lower() if found else ""
