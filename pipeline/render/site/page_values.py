"""The values that the web templates see, with every address written for the page that shows it.

A theme's templates use these names: they are its interface. Fields that end in `_html` are finished,
safe HTML; all others are text that the templates' autoescape makes safe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.config.i18n import Messages
from pipeline.content.events import first_event
from pipeline.content.medium import Medium
from pipeline.model import EVERYONE, ComposedArticle, ComposedEdition, Image
from pipeline.render.shared_text import host, revision_date
from pipeline.render.site.page_content import ContentHtmlParts
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link; `note` is shown beside it, such as a count."""

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
    """An author as the byline names them; `href` is the page with their articles."""

    name: str
    role: str
    href: str
    picture: SiteImage | None


@dataclass(frozen=True, slots=True)
class SiteSeries:
    """The place of an article in its series in words, and links to the parts before and after it."""

    text: str
    links: tuple[SiteLink, ...]


@dataclass(frozen=True, slots=True)
class ExternalSource:
    """The address of a piece on another site, and its host as a reader sees it."""

    href: str
    host: str


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """An article as a page, a card or a line. `layout` is `full`, `card` or `brief` in an issue.

    On an issue's page its headline is of `level`, or missing if `headline` is False; there it has no `date`
    and no `minutes` (0) if the issue says the same.
    """

    slug: str
    title: str
    dek: str
    href: str
    tags: tuple[SiteLink, ...]
    writers: tuple[Byline, ...]
    date: SiteDate | None
    updated: SiteDate | None
    year: int
    minutes: int
    picture: SiteImage | None
    elsewhere: ExternalSource | None
    layout: str = "card"
    body_html: str = ""
    notes_html: str = ""
    level: int = 3
    headline: bool = True


@dataclass(frozen=True, slots=True)
class SiteLinkRow:
    """A row of a roundup; `details` are host, author, time and source in one line."""

    title: str
    href: str
    badge: str
    comment_html: str
    details: str


@dataclass(frozen=True, slots=True)
class SiteLinks:
    """Neighbouring rows of a roundup, in the place of an article; `layout` is `link`."""

    rows: tuple[SiteLinkRow, ...]
    layout: str = "link"


@dataclass(frozen=True, slots=True)
class SiteSection:
    """A section of an issue; `id` is its fragment on the page. `title` is empty without a heading."""

    id: str
    title: str
    articles: tuple[SiteArticle | SiteLinks, ...]


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """An issue in a list. `editions` links its other public editions, `titles` its articles.

    `picture` is that of the letter, or else the first one of an article.
    """

    number: int
    title: str
    href: str
    summary: str
    date: SiteDate
    year: int
    minutes: int
    picture: SiteImage | None
    titles: tuple[SiteLink, ...]
    editions: tuple[SiteLink, ...]


@dataclass(frozen=True, slots=True)
class SiteYear:
    """What was published in one year, newest first."""

    year: int
    items: tuple[SiteArticle | SiteIssue, ...]


def site_date(moment: datetime, messages: Messages) -> SiteDate:
    """A date as readers of the language write it."""
    return SiteDate(moment.isoformat(timespec="seconds"), messages.date(moment))


def site_series(slug: str, index: SiteIndex, page: SitePage) -> SiteSeries | None:
    """The place of an article in its series, if it belongs to one."""
    part = index.series.get(slug)
    if part is None:
        return None
    key = "series" if part.count == 1 else "web.series"
    parts = {"previous_part": part.previous, "next_part": part.next}
    return SiteSeries(
        page.messages.format(key, number=part.number, count=part.count, series=part.series),
        tuple(
            SiteLink(page.messages.format(word, title=each[0]), page.href(each[1]))
            for word, each in parts.items()
            if each
        ),
    )


def article_date(composed: ComposedArticle, page: SitePage, audience: str = EVERYONE) -> SiteDate:
    """The days of an article's first event for this audience, or else the article's own date."""
    event = first_event(composed.content, Medium.WEB, audience)
    return SiteDate(event.iso, event.days) if event else site_date(composed.article.date, page.messages)


def site_image(image: Image | None, page: SitePage) -> SiteImage | None:
    """An image as the page shows it."""
    return SiteImage(page.href(image.url), image.alt, image.width, image.height) if image else None


def tag_links(tags: Iterable[str], index: SiteIndex, page: SitePage) -> tuple[SiteLink, ...]:
    """Links to the pages of those tags that have one and are shown."""
    return tuple(SiteLink(tag, page.link(urls.tag_path(tag))) for tag in index.shown_tags(tags))


def tag_list(index: SiteIndex, page: SitePage, least: int = 1) -> tuple[SiteLink, ...]:
    """Links to the tags of at least so many articles, those of most articles first, each with their count."""
    counts = {tag: len(index.by_tag[tag]) for tag in index.shown_tags(index.by_tag)}
    tags = sorted((tag for tag, count in counts.items() if count >= least), key=lambda tag: -counts[tag])
    return tuple(SiteLink(tag, page.link(urls.tag_path(tag)), str(counts[tag])) for tag in tags)


def site_article(
    composed: ComposedArticle,
    index: SiteIndex,
    page: SitePage,
    layout: str = "card",
    html: ContentHtmlParts | None = None,
    audience: str = EVERYONE,
) -> SiteArticle:
    """An article as the page shows it; `html` is its content if the page shows it in full."""
    article = composed.article
    updated = revision_date(article)
    return SiteArticle(
        slug=article.slug,
        title=article.title,
        dek=article.dek,
        href=page.href(composed.url or ""),
        tags=tag_links(article.tags, index, page),
        writers=tuple(
            Byline(
                author.name,
                author.role,
                page.link(urls.author_path(author.name)) if composed.url else author.url,
                site_image(composed.portraits.get(author.name), page),
            )
            for author in article.authors
        ),
        date=article_date(composed, page, audience),
        updated=site_date(updated, page.messages) if updated else None,
        year=article.date.year,
        minutes=composed.content.minutes,
        picture=site_image(composed.content.lead, page),
        elsewhere=ExternalSource(article.link, host(article.link)) if article.link else None,
        layout=layout,
        body_html=html.body if html else "",
        notes_html=html.notes if html else "",
    )


def site_issue(editions: tuple[ComposedEdition, ...], page: SitePage) -> SiteIssue:
    """An issue by its main public edition, with links to the others."""
    main, *others = editions
    pictures = (
        content.lead for content in (main.letter, *(each.content for each in main.articles if each.url))
    )
    return SiteIssue(
        number=main.issue.number,
        title=main.issue.title,
        href=page.href(main.url or ""),
        summary=main.summary,
        date=site_date(main.issue.date, page.messages),
        year=main.issue.date.year,
        minutes=main.minutes,
        picture=site_image(next(filter(None, pictures), None), page),
        titles=tuple(
            SiteLink(article.article.title, page.href(article.url))
            for article in main.articles
            if article.url
        ),
        editions=edition_links(others, page),
    )


def edition_links(editions: list[ComposedEdition], page: SitePage) -> tuple[SiteLink, ...]:
    """Links to editions by the title of their audience."""
    return tuple(
        SiteLink(urls.find_audience(page.publication, each.audience).title, page.href(each.url or ""))
        for each in editions
    )


def issue_link(edition: ComposedEdition, page: SitePage) -> SiteLink:
    """A link to an edition by the issue's title, with its number as note."""
    number = page.messages.format("issue", number=edition.issue.number)
    return SiteLink(edition.issue.title, page.href(edition.url or ""), number)


def by_year(items: Iterable[SiteArticle | SiteIssue]) -> tuple[SiteYear, ...]:
    """Group by year what is sorted newest first."""
    years: dict[int, list[SiteArticle | SiteIssue]] = {}
    for item in items:
        years.setdefault(item.year, []).append(item)
    return tuple(SiteYear(year, tuple(items_of_year)) for year, items_of_year in years.items())
