"""The page of an issue, in one of its public editions."""

from __future__ import annotations

from dataclasses import replace

from pipeline.content.html import nodes_to_html
from pipeline.content.medium import Medium, for_audience
from pipeline.model import (
    EVERYONE,
    ComposedArticle,
    ComposedEdition,
    ComposedItem,
    Layout,
    OutputFile,
    Section,
)
from pipeline.render.shared_text import contents, group_links, link_row
from pipeline.render.site.head_metadata import FeedLink, make_head, policy_for
from pipeline.render.site.json_ld import about_issue
from pipeline.render.site.page_content import content_html, html_options
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.page_values import (
    SiteArticle,
    SiteLink,
    SiteLinkRow,
    SiteLinks,
    SiteSection,
    edition_links,
    issue_link,
    site_article,
    site_date,
    site_image,
)
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.site_page import SitePage
from pipeline.render.site.social_images import issue_card
from pipeline.support import urls


def issue_page(site: SiteRenderer, position: int, edition: ComposedEdition) -> OutputFile:
    """The page of an edition of the issue at `position` in the index."""
    index, issue = site.index, edition.issue
    page = replace(site.page(urls.issue_path(issue, edition.audience)), issue_show=issue.show)
    letter = for_audience(edition.letter, Medium.WEB, edition.audience)
    image = issue_card(index, position, site.messages).picture(site.publication)
    head = make_head(
        page, issue.title, edition.summary, about_issue(edition, index, image), _feeds(site, page, edition)
    )
    whole = (
        for_audience(item.content, Medium.WEB, edition.audience)
        for section in edition.public_sections
        for item, layout in section.items
        if layout is Layout.FULL
    )
    head = replace(head, policy=policy_for(letter, *whole))
    sections = tuple(
        SiteSection(
            f"_section-{number}",
            section.title,
            tuple(
                SiteLinks(tuple(_row(item, section, edition, page) for item in each))
                if isinstance(each, list)
                else _article(index, page, edition, *each, section.headline_level)
                for each in group_links(section.items)
            ),
        )
        for number, section in enumerate(edition.public_sections, start=1)
    )
    return site.render(
        "issue.html.j2",
        page,
        head,
        number=issue.number,
        title=issue.title,
        dek=edition.summary if issue.preview_text else "",
        date=site_date(issue.date, site.messages),
        minutes=edition.minutes,
        picture=site_image(letter.lead, page),
        letter=content_html(letter, page, "letter_", 0),
        contents=tuple(SiteLink(each.article.title, f"#{each.article.slug}") for each in contents(edition)),
        sections=sections,
        disclaimers=edition.disclaimers,
        editions=edition_links([other for other in index.issues[position] if other is not edition], page),
        older=_neighbour(index, page, position + 1, edition.audience),
        newer=_neighbour(index, page, position - 1, edition.audience),
    )


def _feeds(site: SiteRenderer, page: SitePage, edition: ComposedEdition) -> tuple[FeedLink, ...]:
    """The publication's feeds, after those of the edition's audience if it is not everyone."""
    if edition.audience == EVERYONE:
        return site.feeds(page)
    audience = urls.find_audience(site.publication, edition.audience)
    return site.feeds(page, urls.audience_path(audience.name), audience.title)


def _row(
    item: ComposedItem, section: Section[ComposedItem], edition: ComposedEdition, page: SitePage
) -> SiteLinkRow:
    row = link_row(item, section.badges, edition.issue.show, page.messages)
    comment = nodes_to_html(row.comment, html_options(page, "", 0))
    return SiteLinkRow(row.title, page.href(row.url), row.badge, comment, row.details)


def _article(
    index: SiteIndex,
    page: SitePage,
    edition: ComposedEdition,
    composed: ComposedArticle,
    layout: Layout,
    level: int,
) -> SiteArticle:
    """An article in the issue's layout, without what the head of the page says already.

    In full its headings are below its title. No id that is made from a heading contains an underscore,
    so that no two ids on the page are alike.
    """
    html, headline = None, edition.only_article is not composed
    if layout is Layout.FULL:
        content = for_audience(composed.content, Medium.WEB, edition.audience)
        html = content_html(content, page, f"{composed.article.slug}_", level - (1 if headline else 2))
    article = replace(
        site_article(composed, index, page, layout.value, html, edition.audience),
        level=level,
        headline=headline,
    )
    if layout is not Layout.FULL:
        return article
    same_day = article.date == site_date(edition.issue.date, page.messages)
    same_time = len(edition.items) == 1 and article.minutes == edition.minutes
    return replace(
        article, date=None if same_day else article.date, minutes=0 if same_time else article.minutes
    )


def _neighbour(index: SiteIndex, page: SitePage, position: int, audience: str) -> SiteLink | None:
    """A link to the issue before or after: its edition for the same audience, or else its main one."""
    if not 0 <= position < len(index.issues):
        return None
    editions = index.issues[position]
    return issue_link(next((each for each in editions if each.audience == audience), editions[0]), page)
