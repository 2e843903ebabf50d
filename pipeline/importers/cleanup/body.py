"""The body of an article while the rules of the cleanup take blocks out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.draft import Draft, Inferred, Left, Link
from pipeline.importers.shapes import is_prose, same
from pipeline.support.urls import path_part

_MOST_ABOVE = 16
_MOST_BELOW = 40
_TEXTS = (Kind.PARAGRAPH, Kind.LINE, Kind.QUOTE)


class Body:
    """A draft and its blocks. A rule takes blocks out, and sets fields of the draft.

    `title_line` and `byline_line` are the lines of the source from which these were taken.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.blocks = list(draft.blocks)
        self._places: dict[int, int] = {}
        self.title_line = 0
        self.byline_line = 0

    def take(self, block: SourceBlock, reason: str = "", text: str = "") -> None:
        """Take a block out of the body; with a reason it is left out, else a field has its words."""
        if not self.has(block):
            return
        del self.blocks[self._place(block)]
        self._places.clear()
        if reason:
            self.leave(text or block.text, reason, block.line)

    def leave(self, text: str, reason: str, line: int | None = None) -> None:
        """Note a part that is left out of the article."""
        self.draft = self.draft.leaving(Left(text, reason, line if self.draft.numbered else None))

    def replace(self, old: SourceBlock, *new: SourceBlock) -> None:
        """Put blocks in the place of another one."""
        at = self._place(old)
        self.blocks[at : at + 1] = new
        if len(new) == 1:
            self._places[id(new[0])] = at
        else:
            self._places.clear()

    def has(self, block: SourceBlock) -> bool:
        """Whether a block is still in the body."""
        return self._place(block) < len(self.blocks)

    def _place(self, block: SourceBlock) -> int:
        """The place of a block, looked up by identity; blocks may be equal."""
        at = self._places.get(id(block), len(self.blocks))
        if at >= len(self.blocks) or self.blocks[at] is not block:
            self._places = {id(each): number for number, each in enumerate(self.blocks)}
            at = self._places.get(id(block), len(self.blocks))
        return at

    def change(self, change: Callable[[SourceBlock], SourceBlock]) -> None:
        """Replace each block by what `change` returns."""
        self.blocks = [change(block) for block in self.blocks]

    def set(self, **fields: Any) -> None:
        """Set fields of the draft."""
        self.draft = replace(self.draft, **fields)

    def infer(self, field: str, value: str, why: str) -> None:
        """Note how a field was found."""
        self.draft = replace(self.draft, inferred=(*self.draft.inferred, Inferred(field, value, why)))

    def head(self, prose: int = 2) -> list[SourceBlock]:
        """The blocks above the second paragraph of running text: the first may be the dek."""
        for at, block in enumerate(self.blocks[:_MOST_ABOVE]):
            prose -= block.kind in _TEXTS and is_prose(block.words)
            if prose == 0:
                return self.blocks[:at]
        return self.blocks[:_MOST_ABOVE]

    def tail(self, prose: int = 4) -> list[SourceBlock]:
        """The last blocks, without the first one: at most four paragraphs of running text are below each."""
        start = len(self.blocks)
        while start > max(1, len(self.blocks) - _MOST_BELOW) and prose >= 0:
            start -= 1
            prose -= self.blocks[start].kind in _TEXTS and is_prose(self.blocks[start].words)
        return self.blocks[start:]

    def below(self, block: SourceBlock) -> SourceBlock | None:
        """The block below this one."""
        at = self._place(block) + 1
        return self.blocks[at] if at < len(self.blocks) else None

    def above(self, block: SourceBlock) -> SourceBlock | None:
        """The block above this one."""
        at = self._place(block)
        return self.blocks[at - 1] if at else None

    def after(self, block: SourceBlock) -> list[SourceBlock]:
        """All blocks below this one."""
        return self.blocks[self._place(block) + 1 :]

    def relate(self, links: Iterable[Link]) -> None:
        """Add related pieces; one that is named already only gets its title."""
        related = {
            path_part(each.address.rpartition("/")[2] or each.address): each for each in self.draft.related
        }
        for link in links:
            key = path_part(link.address.rstrip("/").rpartition("/")[2].removesuffix(".md") or link.address)
            before = related.get(key)
            if before is None or not before.title:
                related[key] = link
            elif same(before.title) != same(link.title):
                related[f"{key} {link.title}"] = link
        self.set(related=tuple(dict.fromkeys(related.values())))
