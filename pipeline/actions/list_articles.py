"""List the articles of the pool with the issues that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import NotFound, suggest
from pipeline.model import Article
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article, and the folders of the frozen issues that carry it, oldest first."""

    article: Article
    issues: tuple[str, ...]


def list_articles(
    workspace: Workspace, tags: Iterable[str] = (), *, unused: bool = False
) -> tuple[ListedArticle, ...]:
    """List the articles that have all these tags, newest first; with `unused`, only those in no frozen issue.

    Raises `NotFound` for a tag that no article has.
    """
    tags, known = tuple(tags), workspace.pool.tags
    for tag in tags:
        if tag not in known:
            raise NotFound(f'no article has the tag "{tag}".', hint=suggest(tag, known))
    carriers = workspace.assembler.history.carriers()
    return tuple(
        ListedArticle(article, carriers.get(article.slug, ()))
        for article in sorted(workspace.pool.values(), key=lambda each: (each.date, each.slug), reverse=True)
        if all(tag in article.tags for tag in tags) and not (unused and article.slug in carriers)
    )
