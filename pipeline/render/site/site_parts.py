"""The files of the web edition: which pages there are, and the images they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pipeline.config.i18n import load_messages
from pipeline.content.medium import Medium, for_audience
from pipeline.content.value_key import ValueKeys
from pipeline.model import EVERYONE, Content, Image, Layout, OutputFile, Published, SitePart
from pipeline.render.site.article_page import article_page
from pipeline.render.site.head_metadata import PageHead
from pipeline.render.site.issue_page import issue_page
from pipeline.render.site.list_pages import archives, index_page, tags_page
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.redirects import moved_page, moves, redirects
from pipeline.render.site.search_index import search_page, search_parts, search_script
from pipeline.render.site.shown_values import ShownValues
from pipeline.render.site.site_index import SiteIndex, build_index
from pipeline.render.site.site_page import SitePage
from pipeline.render.site.sitemap import robots, sitemap
from pipeline.render.site.social_images import cards, make_picture
from pipeline.render.site.stylesheet import feed_style, site_style
from pipeline.render.site_icon import draw_icon, site_icon
from pipeline.support.templating import Templates
from pipeline.support.urls import article_path, issue_path


def build_site(published: Published, templates: Templates) -> tuple[OutputFile, ...]:
    """Every page of the web edition, with its style sheet, site map and robots.txt.

    Paths are relative to the site's root. Feeds are not included, nor the images that `site_images`
    names. Raises `PressroomError` if two tags have the same address, and whatever the templates raise.
    """
    return tuple(file for part in site_parts(build_index(published), templates) for file in part.make())


def site_parts(index: SiteIndex, templates: Templates, keys: ValueKeys | None = None) -> tuple[SitePart, ...]:
    """The work of `build_site` in parts; the home page is the first."""
    site = SiteRenderer(index, templates, load_messages(templates, index.publication.language))
    return tuple(_parts(site, ShownValues(site, keys or ValueKeys())))


def _parts(site: SiteRenderer, shown: ShownValues) -> Iterator[SitePart]:
    index = site.index
    yield _page("index", shown.home(), partial(index_page, site))
    for position, editions in enumerate(index.issues):
        for edition in editions:
            name = issue_path(edition.issue, edition.audience)
            yield _page(name, shown.issue(position, edition), partial(issue_page, site, position, edition))
    for position, article in enumerate(index.articles):
        name = article_path(article.article.slug)
        yield _page(name, shown.article(position), partial(article_page, site, position))
    for listed, beside, page in archives(site):
        yield _page(listed.folder, (shown.listed(listed), beside), page)
    yield _page("tags", shown.tags(), partial(tags_page, site))
    for old, new in moves(index):
        yield _page(old, (shown.frame, new), partial(moved_page, site, old, new))
    yield _page("search page", shown.search(), partial(search_page, site))
    for make in (search_script, _not_found, robots):
        yield _page(make.__name__, shown.frame, partial(make, site))
    for style in (site_style, feed_style):
        yield _page(style.__name__, (), partial(style, site.publication, site.templates))
    yield _page("sitemap", None, partial(sitemap, site))
    if any(moves(index)):
        yield _page("redirects", None, partial(redirects, site))
    yield from search_parts(site, shown)


def social_parts(
    index: SiteIndex, templates: Templates, image_data: Callable[[Image], bytes]
) -> tuple[SitePart, ...]:
    """The icon and the social pictures that the pages name, a part for each.

    `image_data` returns the bytes of the logo.
    """
    messages = load_messages(templates, index.publication.language)
    by_name = {card.image: card for card in cards(index, messages)}
    icon = site_icon(index.publication, index.logo)
    return (
        SitePart("icon", icon, partial(draw_icon, icon, image_data)),
        *(
            _page(name, card, partial(make_picture, card, image_data))
            for name, card in sorted(by_name.items())
        ),
    )


def _page(name: str, shown: Any, make: Callable[[], OutputFile]) -> SitePart:
    """A part of one file."""
    return SitePart(f"site {name}", shown, partial(_as_tuple, make))


def _as_tuple(make: Callable[[], OutputFile]) -> tuple[OutputFile, ...]:
    return (make(),)


def site_images(index: SiteIndex) -> tuple[Image, ...]:
    """The images that the public pages show, each once, in the order of their names.

    Images that only a block for a private audience shows are not included. Each is to be published at
    `urls.image_path(image.name)`.
    """
    images = {image.name: image for image in _images(index)}
    for logo in filter(None, (index.logo, index.logo_dark)):
        images[logo.name] = logo
    return tuple(images[name] for name in sorted(images))


def _images(index: SiteIndex) -> Iterator[Image]:
    # Most articles are shown to the same readers in an issue and on their page: each tree is searched once.
    shown: dict[tuple[int, str], Content] = {}
    for edition in index.editions:
        shown[id(edition.letter), edition.audience] = edition.letter
        for section in edition.public_sections:
            for article, layout in section.items:
                if layout is Layout.FULL:
                    shown[id(article.content), edition.audience] = article.content
    for article in index.articles:
        shown[id(article.content), EVERYONE] = article.content
        yield from article.portraits.values()
    for (_, audience), content in shown.items():
        if content.lead:
            yield content.lead
        if content.images:
            yield from for_audience(content, Medium.WEB, audience).images


def _not_found(site: SiteRenderer) -> OutputFile:
    """The page that a host serves at any address that does not exist."""
    page = SitePage(site.publication, "", site.messages, "404.html", links_from_root=True)
    title = f"{site.messages.format('web.page_not_found')} · {site.publication.title}"
    return site.render("404.html.j2", page, PageHead(title, feeds=site.feeds(page)))
