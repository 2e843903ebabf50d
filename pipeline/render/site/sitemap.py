"""The site map (sitemaps.org, protocol 0.9) and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from pipeline.model import Publication
from pipeline.render.site.site_index import SiteIndex
from pipeline.support import urls


def sitemap(shelf: SiteIndex) -> str:
    """Every page under its canonical address; an article whose canonical page is elsewhere is left out."""
    urls = "".join(
        f"<url><loc>{escape(url)}</loc>{_lastmod(changed)}</url>\n" for url, changed in _pages(shelf)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def robots(publication: Publication) -> str:
    """All of the site may be read; the site map is named."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {urls.address(publication, 'sitemap.xml')}\n"


def _pages(shelf: SiteIndex) -> Iterator[tuple[str, datetime | None]]:
    publication = shelf.publication
    articles = {
        each.article.slug: max(each.record.updated, each.article.updated or each.record.updated)
        for each in shelf.articles
    }
    editions = [(edition.url or "", edition.record.updated) for edition in shelf.editions]
    newest = max((*articles.values(), *(changed for _, changed in editions)), default=None)
    yield urls.home_url(publication), newest
    yield from editions
    for each in shelf.articles:
        if each.url and each.article.canonical_url in (None, each.url):
            yield each.url, articles[each.article.slug]
    yield urls.address(publication, "articles/"), max(articles.values(), default=None)
    yield urls.address(publication, "tags/"), max(articles.values(), default=None)
    for tag, tagged in shelf.by_tag.items():
        changed = max(articles[each.article.slug] for each in tagged)
        yield urls.address(publication, urls.tag_path(tag)), changed


def _lastmod(changed: datetime | None) -> str:
    return f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
