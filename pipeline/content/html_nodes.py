"""Writes the nodes of content as HTML for an email, a web page or a feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape

from pipeline.content import footnotes
from pipeline.content.code_colors import color_html, colored_pieces
from pipeline.content.email_forms import (
    PHONE_TEXT_WIDTH,
    TEXT_WIDTH,
    TableForm,
    break_words,
    code_lines,
    one_cell,
    table_form,
)
from pipeline.content.medium import Medium
from pipeline.content.text_table import table_grid
from pipeline.content.tree import CODE, TASK_BOXES, VOID, is_block
from pipeline.content.tree_text import tree_text
from pipeline.model import Element, MergeField, MergeText, Node
from pipeline.support import merge
from pipeline.support.urls import path_part

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_KEY = r"<kbd\b[^>]*>[^<]*</kbd>"
_KEYS = re.compile(rf"{_KEY}(?:\s*[+-]\s*{_KEY})+")
"""Keys that are pressed together, whose order is that of their signs and not of the text around."""

_CELLS = frozenset({"td", "th"})
_SIDES = {"ltr": "left", "rtl": "right"}
_SIDE = re.compile(r"\b((?:margin|padding|border)-|text-align:\s*)(left|right)\b")
_INDENTS = {"blockquote": 19, "dd": 0, "li": 24}
"""Pixels by which an element narrows what is in it."""


@dataclass(frozen=True, slots=True)
class HtmlOptions:
    """How content is written as HTML.

    `styles` is inline CSS by element name or by `parent child`, which is added to the former; only emails
    use it. `address` maps each address as it is written, except fragments. `field_value` is what
    merge fields are for every reader; without it they are marked.
    `anchor` is the prefix of ids on the web (`#` + anchor + `fn1`); in feeds it is the permalink
    (`PERMALINK#fn1`), and may go on after `#` if one item contains several articles.
    `heading_shift` lowers headings by so many levels. `sponsored_by` is written before sponsors' names,
    `back_to` before a footnote's number in the label of the link back; `table` is the label of a wide table.
    `inset` is the width in pixels that what is around takes from an email's text. `code_colors` are
    inline colours by class of code, empty where a style sheet has them; without it code has no colours.
    `direction` is that of the language for which the `styles` are, `ltr` or `rtl`.
    """

    medium: Medium
    styles: Mapping[str, str] = field(default_factory=dict)
    address: Callable[[str], str] = str
    field_value: Callable[[MergeField], str] | None = None
    anchor: str = ""
    heading_shift: int = 0
    sponsored_by: str = "Sponsored by"
    back_to: str = "Back to the text at note"
    table: str = "Table"
    inset: int = 0
    code_colors: Mapping[str, str] | None = None
    direction: str = "ltr"

    def target(self, name: str) -> str:
        """The address of the place `name` on the page."""
        if self.medium is Medium.FEED:
            return self.anchor + ("" if "#" in self.anchor else "#") + name
        return f"#{self.anchor}{name}"

    def id(self, name: str) -> str:
        """The id of the place `name` on the page."""
        return (self.anchor.partition("#")[2] if self.medium is Medium.FEED else self.anchor) + name


class NodeWriter:
    """Writes one piece of HTML; the ids in it are unique."""

    def __init__(self, options: HtmlOptions) -> None:
        self.options = options
        self.ids: dict[str, None] = {}
        self.inset = options.inset
        self.in_code = False
        self.direction = self.outer_direction = options.direction
        self.names: dict[int, str] = {}
        """Names of the columns for the cells that phones show row by row."""

    def nodes(self, nodes: Iterable[Node], parent: str = "") -> str:
        """Nodes as HTML; `parent` is the name of the element around them."""
        children = tuple(nodes)
        html = "".join([self.node(node, parent) for node in children])
        if "<kbd" in html and any(isinstance(node, Element) and node.tag == "kbd" for node in children):
            return _KEYS.sub(r'<span dir="ltr">\g<0></span>', html)
        return html

    def node(self, node: Node, parent: str = "") -> str:
        """One node as HTML; `parent` is the name of the element around it."""
        if isinstance(node, str):
            if self.options.medium is not Medium.EMAIL:
                return escaped(node)
            return (code_lines if self.in_code else break_words)(escaped(node))
        if isinstance(node, MergeField):
            value = self.options.field_value
            return merge.escape(value(node)) if value else merge.mark(node)
        if footnotes.is_reference(node):
            return self._reference(node, parent)
        directions, own = (self.direction, self.outer_direction), node.get("dir")
        self.outer_direction = self.direction
        self.direction = own if own in _SIDES else self.outer_direction
        html = self._element(node, parent)
        self.direction, self.outer_direction = directions
        return html

    def _element(self, node: Element, parent: str) -> str:
        tag = node.tag
        # Links within the page do not work in most mail clients.
        if tag == "a" and self.options.medium is Medium.EMAIL and (node.get("href") or "").startswith("#"):
            return self.nodes(node.children, parent)
        if tag == "th" and self.options.medium is Medium.WEB and not _plain(node.children).strip():
            node, tag = replace(node, attributes=()), "td"  # the empty corner of a table is not a header
        if tag in _HEADINGS and self.options.heading_shift:
            tag = f"h{min(6, int(tag[1]) + self.options.heading_shift)}"
        if self.options.medium is Medium.EMAIL and tag in _EMAIL_FORMS:
            return _EMAIL_FORMS[tag](self, node, parent)
        further, css_class = self._side(node), ""
        if tag == "img":
            # With `max-width:100%`, an image that is not loaded would widen its table to its own width.
            # Word uses the attribute.
            width = self._fitted(node, "width")
            further = f"width:100%;max-width:{width}px"
            # On a phone a column is as wide as the text, and so is a picture that fills it.
            css_class = ' class="fill"' if self.options.inset and width != node.get("width") else ""
        elif tag == "li" and parent != "ol" and _begins_with_box(node):
            # The box is in the place of a bullet, never of a number.
            if self.options.medium is Medium.EMAIL:
                further = f"{further};list-style-type:none".lstrip(";")
            elif self.options.medium is Medium.WEB:
                css_class = ' class="task"'
        style = self._style(tag, parent, further, node.get("align"))
        start = f"<{tag}{self._attributes(node, parent)}{css_class}{style}>"
        if tag in VOID:
            return start
        indent = _INDENTS.get(tag, 0)
        self.inset += indent
        inner = self._colored_code(node) if parent == "pre" and tag == "code" else ""
        name = self.names.get(id(node)) if tag in _CELLS else None
        if name:
            start += f'<span class="name" style="display:none;mso-hide:all"><b>{name}:</b> </span>'
        html = f"{start}{inner or self.nodes(node.children, tag)}</{tag}>"
        self.inset -= indent
        if tag == "table" and self.options.medium is Medium.WEB:
            # A table that is too wide scrolls, and must be reached by keyboard for that (WCAG 2.2, 2.1.1).
            label = merge.escape(self.options.table)
            return f'<div class="scrolls" role="group" tabindex="0" aria-label="{label}">{html}</div>'
        return html

    def _quotation(self, node: Element, parent: str) -> str:
        """A quotation in a cell, for Word draws a bar that touches the text around anything else."""
        self.inset += _INDENTS["blockquote"]
        *others, last = map(partial(self.node, parent="blockquote"), node.children or ("",))
        # In a cell the last margin does not run together with the quotation's own.
        last = re.sub(
            r'\A((?:<blockquote[^>]*>)?<\w+[^>]* style="[^"]*margin[^"]*)"', r'\1;margin-bottom:0"', last
        )
        inner = "".join((*others, last))
        self.inset -= _INDENTS["blockquote"]
        cell = one_cell(inner, self._css("blockquote", parent, self._side(node)), ' class="quote"')
        return f'<blockquote{self._attributes(node, parent)} style="margin:0">{cell}</blockquote>'

    def _code_block(self, node: Element, parent: str) -> str:
        """Code in a cell instead of <pre>, whose lines do not break where `white-space` is unknown."""
        *rest, last = node.children or ("",)
        if isinstance(last, Element):
            *inside, end = last.children or ("",)
            if isinstance(end, str):
                last = replace(last, children=(*inside, end.removesuffix("\n")))
        elif isinstance(last, str):
            last = last.removesuffix("\n")
        self.in_code = True
        inner = self.nodes((*rest, last), "pre")
        self.in_code = False
        return one_cell(inner, self._css("pre", parent), ' class="code" dir="ltr" align="left"')

    def _colored_code(self, node: Element) -> str:
        """The text of a block of code with its colours; empty if its language is not known."""
        language = (node.get("class") or "").removeprefix("language-")
        colors, code = self.options.code_colors, node.children[0] if len(node.children) == 1 else None
        if colors is None or not language or not isinstance(code, str):
            return ""
        if self.in_code:
            code = code.expandtabs(4)
        html = code_lines(escaped(code)) if self.in_code else escaped(code)
        pieces = colored_pieces(code, language)
        return color_html(html, pieces, colors)

    def _table(self, node: Element, parent: str) -> str:
        """A table; one that is too wide for a phone, or for the email, is shown row by row there."""
        form = table_form(node, PHONE_TEXT_WIDTH - self.inset, TEXT_WIDTH - self.inset)
        head, body = table_grid(node)
        names = [
            " ".join(self.nodes(cell.children) for cell in column if cell)
            for column in (zip(*head, strict=True) if head else [()] * len(body[0] if body else ()))
        ]
        style = self._style("table", parent)
        if form is TableForm.ROWS:
            captions = (each for each in node.children if isinstance(each, Element) and each.tag == "caption")
            caption = "".join(
                f'<p style="margin:0 0 8px">{self.nodes(each.children)}</p>' for each in captions
            )
            cell = f"<tr><td{self._style('td', 'tr')}>"
            rows = "".join(f"{cell}{self._record(row, names)}</td></tr>" for row in body)
            return (
                f'{caption}<table class="{form.value}" role="presentation" width="100%"'
                f"{self._attributes(node, parent)}{style}>{rows}</table>"
            )
        name = ""
        if form is TableForm.ROWS_ON_PHONES:
            name = f' class="{form.value}"'
            self.names |= {id(cell): names[number] for row in body for number, cell in enumerate(row) if cell}
        start = f"<table{name}{self._attributes(node, parent)}{style}>"
        return f"{start}{self.nodes(node.children, 'table')}</table>"

    def _record(self, row: Iterable[Element | None], names: Sequence[str]) -> str:
        """The cells of a row one below the other, each after its name."""
        lines = []
        for number, cell in enumerate(row):
            if cell and (text := self.nodes(cell.children, cell.tag)):
                lines.append(f"<b>{names[number]}:</b> {text}" if names[number] else text)
        return "<br>".join(lines)

    def _attributes(self, node: Element, parent: str = "") -> str:
        attributes = []
        # Code runs left to right in every language.
        if node.tag in CODE and parent != "pre" and not node.get("dir"):
            attributes.append(' dir="ltr"')
        for name, value in node.attributes:
            if name in ("href", "src"):
                value = self._address(value)
            elif name == "class" and self.options.medium is not Medium.WEB:
                continue
            elif name == "align" and self.options.medium is Medium.WEB:
                name, value = "class", f"align-{value}"
            elif node.tag == "img" and name in ("width", "height") and self.options.medium is Medium.EMAIL:
                value = self._fitted(node, name)
            attributes.append(f' {name}="{merge.escape(value)}"')
        if node.tag in _HEADINGS and self.options.medium is Medium.WEB:
            attributes.append(f' id="{merge.escape(self.options.anchor + self._heading_id(node))}"')
        return "".join(attributes)

    def _address(self, value: str) -> str:
        if value.startswith("#"):
            return self.options.target(value[1:])
        if isinstance(value, MergeText):
            if not self.options.field_value:
                return value
            value = value.fill(self.options.field_value)
        return self.options.address(value)

    def _fitted(self, image: Element, name: str) -> str:
        """Width or height of an image in an email, in whole pixels and in proportion."""
        width, height = int(image.get("width") or 1), int(image.get("height") or 1)
        room = TEXT_WIDTH - self.inset
        if width > room:
            width, height = room, max(1, round(height * room / width))
        return str(width if name == "width" else height)

    def _heading_id(self, heading: Element) -> str:
        name = path_part(_plain(heading.children))
        if re.fullmatch(r"fn(ref)?\d+", name):
            name += "-"
        heading_id, count = name, 1
        while heading_id in self.ids:
            count += 1
            heading_id = f"{name}-{count}"
        self.ids[heading_id] = None
        return heading_id

    def _side(self, node: Element) -> str:
        """The side at which lines of a block begin whose direction is not that of what is around.

        MJML states one side for all text.
        """
        turned = is_block(node) and self.direction != self.outer_direction
        return f"text-align:{_SIDES[self.direction]}" if turned else ""

    def _style(self, tag: str, parent: str, further: str = "", align: str | None = None) -> str:
        css = self._css(tag, parent, further, align)
        return f' style="{css}"' if css else ""

    def _css(self, tag: str, parent: str, further: str = "", align: str | None = None) -> str:
        if self.options.medium is not Medium.EMAIL:
            return ""
        own, in_parent = self.options.styles.get(tag, ""), self.options.styles.get(f"{parent} {tag}", "")
        if self.direction != self.options.direction and tag not in CODE:
            own, in_parent = (_SIDE.sub(_other_side, css) for css in (own, in_parent))
        # Any style overrides an `align` attribute, so the column of a header cell is written as a style too.
        alignment = f"text-align:{align}" if align and "text-align" in own + in_parent else ""
        # MJML lets words break anywhere, which would cut numbers in two.
        whole = "word-break:normal" if tag in _CELLS else ""
        parts = (own, in_parent, alignment, further, whole)
        return escape(";".join(part.strip().rstrip(";") for part in parts if part.strip()))

    def _reference(self, node: Element, parent: str) -> str:
        number = footnotes.number_of(node)
        if self.options.medium not in (Medium.WEB, Medium.FEED):
            return f"<sup{self._style('sup', parent)}>{number}</sup>"
        link = f'<a href="{merge.escape(self.options.target(f"fn{number}"))}">{number}</a>'
        if self.options.medium is Medium.FEED:
            return f"<sup>{link}</sup>"
        name = f"fnref{number}"
        attribute = "" if name in self.ids else f' id="{merge.escape(self.options.id(name))}"'
        self.ids[name] = None
        return f'<sup class="footnote"{attribute}>{link}</sup>'


_EMAIL_FORMS: dict[str, Callable[[NodeWriter, Element, str], str]] = {
    "blockquote": NodeWriter._quotation,
    "pre": NodeWriter._code_block,
    "table": NodeWriter._table,
}


def _other_side(match: re.Match[str]) -> str:
    return match[1] + ("right" if match[2] == "left" else "left")


def _begins_with_box(node: Node) -> bool:
    # What is within a list, a quotation or code at the beginning of an item has a place of its own.
    while isinstance(node, Element) and node.children and node.tag in {"li", "p"}:
        node = node.children[0]
    return isinstance(node, str) and node.startswith(TASK_BOXES)


def _plain(nodes: Iterable[Node]) -> str:
    return tree_text(nodes, lambda _: "", spaced=frozenset())


def escaped(text: str) -> str:
    """Text as HTML in which no braces are a merge field."""
    return merge.literal_html(escape(text, quote=False))
