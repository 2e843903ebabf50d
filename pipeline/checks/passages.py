"""Reading an edition as its readers do: passages of what was written, and lines of what is shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from xml.etree.ElementTree import Element as HtmlElement

from pipeline.checks.html_page import HtmlPage, text_of
from pipeline.checks.source_places import SourcePlaces, SourceText
from pipeline.content.footnotes import is_reference
from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree import BLOCKS, has_blocks
from pipeline.model import Block, ComposedEdition, Element, Layout, MergeField, Node, Place
from pipeline.render.email.email_context import in_layout

_SMALL = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎]+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, heading, cell or field as written, code and images left out.

    `tag` is its element's name, or empty for a field of the front matter. Line breaks of the source
    stand in `text`.
    """

    text: str
    path: str
    line: int | None
    tag: str = ""

    def place(self, offset: int = 0) -> Place:
        """The line on which a part of the text stands."""
        return Place(self.path, self.line + self.text.count("\n", 0, offset) if self.line else None)


def everything_written(edition: ComposedEdition, shown: Iterable[SourceText]) -> Iterator[SourceText]:
    """What the email shows in full, then the articles whose whole text stands on the web."""
    yield from shown
    for section in edition.sections:
        for composed, layout in section.articles:
            if in_layout(composed, layout) is not Layout.FULL:
                article = composed.article
                yield SourceText(
                    f'"{article.title}"',
                    article.place.path,
                    article.body_line,
                    for_audience(composed.content, Medium.WEB, edition.audience),
                    article.slug,
                )


def passages_of(written: SourceText) -> Iterator[Passage]:
    """The passages of a letter or an article, in reading order."""
    for text, line, tag in _of_blocks(written.content.blocks, written.first_line):
        yield Passage(text, written.path, line, tag)
    for note in written.content.footnotes:
        for text, line, tag in _of_nodes(note, written.first_line, "li"):
            yield Passage(text, written.path, line, tag)


def fields_of(edition: ComposedEdition, places: SourcePlaces) -> Iterator[Passage]:
    """What the front matter says to readers: titles, subject, preview text, deks."""
    issue = edition.issue
    for key, text in (
        ("title", issue.title),
        ("subject", issue.subject or ""),
        ("preview_text", issue.preview_text or ""),
    ):
        at = places.of_issue(key)
        yield Passage(text, at.path, at.line)
    for section in edition.sections:
        yield Passage(section.title, issue.place.path, issue.lines.get("sections") or issue.place.line)
    for composed in edition.articles:
        article = composed.article
        for key, text in (("title", article.title), ("dek", article.dek)):
            at = places.of_article(article.slug, key)
            yield Passage(text, at.path, at.line)


def _of_blocks(blocks: Iterable[Block], line: int) -> Iterator[tuple[str, int, str]]:
    for block in blocks:
        line = block.line or line
        if block.title:
            yield block.title, line, "p"
        yield from _of_nodes(block.nodes, line, "p")
        yield from _of_blocks(block.blocks, line)
        if block.link_text:
            yield plain(block.link_text), line, "a"


def _of_nodes(nodes: Iterable[Node], line: int, tag: str) -> Iterator[tuple[str, int, str]]:
    loose: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element) or node.tag not in BLOCKS:
            loose.append(node)
            continue
        if loose:
            yield plain(loose), line, tag
            loose = []
        line = node.line or line
        if node.tag == "pre":
            continue
        if has_blocks(node.children):
            yield from _of_nodes(node.children, line, node.tag)
        else:
            yield plain(node.children), line, node.tag
    if loose:
        yield plain(loose), line, tag


def plain(nodes: Iterable[Node]) -> str:
    """The text of nodes with its line breaks; code stands as a letter, a merge field by its fallback."""
    return "".join(_plain(nodes))


def _plain(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, MergeField):
            yield node.fallback or node.name
        elif node.tag in {"code", "kbd", "samp"}:
            yield "x"
        elif node.tag == "br":
            yield " "
        elif node.tag != "img" and not is_reference(node):
            yield from _plain(node.children)


# --- what is shown ---------------------------------------------------------------------------


def split(url: str) -> SplitResult:
    """The parts of an address; all empty where it is none, such as `http://[a`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the page: its address, and its text, where an image reads as its alt text."""

    element: HtmlElement
    url: str
    text: str


def links_of(page: HtmlPage) -> tuple[PageLink, ...]:
    """The links of a page, in its order. An `a` without href is none."""
    return tuple(
        PageLink(each, (each.get("href") or "").strip(), text_of(each))
        for each in page.all("a")
        if each.get("href") is not None
    )


_DIVIDING = (
    "blockquote body dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td "
    "th thead tr ul"
)
_LINES = frozenset(_DIVIDING.split())


@dataclass(frozen=True, slots=True)
class TextRun:
    """A text of the page that nothing but inline markup divides; `cell` where it is a data table's."""

    text: str
    cell: bool


def runs_of(page: HtmlPage) -> tuple[TextRun, ...]:
    """What a reader of the page reads, run by run, without alt texts and what is hidden."""
    body = page.first("body")
    found: list[TextRun] = []
    if body is not None:
        rest = _runs(body, False, found, "")
        _close(rest, False, found)
    return tuple(found)


_LINK_END = "\x1f"
"""Marks where a link ended, so that two links side by side are two runs and not one sentence."""


def _close(text: str, cell: bool, found: list[TextRun]) -> str:
    text = text.replace(_LINK_END, "")
    if text.strip():
        found.append(TextRun(" ".join(text.split()), cell))
    return ""


def _runs(element: HtmlElement, cell: bool, found: list[TextRun], text: str) -> str:
    """Adds the runs that end inside an element; gives the text that may go on after it."""
    text += element.text or ""
    for child in element:
        style = (child.get("style") or "").replace(" ", "")
        if child.tag in {"style", "script"} or "display:none" in style:
            pass
        elif child.tag in _LINES:
            inside = cell or (child.tag == "table" and child.get("role") != "presentation")
            text = _close(text, cell, found)
            text = _close(_runs(child, inside, found, ""), inside, found)
        elif child.tag in {"sup", "sub"}:
            # Raised text is parted from its word, in both forms alike.
            text = _runs(child, cell, found, f"{text} ") + " "
        elif child.tag == "a":
            if text.replace("\u00a0", " ").rstrip(" \n").endswith(_LINK_END):
                text = _close(text, cell, found)
            text = _runs(child, cell, found, text) + _LINK_END
        else:
            text = _runs(child, cell, found, text) + (" " if child.tag == "br" else "")
        text += child.tail or ""
    return text


def words(text: str) -> tuple[str, ...]:
    """A text as comparable words: no case, no marks, no typography."""
    # Raised figures are parted from their word, as `runs_of` parts them.
    parted = _SMALL.sub(lambda found: f" {found[0]} ", text)
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", parted).casefold()))
