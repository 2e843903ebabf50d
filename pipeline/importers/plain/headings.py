"""Headings that are bare lines."""

from __future__ import annotations

from pipeline.importers.plain import phrases
from pipeline.importers.plain.calls import is_call, leads_to_call
from pipeline.importers.plain.lines import Item, Mark, Marks, Role, Sheet
from pipeline.importers.plain.shapes import is_bare, is_question

_LONGEST, _LONGEST_QUESTION = 80, 120
_LIST = (Role.BULLET, Role.NUMBERED, Role.CALL, Role.HEADING)


def headings(sheet: Sheet) -> Marks:
    """A bare line above a paragraph or list, alone or with one more bare line.

    In a text whose paragraphs are parted by empty lines a heading has one before it. Three bare lines in a
    row are a list or verse; of those only a last one that is set apart or asks something is a heading.
    """
    gaps = sheet.has_gaps
    found: dict[int, Mark] = {}
    run: list[Item] = []
    for item in sheet.items:
        if item.open and _is_heading(item.text) and (not gaps or item.gap):
            run.append(item)
            continue
        if item.is_(Role.LEFT):
            continue
        if run and (item.open or item.is_(*_LIST)) and (not gaps or _leads(run[-1], item)):
            found |= {each.number: Mark(Role.HEADING) for each in _kept(run)}
        run = []
    return found


def _is_heading(text: str) -> bool:
    if phrases.GREETING.match(text) or is_call(text) or leads_to_call(text):
        return False
    longest = _LONGEST_QUESTION if is_question(text) else _LONGEST
    if "?" in text[-2:] and not is_question(text):
        return False
    return is_bare(text, longest) and len(text.split()) <= 16


def _leads(heading: Item, below: Item) -> bool:
    """Whether the line below begins a part of the text: a verse or an address has short lines there."""
    return below.gap or len(below.text) > 60 or below.is_(*_LIST) or below.gap_after


def _kept(run: list[Item]) -> list[Item]:
    if len(run) <= 2:
        return run
    last = run[-1]
    return [last] if is_question(last.text) and not is_question(run[-2].text) else []
