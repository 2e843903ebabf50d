"""The `<head>` of each page: description, canonical address, feeds, Open Graph, security policy."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.config.cldr import likely_subtags
from pipeline.model import Content
from pipeline.render.feeds.feed_item import MEDIA_TYPES
from pipeline.render.site.json_ld import PageSubject, json_ld
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls

_FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
)
"""The pages run no script and fetch nothing but their own style sheet and images."""

_AUDIO_OF_THE_SITE, _AUDIO_ELSEWHERE = "media-src 'self'", "media-src 'self' https:"
"""Where the audio of a page may come from. An address elsewhere often leads on to another host."""

SEARCH_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
"""The search page runs one script, from the site, which fetches one file of the site."""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One feed for `<link rel="alternate">`: its format, media type, title and address."""

    name: str
    type: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class PageHead:
    """The values of a page's `<head>`.

    `properties` are names and contents of Open Graph (ogp.me). `json_ld_html` is safe inside a
    `<script type="application/ld+json">`. `canonical` is empty if the page has no address. `card` is the
    size of the picture beside a shared link (`twitter:card`), empty without a picture.
    """

    title: str
    description: str = ""
    canonical: str = ""
    feeds: tuple[FeedLink, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    card: str = ""
    json_ld_html: str = ""
    policy: str = CONTENT_SECURITY_POLICY


def policy_for(*contents: Content) -> str:
    """The policy of a page with these texts, chosen for its readers: only one with audio may load it."""
    audio = [each for content in contents for each in content.audio]
    if not audio:
        return CONTENT_SECURITY_POLICY
    allowed = _AUDIO_OF_THE_SITE if all(each.source for each in audio) else _AUDIO_ELSEWHERE
    return f"{CONTENT_SECURITY_POLICY}; {allowed}"


def allow_form(policy: str, action: str) -> str:
    """The policy of a page with a form that is posted to this address.

    Chromium holds the redirect that answers a form to the policy too, and services lead to their own host
    or back to this one. A source has no query, and neither `;` nor `,` (CSP 3, section 2.3.1).
    """
    parts = urlsplit(action)
    source = f"{parts.scheme}://{parts.netloc}/"
    return policy.replace("form-action 'none'", f"form-action 'self' {source}")


def feed_links(page: SitePage, folder: str, title: str) -> tuple[FeedLink, ...]:
    """The three feeds in a site folder (`""` for the publication's own), as links on a page."""
    return tuple(
        FeedLink(
            _FEED_NAMES[kind], MEDIA_TYPES[kind], f"{title} ({_FEED_NAMES[kind]})", page.link(folder + file)
        )
        for kind, file in urls.FEED_FILES.items()
    )


def make_head(
    page: SitePage,
    title: str,
    description: str,
    subject: PageSubject,
    feeds: tuple[FeedLink, ...],
    canonical: str | None = None,
) -> PageHead:
    """The head of a page about a subject.

    `canonical` defaults to the page's own address. The title has the publication's name at its end.
    """
    url, site, image = canonical or page.url, page.publication.title, subject.image
    properties = [
        ("og:type", subject.kind),
        ("og:site_name", site),
        ("og:locale", _locale(page.publication.language)),
        ("og:title", title),
        ("og:description", description),
        ("og:url", url),
        ("og:image", image.url),
        ("og:image:width", str(image.width)),
        ("og:image:height", str(image.height)),
        ("og:image:alt", image.alt),
        *subject.properties,
    ]
    return PageHead(
        title=title if title == site else f"{title} · {site}",
        description=description,
        canonical=url,
        feeds=feeds,
        properties=tuple((name, content) for name, content in properties if content),
        # A large picture needs 300 by 157 pixels.
        card="summary_large_image" if image.width >= 300 and image.height >= 157 else "summary",
        json_ld_html=json_ld(subject),
    )


def _locale(language: str) -> str:
    """`en_GB`, as Open Graph writes it; a language without a territory gets the one of most readers."""
    _, territory = likely_subtags(language)
    return f"{language.replace('_', '-').partition('-')[0].lower()}_{territory}" if territory else ""
