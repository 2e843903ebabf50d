"""Report links to articles without a page, and to headings that nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from pipeline.articles.texts import Text
from pipeline.compose import Composer
from pipeline.content.html import heading_ids
from pipeline.content.medium import Medium, for_audience
from pipeline.errors import suggest
from pipeline.model import (
    EVERYONE,
    Article,
    AssembledIssue,
    Finding,
    MergeText,
    Place,
    Published,
    Severity,
)
from pipeline.support.urls import address, article_path


def dead_links(composer: Composer, published: Published) -> tuple[Finding, ...]:
    """Report each link from a published text to an article that has no page.

    It is an error if the article never will have one: a draft, or for a private audience only.
    """
    pages = {each.article.slug for each in published.articles}
    texts: list[Text] = [each.article for each in published.articles]
    texts += (link.link for edition in published.editions for link in edition.links)
    return _dead_links(composer, [*texts, *(each.issue for each in published.editions)], pages)


def dead_links_of(composer: Composer, assembled: AssembledIssue) -> tuple[Finding, ...]:
    """Report the same for one issue; articles have a page if it or a frozen issue carries them."""
    carried = {item.key: item for edition in assembled.editions for item in edition.items}
    texts: list[Text] = [*carried.values(), assembled.issue]
    linked = {slug for text in texts for slug in composer.texts.parsed(text).linked}
    pages = {
        slug
        for slug in linked
        if (slug in carried or slug in composer.carriers) and composer.url_of(composer.pool[slug])
    }
    return _dead_links(composer, texts, pages)


def _dead_links(composer: Composer, texts: Iterable[Text], pages: set[str]) -> tuple[Finding, ...]:
    texts = tuple(texts)
    without_page = (
        _dead_link(composer, composer.pool[target], text)
        for text in texts
        for target in sorted(composer.texts.parsed(text).linked.keys() - pages)
    )
    return (*without_page, *(finding for text in texts for finding in _dead_anchors(composer, text)))


def _dead_anchors(composer: Composer, text: Text) -> Iterator[Finding]:
    """Report each link to a heading that the text itself, or a linked article, does not have."""
    parsed = composer.texts.parsed(text)
    own: tuple[str, ...] | None = None
    slugs = {address(composer.publication, article_path(slug)): slug for slug in parsed.linked}
    for href, line in parsed.links:
        page, mark, fragment = href.partition("#")
        if isinstance(href, MergeText) or not mark or (page and page not in slugs):
            continue
        if page:
            target = composer.texts.parsed(composer.pool[slugs[page]]).content
            ids = heading_ids(for_audience(target, Medium.WEB, EVERYONE).blocks)
            where = f'"{slugs[page]}"'
        else:
            own = heading_ids(parsed.content.blocks) if own is None else own
            ids, where = own, "this text"
        if (name := unquote(fragment)) in ids:
            continue
        hint = suggest(name, ids) or ("Its headings are #" + ", #".join(ids) + "." if ids else "It has none.")
        message = f'it links to "#{name}", and no heading in {where} has that name.'
        yield Finding("LINK019", Severity.WARNING, message, Place(text.place.path, line), hint)


def _dead_link(composer: Composer, target: Article, text: Text) -> Finding:
    page = address(composer.publication, article_path(target.slug))
    lines = (line for href, line in composer.texts.parsed(text).links if href.partition("#")[0] == page)
    place = Place(text.place.path, next(lines, None))
    message = f'it links to the article "{target.slug}", which has no page'
    if target.draft or composer.url_of(target) is None:
        why = "it is a draft" if target.draft else f"it is for {' and '.join(target.audience)} only"
        hint = "Take the link out: the article will have no page to lead to."
        return Finding("LINK002", Severity.ERROR, f"{message}: {why}.", place, hint)
    hint = "The page appears with the first issue that carries the article."
    return Finding("LINK001", Severity.WARNING, f"{message} yet.", place, hint)
