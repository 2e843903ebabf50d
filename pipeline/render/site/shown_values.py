"""What each page shows: while it is the same, a build keeps the page that it has made before.

An incremental build must have byte for byte what a clean build has. Whatever a page takes from other
articles and issues is in its values here.
"""

from __future__ import annotations

from typing import Any

from pipeline.content.events import first_event
from pipeline.content.medium import Medium
from pipeline.content.value_key import ValueKeys
from pipeline.model import EVERYONE, ComposedArticle, ComposedEdition
from pipeline.render.site.page_frame import SiteRenderer
from pipeline.render.site.paging import PAGE, ListPage


class ShownValues:
    """The values that the pages of a site show, beside the settings and the templates."""

    def __init__(self, site: SiteRenderer, keys: ValueKeys) -> None:
        index = self._index = site.index
        self._keys = keys
        self.article_keys = [keys.once(each) for each in index.articles]
        self.issue_keys = [keys.once(editions[0]) for editions in index.issues]
        self._cards = {each.article.slug: self._card(each) for each in index.articles}
        self._issues = [keys.key(*map(self._issue_card, editions)) for editions in index.issues]
        self._rows = {
            editions[0].folder: key for editions, key in zip(index.issues, self._issues, strict=True)
        }
        self._tags = tuple((tag, len(articles)) for tag, articles in index.by_tag.items())
        self._years = tuple(each.article.date.year for each in index.articles)
        self.frame = bool(index.articles), bool(index.by_tag)

    def article(self, position: int) -> Any:
        """What the page of the article at `position` shows: itself, its neighbours, and what is related."""
        index, composed = self._index, self._index.articles[position]
        article = composed.article
        return (
            self.frame,
            self.article_keys[position],
            [self._cards[each.article.slug] for each in index.neighbours(position) if each],
            [self._cards[each.article.slug] for each in index.related(position)],
            index.shown_tags(article.tags),
            index.series.get(article.slug),
            [
                (edition.issue.title, edition.issue.number, edition.url)
                for edition in index.carriers.get(article.slug, ())
            ],
        )

    def issue(self, position: int, edition: ComposedEdition) -> Any:
        """What the page of an edition shows: itself, its other editions, and the issues beside it."""
        newer = self._issues[position - 1] if position else None
        older = self._issues[position + 1] if position + 1 < len(self._issues) else None
        return (
            self.frame,
            edition,
            self._issues[position],
            newer,
            older,
            [self._index.shown_tags(each.article.tags) for each in edition.articles],
        )

    def home(self) -> Any:
        """What the home page shows."""
        return self.frame, self._issues[:PAGE], len(self._issues) > PAGE, self._tags

    @property
    def titles(self) -> Any:
        """What lists of all articles and issues show."""
        return list(self._cards.values()), self._issues

    def tags(self) -> Any:
        """What the page of all tags shows, with their number of articles."""
        return self.frame, self._tags

    def search(self) -> Any:
        """What the search page shows without scripts."""
        return self.frame, self._tags, self._years, list(self._cards.values())[:PAGE]

    def listed(self, listed: ListPage[Any]) -> Any:
        """What a page of a list shows: its articles or issues, and its place among the pages of the list."""
        items = [
            self._cards[each.article.slug]
            if isinstance(each, ComposedArticle)
            else self._rows[each[0].folder]
            for each in listed.items
        ]
        return self.frame, items, (listed.folder, listed.number, listed.year, listed.newer, listed.older)

    def _card(self, composed: ComposedArticle) -> bytes:
        """The key of what other pages show of an article."""
        article, content = composed.article, composed.content
        event = first_event(content, Medium.WEB, EVERYONE)
        return self._keys.key(
            (article.slug, article.title, article.dek, article.date, article.updated, article.authors),
            (article.link, self._index.shown_tags(article.tags), composed.url, composed.portraits),
            (content.minutes, content.lead, content.thumbnail, event),
        )

    def _issue_card(self, edition: ComposedEdition) -> Any:
        """What other pages show of an edition."""
        issue = edition.issue
        return (
            (issue.number, issue.title, issue.date, edition.audience, edition.url, edition.summary),
            (edition.minutes, edition.letter.lead),
            [(each.article.title, each.url, each.content.lead) for each in edition.articles],
        )
