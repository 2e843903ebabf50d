"""Finds the places of articles in their series."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import Article, SeriesPart


def series_parts(articles: Iterable[tuple[Article, str | None]]) -> dict[str, SeriesPart]:
    """Map the slugs of articles that belong to a series to their places in it, by date.

    Each article comes with its address, or None if it has no page.
    """
    by_name: dict[str, list[tuple[Article, str | None]]] = {}
    for each in articles:
        by_name.setdefault(each[0].series, []).append(each)
    by_name.pop("", None)
    places: dict[str, SeriesPart] = {}
    for series, parts in by_name.items():
        parts.sort(key=lambda part: (part[0].date, part[0].slug))
        links = [(article.title, url) if url else None for article, url in parts]
        around = zip([None, *links[:-1]], [*links[1:], None], strict=True)
        for number, ((article, _), (previous, following)) in enumerate(zip(parts, around, strict=True), 1):
            places[article.slug] = SeriesPart(series, number, len(parts), previous, following)
    return places
