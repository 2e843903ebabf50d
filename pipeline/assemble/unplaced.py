"""Find the articles and link items that no section takes, and tags in the settings that no article has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pipeline.articles.pool import Pool
from pipeline.errors import suggest
from pipeline.model import Article, Finding, Issue, Place, Publication, Severity
from pipeline.support.limits import SETTINGS_FILE

_NAMED_ITEMS = 3
"""Items named one by one where no tag is near: an archive that was imported may have hundreds."""

_REMEDY = "Give it a tag that a section takes, name its tag in a section, or pin it."


def wanted_tags(publication: Publication, issues: Iterable[Issue]) -> frozenset[str]:
    """Return the tags by which a section takes articles: of the publication, or of an issue."""
    rules = (*publication.sections, *(rule for issue in issues for rule in issue.sections))
    return frozenset(tag for rule in rules for tag in (*rule.tags.any, *rule.tags.all))


def nearest_tag(tags: Iterable[str], wanted: Collection[str]) -> str | None:
    """Return `Did you mean "…"?` for the first of these tags that is like a wanted one, or None."""
    return next((hint for tag in tags if (hint := suggest(tag, wanted))), None)


def unplaced_items(
    pool: Pool, publication: Publication, issues: Iterable[Issue], carried: Collection[str]
) -> Iterator[Finding]:
    """Report each item that no section takes by a tag, and that no issue pins, excludes or has carried.

    `carried` are the keys in the locks. Beyond a few, items whose tags are not like a wanted one are
    counted.
    """
    issues = tuple(issues)
    wanted = wanted_tags(publication, issues)
    names = [name for issue in issues for name in issue.exclude]
    names += [name for issue in issues for rule in issue.sections for name in (*rule.pin, *rule.exclude)]
    named = {*carried, *map(pool.key_of, names)}
    unplaced = [
        item
        for key, item in pool.candidates.items()
        if not (isinstance(item, Article) and item.draft)
        and key not in named
        and wanted.isdisjoint(item.tags)
    ]
    others = 0
    for item in unplaced:
        hint = nearest_tag(item.tags, wanted)
        others += hint is None
        if hint or others <= _NAMED_ITEMS:
            tags = ", ".join(f'"{tag}"' for tag in item.tags)
            tag = "tag" if len(item.tags) == 1 else "tags"
            what = f"no section takes the {tag} {tags}" if tags else "it has no tag"
            yield Finding(
                "TAG001",
                Severity.WARNING,
                f"{what}, so no issue carries this {'article' if isinstance(item, Article) else 'link'}.",
                Place(item.place.path, item.lines.get("tags") or item.place.line),
                hint or _REMEDY,
            )
    if others > _NAMED_ITEMS:
        kinds = {isinstance(item, Article) for item in unplaced}
        what = {frozenset([True]): "articles", frozenset([False]): "links"}.get(frozenset(kinds), "items")
        yield Finding(
            "TAG001",
            Severity.WARNING,
            f"{others:,} {what} have only tags that no section takes, these {_NAMED_ITEMS} among them.",
            Place(SETTINGS_FILE),
            "List them: pressroom plan latest --all",
        )


def unused_tags(pool: Pool, publication: Publication) -> Iterator[Finding]:
    """Report each tag of a disclaimer or a required field that no article has, but that is like another."""
    uses = [("a disclaimer", each.tags) for each in publication.disclaimers]
    uses += [("`require`", each.tags) for each in publication.required_fields]
    for what, tags in uses:
        for tag in tags:
            # Tags that no article has yet may wait for one, as those of the default sections do.
            if tag not in pool.tags and (hint := suggest(tag, pool.tags, 0.8)):
                message = f'{what} is for the tag "{tag}", which no {pool.noun} has.'
                yield Finding("TAG003", Severity.WARNING, message, Place(SETTINGS_FILE), hint)
