"""Content as it stands on a page: chosen for its readers, merge fields filled, links made relative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape

from pipeline import addresses, merge
from pipeline.articles.forms import Form, HtmlWriter, blocks_to_html, footnotes_to_html, select
from pipeline.model import Block, BlockKind, Content, Element, Image, MergeField, Node, Publication


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: its folder and file, its absolute address, and how it writes a link."""

    folder: str
    url: str
    href: Callable[[str], str]
    file: str = "index.html"

    @property
    def path(self) -> str:
        """The path of the page's file below the site's root."""
        return self.folder + self.file


@dataclass(frozen=True, slots=True)
class Fragment:
    """Finished HTML of a piece of content: its body, and the notes below it (empty without notes)."""

    body: str
    notes: str


def visible(content: Content, audience: str) -> Content:
    """The content as readers on the web may see it.

    A footnote whose only reference stands in a block for others is left out with it, and the
    remaining notes are numbered anew, so that a private note never shows.
    """
    blocks = select(content.blocks, Form.WEB, audience)
    numbers = list(dict.fromkeys(_references(blocks)))
    kept = sorted(number for number in numbers if 1 <= number <= len(content.footnotes))
    renumbered = {str(old): str(new) for new, old in enumerate(kept, start=1)}
    notes = tuple(content.footnotes[number - 1] for number in kept)
    if len(notes) != len(content.footnotes):
        blocks = tuple(_renumber_block(block, renumbered) for block in blocks)
    used = {source for node in _nodes(blocks, notes) for source in _sources(node)}
    return replace(
        content,
        blocks=blocks,
        footnotes=notes,
        images=tuple(image for image in content.images if image.url in used),
    )


def fragment(content: Content, publication: Publication, page: Page, anchor: str, shift: int) -> Fragment:
    """The HTML of content that `visible` has chosen; `shift` lowers its headings by that many levels."""
    writer = HtmlWriter(form=Form.WEB, styles={}, address=page.href, anchor=anchor, heading_shift=shift)
    body = blocks_to_html(content.blocks, writer)
    notes = footnotes_to_html(content.footnotes, writer) if content.footnotes else ""
    return Fragment(_filled(body, publication, page), _filled(notes, publication, page))


def filled_text(text: str, publication: Publication) -> str:
    """A line of plain text, such as the preview text, with its merge fields filled."""
    return merge.fill(text, lambda field: _fallback(field, publication, addresses.home_url(publication)))


def opening(content: Content, limit: int = 200) -> str:
    """The first words of the content as plain text, for a description where the editor gave none."""
    text = ""
    for block in content.blocks:
        if block.kind is BlockKind.PROSE:
            text += " " + " ".join(
                "".join(_words(node)) for node in block.nodes if isinstance(node, Element) and node.tag == "p"
            )
        if len(text) > limit:
            break
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _filled(html: str, publication: Publication, page: Page) -> str:
    return merge.fill(html, lambda field: escape(page.href(_fallback(field, publication, page.url))))


def _fallback(field: MergeField, publication: Publication, page_url: str) -> str:
    """What a reader of the web sees, who is no one in particular.

    The addresses that are a recipient's own lead to the public place behind them.
    """
    home = addresses.home_url(publication)
    places = {
        "web_url": page_url,
        "unsubscribe_url": publication.unsubscribe_url,
        "preferences_url": publication.preferences_url,
    }
    if field.name in places:
        place = places[field.name] or home
        return home if "{{" in place else place
    return field.fallback or publication.merge_fields.get(field.name, "")


def _nodes(blocks: Iterable[Block], notes: Iterable[tuple[Node, ...]] = ()) -> Iterator[Node]:
    """Every top-level node of the blocks, whatever they stand in, then those of the notes."""
    for block in blocks:
        yield from block.nodes
        yield from block.link_text
        yield from _nodes(block.blocks)
    for note in notes:
        yield from note


def _elements(node: Node) -> Iterator[Element]:
    if isinstance(node, Element):
        yield node
        for child in node.children:
            yield from _elements(child)


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, MergeField):
        yield node.fallback
    elif not _is_reference(node):
        for child in node.children:
            yield from _words(child)


def _sources(node: Node) -> Iterator[str]:
    for element in _elements(node):
        source = element.get("src")
        if source is not None:
            yield source


def _is_reference(element: Element) -> bool:
    return element.tag == "sup" and element.get("class") == "footnote"


def _references(blocks: Iterable[Block]) -> Iterator[int]:
    for node in _nodes(blocks):
        for element in _elements(node):
            if _is_reference(element):
                text = "".join(child for child in element.children if isinstance(child, str))
                if text.isdecimal():
                    yield int(text)


def _renumber_block(block: Block, numbers: dict[str, str]) -> Block:
    return replace(
        block,
        nodes=tuple(_renumber(node, numbers) for node in block.nodes),
        link_text=tuple(_renumber(node, numbers) for node in block.link_text),
        blocks=tuple(_renumber_block(inner, numbers) for inner in block.blocks),
    )


def _renumber(node: Node, numbers: dict[str, str]) -> Node:
    if not isinstance(node, Element):
        return node
    if _is_reference(node):
        return replace(
            node,
            children=tuple(
                numbers.get(child, child) if isinstance(child, str) else child for child in node.children
            ),
        )
    return replace(node, children=tuple(_renumber(child, numbers) for child in node.children))


def lead_images(content: Content) -> tuple[Image, ...]:
    """The lead image and those of the body, as `visible` has left them."""
    return (*((content.lead,) if content.lead else ()), *content.images)
