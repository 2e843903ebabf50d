"""What a reader sees of a page: its visible text, its runs of text, its links, and words to compare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from urllib.parse import SplitResult, urlsplit
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import Styles
from pipeline.checks.html_page import HtmlPage, TextPiece, text_of, text_pieces
from pipeline.model import MergeField

_NEVER_SHOWN = frozenset({"head", "style", "script", "title", "noscript"})
_INK = re.compile("[^\\s\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
"""Anything but white space and characters without a width."""

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎]+")
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """A text as comparable words: without case, punctuation and typography."""
    # Raised figures are parted from their word, as `text_runs` parts them.
    parted = _RAISED.sub(lambda raised: f" {raised[0]} ", text)
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", parted).casefold()))


def field_words(field: MergeField) -> str:
    """A merge field as the page has it, in neutral form, for `words`."""
    return f" {field.name} {field.fallback} "


def visible_texts(page: HtmlPage, styles: Styles) -> Iterator[TextPiece]:
    """The texts that are shown, each with the element whose styles it has. Images read as their alt text."""
    for piece in _visible_pieces(page, styles):
        if _INK.search(piece.text):
            yield piece._replace(text=" ".join(piece.text.split()))


# About ten rules read the same page.
@lru_cache(maxsize=4)
def _visible_pieces(page: HtmlPage, styles: Styles) -> tuple[TextPiece, ...]:
    def hidden(element: Element) -> bool:
        style = styles.of(element)
        invisible = style.get("display") == "none" or style.get("visibility") == "hidden"
        return invisible or element.tag in _NEVER_SHOWN

    return tuple(text_pieces(page.root, hidden))


def visible_blocks(page: HtmlPage, styles: Styles) -> dict[Element, str]:
    """Each block with the text that is directly in it, not in a block inside. Alt texts are left out."""
    texts: dict[Element, list[str]] = {}
    for element, text, block in _visible_pieces(page, styles):
        if block is not None and element.tag != "img":
            texts.setdefault(block, []).append(text)
    blocks = {block: " ".join("".join(pieces).split()) for block, pieces in texts.items()}
    return {block: text for block, text in blocks.items() if _INK.search(text)}


@dataclass(frozen=True, slots=True)
class TextRun:
    """A text of the page that only inline markup divides; `cell` if it belongs to a table of data."""

    text: str
    cell: bool


def text_runs(page: HtmlPage) -> Iterator[TextRun]:
    """What a reader of the page reads, run by run, without alt texts and hidden text.

    Two links side by side are two runs, not one sentence.
    """
    body = page.first("body")
    pieces = text_pieces(body, _hidden_inline, alt=False) if body is not None else []
    for block, group in groupby(pieces, lambda piece: piece.block):
        cell = block is not None and any(
            each.tag == "table" and each.get("role") != "presentation"
            for each in (block, *page.ancestors(block))
        )
        text, last_link = "", None
        for piece in group:
            link = page.nearest(piece.element, "a")
            if piece.text.strip():
                if link is not None and last_link not in (None, link):
                    yield TextRun(" ".join(text.split()), cell)
                    text = ""
                last_link = link
            # Raised text is parted from its word, in HTML and in the text part alike.
            text += f" {piece.text} " if piece.element.tag in {"sup", "sub"} else piece.text
        if text.strip():
            yield TextRun(" ".join(text.split()), cell)


def _hidden_inline(element: Element) -> bool:
    style = (element.get("style") or "").replace(" ", "")
    return element.tag in {"style", "script"} or "display:none" in style


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the page: its address, and its text, where an image reads as its alt text.

    `url` is the address without the parameters of `[links]`, `href` the one in the page.
    """

    element: Element
    url: str
    text: str
    href: str


def page_links(page: HtmlPage, plain_addresses: Mapping[str, str]) -> Iterator[PageLink]:
    """The links of a page, in its order. An `a` without href is not a link."""
    for each in page.all("a"):
        if (href := each.get("href")) is not None:
            url = href.strip()
            yield PageLink(each, plain_addresses.get(url, url), text_of(each), url)


def split_url(url: str) -> SplitResult:
    """The parts of an address; all are empty where it cannot be read, as with `http://[a`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
