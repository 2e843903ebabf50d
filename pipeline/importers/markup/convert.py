"""A page or fragment as Markdown, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Left
from pipeline.importers.markup import meant, office, tables, tidy
from pipeline.importers.markup.tree import Tag, fragment_of
from pipeline.importers.markup.write import written


@dataclass(frozen=True, slots=True)
class Converted:
    """HTML as Markdown; `left` is what no newsletter shows, with the reason."""

    markdown: str
    left: tuple[Left, ...]


STEPS = (
    tidy.unseen,
    office.word,
    office.google,
    tidy.hidden,
    tidy.pixels,
    tidy.pictures,
    tidy.navigation,
    tidy.forms,
    tidy.players,
    tables.layout,
    tables.data,
    meant.styled,
    meant.notes,
    meant.links,
    meant.definitions,
    meant.details,
    meant.figures,
    meant.buttons,
    meant.lines,
    meant.bullets,
    meant.loose,
)
"""What is done to a tree before it is written, in order. Each takes the tree, and adds to what is left."""


def converted(html: str | Tag) -> Converted:
    """HTML, or a part of a tree, which is changed, as Markdown. Never raises.

    Scripts and styles are left out. Headings are as deep as in the source; addresses stay as
    they are written.
    """
    root = fragment_of(html) if isinstance(html, str) else html
    left: list[Left] = []
    for step in STEPS:
        step(root, left)
    return Converted(cleaned(written(root)), tuple(dict.fromkeys(left)))


def markdown_of(html: str) -> str:
    """The Markdown alone, for fragments that leave nothing out worth telling."""
    return converted(html).markdown
