"""A campaign of Mailchimp's export: a page or a text in `campaigns_content`, near a table of them all."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind
from pipeline.importers.draft import Draft, Left, Material
from pipeline.importers.exports.table import Row, rows_of
from pipeline.importers.readers import page, text
from pipeline.importers.readers.feed_item import moment_of
from pipeline.support.urls import path_part

NAME = "mailchimp"
DESCRIPTION = "a campaign of Mailchimp's export (campaigns_content/*.html)"


def takes(material: Material) -> bool:
    """Whether it is in the folder of campaigns. Never raises."""
    folder = material.file.parent.name if material.file else ""
    return folder == "campaigns_content" and material.ending in (".html", ".txt")


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` for what has no text."""
    (draft,) = (page if material.ending == ".html" else text).read(material)
    name = re.sub(r"^\d+_", "", Path(material.name).stem)
    row = _row(material, path_part(name))
    if "*|" in draft.title:  # the page's head has a merge tag for the subject
        draft = replace(draft, title="").leaving(Left(draft.title, "a merge tag in place of the title"))
    subject = row.get("subject", "")
    if subject and "*|" not in subject:
        draft = replace(draft, title=subject)
    elif not draft.title and all(block.kind not in (Kind.HEADING, Kind.LINE) for block in draft.blocks):
        title = name.replace("-", " ").replace("_", " ").capitalize()
        draft = replace(draft, title=title).inferring("title", title, "it is the name of the campaign")
    date = moment_of(row.get("send_date") or row.get("send_time", ""))
    if date is None:
        # The export has campaigns that were never sent, too.
        why = "the export does not say when it was sent: set its date before you publish it"
        draft = draft.inferring("draft", "true", why)
    return (replace(draft, date=date or draft.date, draft=date is None),)


def _row(material: Material, slug: str) -> Row:
    """The row of the table of campaigns whose title the file is named after."""
    with suppress(OSError, PressroomError):
        table = material.file.parents[1] / "campaigns.csv" if material.file else Path()
        for row in rows_of(Material(table.name, table.read_bytes())):
            if path_part(row.get("title", "")) == slug:
                return row
    return {}
