"""What every page shares: the way around the site, and the act of rendering a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from pipeline.config.i18n import Words, direction
from pipeline.model import Image, OutputFile, Publication
from pipeline.render.site.head_metadata import FeedLink, Head, feed_links
from pipeline.render.site.page_content import Page
from pipeline.render.site.page_values import Link, Picture, picture
from pipeline.render.site.site_index import Shelf
from pipeline.render.site.social_images import publication_card
from pipeline.support import urls
from pipeline.support.templating import Templates

LOGO = (240, 42)
"""The largest width and height of the logo, in CSS pixels. It is published larger, for dense screens."""

ARTICLES = "articles/"
TAGS = "tags/"
SEARCH = "search/"


@dataclass(frozen=True, slots=True)
class Chrome:
    """What every page shares: the publication's name, the way around, the feeds, the style sheet."""

    title: str
    tagline: str
    description: str
    language: str
    direction: str
    home: str
    style: str
    logo: Picture | None
    nav: tuple[Link, ...]
    feeds: tuple[FeedLink, ...]
    opml: str
    colophon: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """The shelf, and the templates and words that it is set with."""

    shelf: Shelf
    templates: Templates
    words: Words

    @property
    def publication(self) -> Publication:
        """The publication whose site this is."""
        return self.shelf.publication

    def page(self, folder: str) -> Page:
        """The page that stands in a folder, with links relative to it."""
        publication, here = self.publication, quote(folder)
        return Page(
            folder,
            urls.address(publication, folder),
            lambda url: urls.relative(publication, url, here),
            self.words,
        )

    @property
    def social(self) -> Image:
        """The publication's social picture."""
        return publication_card(self.shelf).picture(self.publication)

    def feeds(self, page: Page, folder: str = "", about: str = "") -> tuple[FeedLink, ...]:
        """The publication's feeds, after those of the page's own folder where it has some."""
        title = self.publication.title
        own = feed_links(self.publication, page, folder, f"{title}: {about}") if folder else ()
        return own + feed_links(self.publication, page, "", title)

    def render(self, name: str, page: Page, head: Head, **values: Any) -> OutputFile:
        """One page, by its template."""
        template = self.templates.web().get_template(f"web/{name}")
        html = template.render(head=head, site=chrome(self.shelf, page), say=self.words.say, **values)
        return OutputFile(page.path, f"{html}\n".encode())


def chrome(shelf: Shelf, page: Page) -> Chrome:
    """The shared parts as seen from a page."""
    publication = shelf.publication

    def here(path: str) -> str:
        return page.href(urls.address(publication, path))

    return Chrome(
        title=publication.title,
        tagline=publication.tagline,
        description=publication.description,
        language=publication.language,
        direction=direction(publication.language),
        home=here(""),
        style=here("style.css"),
        logo=_logo(shelf, page),
        nav=(
            Link(page.words.say("web.issues"), page.href(f"{urls.home_url(publication)}#issues")),
            Link(page.words.say("web.articles"), here(ARTICLES)),
            Link(page.words.say("web.tags"), here(TAGS)),
            Link(page.words.say("web.search"), here(SEARCH)),
        ),
        feeds=feed_links(publication, page, "", publication.title),
        opml=here("feeds.opml"),
        colophon=tuple(line.strip() for line in publication.colophon.splitlines() if line.strip()),
    )


def _logo(shelf: Shelf, page: Page) -> Picture | None:
    """The logo with the size at which it is shown, so that nothing moves once it is loaded."""
    logo = picture(shelf.logo, shelf.publication, page)
    if logo is None:
        return None
    scale = min(1.0, LOGO[0] / logo.width, LOGO[1] / logo.height)
    width, height = (max(1, round(side * scale)) for side in (logo.width, logo.height))
    return replace(logo, width=width, height=height)
