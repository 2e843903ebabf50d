"""The web edition's files: which pages there are, and what each is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from pipeline.config.i18n import load_messages
from pipeline.content.medium import Medium, for_audience
from pipeline.model import (
    EVERYONE,
    ComposedArticle,
    ComposedEdition,
    Content,
    FileMaker,
    Image,
    Layout,
    OutputFile,
    Published,
)
from pipeline.render.site.head_metadata import (
    FeedLink,
    PageHead,
    PageSubject,
    about_article,
    about_collection,
    about_issue,
    about_publication,
    feed_links,
    make_head,
)
from pipeline.render.site.page_content import (
    ContentHtmlParts,
    SitePage,
    filled_text,
    fragment,
    lead_images,
    opening,
)
from pipeline.render.site.page_frame import ARTICLES, TAGS, SiteRenderer
from pipeline.render.site.page_values import (
    SiteArticle,
    SiteLink,
    SiteSection,
    article_view,
    by_year,
    day,
    edition_links,
    issue_view,
    tag_links,
)
from pipeline.render.site.redirects import moved_page, moves, redirects
from pipeline.render.site.search_index import search_index, search_page, search_script
from pipeline.render.site.site_index import SiteIndex, build_index, full_articles, related, shown
from pipeline.render.site.sitemap import robots, sitemap
from pipeline.render.site.social_images import cards, issue_card, make_picture
from pipeline.render.site.stylesheet import style_values
from pipeline.support import urls
from pipeline.support.templating import Templates


def build_site(published: Published, templates: Templates) -> tuple[OutputFile, ...]:
    """Every page of the web edition, with its style sheet, site map and robots.txt.

    Paths are relative to the site's root. Feeds are not among them, nor are the images, which
    `site_images` names. Raises `PressroomError` where two tags would stand at one address, and
    whatever the templates raise.
    """
    return tuple(file for make in site_parts(published, templates) for file in make())


def site_parts(published: Published, templates: Templates) -> tuple[FileMaker, ...]:
    """What `build_site` makes, a part for each file. Raises what it raises of the tags."""
    words = load_messages(templates, published.publication.language)
    site = SiteRenderer(build_index(published), templates, words)
    pages: list[Callable[..., OutputFile]] = [
        partial(_index, site),
        *(
            partial(_issue, site, index, edition)
            for index, editions in enumerate(site.shelf.issues)
            for edition in editions
        ),
        *(partial(_article, site, index) for index in range(len(site.shelf.articles))),
        partial(_articles, site),
        partial(_tags, site),
        *(partial(_tag, site, tag) for tag in site.shelf.by_tag),
        *(partial(moved_page, site, old, new) for old, new in moves(site.shelf)),
        *(partial(make, site) for make in (search_page, search_index, search_script)),
        *(partial(make, site) for make in (_not_found, _style, _sitemap, _robots)),
    ]
    if any(moves(site.shelf)):
        pages.append(partial(redirects, site))
    return tuple(partial(_alone, page) for page in pages)


def _alone(page: Callable[..., OutputFile]) -> tuple[OutputFile, ...]:
    return (page(),)


def social_parts(
    published: Published, templates: Templates, data: Callable[[Image], bytes]
) -> tuple[FileMaker, ...]:
    """The social pictures that the pages name, a part for each. `data` gives the bytes of the logo."""
    shelf = build_index(published)
    words = load_messages(templates, published.publication.language)
    return tuple(
        partial(_alone, partial(make_picture, card, data))
        for _, card in sorted({card.image: card for card in cards(shelf, words)}.items())
    )


def site_images(published: Published) -> tuple[Image, ...]:
    """The images that the public pages show, each once, in the order of their names.

    A picture that stands only in a block for a private audience is not among them. Each is to
    be published at `urls.image_path(image.name)`.
    """
    shelf = build_index(published)
    found = {image.name: image for image in _images(shelf)}
    if shelf.logo:
        found[shelf.logo.name] = shelf.logo
    return tuple(found[name] for name in sorted(found))


def _index(site: SiteRenderer) -> OutputFile:
    shelf, page, publication = site.shelf, site.page(""), site.publication
    issues = tuple(issue_view(editions, shelf, page) for editions in shelf.issues)
    description = publication.description or publication.tagline or publication.title
    head = make_head(
        publication,
        page,
        publication.title,
        description,
        about_publication(shelf, site.social),
        site.feeds(page),
    )
    return site.render(
        "index.html.j2",
        page,
        head,
        newest=issues[0] if issues else None,
        years=by_year(issues),
        tags=tag_links(tuple(shelf.by_tag), shelf, page),
    )


def _issue(site: SiteRenderer, index: int, edition: ComposedEdition) -> OutputFile:
    shelf, publication, issue = site.shelf, site.publication, edition.issue
    page = site.page(urls.issue_path(issue, edition.audience))
    letter = for_audience(edition.letter, Medium.WEB, edition.audience)
    preview = filled_text(edition.preview_text, publication)
    about = about_issue(edition, shelf, issue_card(shelf, index, page.words).picture(publication))
    head = make_head(publication, page, issue.title, preview, about, _feeds_of(site, page, edition))
    sections = tuple(
        SiteSection(
            f"_section-{number}",
            section.title,
            tuple(
                _article_in_issue(shelf, page, edition, article, layout)
                for article, layout in section.articles
            ),
        )
        for number, section in enumerate(shown(edition, shelf.by_slug), start=1)
    )
    return site.render(
        "issue.html.j2",
        page,
        head,
        number=issue.number,
        title=issue.title,
        dek=preview if issue.preview_text else "",
        date=day(issue.date, site.words),
        minutes=edition.minutes,
        letter=fragment(letter, publication, page, "letter_", 0),
        sections=sections,
        disclaimers=edition.disclaimers,
        editions=edition_links(
            tuple(other for other in shelf.issues[index] if other is not edition), shelf, page
        ),
        older=_issue_link(shelf, page, index + 1, edition.audience),
        newer=_issue_link(shelf, page, index - 1, edition.audience),
    )


def _feeds_of(site: SiteRenderer, page: SitePage, edition: ComposedEdition) -> tuple[FeedLink, ...]:
    """The publication's feeds, after those of the edition's audience where it is not everyone."""
    if edition.audience == EVERYONE:
        return site.feeds(page)
    audience = urls.find_audience(site.publication, edition.audience)
    return site.feeds(page, urls.audience_path(audience.name), audience.title)


def _article_in_issue(
    shelf: SiteIndex, page: SitePage, edition: ComposedEdition, composed: ComposedArticle, layout: Layout
) -> SiteArticle:
    """The article as the issue lays it out; the headings of a whole one stand below its own.

    No id made from a heading holds an underscore, so that no two ids on the page are alike.
    """
    whole: ContentHtmlParts | None = None
    if layout is Layout.FULL:
        content = for_audience(composed.content, Medium.WEB, edition.audience)
        whole = fragment(content, shelf.publication, page, f"{composed.article.slug}_", 2)
    return article_view(composed, shelf, page, layout.value, whole)


def _issue_link(shelf: SiteIndex, page: SitePage, index: int, audience: str) -> SiteLink | None:
    """The issue beside this one: its edition for the same audience, else its main one."""
    if not 0 <= index < len(shelf.issues):
        return None
    editions = shelf.issues[index]
    edition = next((each for each in editions if each.audience == audience), editions[0])
    return SiteLink(
        edition.issue.title,
        page.href(edition.url or ""),
        page.words.format("issue", number=edition.issue.number),
    )


def _article(site: SiteRenderer, index: int) -> OutputFile:
    shelf, publication = site.shelf, site.publication
    composed = shelf.articles[index]
    article = composed.article
    page = site.page(urls.article_path(article.slug))
    content = for_audience(composed.content, Medium.WEB, EVERYONE)
    description = article.dek or opening(content) or article.title
    head = make_head(
        publication,
        page,
        article.title,
        description,
        about_article(composed, shelf, description, site.social),
        site.feeds(page),
        article.canonical_url,
    )
    return site.render(
        "article.html.j2",
        page,
        head,
        article=article_view(composed, shelf, page, "full", fragment(content, publication, page, "", 0)),
        disclaimers=composed.disclaimers,
        related=tuple(article_view(other, shelf, page) for other in related(shelf, composed)),
        issues=tuple(
            SiteLink(
                edition.issue.title,
                page.href(edition.url or ""),
                page.words.format("issue", number=edition.issue.number),
            )
            for edition in shelf.carriers.get(article.slug, ())
        ),
        older=_article_link(shelf, page, index + 1),
        newer=_article_link(shelf, page, index - 1),
    )


def _article_link(shelf: SiteIndex, page: SitePage, index: int) -> SiteLink | None:
    if not 0 <= index < len(shelf.articles):
        return None
    composed = shelf.articles[index]
    return SiteLink(composed.article.title, page.href(composed.url or ""))


def _articles(site: SiteRenderer) -> OutputFile:
    shelf, page = site.shelf, site.page(ARTICLES)
    title = site.words.format("web.articles")
    head = _list_head(site, page, title, "web.every_article", site.feeds(page, ARTICLES, title.lower()))
    articles = tuple(article_view(each, shelf, page) for each in shelf.articles)
    return site.render("articles.html.j2", page, head, years=by_year(articles))


def _tags(site: SiteRenderer) -> OutputFile:
    shelf, page = site.shelf, site.page(TAGS)
    head = _list_head(site, page, site.words.format("web.tags"), "web.every_tag", site.feeds(page))
    return site.render("tags.html.j2", page, head, tags=tag_links(tuple(shelf.by_tag), shelf, page))


def _tag(site: SiteRenderer, tag: str) -> OutputFile:
    shelf, publication = site.shelf, site.publication
    folder = urls.tag_path(tag)
    page = site.page(folder)
    head = _list_head(site, page, tag, "web.articles_on", site.feeds(page, folder, tag))
    return site.render(
        "tag.html.j2",
        page,
        head,
        tag=tag,
        articles=tuple(article_view(each, shelf, page) for each in shelf.by_tag[tag]),
        feeds=feed_links(publication, page, folder, f"{publication.title}: {tag}"),
    )


def _list_head(
    site: SiteRenderer, page: SitePage, title: str, what: str, feeds: tuple[FeedLink, ...]
) -> PageHead:
    about: PageSubject = about_collection(site.publication, page, title, site.social)
    description = site.words.format(what, publication=site.publication.title, tag=title)
    return make_head(site.publication, page, title, description, about, feeds)


def _not_found(site: SiteRenderer) -> OutputFile:
    """A host serves this page at whatever address was asked for, so its links start at the host."""
    publication, root = site.publication, urls.home_url(site.publication)

    def href(url: str) -> str:
        return url.removeprefix(root.removesuffix(urlsplit(root).path)) if url.startswith(root) else url

    page = SitePage("", urls.address(publication, "404.html"), href, site.words, "404.html")
    head = PageHead(
        title=f"{site.words.format('web.page_not_found')} · {publication.title}",
        description="",
        canonical="",
        feeds=site.feeds(page),
    )
    return site.render("404.html.j2", page, head)


def _style(site: SiteRenderer) -> OutputFile:
    template = site.templates.web().get_template("web/style.css.j2")
    css = template.render(theme=style_values(site.publication.theme))
    return OutputFile("style.css", f"{css}\n".encode())


def _sitemap(site: SiteRenderer) -> OutputFile:
    return OutputFile("sitemap.xml", sitemap(site.shelf).encode())


def _robots(site: SiteRenderer) -> OutputFile:
    return OutputFile("robots.txt", robots(site.publication).encode())


def _images(shelf: SiteIndex) -> Iterator[Image]:
    def used(content: Content, audience: str) -> tuple[Image, ...]:
        # Without pictures in it, the tree need not be looked at.
        return lead_images(for_audience(content, Medium.WEB, audience) if content.images else content)

    for edition in shelf.editions:
        yield from used(edition.letter, edition.audience)
        for composed in full_articles(edition, shelf):
            yield from used(composed.content, edition.audience)
    for composed in shelf.articles:
        yield from used(composed.content, EVERYONE)
