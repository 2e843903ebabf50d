"""What the head of an article says: title, dek, byline and lead image, where the body repeats them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import images, inner, is_bold, links, readable
from pipeline.importers.draft import Draft, Inferred, Left
from pipeline.importers.plain import phrases
from pipeline.importers.plain.people import authors_of
from pipeline.importers.plain.shapes import is_sentence, same

Blocks = tuple[Block, ...]

_LONGEST_BYLINE = 160


def title(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A heading at the top that is the title goes; worded otherwise it becomes `alt_title`.

    Where the source has no title, a heading of the first level at the top is it.
    """
    kept: list[Block] = []
    at = 0
    while at < min(len(blocks), 6):
        block = blocks[at]
        words = readable(block.text)
        first = not any(
            each.kind in (Kind.PARAGRAPH, Kind.LIST, Kind.HEADING) and _is_text(each) for each in kept
        )
        is_same = bool(draft.title) and same(words) == same(draft.title)
        if block.kind is Kind.HEADING and words and (is_same or (block.level == 1 and first)):
            if (links(block.text) and not is_same) or images(block.text):
                break
            draft = _named(draft, words, block)
        elif block.kind is Kind.PARAGRAPH and is_same and (is_bold(block.text) or not is_sentence(words)):
            draft = _left(draft, block, "the title once more")
        elif block.kind is Kind.HEADING:
            break
        else:
            kept.append(block)
        at += 1
    return draft, (*kept, *blocks[at:])


def _is_text(block: Block) -> bool:
    """Whether it is running text, and not a picture, a line above the title or a byline."""
    words = readable(block.text)
    return len(words) > 80 or (is_sentence(words) and len(words) > 40)


def _named(draft: Draft, words: str, block: Block) -> Draft:
    if not draft.title:
        return replace(draft, title=words)
    if same(words) == same(draft.title):
        return _left(draft, block, "the title once more")
    if not draft.alt_title or same(draft.alt_title) == same(words):
        return replace(draft, alt_title=words)
    return _left(draft, block, "a further title")


def opening(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """The dek, the byline and the time it takes to read, where lines above the text say them."""
    kept: list[Block] = []
    at = 0
    while at < min(len(blocks), 5):
        block = blocks[at]
        words = readable(block.text)
        if block.kind is not Kind.PARAGRAPH or images(block.text):
            if block.kind is Kind.HEADING and draft.dek and same(words) == same(draft.dek):
                draft = _left(draft, block, "the dek once more")
                at += 1
                continue
            if block.kind in (Kind.RULE, Kind.PARAGRAPH):
                kept.append(block)
                at += 1
                continue
            break
        if draft.dek and same(words) == same(draft.dek):
            draft = _left(draft, block, "the dek once more")
        elif phrases.READING_TIME.fullmatch(words):
            draft = _left(draft, block, "reading time; it is counted from the text")
        elif (found := _byline(draft, words)) is not None:
            draft = _left(found, block, "the line that says who wrote it")
        else:
            break
        at += 1
    return draft, (*kept, *blocks[at:])


def _byline(draft: Draft, words: str) -> Draft | None:
    """The draft with the author whom a line such as "By Ada Example, editor" names; None if it is none."""
    match = phrases.BY.match(words)
    if not match or len(words) > _LONGEST_BYLINE or is_sentence(words.rstrip(".")):
        return None
    name = re.split(r"\s*[|·•]\s*|\s+[–—-]\s+", words[match.end() :])[0]
    authors = authors_of(name)
    if not authors:
        return None
    if draft.authors:
        known = {same(each.name) for each in draft.authors}
        return draft if {same(each.name) for each in authors} & known else None
    note = Inferred("authors", ", ".join(each.name for each in authors), "the line above the text")
    return replace(draft, authors=tuple(authors), inferred=(*draft.inferred, note))


def lead_image(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """The lead image, where the body begins with it: an article shows it above its text already."""
    for at, block in enumerate(blocks[:3]):
        found = images(block.text) if block.kind is Kind.PARAGRAPH else ()
        if len(found) != 1 or inner(block.text) != found[0].markdown or not draft.image:
            continue
        if _file(found[0].address) != _file(draft.image):
            break
        alt = draft.image_alt or readable(found[0].text)
        draft = _left(replace(draft, image_alt=alt), block, "the lead image once more")
        return draft, (*blocks[:at], *blocks[at + 1 :])
    return draft, blocks


def _file(address: str) -> str:
    """A picture's name, whatever size of it is meant: `a-1024x683.jpg` and `a.jpg?w=600` are one."""
    name = re.sub(r"[?#].*", "", address).rpartition("/")[2].lower()
    return re.sub(r"(?:-\d{2,4}x\d{2,4}|@\d+x|-scaled)(?=\.\w+$)", "", name)


def _left(draft: Draft, block: Block, reason: str) -> Draft:
    return replace(draft, left=(*draft.left, Left(block.text, reason)))
