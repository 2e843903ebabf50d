"""The page of an article."""

from __future__ import annotations

from dataclasses import replace

from pipeline.content.medium import Medium, for_audience
from pipeline.model import EVERYONE, ComposedArticle, OutputFile
from pipeline.render.shared_text import first_words
from pipeline.render.site.head_metadata import make_head, policy_for
from pipeline.render.site.json_ld import about_article
from pipeline.render.site.page_content import content_html
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.page_values import SiteLink, issue_link, site_article, site_series
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls


def article_page(site: SiteRenderer, position: int) -> OutputFile:
    """The page of the article at `position` in the index."""
    index = site.index
    composed = index.articles[position]
    older, newer = index.neighbours(position)
    article = composed.article
    page = site.page(urls.article_path(article.slug))
    content = for_audience(composed.content, Medium.WEB, EVERYONE)
    description = article.dek or first_words(content) or article.title
    subject = about_article(composed, index, description, site.social_image)
    head = make_head(page, article.title, description, subject, site.feeds(page), article.canonical_url)
    head = replace(head, policy=policy_for(content))
    return site.render(
        "article.html.j2",
        page,
        head,
        article=site_article(composed, index, page, "full", content_html(content, page, "", 0)),
        series=site_series(article.slug, index, page),
        disclaimers=composed.disclaimers,
        related=tuple(site_article(other, index, page) for other in index.related(position)),
        issues=tuple(issue_link(edition, page) for edition in index.carriers.get(article.slug, ())),
        older=_article_link(older, page),
        newer=_article_link(newer, page),
    )


def _article_link(composed: ComposedArticle | None, page: SitePage) -> SiteLink | None:
    return SiteLink(composed.article.title, page.href(composed.url or "")) if composed else None
