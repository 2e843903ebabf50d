"""What the rules look at: one edition with all that was made from it.

Each form is parsed once, when a rule first asks for it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import SMTP
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import Styles
from pipeline.checks.html_page import HtmlPage, parse_versions
from pipeline.checks.outlook_view import outlook_pieces
from pipeline.checks.page_text import PageLink, TextRun, page_links, text_runs, words
from pipeline.checks.size_budget import SizeBudget
from pipeline.checks.source_places import SourcePlaces
from pipeline.checks.source_text import (
    Passage,
    SourceText,
    field_passages,
    shown_texts,
    text_passages,
    web_texts,
)
from pipeline.model import ComposedEdition, Finding, Place, Publication, RenderedEmail
from pipeline.support.limits import SETTINGS_FILE

if TYPE_CHECKING:
    from pipeline.checks.online_links import LinkAnswer
    from pipeline.checks.spamassassin import SpamReport


@dataclass(frozen=True)
class CheckContext:
    """One edition and its finished artefacts.

    `rendered` holds images by their absolute address and merge fields in neutral form; `message` is
    `email.eml`. `budget` has the size of each part of the HTML. `image_sizes` maps the address of each
    published image to its bytes, and `linked` addresses to the folders of the frozen issues that link
    them, oldest first. `theme` holds the theme's files: path as a user types it, and text. `stage_findings`
    are the findings of earlier stages on this edition. `answers` (by address) and `spam` are there only
    where an editor asked for what needs the network or another program.
    """

    publication: Publication
    edition: ComposedEdition
    rendered: RenderedEmail
    message: bytes
    budget: SizeBudget
    image_sizes: Mapping[str, int] = field(default_factory=dict)
    linked: Mapping[str, Collection[str]] = field(default_factory=dict)
    theme: tuple[tuple[str, str], ...] = ()
    stage_findings: tuple[Finding, ...] = ()
    answers: Mapping[str, LinkAnswer] = field(default_factory=dict)
    spam: SpamReport | None = None

    @property
    def page(self) -> HtmlPage:
        """The HTML as most clients read it."""
        return self._pages[0]

    @property
    def outlook_page(self) -> HtmlPage:
        """The HTML as Outlook on Windows reads it."""
        return self._pages[1]

    @cached_property
    def _pages(self) -> list[HtmlPage]:
        return parse_versions(*zip(*outlook_pieces(self.rendered.html), strict=True))

    @cached_property
    def mail(self) -> Message:
        """The header of the message, parsed."""
        return _header(self.message)

    @cached_property
    def mail_parts(self) -> tuple[Message, ...]:
        """The headers of the message's parts, parsed (RFC 2046, 5.1.1). The parts themselves are not read."""
        boundary = self.mail.get_boundary()
        if boundary is None:
            return (self.mail,)
        _, *parts = self.message.split(b"--" + boundary.encode())
        return tuple(_header(part.lstrip()) for part in parts if not part.startswith(b"--"))

    @cached_property
    def places(self) -> SourcePlaces:
        """Where the parts of the email are written."""
        logo = posixpath.normpath((self.publication.theme.logo or "").lstrip("/"))
        logos = {each.url for each in self.rendered.images if each.source == logo}
        return SourcePlaces(
            self.edition, self.theme, self.shown_texts, dict.fromkeys(logos, self.setting_place("theme.logo"))
        )

    def setting_place(self, *keys: str) -> Place:
        """The first of these keys and tables that the settings have, or their file where none is written."""
        lines = self.publication.lines
        return Place(SETTINGS_FILE, next((lines[key] for key in keys if key in lines), None))

    @cached_property
    def shown_texts(self) -> tuple[SourceText, ...]:
        """The letter and the articles that the email shows in full."""
        return shown_texts(self.edition)

    @cached_property
    def all_texts(self) -> tuple[SourceText, ...]:
        """The shown texts, then those that only the web shows."""
        return (*self.shown_texts, *web_texts(self.edition))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All that was written for this edition: fields of the front matter, then text."""
        passages = [*field_passages(self.edition)]
        for source in self.all_texts:
            passages += text_passages(source)
        return tuple(each for each in passages if each.text.strip())

    @cached_property
    def links(self) -> tuple[PageLink, ...]:
        """The links of the page."""
        return tuple(page_links(self.page, self.rendered.plain_addresses))

    @cached_property
    def runs(self) -> tuple[TextRun, ...]:
        """The text of the page, run by run."""
        return tuple(text_runs(self.page))

    @cached_property
    def html_words(self) -> str:
        """All words of the page as `words` has them, with a space before and after each."""
        return f" {' '.join(word for run in self.runs for word in words(run.text))} "

    @cached_property
    def text_words(self) -> str:
        """All words of the text part, in the same way."""
        return f" {' '.join(words(self.rendered.text))} "

    @property
    def language(self) -> str:
        """The publication's language without its region, in lower case."""
        return self.publication.language.lower().partition("-")[0]

    @cached_property
    def light_styles(self) -> Styles:
        """Resolved styles in the light scheme."""
        return Styles(self.page)

    @cached_property
    def dark_styles(self) -> Styles:
        """Resolved styles in the dark scheme."""
        return Styles(self.page, dark=True)

    @cached_property
    def word_styles(self) -> Styles:
        """Resolved styles in Outlook on Windows, which renders as Word does."""
        return Styles(self.outlook_page)

    @cached_property
    def outlook_com_styles(self) -> Styles:
        """Resolved styles in Outlook.com's dark mode."""
        return Styles(self.page, outlook_com=True)

    def origin(self, element: Element, *needles: str) -> Place:
        """Where an element of the page, or of Outlook's view, is written.

        That is the line of an editor's text, or else the first place in the theme that holds one of the
        needles, or else the line of the built page.
        """
        page = self.page if element in self.page.lines else self.outlook_page
        return self.places.of_element(page, element) or self.in_theme(page.lines.get(element), *needles)

    def in_theme(self, line: int | None, *needles: str) -> Place:
        """The first place in the theme that holds one of the needles, or else a line of the built page."""
        places = (self.places.of_theme(needle) for needle in needles if needle)
        return next(filter(None, places), self.built(line))

    def in_sheet(self, line: int) -> Place:
        """The place in the theme of a line of the built page, as for a style sheet."""
        return self.in_theme(line, self.rendered.html.split("\n")[line - 1].strip())

    def template(self, name: str, line: int | None = None) -> Place:
        """The theme's template of this name, for what is missing there, or else the built page."""
        path = next((path for path, _ in self.theme if path.endswith(name)), None)
        return Place(path, line) if path else self.built()

    def built(self, line: int | None = None, name: str = "email.html") -> Place:
        """A line of a built file, for what no source holds; `email.txt` and `email.eml` are the others."""
        return Place(f"build/issues/{self.edition.folder}/{name}", line)


def _header(part: bytes) -> Message:
    """Parse the header of a message or of a part of one."""
    return BytesHeaderParser(policy=SMTP).parsebytes(part.partition(b"\r\n\r\n")[0])
