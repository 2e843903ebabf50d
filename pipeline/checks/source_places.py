"""Maps parts of the rendered email back to source file and line.

A finding names the place that an editor can change: the article's line, the issue's field, the
setting, the theme's template. Only where none is known does it name the built file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element

from pipeline.checks.html_page import HtmlPage, text_of
from pipeline.checks.source_text import SourceText
from pipeline.content.tree import elements
from pipeline.content.tree_text import tree_text
from pipeline.model import ComposedEdition, Node, Place
from pipeline.support import merge
from pipeline.support.limits import SETTINGS_FILE

SETTINGS = Place(SETTINGS_FILE)

_NAMES = "a blockquote code dd dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p pre table td th ul"
_TRACED = frozenset(_NAMES.split())


@dataclass(frozen=True)
class SourcePlaces:
    """The index of one edition.

    `theme` holds the theme's files: path as a user types it, and text. `texts` are those that the email
    shows in full. `logos` are the addresses of pictures that the settings name for all issues.
    """

    edition: ComposedEdition
    theme: tuple[tuple[str, str], ...] = ()
    texts: tuple[SourceText, ...] = ()
    logos: Mapping[str, Place] = field(default_factory=dict)

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
        return self._links.get(url) or self.issue

    def of_image(self, url: str) -> Place:
        """Where the image at this address is named."""
        return self._images.get(url) or SETTINGS

    def of_theme(self, text: str) -> Place | None:
        """The first place in the theme's templates that holds this text, or None."""
        for path, source in self.theme:
            at = source.find(text)
            if at >= 0:
                return Place(path, source.count("\n", 0, at) + 1)
        return None

    def of_element(self, page: HtmlPage, element: Element) -> Place | None:
        """The line on which an editor wrote an element or its nearest ancestor; None for the theme's.

        An element is recognised by its words: the writing is the one thing that no theme changes.
        """
        for each in (element, *page.ancestors(element)):
            if each.tag in _TRACED:
                text = text_of(each)
                if place := self._elements.get(text):
                    return place
                if len(text) > self._longest:
                    return None  # and what is around it has no fewer words
        return None

    def is_running_text(self, page: HtmlPage, element: Element) -> bool:
        """Whether an editor wrote the element, and not as a footnote."""
        return text_of(element) not in self._footnotes and self.of_element(page, element) is not None

    @cached_property
    def _elements(self) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for source in self.texts:
            for element, line in source.elements(*_TRACED):
                if text := _as_on_page(element):
                    places.setdefault(text, source.place(line))
        return places

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._elements), default=0)

    @cached_property
    def _footnotes(self) -> frozenset[str]:
        notes = (note for source in self.texts for note in source.content.footnotes)
        return frozenset(_as_on_page(each) for note in notes for each in elements(note)) - {""}

    @cached_property
    def _links(self) -> dict[str, Place]:
        places = self._attributes("a", "href")
        for composed in self.edition.articles:
            slug = composed.article.slug
            if composed.article.link:
                places.setdefault(composed.article.link, self.of_article(slug, "link"))
            if composed.url:
                places.setdefault(composed.url, self.of_article(slug))
        for each in self.edition.links:
            places.setdefault(each.url, each.link.place)
        return places

    @cached_property
    def _images(self) -> dict[str, Place]:
        places = {**self.logos, **self._attributes("img", "src")}
        if lead := self.edition.letter.lead:
            places.setdefault(lead.url, self.of_issue("image"))
        for composed in self.edition.articles:
            for image in (composed.content.lead, composed.content.thumbnail):
                if image:
                    places.setdefault(image.url, self.of_article(composed.article.slug, "image"))
            for author in composed.article.authors:
                if portrait := composed.portraits.get(author.name):
                    places.setdefault(portrait.url, Place(SETTINGS_FILE, author.picture_line))
        return places

    def _attributes(self, tag: str, name: str) -> dict[str, Place]:
        """The values of an attribute, and where each is written first."""
        places: dict[str, Place] = {}
        for source in self.texts:
            for element, line in source.elements(tag):
                if value := element.get(name):
                    places.setdefault(value, source.place(line))
        return places


def _as_on_page(node: Node) -> str:
    """The words of a node as `text_of` reads them off the finished page."""
    return " ".join(tree_text((node,), merge.neutral, alt=True, references=True).split())
