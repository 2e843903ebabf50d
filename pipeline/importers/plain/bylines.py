"""What the lines around a title say of the article: who, when, under what, how long to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.importers.plain import phrases
from pipeline.importers.plain.dates import date_of, is_ambiguous
from pipeline.importers.plain.lines import Fact, Item, Mark, Marks, Role, Sheet, left
from pipeline.importers.plain.people import authors_of, is_house, is_name, is_role
from pipeline.importers.plain.shapes import is_prose

_HEAD = 16
"""How many items from the top may belong to the head of an article."""

_PARTED = re.compile(r"\s*[|·•]\s*|\s+[–—/-]\s+")


def head(sheet: Sheet) -> tuple[Item, ...]:
    """The items above the second paragraph: the first may be the dek."""
    paragraphs = 0
    for item in sheet.items[:_HEAD]:
        paragraphs += item.open and is_prose(item.text)
        if paragraphs == 2:
            return sheet.items[: item.at]
    return sheet.items[:_HEAD]


def category(sheet: Sheet) -> Marks:
    """A category that a page glues to the reading time: "Research7 min read"."""
    found: dict[int, Mark] = {}
    for item in head(sheet):
        match = phrases.CATEGORY_AND_TIME.fullmatch(item.text) if item.open and len(item.text) < 80 else None
        # Behind the title "Jane Doe · 7 min read" names the author.
        if not match or fact_of(item.text) or (match[2].strip() and item.at > 2 and is_name(match[1])):
            continue
        facts = ((Fact.CATEGORY, match[1]), (Fact.READING_TIME, match[3]))
        found[item.number] = Mark(Role.BYLINE, facts=facts)
    return found


def byline(sheet: Sheet) -> Marks:
    """Lines above the text made of dates, reading times and "By …" alone, parted by bars or dots.

    A date without a word before it counts where it is the only such line, or next to another byline: a
    timeline has dates for headings.
    """
    found: dict[int, Mark] = {}
    bare: list[Item] = []
    for item in head(sheet):
        facts = facts_of(item.text) if item.open else ()
        if facts and _is_bare_date(item.text):
            bare.append(item)
        elif facts:
            found[item.number] = Mark(Role.BYLINE, facts=facts)
    alone = sum(1 for item in sheet.items if _is_bare_date(item.text)) == 1
    for item in bare:
        near = [other for other in sheet.items[max(0, item.at - 2) : item.at + 3] if other is not item]
        beside = any(each.number in found or each.is_(Role.BYLINE) for each in near)
        if (alone or beside) and not (item.gap and not item.gap_after and sheet.has_gaps and not beside):
            found[item.number] = Mark(Role.BYLINE, facts=facts_of(item.text))
    return found


def ambiguous_date(sheet: Sheet) -> Marks:
    """A date such as 03/04/2026 is kept for the editor, who knows which of the two is the month."""
    why = "date that can be read two ways, day or month first"
    return {
        item.number: left(why)
        for item in head(sheet)
        if item.open
        and is_ambiguous(phrases.UPDATED.sub("", phrases.PUBLISHED.sub("", item.text, count=1), count=1))
    }


def updated(sheet: Sheet) -> Marks:
    """A line at the end that says when the text was last changed."""
    return {
        item.number: Mark(Role.BYLINE, facts=((Fact.UPDATED, item.text[match.end() :]),))
        for item in sheet.items[-12:]
        if item.open
        and (match := phrases.UPDATED.match(item.text))
        and date_of(item.text[match.end() :].rstrip("."))
    }


def author_and_role(sheet: Sheet) -> Marks:
    """A name in a line of its own whose next line says what that person is, or a line of the byline."""
    found: dict[int, Mark] = {}
    items = head(sheet)
    titles = [item.at for item in items if item.is_(Role.TITLE)]
    for item in items[titles[-1] + 1 :] if titles else ():
        if not item.open or item.number in found or len(authors_of(item.text)) != 1:
            continue
        below = sheet.items[item.at + 1] if item.at + 1 < len(sheet.items) else None
        if below is None:
            continue
        if below.open and is_role(below.text):
            found[item.number] = Mark(Role.BYLINE, facts=((Fact.AUTHOR, item.text),))
            found[below.number] = Mark(Role.BYLINE, facts=((Fact.AUTHOR_ROLE, below.text),))
        elif below.is_(Role.BYLINE) and not any(kind is Fact.AUTHOR for kind, _ in below.mark_facts):
            found[item.number] = Mark(Role.BYLINE, facts=((Fact.AUTHOR, item.text),))
    return found


def role_below(sheet: Sheet) -> Marks:
    """A line below "By Jane Doe" that says what she is."""
    found: dict[int, Mark] = {}
    for item, below in zip(head(sheet), sheet.items[1:], strict=False):
        named = [value for kind, value in item.mark_facts if kind is Fact.AUTHOR]
        if not named or not below.open or not is_role(below.text):
            continue
        authors = authors_of(named[-1])
        if authors and not authors[-1].role:
            found[below.number] = Mark(Role.BYLINE, facts=((Fact.AUTHOR_ROLE, below.text),))
    return found


def facts_of(text: str) -> tuple[tuple[Fact, str], ...]:
    """What each piece of a line says; nothing unless every piece is understood."""
    if whole := fact_of(text):
        return (whole,)
    if len(text) > 200:
        return ()
    pieces = [piece for piece in _PARTED.split(text) if piece]
    facts = [fact_of(piece) for piece in pieces]
    if len(pieces) < 2:
        return ()
    # A name without "By" is understood beside a date or a reading time, a category beside two of them.
    known = [fact or _name(piece) for piece, fact in zip(pieces, facts, strict=True)]
    if known.count(None) == 1 and len(known) - 1 > 1 and len(pieces[known.index(None)]) <= 30:
        known[known.index(None)] = (Fact.CATEGORY, pieces[known.index(None)])
    understood = tuple(fact for fact in known if fact is not None)
    return understood if any(facts) and len(understood) == len(pieces) else ()


def fact_of(text: str) -> tuple[Fact, str] | None:
    """What a line or a piece of one says of the article, with what is left when the label is gone."""
    if len(text) > 160:
        return None
    if phrases.READING_TIME.fullmatch(text):
        return Fact.READING_TIME, text
    if date_of(text):
        return Fact.DATE, text
    for label, fact in ((phrases.PUBLISHED, Fact.DATE), (phrases.UPDATED, Fact.UPDATED)):
        if (match := label.match(text)) and date_of(text[match.end() :]):
            return fact, text[match.end() :]
    if (match := phrases.REVIEWED.match(text)) and authors_of(text[match.end() :]):
        return Fact.REVIEWER, text[match.end() :]
    if (match := phrases.BY.match(text)) and authors_of(text[match.end() :]):
        return Fact.AUTHOR, text[match.end() :]
    return None


def _name(piece: str) -> tuple[Fact, str] | None:
    return (Fact.AUTHOR, piece) if is_name(piece) or is_house(piece) else None


def _is_bare_date(text: str) -> bool:
    return date_of(text) is not None


def values(items: tuple[Item, ...], wanted: Fact) -> Iterator[tuple[Item, str]]:
    """The values of one kind of fact, with the items that give them."""
    for item in items:
        for kind, value in item.mark_facts:
            if kind is wanted:
                yield item, value
