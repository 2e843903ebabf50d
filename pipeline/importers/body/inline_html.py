"""HTML within a line of Markdown: what Markdown has itself is written so, what means nothing goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.lines import outside_spans
from pipeline.importers.body.raw_html import COMMENT
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain.escape import begun

Blocks = tuple[Block, ...]

_REST = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_EMPTY = re.compile(
    r"</?(?:span|div|font|center|section|article|p|u|big|main|header|footer|aside|o:p)(?=[\s/>])"
    + _REST
    + ">",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    r"<(script|style|svg|iframe|object|form|video|audio|button)(?=[\s/>]).{0,5000}?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_ALONE = re.compile(
    r"</?(?:script|style|iframe|object|embed|form|input|button|svg|video|audio|source|link|meta)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a(?=[\s>])[^<>]*>.{0,2000}?</a>|<img(?=[\s/>])[^<>]*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>[ \t]*(?:\n|(?=\S)|$)", re.IGNORECASE)
_MARKED = tuple(
    (
        re.compile(rf"<({names})(?=[\s>])[^<>]*>([^\s<>](?:[^<>]*[^\s<>])?)</\1>", re.IGNORECASE),
        rf"{mark}\2{mark}",
    )
    for names, mark in (("b|strong", "**"), ("i|em", "*"))
)


def inline(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """HTML within a line: links, images and emphasis as Markdown; tags that mean nothing by themselves go."""
    left: list[Left] = []
    made = []
    for block in blocks:
        if block.kind not in (Kind.CODE, Kind.HTML) and "<" in block.text:
            text = outside_spans(block.text, _changer(left))
            if not text.strip():
                continue
            if block.kind is Kind.PARAGRAPH and text != block.text:
                text = _started(text.lstrip()) if text.lstrip()[:8] != block.text.lstrip()[:8] else text
            block = replace(block, text=text)
        made.append(block)
    return replace(draft, left=(*draft.left, *left)), tuple(made)


def _changer(left: list[Left]) -> Callable[[str], str]:
    def drop(match: re.Match[str]) -> str:
        left.append(Left(match[0], "HTML that no newsletter shows"))
        return ""

    def comment(match: re.Match[str]) -> str:
        if match[1].strip():
            left.append(Left(match[1].strip(), "a comment in the source"))
        return ""

    def change(text: str) -> str:
        text = _ALONE.sub(drop, _UNSAFE.sub(drop, COMMENT.sub(comment, text)))
        first, *others = _BREAK.split(_EMPTY.sub("", text))
        lines = [first, *(_started(each.lstrip()) for each in others)]
        while len(lines) > 1 and not lines[-1].strip():
            lines.pop()
        if len(lines) > 1 and not first.strip():
            lines.pop(0)
        text = "\\\n".join(lines)
        for pattern, mark in _MARKED:
            text = pattern.sub(mark, text)
        return _LINK.sub(_as_markdown, text)

    return change


def _started(text: str) -> str:
    """A text that now begins where a tag stood: it must not begin a block by that."""
    return f"\\{text}" if text.startswith(("```", "~~~")) else begun(text)


def _as_markdown(match: re.Match[str]) -> str:
    """A link or an image; the Markdown within a link stays as it is."""
    from pipeline.importers.markup import markdown_of

    tag = match[0]
    if tag[1:4].lower() == "img":
        return markdown_of(tag).strip().replace("\n", " ")
    address = _HREF.search(tag)
    words = re.sub(r"^<a(?=[\s>])[^<>]*>|</a>$", "", tag, flags=re.IGNORECASE)
    where = next(filter(None, address.groups()), "").replace("&amp;", "&") if address else ""
    if not where or re.match(r"\s*(?:javascript|data|vbscript):", where, re.IGNORECASE) or not words.strip():
        return words
    return f"[{words}](<{where}>)" if set(where) & set("() ") else f"[{words}]({where})"
