"""Calls to action: sentences that ask the reader to do something, and where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.importers.plain import phrases
from pipeline.importers.plain.lines import Item, Mark, Marks, Role, Sheet, left
from pipeline.importers.plain.shapes import (
    ADDRESS,
    SITE,
    ends,
    is_prose,
    last_sentence,
    same,
    sentence_ends,
    without_tail,
)

REPEATED = "repeated call to action"

_LONGEST_CALL = 120
_LONGEST_TEXT = 72


@dataclass(frozen=True, slots=True)
class Call:
    """A call to action: the words before its link, the link's own, and those behind; and where it leads."""

    before: str
    text: str
    after: str
    address: str


def is_call(text: str) -> bool:
    """Whether a short line, whole, asks the reader to do something."""
    if len(text) > _LONGEST_CALL or ends(text) in {":", ","}:
        return False
    plain = text.rstrip("→›»> ")
    starts = [0, *sentence_ends(plain)]
    pieces = [plain[start:].lstrip() for start in starts]
    if not phrases.CALL.match(pieces[-1]) or len(pieces) > 2:
        return False
    return len(pieces) == 1 or phrases.READY.match(pieces[0]) is not None or ends(pieces[0][:-1]) == "?"


def call_of(sentence: str) -> Call | None:
    """The call to action in a text with exactly one address; None where it asks for nothing."""
    found = list(ADDRESS.finditer(sentence)) or list(SITE.finditer(sentence))
    if len(found) != 1 or len(sentence) > 320:
        return None
    written = without_tail(found[0][0])
    start, end = found[0].start(), found[0].start() + len(written)
    clauses = [match.start() for match in phrases.CALL_CLAUSE.finditer(sentence) if match.start() < start]
    if not clauses and not phrases.CALL.match(sentence):
        return None
    before, after = sentence[:start], sentence[end:].lstrip(">)")
    kept = before[: _before(before)]
    last = max((0, *(place for place in sentence_ends(kept))))
    begin = next((place for place in clauses if place >= last), clauses[-1] if clauses else 0)
    text = kept[begin:].strip(" ,:–—-")
    if (
        re.fullmatch(r"[\s.!?…]*", after)
        and len(text.split()) > 1
        and not phrases.OPEN_END.search(text)
        and len(text) <= _LONGEST_TEXT
    ):
        return Call(kept[:begin].strip(), text, after.strip(), address(written))
    # The address stands within the sentence: it stays to be read, and all of the sentence leads there.
    begin = last
    text = f"{before[begin:]}{shown(written)}{after}".strip()
    mark = text[-1] if ends(text) in {".", "!"} else ""
    text = text.removesuffix(mark)
    if len(text) > 110 or ADDRESS.fullmatch(text) or next(sentence_ends(text), None) is not None:
        return None
    return Call(before[:begin].strip(), text, mark, address(written))


def address(written: str) -> str:
    """Where an address leads that may lack its scheme."""
    if re.match(r"https?://", written):
        return written
    return f"mailto:{written}" if "@" in written else f"https://{written}"


def shown(written: str) -> str:
    """An address as it is read aloud."""
    return re.sub(r"^https?://(?:www\.)?", "", written).rstrip("/")


def calls(sheet: Sheet) -> Marks:
    """Behind the last paragraph: sentences that ask for something and say where.

    A line above that is nothing but a call, or the question that leads to one, goes with it.
    """
    found: dict[int, Mark] = {}
    for item in _end(sheet):
        split = last_sentence(item.text)
        above = _asking(sheet, item)
        short = len(item.text) <= 200 and sum(1 for _ in sentence_ends(item.text)) < 2
        whole = call_of(item.text) is not None and (split == 0 or short)
        if above and above.number not in found and (whole or call_of(f"{above.text} {item.text}")):
            found[above.number] = Mark(Role.CALL, f"{above.text} {item.text}")
            found[item.number] = Mark(Role.CONTINUATION)
        elif whole:
            found[item.number] = Mark(Role.CALL)
        elif split and call_of(item.text[split:]):
            found[item.number] = Mark(Role.CALL, split=split)
    return found


def repeated(sheet: Sheet) -> Marks:
    """Lines that ask the reader for the same twice; the first with an address stays, else the first."""
    groups: dict[str, list[Item]] = {}
    for item in sheet.open():
        text = item.text.rstrip(": ")
        if len(text) <= 320 and (is_call(text) or phrases.READY.match(text) or call_of(text)):
            groups.setdefault(_plain(text), []).append(item)
    again: dict[int, Mark] = {}
    for group in groups.values():
        kept = next((item for item in group if call_of(item.text) or _leads_on(sheet, item)), group[0])
        for item in group:
            if item is kept:
                continue
            again[item.number] = left(REPEATED)
            if _leads_on(sheet, item):
                again[sheet.items[item.at + 1].number] = left(REPEATED)
    return again


def _leads_on(sheet: Sheet, item: Item) -> bool:
    """Whether the next line is the address that this one leads to."""
    below = sheet.items[item.at + 1] if item.at + 1 < len(sheet.items) else None
    return below is not None and below.open and ADDRESS.fullmatch(below.text) is not None


def _before(before: str) -> int:
    match = phrases.BEFORE_ADDRESS.search(before[-40:])
    return len(before) - (len(before[-40:]) - match.start()) if match else len(before)


def _plain(text: str) -> str:
    return same(SITE.sub("", ADDRESS.sub("", text)))[:200].removesuffix("at").removesuffix("here")


def _end(sheet: Sheet) -> list[Item]:
    """The open items behind the last two paragraphs that ask for nothing, up to the end."""
    behind: list[Item] = []
    paragraphs = 0
    for item in reversed(sheet.items):
        if item.is_(Role.LEFT, Role.DISCLAIMER, Role.RELATED, Role.BYLINE):
            continue
        if not item.open:
            break
        behind.append(item)
        asks = (
            call_of(item.text)
            or call_of(item.text[last_sentence(item.text) :])
            or ADDRESS.fullmatch(item.text)
        )
        paragraphs += is_prose(item.text) and not asks
        if paragraphs > 1 or len(behind) > 12:
            break
    return behind[::-1]


def _asking(sheet: Sheet, item: Item) -> Item | None:
    """The line above that leads to this one: a call where this is nothing but an address, or a question."""
    above = sheet.items[item.at - 1] if item.at else None
    if above is None or not above.open or ADDRESS.search(above.text):
        return None
    if ADDRESS.fullmatch(item.text) or SITE.fullmatch(item.text):
        return above if is_call(above.text.rstrip(": ")) else None
    return above if leads_to_call(above.text) and not item.gap else None


def leads_to_call(text: str) -> bool:
    """Whether this is a question such as "Ready to start?"."""
    return len(text) <= 80 and text.endswith("?") and phrases.READY.match(text) is not None
