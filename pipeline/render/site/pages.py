"""The files of the web edition: which pages there are, and the images they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pipeline.config.i18n import load_messages
from pipeline.content.medium import Medium, for_audience
from pipeline.model import EVERYONE, Content, FileMaker, Image, Layout, OutputFile, Published
from pipeline.render.site.article_page import article_page
from pipeline.render.site.head_metadata import PageHead
from pipeline.render.site.issue_page import issue_page
from pipeline.render.site.list_pages import archives, index_page, tags_page
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.redirects import moved_page, moves, redirects
from pipeline.render.site.search_index import search_index, search_page, search_script
from pipeline.render.site.site_index import SiteIndex, build_index
from pipeline.render.site.site_page import SitePage
from pipeline.render.site.sitemap import robots, sitemap
from pipeline.render.site.social_images import cards, make_picture
from pipeline.render.site.stylesheet import feed_style, site_style
from pipeline.render.site_icon import draw_icon, site_icon
from pipeline.support.templating import Templates


def build_site(published: Published, templates: Templates) -> tuple[OutputFile, ...]:
    """Every page of the web edition, with its style sheet, site map and robots.txt.

    Paths are relative to the site's root. Feeds are not included, nor the images that `site_images`
    names. Raises `PressroomError` if two tags have the same address, and whatever the templates raise.
    """
    return tuple(file for make in site_parts(published, templates) for file in make())


def site_parts(published: Published, templates: Templates) -> tuple[FileMaker, ...]:
    """The work of `build_site` in parts, one for each file. Raises `PressroomError` as it does for tags."""
    messages = load_messages(templates, published.publication.language)
    index = build_index(published)
    site = SiteRenderer(index, templates, messages)
    pages: list[Callable[..., OutputFile]] = [
        partial(index_page, site),
        *(
            partial(issue_page, site, position, edition)
            for position, editions in enumerate(index.issues)
            for edition in editions
        ),
        *(partial(article_page, site, position) for position in range(len(index.articles))),
        *(page for _, page in archives(site)),
        partial(tags_page, site),
        *(partial(moved_page, site, old, new) for old, new in moves(index)),
        *(partial(make, site) for make in (search_page, search_script)),
        *(partial(make, site) for make in (_not_found, sitemap, robots)),
        *(partial(make, site.publication, templates) for make in (site_style, feed_style)),
    ]
    if any(moves(index)):
        pages.append(partial(redirects, site))
    return (*(partial(_as_tuple, page) for page in pages), partial(search_index, site))


def social_parts(
    published: Published, templates: Templates, data: Callable[[Image], bytes]
) -> tuple[FileMaker, ...]:
    """The icon and the social pictures that the pages name, a part for each.

    `data` returns the bytes of the logo.
    """
    messages = load_messages(templates, published.publication.language)
    by_name = {card.image: card for card in cards(build_index(published), messages)}
    return (
        partial(draw_icon, site_icon(published.publication, published.logo), data),
        *(partial(_as_tuple, partial(make_picture, card, data)) for _, card in sorted(by_name.items())),
    )


def _as_tuple(make: Callable[..., OutputFile]) -> tuple[OutputFile, ...]:
    return (make(),)


def site_images(published: Published) -> tuple[Image, ...]:
    """The images that the public pages show, each once, in the order of their names.

    Images that only a block for a private audience shows are not included. Each is to be published at
    `urls.image_path(image.name)`.
    """
    index = build_index(published)
    images = {image.name: image for image in _images(index)}
    for logo in filter(None, (index.logo, index.logo_dark)):
        images[logo.name] = logo
    return tuple(images[name] for name in sorted(images))


def _images(index: SiteIndex) -> Iterator[Image]:
    def shown(content: Content, audience: str) -> Iterator[Image]:
        if content.lead:
            yield content.lead
        # The tree is searched only if it contains images at all.
        if content.images:
            yield from for_audience(content, Medium.WEB, audience).images

    for edition in index.editions:
        yield from shown(edition.letter, edition.audience)
        for section in edition.public_sections:
            for article, layout in section.items:
                if layout is Layout.FULL:
                    yield from shown(article.content, edition.audience)
    for article in index.articles:
        yield from shown(article.content, EVERYONE)
        yield from article.portraits.values()


def _not_found(site: SiteRenderer) -> OutputFile:
    """The page that a host serves at any address that does not exist."""
    page = SitePage(site.publication, "", site.messages, "404.html", links_from_root=True)
    title = f"{site.messages.format('web.page_not_found')} · {site.publication.title}"
    return site.render("404.html.j2", page, PageHead(title, feeds=site.feeds(page)))
