"""What a page is about, as JSON-LD with the vocabulary of schema.org."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.content.medium import Medium, for_audience
from pipeline.model import (
    EVERYONE,
    Author,
    ComposedArticle,
    ComposedEdition,
    Content,
    Event,
    Image,
    Publication,
)
from pipeline.render.site.site_index import SiteIndex
from pipeline.render.site.site_page import SitePage
from pipeline.support import urls


@dataclass(frozen=True, slots=True)
class PageSubject:
    """What a page is about.

    `kind` is the Open Graph type, `data` the schema.org object, `image` the picture beside a shared link,
    and `properties` further names and contents of Open Graph.
    """

    kind: str
    data: Mapping[str, Any]
    image: Image
    properties: tuple[tuple[str, str], ...] = ()


def json_ld(subject: PageSubject) -> str:
    """The JSON of a subject, which can neither end its script element nor open a comment in it."""
    data = {"@context": "https://schema.org", **_without_blanks(subject.data)}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def about_publication(publication: Publication, image: Image) -> PageSubject:
    """The publication as a periodical."""
    data = {
        **_titled("Periodical", publication),
        "description": publication.description or publication.tagline,
        "inLanguage": publication.language,
    }
    return PageSubject("website", data, image)


def about_collection(page: SitePage, title: str, image: Image) -> PageSubject:
    """A page that lists articles or tags."""
    data = {
        "@type": "CollectionPage",
        "name": title,
        "url": page.url,
        "inLanguage": page.publication.language,
        "isPartOf": _titled("Periodical", page.publication),
    }
    return PageSubject("website", data, image)


def about_article(composed: ComposedArticle, index: SiteIndex, description: str, image: Image) -> PageSubject:
    """An article, with the dates its editor wrote. `image` is for an article without a lead image."""
    article, content, publication = composed.article, composed.content, index.publication
    updated, series = article.updated or article.date, index.series.get(article.slug)
    published_at, updated_at = (when.isoformat(timespec="seconds") for when in (article.date, updated))
    data = {
        "@type": "Article",
        "headline": article.title,
        "alternativeHeadline": article.alt_title,
        "description": description,
        "url": composed.url,
        "mainEntityOfPage": article.canonical_url or composed.url,
        "datePublished": published_at,
        "dateModified": updated_at,
        "author": [_author(author, composed, publication) for author in article.authors],
        "publisher": _without_blanks(
            {**_titled("Organization", publication), "logo": _image_object(index.logo)}
        ),
        "image": _image_object(content.lead),
        "keywords": list(index.shown_tags(article.tags)),
        "inLanguage": publication.language,
        "wordCount": content.words or None,
        "timeRequired": f"PT{content.minutes}M",
        "isBasedOn": article.link,
        "about": _events(content, EVERYONE),
        "position": series.number if series else None,
        "isPartOf": [
            *([{"@type": "CreativeWorkSeries", "name": series.series}] if series else []),
            *(
                {"@type": "PublicationIssue", "issueNumber": edition.issue.number, "url": edition.url}
                for edition in index.carriers.get(article.slug, ())
            ),
        ],
    }
    properties = [("article:published_time", published_at), ("article:modified_time", updated_at)]
    properties += [("article:tag", tag) for tag in index.shown_tags(article.tags)]
    return PageSubject("article", data, content.lead or image, tuple(properties))


def about_issue(edition: ComposedEdition, index: SiteIndex, image: Image) -> PageSubject:
    """An issue of the periodical, with the articles it carries. `image` is for one without a picture."""
    issue, publication, image = edition.issue, index.publication, edition.letter.lead or image
    published_at = issue.date.isoformat(timespec="seconds")
    data = {
        "@type": "PublicationIssue",
        "issueNumber": issue.number,
        "name": issue.title,
        "url": edition.url,
        "datePublished": published_at,
        "image": _image_object(image),
        "inLanguage": publication.language,
        "isPartOf": _titled("Periodical", publication),
        "about": _events(edition.letter, edition.audience),
        "hasPart": [
            {"@type": "Article", "headline": article.article.title, "url": article.url}
            for article in edition.articles
            if article.url
        ],
    }
    return PageSubject("article", data, image, (("article:published_time", published_at),))


def _events(content: Content, audience: str) -> list[dict[str, Any]]:
    """The events in a text that the page shows."""
    events = for_audience(content, Medium.WEB, audience).events if content.events else ()
    return [_event(event) for event in events]


def _event(event: Event) -> dict[str, Any]:
    end = event.end and (event.end.date() if event.all_day else event.end)
    place = {"@type": "Place", "name": event.place, "address": event.address}
    return _without_blanks(
        {
            "@type": "Event",
            "name": event.title,
            "startDate": event.iso,
            "endDate": end and end.isoformat(),
            "location": _without_blanks(place) if event.location else None,
            "url": event.link or event.page,
        }
    )


def _titled(kind: str, publication: Publication) -> dict[str, Any]:
    return {"@type": kind, "name": publication.title, "url": urls.home_url(publication)}


def _author(author: Author, composed: ComposedArticle, publication: Publication) -> dict[str, Any]:
    """A person with a job, or an organisation: the publication itself, or one that the settings name so."""
    organization = author.organization or author.name == publication.title
    picture = composed.portraits.get(author.name)
    return _without_blanks(
        {
            "@type": "Organization" if organization else "Person",
            "name": author.name,
            "jobTitle": "" if organization else author.role,
            "url": author.url or urls.address(publication, urls.author_path(author.name)),
            "image": picture.url if picture else None,
        }
    )


def _image_object(image: Image | None) -> dict[str, Any] | None:
    if image is None:
        return None
    return {"@type": "ImageObject", "url": image.url, "width": image.width, "height": image.height}


def _without_blanks(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [])}
