"""What is public, laid out for looking up: which issue, which article, what goes with what.

Everything on the site is drawn from a `SiteIndex`, so that nothing private can be reached by a page:
an edition or article without an address of its own is left out here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.errors import PressroomError, raise_all
from pipeline.model import (
    ComposedArticle,
    ComposedEdition,
    ComposedSection,
    Image,
    Layout,
    Publication,
    Published,
)
from pipeline.support import urls

RELATED = 3
"""How many related articles a page names."""

NEAR = 50
"""How many of a tag's newest articles are looked through for related ones, which keeps the work
for a pool of thousands in proportion to its size."""


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The public matter of a publication, newest first.

    Each of `issues` holds the public editions of one issue, the main one first. `carriers` maps
    an article's slug to the editions that carry it, one for each issue, oldest first.
    """

    publication: Publication
    issues: tuple[tuple[ComposedEdition, ...], ...]
    articles: tuple[ComposedArticle, ...]
    by_slug: Mapping[str, ComposedArticle]
    by_tag: Mapping[str, tuple[ComposedArticle, ...]]
    carriers: Mapping[str, tuple[ComposedEdition, ...]]
    logo: Image | None

    @property
    def editions(self) -> tuple[ComposedEdition, ...]:
        """Every public edition."""
        return tuple(edition for issue in self.issues for edition in issue)


def build_index(published: Published) -> SiteIndex:
    """Lay out what is published.

    Raises `PressroomError` where two tags would stand at one address.
    """
    articles = tuple(each for each in published.articles if each.url is not None)
    by_slug = {each.article.slug: each for each in articles}
    by_tag = _tagged(published.tags, articles)
    _refuse_twins(by_tag)
    issues = _issues(published)
    return SiteIndex(
        published.publication, issues, articles, by_slug, by_tag, _carriers(issues), published.logo
    )


def shown(edition: ComposedEdition, known: Mapping[str, ComposedArticle]) -> tuple[ComposedSection, ...]:
    """The edition's sections with those articles that have a page."""
    sections = []
    for section in edition.sections:
        articles = tuple(
            (article, layout) for article, layout in section.articles if article.article.slug in known
        )
        if articles:
            sections.append(ComposedSection(section.title, articles))
    return tuple(sections)


def related(shelf: SiteIndex, composed: ComposedArticle) -> tuple[ComposedArticle, ...]:
    """What to read next: those the article names, then those that share most tags, newest first."""
    article = composed.article
    chosen = {slug: shelf.by_slug[slug] for slug in article.related if slug in shelf.by_slug}
    chosen.pop(article.slug, None)
    shared: dict[str, int] = {}
    for tag in article.tags:
        for other in shelf.by_tag.get(tag, ())[:NEAR]:
            shared[other.article.slug] = shared.get(other.article.slug, 0) + 1
    near = sorted(
        (shelf.by_slug[slug] for slug in shared if slug != article.slug and slug not in chosen),
        key=lambda other: (
            -shared[other.article.slug],
            -other.article.date.timestamp(),
            other.article.slug,
        ),
    )
    return (*chosen.values(), *near)[:RELATED]


def full_articles(edition: ComposedEdition, shelf: SiteIndex) -> tuple[ComposedArticle, ...]:
    """The articles that stand whole on the edition's page."""
    return tuple(
        article
        for section in shown(edition, shelf.by_slug)
        for article, layout in section.articles
        if layout is Layout.FULL
    )


def _issues(published: Published) -> tuple[tuple[ComposedEdition, ...], ...]:
    """The public editions, those of one issue together, the main one first."""
    groups: dict[str, list[ComposedEdition]] = {}
    for edition in published.editions:
        public = urls.is_public(published.publication, edition.audience)
        if edition.url is not None and public:
            groups.setdefault(edition.issue.folder, []).append(edition)
    return tuple(
        tuple(sorted(group, key=lambda edition: _rank(edition.issue.audiences, edition.audience)))
        for group in groups.values()
    )


def _carriers(issues: tuple[tuple[ComposedEdition, ...], ...]) -> dict[str, tuple[ComposedEdition, ...]]:
    carriers: dict[str, dict[str, ComposedEdition]] = {}
    for editions in reversed(issues):
        for edition in editions:
            for composed in edition.articles:
                carriers.setdefault(composed.article.slug, {}).setdefault(edition.issue.folder, edition)
    return {slug: tuple(found.values()) for slug, found in carriers.items()}


def _tagged(
    tags: tuple[str, ...], articles: tuple[ComposedArticle, ...]
) -> dict[str, tuple[ComposedArticle, ...]]:
    """The articles of each tag, in the order of the tags; a tag without a public article is left out."""
    found: dict[str, list[ComposedArticle]] = {tag: [] for tag in tags}
    for each in articles:
        for tag in dict.fromkeys(each.article.tags):
            if tag in found:
                found[tag].append(each)
    return {tag: tuple(tagged) for tag, tagged in found.items() if tagged}


def _rank(audiences: tuple[str, ...], audience: str) -> int:
    return audiences.index(audience) if audience in audiences else len(audiences)


def _refuse_twins(tags: Mapping[str, object]) -> None:
    """Two tags that differ in spelling only would write the same file."""
    taken: dict[str, str] = {}
    errors = []
    for tag in tags:
        path = urls.tag_path(tag)
        if path in taken:
            errors.append(
                PressroomError(
                    f'the tags "{taken[path]}" and "{tag}" have the same address, {path}',
                    hint="Spell them alike in the articles that carry them.",
                )
            )
        taken.setdefault(path, tag)
    raise_all(errors)
