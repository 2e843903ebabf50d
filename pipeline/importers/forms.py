"""The forms that writing comes in, in the order in which they are asked whether a source is theirs."""

from __future__ import annotations

from pipeline.errors import PressroomError, suggest
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Importer, Material
from pipeline.importers.exports import blogger, json_export, mailchimp, medium, notion, table, wordpress
from pipeline.importers.readers import docx, feed, markdown, message, page, text
from pipeline.importers.readers.link_list import LINKS_FORM

IMPORTERS: tuple[Importer, ...] = (
    docx,
    message,
    wordpress,
    blogger,
    feed,
    json_export,
    medium,
    mailchimp,
    page,
    table,
    notion,
    markdown,
    text,
)
"""Forms that are known by their bytes come first, the one that takes any text last."""


def check_form(form: str) -> None:
    """Raise `PressroomError`, with the nearest one or all, for a name that is no form's."""
    known = (*(each.NAME for each in IMPORTERS), LINKS_FORM)
    if form not in known:
        hint = suggest(form, known) or f"The forms are {', '.join(known)}."
        raise PressroomError(f'there is no form "{form}".', "--form", hint=hint)


def importer_for(material: Material, form: str | None = None) -> Importer:
    """The importer of this form, or the first that takes the source.

    Raises `PressroomError` if no importer takes it.
    """
    if form == LINKS_FORM:
        raise PressroomError("is no list of links.", material.name)
    if form is not None:
        return next(each for each in IMPORTERS if form == each.NAME)
    for each in IMPORTERS:
        if each.takes(material):
            return each
    text_of(material)  # which says what keeps it from being read: its size, or nothing in it
    raise PressroomError(
        "is no form that can be imported.",
        material.name,
        hint="Import Markdown, text, HTML, a feed, .docx, .eml, or an export of another system.",
    )
