"""What is public, indexed by issue, article and tag.

All pages are made from a `SiteIndex`, so that none can show anything private: editions and articles
without a public address are left out here, once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.articles.series import series_parts
from pipeline.errors import PressroomError, raise_all
from pipeline.model import (
    ComposedArticle,
    ComposedEdition,
    Image,
    Publication,
    Published,
    SeriesPart,
)
from pipeline.render.authors import AuthorArticles, articles_by_author
from pipeline.support import urls

RELATED = 3
"""How many related articles a page names."""

NEAR = 10
"""How many articles of a tag before and after an article are searched for related ones, so that the work for
a pool of thousands grows in proportion to its size."""


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The public issues and articles of a publication, newest first.

    Each of `issues` has the public editions of one issue, the main one first. `ages` has for each tag the
    dates of its articles in seconds, negative so that they ascend, and their slugs. An article's slug leads
    in `moments` to its date in seconds, in `carriers` to the editions that carry it, one for each issue,
    oldest first, and in `series` to its place in a series.
    """

    publication: Publication
    issues: tuple[tuple[ComposedEdition, ...], ...]
    articles: tuple[ComposedArticle, ...]
    by_slug: Mapping[str, ComposedArticle]
    moments: Mapping[str, float]
    by_tag: Mapping[str, tuple[ComposedArticle, ...]]
    ages: Mapping[str, tuple[Sequence[float], Sequence[str]]]
    by_author: Mapping[str, AuthorArticles]
    carriers: Mapping[str, tuple[ComposedEdition, ...]]
    series: Mapping[str, SeriesPart]
    logo: Image | None
    logo_dark: Image | None

    @property
    def editions(self) -> tuple[ComposedEdition, ...]:
        """Every public edition."""
        return tuple(edition for issue in self.issues for edition in issue)

    def shown_tags(self, tags: Iterable[str]) -> tuple[str, ...]:
        """Those of the tags that have a page and are not hidden, each once."""
        hidden = self.publication.hidden_tags
        return tuple(tag for tag in dict.fromkeys(tags) if tag in self.by_tag and tag not in hidden)

    def neighbours(self, position: int) -> tuple[ComposedArticle | None, ComposedArticle | None]:
        """The articles before and after that at `position`, unless it names them as related."""
        named = self.articles[position].article.related
        older = self.articles[position + 1] if position + 1 < len(self.articles) else None
        newer = self.articles[position - 1] if position else None
        return (
            None if older is None or older.article.slug in named else older,
            None if newer is None or newer.article.slug in named else newer,
        )

    def related(self, position: int) -> tuple[ComposedArticle, ...]:
        """What to read next: those the article names, then those that share most tags, the nearest in date.

        Nearest and not newest: a new issue then changes the pages of its contemporaries, and not those of a
        whole archive. The article's neighbours are left out, for its page leads to them anyway.
        """
        article = self.articles[position].article
        beside = {each.article.slug for each in self.neighbours(position) if each}
        named = {slug: self.by_slug[slug] for slug in article.related if slug in self.by_slug}
        named.pop(article.slug, None)
        moments, moment = self.moments, self.moments[article.slug]
        near: list[str] = []
        for tag in article.tags:
            ages, slugs = self.ages.get(tag, ((), ()))
            place = bisect_left(ages, -moment)
            near += slugs[max(0, place - NEAR) : place + NEAR + 1]
        omitted = {article.slug, *named, *beside}
        shared_tags = Counter(slug for slug in near if slug not in omitted)
        # To sort thousands of those that cannot be among the first takes most of the time.
        least = min(sorted(shared_tags.values())[-RELATED:], default=0)
        similar = sorted(
            (slug for slug, count in shared_tags.items() if count >= least),
            key=lambda slug: (-shared_tags[slug], abs(moments[slug] - moment), -moments[slug], slug),
        )
        return (*named.values(), *(self.by_slug[slug] for slug in similar[:RELATED]))[:RELATED]


def build_index(published: Published) -> SiteIndex:
    """Index what is published. Raises `PressroomError` if two tags have the same address."""
    articles = tuple(each for each in published.articles if each.url is not None)
    by_tag = _by_tag(published.tags, articles)
    _check_tag_addresses(by_tag)
    issues = published.issues
    moments = {each.article.slug: each.article.date.timestamp() for each in articles}
    slugs = {tag: [each.article.slug for each in tagged] for tag, tagged in by_tag.items()}
    return SiteIndex(
        publication=published.publication,
        issues=issues,
        articles=articles,
        by_slug={each.article.slug: each for each in articles},
        moments=moments,
        by_tag=by_tag,
        ages={tag: ([-moments[slug] for slug in tagged], tagged) for tag, tagged in slugs.items()},
        by_author=articles_by_author(articles, published.publication.authors),
        carriers=_carriers(issues),
        series=series_parts((each.article, each.url) for each in articles),
        logo=published.logo,
        logo_dark=published.logo_dark,
    )


def _carriers(issues: tuple[tuple[ComposedEdition, ...], ...]) -> dict[str, tuple[ComposedEdition, ...]]:
    carriers: dict[str, dict[str, ComposedEdition]] = {}
    for editions in reversed(issues):
        for edition in editions:
            for composed in edition.articles:
                carriers.setdefault(composed.article.slug, {}).setdefault(edition.issue.folder, edition)
    return {slug: tuple(by_issue.values()) for slug, by_issue in carriers.items()}


def _by_tag(
    tags: tuple[str, ...], articles: tuple[ComposedArticle, ...]
) -> dict[str, tuple[ComposedArticle, ...]]:
    """The articles of each tag, in the order of the tags; a tag without a public article is left out."""
    by_tag: dict[str, list[ComposedArticle]] = {tag: [] for tag in tags}
    for each in articles:
        for tag in dict.fromkeys(each.article.tags):
            if tag in by_tag:
                by_tag[tag].append(each)
    return {tag: tuple(tagged) for tag, tagged in by_tag.items() if tagged}


def _check_tag_addresses(tags: Mapping[str, object]) -> None:
    """Refuse two tags that differ in spelling only, because their pages would be the same file."""
    by_path: dict[str, str] = {}
    errors = []
    for tag in tags:
        path = urls.tag_path(tag)
        if path in by_path:
            errors.append(
                PressroomError(
                    f'the tags "{by_path[path]}" and "{tag}" have the same address, {path}',
                    hint="Spell them alike in the articles that carry them.",
                )
            )
        by_path.setdefault(path, tag)
    raise_all(errors)
