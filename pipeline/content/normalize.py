"""Normalizes the elements of the safe tree: addresses resolved, images measured, attributes checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from pipeline.content import footnotes, sanitize
from pipeline.content.text_width import collapse_spaces
from pipeline.content.tree import CODE, paragraphs
from pipeline.errors import PressroomError
from pipeline.model import Audio, Content, Element, Image, ImageUse, Node
from pipeline.support import merge
from pipeline.support.urls import ADDRESS_CHARACTERS, encoded_address

_T = TypeVar("_T")

# A placeholder in the tree until it is known whether it is inside code, where a field is plain text.
_FIELD_PLACEHOLDER = "field"
_ATTRIBUTES = {
    "abbr": ("title",),
    "li": ("value",),
    "ol": ("start",),
    "td": ("align", "colspan", "rowspan"),
    "th": ("align", "colspan", "rowspan", "scope"),
}
_VALID_VALUES = {
    "align": re.compile("left|center|right"),
    "colspan": re.compile("[1-9][0-9]?"),
    "rowspan": re.compile("[1-9][0-9]{0,2}"),
    "scope": re.compile("col|row|colgroup|rowgroup"),
    "start": re.compile("-?[0-9]{1,9}"),
    "value": re.compile("-?[0-9]{1,9}"),
    "title": re.compile(r"(?s).+"),
    "lang": re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile("ltr|rtl|auto"),
}


class Resolver(Protocol):
    """Resolves the addresses and snippets of a text. Its methods raise `PressroomError` without a place."""

    def link(self, target: str) -> str:
        """The absolute address of a link as written."""

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        """The image at a path as written, for this use."""

    def audio(self, target: str) -> Audio:
        """The audio at a path or an https address as written; at an address its size is 0."""

    def snippet(self, name: str) -> tuple[str, str, Resolver]:
        """The text of a snippet, the path of its file, and the resolver for it."""


class Normalizer:
    """Normalizes the elements of one text, and collects its images and mistakes.

    `fields` are the merge fields of the text as written, each with its line; `merge_fields` are the
    publication's, each with its fallback. `zone` is that of times without an offset.
    """

    def __init__(
        self,
        resolver: Resolver,
        fields: list[tuple[str, int]],
        merge_fields: Mapping[str, str],
        mistakes: list[PressroomError],
        zone: ZoneInfo,
    ) -> None:
        self.resolver = resolver
        self.zone = zone
        self.fields = fields
        self.merge_fields = merge_fields
        self.mistakes = mistakes
        self.images: dict[str, Image] = {}
        self.next_image = ImageUse.FULL
        """What the next image is for; all after it are a text's."""
        self.read_snippet: Callable[[str], Content] | None = None
        """Parses a snippet; None in a snippet itself."""

    def __call__(
        self, tag: str, values: dict[str, str], children: tuple[Node, ...], line: int
    ) -> Iterable[Node]:
        """The nodes that replace an element; see `tree.Finish`."""
        if tag in sanitize.BOXES:
            return [_inheriting(block, _attributes(tag, values)) for block in paragraphs(children, line)]
        method = _METHODS.get(tag)
        if method:
            return method(self, values, children, line)
        if tag == "table":
            children = _add_scopes(children)
        return (Element(tag, _attributes(tag, values), children, line),)

    def normalize(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes with their merge fields parsed; fields inside code are text."""
        return self._parse_fields(nodes, False) if self.fields else nodes

    def _parse_fields(self, nodes: tuple[Node, ...], code: bool) -> tuple[Node, ...]:
        parsed: list[Node] = []
        for node in nodes:
            new: Node = node
            if isinstance(node, Element) and node.tag == _FIELD_PLACEHOLDER:
                source = node.get("source") or ""
                new = source if code else self._field(source, node.line or 1)
            elif isinstance(node, Element):
                new = replace(node, children=self._parse_fields(node.children, code or node.tag in CODE))
            if isinstance(new, str) and parsed and isinstance(parsed[-1], str):
                parsed[-1] += new
            else:
                parsed.append(new)
        return tuple(parsed)

    def _field(self, source: str, line: int) -> Node:
        return self.attempt(lambda: merge.read(source, self.merge_fields), line) or source

    def attempt(self, action: Callable[[], _T], line: int) -> _T | None:
        """What the action returns, or None with its mistakes noted at the line."""
        try:
            return action()
        except PressroomError as error:
            for each in error.errors:
                self.mistakes.append(PressroomError(each.message, each.path, each.line or line, each.hint))
        return None

    def _mistake(self, line: int, message: str, hint: str) -> None:
        self.mistakes.append(PressroomError(message, None, line, hint))

    def _link(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        target = values.get("href")
        if target is None:
            return children
        address = self.address(target.strip(), line)
        title = (("title", values["title"]),) if values.get("title") else ()
        return (Element("a", (("href", address), *title), children, line),)

    def address(self, target: str, line: int) -> str:
        """The address of a link as written; a mistake is noted at the line."""
        if merge.TYPED.fullmatch(target):
            field = self.attempt(lambda: merge.read(target, self.merge_fields), line)
            if field and field.fallback and not re.match(r"https?://|mailto:|tel:|sms:", field.fallback):
                self._mistake(
                    line,
                    f'the fallback of the address `{{{{ {field.name} }}}}` is "{field.fallback}".',
                    "It must be a web, mail or telephone address.",
                )
            return merge.text(merge.mark(field)) if field else target
        if target.startswith("#") and len(target) > 1:
            return target
        if not target or target == "#":
            self._mistake(line, "this link leads nowhere.", "Write its address between the round brackets.")
            return "#"
        target = merge.encode_escaped(target)  # in raw HTML
        if "}}" not in target.partition("{{")[2]:
            return self.attempt(lambda: self.resolver.link(target), line) or target
        matches = list(merge.TYPED.finditer(target))
        starts = [match.start() for match in matches] + [len(target)]
        typed = encoded_address(target[: starts[0]])
        for match, end in zip(matches, starts[1:], strict=True):
            typed += unquote(match[0]) + quote(target[match.end() : end], safe=ADDRESS_CHARACTERS)
        return self.attempt(lambda: merge.read_address(typed, self.merge_fields), line) or target

    def _image(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        target = (values.get("src") or "").strip()
        if not target:
            self._mistake(line, "this image has no file.", "Write its path between the round brackets.")
            return ()
        alt = collapse_spaces(values.get("alt", "")).strip()
        use, self.next_image = self.next_image, ImageUse.FULL
        image = self.attempt(lambda: self.resolver.image(target, alt, use), line)
        if image is None:
            return ()
        self.images.setdefault(image.url, image)
        size = (("width", str(image.width)), ("height", str(image.height)))
        title = (("title", values["title"]),) if values.get("title") else ()
        return (Element("img", (("src", image.url), ("alt", alt), *size, *title), (), line),)

    def _paragraph(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        content = [node for node in children if not isinstance(node, str) or node.strip(" \t\n")]
        if not content:
            return ()
        figures = [_figure(node, line) for node in content]
        if all(figures):
            return [figure for figure in figures if figure]
        return (Element("p", _attributes("p", values), children, line),)

    def _heading_1(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        self._mistake(line, "a heading of level 1; the title is the only one.", 'Write "## …".')
        return (Element("h2", (), children, line),)

    def _code(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        language = values.get("class", "")
        valid = re.fullmatch(r"language-[A-Za-z0-9_+#.-]{1,40}", language)
        return (Element("code", (("class", language),) if valid else (), children, line),)

    def _span(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        number = values.get(sanitize.FIELD, "")
        if number.isascii() and number.isdecimal() and int(number[:9]) < len(self.fields) and not children:
            source, field_line = self.fields[int(number[:9])]
            return (Element(_FIELD_PLACEHOLDER, (("source", source),), (), field_line),)
        attributes = _attributes("span", values)
        return (Element("span", attributes, children, line),) if attributes else children

    def _superscript(self, values: dict[str, str], children: tuple[Node, ...], line: int) -> Iterable[Node]:
        number = values.get(sanitize.FOOTNOTE, "")
        if number.isascii() and number.isdecimal() and len(number) < 9 and not children:
            return (footnotes.reference(int(number) + 1, line),)
        return (Element("sup", _attributes("sup", values), children, line),)


_Method = Callable[[Normalizer, dict[str, str], tuple[Node, ...], int], Iterable[Node]]
_METHODS: dict[str, _Method] = {
    "a": Normalizer._link,
    "code": Normalizer._code,
    "h1": Normalizer._heading_1,
    "img": Normalizer._image,
    "p": Normalizer._paragraph,
    "span": Normalizer._span,
    "sup": Normalizer._superscript,
}


def _figure(node: Node, line: int) -> Element | None:
    """The figure for an image, linked or not, that is a paragraph of its own; None for any other node."""
    if not isinstance(node, Element):
        return None
    linked = node.children if node.tag == "a" else ()
    image = linked[0] if len(linked) == 1 else node
    if not isinstance(image, Element) or image.tag != "img":
        return None
    title = image.get("title")
    untitled = replace(image, attributes=tuple(each for each in image.attributes if each[0] != "title"))
    content = untitled if image is node else replace(node, children=(untitled,))
    caption = (Element("figcaption", (), (title,), line),) if title else ()
    return Element("figure", (), (content, *caption), line)


def _attributes(tag: str, values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    if not values:
        return ()
    names = (*_ATTRIBUTES.get(tag, ()), "lang", "dir")
    return tuple(
        (name, values[name])
        for name in names
        if name in values and _VALID_VALUES[name].fullmatch(values[name])
    )


def _inheriting(block: Node, attributes: tuple[tuple[str, str], ...]) -> Node:
    """Return a block with the language and direction of the box that is left out around it."""
    if not isinstance(block, Element):
        return block
    own = {name for name, _ in block.attributes}
    inherited = (each for each in attributes if each[0] not in own)
    return replace(block, attributes=(*block.attributes, *inherited))


def _add_scopes(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    """The parts of a table, with a `scope` on each header cell (WCAG technique H63)."""
    return tuple(
        replace(part, children=tuple(_add_row_scopes(row, part.tag == "thead") for row in part.children))
        if isinstance(part, Element)
        else part
        for part in parts
    )


def _add_row_scopes(row: Node, in_head: bool) -> Node:
    if not isinstance(row, Element):
        return row
    all_headers = all(isinstance(cell, Element) and cell.tag == "th" for cell in row.children)
    scope = "col" if in_head or all_headers else "row"
    return replace(
        row,
        children=tuple(
            replace(cell, attributes=(("scope", scope), *cell.attributes))
            if isinstance(cell, Element) and cell.tag == "th" and not cell.get("scope")
            else cell
            for cell in row.children
        ),
    )
