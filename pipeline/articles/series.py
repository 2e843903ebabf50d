"""Finds the places of articles in their series."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def series_in_edition(
    own: Iterable[Article],
    audience: str,
    earlier: Iterable[Article],
    url_of: Callable[[Article], str | None],
) -> dict[str, SeriesPart]:
    """Map the slugs of an edition's own articles to their places in a series.

    The parts are its own and those of `earlier` issues that its readers may read, so that a rebuilt issue
    does not change when a later part appears.
    """
    slugs = {article.slug: article for article in own}
    readable = (each for each in earlier if not each.audience or audience in each.audience)
    parts = {**{article.slug: article for article in readable}, **slugs}.values()
    places = series_parts((article, url_of(article)) for article in parts)
    return {slug: place for slug, place in places.items() if slug in slugs}
