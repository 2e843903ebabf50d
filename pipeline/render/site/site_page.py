"""The address of a page of the site, and links as they are written on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pipeline.config.i18n import Messages
from pipeline.model import Publication, Show
from pipeline.support import urls


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the site: its folder and file, and the theme's messages in its language.

    `links_from_root` is for the page that a host serves at any address: its links start at the host.
    `issue_show` is what an issue shows on its own page.
    """

    publication: Publication
    folder: str
    messages: Messages
    file: str = "index.html"
    links_from_root: bool = False
    issue_show: Show | None = None

    @property
    def show(self) -> Show:
        """What the page shows beside its texts."""
        return self.issue_show or self.publication.show

    @property
    def path(self) -> str:
        """The path of the page's file below the site's root."""
        return self.folder + self.file

    @property
    def url(self) -> str:
        """The page's own address."""
        return urls.address(self.publication, self.folder if self.file == "index.html" else self.path)

    def href(self, url: str) -> str:
        """An address as a link on this page; addresses of this site become relative."""
        if not self.links_from_root:
            return urls.relative(self.publication, url, _quoted(self.folder))
        home = urls.home_url(self.publication)
        return url.removeprefix(home.removesuffix(urlsplit(home).path)) if url.startswith(home) else url

    def link(self, path: str) -> str:
        """A path below the site's root as a link on this page."""
        return self.href(urls.address(self.publication, path))


# Some thirty links of a page are written one after the other.
@lru_cache(maxsize=8)
def _quoted(folder: str) -> str:
    return quote(folder)
