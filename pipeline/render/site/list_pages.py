"""The pages that list things: the index page, all articles, all tags, and the articles of one tag."""

from __future__ import annotations

from pipeline.model import OutputFile
from pipeline.render.site.head_metadata import FeedLink, PageHead, feed_links, make_head
from pipeline.render.site.json_ld import about_collection, about_publication
from pipeline.render.site.page_frame import ARTICLES, TAGS, SiteRenderer
from pipeline.render.site.page_values import by_year, site_article, site_issue, tag_list
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls


def index_page(site: SiteRenderer) -> OutputFile:
    """The publication's home: the newest issue, the others by year, and the tags."""
    index, publication, page = site.index, site.publication, site.page("")
    issues = tuple(site_issue(editions, index, page) for editions in index.issues)
    description = publication.description or publication.tagline or publication.title
    subject = about_publication(publication, site.social_image)
    return site.render(
        "index.html.j2",
        page,
        make_head(page, publication.title, description, subject, site.feeds(page)),
        newest=issues[0] if issues else None,
        years=by_year(issues),
        tags=tag_list(index, page, least=2),
    )


def articles_page(site: SiteRenderer) -> OutputFile:
    """All articles by year."""
    page, title = site.page(ARTICLES), site.messages.format("web.articles")
    head = _list_head(site, page, title, "web.every_article", site.feeds(page, ARTICLES, title.lower()))
    years = by_year(site_article(each, site.index, page) for each in site.index.articles)
    return site.render("articles.html.j2", page, head, years=years)


def tags_page(site: SiteRenderer) -> OutputFile:
    """All tags."""
    index, page = site.index, site.page(TAGS)
    head = _list_head(site, page, site.messages.format("web.tags"), "web.every_tag", site.feeds(page))
    return site.render("tags.html.j2", page, head, tags=tag_list(index, page))


def tag_page(site: SiteRenderer, tag: str) -> OutputFile:
    """The articles of one tag."""
    folder = urls.tag_path(tag)
    page = site.page(folder)
    return site.render(
        "tag.html.j2",
        page,
        _list_head(site, page, tag, "web.articles_on", site.feeds(page, folder, tag)),
        tag=tag,
        articles=tuple(site_article(each, site.index, page) for each in site.index.by_tag[tag]),
        feeds=feed_links(page, folder, f"{site.publication.title}: {tag}"),
    )


def _list_head(
    site: SiteRenderer, page: SitePage, title: str, description_key: str, feeds: tuple[FeedLink, ...]
) -> PageHead:
    description = site.messages.format(description_key, publication=site.publication.title, tag=title)
    return make_head(page, title, description, about_collection(page, title, site.social_image), feeds)
