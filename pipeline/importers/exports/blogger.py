"""Blogger's export: a feed whose entries are posts, pages, comments, settings and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.errors import PressroomError
from pipeline.importers.decode import MAX_EXPORT_BYTES, text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.exports.post import PAGE, TRASH, empty
from pipeline.importers.readers import feed

NAME = "blogger"
DESCRIPTION = "an export of Blogger (.xml, feed.atom)"

_KIND = re.compile(r"""blogger/2008/kind#(\w+)|<blogger:type>(POST|PAGE|COMMENT)<""")
_STATUS = re.compile(r"<blogger:status>(\w+)<")
_ENTRY = re.compile(r"<entry\b.*?</entry\s*>", re.DOTALL)
_DRAFT = re.compile(r"<app:draft>\s*yes")
_SLUG = re.compile(r"<blogger:filename>[^<]*?([^/<]+)\.html<")


def takes(material: Material) -> bool:
    """Whether an entry says its kind in Blogger's words. Never raises."""
    return b"<entry" in material.data and (
        b"blogger/2008/kind#" in material.data or b"<blogger:type>" in material.data
    )


def read(material: Material) -> tuple[Draft, ...]:
    """The posts in it. Raises `PressroomError` as for any feed, and for one that was cut off."""
    return tuple(_drafts(material))


def _drafts(material: Material) -> Iterator[Draft]:
    text = text_of(material, MAX_EXPORT_BYTES)
    feed.refuse_entities(text, material.name)
    if not text.rstrip().endswith("</feed>"):
        what = "ends in the middle; perhaps it was not downloaded whole."
        raise PressroomError(what, material.name, text.count("\n") + 1, "Export it again.")
    head = text.partition("<entry")[0]
    for match in _ENTRY.finditer(text):
        entry = match[0]
        kind = next((each[1] or each[2] for each in _KIND.finditer(entry)), "").lower()
        status = next((each[1] for each in _STATUS.finditer(entry)), "LIVE")
        # Other entries are neither texts nor for the public: comments name their writers.
        if kind not in ("post", "page"):
            yield Draft(omitted="a comment" if kind == "comment" else "a setting of the site")
        elif "TRASHED" in status:
            yield Draft(omitted=TRASH)
        else:
            # Each by itself, so that no other entry's status is taken for its own.
            (draft,) = feed.read(replace(material, data=f"{head}{entry}</feed>".encode()))
            slug = _SLUG.search(entry)
            yield replace(
                draft,
                slug=slug[1] if slug else "",
                draft=status != "LIVE" or _DRAFT.search(entry) is not None,
                omitted=PAGE if kind == "page" else empty(draft),
            )
