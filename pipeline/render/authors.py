"""The authors of public articles, whose pages and feeds have their articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model import Author, ComposedArticle, Image
from pipeline.support.urls import author_path


@dataclass(frozen=True, slots=True)
class AuthorArticles:
    """An author as the settings name them, or else the newest article; and the articles, newest first."""

    author: Author
    picture: Image | None
    articles: tuple[ComposedArticle, ...]


def articles_by_author(
    articles: Iterable[ComposedArticle], settings: Mapping[str, Author]
) -> Mapping[str, AuthorArticles]:
    """The authors of these articles, by the site folder of their page: two spellings of one name are one."""
    by_path: dict[str, tuple[Author, Image | None, list[ComposedArticle]]] = {}
    for composed in articles:
        # Of two spellings in one article the first is the name.
        paths = {author_path(author.name): author for author in reversed(composed.article.authors)}
        for path, author in paths.items():
            named, picture = settings.get(author.name, author), composed.portraits.get(author.name)
            by_path.setdefault(path, (named, picture, []))[2].append(composed)
    return {
        path: AuthorArticles(author, picture, tuple(works))
        for path, (author, picture, works) in sorted(by_path.items())
    }
