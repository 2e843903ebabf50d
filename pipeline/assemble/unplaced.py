"""Find the articles that will be in no issue, because no section takes their tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pipeline.errors import suggest
from pipeline.model import Article, Finding, Issue, Place, Publication, Severity
from pipeline.support.limits import SETTINGS_FILE

_NAMED_ARTICLES = 3
"""Articles named one by one where no tag is near: an archive that was imported may have hundreds."""

_REMEDY = "Give it a tag that a section takes, name its tag in a section, or pin it."


def wanted_tags(publication: Publication, issues: Iterable[Issue]) -> frozenset[str]:
    """Return the tags by which a section takes articles: of the publication, or of an issue."""
    rules = (*publication.sections, *(rule for issue in issues for rule in issue.sections))
    return frozenset(tag for rule in rules for tag in (*rule.tags.any, *rule.tags.all))


def nearest_tag(tags: Iterable[str], wanted: Collection[str]) -> str | None:
    """Return `Did you mean "…"?` for the first of these tags that is like a wanted one, or None."""
    return next((hint for tag in tags if (hint := suggest(tag, wanted))), None)


def unplaced_articles(
    pool: Mapping[str, Article], publication: Publication, issues: Iterable[Issue], carried: Collection[str]
) -> Iterator[Finding]:
    """Report each article that no section takes by a tag, and that no issue pins, excludes or has carried.

    `carried` are the slugs in the locks. Beyond a few, articles whose tags are not like a wanted one are
    counted.
    """
    issues = tuple(issues)
    wanted = wanted_tags(publication, issues)
    named = {*carried, *(slug for issue in issues for slug in issue.exclude)}
    named.update(slug for issue in issues for rule in issue.sections for slug in (*rule.pin, *rule.exclude))
    unplaced = [
        article
        for slug, article in pool.items()
        if not article.draft and slug not in named and wanted.isdisjoint(article.tags)
    ]
    others = 0
    for article in unplaced:
        hint = nearest_tag(article.tags, wanted)
        others += hint is None
        if hint or others <= _NAMED_ARTICLES:
            tags = ", ".join(f'"{tag}"' for tag in article.tags)
            what = f"no section takes the tag {tags}" if tags else "it has no tag"
            yield Finding(
                "TAG001",
                Severity.WARNING,
                f"{what}, so no issue carries this article.",
                Place(article.place.path, article.lines.get("tags", 1)),
                hint or _REMEDY,
            )
    if others > _NAMED_ARTICLES:
        yield Finding(
            "TAG001",
            Severity.WARNING,
            f"{others} articles have only tags that no section takes, these {_NAMED_ARTICLES} among them.",
            Place(SETTINGS_FILE),
            "List them: pressroom plan latest --all",
        )
