"""Lists: with marks, with numbers, and as bare lines below a sentence that ends in a colon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from pipeline.importers.plain import phrases
from pipeline.importers.plain.lines import Item, Mark, Marks, Role, Sheet
from pipeline.importers.plain.shapes import ADDRESS, ends, is_bare, is_prose, is_question, is_sentence

_DOT = re.compile(r"([•◦‣▪▫●○■□∙⁃➤►✓✔★])\s*(?=\S)|(·)\s+(?=\S)")
_DASH = re.compile(r"([-*+–—]) (?=\S)|(o) (?=[^\W\d_a-z])")
_ALONE = re.compile(r"[•◦‣▪●○■·]")
NUMBER = re.compile(r"\(?(\d{1,3})[.)] (?=\S)")
_TERM = re.compile(r"[^.!?]{2,60}?(?: [–—-] |: )\S")


def bullets(sheet: Sheet) -> Marks:
    """Lines that begin with "•" and its like."""
    found: dict[int, Mark] = {}
    indents: list[tuple[int, str]] = []
    last = -2
    for item in sheet.items:
        match = _DOT.match(item.text) if item.open else None
        if match is None:
            continue
        # A list goes on over an empty line, but not over a paragraph.
        if last != item.at - 1:
            indents = []
        sign = match[1] or match[2]
        while indents and indents[-1][0] > item.indent:
            indents.pop()
        if not indents or (item.indent > indents[-1][0] and sign != indents[0][1] and len(indents) < 3):
            indents.append((item.indent, sign))
        last = item.at
        found[item.number] = Mark(Role.BULLET, item.text[match.end() :], depth=len(indents) - 1)
    return found


def lone_bullets(sheet: Sheet) -> Marks:
    """A "•" in a line of its own, as some pages are copied: the next line is the item."""
    found: dict[int, Mark] = {}
    for item, below in zip(sheet.items, sheet.items[1:], strict=False):
        if item.open and _ALONE.fullmatch(item.text) and below.open and not _ALONE.fullmatch(below.text):
            found[item.number] = Mark(Role.BULLET, below.text)
            found[below.number] = Mark(Role.CONTINUATION)
    return found


def dashes(sheet: Sheet) -> Marks:
    """Lines that begin with a hyphen, an asterisk or a dash: two together, or one below a colon.

    A single one is a dash of its author's, and dialogue begins with dashes too, so that a dash (– or —)
    needs the colon.
    """
    found: dict[int, Mark] = {}
    for run in _runs(sheet.items, lambda item: _DASH.match(item.text) is not None):
        signs = {item.text[0] for item in run}
        above = sheet.items[run[0].at - 1] if run[0].at else None
        below_colon = above is not None and (ends(above.text) == ":" or above.is_(Role.BULLET))
        if below_colon or (len(run) > 1 and len(signs) == 1 and signs <= {"-", "*"}):
            least = run[0].indent
            for item in run:
                deeper = item.indent > least + 1 and item is not run[0]
                found[item.number] = Mark(Role.BULLET, item.text[2:], depth=int(deeper))
    return found


def numbers(sheet: Sheet) -> Marks:
    """Lines numbered from 1 upwards, at least two of them one below the other: "1. Name – text"."""
    found: dict[int, Mark] = {}
    for run in _runs(sheet.items, lambda item: NUMBER.match(item.text) is not None):
        for row in _counted(run):
            for item in row:
                match = NUMBER.match(item.text)
                if match:
                    found[item.number] = Mark(Role.NUMBERED, item.text[match.end() :])
    return found


def numbered_headings(sheet: Sheet) -> Marks:
    """Short lines numbered 1, 2, 3 with paragraphs between them are headings, not a list."""
    rows: list[list[Item]] = []
    for item in sheet.open():
        match = NUMBER.match(item.text)
        if match and is_bare(item.text[match.end() :]):
            if match[1] == "1":
                rows.append([])
            if rows and int(match[1]) == len(rows[-1]) + 1:
                rows[-1].append(item)
    found: dict[int, Mark] = {}
    for row in rows:
        below = [sheet.items[item.at + 1] for item in row if item.at + 1 < len(sheet.items)]
        if 1 < len(row) == len(below) and all(each.open and is_prose(each.text) for each in below):
            found |= {item.number: Mark(Role.HEADING) for item in row}
    return found


def bare_lists(sheet: Sheet) -> Marks:
    """Bare lines below a sentence that ends in a colon.

    The list ends at an empty line where its lines stand together, at a sentence where they are none, and
    before a line that is a heading by its words.
    """
    found: dict[int, Mark] = {}
    for item in sheet.items:
        introduces = item.open or item.is_(Role.HEADING)
        if not introduces or item.number in found or ends(item.text) not in {":", "："}:
            continue
        entries = _entries(sheet, item)
        if len(entries) > 1:
            found |= {each.number: Mark(Role.BULLET, each.text) for each in entries}
    return found


def _entries(sheet: Sheet, colon: Item) -> list[Item]:
    rest = sheet.items[colon.at + 1 : colon.at + 60]
    if not rest or not rest[0].open:
        return []
    close = not rest[0].gap_after
    entries: list[Item] = []
    for item in rest:
        if not item.open or ends(item.text) == ":" or NUMBER.match(item.text):
            break
        if entries and close and item.gap:
            break
        entries.append(item)
        if item.gap_after and close:
            break
    alike = _alike(entries, together=close and sheet.has_gaps)
    ended = len(alike) == len(entries) and bool(alike) and close and alike[-1].gap_after and sheet.has_gaps
    return alike if ended else _without_heading(sheet, alike)


def _alike(entries: Sequence[Item], *, together: bool) -> list[Item]:
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
    if together and all(len(item.text) <= 160 for item in entries):
        return list(entries)
    if is_question(first):
        return _while(entries, lambda text: is_question(text) and len(text) <= 160)
    return []


def _one_sentence(entries: Sequence[Item]) -> list[Item]:
    """The parts of a sentence that goes on through a list: "sleep," "food and" "work."."""
    for place, item in enumerate(entries):
        if len(item.text) > 160:
            break
        if ends(item.text) not in {",", ";"} and not re.search(r"\b(?:and|or|und|oder|et|ou)$", item.text):
            return list(entries[: place + 1])
    return []


def _while(entries: Sequence[Item], like: Callable[[str], bool]) -> list[Item]:
    kept: list[Item] = []
    for item in entries:
        if not like(item.text) or ADDRESS.fullmatch(item.text):
            break
        kept.append(item)
    return kept


def _without_heading(sheet: Sheet, entries: list[Item]) -> list[Item]:
    """The entries without a last one that is the heading of the paragraph below it."""
    if len(entries) < 2:
        return entries
    last, others = entries[-1], entries[:-1]
    below = sheet.items[last.at + 1] if last.at + 1 < len(sheet.items) else None
    if below is None or not is_bare(last.text, 110) or not (is_prose(below.text) or ends(below.text) == ":"):
        return entries
    lower = sum(item.text[0].islower() for item in others) * 2 > len(others)
    asks = phrases.HEADING_BEGINS.match(last.text) is not None and not any(
        phrases.HEADING_BEGINS.match(item.text) for item in others
    )
    question = is_question(last.text) and not any(is_question(item.text) for item in others)
    set_apart = last.gap and not others[-1].gap and len(others) > 1
    return others if lower or asks or question or set_apart else entries


def _runs(items: Sequence[Item], like: Callable[[Item], bool]) -> Iterator[list[Item]]:
    run: list[Item] = []
    for item in items:
        if item.open and like(item):
            run.append(item)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _counted(run: Sequence[Item]) -> Iterator[list[Item]]:
    """The parts of a run that count up by one: from 1 on, or three and more from elsewhere."""
    rows: list[list[Item]] = []
    last = -1
    for item in run:
        match = NUMBER.match(item.text)
        number = int(match[1]) if match else 0
        if rows and number == last + 1:
            rows[-1].append(item)
        else:
            rows.append([item])
        last = number
    for row in rows:
        first = NUMBER.match(row[0].text)
        if len(row) > 2 or (len(row) > 1 and first and first[1] == "1"):
            yield row
