"""Rules on what is above a text: navigation, title, dek, byline, a table of contents."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

from pipeline.importers import phrases
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.cleanup.body import Body
from pipeline.importers.cleanup.boxes import DEK, is_named
from pipeline.importers.cleanup.byline import block_facts, facts_of
from pipeline.importers.escape import plain
from pipeline.importers.inline import images, inner, is_bold, links, readable
from pipeline.importers.pictures import VAULT
from pipeline.importers.shapes import ends, is_bare, is_prose, is_sentence, same, words

_CRUMB = re.compile(r"\s*[>›»→]\s*|\s+[/|\\]\s+|\s*/\s*(?=[^\W\d_])")
_TITLES = "title|headline|titel|titre"
_DEKS = "summary|dek|standfirst|subtitle|abstract|in brief|in short|tl;dr|zusammenfassung|résumé"
_TAGS = "tags|keywords|category|categories|topics|filed under"
_LABEL = re.compile(rf"(?:({_TITLES})|({_DEKS})|({_TAGS}))\s*[:：]\s*", re.IGNORECASE)
_AGAIN = "the title once more"
_LONGEST_TITLE, _LONGEST_DEK = 150, 600
_MARK = re.compile(
    r"(?:[*+-] .{0,40}\n)?\s*(?:\[\[?_?toc_?\]\]?|\{:\s?toc\s?\}|<!-- ?toc ?-->)\s*", re.IGNORECASE
)
_ITEM = re.compile(r"^\s*(?:[-+*]|\d{1,3}[.)])\s+", re.MULTILINE)


def navigation(body: Body) -> None:
    """The way to a page ("Home > Blog > Research") and its buttons ("Skip to content") above the text."""
    lines = [block for block in body.blocks[:8] if block.is_line and len(block.words) <= 250]
    for number, block in enumerate(lines):
        crumbs = [crumb for crumb in _CRUMB.split(block.words) if crumb]
        if len(crumbs) > 1 and number < 6 and not (is_sentence(crumbs[-1]) and crumbs[-1][-1] != "?"):
            arrows = re.search("[>›»→]", block.words) is not None
            leads = {same(each.words) for each in body.blocks[1:15]}
            home = phrases.FIRST_CRUMB.fullmatch(crumbs[0]) and (arrows or len(crumbs) > 2)
            if home or (arrows and same(crumbs[-1]) in leads - {""}):
                body.take(block, "breadcrumb")
                continue
        if (
            phrases.NAVIGATION.fullmatch(block.words)
            and len(body.blocks) > 1
            and block.kind is not Kind.HEADING
        ):
            body.take(block, "navigation of the page")


def labels(body: Body) -> None:
    """A line that says what it is: "Title: …", "Summary: …", "Tags: …"; a label alone names the next line."""
    for block in [*body.head(), *body.tail()[-6:]]:
        match = _LABEL.match(block.words) if block.is_line else None
        if not match or not body.has(block):
            continue
        value, below, draft = block.words[match.end() :], body.below(block), body.draft
        if match[3] and value:
            tags = [tag.strip(" #.") for tag in value.replace(";", ",").split(",")]
            body.set(tags=tuple(dict.fromkeys((*draft.tags, *filter(None, tags)))))
            body.take(block, "the line of tags")
        elif match[1] and not draft.title and 0 < len(value) <= _LONGEST_TITLE:
            body.set(title=value)
            body.title_line = block.line or 0
            body.take(block, "the line of the title")
        elif match[2] and not draft.dek and 0 < len(value) <= _LONGEST_DEK:
            body.set(dek=value)
            body.take(block, "the line of the dek")
        elif match[2] and not draft.dek and not value and below and below.is_text and is_prose(below.words):
            if len(below.words) > _LONGEST_DEK:
                continue
            body.set(dek=below.words)
            body.take(below)
            body.take(block, "the name of the dek")


def contents(body: Body) -> None:
    """A table of contents: links within the page, or the words of headings below "Contents"."""
    named = {same(block.words) for block in body.blocks if block.kind in (Kind.HEADING, Kind.LINE)}
    for block in list(body.blocks):
        if block.kind in (Kind.PARAGRAPH, Kind.LIST) and _MARK.fullmatch(block.text):
            body.take(block, "the place of a table of contents")
        elif block.kind is Kind.LIST and _leads_inside(block):
            above = body.above(block)
            if above and _is_contents_name(above):
                body.take(above, "table of contents")
            body.take(block, "table of contents")
        elif _is_contents_name(block):
            entries = _entries(body, block, named)
            for each in [block, *entries] if entries else []:
                body.take(each, "table of contents")
            told = {same(_ITEM.sub("", each.words)) for each in entries}
            for each in list(body.blocks) if entries else []:
                if each.kind is Kind.LINE and same(each.words) in told:
                    body.replace(each, replace(each, kind=Kind.HEADING, level=2))


def _leads_inside(block: SourceBlock) -> bool:
    found = links(block.text)
    items = len(_ITEM.findall(block.text))
    beside = len(readable(_ITEM.sub("", block.text))) - sum(len(readable(each.text)) + 1 for each in found)
    inside = all(each.address.startswith("#") for each in found)
    return inside and len(found) > 1 and len(found) >= items and beside <= items * 4


def _is_contents_name(block: SourceBlock) -> bool:
    named = block.kind in (Kind.HEADING, Kind.LINE) or is_bold(block.text) or len(block.text) < 40
    return (
        named
        and block.kind is not Kind.LIST
        and phrases.CONTENTS.fullmatch(block.words.rstrip(":")) is not None
    )


def _entries(body: Body, name: SourceBlock, headings: set[str]) -> list[SourceBlock]:
    """The entries below the name of a table of contents: a list of headings, or lines that come again."""
    after = body.after(name)[:60]
    if after and after[0].kind is Kind.LIST:
        lines = [same(readable(line)) for line in _ITEM.sub("", after[0].text).split("\n") if line.strip()]
        return [after[0]] if sum(line in headings for line in lines) * 3 >= len(lines) * 2 else []
    entries: list[SourceBlock] = []
    for block in after:
        again = [each for each in body.after(block) if same(each.words) == same(_ITEM.sub("", block.words))]
        if not block.is_line or not again:
            break
        entries.append(block)
    return entries if len(entries) > 1 else []


def title(body: Body) -> None:
    """The title: a heading at the top, or a first line shaped as one; where it is there again, it goes.

    A heading of the first level that words it otherwise becomes `alt_title`.
    """
    if not body.draft.title:
        _title_twice(body)
    for block in body.blocks[:6]:
        plain = block.words
        if block.kind is Kind.HEADING and block.level == 1 and plain:
            if images(block.text) or (links(block.text) and same(plain) != same(body.draft.title)):
                break
            _name(body, block)
        elif (
            block.kind is Kind.HEADING
            or len(plain) > 80
            or (is_sentence(plain) and len(plain) > 40)
            or block.kind is Kind.LIST
        ):
            break
    if not body.draft.title:
        _title_first(body)
    if body.draft.title:
        for block in body.blocks[:24] if body.draft.numbered else body.blocks[:6]:
            looks = block.kind in (Kind.HEADING, Kind.LINE) or is_bold(block.text)
            if block.is_line and is_one_title(block.words, body.draft.title):
                body.take(block, _AGAIN) if looks or not is_sentence(block.words) else None
        _title_otherwise(body)


def _name(body: Body, block: SourceBlock) -> None:
    draft = body.draft
    if not draft.title:
        body.set(title=block.words)
        body.title_line = block.line or 0
        body.take(block)
    elif same(block.words) == same(draft.title) or draft.alt_title not in ("", block.words):
        body.take(block, _AGAIN if same(block.words) == same(draft.title) else "a further title")
    else:
        body.set(alt_title=block.words)
        body.take(block)


def _title_twice(body: Body) -> None:
    """A page copied as text has its title more than once above the text; short lines above it are a menu."""
    top = [block for block in body.blocks[:15] if block.kind in (Kind.LINE, Kind.PARAGRAPH)]
    for place, block in enumerate(top if body.draft.numbered else ()):
        if place and is_prose(block.words):
            return
        again = next((x for x in top[place + 1 : place + 5] if is_one_title(block.words, x.words)), None)
        if again is None or len(words(block.words)) < 2 or block.kind is not Kind.LINE:
            continue
        between = top[place + 1 : next(number for number, each in enumerate(top) if each is again)]
        if any(is_prose(each.words) for each in between):
            return
        # "Title | The Lantern" is what a browser shows; the title is the one without the site's name.
        chosen, other = sorted((block, again), key=lambda each: len(each.words))
        body.set(title=chosen.words)
        body.title_line = max(block.line or 0, again.line or 0)
        body.take(chosen)
        body.take(other, _AGAIN)
        for each in top[:place]:
            if not block_facts(each, after_title=False):
                body.take(each, "navigation of the page")
        return


def _title_first(body: Body) -> None:
    """The first line of a plain text, if it is shaped as a title and the text below it is not."""
    if len(body.blocks) < 2 or not body.draft.numbered:
        return
    lines = [block for block in body.blocks[:4] if not facts_of(block.words)]
    first = lines[0] if lines else body.blocks[0]
    below = body.below(first)
    if first.kind is not Kind.LINE or below is None or not is_bare(first.words.rstrip("!"), _LONGEST_TITLE):
        return
    # A bare line directly below a bare line is a list or verse.
    follows = below.apart or is_prose(below.words) or len(below.words) > 100 or facts_of(below.words)
    if follows and any(is_prose(block.words) or len(block.words) > 60 for block in body.after(first)):
        body.set(title=first.words)
        body.title_line = first.line or 0
        body.take(first)


def _title_otherwise(body: Body) -> None:
    """A second title just below the first in a copied page, with at least half of the words the same."""
    below = next((each for each in body.blocks[:3] if each.kind is Kind.LINE), None)
    if below is None or body.draft.alt_title or len(body.blocks) < 3 or not body.draft.numbered:
        return
    first, second = set(words(body.draft.title)), set(words(below.words))
    long = [word for word in first & second if len(word) > 3]
    if len(long) > 1 and len(first & second) * 2 >= len(first | second):
        body.set(alt_title=below.words)
        body.take(below)


def is_one_title(text: str, other: str) -> bool:
    """Whether two lines are one title, with or without the name of its site behind a sign."""
    short, long = sorted((text, other), key=len)
    rest = long[len(short) :] if long.casefold().startswith(short.casefold()) else ""
    return (same(text) == same(other) != "") or re.fullmatch(r"\s*[|·–—]\s*[^|]{2,50}", rest) is not None


# --- between title and text ---------------------------------------------------------------------


def dek(body: Body) -> None:
    """The dek: what a page marks as such, the one line between title and byline, or the dek once more."""
    for block in body.head()[:5]:
        marked = block.boxes and is_named(block.boxes[-1], DEK) and len(block.words) <= 400
        if body.draft.dek and same(block.words) == same(body.draft.dek) and block.kind is not Kind.LIST:
            body.take(block, "the dek once more")
        elif marked and not body.draft.dek and (block.is_text or block.kind is Kind.HEADING):
            body.set(dek=block.words)
            body.take(block)
    title, end = body.title_line, body.byline_line
    between = [block for block in body.blocks if block.line and title < block.line < end]
    if title and not body.draft.dek and len(between) == 1 and (between[0].is_text or between[0].is_line):
        words_ = between[0].words
        if 20 <= len(words_) <= 350 and ends(words_) != ":":
            body.set(dek=words_)
            body.infer("dek", words_, "the line between title and byline")
            body.take(between[0])


def picture(body: Body) -> None:
    """The description of a picture that a page copied as text does not have, between byline and text."""
    for block in body.head(1) if body.draft.numbered and body.byline_line else ():
        match = phrases.PICTURE.match(block.words) if block.is_line and block.line else None
        if match and len(block.words) <= 200 and ends(block.words) in {"", "."} and body.below(block):
            body.take(block, "it describes a picture that the source does not have")
            return


def lead_image(body: Body) -> None:
    """The lead image, if the body begins with the very same address: an article shows it above its text.

    Its caption stays, as a line in italics.
    """
    base = body.draft.base or body.draft.canonical_url
    for block in body.blocks[:3] if body.draft.image else ():
        shown = images(block.text) if block.kind is Kind.PARAGRAPH else ()
        alone = len(shown) == 1 and inner(block.text) == shown[0].markdown
        same_address = alone and shown[0].address.removeprefix(VAULT)
        if same_address and urljoin(base, same_address) == urljoin(base, body.draft.image):
            body.set(image_alt=body.draft.image_alt or readable(shown[0].text))
            body.leave(block.text, "the lead image once more", block.line)
            caption = " ".join(unescape(shown[0].title).split())
            body.replace(block, *([replace(block, text=f"*{plain(caption)}*")] if caption else []))
            return
