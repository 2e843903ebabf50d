"""Rules on the Markdown of a body: addresses, headings, and what Pressroom would read as its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from pipeline.content import containers
from pipeline.importers import phrases
from pipeline.importers.blocks import Kind, SourceBlock, write_blocks
from pipeline.importers.cleanup.body import Body
from pipeline.importers.draft import Draft, Left
from pipeline.importers.escape import escaped
from pipeline.importers.inline import (
    Reference,
    change_references,
    folded_label,
    inner,
    is_bold,
    outside_code,
    outside_spans,
    readable,
)
from pipeline.importers.shapes import ends, is_bare, is_call_shaped, is_question

_DEFINITION = re.compile(r" {0,3}\[([^\[\]\\^][^\[\]\\]*)\]:[ \t]*(<[^<>]*>|\S+)(?:[ \t]+(.*))?")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_FOLLOWED = frozenset({"http", "https", "mailto", "tel", "sms", "cid", "vault"})
_TOP = 2
"""The level of an article's own headings; its title is the first."""
_ATTRIBUTES = re.compile(r"\s+\{:?\s?[#.][^{}\n]*\}\s*$")
_LONGEST_HEADING, _LONGEST_QUESTION = 80, 120
_FIELD = re.compile(r"(?<!\\)((?:\\\\)*)\{\{")
_NOTE = re.compile(r"(?<![\\!\]])\[\^([^\s\[\]]{1,100})\](?!\()")
_DEFINED = re.compile(r" {0,3}\[\^([^\s\[\]]{1,100})\]:")


def addresses(body: Body) -> None:
    """Links become inline; one that no reader should follow, such as a script, keeps its text alone.

    Definitions that nothing uses are left out.
    """
    definitions: dict[str, tuple[str, str]] = {}
    for block in body.blocks:
        match = _DEFINITION.fullmatch(block.text) if block.kind is Kind.REFERENCE else None
        if match:
            title = (match[3] or "").strip().strip("\"'()")
            definitions.setdefault(
                folded_label(match[1]), (match[2].removeprefix("<").removesuffix(">"), title)
            )
    used: set[str] = set()

    def inline(reference: Reference) -> str:
        used.add(reference.address)
        scheme = _SCHEME.match(reference.address)
        if scheme and scheme[1].lower() not in _FOLLOWED:
            body.leave(reference.markdown, "an address of a kind that no reader should follow")
            return reference.text
        return reference.markdown

    for block in list(body.blocks):
        match = _DEFINITION.fullmatch(block.text) if block.kind is Kind.REFERENCE else None
        if block.kind is not Kind.CODE and not match and "[" in block.text:
            body.replace(block, replace(block, text=change_references(block.text, inline, definitions)))
    for block in list(body.blocks):
        if block.kind is Kind.REFERENCE and (match := _DEFINITION.fullmatch(block.text)):
            address, _ = definitions[folded_label(match[1])]
            body.take(block, "" if address in used else "the address of a link that the text does not have")


def headings(body: Body) -> None:
    """Short lines are headings: bold ones if there are no others, those of plain text above a text.

    Bold within a heading goes, and so do anchors and a heading without words.
    """
    none = not any(block.kind is Kind.HEADING for block in body.blocks)
    run: list[SourceBlock] = []
    found: set[int] = set()
    for block, below in zip(body.blocks, [*body.blocks[1:], None], strict=False):
        if block.kind is Kind.LINE and _is_heading_line(block):
            run.append(block)
            continue
        if run and _leads(block):
            kept = run if len(run) <= 2 else [run[-1]] if is_question(run[-1].words) else []
            found |= {id(each) for each in kept}
        run = []
        if none and below is not None and _is_bold_line(block) and not _is_bold_line(below):
            found.add(id(block))
    for block in list(body.blocks):
        if id(block) in found:
            text = re.sub(r"^(\d+)\\(?=[.)])|^\\(?=[-+>])", r"\1", inner(block.text))
            heading = replace(block, kind=Kind.HEADING, level=_TOP, text=text)
            body.replace(block, heading)
            block = heading
        if block.kind is Kind.HEADING:
            text = inner(block.text)
            if match := _ATTRIBUTES.search(text):
                body.leave(match[0].strip(), "an anchor or a style for the page", block.line)
                text = text[: match.start()]
            if not replace(block, text=text).words:
                body.take(block, "a heading without words" if text.strip() else "")
            else:
                body.replace(block, replace(block, text=text))


def _is_heading_line(block: SourceBlock) -> bool:
    words = block.words
    if phrases.GREETING.match(words) or is_call_shaped(words) or not block.apart:
        return False
    longest = _LONGEST_QUESTION if is_question(words) else _LONGEST_HEADING
    if "?" in words[-2:] and not is_question(words):
        return False
    return is_bare(words, longest) and len(words.split()) <= 16


def _leads(below: SourceBlock) -> bool:
    """Whether the block below a heading begins a part of the text; in a verse it is a short line."""
    return below.apart or len(below.words) > 60 or below.kind in (Kind.LIST, Kind.CONTAINER)


def _is_bold_line(block: SourceBlock) -> bool:
    if block.kind is not Kind.PARAGRAPH or not is_bold(block.text) or "](" in block.text:
        return False
    return len(block.words) <= _LONGEST_HEADING and ends(block.words) not in {".", ",", ";", "!", "…"}


def rules(body: Body) -> None:
    """A rule stays between two parts of a text; at the ends, twice, or before a heading it goes."""
    kept: list[SourceBlock] = []
    for block in body.blocks:
        if block.kind in (Kind.HEADING, Kind.RULE):
            while kept and kept[-1].kind is Kind.RULE:
                kept.pop()
        if block.kind is Kind.RULE:
            if not kept or kept[-1].kind is Kind.HEADING:
                continue
            block = replace(block, text="---")
        kept.append(block)
    while kept and kept[-1].kind is Kind.RULE:
        kept.pop()
    body.blocks = kept


def levels(body: Body) -> None:
    """The outermost headings get the second level, and each within one the level below it."""
    opened: list[int] = []

    def level(block: SourceBlock) -> SourceBlock:
        if block.kind is not Kind.HEADING:
            return block
        while opened and opened[-1] >= block.level:
            opened.pop()
        opened.append(block.level)
        return replace(block, level=min(6, _TOP + len(opened) - 1))

    body.change(level)


def fences(body: Body) -> None:
    """Fences of boxes that Pressroom does not have go; a title on them and the words between are text."""

    def unfence(block: SourceBlock) -> SourceBlock:
        if block.kind in (Kind.CODE, Kind.CONTAINER) or not re.search(_COLONS, block.text):
            return block
        at = 0

        def words(match: re.Match[str]) -> str:
            nonlocal at
            fence = match[0].strip(" >\t")
            at = block.text.index(fence, at) + len(fence)
            if re.search(r"\w", fence):
                line = block.line + block.text.count("\n", 0, at) if block.line else None
                body.leave(fence, "the fence of a box that Pressroom does not have", line)
            title = " ".join(filter(None, (match[2], match[3])))
            return f"{match[1]}{title}\n{match[1].rstrip()}" if title else match[1].rstrip()

        def unfenced(text: str) -> str:
            return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", _FENCE_LINE.sub(words, text))

        text = outside_code(block.text, unfenced)
        return replace(block, text=re.sub(r"^(?:[> \t]*\n)+|(?:\n[> \t]*)+$", "", text) if at else text)

    body.change(unfence)


_COLONS = r"(?:[:\uff1a][ \t]*){3,}"
_FENCE_LINE = re.compile(
    rf"^((?:[> \t]|[-+*][ \t]|\d+[.)][ \t])*){_COLONS}(?:[\w-]+(?![\w-]))?"
    r"(?:\{[^{}\n]*\})?(?:\[([^\[\]\n]*)\])?"
    r"(?:[ \t]*(?:[\w-]+=(?:\"[^\"\n]*\"|\S+)|\{[^{}\n]*\}))*[ \t]*(.*?)[ \t]*:*$",
    re.MULTILINE,
)


def escapes(body: Body) -> None:
    """Two braces, and lines of colons that would be read as a container's, stay as text."""

    def escape(block: SourceBlock) -> SourceBlock:
        if block.kind is Kind.CODE:
            return block
        if "{{" in block.text:
            block = _in_text(block, lambda text: _FIELD.sub(r"\1\\{{", text))
        if block.kind is not Kind.CONTAINER and re.search("[:：]{2}", block.text):
            lines = outside_code(block.text, lambda text: "\n".join(map(_unfenced, text.split("\n"))))
            block = replace(block, text=lines)
        return block

    body.change(escape)


def _unfenced(line: str) -> str:
    bare = line.lstrip("> \t")
    if not containers.read_fence(bare) and not containers.meant_as_fence(bare):
        return line
    at = len(line) - len(bare)
    # A backslash escapes ASCII alone (CommonMark 0.31, section 2.4).
    return f"{line[:at]}\\{bare}" if bare[0] == ":" else f"{line[:at]}&#{ord(bare[0])};{bare[1:]}"


def merge_tags(body: Body) -> None:
    """Mailchimp's merge tags become merge fields; what has no field stays, for an editor to see."""
    strange: dict[str, None] = {}
    placed: list[str] = []

    def choice(match: re.Match[str]) -> str:
        placed.append(match[0])
        return f"{{{{ {_MERGE_FIELDS[match[1]]} | {match[2].strip()} }}}}"

    def field(match: re.Match[str]) -> str:
        if name := _MERGE_FIELDS.get(match[1]):
            placed.append(match[0])
            return f"{{{{ {name} }}}}"
        strange[f"*|{match[1]}|*"] = None
        return match[0]

    def changed(text: str) -> str:
        return _MERGE_TAG.sub(field, _CHOICE.sub(choice, text))

    body.change(lambda block: _in_text(block, changed) if "|" in block.text else block)
    body.set(placed=(*body.draft.placed, *placed))
    if strange:
        body.infer("text", ", ".join(strange), "merge tags of Mailchimp that no field here is like")


_MERGE_FIELDS = {"FNAME": "first_name", "LNAME": "last_name", "EMAIL": "email"}
_MERGE_TAG = re.compile(r"\\?\*\\?\|([A-Z][A-Z0-9_]*(?::[A-Z0-9_]*)?)\\?\|\\?\*")
_STAR, _BAR = r"\\?\*", r"\\?\|"
_CHOICE = re.compile(
    rf"{_STAR}{_BAR}IF:(FNAME|LNAME|EMAIL){_BAR}{_STAR}{_STAR}{_BAR}\1{_BAR}{_STAR}{_STAR}{_BAR}ELSE:{_BAR}{_STAR}"
    rf"([^{{}}|*\n\\]+){_STAR}{_BAR}END:IF{_BAR}{_STAR}"
)
"""A field with a fallback, as Mailchimp writes it (and `export/targets/mailchimp.py`)."""


def notes(body: Body) -> None:
    """A footnote without a text, or a text without a reference, is text."""
    if not any("[^" in block.text for block in body.blocks):
        return
    defined = {
        match[1] for each in body.blocks if each.kind is Kind.NOTE and (match := _DEFINED.match(each.text))
    }
    used = Counter(
        name
        for block in body.blocks
        if block.kind is not Kind.CODE
        for name in _NOTE.findall(_DEFINED.sub("", block.text) if block.kind is Kind.NOTE else block.text)
    )
    seen: set[str] = set()

    def note(block: SourceBlock) -> SourceBlock:
        match = _DEFINED.match(block.text) if block.kind is Kind.NOTE else None
        if match and (match[1] not in used or match[1] in seen):
            text = f"\\[^{match[1]}]: {' '.join(block.text[match.end() :].split())}"
            return replace(block, kind=Kind.PARAGRAPH, text=text)
        seen.update([match[1]] if match else [])
        return _in_text(
            block, lambda text: _NOTE.sub(lambda m: m[0] if m[1] in defined else f"\\{m[0]}", text)
        )

    body.change(note)


def tables(body: Body) -> None:
    """A row with more cells than its table has columns keeps them all in its last one."""
    body.change(lambda block: _table(block) if block.kind is Kind.TABLE else block)


def _table(block: SourceBlock) -> SourceBlock:
    lines = block.text.split("\n")
    width = len(_cells(lines[0]))
    rows = []
    for line in lines:
        cells = _cells(line)
        if len(cells) > width:
            cells = [*cells[: width - 1], r" \| ".join(each.strip() for each in cells[width - 1 :])]
            line = f"| {' | '.join(each.strip() for each in cells)} |"
        rows.append(line)
    return replace(block, text="\n".join(rows))


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return re.split(r"(?<!\\)\|", bare)


def _in_text(block: SourceBlock, change: Callable[[str], str]) -> SourceBlock:
    if block.kind is Kind.CODE:
        return block
    return replace(block, text=outside_code(block.text, lambda text: outside_spans(text, change)))


def with_text_at(draft: Draft, line: int) -> Draft | None:
    """The draft with the block on a line of its body as plain text; None if that changes nothing."""
    at = 1
    for number, block in enumerate(draft.blocks):
        behind = write_blocks(draft.blocks[: number + 1]).count("\n") + 1
        if at <= line <= behind and block.text.strip():
            lines = [each.strip() for each in block.text.split("\n") if each.strip()]
            plain = [escaped(each if block.kind is Kind.CODE else readable(each) or each) for each in lines]
            text = "\\\n".join(_FIELD.sub(r"\1\\{{", each).replace(":::", r"\:::") for each in plain)
            if text == block.text:
                continue
            left = Left(block.text, "Markdown that no article can hold: its words are plain text")
            blocks = (*draft.blocks[:number], SourceBlock(Kind.PARAGRAPH, text), *draft.blocks[number + 1 :])
            return replace(draft, blocks=blocks).leaving(left)
        at = behind
    return None
