"""Where in the sources a thing of the finished email comes from.

A finding names the place that an editor can change: the article's line, the issue's field, the
setting, the theme's template. Only where none is known does it name the built file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.content.medium import Medium, for_audience
from pipeline.content.tree import elements
from pipeline.model import Block, ComposedEdition, Content, Element, Layout, MergeField, Node, Place
from pipeline.render.email.email_context import in_layout


@dataclass(frozen=True, slots=True)
class SourceText:
    """A content of the edition, and where it is written: an article's body, or the letter."""

    what: str
    path: str
    first_line: int
    content: Content
    slug: str = ""

    def place(self, line: int | None = None) -> Place:
        """A line of it, or its first."""
        return Place(self.path, line or self.first_line)


def source_texts(edition: ComposedEdition) -> tuple[SourceText, ...]:
    """The contents that this edition's email shows in full, in reading order, as it shows them."""
    issue = edition.issue
    letter = for_audience(edition.letter, Medium.EMAIL, edition.audience)
    found = [SourceText("the letter", issue.place.path, issue.letter_line, letter)]
    for section in edition.sections:
        for composed, layout in section.articles:
            if in_layout(composed, layout) is Layout.FULL:
                article = composed.article
                content = for_audience(composed.content, Medium.EMAIL, edition.audience)
                found.append(
                    SourceText(
                        f'"{article.title}"', article.place.path, article.body_line, content, article.slug
                    )
                )
    return tuple(found)


def content_elements(content: Content) -> Iterator[tuple[Element, int | None]]:
    """Every element of a content, with its line or that of the nearest element before it."""
    line: int | None = None
    for nodes in _node_runs(content.blocks):
        for element in elements(nodes):
            line = element.line or line
            yield element, element.line or line
    for note in content.footnotes:
        for element in elements(note):
            yield element, element.line


def _node_runs(blocks: Iterable[Block]) -> Iterator[tuple[Node, ...]]:
    for block in blocks:
        yield block.nodes
        yield from _node_runs(block.blocks)
        if block.link_url:
            yield (Element("a", (("href", block.link_url),), block.link_text, block.line),)


def words_of(nodes: Iterable[Node]) -> str:
    """The words in some nodes, an image by its alt text, a merge field by its fallback."""
    return " ".join("".join(_words(nodes)).split())


def _words(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, MergeField):
            yield node.fallback or node.name
        elif node.tag == "img":
            yield node.get("alt") or ""
        else:
            yield from _words(node.children)
            yield " " if node.tag in {"p", "li", "br", "td", "th", "tr"} else ""


@dataclass(frozen=True)
class SourcePlaces:
    """The index of one edition. `theme` holds the theme's files: path as typed, and text."""

    edition: ComposedEdition
    theme: tuple[tuple[str, str], ...] = ()
    _cache: dict[str, Place] = field(default_factory=dict)

    @property
    def issue(self) -> Place:
        """The issue itself."""
        return self.edition.issue.place

    def of_issue(self, key: str) -> Place:
        """A field of the issue's front matter, or the issue where the field is not written."""
        return Place(self.issue.path, self.edition.issue.lines.get(key) or self.issue.line)

    def of_article(self, slug: str, key: str = "title") -> Place:
        """A field of an article's front matter."""
        article = next(each.article for each in self.edition.articles if each.article.slug == slug)
        return Place(article.place.path, article.lines.get(key) or article.place.line)

    def of_link(self, url: str) -> Place:
        """Where a link to this address is written; the issue where no text holds it."""
        return self._links.get(url) or self._front.get(url) or self.issue

    def of_image(self, url: str) -> Place:
        """Where the image at this address is named."""
        return self._images.get(url) or Place("newsletter.toml")

    def of_theme(self, text: str) -> Place | None:
        """The first place in the theme's templates that holds this text, or None."""
        for path, source in self.theme:
            at = source.find(text)
            if at >= 0:
                return Place(path, source.count("\n", 0, at) + 1)
        return None

    @cached_property
    def _links(self) -> dict[str, Place]:
        return self._attributes("a", "href")

    @cached_property
    def _images(self) -> dict[str, Place]:
        found = self._attributes("img", "src")
        for composed in self.edition.articles:
            for lead in (composed.content.lead, composed.content.thumbnail):
                if lead:
                    found.setdefault(lead.url, self.of_article(composed.article.slug, "image"))
        return found

    @cached_property
    def _front(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for composed in self.edition.articles:
            article = composed.article
            if article.link:
                found.setdefault(article.link, self.of_article(article.slug, "link"))
            if composed.url:
                found.setdefault(composed.url, self.of_article(article.slug))
        return found

    def _attributes(self, tag: str, name: str) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for written in source_texts(self.edition):
            for element, line in content_elements(written.content):
                value = element.get(name) if element.tag == tag else None
                if value:
                    found.setdefault(value, written.place(line))
        return found
