"""HTML within Markdown: boxes around Markdown, elements by themselves, tags within a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.importers.blocks import Box, Kind, SourceBlock, parse_blocks
from pipeline.importers.draft import Left
from pipeline.importers.escape import begun
from pipeline.importers.html import names_of, wash
from pipeline.importers.inline import outside_spans, target

_REST = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_TAG = re.compile(
    r"<(/?)(div|section|article|aside|details|summary|figure|figcaption|center|header|footer|main|p|span|blockquote"
    rf"|table|thead|tbody|tr|td|th|ul|ol|li|nav|form|font|h[1-6]|a|strong|em|b|i)(?=[\s/>])({_REST})>",
    re.IGNORECASE,
)
_OUTER = frozenset(
    [
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "div",
        "figure",
        "footer",
        "header",
        "main",
        "nav",
        "p",
        "section",
    ]
)
"""Elements that may begin in one block of HTML and end in another."""
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_MARKDOWN = re.compile(r"\*\*\S|\]\(\S|^\s*(?:[-+*]|\d+\.)\s|^#{1,6} ", re.MULTILINE)
_WRAPPER = re.compile(
    r"[ \t]*</?(?:div|section|article|aside|center|header|footer|main|p|span)(?=[\s/>])[^<>]*>[ \t]*",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    rf"</?(?:span|div|font|center|section|article|p|u|big|main|header|footer|aside|o:p)(?=[\s/>]){_REST}>",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    r"<(script|style|svg|iframe|object|form|video|audio|button)(?=[\s/>]).{0,5000}?</\1\s*>"
    r"|</?(?:script|style|iframe|object|embed|form|input|button|svg|video|audio|source|link|meta)(?=[\s/>])[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_UNSEEN = re.compile(
    r"<(script|style|template|noscript|title|svg|math|canvas|datalist)(?=[\s/>]).*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
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


def without_html(blocks: tuple[SourceBlock, ...], left: list[Left]) -> Iterator[SourceBlock]:
    """The blocks with HTML as Markdown; those between the tags of an element are in its box."""
    opened: list[tuple[str, Box | None]] = []
    count = 0
    for block in blocks:
        boxes = tuple(box for _, box in opened if box)
        if block.kind is not Kind.HTML:
            if block.kind is not Kind.CODE and "<" in block.text:
                block = _inline(block, left)
            if block.text.strip() or block.kind is Kind.HEADING:
                yield replace(block, boxes=boxes)
            continue
        if block.text.strip() == "<!-- -->":  # what this program itself writes between two lists
            continue
        text = _without_comments(block.text, left)
        rest, opens, closes = _unpaired(text)
        for name in closes:
            while opened and any(each == name for each, _ in opened):
                if opened.pop()[0] == name:
                    break
        boxes = tuple(box for _, box in opened if box)
        for name, attributes in opens:
            count += 1
            names = names_of(name, attributes)
            opened.append((name, Box(names, count) if names else None))
        inside = tuple(box for _, box in opened if box)
        left += [Left(match[0], "what no browser shows as text") for match in _UNSEEN.finditer(rest)]
        for each in _washed(rest, left) if rest.strip() else ():
            count += len(each.boxes)
            moved = tuple(replace(box, number=box.number + 100_000 * (block.line or 1)) for box in each.boxes)
            yield replace(each, line=block.line, boxes=(*(inside if opens else boxes), *moved))


def _unpaired(text: str) -> tuple[str, list[tuple[str, str]], list[str]]:
    """The HTML without tags that have no partner in it, the outer ones of these that open, and that close."""
    opened: list[re.Match[str]] = []
    lone: list[re.Match[str]] = []
    closes: list[str] = []
    for match in _TAG.finditer(text):
        if match[3].endswith("/"):
            continue
        if not match[1]:
            opened.append(match)
        elif opened and opened[-1][2].lower() == match[2].lower():
            opened.pop()
        else:
            lone.append(match)
            closes += [match[2].lower()] if match[2].lower() in _OUTER else []
    opens = [(each[2].lower(), each[3]) for each in opened if each[2].lower() in _OUTER]
    for match in sorted([*lone, *opened], key=lambda each: each.start(), reverse=True):
        text = text[: match.start()] + text[match.end() :]
    return text, opens, closes


def _washed(text: str, left: list[Left]) -> tuple[SourceBlock, ...]:
    """A block of HTML as blocks; within it some systems read Markdown, others do not."""
    bare = re.sub(r"<[^<>]*>", "", text)
    markdown = _MARKDOWN.search(bare) and not re.search(r"<(?:pre|code|table|ul|ol)\b", text, re.IGNORECASE)
    if re.search(r"\bmarkdown\s*=", text) or markdown:
        inside = re.sub(r"\n[ \t]+(?=\S)", "\n", _WRAPPER.sub("\n\n", text)).strip()
        blocks = parse_blocks(inside)
        return tuple(
            made
            for each in blocks
            for made in (_html(each.text, left) if each.kind is Kind.HTML else (_inline(each, left),))
        )
    return _html(text, left)


def _html(text: str, left: list[Left]) -> tuple[SourceBlock, ...]:
    washed = wash(text)
    left += washed.left
    return washed.blocks


def _without_comments(text: str, left: list[Left]) -> str:
    left += [Left(each.strip(), "a comment in the source") for each in _COMMENT.findall(text) if each.strip()]
    return _COMMENT.sub("", text)


def _inline(block: SourceBlock, left: list[Left]) -> SourceBlock:
    """HTML within a line: links, images and emphasis as Markdown; tags that mean nothing by themselves go."""
    text = outside_spans(block.text, lambda part: _translated(part, left))
    if block.kind is Kind.PARAGRAPH and text.lstrip()[:8] != block.text.lstrip()[:8]:
        text = _begun(text.lstrip())
    return replace(block, text=text)


def _translated(text: str, left: list[Left]) -> str:
    def drop(match: re.Match[str]) -> str:
        left.append(Left(match[0], "HTML that no newsletter shows"))
        return ""

    text = _UNSAFE.sub(drop, _without_comments(text, left))
    first, *others = _BREAK.split(_EMPTY.sub("", text))
    lines = [first, *(_begun(each.lstrip()) for each in others)]
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    if len(lines) > 1 and not first.strip():
        lines.pop(0)
    text = "\\\n".join(lines)
    for pattern, mark in _MARKED:
        text = pattern.sub(mark, text)
    return _LINK.sub(_as_markdown, text)


def _begun(text: str) -> str:
    """A text that now begins where a tag was: it must not begin a block by that."""
    return f"\\{text}" if text.startswith(("```", "~~~")) else begun(text)


def _as_markdown(match: re.Match[str]) -> str:
    """A link or an image; the Markdown within a link stays as it is."""
    tag = match[0]
    if tag[1:4].lower() == "img":
        return " ".join(block.text.replace("\n", " ") for block in wash(tag).blocks)
    address = _HREF.search(tag)
    words = re.sub(r"^<a(?=[\s>])[^<>]*>|</a>$", "", tag, flags=re.IGNORECASE)
    where = next(filter(None, address.groups()), "").replace("&amp;", "&") if address else ""
    if not where or re.match(r"\s*(?:javascript|data|vbscript):", where, re.IGNORECASE) or not words.strip():
        return words
    return f"[{words}]({target(where)})"
