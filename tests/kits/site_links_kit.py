"""A check of every address in a built site, without the web: what leads nowhere is said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

_ADDRESSES = ("href", "src", "action", "poster", "data", "cite")
_NAMED = re.compile(r"^(og:image|og:url|twitter:image)$")


@dataclass(frozen=True)
class Site:
    """A built site in `folder`, to be published at `base_url` (without a slash at its end)."""

    folder: Path
    base_url: str

    def files(self, *patterns: str) -> list[str]:
        found = {path for pattern in patterns for path in self.folder.rglob(pattern) if path.is_file()}
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def address(self, path: str) -> str:
        """Where a file is published; an error page stands in for any address, however deep."""
        shown = "no/such/page" if path == "404.html" else re.sub(r"(^|/)index\.html$", r"\1", path)
        return f"{self.base_url}/{shown}"

    def why_broken(self, path: str, link: str) -> str:
        """Why a link in the file `path` leads nowhere; empty if it leads somewhere, or out of the site."""
        if link.startswith("#"):
            return "" if unquote(link[1:]) in ids(self.folder / path) else "no such place is on that page"
        here, there = urlsplit(self.base_url), urlsplit(urljoin(self.address(path), link))
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            return ""
        if not f"{there.path}/".startswith(f"{here.path}/"):
            # What else stands on the host is the editor's to know; the site's own links do not lead there.
            return "" if urlsplit(link).netloc else "it leaves the path of base_url"
        path = unquote(there.path.removeprefix(here.path)).lstrip("/")
        file = self.folder / (f"{path}index.html" if not path or path.endswith("/") else path)
        if file.is_dir():
            return "it is a folder's address without its slash"
        if not file.is_file():
            return "no file stands there"
        if there.fragment and file.suffix == ".html" and unquote(there.fragment) not in ids(file):
            return "no such place is on that page"
        return ""


@cache
def ids(file: Path) -> tuple[str, ...]:
    return tuple(html.parse(file).getroot().xpath("//@id"))


def broken_links(site: Site) -> list[str]:
    """What is wrong: `FILE: ADDRESS: why`, an id that stands twice, a page that nothing links to."""
    found = []
    for path, links in _links(site).items():
        for link in links:
            if why_broken := site.why_broken(path, link):
                found.append(f"{path}: {link}: {why_broken}")
    for path in site.files("*.html"):
        found += [
            f"{path}: #{one} stands {n} times" for one, n in Counter(ids(site.folder / path)).items() if n > 1
        ]
    return found + [f"{path}: no page links to it" for path in _orphans(site)]


def _links(site: Site) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for path in site.files("*"):
        data = (site.folder / path).read_bytes()
        match Path(path).suffix:
            case ".html":
                links[path] = list(
                    _of_html(html.document_fromstring(data, html.HTMLParser(encoding="utf-8")), site)
                )
            case ".xml" | ".opml":
                links[path] = list(_of_xml(etree.fromstring(data), site))
            case ".json":
                links[path] = list(_of_json(json.loads(data), site))
            case ".css":
                links[path] = re.findall(r"url\(['\"]?([^'\")]+)", data.decode())
            case _ if path == "robots.txt":
                links[path] = re.findall(r"^Sitemap: (\S+)$", data.decode(), re.MULTILINE)
            case _ if path == "_redirects":
                links[path] = [target for _, target, _ in map(str.split, data.decode().splitlines())]
    return links


def _of_html(root: Any, site: Site) -> Iterator[str]:
    for element in root.iter(etree.Element):
        for name in _ADDRESSES:
            if (value := element.get(name)) is not None:
                yield value.strip()
        for part in (element.get("srcset") or "").split(","):
            if part.strip():
                yield part.split()[0]
        if _NAMED.match(element.get("property") or element.get("name") or ""):
            yield element.get("content")
        if element.get("http-equiv", "").lower() == "refresh":
            yield element.get("content").partition("url=")[2]
        if element.get("type") == "application/ld+json":
            yield from _of_json(json.loads(element.text), site)


def _of_xml(root: Any, site: Site) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield from (value for value in element.attrib.values() if value.startswith(f"{site.base_url}/"))
        yield from _of_text(element.text or "", site)


def _of_json(value: Any, site: Site) -> Iterator[str]:
    match value:
        case dict():
            for name, one in value.items():
                yield from [one] if name == "href" else _of_json(one, site)
        case list():
            for one in value:
                yield from _of_json(one, site)
        case str():
            yield from _of_text(value, site)


def _of_text(text: str, site: Site) -> Iterator[str]:
    """The address that the text is, or those in the HTML that it is."""
    text = text.strip()
    if re.fullmatch(rf"{re.escape(site.base_url)}(/\S*)?", text):
        yield text
    elif text.startswith("<"):
        yield from _of_html(html.fragment_fromstring(text, create_parent="div"), site)


def _orphans(site: Site) -> list[str]:
    """The pages that a reader cannot come to from the first by links."""
    pages = set(site.files("*.html"))
    reached, ahead = {"index.html"}, ["index.html"]
    while ahead:
        path = ahead.pop()
        for link in html.parse(site.folder / path).getroot().xpath("//a/@href"):
            parts = urlsplit(urljoin(site.address(path), link))
            if not f"{parts.scheme}://{parts.netloc}{parts.path}".startswith(f"{site.base_url}/"):
                continue
            target = unquote(parts.path.removeprefix(urlsplit(site.base_url).path)).lstrip("/")
            target = f"{target}index.html" if not target or target.endswith("/") else target
            if target in pages - reached:
                reached.add(target)
                ahead.append(target)
    return sorted(path for path in pages - reached if path != "404.html" and not _moved(site.folder / path))


def _moved(file: Path) -> bool:
    """Whether a page only leads on from an old address."""
    return bool(html.parse(file).getroot().xpath("//meta[@http-equiv='refresh']"))
