"""Rules on calls to action: a link or a sentence that asks the reader for something becomes `::: cta`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.importers import phrases
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.cleanup.body import Body
from pipeline.importers.escape import escaped, plain
from pipeline.importers.inline import Reference, images, inner, links, readable, target, unquoted
from pipeline.importers.shapes import (
    ADDRESS,
    SITE,
    ends,
    is_call_shaped,
    is_prose,
    is_question,
    last_sentence,
    same,
    sentence_ends,
    without_tail,
)

REPEATED = "repeated call to action"

_LONGEST = 240
_MOST_BESIDE = 120
"""Characters beside the link: what says more is a paragraph with a link in it."""
_ARROW = re.compile(r"\s*[→›»>]+\s*$")
_CONTAINER = re.compile(r"(:{3,})[ \t]*cta[ \t]*\n(.*)\n\1[ \t]*", re.DOTALL)


def call_in(block: SourceBlock, base: str, *, in_box: bool = False, at_end: bool = False) -> str:
    """The sentence and the link of a call to action; empty for other blocks.

    `base` is the base of relative addresses. A sentence around the link may do the asking in a box that is
    made for it, and below the last paragraph.
    """
    if (
        block.kind not in (Kind.PARAGRAPH, Kind.LINE, Kind.QUOTE)
        or "](" not in block.text
        or images(block.text)
    ):
        return ""
    text = unquoted(block.text) if block.kind is Kind.QUOTE else block.text
    if block.kind is Kind.QUOTE and re.search(r"^\s*(?:[-+*>#]|\d+[.)])\s", text, re.MULTILINE):
        return ""
    text = inner(text)
    found = links(text)
    words = readable(text)
    if len(found) != 1 or len(words) > _LONGEST or not _leads(found[0], base):
        return ""
    label = readable(found[0].text)
    if len(words) - len(label) > _MOST_BESIDE or found[0].text == found[0].address:
        return ""
    asks = is_call_shaped(_ARROW.sub("", label))
    alone = same(words) == same(label)
    if in_box or (alone and asks) or (at_end and (asks or phrases.CALL.match(words))):
        return re.sub(r"\s*\n\s*", " ", text.replace("\\\n", " ")).strip()
    return ""


def _leads(link: Reference, base: str) -> bool:
    absolute = re.match(r"https?://|mailto:|tel:|sms:", link.address)
    return bool((absolute or (base and not link.address.startswith("#"))) and readable(link.text))


def calls(body: Body) -> None:
    """A paragraph or quote that is a link which asks; at the end of the text, a sentence with an address."""
    blocks = body.blocks
    texts = [at for at, block in enumerate(blocks) if _is_text(block)]
    last = texts[-1] if texts else -1
    for at, block in enumerate(list(blocks)):
        call = call_in(block, body.draft.base, at_end=at > last)
        if not call and block.is_text and at >= (texts[-2] if len(texts) > 1 else 0):
            above = list(_written(body, block))
            if above:
                body.replace(block, *above)
                continue
        if not call:
            continue
        body.infer("cta", readable(call), "a link that asks the reader for something")
        body.replace(block, SourceBlock(Kind.CONTAINER, f"::: cta\n{call}\n:::", 0, block.line))
    _lead(body)


def _is_text(block: SourceBlock) -> bool:
    if block.kind in (Kind.LIST, Kind.TABLE, Kind.CODE):
        return True
    if block.kind not in (Kind.PARAGRAPH, Kind.QUOTE) or not is_prose(block.words):
        return False
    return not call_in(block, "https://", at_end=True) and not _spoken(block.words)


def _written(body: Body, block: SourceBlock) -> Iterator[SourceBlock]:
    """The blocks in place of one whose last sentence asks for something and writes out the address."""
    if "](" in block.text or images(block.text) or "\n" in block.text:
        return
    words = block.words
    short = len(words) <= 200 and sum(1 for _ in sentence_ends(words)) < 2
    split = 0 if short and _spoken(words) else last_sentence(words)
    call = _spoken(words[split:])
    if not call:
        return
    if split:
        yield replace(block, kind=Kind.PARAGRAPH, text=escaped(words[:split].strip()))
    body.infer("cta", words[split:], "a sentence that asks for something and says where")
    yield SourceBlock(Kind.CONTAINER, f"::: cta\n{call}\n:::", 0, block.line)


def _spoken(sentence: str) -> str:
    """The call to action in a text with exactly one address, as Markdown; empty if it asks for nothing."""
    found = list(ADDRESS.finditer(sentence)) or list(SITE.finditer(sentence))
    if len(found) != 1 or len(sentence) > 320:
        return ""
    written = without_tail(found[0][0])
    start, end = found[0].start(), found[0].start() + len(written)
    clauses = [match.start() for match in phrases.CALL_CLAUSE.finditer(sentence) if match.start() < start]
    if not clauses and not phrases.CALL.match(sentence):
        return ""
    before, after = sentence[:start], sentence[end:].lstrip(">)")
    joint = phrases.BEFORE_ADDRESS.search(before)
    kept = before[: joint.start()] if joint else before
    last = max((0, *sentence_ends(kept)))
    begin = next((place for place in clauses if place >= last), clauses[-1] if clauses else 0)
    text = kept[begin:].strip(" ,:–—-")
    if not re.fullmatch(r"[\s.!?…]*", after) or len(text.split()) < 2 or len(text) > 72:
        # The address is within the sentence: all of the sentence becomes the link.
        begin, text = last, f"{before[last:]}{_shown(written)}{after}".strip()
        after = text[-1] if ends(text) in {".", "!"} else ""
        text = text.removesuffix(after)
        if len(text) > 110 or next(sentence_ends(text), None) is not None or len(text.split()) < 2:
            return ""
    address = written if re.match("https?://", written) else f"mailto:{written}" if "@" in written else ""
    link = f"[{plain(text)}]({target(address or f'https://{written}')})"
    lead = before[:begin].strip()
    return f"{escaped(lead)} {link}{plain(after.strip())}" if lead else f"{link}{plain(after.strip())}"


def _shown(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")


def _lead(body: Body) -> None:
    """A question directly above a call that is nothing but its link becomes the sentence of the call."""
    for above, block in zip(list(body.blocks), body.blocks[1:], strict=False):
        call = _CONTAINER.fullmatch(block.text) if block.kind is Kind.CONTAINER else None
        if not call or not above.is_text or "\n" in call[2].strip():
            continue
        words, link = above.words, links(call[2])
        alone = len(link) == 1 and same(readable(call[2])) == same(readable(link[0].text))
        leads = is_question(words) or phrases.READY.match(words)
        if alone and leads and len(words) <= 120 and not links(above.text):
            body.replace(block, replace(block, text=f"::: cta\n{inner(above.text)} {call[2].strip()}\n:::"))
            body.take(above)


def repeated(body: Body) -> None:
    """A call to action that was there before; also as a line that asks without saying where."""
    seen: set[str] = set()
    kept: set[str] = set()
    dropped: set[str] = set()
    containers = [block for block in body.blocks if block.kind is Kind.CONTAINER]
    for block in containers:
        if call := _CONTAINER.fullmatch(block.text):
            keys = {
                same(readable(call[2])),
                *(f"{same(readable(x.text))} {x.address}" for x in links(call[2])),
            }
            if keys & seen:
                body.take(block, REPEATED, call[2])
                dropped.add(readable(call[2]))
            else:
                kept.add(readable(call[2]))
            seen |= keys
    told = (each for each in body.draft.inferred if each.field != "cta" or each.value not in dropped - kept)
    body.set(inferred=tuple(dict.fromkeys(told)))
    asked = {same(readable(each.text)) for block in containers for each in links(block.text)}
    for block in body.tail():
        words = block.words.rstrip(": ")
        if block.is_line and not links(block.text) and (is_call_shaped(words) or phrases.READY.match(words)):
            key = same(words)
            if any(key.startswith(each) or each.startswith(key) for each in (asked | seen) if each and key):
                body.take(block, REPEATED)
            asked.add(key)


def as_text_if_dead(block: SourceBlock) -> SourceBlock | None:
    """A call whose link leads nowhere, once addresses are settled, as a paragraph; None for other blocks."""
    call = _CONTAINER.fullmatch(block.text) if block.kind is Kind.CONTAINER else None
    found = links(call[2]) if call else ()
    dead = call and (len(found) != 1 or not found[0].address or not readable(found[0].text))
    return replace(block, kind=Kind.PARAGRAPH, text=call[2]) if call and dead else None
