"""What every page shares: the way around the site, and the act of rendering a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from pipeline.config.i18n import Messages, direction
from pipeline.model import Image, OutputFile, Publication
from pipeline.render.site.head_metadata import FeedLink, PageHead, feed_links
from pipeline.render.site.page_content import SitePage
from pipeline.render.site.page_values import SiteImage, SiteLink, picture
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.social_images import publication_card
from pipeline.support import urls
from pipeline.support.templating import Templates

LOGO = (240, 42)
"""The largest width and height of the logo, in CSS pixels. It is published larger, for dense screens."""

ARTICLES = "articles/"
TAGS = "tags/"
SEARCH = "search/"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What every page shares: the publication's name, the way around, the feeds, the style sheet."""

    title: str
    tagline: str
    description: str
    language: str
    direction: str
    home: str
    style: str
    logo: SiteImage | None
    nav: tuple[SiteLink, ...]
    feeds: tuple[FeedLink, ...]
    opml: str
    colophon: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteRenderer:
    """The shelf, and the templates and words that it is set with."""

    shelf: SiteIndex
    templates: Templates
    words: Messages

    @property
    def publication(self) -> Publication:
        """The publication whose site this is."""
        return self.shelf.publication

    def page(self, folder: str) -> SitePage:
        """The page that stands in a folder, with links relative to it."""
        publication, here = self.publication, quote(folder)
        return SitePage(
            folder,
            urls.address(publication, folder),
            lambda url: urls.relative(publication, url, here),
            self.words,
        )

    @property
    def social(self) -> Image:
        """The publication's social picture."""
        return publication_card(self.shelf).picture(self.publication)

    def feeds(self, page: SitePage, folder: str = "", about: str = "") -> tuple[FeedLink, ...]:
        """The publication's feeds, after those of the page's own folder where it has some."""
        title = self.publication.title
        own = feed_links(self.publication, page, folder, f"{title}: {about}") if folder else ()
        return own + feed_links(self.publication, page, "", title)

    def render(self, name: str, page: SitePage, head: PageHead, **values: Any) -> OutputFile:
        """One page, by its template."""
        template = self.templates.web().get_template(f"web/{name}")
        html = template.render(head=head, site=page_frame(self.shelf, page), say=self.words.format, **values)
        return OutputFile(page.path, f"{html}\n".encode())


def page_frame(shelf: SiteIndex, page: SitePage) -> PageFrame:
    """The shared parts as seen from a page."""
    publication = shelf.publication

    def here(path: str) -> str:
        return page.href(urls.address(publication, path))

    return PageFrame(
        title=publication.title,
        tagline=publication.tagline,
        description=publication.description,
        language=publication.language,
        direction=direction(publication.language),
        home=here(""),
        style=here("style.css"),
        logo=_logo(shelf, page),
        nav=(
            SiteLink(page.words.format("web.issues"), page.href(f"{urls.home_url(publication)}#issues")),
            SiteLink(page.words.format("web.articles"), here(ARTICLES)),
            SiteLink(page.words.format("web.tags"), here(TAGS)),
            SiteLink(page.words.format("web.search"), here(SEARCH)),
        ),
        feeds=feed_links(publication, page, "", publication.title),
        opml=here("feeds.opml"),
        colophon=tuple(line.strip() for line in publication.colophon.splitlines() if line.strip()),
    )


def _logo(shelf: SiteIndex, page: SitePage) -> SiteImage | None:
    """The logo with the size at which it is shown, so that nothing moves once it is loaded."""
    logo = picture(shelf.logo, shelf.publication, page)
    if logo is None:
        return None
    scale = min(1.0, LOGO[0] / logo.width, LOGO[1] / logo.height)
    width, height = (max(1, round(side * scale)) for side in (logo.width, logo.height))
    return replace(logo, width=width, height=height)
