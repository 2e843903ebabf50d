"""The site map (sitemaps.org, protocol 0.9) and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from pipeline.model import OutputFile
from pipeline.render.site.page_frame import ARTICLES, TAGS, SiteRenderer
from pipeline.render.site.site_index import SiteIndex
from pipeline.support import urls


def sitemap(site: SiteRenderer) -> OutputFile:
    """`sitemap.xml`: every page, except articles whose canonical page is elsewhere."""
    entries = "".join(
        f"<url><loc>{escape(url)}</loc>{_lastmod(changed)}</url>\n" for url, changed in _pages(site.index)
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


def _pages(index: SiteIndex) -> Iterator[tuple[str, datetime | None]]:
    publication = index.publication
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
    yield urls.address(publication, ARTICLES), newest_article
    yield urls.address(publication, TAGS), newest_article
    for tag, tagged in index.by_tag.items():
        changed = max(articles[each.article.slug] for each in tagged)
        yield urls.address(publication, urls.tag_path(tag)), changed


def _lastmod(changed: datetime | None) -> str:
    return f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
