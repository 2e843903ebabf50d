"""The last step: a body that an article can have. What Pressroom would read as its own is written as text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from pipeline.content import containers
from pipeline.content.parse import parse_content
from pipeline.errors import PressroomError, flatten
from pipeline.importers.addresses import Reference, changed
from pipeline.importers.body.blocks import Block, Kind, blocks_of, body_of
from pipeline.importers.body.lines import outside_code, outside_spans
from pipeline.importers.body.words import readable
from pipeline.importers.draft import Draft, Left
from pipeline.importers.plain.escape import escaped
from pipeline.model import Audio, Image, ImageUse

Blocks = tuple[Block, ...]

_FIELD = re.compile(r"(?<!\\)((?:\\\\)*)\{\{")
_NOTE = re.compile(r"(?<![\\!\]])\[\^([^\s\[\]]{1,100})\](?!\()")
_DEFINED = re.compile(r" {0,3}\[\^([^\s\[\]]{1,100})\]:")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_FOLLOWED = frozenset({"http", "https", "mailto", "tel", "sms", "cid"})
_MOST_REPAIRS = 12


def addresses(draft: Draft) -> Draft:
    """Links stand inline, and none leads to what no reader should follow, such as a script."""
    left: list[Left] = []

    def one(reference: Reference) -> str:
        scheme = _SCHEME.match(reference.address)
        if scheme and scheme[1].lower() not in _FOLLOWED:
            left.append(Left(reference.markdown, "an address of a kind that no reader should follow"))
            return reference.text
        return reference.markdown

    if "[" not in draft.body:
        return draft
    unused: list[str] = []
    body = changed(draft.body, one, unused)
    left += [Left(each, "the address of a link that the text does not have") for each in unused]
    return replace(draft, body=body, left=(*draft.left, *left))


def fields(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """Two braces are a merge field here; in foreign writing they are text."""
    return draft, tuple(_in_text(block, lambda text: _FIELD.sub(r"\1\\{{", text)) for block in blocks)


def fences(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """Lines of colons that are no container of ours stay as text."""

    def change(text: str) -> str:
        return "\n".join(_unfenced(line) for line in text.split("\n"))

    return draft, tuple(
        block if block.kind is Kind.CONTAINER else _in_text(block, change, spans=False) for block in blocks
    )


def _unfenced(line: str) -> str:
    bare = line.lstrip("> \t")
    if not containers.read_fence(bare) and not containers.meant_as_fence(bare):
        return line
    at = len(line) - len(bare)
    # A backslash escapes ASCII alone (CommonMark 0.31, section 2.4).
    return f"{line[:at]}\\{bare}" if bare[0] == ":" else f"{line[:at]}&#{ord(bare[0])};{bare[1:]}"


def notes(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A footnote without a text, or a text without a reference, is text."""
    defined = {
        match[1] for block in blocks if block.kind is Kind.NOTE and (match := _DEFINED.match(block.text))
    }
    used = Counter(
        name
        for block in blocks
        if block.kind is not Kind.CODE
        for name in _NOTE.findall(_DEFINED.sub("", block.text) if block.kind is Kind.NOTE else block.text)
    )

    def change(text: str) -> str:
        return _NOTE.sub(lambda match: match[0] if match[1] in defined else f"\\{match[0]}", text)

    made = []
    seen: set[str] = set()
    for block in blocks:
        match = _DEFINED.match(block.text) if block.kind is Kind.NOTE else None
        if match and (match[1] not in used or match[1] in seen):
            text = block.text[match.end() :].strip()
            made.append(Block(Kind.PARAGRAPH, f"\\[^{match[1]}]: {' '.join(text.split())}", 0, block.line))
            continue
        if match:
            seen.add(match[1])
        made.append(block if "[^" not in block.text else _in_text(block, change))
    return draft, tuple(made)


def tables(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A row with more cells than its table has columns keeps them all in its last one."""
    return draft, tuple(_table(block) if block.kind is Kind.TABLE else block for block in blocks)


def _table(block: Block) -> Block:
    lines = block.lines
    width = len(_cells(lines[0]))
    made = []
    for line in lines:
        cells = _cells(line)
        if len(cells) > width:
            cells = [*cells[: width - 1], r" \| ".join(each.strip() for each in cells[width - 1 :])]
            line = f"| {' | '.join(each.strip() for each in cells)} |"
        made.append(line)
    return replace(block, text="\n".join(made))


def _cells(line: str) -> list[str]:
    bare = line.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return re.split(r"(?<!\\)\|", bare)


def _in_text(block: Block, change: object, *, spans: bool = True) -> Block:
    if block.kind is Kind.CODE:
        return block

    def outside(text: str) -> str:
        return outside_spans(text, change) if spans else change(text)  # type: ignore[arg-type, operator]

    return replace(block, text=outside_code(block.text, outside))


def proved(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """What is refused for all that is written as plain text, block by block."""
    made = list(blocks_of(body_of(blocks)))
    for _ in range(_MOST_REPAIRS):
        line = _mistake("".join(body_of(made)))
        if line is None:
            return draft, tuple(made)
        if (at := _at(made, line)) is None:
            break
        left = Left(made[at].text, "Markdown that no article can hold: its words stand as plain text")
        draft = replace(draft, left=(*draft.left, left))
        made[at] = Block(Kind.PARAGRAPH, _as_text(made[at]), 0, made[at].line)
        made = list(blocks_of(body_of(made)))
    return draft, tuple(made)


def _mistake(body: str) -> int | None:
    """The line of the first mistake that an article with this body would have."""
    try:
        parse_content(body, path="", first_line=1, resolver=_Anything(), merge_fields={})
    except PressroomError as error:
        return next((each.line for each in flatten(error) if each.line), 1)
    return None


def _at(blocks: list[Block], line: int) -> int | None:
    """The block that stands on a line of the body that these blocks make."""
    found = None
    for at, block in enumerate(blocks_of(body_of(blocks))):
        if block.line is not None and block.line <= line:
            found = at
    return found if found is not None and found < len(blocks) else None


def _as_text(block: Block) -> str:
    lines = [line.strip() for line in block.text.split("\n") if line.strip()]
    text = [escaped(line) if block.kind is Kind.CODE else escaped(readable(line) or line) for line in lines]
    return "\\\n".join(_FIELD.sub(r"\1\\{{", line).replace(":::", r"\:::") for line in text)


class _Anything:
    """Takes every address: what they lead to is settled later."""

    def link(self, target: str) -> str:
        return f"https://example.org/{target.rpartition(':')[2]}"

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        return Image(target, target, f"https://example.org/{target}", alt, 1, 1, "image/png", 1, "")

    def audio(self, target: str) -> Audio:
        return Audio(f"https://example.org/{target}", "audio/mpeg", 1)

    def snippet(self, name: str) -> tuple[str, str, _Anything]:
        return "", name, self
