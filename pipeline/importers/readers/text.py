"""Plain text: a page pasted, a text with or without a title, whatever no other form takes.

The reader yields structure only: paragraphs, short lines that may be headings, lists and rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.decode import text_of
from pipeline.importers.draft import Draft, Material
from pipeline.importers.escape import escaped, heading
from pipeline.importers.shapes import ADDRESS, ends, is_bare, is_prose, is_question, is_sentence

NAME = "text"
DESCRIPTION = "plain text, or a web page pasted as text"

_NARROWEST, _WIDEST = 44, 140
"""Columns at which lines are broken. What is narrower is a list or verse; wider ones are paragraphs."""
_TOLERANCE = 4
"""Columns by which a full line may be shorter: an editor may have changed a word, or indented a line."""
_LONGEST_LINE = 150
_DOT = re.compile(r"([•◦‣▪▫●○■□∙⁃➤►✓✔★])\s*(?=\S)|(·)\s+(?=\S)")
_LONE_DOT = re.compile(r"[•◦‣▪●○■·]")
_DASH = re.compile(r"([-*+–—]) (?=\S)|(o) (?=[^\W\d_a-z])")
_MARKER = re.compile(rf"(?:{_DOT.pattern}|{_DASH.pattern}|\(?\d{{1,3}}[.)] )|^[•◦‣▪●○■*-]$")
_NUMBER = re.compile(r"\(?(\d{1,3})[.)] (?=\S)")
_TERM = re.compile(r"[^.!?]{2,60}?(?: [–—-] |: )\S")
_UNDERLINE = re.compile(
    r"(?:=+|-{3,}|~{3,}|_{3,}|\*{3,}|\*(?: \*)+|-(?: -){2,}|[–—]{2,}|#{3,}|\+{3,}|\.{4,})"
)
# Characters of scripts that are written without spaces: a line end there is no space.
_UNSPACED = re.compile("[\u3001-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without white space at its ends.

    `number` counts from 1, `indent` is its white space in columns. `gap` says whether an empty line is
    before it, `gap_after` whether one is behind it.
    """

    number: int
    text: str
    indent: int
    gap: bool
    gap_after: bool = True


def takes(material: Material) -> bool:
    """Whether it is text at all. Ask every other form first."""
    try:
        text_of(material)
    except PressroomError:
        return False
    return True


def read(material: Material) -> tuple[Draft, ...]:
    """The one article in it. Raises `PressroomError` if it is empty, too large or no text."""
    text = text_of(material)
    return (Draft(tuple(text_blocks(text)), source_text=text, numbered=True),)


def text_blocks(text: str) -> Iterator[SourceBlock]:
    """The blocks of a plain text."""
    lines = _with_gaps(_unwrapped(_lines(text)))
    apart = sum(line.gap for line in lines[1:])
    has_gaps = apart * 3 >= len(lines) - 1
    headings = _numbered_headings(lines)

    def numbered_heading(lines: list[Line], at: int) -> _Found:
        block = SourceBlock(Kind.HEADING, heading(lines[at].text), 2, lines[at].number)
        return ([block], 1) if at in headings else None

    at = 0
    while at < len(lines):
        for find in (_rule, _lone_bullets, _bullets, _dashes, _numbers, numbered_heading):
            if found := find(lines, at):
                blocks, taken = found
                yield from blocks
                at += taken
                break
        else:
            line = lines[at]
            yield _block(line, has_gaps)
            at += 1
            if ends(line.text) in {":", "："} and (entries := _bare_entries(lines[at : at + 60], has_gaps)):
                yield _list([f"- {escaped(each.text)}" for each in entries], entries[0])
                at += len(entries)


def _lines(text: str) -> list[Line]:
    lines: list[Line] = []
    gap = True
    for number, raw in enumerate(text.split("\n"), start=1):
        words = re.sub(r"[ \t]+", " ", raw).strip()
        if words:
            start = raw.expandtabs(4)
            lines.append(Line(number, words, len(start) - len(start.lstrip()), gap))
        gap = not words
    return lines


def _with_gaps(lines: list[Line]) -> list[Line]:
    return [
        Line(line.number, line.text, line.indent, line.gap, below is None or below.gap)
        for line, below in zip(lines, [*lines[1:], None], strict=True)
    ]


def _block(line: Line, has_gaps: bool) -> SourceBlock:
    bare = is_bare(line.text.rstrip("!"), _LONGEST_LINE) and not is_prose(line.text)
    kind = Kind.LINE if bare else Kind.PARAGRAPH
    return SourceBlock(kind, escaped(line.text), 0, line.number, apart=line.gap or not has_gaps)


def _list(items: Sequence[str], first: Line) -> SourceBlock:
    return SourceBlock(Kind.LIST, "\n".join(items), 0, first.number, apart=first.gap)


# --- broken lines -------------------------------------------------------------------------------


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Lines put together that were broken at one width, as mail and old editors do.

    A line is full when the next one's first word would not have fitted into it (the width is that of the
    longest line that goes on). The text counts as broken when at least half of the lines with another
    directly below them are full and end within a sentence.
    """
    pairs = [
        (above, below) for above, below in pairwise(lines) if not below.gap and not _MARKER.match(below.text)
    ]
    width = max((len(above.text) for above, _ in pairs if not ADDRESS.search(above.text)), default=0)
    full = [
        (above, below)
        for above, below in pairs
        if len(above.text) + 1 + min(len(below.text.split(" ", 1)[0]), 16) > width - _TOLERANCE
    ]
    within = [below for above, below in full if not _is_end(above.text)]
    if not _NARROWEST <= width <= _WIDEST or len(within) * 2 < len(pairs):
        return lines
    if len(within) < 2 and not all(below.text[0].islower() for below in within):
        return lines
    # A full line that ends a sentence may end a paragraph too, without an empty line.
    joined = {
        below.number for above, below in full if not _is_end(above.text) or width - len(above.text) < 24
    }
    result: list[Line] = []
    for line in lines:
        if line.number in joined and result:
            last = result[-1]
            result[-1] = Line(last.number, _joined(last.text, line.text), last.indent, last.gap)
        else:
            result.append(line)
    return result


def _is_end(text: str) -> bool:
    return ends(text) in {".", "!", "?", "…", ":", "。"}


def _joined(above: str, below: str) -> str:
    hyphen = len(above) > 1 and above[-1] == "-" and above[-2].isalpha() and below[0].isalpha()
    close = _UNSPACED.match(above[-1]) and _UNSPACED.match(below[0])
    return above + below if hyphen or close else f"{above} {below}"


# --- rules and lists ----------------------------------------------------------------------------

_Found = tuple[list[SourceBlock], int] | None


def _rule(lines: list[Line], at: int) -> _Found:
    """A line of signs: the underline of the line above it, or a rule between two parts."""
    line = lines[at]
    below = lines[at + 1] if at + 1 < len(lines) else None
    if below and not below.gap and _is_signs(below) and is_bare(line.text, _LONGEST_LINE):
        level = 1 if at == 0 else 2
        return [SourceBlock(Kind.HEADING, heading(line.text), level, line.number)], 2
    return ([SourceBlock(Kind.RULE, "---", 0, line.number)], 1) if _is_signs(line) else None


def _is_signs(line: Line) -> bool:
    return len(line.text) > 2 and _UNDERLINE.fullmatch(line.text) is not None


def _lone_bullets(lines: list[Line], at: int) -> _Found:
    """A "•" in a line of its own, as some pages are copied: the next line is the item."""
    items = []
    while at + 1 < len(lines) and _LONE_DOT.fullmatch(lines[at].text):
        if _LONE_DOT.fullmatch(lines[at + 1].text):
            break
        items.append(lines[at + 1])
        at += 2
    return (
        ([_list([f"- {escaped(each.text)}" for each in items], items[0])], 2 * len(items)) if items else None
    )


def _bullets(lines: list[Line], at: int) -> _Found:
    """Lines that begin with "•" and its like; a list goes on over an empty line."""
    items: list[str] = []
    indents: list[tuple[int, str]] = []
    for line in lines[at:] if _DOT.match(lines[at].text) else ():
        match = _DOT.match(line.text)
        if match is None:
            break
        sign = match[1] or match[2]
        while indents and indents[-1][0] > line.indent:
            indents.pop()
        if not indents or (line.indent > indents[-1][0] and sign != indents[0][1] and len(indents) < 3):
            indents.append((line.indent, sign))
        items.append(f"{'  ' * (len(indents) - 1)}- {escaped(line.text[match.end() :])}")
    return ([_list(items, lines[at])], len(items)) if items else None


def _dashes(lines: list[Line], at: int) -> _Found:
    """Lines that begin with a hyphen, an asterisk or a dash: two together, or one below a colon.

    A single one is a dash of its author's, and dialogue begins with dashes too, so that a dash (– or —)
    needs the colon.
    """
    run = _while(lines, lambda text: _DASH.match(text) is not None, at)
    signs = {line.text[0] for line in run}
    below_colon = at > 0 and ends(lines[at - 1].text) == ":"
    if not run or not (below_colon or (len(run) > 1 and len(signs) == 1 and signs <= {"-", "*"})):
        return None
    items = [
        f"{'  ' * (line.indent > run[0].indent + 1 and line is not run[0])}- {escaped(line.text[2:])}"
        for line in run
    ]
    return [_list(items, run[0])], len(run)


def _numbers(lines: list[Line], at: int) -> _Found:
    """Lines numbered 1, 2, …, or three and more from elsewhere: a list."""
    row: list[Line] = []
    for line in lines[at:] if _NUMBER.match(lines[at].text) else ():
        match = _NUMBER.match(line.text)
        if not match or (row and int(match[1]) != _number(row[-1]) + 1):
            break
        row.append(line)
    if len(row) > 2 or (len(row) == 2 and _number(row[0]) == 1):
        sign = ")" if at and _NUMBER.match(lines[at - 1].text) else "."
        items = [f"{_number(each)}{sign} {escaped(_NUMBER.sub('', each.text, count=1))}" for each in row]
        return [_list(items, row[0])], len(row)
    return None


def _number(line: Line) -> int:
    match = _NUMBER.match(line.text)
    return int(match[1]) if match else 0


def _numbered_headings(lines: list[Line]) -> frozenset[int]:
    """The places of headings: at least two short lines, numbered from 1, each above a paragraph."""
    places = []
    for at, (line, below) in enumerate(pairwise(lines)):
        match = _NUMBER.match(line.text)
        if (
            match
            and is_bare(line.text[match.end() :])
            and is_prose(below.text)
            and not _NUMBER.match(below.text)
        ):
            places.append(at)
    counts = [_number(lines[at]) for at in places]
    return frozenset(places if len(places) > 1 and counts == list(range(1, len(counts) + 1)) else ())


# --- bare lines below a colon -------------------------------------------------------------------


def _bare_entries(rest: Sequence[Line], has_gaps: bool) -> list[Line]:
    """The bare lines below a sentence that ends in a colon, if there are at least two.

    The list ends at an empty line if its lines are together, at a sentence if they are none, and before a
    line that is a heading by its words.
    """
    if not rest or _MARKER.match(rest[0].text) or _is_signs(rest[0]):
        return []
    close = not rest[0].gap_after
    entries: list[Line] = []
    for line in rest:
        if ends(line.text) == ":" or _NUMBER.match(line.text) or _DOT.match(line.text) or _is_signs(line):
            break
        if entries and close and line.gap:
            break
        entries.append(line)
        if line.gap_after and close:
            break
    alike = _alike(entries, together=close and has_gaps)
    ended = len(alike) == len(entries) and bool(alike) and close and alike[-1].gap_after and has_gaps
    below = rest[len(alike)] if len(alike) < len(rest) else None
    found = alike if ended else _without_heading(alike, below)
    return found if len(found) > 1 else []


def _alike(entries: Sequence[Line], *, together: bool) -> list[Line]:
    """The entries from the first on that are shaped as the first is."""
    if not entries:
        return []
    first = entries[0].text
    if _TERM.match(first) and len(entries) > 1 and _TERM.match(entries[1].text):
        return _while(entries, lambda text: _TERM.match(text) is not None and len(text) <= 300)
    if not is_sentence(first) and len(first) <= 110:
        if ends(first) in {",", ";"}:
            return _one_sentence(entries)
        return _while(entries, lambda text: len(text) <= 110 and (not is_sentence(text) or is_question(text)))
    if together and all(len(line.text) <= 160 for line in entries):
        return list(entries)
    return _while(entries, lambda text: is_question(text) and len(text) <= 160) if is_question(first) else []


def _one_sentence(entries: Sequence[Line]) -> list[Line]:
    """The parts of a sentence that goes on through a list: "sleep," "food and" "work."."""
    for place, line in enumerate(entries):
        if len(line.text) > 160:
            break
        if ends(line.text) not in {",", ";"} and not re.search(r"\b(?:and|or|und|oder|et|ou)$", line.text):
            return list(entries[: place + 1])
    return []


def _while(lines: Sequence[Line], like: Callable[[str], bool], at: int = 0) -> list[Line]:
    end = at
    while end < len(lines) and like(lines[end].text) and not ADDRESS.fullmatch(lines[end].text):
        end += 1
    return list(lines[at:end])


_ASKS = re.compile(
    r"(?:what|how|why|when|who|where|which|is|are|can|does|do|should|understanding|conclusion|final|key|next|was|wie"
    r"|warum|wann|wer|fazit|comment|pourquoi|qui)\b",
    re.IGNORECASE,
)
"""How headings begin, and entries of lists seldom do."""


def _without_heading(entries: list[Line], below: Line | None) -> list[Line]:
    """The entries without a last one that is the heading of the paragraph below it."""
    if len(entries) < 2 or below is None:
        return entries
    last, others = entries[-1], entries[:-1]
    if not is_bare(last.text, 110) or not (is_prose(below.text) or ends(below.text) == ":"):
        return entries
    lower = sum(line.text[0].islower() for line in others) * 2 > len(others)
    asks = _ASKS.match(last.text) is not None and not any(_ASKS.match(line.text) for line in others)
    question = is_question(last.text) and not any(is_question(line.text) for line in others)
    set_apart = last.gap and not others[-1].gap and len(others) > 1
    return others if lower or asks or question or set_apart else entries
