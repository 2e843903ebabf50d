"""Blogger's export: a feed whose entries are posts, pages, comments, settings and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_pieces
from pipeline.importers.draft import PAGE, Draft, Material
from pipeline.importers.exports.post import TRASH, empty
from pipeline.importers.readers import feed

NAME = "blogger"
DESCRIPTION = "an export of Blogger (.xml, feed.atom)"

_KIND = re.compile(r"""blogger/2008/kind#(\w+)|<blogger:type>(POST|PAGE|COMMENT)<""")
_STATUS = re.compile(r"<blogger:status>(\w+)<")
_ENTRY = re.compile(r"<entry\b.*?</entry\s*>", re.DOTALL)
_DRAFT = re.compile(r"<app:draft>\s*yes")
_PATH = re.compile(r"<blogger:filename>\s*([^<]*?([^/<]+)\.html)\s*<")


def takes(material: Material) -> bool:
    """Whether an entry says its kind in Blogger's words. Never raises."""
    return b"<entry" in material.data and (
        b"blogger/2008/kind#" in material.data or b"<blogger:type>" in material.data
    )


def read(material: Material) -> Iterator[Draft]:
    """The posts in it. Raises `PressroomError` for entities and for an export that was cut off."""
    head, lines, last = "", 0, ""
    for number, piece in enumerate(text_pieces(material, "</entry>")):
        if number == 0:
            feed.refuse_entities(piece, material.name)
            head = piece.partition("<entry")[0]
        lines, last = lines + piece.count("\n"), piece
    if not last.rstrip().endswith("</feed>"):
        what = "ends in the middle; perhaps it was not downloaded whole."
        raise PressroomError(what, material.name, lines + 1, "Export it again.")
    for piece in text_pieces(material, "</entry>"):
        for match in _ENTRY.finditer(piece):
            yield _draft(match[0], head, material)


def _draft(entry: str, head: str, material: Material) -> Draft:
    kind = next((each[1] or each[2] for each in _KIND.finditer(entry)), "").lower()
    status = next((each[1] for each in _STATUS.finditer(entry)), "LIVE")
    # Other entries are neither texts nor for the public: comments name their writers.
    if kind not in ("post", "page"):
        return Draft(omitted="a comment" if kind == "comment" else "a setting of the site")
    if "TRASHED" in status:
        return Draft(omitted=TRASH)
    # Each by itself, so that no other entry's status is taken for its own.
    (draft,) = feed.read(replace(material, data=f"{head}{entry}</feed>".encode(), is_head=False))
    path = _PATH.search(entry)
    return replace(
        draft,
        slug=path[2] if path else "",
        path=path[1] if path and not draft.canonical_url else "",
        draft=status != "LIVE" or _DRAFT.search(entry) is not None,
        omitted=PAGE if kind == "page" else empty(draft),
    )
