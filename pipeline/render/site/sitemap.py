"""The site map (sitemaps.org, protocol 0.9) and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from pipeline.model import ComposedArticle, OutputFile
from pipeline.render.site.list_pages import archives
from pipeline.render.site.page_frame import TAGS, SiteRenderer
from pipeline.support import urls


def sitemap(site: SiteRenderer) -> OutputFile:
    """`sitemap.xml`: every page, except articles whose canonical page is elsewhere."""
    entries = "".join(
        f"<url><loc>{escape(url, quote=False)}</loc>{_lastmod(changed)}</url>\n"
        for url, changed in _pages(site)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )
    return OutputFile("sitemap.xml", text.encode())


def robots(site: SiteRenderer) -> OutputFile:
    """`robots.txt`: robots may read the whole site; it names the site map."""
    text = f"User-agent: *\nAllow: /\n\nSitemap: {urls.address(site.publication, 'sitemap.xml')}\n"
    return OutputFile("robots.txt", text.encode())


def _pages(site: SiteRenderer) -> Iterator[tuple[str, datetime | None]]:
    index, publication = site.index, site.publication
    articles = {
        each.article.slug: max(each.feed_identity.updated, each.article.updated or each.feed_identity.updated)
        for each in index.articles
    }
    editions = [(edition.url or "", edition.feed_identity.updated) for edition in index.editions]
    newest_article = max(articles.values(), default=None)
    newest = max((*articles.values(), *(changed for _, changed in editions)), default=None)
    yield urls.home_url(publication), newest
    yield from editions
    for each in index.articles:
        if each.url and each.article.canonical_url in (None, each.url):
            yield each.url, articles[each.article.slug]
    yield urls.address(publication, TAGS), newest_article
    for listed, _, _ in archives(site):
        slugs = [each.article.slug for each in listed.items if isinstance(each, ComposedArticle)]
        changed = max((articles[slug] for slug in slugs), default=newest)
        yield urls.address(publication, listed.folder), changed


def _lastmod(changed: datetime | None) -> str:
    return f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
