"""What the HTML part and the text part have in common: layouts, dates, "read more", footer addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.config.i18n import Messages, direction
from pipeline.content.events import first_event
from pipeline.content.html_nodes import HtmlOptions
from pipeline.content.medium import Medium
from pipeline.model import (
    ComposedArticle,
    ComposedEdition,
    ComposedItem,
    Image,
    Layout,
    MergeField,
    MergeText,
    Publication,
    Section,
    Show,
)
from pipeline.render.code_palette import code_palette
from pipeline.render.email.link_parameters import LinkTagger
from pipeline.render.email.template_values import EmailLink
from pipeline.render.shared_text import byline, contents, group_links, host, revision_date
from pipeline.support import merge
from pipeline.support.urls import home_url


@dataclass(frozen=True, slots=True)
class EmailContext:
    """An edition with everything that its email is made from.

    `styles` are the inline styles of its content, by element name or `parent child`. The addresses in
    `edition` have the parameters that `links` adds.
    """

    edition: ComposedEdition
    publication: Publication
    messages: Messages
    styles: Mapping[str, str]
    links: LinkTagger

    @property
    def home_url(self) -> str:
        """The address of the publication's index page."""
        return self.links.address(home_url(self.publication))

    @property
    def show(self) -> Show:
        """What the issue shows beside its texts."""
        return self.edition.issue.show

    def html_options(self, heading_shift: int = 0) -> HtmlOptions:
        """How content is written; its headings are lowered by `heading_shift` levels."""
        colors = code_palette(self.publication.theme.colors) if self.show.code_colors else None
        return HtmlOptions(
            Medium.EMAIL,
            styles=self.styles,
            heading_shift=heading_shift,
            code_colors=colors,
            direction=direction(self.publication.language),
        )

    @property
    def issue_line(self) -> str:
        """The issue's number, date and reading time in one line, after the section of the only article.

        No line of the HTML breaks within one of them, here and in `details`.
        """
        issue, show = self.edition.issue, self.show
        parts = (
            *(each.title for each in self.edition.sections if self.edition.only_article and each.items),
            unbroken(self.messages.format("issue", number=issue.number)) if show.issue_number else "",
            unbroken(self.messages.date(issue.date)) if show.date else "",
            unbroken(self._minutes(self.edition.minutes)),
        )
        return " · ".join(filter(None, parts))

    @property
    def sections(self) -> tuple[Section[ComposedItem], ...]:
        """The sections, without a title where `issue_line` has said it."""
        if self.edition.only_article:
            return tuple(replace(section, title="") for section in self.edition.sections)
        return self.edition.sections

    @property
    def reason(self) -> str:
        """Why a reader gets the email: the publication's setting, or else the theme's message."""
        return self.publication.reason or self.messages.format("reason", publication=self.publication.title)

    @property
    def no_tracking(self) -> str:
        """The sentence that says that the email does not track its readers, if that is promised."""
        return self.messages.format("no_tracking") if self.publication.no_tracking else ""

    def minutes(self, article: ComposedArticle) -> str:
        """The reading time of an article."""
        return self._minutes(article.content.minutes)

    def _minutes(self, minutes: int) -> str:
        return self.messages.format("minutes", minutes=minutes) if self.show.reading_time else ""

    def byline(self, article: ComposedArticle) -> str:
        """The authors of an article."""
        return byline(article.article, " · ") if self.show.authors else ""

    def portraits(self, article: ComposedArticle) -> tuple[Image, ...]:
        """The pictures of the authors of an article."""
        return tuple(article.portraits.values()) if self.show.authors else ()

    def details(self, article: ComposedArticle) -> str:
        """Place in a series, date, last revision and reading time of an article in one line.

        An article with an event has its days. The issue's own date is left out, and of a lone article the
        issue's reading time, for `issue_line` has said them.
        """
        shown_above = {"", unbroken(self.messages.date(self.edition.issue.date))}
        if len(self.edition.articles) == 1:
            shown_above.add(unbroken(self._minutes(self.edition.minutes)))
        parts = [unbroken(self.minutes(article))]
        first = []
        if series := self.edition.series.get(article.article.slug):
            first.append(self.messages.format("series", number=series.number, series=series.series))
        if self.show.date:
            updated = revision_date(article.article)
            day = unbroken(self.messages.date(updated)) if updated else ""
            parts.insert(0, self.messages.format("updated", date=day) if day else "")
            if event := first_event(article.content, Medium.EMAIL, self.edition.audience):
                first.append(unbroken(event.days))
            else:
                parts.insert(0, unbroken(self.messages.date(article.article.date)))
        return " · ".join([*first, *(part for part in parts if part not in shown_above)])

    def more_link(self, article: ComposedArticle, layout: Layout) -> EmailLink | None:
        """The "read more" link, which names the article and, for a piece on another site, the host.

        The only article has none: "View in browser" leads to the same text.
        """
        title, link = article.article.title, article.article.link
        if link:
            return EmailLink(self.messages.format("read_on_site", title=title, host=host(link)), link)
        hidden = self.edition.only_article is article or not self.show.web_link
        if not article.url or (layout is Layout.FULL and hidden):
            return None
        key = "read_on_web" if layout is Layout.FULL else "read"
        return EmailLink(self.messages.format(key, title=title), article.url)

    @property
    def contents(self) -> tuple[EmailLink, ...]:
        """The titles at the head of a long issue, each linked to its place on the issue's page.

        Most mail clients do not follow links within an email.
        """
        tagged = self.edition.url or ""
        page = self.links.plain.get(tagged, tagged)
        return tuple(
            EmailLink(each.article.title, self.links.address(f"{page}#{each.article.slug}"))
            for each in contents(self.edition)
        )

    def related_links(self, article: ComposedArticle) -> tuple[EmailLink, ...]:
        """The related articles that have an address, in the order in which the article names them."""
        in_edition = {
            each.article.slug: (each.article.title, each.url) for each in self.edition.articles if each.url
        }
        known = {**self.edition.related, **in_edition}
        return tuple(
            EmailLink(title, self._address_in(article, url))
            for title, url in (known[slug] for slug in article.article.related if slug in known)
        )

    def series_links(self, article: ComposedArticle) -> tuple[EmailLink, ...]:
        """The links to the parts of a series before and after an article."""
        part = self.edition.series.get(article.article.slug)
        parts = {"previous_part": part.previous, "next_part": part.next} if part else {}
        return tuple(
            EmailLink(self.messages.format(word, title=each[0]), self._address_in(article, each[1]))
            for word, each in parts.items()
            if each
        )

    def _address_in(self, article: ComposedArticle, url: str) -> str:
        """An address as the section of this article links to it."""
        sections = self.edition.sections
        section = next(s.title for s in sections if any(item is article for item, _ in s.items))
        return self.links.address(url, section)


def unbroken(text: str) -> str:
    """A text within which no line breaks; of two dates, a line may break beside their dash."""
    return text.replace(" ", "\u00a0").replace("\u00a0–\u00a0", " – ")


def grouped_items(
    section: Section[ComposedItem],
) -> Iterator[tuple[ComposedArticle, Layout] | list[ComposedItem]]:
    """Group the items of a section by the layouts that they really get (`group_links`)."""
    return group_links((item, item.in_layout(layout)) for item, layout in section.items)


def unsubscribe_url(publication: Publication) -> MergeText:
    """The unsubscribe address: the publication's setting, or the merge field that the target fills.

    It is the field too where each recipient gets a signed address of their own.
    """
    own = None if publication.delivery.unsubscribe_endpoint else publication.unsubscribe_url
    return own or merge.text(merge.mark(MergeField("unsubscribe_url")))


def browser_url(edition: ComposedEdition) -> str:
    """The address of the edition's page, or an empty text if it has none or is not to show it.

    The merge field `web_url` is not in its place: it would lead to the home page, or to a copy at the service
    that everyone can open, and the edition is private.
    """
    return edition.url or "" if edition.issue.show.web_link else ""
