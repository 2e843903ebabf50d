"""A post of Medium's export: a page with the classes of h-entry (microformats.org/wiki/h-entry)."""

from __future__ import annotations

from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.exports.post import ExportedPost, draft_of_post
from pipeline.importers.html.tree import Tag, soup_of, value
from pipeline.importers.readers.feed_item import Person

NAME = "medium"
DESCRIPTION = "a post of Medium's export (.html)"


def takes(material: Material) -> bool:
    """Whether it has the classes of an exported post. Never raises."""
    return b"h-entry" in material.data and b"p-canonical" in material.data and b"e-content" in material.data


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` for what is no text."""
    page = soup_of(text_of(material))

    def part(name: str) -> Tag | None:
        found = page.find(class_=name)
        return found if isinstance(found, Tag) else None

    title, dek, body = part("p-name"), part("p-summary"), part("e-content")
    author, link, date = part("p-author"), part("p-canonical"), part("dt-published")
    if body is not None and (again := body.find(class_="graf--title")) is not None:
        again.extract()
    address = value(link, "href") if link else ""
    post = ExportedPost(
        id=address or material.name,
        title=title.decode_contents() if title else "",
        html=body.decode_contents() if body else "",
        dek=dek.decode_contents() if dek else "",
        link=address,
        published=value(date, "datetime") if date else "",
        people=(Person(author.get_text(), value(author, "href")),) if author else (),
        live=date is not None and not material.name.rpartition("/")[2].startswith("draft"),
    )
    return (draft_of_post(post, ""),)
