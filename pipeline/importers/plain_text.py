"""Plain text: a page pasted, a text with or without a title, whatever no other form takes."""

from __future__ import annotations

from pipeline.errors import PressroomError
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.plain.rules import judged
from pipeline.importers.plain.write import draft_of

NAME = "text"
DESCRIPTION = "plain text, or a web page pasted as text"


def takes(material: Material) -> bool:
    """Whether it is text at all. Ask every other form first."""
    try:
        text_of(material)
    except PressroomError:
        return False
    return True


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` where it is empty, too large or no text."""
    return (draft_of(judged(text_of(material))),)
