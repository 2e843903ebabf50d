"""List the articles of the pool with the issues that carry them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Article
from pipeline.workspace import Workspace


def list_articles(
    workspace: Workspace, tags: Sequence[str] = (), *, unused: bool = False
) -> list[tuple[Article, tuple[str, ...]]]:
    """List the articles that have all these tags, newest first, each with the issues that carry it.

    `unused` leaves out what a frozen issue carries. Raises `NotFound` for a tag that no article has.
    """
    workspace.pool.check_tags(tags)
    carriers = workspace.assembler.history.carriers()
    return [
        (article, carriers.get(article.slug, ()))
        for article in sorted(workspace.pool.values(), key=lambda each: (each.date, each.slug), reverse=True)
        if all(tag in article.tags for tag in tags) and not (unused and article.slug in carriers)
    ]
