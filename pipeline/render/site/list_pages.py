"""The pages that list things: the index page, articles, issues, tags, and the articles of a tag or author."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pipeline.model import ComposedArticle, ComposedEdition, OutputFile
from pipeline.render.authors import AuthorArticles
from pipeline.render.shared_text import host
from pipeline.render.site.head_metadata import FeedLink, PageHead, feed_links, make_head
from pipeline.render.site.json_ld import about_collection, about_publication
from pipeline.render.site.page_frame import ARTICLES, ISSUES, TAGS, SiteRenderer
from pipeline.render.site.page_values import (
    Byline,
    ExternalSource,
    SiteLink,
    by_year,
    site_article,
    site_image,
    site_issue,
    tag_list,
)
from pipeline.render.site.paging import PAGE, Item, ListPage, archive_pages, archive_years, list_pages
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls

_Years = tuple[tuple[int, str], ...]
"""Years, each with its number of items in words."""


def index_page(site: SiteRenderer) -> OutputFile:
    """The publication's home: the newest issue, the others by year, and the tags."""
    index, publication, page = site.index, site.publication, site.page("")
    issues = tuple(site_issue(editions, page) for editions in index.issues[:PAGE])
    description = publication.description or publication.tagline or publication.title
    subject = about_publication(publication, site.social_image)
    return site.render(
        "index.html.j2",
        page,
        make_head(page, publication.title, description, subject, site.feeds(page)),
        newest=issues[0] if issues else None,
        years=by_year(issues),
        all_issues=page.link(ISSUES) if len(index.issues) > PAGE else "",
        tags=tag_list(index, page, least=2),
    )


def archives(site: SiteRenderer) -> Iterator[tuple[ListPage[Any], Any, Callable[[], OutputFile]]]:
    """Each page that lists articles or issues, what it shows beside its items, and what renders it."""
    index = site.index
    years = archive_years(index.articles, _article_year)
    for listed in archive_pages(ARTICLES, index.articles, years):
        links = _years_of(years, counted=listed.year is None)
        yield listed, links, partial(_articles_page, site, listed, links)
    if len(index.issues) > PAGE:
        issue_years = archive_years(index.issues, _issue_year)
        for issues in archive_pages(ISSUES, index.issues, issue_years):
            links = _years_of(issue_years, counted=issues.year is None)
            yield issues, links, partial(_issues_page, site, issues, links)
    for tag, tagged in index.by_tag.items():
        for listed in list_pages(urls.tag_path(tag), tagged):
            yield listed, (tag, _count(listed, tagged)), partial(_tag_page, site, tag, listed)
    for folder, works in index.by_author.items():
        for listed in list_pages(folder, works.articles):
            shown = works.author, works.picture, _count(listed, works.articles)
            yield listed, shown, partial(_author_page, site, folder, works, listed)


def year_links(index: SiteIndex, page: SitePage) -> tuple[SiteLink, ...]:
    """Links to the articles of each year, with their number, if they are on pages of their own."""
    return _year_links(page, ARTICLES, _years_of(archive_years(index.articles, _article_year)))


def tags_page(site: SiteRenderer) -> OutputFile:
    """All tags."""
    index, page = site.index, site.page(TAGS)
    head = _list_head(site, page, site.messages.format("web.tags"), "web.every_tag", site.feeds(page))
    return site.render("tags.html.j2", page, head, tags=tag_list(index, page))


def _articles_page(site: SiteRenderer, listed: ListPage[ComposedArticle], years: _Years) -> OutputFile:
    page, name = site.page(listed.folder), site.messages.format("web.articles")
    title = f"{name} {listed.year}" if listed.year else name
    feeds = site.feeds(page, ARTICLES, name)
    return site.render(
        "articles.html.j2",
        page,
        _list_head(site, page, title, "web.every_article", feeds, listed.number),
        title=title,
        years=by_year(site_article(each, site.index, page) for each in listed.items),
        all_years=_year_links(page, ARTICLES, years),
        **_neighbours(listed, page, title),
    )


def _issues_page(
    site: SiteRenderer, listed: ListPage[tuple[ComposedEdition, ...]], years: _Years
) -> OutputFile:
    page, name = site.page(listed.folder), site.messages.format("web.issues")
    title = f"{name} {listed.year}" if listed.year else name
    return site.render(
        "issues.html.j2",
        page,
        _list_head(site, page, title, "web.every_issue", site.feeds(page), listed.number),
        title=title,
        years=by_year(site_issue(each, page) for each in listed.items),
        all_years=_year_links(page, ISSUES, years),
        **_neighbours(listed, page, title),
    )


def _tag_page(site: SiteRenderer, tag: str, listed: ListPage[ComposedArticle]) -> OutputFile:
    page, folder = site.page(listed.folder), urls.tag_path(tag)
    return site.render(
        "tag.html.j2",
        page,
        _list_head(site, page, tag, "web.articles_on", site.feeds(page, folder, tag), listed.number),
        tag=tag,
        count=_count(listed, site.index.by_tag[tag]),
        articles=tuple(site_article(each, site.index, page) for each in listed.items),
        feeds=feed_links(page, folder, f"{site.publication.title}: {tag}"),
        **_neighbours(listed, page, tag),
    )


def _author_page(
    site: SiteRenderer, folder: str, works: AuthorArticles, listed: ListPage[ComposedArticle]
) -> OutputFile:
    page, author = site.page(listed.folder), works.author
    return site.render(
        "author.html.j2",
        page,
        _list_head(
            site, page, author.name, "web.articles_by", site.feeds(page, folder, author.name), listed.number
        ),
        author=Byline(author.name, author.role, "", site_image(works.picture, page)),
        elsewhere=ExternalSource(author.url, host(author.url)) if author.url else None,
        count=_count(listed, works.articles),
        articles=tuple(site_article(each, site.index, page) for each in listed.items),
        feeds=feed_links(page, folder, f"{site.publication.title}: {author.name}"),
        **_neighbours(listed, page, author.name),
    )


def _article_year(composed: ComposedArticle) -> int:
    return composed.article.date.year


def _issue_year(editions: tuple[ComposedEdition, ...]) -> int:
    return editions[0].issue.date.year


def _years_of(years: Mapping[int, Sequence[Any]], counted: bool = True) -> _Years:
    """The years with their numbers of items; on the pages of years without, which would change them."""
    return tuple((year, str(len(items)) if counted else "") for year, items in years.items())


def _year_links(page: SitePage, folder: str, years: _Years) -> tuple[SiteLink, ...]:
    return tuple(SiteLink(str(year), page.link(f"{folder}year/{year}/"), count) for year, count in years)


def _count(listed: ListPage[Item], items: Sequence[Item]) -> int | None:
    """The number of items of the whole list, for its first page; on the others it would change them."""
    return None if listed.number else len(items)


def _neighbours(listed: ListPage[Item], page: SitePage, title: str) -> dict[str, SiteLink | None]:
    """Links to the pages of the list before and after this one."""

    def link(place: tuple[str, int] | None) -> SiteLink | None:
        return SiteLink(_numbered(title, place[1]), page.link(place[0])) if place else None

    return {"newer": link(listed.newer), "older": link(listed.older)}


def _numbered(title: str, number: int) -> str:
    return f"{title} ({number})" if number else title


def _list_head(
    site: SiteRenderer,
    page: SitePage,
    title: str,
    description_key: str,
    feeds: tuple[FeedLink, ...],
    number: int = 0,
) -> PageHead:
    description = site.messages.format(description_key, publication=site.publication.title, tag=title)
    title = _numbered(title, number)
    return make_head(page, title, description, about_collection(page, title, site.social_image), feeds)
