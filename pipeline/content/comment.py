"""Checks the comment on a link item: one paragraph of running text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.content.tree import elements
from pipeline.errors import PressroomError
from pipeline.model import Content, Element

_INLINE = frozenset({"a", "b", "br", "code", "em", "i", "strong"})


def comment_mistakes(content: Content, path: str, line: int) -> Iterator[PressroomError]:
    """Yield an error for a comment that is more than one paragraph with links, bold, emphasis and code."""
    paragraphs = [node for block in content.blocks for node in block.nodes or (None,)]
    inside = [node for each in paragraphs if isinstance(each, Element) for node in each.children]
    tags = {each.tag if isinstance(each, Element) else "" for each in paragraphs}
    inline = all(element.tag in _INLINE for element in elements(inside))
    if len(paragraphs) > 1 or not tags <= {"p"} or not inline or content.footnotes:
        yield PressroomError(
            "the comment has more than running text.",
            path,
            line,
            "It is one paragraph, with links, **bold**, *emphasis* and `code` only.",
        )
