"""Rules on what is below a text: disclaimer, sign-up, share buttons, footers, other pieces."""

from __future__ import annotations

import re

from pipeline.importers import phrases
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.cleanup.body import Body
from pipeline.importers.draft import Link
from pipeline.importers.inline import inner, is_bold, links, readable, unquoted
from pipeline.importers.shapes import ADDRESS, is_call_shaped, is_prose, is_sentence, same, without_tail

_LONGEST_LINE = 320
_LONGEST_SIGN_UP = 220
_ITEM = re.compile(r"^\s*(?:[-+*]|\d+[.)])\s+")


def disclaimer(body: Body) -> None:
    """A disclaimer by its words or below its name becomes the field; with the same words again it goes."""
    edge = body.tail() or body.blocks
    for block in [*body.head(), *edge] if body.draft.numbered else edge:
        if not body.has(block):
            continue
        label = phrases.DISCLAIMER_LABEL.match(block.words)
        below = body.below(block)
        if label and label.end() == len(block.words) and (block.is_line or is_bold(block.text)):
            named = [each for each in _part(body, block) if phrases.DISCLAIMS.search(each.words)]
            if named and below:
                whole = _part(body, block)[: _part(body, block).index(named[-1]) + 1]
                for each in whole:
                    _disclaim(body, each, each.words)
                body.take(block, "the name of the disclaimer")
        elif block.kind in (Kind.PARAGRAPH, Kind.LINE, Kind.QUOTE):
            rest = block.words[label.end() :] if label else block.words
            emphasised = inner(block.text) != block.text.strip() and len(block.words) < 600
            if label and (
                phrases.DISCLAIMS.search(rest) or ("disclaim" in label[0].lower() and is_prose(rest))
            ):
                body.leave(block.words[: label.end()].strip(), "the name of the disclaimer", block.line)
                _disclaim(body, block, rest)
            elif is_disclaimer(block.words) or (emphasised and phrases.DISCLAIMS.search(block.words)):
                _disclaim(body, block, block.words)


def is_disclaimer(words: str) -> bool:
    """Whether a text says of itself that it is no advice."""
    found = phrases.DISCLAIMS.search(words)
    return found is not None and len(words) <= 1500 and phrases.OF_THE_TEXT.match(words) is not None


def _disclaim(body: Body, block: SourceBlock, words: str) -> None:
    for each in links(block.text):
        body.leave(each.markdown, "a link of the disclaimer, which is plain text", block.line)
    before = body.draft.disclaimer
    if same(words) in same(before) and before:
        body.take(block, "the disclaimer once more")
    else:
        body.set(disclaimer=f"{before}\n{words}" if before else words)
        body.take(block)


def _part(body: Body, label: SourceBlock) -> list[SourceBlock]:
    """The paragraphs below a label, up to the next heading, bare line or other label."""
    part: list[SourceBlock] = []
    for block in body.after(label)[:4]:
        bare = block.kind is Kind.HEADING or (block.kind is Kind.LINE and not is_prose(block.words))
        other = phrases.SIGN_UP.match(block.words) or (
            part and is_disclaimer(block.words) != is_disclaimer(part[0].words)
        )
        if (
            bare
            or not block.is_text
            or other
            or block.words.endswith(":")
            or phrases.DISCLAIMER_LABEL.match(block.words)
        ):
            break
        part.append(block)
    return part


def share(body: Body) -> None:
    """Buttons to share a page: names of networks in a row, or one below the other."""
    for block in body.tail():
        if not body.has(block) or len(block.words) > 200:
            continue
        pieces = [each for each in re.split(r"\s*[|·•,/]\s*|\s{2,}|\n", readable(inner(block.text))) if each]
        shares = [phrases.SHARE.fullmatch(each) or phrases.SHARE_LABEL.fullmatch(each) for each in pieces]
        if len(pieces) > 1 and all(shares) and block.kind is not Kind.LIST:
            body.take(block, "share buttons")
            continue
        names = []
        for each in body.after(block):
            if each.kind not in (Kind.LINE, Kind.PARAGRAPH) or not phrases.SHARE.fullmatch(each.words):
                break
            names.append(each)
        if block.is_line and shares and all(shares) and names:
            for each in [block, *names]:
                body.take(each, "share buttons")


def footer(body: Body) -> None:
    """Copyright and policies, what is left of comments, and what mailings add to each issue."""
    blocks = [*body.blocks[:8], *body.tail(2)]
    tail = {id(block) for block in body.tail(2)[-12:]}
    mailing = False
    for block in dict.fromkeys(blocks) if len(body.blocks) > 1 else ():
        words, plain = block.words, block.kind in (Kind.PARAGRAPH, Kind.LINE, Kind.HEADING, Kind.QUOTE)
        if not plain or len(words) > 400 or len(body.blocks) < 2:
            continue
        reason = ""
        if phrases.LEGAL.fullmatch(words) and len(words) <= _LONGEST_LINE and id(block) in tail:
            reason = "footer of the page"
        elif phrases.COMMENTS.fullmatch(words) and id(block) in tail:
            reason = "comments of the page"
        elif phrases.NAVIGATION.fullmatch(words) and id(block) in tail and block.kind is not Kind.HEADING:
            reason = "navigation of the page"
        elif phrases.VIEW.search(words) and len(words) <= 120:
            reason = "a link to read it in a browser"
            _address_of(body, block)
        elif id(block) in tail:
            reason = _mailing_reason(words, mailing=mailing)
            mailing = mailing or bool(reason)
        if reason:
            body.take(block, reason)
    last = body.blocks[-1] if mailing and len(body.blocks) > 1 else None
    if (
        last
        and len(last.words) <= 200
        and phrases.POSTAL_ADDRESS.search(last.words)
        and not is_sentence(last.words)
    ):
        body.take(last, "the sender's postal address")


def _mailing_reason(words: str, *, mailing: bool) -> str:
    if phrases.UNSUBSCRIBE.search(words):
        return "how to unsubscribe"
    if phrases.WHY_SENT.search(words):
        return "why the mailing was sent"
    if phrases.MAIL_PROGRAM.match(words):
        return "added by the mail program"
    if phrases.FORWARD.match(words):
        return "a link of the mailing"
    return (
        "the sender's postal address"
        if mailing and len(words) <= 200 and phrases.POSTAL_ADDRESS.search(words)
        else ""
    )


def _address_of(body: Body, block: SourceBlock) -> None:
    """The link to the same piece on the web is its canonical address, if it is one and for all readers."""
    for link in links(block.text):
        address = impersonal(link.address)
        counts = re.search(r"/ls/click|/track/click|/c/[\w-]{12,}|[?&]redirect", link.address)
        if re.fullmatch(r"https?://\S+", address) and not counts and not body.draft.canonical_url:
            body.set(canonical_url=address)


_PERSONAL = re.compile(
    r"utm_\w+|mc_[ce]id|e|u|uid|user|email|subscriber|token|r|s|ck_\w+|_hs\w+|fbclid", re.IGNORECASE
)


def impersonal(address: str) -> str:
    """An address without what tells one reader from another."""
    path, _, query = address.partition("#")[0].partition("?")
    kept = [each for each in query.split("&") if each and not _PERSONAL.fullmatch(each.partition("=")[0])]
    return f"{path}?{'&'.join(kept)}" if kept else path


def sign_up(body: Body) -> None:
    """Forms and lines to subscribe to a newsletter, with the labels of their fields; prose stays."""
    taken: list[SourceBlock] = []
    for block in body.tail():
        if not _is_sign_up(block) or not body.has(block):
            continue
        below = body.after(block)[:4]
        if block.kind is Kind.HEADING:
            part = [each for each in _until_heading(body.after(block)) if not _is_sign_up(each)]
            if len(part) > 1 or any(len(each.words) > 120 or not each.is_text for each in part):
                continue
            taken += part
        taken.append(block)
        fields = [each for each in below if each.is_line and phrases.SIGN_UP_FIELD.fullmatch(each.words)]
        taken += fields
        if below and ADDRESS.fullmatch(below[0].words):
            taken.append(below[0])
    taken = list(dict.fromkeys(taken))
    for block in taken if len(taken) < len(body.blocks) else ():
        if body.has(block):
            body.take(block, "newsletter sign-up")


def _is_sign_up(block: SourceBlock) -> bool:
    if not (block.is_line or block.is_text) or len(block.words) > _LONGEST_SIGN_UP:
        return False
    return phrases.SIGN_UP.match(block.words.rstrip("!.:")) is not None


def _until_heading(blocks: list[SourceBlock]) -> list[SourceBlock]:
    for at, block in enumerate(blocks):
        if block.kind is Kind.HEADING:
            return blocks[:at]
    return blocks


def about(body: Body) -> None:
    """Who publishes, or who wrote: "About us" and what is below it, at the very end."""
    for block in body.tail(3):
        match = phrases.ABOUT.match(block.words) if block.is_line else None
        if not body.has(block):
            continue
        reason = (
            "about the author"
            if re.search("author|autor", block.words, re.IGNORECASE)
            else "about the publisher"
        )
        if match and match.end() < len(block.words) and block.kind is not Kind.HEADING:
            body.take(block, reason)
        elif match or (block.kind is Kind.LINE and phrases.ABOUT_NAME.fullmatch(block.words)):
            below = _part(body, block)[:3]
            if below and (match or phrases.WE.search(below[0].words)):
                for each in [block, *below]:
                    body.take(each, reason)


def related(body: Body) -> None:
    """Other pieces: "Related: …" with nothing but links, a list of links or lines with addresses below it."""
    for block in list(body.blocks):
        below = body.below(block)
        if not body.has(block):
            continue
        if block.kind in (Kind.QUOTE, Kind.PARAGRAPH, Kind.LINE) and (named := _named(block)):
            body.relate(named)
            body.take(block, "a line that names related articles", block.words)
        elif below is not None and _is_name(block):
            if below.kind is Kind.LIST and _only_links(below.text):
                body.relate(Link(readable(each.text), each.address) for each in links(below.text))
                body.take(below, "related articles")
                body.take(block, "the name of a list of related articles")
            elif block.kind is Kind.LINE and any(each is block for each in body.tail()):
                _pointers(body, block)


def _named(block: SourceBlock) -> list[Link]:
    """The pieces that a block names, if it is nothing but "Related:" and links."""
    text = readable(unquoted(block.text) if block.kind is Kind.QUOTE else block.text)
    match = re.match(rf"(?:{phrases.RELATED.pattern})\s*(?:[:–—→-]|\n|(?=\S))\s*", text, re.IGNORECASE)
    found = links(block.text)
    if not match or not found or not re.search("[:–—→-]|\n", text[: match.end()] + block.text[:40]):
        return []
    rest = text[match.end() :]
    titles = rest
    for each in found:
        rest = rest.replace(readable(each.text), "", 1)
    if len(found) == 1 and found[0].text == found[0].address:  # "Related: A title https://…"
        title = titles.partition(found[0].address)[0].strip(" :–—-•(<")
        return [Link(title, found[0].address)] if title else []
    if len(re.sub(r"\W|\band\b", "", rest)) > 2:
        return []
    return [Link(readable(each.text), each.address) for each in found]


def _is_name(block: SourceBlock) -> bool:
    named = (
        block.kind in (Kind.HEADING, Kind.LINE)
        or is_bold(block.text)
        or (block.is_text and len(block.text) < 40)
    )
    return named and phrases.RELATED.fullmatch(block.words) is not None


def _only_links(markdown: str) -> bool:
    return all(
        len(found := links(item)) == 1
        and len(readable(_ITEM.sub("", item))) <= len(readable(found[0].text)) + 3
        for item in markdown.split("\n")
        if item.strip()
    )


def _pointers(body: Body, name: SourceBlock) -> None:
    """Lines below the name of a list of related articles, with an address in them or below them."""
    pointers: list[tuple[SourceBlock, str]] = []
    pending: SourceBlock | None = None
    for block in body.after(name):
        address = ADDRESS.search(block.words)
        if block.is_text and address and not block.words[address.end() :].strip(" )>."):
            title = block.words[: address.start()].strip(" :–—-•(<") or (pending.words if pending else "")
            body.relate([Link(title, without_tail(address[0]))])
            pointers += [(each, "related article") for each in (pending, block) if each]
            pending = None
        elif block.kind is Kind.LINE and not is_call_shaped(block.words):
            pointers += [(pending, "related article without an address")] if pending else []
            pending = block
        else:
            break
    if pending and pointers:
        pointers.append((pending, "related article without an address"))
    for block, reason in pointers:
        body.take(block, reason)
    if pointers:
        body.take(name, "the name of a list of related articles")
