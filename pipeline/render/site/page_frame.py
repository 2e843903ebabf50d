"""What every page shares: navigation, logo and feeds; and how a page is rendered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pipeline.config.i18n import Messages, direction
from pipeline.model import Image, OutputFile, Palette, Publication, Subscribe
from pipeline.render.shared_text import text_lines
from pipeline.render.site.head_metadata import FeedLink, PageHead, allow_form, feed_links
from pipeline.render.site.page_values import SiteImage, SiteLink, site_image
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.site_page import SitePage
from pipeline.render.site.social_images import publication_card
from pipeline.render.site_icon import site_icon
from pipeline.support import urls
from pipeline.support.templating import Templates

LOGO = (240, 42)
"""The largest width and height of the logo, in CSS pixels. It is published larger, for dense screens."""

ISSUES = "issues/"
ARTICLES = "articles/"
TAGS = "tags/"
SEARCH = "search/"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What `web/base.html.j2` sees as `site`: the publication, navigation, feeds and style sheet."""

    title: str
    tagline: str
    description: str
    language: str
    direction: str
    home: str
    style: str
    logo: SiteImage | None
    logo_dark: SiteImage | None
    icon: str
    colors: Palette
    dark: Palette
    nav: tuple[SiteLink, ...]
    feeds: tuple[FeedLink, ...]
    feed_address: str
    opml: str
    subscribe: Subscribe | None
    colophon: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteRenderer:
    """Renders pages from the index with the theme's templates and messages."""

    index: SiteIndex
    templates: Templates
    messages: Messages

    @property
    def publication(self) -> Publication:
        """The publication whose site this is."""
        return self.index.publication

    def page(self, folder: str) -> SitePage:
        """The page in a folder of the site."""
        return SitePage(self.publication, folder, self.messages)

    @property
    def social_image(self) -> Image:
        """The publication's social picture."""
        return publication_card(self.index).picture(self.publication)

    def feeds(self, page: SitePage, folder: str = "", about: str = "") -> tuple[FeedLink, ...]:
        """The publication's feeds, after those of the page's own folder if it has any."""
        title = self.publication.title
        own = feed_links(page, folder, f"{title}: {about}") if folder else ()
        return own + feed_links(page, "", title)

    def render(self, name: str, page: SitePage, head: PageHead, **values: Any) -> OutputFile:
        """One page, by the template `web/NAME`."""
        template = self.templates.environment().get_template(f"web/{name}")
        frame = page_frame(self.index, page)
        if frame.subscribe and frame.subscribe.form_action:
            head = replace(head, policy=allow_form(head.policy, frame.subscribe.form_action))
        html = template.render(head=head, site=frame, say=self.messages.format, show=page.show, **values)
        return OutputFile(page.path, f"{html}\n".encode())


def page_frame(index: SiteIndex, page: SitePage) -> PageFrame:
    """What every page shares, with links written for this one."""
    publication, messages = page.publication, page.messages
    return PageFrame(
        title=publication.title,
        tagline=publication.tagline,
        description=publication.description,
        language=publication.language,
        direction=direction(publication.language),
        home=page.link(""),
        style=page.link("style.css"),
        logo=_logo(index.logo, page),
        logo_dark=site_image(index.logo_dark, page),
        icon=page.link(site_icon(publication, index.logo).path),
        colors=publication.theme.colors,
        dark=publication.theme.dark,
        nav=(
            SiteLink(messages.format("web.issues"), page.href(f"{urls.home_url(publication)}#issues")),
            *((SiteLink(messages.format("web.articles"), page.link(ARTICLES)),) if index.articles else ()),
            *((SiteLink(messages.format("web.tags"), page.link(TAGS)),) if index.by_tag else ()),
            SiteLink(messages.format("web.search"), page.link(SEARCH)),
        ),
        feeds=feed_links(page, "", publication.title),
        feed_address=urls.address(publication, urls.feed_file("rss")),
        opml=page.link("feeds.opml"),
        subscribe=publication.subscribe,
        colophon=text_lines(publication.colophon),
    )


def _logo(image: Image | None, page: SitePage) -> SiteImage | None:
    """The logo with the size at which it is shown, so that nothing moves once it is loaded."""
    logo = site_image(image, page)
    if logo is None:
        return None
    scale = min(1.0, LOGO[0] / logo.width, LOGO[1] / logo.height)
    width, height = (max(1, round(side * scale)) for side in (logo.width, logo.height))
    return replace(logo, width=width, height=height)
