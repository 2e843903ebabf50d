"""The first words of a letter or an article, as a summary for everyone: no greeting and no merge field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.content.medium import Medium, select_blocks
from pipeline.content.text_width import collapse_spaces
from pipeline.content.tree_text import tree_text
from pipeline.model import Block, BlockKind, Content, Element
from pipeline.support.limits import PREVIEW_TEXT

_LONGEST_GREETING = 10
"""Words of a first line that is a greeting because it ends in a comma."""

_ENOUGH = 2000
"""Characters from which no further paragraph is read: no summary is as long."""

_FIELD = "\x02"
# "Dear there, the season begins.": few words, the reader's name, and a sign.
_GREETING = re.compile(rf"(?:[^\s.!?]+\s+){{0,4}}{_FIELD}\s*[,!.:;،，、！。：–—-]+\s*")
_SENTENCE = re.compile(r".*?(?:[.!?…][)\"'’”»]*(?=\s|$)|[。！？]|$)\s*", re.DOTALL)


def opening(blocks: Iterable[Block]) -> str:
    """The text of the paragraphs, without their greeting and without sentences that have a merge field.

    `blocks` are chosen for their readers.
    """
    paragraphs: list[str] = []
    for paragraph in filter(None, _paragraphs(blocks)):
        paragraphs.append(paragraph)
        if sum(map(len, paragraphs)) > _ENOUGH:
            break
    if paragraphs:
        first = paragraphs[0]
        greeting = _GREETING.match(first)
        if first.endswith((",", "،", "，")) and len(first.split()) <= _LONGEST_GREETING:
            paragraphs[0] = ""
        elif greeting:
            rest = first[greeting.end() :]
            paragraphs[0] = rest[:1].upper() + rest[1:]
    sentences = _SENTENCE.findall(" ".join(filter(None, paragraphs)))
    return "".join(each for each in sentences if _FIELD not in each).strip()


def summary_of(content: Content, audience: str) -> str:
    """Make a summary of the beginning of a letter or an article: whole sentences, else whole words."""
    # It is also the inbox line, so it contains only what all forms show.
    blocks = select_blocks(select_blocks(tuple(content.blocks), Medium.WEB, audience), Medium.TEXT, audience)
    text = opening(blocks)
    least, most = PREVIEW_TEXT
    for sentence_end in re.finditer(r"[.!?…]['\"’”)]*(?= |$)|[。！？]", text):
        if least <= sentence_end.end() <= most:
            return text[: sentence_end.end()]
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    words = cut.rsplit(" ", 1)[0].rstrip(",;:–— ")
    # A script without spaces is cut at a character, not at its first space.
    return (words if len(words) >= least else cut) + "…"


def _paragraphs(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for node in block.nodes if block.kind is BlockKind.PROSE else ():
            if isinstance(node, Element) and node.tag == "p":
                yield collapse_spaces(tree_text(node.children, lambda _: _FIELD)).strip()
