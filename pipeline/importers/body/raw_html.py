"""HTML that stands as a block of a Markdown text: boxes with Markdown in them, and elements by themselves."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind, blocks_of
from pipeline.importers.body.calls import call_in
from pipeline.importers.body.words import inner, readable
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain.shapes import same

Blocks = tuple[Block, ...]

_TAG = re.compile(
    r"<(/?)(div|section|article|aside|details|summary|figure|figcaption|center|header|footer|main|p|span|blockquote"
    r"|table|thead|tbody|tr|td|th|ul|ol|li|nav|form|font|h[1-6]|a|strong|em|b|i)(?=[\s/>])"
    r"((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE,
)
OUTER = frozenset(
    {
        *("article", "aside", "blockquote", "center", "details", "div", "figure", "footer", "header", "main"),
        *("p", "section"),
    }
)
"""Elements that may begin in one block of HTML and end in another."""
_CLASS = re.compile(r"""\b(?:class|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", re.IGNORECASE)
COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_MARKDOWN = re.compile(r"\*\*\S|\]\(\S|^\s*(?:[-+*]|\d+\.)\s|^#{1,6} ", re.MULTILINE)
_TAG_LINES = re.compile(
    r"[ \t]*</?(?:div|section|article|aside|center|header|footer|main|p|span)(?=[\s/>])[^<>]*>[ \t]*",
    re.IGNORECASE,
)
_KINDS = tuple(
    (re.compile(rf"(?:.*[-_])?(?:{words})(?:[-_].*)?"), kind)
    for kind, words in (
        ("cta", "cta|btn|button|call-?to-?action|promo"),
        (
            "callout",
            "note|tip|info|warning|alert|callout|admonition|notice|highlight|key-?takeaways?|infobox|box|panel",
        ),
        ("toc", "toc|table-of-contents"),
        ("newsletter", "newsletter|subscribe|signup|sign-up"),
    )
)
"""What the classes of a box say of it."""
_REASONS = {"toc": "table of contents", "newsletter": "newsletter sign-up"}


def boxes(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """HTML that stands as a block becomes Markdown; a box around Markdown becomes what it is meant for."""
    left: list[Left] = []
    made: list[Block] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if block.kind is not Kind.HTML or _is_separator(block):
            made.append(block)
            at += 1
            continue
        end = _end(blocks, at)
        made += _box(blocks[at:end], draft.base, left)
        at = end
    return replace(draft, left=(*draft.left, *left)), tuple(made)


def _is_separator(block: Block) -> bool:
    """The mark that this program itself sets between two lists."""
    return block.text.strip() == "<!-- -->"


def _end(blocks: Blocks, start: int) -> int:
    """The index behind the block that closes what the block at `start` opens."""
    open_ = 0
    for at in range(start, len(blocks)):
        if blocks[at].kind is Kind.HTML:
            for closing, name, rest in _TAG.findall(COMMENT.sub("", blocks[at].text)):
                if name.lower() in OUTER and not rest.endswith("/"):
                    open_ += -1 if closing else 1
            if open_ <= 0:
                return at + 1
        elif at == start:
            return at + 1
    # What is never closed goes no further than its own block.
    return start + 1


def _box(blocks: Blocks, base: str, left: list[Left]) -> list[Block]:
    kind = _kind(blocks[0].text)
    if kind in _REASONS:
        left.append(Left("\n\n".join(each.text for each in blocks), _REASONS[kind]))
        return []
    if len(blocks) == 1:
        inside = _alone(blocks[0], left)
    else:
        inside = []
        for block in blocks:
            inside += _part(block, left) if block.kind is Kind.HTML else [block]
    if kind == "cta":
        return _cta(inside, base)
    if kind == "callout" and inside:
        return [Block(Kind.CONTAINER, _callout(inside), 0, blocks[0].line)]
    return inside


def _kind(text: str) -> str:
    first = _TAG.search(text)
    if not first or first[2].lower() not in OUTER:
        return ""
    classes = " ".join("".join(each) for each in _CLASS.findall(first[3])).lower().split()
    return next((kind for pattern, kind in _KINDS if any(pattern.fullmatch(each) for each in classes)), "")


def _alone(block: Block, left: list[Left]) -> list[Block]:
    """A block of HTML that is whole in itself; within it some systems read Markdown, others do not."""
    text = _without_comments(block.text, left)
    bare = re.sub(r"<[^<>]*>", "", text)
    if re.search(r"\bmarkdown\s*=", text) or (
        _MARKDOWN.search(bare) and not re.search(r"<(?:pre|code|table|ul|ol)\b", text, re.IGNORECASE)
    ):
        inside = re.sub(r"\n[ \t]+(?=\S)", "\n", _TAG_LINES.sub("\n\n", text)).strip()
        return [
            made
            for each in blocks_of(inside)
            for made in (_converted(each.text, left) if each.kind is Kind.HTML else [each])
        ]
    return _converted(text, left)


def _part(block: Block, left: list[Left]) -> list[Block]:
    """A block that opens or closes a box: its text without the tags that have no partner in it."""
    text = _without_comments(block.text, left)
    open_: list[tuple[str, int, int]] = []
    lone: list[tuple[int, int]] = []
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if match[3].endswith("/"):
            continue
        if not match[1]:
            open_.append((name, match.start(), match.end()))
        elif open_ and open_[-1][0] == name:
            open_.pop()
        else:
            lone.append((match.start(), match.end()))
    lone += [(start, end) for _, start, end in open_]
    for start, end in sorted(lone, reverse=True):
        text = text[:start] + text[end:]
    return _converted(text, left) if text.strip() else []


def _converted(text: str, left: list[Left]) -> list[Block]:
    from pipeline.importers.markup import converted

    made = converted(text)
    left += made.left
    told = same(f"{made.markdown} {' '.join(each.text for each in made.left)}")
    if any(
        same(word) not in told for word in re.sub(r"</?[a-zA-Z][^<>]*>", " ", html.unescape(text)).split()
    ):
        left.append(Left(text, "HTML that cannot be read whole"))
    return [replace(each, line=None) for each in blocks_of(made.markdown)]


def _without_comments(text: str, left: list[Left]) -> str:
    for comment in COMMENT.findall(text):
        if comment.strip():
            left.append(Left(comment.strip(), "a comment in the source"))
    return COMMENT.sub("", text)


def _cta(inside: list[Block], base: str) -> list[Block]:
    """A call to action where the box holds one link; its words go before it."""
    holders = [each for each in inside if call_in(each, base, True)]
    if any(each.kind is Kind.CONTAINER for each in inside) or len(holders) != 1:
        return inside
    words = [each for each in inside if each is not holders[0]]
    if any(each.kind not in (Kind.PARAGRAPH, Kind.HEADING) for each in words):
        return inside
    call = call_in(holders[0], base, True) or ""
    before = [inner(each.text) for each in words if readable(each.text)]
    return [Block(Kind.CONTAINER, "::: cta\n" + "\n\n".join([*before, call]) + "\n:::", 0, inside[0].line)]


def _callout(inside: list[Block]) -> str:
    from pipeline.importers.body.blocks import body_of

    title = ""
    if inside[0].kind is Kind.HEADING and "{{" not in inside[0].text:
        title = readable(inside[0].text)
        inside = inside[1:]
    text = body_of(inside).strip()
    colons = ":" * max([3, *(len(run) + 1 for run in re.findall(r"^(:{3,})", text, re.MULTILINE))])
    return f"{colons} callout {title}".rstrip() + f"\n{text}\n{colons}"
