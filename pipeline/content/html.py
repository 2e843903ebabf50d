"""Content as HTML for an email, a web page or a feed; `text` writes the plain-text form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from html import escape

from pipeline.content import footnotes
from pipeline.content.tree import VOID, elements
from pipeline.content.tree_text import tree_text
from pipeline.model import Block, BlockKind, Content, Element, MergeField, Node
from pipeline.support import merge
from pipeline.support.urls import path_part

EMAIL_WIDTH = 536
"""The widest that an image may stand in an email, in pixels."""

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


class Medium(StrEnum):
    """What content is written for."""

    EMAIL = "email"
    WEB = "web"
    FEED = "feed"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class HtmlWriter:
    """How HTML is written.

    `styles` gives inline CSS by element name or `parent child`, the latter added to the former;
    only emails use it. `address` maps each address as it is written, fields and fragments aside.
    `anchor` stands before ids made for the web (`#` + anchor + `fn1`); in feeds it is the permalink
    (`PERMALINK#fn1`), and may go on after `#` where one item holds several articles.
    `heading_shift` lowers headings by so many levels. `sponsored_by` stands before sponsors' names,
    `back_to` before a note's number where a link leads back from it; `table` is what a wide table is called.
    """

    form: Medium
    styles: Mapping[str, str] = field(default_factory=dict)
    address: Callable[[str], str] = str
    anchor: str = ""
    heading_shift: int = 0
    sponsored_by: str = "Sponsored by"
    back_to: str = "Back to the text at note"
    table: str = "Table"

    def target(self, name: str) -> str:
        """The address of the place `name` on the page."""
        if self.form is Medium.FEED:
            return self.anchor + ("" if "#" in self.anchor else "#") + name
        return f"#{self.anchor}{name}"

    def id(self, name: str) -> str:
        """The id of the place `name` on the page."""
        return (self.anchor.partition("#")[2] if self.form is Medium.FEED else self.anchor) + name


def select_blocks(blocks: tuple[Block, ...], form: Medium, audience: str) -> tuple[Block, ...]:
    """The blocks that stand in a form for an audience, without the wrappers that say so."""
    mail = form in (Medium.EMAIL, Medium.TEXT)
    chosen: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.ONLY:
            takes = block.title == audience
        elif block.kind is BlockKind.EMAIL_ONLY:
            takes = mail
        elif block.kind is BlockKind.WEB_ONLY:
            takes = not mail
        else:
            chosen.append(
                replace(block, blocks=select_blocks(block.blocks, form, audience)) if block.blocks else block
            )
            continue
        if takes:
            chosen.extend(select_blocks(block.blocks, form, audience))
    return tuple(chosen)


def for_audience(content: Content, form: Medium, audience: str) -> Content:
    """The content as a form shows it to an audience: its blocks, and their notes and images only.

    A note that only hidden blocks refer to is hidden with them; the others are numbered anew.
    """
    held = tuple(content.blocks)
    chosen = select_blocks(held, form, audience)
    if chosen == held:
        return content
    blocks, notes = footnotes.numbered(chosen, dict(enumerate(content.footnotes, start=1)))
    nodes = (*footnotes.all_nodes(blocks), *(node for note in notes for node in note))
    used = {element.get("src") for element in elements(nodes)}
    images = tuple(image for image in content.images if image.url in used)
    return replace(content, blocks=blocks, footnotes=notes, images=images)


def nodes_to_html(nodes: Iterable[Node], writer: HtmlWriter) -> str:
    """Nodes as HTML; merge fields stand in neutral form."""
    return _HtmlWriting(writer).nodes(nodes)


def blocks_to_html(blocks: Iterable[Block], writer: HtmlWriter) -> str:
    """Selected blocks as HTML. The ids of headings are unique among these blocks."""
    return _HtmlWriting(writer).blocks(blocks)


def footnotes_to_html(footnotes: Iterable[tuple[Node, ...]], writer: HtmlWriter) -> str:
    """The notes as an ordered list; the empty string where there are none."""
    return _HtmlWriting(writer).footnotes(tuple(footnotes))


class _HtmlWriting:
    """Writes one piece of HTML; remembers the ids it gave."""

    def __init__(self, writer: HtmlWriter) -> None:
        self.writer = writer
        self.ids: set[str] = set()

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "\n".join(html for html in map(self.block, blocks) if html)

    def block(self, block: Block) -> str:
        if block.kind is BlockKind.CALLOUT:
            return self._aside("callout", block.title, block)
        if block.kind is BlockKind.SPONSOR:
            return self._aside("sponsor", f"{self.writer.sponsored_by} {block.title}", block)
        if block.kind is BlockKind.CTA:
            return self._call(block)
        if block.kind is BlockKind.PULLQUOTE:
            return self._pull_quote(block)
        if block.kind is BlockKind.PROSE:
            return "\n".join(self.node(node) for node in block.nodes)
        return self.blocks(block.blocks)

    def footnotes(self, footnotes: tuple[tuple[Node, ...], ...]) -> str:
        if not footnotes:
            return ""
        items = []
        for number, note in enumerate(footnotes, start=1):
            inner = self.nodes(note, "li")
            given = ""
            if self.writer.form in (Medium.WEB, Medium.FEED):
                given = f' id="{_quoted(self.writer.id(f"fn{number}"))}"'
            if self.writer.form is Medium.WEB:
                inner = self._with_way_back(inner, number)
            items.append(f"<li{given}{self._style('li', 'ol')}>{inner}</li>")
        return f"<ol{self._style('ol', '')}>" + "\n".join(items) + "</ol>"

    def nodes(self, nodes: Iterable[Node], parent: str = "") -> str:
        return "".join([self.node(node, parent) for node in nodes])

    def node(self, node: Node, parent: str = "") -> str:
        if isinstance(node, str):
            return _escaped(node)
        if isinstance(node, MergeField):
            return merge.neutral(node)
        if footnotes.is_reference(node):
            return self._reference(node, parent)
        tag = node.tag
        # In-page links lead nowhere in most mail clients.
        if tag == "a" and self.writer.form is Medium.EMAIL and (node.get("href") or "").startswith("#"):
            return self.nodes(node.children, parent)
        if tag == "th" and self.writer.form is Medium.WEB and not _plain(node.children).strip():
            node, tag = replace(node, attributes=()), "td"  # the corner of a table heads nothing
        if tag in _HEADINGS and self.writer.heading_shift:
            tag = f"h{min(6, int(tag[1]) + self.writer.heading_shift)}"
        # An image that is off is no longer replaced: `max-width:100%` lets its width widen a table.
        # Word goes by the attribute.
        more = f"width:100%;max-width:{_fitted(node, 'width')}px" if tag == "img" else ""
        start = f"<{tag}{self._attributes(node)}{self._style(tag, parent, more, node.get('align'))}>"
        if tag in VOID:
            return start
        html = f"{start}{self.nodes(node.children, tag)}</{tag}>"
        if tag == "table" and self.writer.form is Medium.WEB:
            # It scrolls where it is too wide, and the keyboard has to reach what scrolls (WCAG 2.2, 2.1.1).
            label = _quoted(self.writer.table)
            return f'<div class="scrolls" role="group" tabindex="0" aria-label="{label}">{html}</div>'
        return html

    def _attributes(self, node: Element) -> str:
        written = []
        for name, value in node.attributes:
            if name in ("href", "src"):
                value = self._address(value)
            elif name == "class" and self.writer.form is not Medium.WEB:
                continue
            elif node.tag == "img" and name in ("width", "height") and self.writer.form is Medium.EMAIL:
                value = _fitted(node, name)
            written.append(
                f' {name}="{_quoted(value)}"' if not value.startswith("{{") else f' {name}="{value}"'
            )
        if node.tag in _HEADINGS and self.writer.form is Medium.WEB:
            written.append(f' id="{_quoted(self.writer.anchor + self._unique(node))}"')
        return "".join(written)

    def _address(self, value: str) -> str:
        if value.startswith("{{"):
            return value
        return self.writer.target(value[1:]) if value.startswith("#") else self.writer.address(value)

    def _unique(self, heading: Element) -> str:
        name = path_part(_plain(heading.children))
        if re.fullmatch(r"fn(ref)?\d+", name):
            name += "-"
        unique, count = name, 1
        while unique in self.ids:
            count += 1
            unique = f"{name}-{count}"
        self.ids.add(unique)
        return unique

    def _style(self, tag: str, parent: str, more: str = "", align: str | None = None) -> str:
        if self.writer.form is not Medium.EMAIL:
            return ""
        own, inside = self.writer.styles.get(tag, ""), self.writer.styles.get(f"{parent} {tag}", "")
        # An `align` attribute yields to any style, so that a heading's column has to say it again.
        given = f"text-align:{align}" if align and "text-align" in own + inside else ""
        css = ";".join(part.strip().rstrip(";") for part in (own, inside, given, more) if part.strip())
        return f' style="{escape(css)}"' if css else ""

    def _reference(self, node: Element, parent: str) -> str:
        number = footnotes.number_of(node)
        if self.writer.form not in (Medium.WEB, Medium.FEED):
            return f"<sup{self._style('sup', parent)}>{number}</sup>"
        link = f'<a href="{_quoted(self.writer.target(f"fn{number}"))}">{number}</a>'
        if self.writer.form is Medium.FEED:
            return f"<sup>{link}</sup>"
        name = f"fnref{number}"
        given = "" if name in self.ids else f' id="{_quoted(self.writer.id(name))}"'
        self.ids.add(name)
        return f'<sup class="footnote"{given}>{link}</sup>'

    def _with_way_back(self, inner: str, number: int) -> str:
        href = _quoted(self.writer.target(f"fnref{number}"))
        label = _quoted(f"{self.writer.back_to} {number}")
        # U+FE0E keeps the arrow from being shown as a picture.
        back = f' <a class="backlink" role="doc-backlink" aria-label="{label}" href="{href}">↩\ufe0e</a>'
        return inner[: -len("</p>")] + back + "</p>" if inner.endswith("</p>") else inner + back

    def _aside(self, name: str, title: str, block: Block) -> str:
        web = self.writer.form is Medium.WEB
        tag = "aside" if web else "blockquote"
        given = f' class="{name}"' if web else ""
        head = f' class="{name}-title"' if web else ""
        titled = ""
        if title:
            styles = self._style("p", tag), self._style("strong", "p")
            titled = f"<p{head}{styles[0]}><strong{styles[1]}>{_escaped(title)}</strong></p>\n"
        return f"<{tag}{given}{self._style(tag, '')}>{titled}{self.blocks(block.blocks)}</{tag}>"

    def _pull_quote(self, block: Block) -> str:
        if self.writer.form is not Medium.WEB:
            by = f"\n<p{self._style('p', 'blockquote')}>— {_escaped(block.title)}</p>" if block.title else ""
            return f"<blockquote{self._style('blockquote', '')}>{self.blocks(block.blocks)}{by}</blockquote>"
        by = f"\n<figcaption>{_escaped(block.title)}</figcaption>" if block.title else ""
        return f'<figure class="pullquote"><blockquote>{self.blocks(block.blocks)}</blockquote>{by}</figure>'

    def _call(self, block: Block) -> str:
        web = self.writer.form is Medium.WEB
        link = Element("a", (("href", block.link_url),), block.link_text, block.line)
        button = self.node(link, "p")
        if web:
            button = button.replace("<a ", '<a class="button" ', 1)
        sentence = self.blocks(block.blocks)
        inner = (sentence + "\n" if sentence else "") + f"<p{self._style('p', '')}>{button}</p>"
        return f'<div class="cta">{inner}</div>' if web else inner


def _plain(nodes: Iterable[Node]) -> str:
    return tree_text(nodes, lambda _: "", spaced=frozenset())


def _fitted(image: Element, name: str) -> str:
    """Width or height of an image in an email, in whole pixels and in proportion."""
    width, height = int(image.get("width") or 1), int(image.get("height") or 1)
    if width > EMAIL_WIDTH:
        width, height = EMAIL_WIDTH, max(1, round(height * EMAIL_WIDTH / width))
    return str(width if name == "width" else height)


def _escaped(text: str) -> str:
    return merge.literal_html(escape(text, quote=False))


def _quoted(value: str) -> str:
    return merge.literal_html(escape(value))
