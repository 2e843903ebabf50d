"""What a document says of itself in its properties (`docProps/core.xml`; ECMA-376, part 2, clause 11)."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.fields import Field
from pipeline.importers.draft import Draft, Inferred, Left
from pipeline.importers.head.dates import date_of
from pipeline.importers.head.people import people_of
from pipeline.importers.office.package import local, tree_of

_NO_TITLE = re.compile(
    r"(?:(?:new |neues )?(?:microsoft )?(?:word )?(?:document|dokument|doc|untitled|title)"
    r"(?: document)?[ _-]*\d*|microsoft word\b.*|powerpoint.*"
    r"|.*\b(?:template|vorlage)|.*\.(?:docx?|dotx?|odt|rtf))",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:microsoft package.*|(?:windows |office |default )?user\d*|admin(?:istrator)?|owner|unknown|author"
    r"|python-docx|apache poi|un-?named|\S+@\S+)",
    re.IGNORECASE,
)
_TEMPLATE = "2013-12-23T23:15:00Z"
"""When python-docx's template was made, which its documents keep."""


def described(draft: Draft, part: bytes | None, name: str) -> Draft:
    """The draft with what its properties say. Raises `PressroomError` where their XML is broken."""
    if part is None:
        return draft
    said = {local(each): " ".join((each.text or "").split()) for each in tree_of(part, name)}
    said = {key: text for key, text in said.items() if text}
    draft = _dated(
        _by(_titled(draft, said.get("title", "")), said.get("creator", "")), said.get("created", "")
    )
    tags = [said.get("category", ""), *re.split("[,;]", said.get("keywords", ""))]
    keys = {"subject": "subject", "description": "comments", "contentStatus": "status"}
    extra: dict[str, str] = {keys[key]: text for key, text in said.items() if key in keys}
    return replace(
        draft,
        tags=tuple(dict.fromkeys(kept for tag in tags if (kept := tag.strip()))),
        draft=extra.get("status", "").casefold() == "draft",
        extra=extra,
    )


def _titled(draft: Draft, title: str) -> Draft:
    if not title or title == draft.title:
        return draft
    if _NO_TITLE.fullmatch(title):
        return _without(draft, title, "the title in the document's properties, which says nothing")
    return replace(draft, title=title)


def _by(draft: Draft, creator: str) -> Draft:
    if not creator:
        return draft
    if _NO_AUTHOR.fullmatch(creator):
        return _without(draft, creator, "the author in the document's properties, which is no name")
    people = people_of(Field(creator, 1), several=False)
    names = "; ".join(each.name for each in people.authors)
    why = "the document's properties name who made it"
    return replace(draft, authors=people.authors, inferred=(*draft.inferred, Inferred("authors", names, why)))


def _dated(draft: Draft, created: str) -> Draft:
    if not created:
        return draft
    reading = date_of(Field(created, 1))
    if reading is None or reading.moment is None or created == _TEMPLATE:
        return _without(draft, created, "when the document was made, which is no date of the article")
    inferred = Inferred("date", str(reading.moment), "the document was made then")
    return replace(draft, date=reading.moment, inferred=(*draft.inferred, inferred))


def _without(draft: Draft, text: str, reason: str) -> Draft:
    return replace(draft, left=(*draft.left, Left(text, reason)))
