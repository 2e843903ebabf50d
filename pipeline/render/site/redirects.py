"""Redirects from earlier addresses of a page to its present one.

A static host sends no redirects by itself, so there is a small page at each earlier address. Cloudflare
Pages reads `_redirects` first and sends a real redirect. Netlify reads the same format, but serves the
page first; the `301!` that would change this is not valid at Cloudflare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from pipeline.model import OutputFile
from pipeline.render.site.head_metadata import PageHead
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.site_index import SiteIndex
from pipeline.support import urls


def moves(index: SiteIndex) -> Iterator[tuple[str, str]]:
    """The old and the new site path of every public page that was moved."""
    targets: dict[str, str] = {}
    for composed in index.articles:
        for alias in composed.article.aliases:
            old = urls.old_address_path(alias) if urls.is_old_address(alias) else urls.article_path(alias)
            targets[old] = urls.article_path(composed.article.slug)
    pages = {urls.issue_path(edition.issue, edition.audience) for edition in index.editions}
    for edition in index.editions:
        for old in edition.earlier_paths:
            if old not in pages:  # where another issue has taken the folder's name, its page stays (LOCK002)
                targets[old] = urls.issue_path(edition.issue, edition.audience)
    yield from targets.items()


def moved_page(site: SiteRenderer, old: str, new: str) -> OutputFile:
    """The page at an old address. Its canonical address is the new one, which search engines keep."""
    folder, slash, file = old.rpartition("/")
    page = replace(site.page(f"{folder}{slash}"), file=file or "index.html")
    target = urls.address(site.publication, new)
    title = f"{site.messages.format('web.moved')} · {site.publication.title}"
    return site.render("moved.html.j2", page, PageHead(title, canonical=target), target=page.href(target))


def redirects(site: SiteRenderer) -> OutputFile:
    """`_redirects`: old path, new path, 301 (docs.netlify.com, "Redirects and rewrites")."""
    root = urlsplit(urls.home_url(site.publication)).path
    lines = (f"{root}{quote(old)} {root}{quote(new)} 301\n" for old, new in moves(site.index))
    return OutputFile("_redirects", "".join(lines).encode())
