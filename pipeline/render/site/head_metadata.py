"""The machine-readable head of each page: description, canonical address, feeds, Open Graph, JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.model import ComposedArticle, ComposedEdition, Image, Publication
from pipeline.render.site.page_content import SitePage
from pipeline.render.site.site_index import SiteIndex, shown
from pipeline.support import urls

FEED_TYPES = {
    "rss": ("RSS", "application/rss+xml"),
    "atom": ("Atom", "application/atom+xml"),
    "json": ("JSON Feed", "application/feed+json"),
}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
)
"""The pages run no script and fetch nothing but their own style sheet and images."""

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
    """What stands in a page's `<head>`.

    `properties` are Open Graph's (ogp.me), name and content. `json_ld_html` is safe inside a
    `<script type="application/ld+json">`. `canonical` is empty where the page has no address. `card` is
    how large the picture stands beside a shared link (`twitter:card`), empty without a picture.
    """

    title: str
    description: str
    canonical: str
    feeds: tuple[FeedLink, ...]
    properties: tuple[tuple[str, str], ...] = ()
    card: str = ""
    json_ld_html: str = ""
    policy: str = CONTENT_SECURITY_POLICY


@dataclass(frozen=True, slots=True)
class PageSubject:
    """What a page is about: `kind` is the Open Graph type, `data` the schema.org object."""

    kind: str
    data: Mapping[str, Any]
    image: Image | None = None
    properties: tuple[tuple[str, str], ...] = field(default=())


def feed_links(publication: Publication, page: SitePage, folder: str, title: str) -> tuple[FeedLink, ...]:
    """The three feeds that stand in a site folder (`""` for the publication's own)."""
    return tuple(
        FeedLink(
            FEED_TYPES[kind][0],
            FEED_TYPES[kind][1],
            f"{title} ({FEED_TYPES[kind][0]})",
            page.href(urls.address(publication, folder + file)),
        )
        for kind, file in urls.FEED_FILES.items()
    )


def make_head(
    publication: Publication,
    page: SitePage,
    title: str,
    description: str,
    about: PageSubject,
    feeds: tuple[FeedLink, ...],
    canonical: str | None = None,
) -> PageHead:
    """The head of a page that is `about` something.

    `canonical` defaults to the page's own address. Its title carries the publication's name.
    """
    where = canonical or page.url
    site = publication.title
    properties = [
        ("og:type", about.kind),
        ("og:site_name", site),
        ("og:locale", _locale(publication.language)),
        ("og:title", title),
        ("og:description", description),
        ("og:url", where),
        *_image_properties(publication, about.image),
        *about.properties,
    ]
    return PageHead(
        title=title if title == site else f"{title} · {site}",
        description=description,
        canonical=where,
        feeds=feeds,
        properties=tuple((name, content) for name, content in properties if content),
        card=_card(about.image),
        json_ld_html=json_ld({"@context": "https://schema.org", **about.data}),
    )


def json_ld(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in, nor open a comment inside it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def about_publication(shelf: SiteIndex, image: Image) -> PageSubject:
    """The publication as a periodical, with its social picture."""
    publication = shelf.publication
    data = {
        **_periodical(publication),
        "description": publication.description or publication.tagline,
        "inLanguage": publication.language,
    }
    return PageSubject("website", _without_blanks(data), image)


def about_collection(publication: Publication, page: SitePage, title: str, image: Image) -> PageSubject:
    """A page that lists things, with the publication's social picture."""
    return PageSubject(
        "website",
        {
            "@type": "CollectionPage",
            "name": title,
            "url": page.url,
            "inLanguage": publication.language,
            "isPartOf": _periodical(publication),
        },
        image,
    )


def about_article(composed: ComposedArticle, shelf: SiteIndex, description: str, image: Image) -> PageSubject:
    """An article, with the dates its editor gave it. `image` stands for the lead image of one without."""
    article, content, publication = composed.article, composed.content, shelf.publication
    updated = article.updated or article.date
    published_at, updated_at = (when.isoformat(timespec="seconds") for when in (article.date, updated))
    authors = [
        _without_blanks({"@type": "Person", "name": each.name, "jobTitle": each.role, "url": each.url})
        for each in article.authors
    ]
    data = {
        "@type": "Article",
        "headline": article.title,
        **({"alternativeHeadline": article.alt_title} if article.alt_title else {}),
        "description": description,
        "url": composed.url,
        "mainEntityOfPage": article.canonical_url or composed.url,
        "datePublished": published_at,
        "dateModified": updated_at,
        "author": authors,
        "publisher": {"@type": "Organization", "name": publication.title, "url": _home(publication)},
        "image": _image_object(publication, content.lead),
        "keywords": list(dict.fromkeys(article.tags)),
        "inLanguage": publication.language,
        "wordCount": content.words or None,
        "timeRequired": f"PT{content.minutes}M",
        "isBasedOn": article.link,
        "isPartOf": [
            {"@type": "PublicationIssue", "issueNumber": edition.issue.number, "url": edition.url}
            for edition in shelf.carriers.get(article.slug, ())
        ],
    }
    properties = [("article:published_time", published_at), ("article:modified_time", updated_at)]
    properties += [("article:tag", tag) for tag in dict.fromkeys(article.tags)]
    return PageSubject("article", _without_blanks(data), content.lead or image, tuple(properties))


def about_issue(edition: ComposedEdition, shelf: SiteIndex, image: Image) -> PageSubject:
    """An issue of the periodical, with the articles it carries and its social picture."""
    issue, publication = edition.issue, shelf.publication
    articles = [article for section in shown(edition, shelf.by_slug) for article, _ in section.articles]
    data = {
        "@type": "PublicationIssue",
        "issueNumber": issue.number,
        "name": issue.title,
        "url": edition.url,
        "datePublished": issue.date.isoformat(timespec="seconds"),
        "image": _image_object(publication, image),
        "inLanguage": publication.language,
        "isPartOf": _periodical(publication),
        "hasPart": [
            {"@type": "Article", "headline": each.article.title, "url": each.url} for each in articles
        ],
    }
    published_at = ("article:published_time", issue.date.isoformat(timespec="seconds"))
    return PageSubject("article", _without_blanks(data), image, (published_at,))


def _home(publication: Publication) -> str:
    return urls.home_url(publication)


def _periodical(publication: Publication) -> dict[str, Any]:
    return {"@type": "Periodical", "name": publication.title, "url": _home(publication)}


def _image_object(publication: Publication, image: Image | None) -> dict[str, Any] | None:
    if image is None:
        return None
    url = urls.address(publication, urls.image_path(image.name))
    return {"@type": "ImageObject", "url": url, "width": image.width, "height": image.height}


def _image_properties(publication: Publication, image: Image | None) -> tuple[tuple[str, str], ...]:
    if image is None:
        return ()
    return (
        ("og:image", urls.address(publication, urls.image_path(image.name))),
        ("og:image:width", str(image.width)),
        ("og:image:height", str(image.height)),
        ("og:image:alt", image.alt),
    )


def _card(image: Image | None) -> str:
    """How large the picture may stand: a large card wants 300 by 157 pixels, wider than high."""
    if image is None:
        return ""
    return "summary_large_image" if image.width >= 300 and image.height >= 157 else "summary"


def _locale(language: str) -> str:
    """`en_GB`, as Open Graph writes it; nothing for a language without a territory."""
    parts = language.replace("_", "-").split("-")
    territory = next((part for part in parts[1:] if len(part) == 2), "")
    return f"{parts[0].lower()}_{territory.upper()}" if territory else ""


def _without_blanks(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [])}
