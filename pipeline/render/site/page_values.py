"""What the templates see: plain values with every address already written for the page they stand on.

A theme's template reads these names; they are its interface. Fields that end in `_html` are
finished, safe HTML, all others are text that the template's autoescape makes safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from pipeline.config.i18n import Messages
from pipeline.model import ComposedArticle, ComposedEdition, Image, Publication
from pipeline.render.site.page_content import ContentHtmlParts, SitePage, filled_text
from pipeline.render.site.site_index import SiteIndex, shown
from pipeline.support import urls


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link; `note` stands beside it, such as a count."""

    text: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SiteDate:
    """A date for `<time>`: `iso` for machines (RFC 3339), `text` for readers."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class SiteImage:
    """An image with its own width and height in pixels, so that nothing moves while it loads."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Byline:
    """An author as the byline names them; `href` is empty without a page."""

    name: str
    role: str
    href: str


@dataclass(frozen=True, slots=True)
class ExternalSource:
    """Where a piece lives that is only pointed to: its address and the host a reader sees."""

    href: str
    host: str


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """An article as a page, a card or a line. `layout` is `full`, `card` or `brief` in an issue."""

    slug: str
    title: str
    dek: str
    href: str
    tags: tuple[SiteLink, ...]
    writers: tuple[Byline, ...]
    date: SiteDate
    updated: SiteDate | None
    year: int
    minutes: int
    picture: SiteImage | None
    elsewhere: ExternalSource | None
    layout: str = "card"
    body_html: str = ""
    notes_html: str = ""


@dataclass(frozen=True, slots=True)
class SiteSection:
    """A section of an issue; `id` is its fragment on the page."""

    id: str
    title: str
    articles: tuple[SiteArticle, ...]


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An issue in a list. `editions` links its further public editions, `titles` its first articles."""

    number: int
    title: str
    href: str
    summary: str
    date: SiteDate
    year: int
    minutes: int
    titles: tuple[SiteLink, ...]
    editions: tuple[SiteLink, ...]


T = TypeVar("T", SiteArticle, SiteIssue)


@dataclass(frozen=True, slots=True)
class SiteYear(Generic[T]):
    """What was published in one year, newest first."""

    year: int
    items: tuple[T, ...]


def day(when: datetime, words: Messages) -> SiteDate:
    """A date as readers of the language write it."""
    return SiteDate(when.isoformat(timespec="seconds"), words.date(when))


def picture(image: Image | None, publication: Publication, page: SitePage) -> SiteImage | None:
    """An image by its address on this site."""
    if image is None:
        return None
    url = urls.address(publication, urls.image_path(image.name))
    return SiteImage(page.href(url), image.alt, image.width, image.height)


def tag_links(tags: tuple[str, ...], shelf: SiteIndex, page: SitePage) -> tuple[SiteLink, ...]:
    """Links to the pages of those tags that have one, each with its count of articles."""
    return tuple(
        SiteLink(
            tag,
            page.href(urls.address(shelf.publication, urls.tag_path(tag))),
            str(len(shelf.by_tag[tag])),
        )
        for tag in dict.fromkeys(tags)
        if tag in shelf.by_tag
    )


def article_view(
    composed: ComposedArticle,
    shelf: SiteIndex,
    page: SitePage,
    layout: str = "card",
    whole: ContentHtmlParts | None = None,
) -> SiteArticle:
    """An article as seen from a page, with its body where it stands whole."""
    article, words = composed.article, page.words
    revised = article.updated is not None and article.updated.date() > article.date.date()
    return SiteArticle(
        slug=article.slug,
        title=article.title,
        dek=article.dek,
        href=page.href(composed.url or ""),
        tags=tag_links(article.tags, shelf, page),
        writers=tuple(Byline(each.name, each.role, web_address(each.url)) for each in article.authors),
        date=day(article.date, words),
        updated=day(article.updated, words) if article.updated and revised else None,
        year=article.date.year,
        minutes=composed.content.minutes,
        picture=picture(composed.content.lead, shelf.publication, page),
        elsewhere=elsewhere(article.link),
        layout=layout,
        body_html=whole.body if whole else "",
        notes_html=whole.notes if whole else "",
    )


def issue_view(editions: tuple[ComposedEdition, ...], shelf: SiteIndex, page: SitePage) -> SiteIssue:
    """An issue by its main public edition, with links to the others."""
    main, *others = editions
    issue, publication = main.issue, shelf.publication
    return SiteIssue(
        number=issue.number,
        title=issue.title,
        href=page.href(main.url or ""),
        summary=filled_text(main.preview_text, publication),
        date=day(issue.date, page.words),
        year=issue.date.year,
        minutes=main.minutes,
        titles=tuple(
            SiteLink(article.article.title, page.href(article.url or ""))
            for section in shown(main, shelf.by_slug)
            for article, _ in section.articles
        ),
        editions=edition_links(tuple(others), shelf, page),
    )


def edition_links(
    editions: tuple[ComposedEdition, ...], shelf: SiteIndex, page: SitePage
) -> tuple[SiteLink, ...]:
    """Links to editions by the title of their audience."""
    return tuple(
        SiteLink(
            urls.find_audience(shelf.publication, edition.audience).title,
            page.href(edition.url or ""),
        )
        for edition in editions
    )


def by_year(items: tuple[T, ...]) -> tuple[SiteYear[T], ...]:
    """Group what is sorted newest first by its year."""
    years: dict[int, list[T]] = {}
    for item in items:
        years.setdefault(item.year, []).append(item)
    return tuple(SiteYear(year, tuple(found)) for year, found in years.items())


def web_address(url: str) -> str:
    """The address where it is one that a page may link to, else nothing."""
    return url if urlsplit(url).scheme in ("http", "https", "mailto") else ""


def elsewhere(url: str | None) -> ExternalSource | None:
    """The place of a piece that is only pointed to, without the `www.` nobody says."""
    if not url or not web_address(url):
        return None
    return ExternalSource(url, (urlsplit(url).hostname or url).removeprefix("www."))
