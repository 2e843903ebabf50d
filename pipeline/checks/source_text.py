"""What editors wrote for an edition: its texts with their lines, and passages of prose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.content.medium import Medium, block_values, for_audience
from pipeline.content.tree import BLOCKS, is_block
from pipeline.content.tree_text import fallback_or_name, tree_text
from pipeline.model import (
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    Content,
    Element,
    Layout,
    Node,
    Place,
)


@dataclass(frozen=True)
class SourceText:
    """The letter, the body of an article or the comment on a link item, and where it is written."""

    what: str
    path: str
    first_line: int
    content: Content
    slug: str = ""

    def place(self, line: int | None = None) -> Place:
        """A line of the text, or its first."""
        return Place(self.path, line or self.first_line)

    @cached_property
    def nodes(self) -> tuple[tuple[Node, int], ...]:
        """Every node of the tree, its footnotes last, with its line or the nearest known line before it."""
        notes = (each for note in self.content.footnotes for each in _walk(note, self.first_line))
        return (*_walk_blocks(self.content.blocks, self.first_line), *notes)

    def elements(self, *tags: str) -> Iterator[tuple[Element, int]]:
        """The elements of these names (all without one), with their lines."""
        return (each for each in self._elements if not tags or each[0].tag in tags)

    @cached_property
    def _elements(self) -> tuple[tuple[Element, int], ...]:
        return tuple((node, line) for node, line in self.nodes if isinstance(node, Element))

    @cached_property
    def code(self) -> str:
        """All code of the text, in one."""
        return "".join(tree_text(code.children) for code, _ in self.elements("code", "pre", "kbd", "samp"))


def _walk_blocks(blocks: Iterable[Block], line: int) -> Iterator[tuple[Node, int]]:
    for block in blocks:
        line = block.line or line
        yield from _walk(block.nodes, line)
        yield from _walk_blocks(block.blocks, line)
        if block.link_url:
            yield from _walk((Element("a", (("href", block.link_url),), block.link_text),), line)


def _walk(nodes: Iterable[Node], line: int) -> Iterator[tuple[Node, int]]:
    for node in nodes:
        if isinstance(node, Element):
            line = node.line or line
            yield node, line
            for child in _walk(node.children, line):
                yield child
                line = child[1]
        else:
            yield node, line


def shown_texts(edition: ComposedEdition) -> tuple[SourceText, ...]:
    """The letter, the articles that the email shows in full, as it shows them, and the comments on links."""
    issue = edition.issue
    letter = for_audience(edition.letter, Medium.EMAIL, edition.audience)
    return (
        SourceText("the letter", issue.place.path, issue.letter_line, letter),
        *_articles(edition, Medium.EMAIL),
        *(
            SourceText(
                f'the comment on "{each.link.title}"',
                each.link.place.path,
                each.link.comment_line,
                each.content,
            )
            for each in edition.links
            if each.link.comment
        ),
    )


def web_texts(edition: ComposedEdition) -> tuple[SourceText, ...]:
    """What only the web shows: the articles that the email does not show in full, and `::: web-only`."""
    issue = edition.issue
    letter = SourceText("the letter", issue.place.path, issue.letter_line, edition.letter)
    in_both = (letter, *_articles(edition, Medium.EMAIL, whole=True)) if edition.url else ()
    parts: list[SourceText] = []
    for source in in_both:
        if blocks := tuple(_web_only_blocks(source.content.blocks, edition.audience)):
            part = Content(blocks, **block_values(blocks))
            parts.append(replace(source, content=part))
    return (*_articles(edition, Medium.WEB), *parts)


def _web_only_blocks(blocks: Iterable[Block], audience: str) -> Iterator[Block]:
    """The blocks `::: web-only` that an audience sees."""
    for block in blocks:
        if block.kind is BlockKind.WEB_ONLY:
            yield block
        elif block.kind is not BlockKind.ONLY or block.title == audience:
            yield from _web_only_blocks(block.blocks, audience)


def _articles(edition: ComposedEdition, medium: Medium, whole: bool = False) -> Iterator[SourceText]:
    """The articles that this medium shows in full: as it shows them, or `whole`."""
    for section in edition.sections:
        for composed, layout in section.items:
            in_full = composed.in_layout(layout) is Layout.FULL
            if isinstance(composed, ComposedArticle) and in_full is (medium is Medium.EMAIL):
                article = composed.article
                content = composed.content
                if not whole:
                    content = for_audience(content, medium, edition.audience)
                what, path = f'"{article.title}"', article.place.path
                yield SourceText(what, path, article.body_line, content, article.slug)


# --- passages --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, heading, cell or field of the front matter as written, without code and images.

    `text` keeps the line breaks of the source. `tag` is the element's name, or empty for a field.
    """

    text: str
    path: str
    line: int | None
    tag: str = ""

    def place(self, offset: int = 0) -> Place:
        """The line of the source that holds the character at this offset of the text."""
        return Place(self.path, self.line + self.text.count("\n", 0, offset) if self.line else None)


def text_passages(source: SourceText) -> Iterator[Passage]:
    """The passages of a letter or an article, in reading order."""
    yield from _block_passages(source.content.blocks, source.path, source.first_line)
    for note in source.content.footnotes:
        yield from _passages(note, source.path, source.first_line, "li")


def _block_passages(blocks: Iterable[Block], path: str, line: int) -> Iterator[Passage]:
    for block in blocks:
        line = block.line or line
        for words in filter(None, (block.title, block.role)):
            yield Passage(words, path, line, "p")
        yield from _passages(block.nodes, path, line, "p")
        yield from _block_passages(block.blocks, path, line)
        if block.link_text:
            yield _passage(block.link_text, path, line, "a")


def _passages(nodes: Iterable[Node], path: str, line: int, tag: str) -> Iterator[Passage]:
    inline: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element) or node.tag not in BLOCKS:
            inline.append(node)
            continue
        if inline:
            yield _passage(inline, path, line, tag)
            inline = []
        line = node.line or line
        if node.tag == "pre":
            continue
        if any(map(is_block, node.children)):
            yield from _passages(node.children, path, line, node.tag)
        else:
            yield _passage(node.children, path, line, node.tag)
    if inline:
        yield _passage(inline, path, line, tag)


def _passage(nodes: Iterable[Node], path: str, line: int, tag: str) -> Passage:
    return Passage(tree_text(nodes, code="x"), path, line, tag)


def small_passages(edition: ComposedEdition, texts: Iterable[SourceText]) -> Iterator[Passage]:
    """The short texts beside others: alt texts of an edition and its `texts`, authors, second headlines."""
    issue = edition.issue
    yield Passage(issue.image_alt, issue.place.path, issue.lines.get("image_alt"))
    for source in texts:
        for image, line in source.elements("img"):
            yield Passage(image.get("alt") or "", source.path, line)
    for composed in edition.articles:
        article = composed.article
        authors = " · ".join(f"{author.name} {author.role}" for author in article.authors)
        fields = {key: getattr(article, key) for key in ("image_alt", "alt_title", "disclaimer")}
        for key, text in {**fields, "authors": authors}.items():
            yield Passage(text, article.place.path, article.lines.get(key) or article.place.line)
    for each in edition.links:
        yield Passage(f"{each.link.author} · {each.link.via}", *each.link.place)


def field_passages(edition: ComposedEdition) -> Iterator[Passage]:
    """What the fields say to readers: titles, subject, preview text, section titles, deks."""
    issue = edition.issue

    def of_issue(text: str | None, key: str) -> Passage:
        return Passage(text or "", issue.place.path, issue.lines.get(key) or issue.place.line)

    yield of_issue(issue.title, "title")
    for key, written, line in (
        ("subject", issue.subject, edition.subject),
        ("preview_text", issue.preview_text, edition.preview_text),
    ):
        if written:
            yield of_issue(line.fill(fallback_or_name), key)
    rules = {each.title: each.place for each in issue.sections}
    for section in edition.sections:
        # The lock of a frozen issue may have a title that no rule has any more.
        place = rules.get(section.title) or of_issue("", "sections").place()
        for text in (section.title, *section.badges.values()):
            yield Passage(text, *place)
    for composed in edition.articles:
        article = composed.article
        for key, text in (("title", article.title), ("dek", article.dek)):
            yield Passage(text, article.place.path, article.lines.get(key) or article.place.line)
    for each in edition.links:
        yield Passage(each.link.title, *each.link.place)
