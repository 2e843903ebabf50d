"""What the rules look at: one edition with all that was made of it.

Each form is parsed once, when a rule first asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from pipeline.checks.css import CssView, Styles
from pipeline.checks.element_origin import ElementOrigins
from pipeline.checks.html_page import HtmlPage, parse_page
from pipeline.checks.outlook_view import outlook_view
from pipeline.checks.passages import (
    PageLink,
    Passage,
    TextRun,
    everything_written,
    fields_of,
    links_of,
    passages_of,
    runs_of,
)
from pipeline.checks.size_budget import SizeBudget
from pipeline.checks.source_places import SourcePlaces, SourceText, source_texts
from pipeline.model import ComposedEdition, Finding, Place, Publication, RenderedEmail

if TYPE_CHECKING:
    from pipeline.checks.online_links import LinkAnswer
    from pipeline.checks.spamassassin import SpamReport

_ADDRESS = re.compile(r"https?://[^\s<>\"'`)\]]+")


def linked_addresses(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each address that stands in earlier issues' texts, and the folder of the last issue with it.

    `texts` are folder and source text, oldest first. Read off the source, because parsing every
    earlier issue anew would make the check of one issue as slow as a build of all.
    """
    return {found.rstrip(".,;:!?"): folder for folder, text in texts for found in _ADDRESS.findall(text)}


@dataclass(frozen=True)
class CheckContext:
    """One edition and its finished artefacts.

    `rendered` holds images by their absolute address and merge fields in neutral form; `message` is
    `email.eml`. `image_sizes` maps each published image's address to its bytes. `budget` is the size
    of the HTML's parts (`budget.py`). `linked_before` maps addresses to the folder of the earlier
    issue that linked them. `theme` holds the theme's files: path as a user types it, and text.
    `noticed` is what earlier stages found in this edition. `answers` (by address) and `spam` are
    there only where an editor asked for what leaves the machine or needs another program.
    """

    publication: Publication
    edition: ComposedEdition
    rendered: RenderedEmail
    message: bytes
    budget: SizeBudget
    image_sizes: Mapping[str, int] = field(default_factory=dict)
    linked_before: Mapping[str, str] = field(default_factory=dict)
    theme: tuple[tuple[str, str], ...] = ()
    noticed: tuple[Finding, ...] = ()
    answers: Mapping[str, LinkAnswer] = field(default_factory=dict)
    spam: SpamReport | None = None

    @cached_property
    def page(self) -> HtmlPage:
        """The HTML as most clients read it."""
        return parse_page(self.rendered.html)

    @cached_property
    def outlook(self) -> HtmlPage:
        """The HTML as Outlook on Windows reads it."""
        return parse_page(outlook_view(self.rendered.html))

    @cached_property
    def mail(self) -> EmailMessage | Message:
        """The message, parsed."""
        return message_from_bytes(self.message, policy=SMTP)

    @cached_property
    def places(self) -> SourcePlaces:
        """Where things come from."""
        return SourcePlaces(self.edition, self.theme)

    @cached_property
    def writings(self) -> tuple[SourceText, ...]:
        """The letter and each article that stands in full."""
        return source_texts(self.edition)

    @cached_property
    def everything(self) -> tuple[SourceText, ...]:
        """The writings, and the articles that stand in full on the web only."""
        return tuple(everything_written(self.edition, self.writings))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All that was written for this edition: fields of the front matter, then text."""
        text = (each for written in self.everything for each in passages_of(written))
        return tuple(each for each in (*fields_of(self.edition, self.places), *text) if each.text.strip())

    @cached_property
    def links(self) -> tuple[PageLink, ...]:
        """The links of the page."""
        return links_of(self.page)

    @cached_property
    def runs(self) -> tuple[TextRun, ...]:
        """The text of the page, run by run."""
        return runs_of(self.page)

    @cached_property
    def light(self) -> Styles:
        """Resolved styles in the light scheme."""
        return Styles(self.page, CssView())

    @cached_property
    def dark(self) -> Styles:
        """Resolved styles in the dark scheme."""
        return Styles(self.page, CssView(dark=True))

    @cached_property
    def origins(self) -> ElementOrigins:
        """Which lines of the writings the page's elements come from."""
        return ElementOrigins(self.writings)

    def origin(self, element: Element, *needles: str) -> Place:
        """Where an element of the page, or of Outlook's view, comes from.

        That is the line an editor wrote, or else the first place in the theme that holds one of the
        needles, or else the line of the built page.
        """
        page = self.page if element in self.page.lines else self.outlook
        return self.origins.of(page, element) or self.in_theme(page.lines.get(element), *needles)

    def in_theme(self, line: int | None, *needles: str) -> Place:
        """The first place in the theme that holds one of the needles, or else a line of the built page."""
        found = (self.places.of_theme(needle) for needle in needles if needle)
        return next(filter(None, found), self.at(line))

    def at(self, line: int | None = None) -> Place:
        """A line of the built `email.html`: for what has no place in the sources."""
        return Place(f"build/issues/{self.edition.folder}/email.html", line)
