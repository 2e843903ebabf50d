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
from pipeline.checks.html_page import HtmlPage, TextPiece, text_of
from pipeline.model import MergeField

_NEVER_SHOWN = frozenset({"head", "style", "script", "title", "noscript"})
_INK = re.compile("[^\\s\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
"""Anything but white space and characters without a width."""

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎]+")
_WORD = re.compile(r"[^\W_]+")


# Several rules compare the same texts.
@lru_cache(maxsize=2048)
def words(text: str) -> tuple[str, ...]:
    """A text as comparable words: without case, punctuation and typography."""
    # Raised figures are parted from their word, as `text_runs` parts them.
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _RAISED.sub(lambda raised: f" {raised[0]} ", text))
    return tuple(_WORD.findall(text.casefold()))


def field_words(field: MergeField) -> str:
    """A merge field as the page has it, in neutral form, for `words`."""
    return f" {field.name} {field.fallback} "


# About ten rules read the same page.
@lru_cache(maxsize=4)
def visible_texts(page: HtmlPage, styles: Styles) -> tuple[TextPiece, ...]:
    """The texts that are shown, each with the element whose styles it has. Images read as their alt text."""
    hidden = _hidden(page, styles)
    return tuple(piece for piece in _texts(page) if piece.element not in hidden)


@lru_cache(maxsize=2)
def _texts(page: HtmlPage) -> tuple[TextPiece, ...]:
    """The pieces with any ink, in whatever scheme they are shown, white space collapsed."""
    return tuple(
        piece._replace(text=" ".join(piece.text.split())) for piece in page.pieces if _INK.search(piece.text)
    )


@lru_cache(maxsize=4)
def _hidden(page: HtmlPage, styles: Styles) -> set[Element]:
    """The elements that are not shown, with all that is inside them."""

    def is_hidden(element: Element) -> bool:
        style = styles.of(element)
        invisible = style.get("display") == "none" or style.get("visibility") == "hidden"
        return invisible or element.tag in _NEVER_SHOWN

    return {inner for element in page.root.iter() if is_hidden(element) for inner in element.iter()}


@lru_cache(maxsize=4)
def visible_blocks(page: HtmlPage, styles: Styles) -> Mapping[Element, str]:
    """Each block with the text that is directly in it, not in a block inside. Alt texts are left out."""
    texts: dict[Element, list[str]] = {}
    hidden = _hidden(page, styles)
    for element, text, block in page.pieces:
        if block is not None and element.tag != "img" and element not in hidden:
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
    inside = set() if body is None else set(body.iter())
    hidden = {inner for element in inside if _hidden_inline(element) for inner in element.iter()}
    shown = inside - hidden
    pieces = [piece for piece in page.pieces if piece.element in shown]
    data_tables = {
        inner for table in page.all("table") if table.get("role") != "presentation" for inner in table.iter()
    }
    for block, group in groupby(pieces, lambda piece: piece.block):
        text, last_link = "", None
        for piece in group:
            if piece.element.tag == "img":
                continue
            if piece.text.strip():
                link = page.nearest(piece.element, "a")
                if link is not None and last_link not in (None, link):
                    yield TextRun(" ".join(text.split()), block in data_tables)
                    text = ""
                last_link = link
            # Raised text is parted from its word, in HTML and in the text part alike.
            text += f" {piece.text} " if piece.element.tag in {"sup", "sub"} else piece.text
        if text.strip():
            yield TextRun(" ".join(text.split()), block in data_tables)


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
