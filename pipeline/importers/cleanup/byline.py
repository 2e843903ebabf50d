"""The rule on bylines: who wrote a text, when, under what, and how long it takes to read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipeline.config.fields import Field
from pipeline.importers import phrases
from pipeline.importers.blocks import SourceBlock
from pipeline.importers.cleanup.body import Body
from pipeline.importers.cleanup.boxes import BYLINE, is_named
from pipeline.importers.dates import date_of
from pipeline.importers.draft import Moment
from pipeline.importers.inline import images
from pipeline.importers.people import authors_of, is_house, is_name, is_role
from pipeline.importers.shapes import same

_PARTED = re.compile(r"\s*[|·•]\s*|\s+[–—/-]\s+")
_BYLINE = "the line that says who wrote it, and when"


def byline(body: Body) -> None:
    """Lines above the text of names, dates, categories and reading times alone become fields.

    A bare date counts only once, or beside another such line: a timeline has dates for headings.
    """
    head = [block for block in body.head() if not images(block.text)]
    dates = [block for block in body.blocks if _date(block.words)]
    facts = {id(block): block_facts(block, after_title=number > 2) for number, block in enumerate(head)}
    for block, below in zip(head, [*head[1:], body.below(head[-1]) if head else None], strict=False):
        role = below is not None and below.is_line and is_role(below.words)
        beside = below is not None and bool(facts.get(id(below)))
        named = beside and any(key == "author" for key, _ in facts[id(below)])
        alone = not facts[id(block)] and block.is_line and len(authors_of(block.words)) == 1
        if alone and (role or beside) and body.draft.title and not named:
            facts[id(block)] = (("author", block.words),)
        if below is not None and role and any(key == "author" for key, _ in facts[id(block)]):
            facts[id(below)] = (("role", below.words),)
    for at, block in enumerate(head):
        alone = len(dates) == 1 or any(
            facts[id(each)] for each in head[max(0, at - 1) : at] + head[at + 1 : at + 2]
        )
        if not facts[id(block)] or (_date(block.words) and not alone) or not _agrees(body, facts[id(block)]):
            continue
        for key, value in facts[id(block)]:
            _tell(body, key, value)
        told = {key for key, _ in facts[id(block)]} - {"category", "time"}
        if block.line and told and block.line > body.title_line:
            body.byline_line = body.byline_line or block.line
        body.take(block, _BYLINE)
    for block in body.tail()[-12:]:
        match = phrases.UPDATED.match(block.words) if block.is_line else None
        if match and not body.draft.updated and (moment := _date(block.words[match.end() :].rstrip("."))):
            body.set(updated=moment)
            body.take(block, "the line that says when it was changed")


def block_facts(block: SourceBlock, *, after_title: bool) -> tuple[tuple[str, str], ...]:
    """What a block says of the article as a byline, a category with a reading time included."""
    if not (block.is_line or block.is_text) or len(block.words) > 200:
        return ()
    if any(is_named(box, BYLINE) for box in block.boxes[-2:]):
        return facts_of(block.words) or (("line", block.words),)
    match = phrases.CATEGORY_AND_TIME.fullmatch(block.words)
    if match and not (match[2].strip() and after_title and is_name(match[1])) and not facts_of(block.words):
        return (("category", match[1]), ("time", match[3]))
    return facts_of(block.words)


def _agrees(body: Body, facts: Iterable[tuple[str, str]]) -> bool:
    """Whether a byline names nobody else than the front matter; else it stays."""
    known = {same(each.name) for each in body.draft.authors}
    named = {same(each.name) for key, value in facts if key == "author" for each in authors_of(value)}
    return not known or not named or bool(known & named) or _is_guessed(body)


def _is_guessed(body: Body) -> bool:
    """Whether who wrote it was only inferred, as from the sender of an email."""
    return any(each.field == "authors" for each in body.draft.inferred)


def _tell(body: Body, key: str, value: str) -> None:
    draft = body.draft
    if key == "author" and (not draft.authors or _is_guessed(body)):
        for each in draft.authors if draft.authors != authors_of(value) else ():
            body.leave(each.name, "a name in the head of the source; the text names its author")
        inferred = tuple(each for each in draft.inferred if each.field != "authors")
        body.set(authors=authors_of(value), inferred=inferred)
        body.infer("authors", value, "the line above the text")
    elif key == "author":
        # The page may name the role behind a name that its head has alone.
        roles = {same(each.name): each for each in authors_of(value)}
        body.set(
            authors=tuple(
                x if x.role else replace(x, role=roles[same(x.name)].role) if same(x.name) in roles else x
                for x in draft.authors
            )
        )
    elif key == "role" and draft.authors and value not in draft.authors[-1].role:
        role = ", ".join(filter(None, (draft.authors[-1].role, value)))
        body.set(authors=(*draft.authors[:-1], replace(draft.authors[-1], role=role)))
    elif key == "category":
        body.set(tags=tuple(dict.fromkeys((*draft.tags, value))))
        body.infer("tags", value, "the category above the text")
    elif key == "reviewer":
        body.set(extra={**draft.extra, "reviewed_by": value})
    elif key in ("date", "updated") and getattr(draft, key) is None:
        body.set(**{key: _date(value)})


def facts_of(text: str) -> tuple[tuple[str, str], ...]:
    """What each piece of a line says of the article; nothing unless every piece is understood."""
    if len(text) > 200:
        return ()
    if whole := _fact(text):
        return (whole,)
    pieces = [piece for piece in _PARTED.split(text) if piece]
    facts = [_fact(piece) for piece in pieces]
    if len(pieces) < 2 or not any(facts):
        return ()
    # A name without "By" is understood beside a date or a reading time, a category beside two of them.
    known = [
        fact or (("author", piece) if is_name(piece) or is_house(piece) else None)
        for piece, fact in zip(pieces, facts, strict=True)
    ]
    if known.count(None) == 1 and len(known) > 2 and len(pieces[known.index(None)]) <= 30:
        at = known.index(None)
        above = known[at - 1] if at else None
        role = above is not None and above[0] == "author" and is_role(pieces[at])
        known[at] = ("role" if role else "category", pieces[at])
    return tuple(fact for fact in known if fact) if None not in known else ()


def _fact(text: str) -> tuple[str, str] | None:
    if phrases.READING_TIME.fullmatch(text):
        return "time", text
    if _date(text):
        return "date", text
    for label, key in ((phrases.PUBLISHED, "date"), (phrases.UPDATED, "updated")):
        if (match := label.match(text)) and _date(text[match.end() :]):
            return key, text[match.end() :]
    for label, key in ((phrases.REVIEWED, "reviewer"), (phrases.BY, "author")):
        if (match := label.match(text)) and authors_of(text[match.end() :]):
            return key, text[match.end() :]
    return None


def _date(text: str) -> Moment | None:
    if len(text) > 40 or text.isdigit():
        return None
    reading = date_of(Field(text, 1))
    return reading.moment if reading else None
