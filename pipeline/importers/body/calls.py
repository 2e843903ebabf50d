"""Calls to action: links that ask for something become `::: cta`, each once."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.addresses import Reference
from pipeline.importers.body.blocks import Block, Kind
from pipeline.importers.body.words import images, inner, links, readable, unquoted
from pipeline.importers.draft import Draft, Inferred, Left
from pipeline.importers.plain import phrases
from pipeline.importers.plain.calls import REPEATED, is_call
from pipeline.importers.plain.shapes import is_prose, is_question, same

Blocks = tuple[Block, ...]

_LONGEST = 240
_MOST_BESIDE = 120
"""Characters beside the link: what says more is a paragraph in which a link stands."""
_ARROW = re.compile(r"\s*[→›»>]+\s*$")
_CTA = re.compile(r"(:{3,})[ \t]*cta[ \t]*\n(.*)\n\1[ \t]*", re.DOTALL)


def calls(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A paragraph or a quote that is a link which asks, or, at the end of the text, a sentence with one."""
    last = max((at for at, block in enumerate(blocks) if _is_text(block)), default=-1)
    made: list[Block] = []
    inferred: list[Inferred] = []
    for at, block in enumerate(blocks):
        call = call_in(block, draft.base, at > last)
        if call is None:
            made.append(block)
            continue
        inferred.append(Inferred("cta", readable(call), "a link that asks the reader for something"))
        made.append(Block(Kind.CONTAINER, f"::: cta\n{call}\n:::", 0, block.line))
    return replace(draft, inferred=(*draft.inferred, *inferred)), tuple(_led(made))


def _is_text(block: Block) -> bool:
    if block.kind in (Kind.LIST, Kind.TABLE, Kind.CODE):
        return True
    return (
        block.kind in (Kind.PARAGRAPH, Kind.QUOTE)
        and is_prose(readable(block.text))
        and call_in(block, "https://", True) is None
    )


def _bare(link: Reference) -> str:
    return _ARROW.sub("", readable(link.text))


def call_in(block: Block, base: str, at_end: bool) -> str | None:
    """The sentence and the link of a call to action; None where a block is none.

    `base` is what relative addresses are relative to. Below the last paragraph, `at_end`, a sentence around
    the link may do the asking.
    """
    if block.kind not in (Kind.PARAGRAPH, Kind.QUOTE) or images(block.text):
        return None
    text = unquoted(block.text) if block.kind is Kind.QUOTE else block.text
    if block.kind is Kind.QUOTE and re.search(r"^\s*(?:[-+*>#]|\d+[.)])\s", text, re.MULTILINE):
        return None
    text = inner(text)
    found = links(text)
    if len(found) != 1 or len(readable(text)) > _LONGEST:
        return None
    link = found[0]
    absolute = re.match(r"https?://|mailto:|tel:|sms:", link.address)
    leads = absolute or (base and not link.address.startswith("#"))
    if not leads or not readable(link.text):
        return None
    if len(readable(text)) - len(readable(link.text)) > _MOST_BESIDE:
        return None
    alone = same(readable(text)) == same(readable(link.text))
    asks = is_call(_bare(link)) and link.text != link.address
    whole = phrases.CALL.match(readable(text)) is not None
    if not (alone and asks) and not (at_end and (asks or whole) and link.text != link.address):
        return None
    return re.sub(r"\s*\n\s*", " ", text.replace("\\\n", " ")).strip()


def _led(blocks: list[Block]) -> list[Block]:
    """A question directly above a call that is nothing but its link is the sentence of the call."""
    made: list[Block] = []
    for block in blocks:
        call = _CTA.fullmatch(block.text) if block.kind is Kind.CONTAINER else None
        above = made[-1] if made else None
        if call and above and above.kind is Kind.PARAGRAPH and "\n" not in call[2].strip():
            words = readable(above.text)
            link = links(call[2])
            alone = len(link) == 1 and same(readable(call[2])) == same(readable(link[0].text))
            leads = is_question(words) or phrases.READY.match(words)
            if alone and leads and len(words) <= 120 and not links(above.text):
                made.pop()
                block = replace(block, text=f"::: cta\n{inner(above.text)} {call[2].strip()}\n:::")
        made.append(block)
    return made


def repeated(draft: Draft, blocks: Blocks) -> tuple[Draft, Blocks]:
    """A call that stands twice stands once; so does any longer paragraph."""
    seen: set[str] = set()
    kept: list[Block] = []
    left: list[Left] = []
    gone: set[str] = set()
    for block in blocks:
        call = _CTA.fullmatch(block.text) if block.kind is Kind.CONTAINER else None
        key = same(readable(call[2])) if call else same(readable(block.text))
        linked = {f"{same(readable(each.text))} {each.address}" for each in links(call[2])} if call else set()
        again = (call and (key in seen or linked & seen)) or (
            block.kind is Kind.PARAGRAPH and key in seen and len(key) > 40
        )
        if again:
            left.append(
                Left(call[2] if call else block.text, REPEATED if call else "it stands above already")
            )
            gone.add(readable(call[2]) if call else "")
            continue
        if call or (block.kind is Kind.PARAGRAPH and key):
            seen |= {key, *linked}
        kept.append(block)
    gone -= {readable(call[2]) for each in kept if (call := _CTA.fullmatch(each.text))}
    told = [each for each in draft.inferred if each.field != "cta" or each.value not in gone]
    return replace(draft, left=(*draft.left, *left), inferred=tuple(dict.fromkeys(told))), tuple(kept)


def without_dead(blocks: Blocks) -> Blocks:
    """Calls whose link leads nowhere, once addresses are settled, are paragraphs."""
    made = []
    for block in blocks:
        call = _CTA.fullmatch(block.text) if block.kind is Kind.CONTAINER else None
        found = links(call[2]) if call else ()
        if call and (len(found) != 1 or not found[0].address or not readable(found[0].text)):
            block = replace(block, kind=Kind.PARAGRAPH, text=call[2])
        made.append(block)
    return tuple(made)
