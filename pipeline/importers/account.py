"""The account of a source's words: lines with a word that is in no place are kept in the sidecar."""

from __future__ import annotations

import re

from pipeline.importers.draft import Draft, Left

_WORD = re.compile(r"[^\W\d_]+|\d+")
# What says how a text is marked up, and is no word of it.
_MARKUP = re.compile(
    r"</?[a-zA-Z][\w:-]*|\b(?:class|style|id|align)\s*=\s*(?:\"[^\"]*\"|'[^']*')|\b[\w-]+\s*=(?=[\"'])"
    r"|\{%-?\s*(?:post_url|link|highlight)\b[^%]*%\}|\{\{[<%]\s*(?:highlight|ref|relref)\b[^%>]*[%>]\}\}"
    r"|\{\{[<%]\s*/?\s*[\w./-]+|\{%-?\s*(?:include\s+[\w./-]+|\w+)|^(?:!!!|\?\?\?|:::+)[ \t]*[\w-]*|\[!\w+\]"
    r"|(?<=\])\[[^\[\]]*\]|^ {0,3}\[[^\[\]]*\]:"
)


def unplaced(article: str, draft: Draft) -> tuple[Left, ...]:
    """The lines of a source with a word that is neither in the article's file nor in what was left out.

    `article` is the text of the file.
    """
    placed = set(_words(article))
    for left in draft.left:
        placed.update(_words(left.text))
    for address in draft.placed:
        placed.update(_words(address))
    for inferred in draft.inferred:
        placed.update(_words(inferred.value))
    return tuple(
        Left(line.strip(), "it found no place in the article", number if draft.numbered else None)
        for number, line in enumerate(draft.source_text.split("\n"), start=1)
        if not placed.issuperset(_words(_MARKUP.sub(" ", line)))
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
