"""Composing: texts parsed, addresses and disclaimers resolved, so that an edition is ready to render.

Email, site and feeds are all rendered from what is composed here, so an article reads the same in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.articles.series import series_in_edition
from pipeline.articles.texts import Text, Texts
from pipeline.content.medium import Medium, for_audience
from pipeline.content.opening import summary_of
from pipeline.content.reading_time import reading_minutes
from pipeline.content.tree_text import content_texts
from pipeline.errors import PressroomError, collect, raise_all
from pipeline.images.library import ImageLibrary
from pipeline.model import (
    EVERYONE,
    Article,
    AssembledIssue,
    ComposedArticle,
    ComposedEdition,
    ComposedIssue,
    ComposedItem,
    ComposedLink,
    Content,
    Edition,
    FeedIdentity,
    Image,
    ImageUse,
    Issue,
    LinkItem,
    MergeText,
    PoolItem,
    Published,
    SeriesPart,
    articles_of,
)
from pipeline.support import merge
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.urls import (
    ADDRESS_CHARACTERS,
    address,
    article_path,
    is_public,
    issue_path,
    old_issue_paths,
)
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.config.i18n import Messages


class Composer:
    """Composes the editions of one workspace. Each text is parsed once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.publication = workspace.files.publication
        self.pool = workspace.pool
        self.images = ImageLibrary(workspace.files)
        self.texts = Texts(workspace.files, workspace.pool, self.images)

    # --- issues ------------------------------------------------------------------------------

    def compose(self, issues: Iterable[Issue], audience: str | None = None) -> tuple[ComposedIssue, ...]:
        """Assemble and compose these issues, or only their edition for `audience`.

        Raises the mistakes of all of them at once.
        """
        errors: list[PressroomError] = []
        composed = self.compose_sound(issues, errors, audience)
        raise_all(errors)
        return composed

    def compose_sound(
        self, issues: Iterable[Issue], errors: list[PressroomError], audience: str | None = None
    ) -> tuple[ComposedIssue, ...]:
        """Assemble and compose these issues, but those with mistakes, which are added to `errors`.

        Raises `Mistakes` for what the settings name and the workspace lacks.
        """
        _ = self.portraits
        assembled: list[AssembledIssue] = []
        for issue in issues:
            with collect(errors):
                assembled.append(self.workspace.assembler.assemble(issue, audience))
        self.texts.parse_all(
            text
            for each in assembled
            for text in (each.issue, *(item for edition in each.editions for item in edition.items))
        )
        composed: list[ComposedIssue] = []
        for each in assembled:
            with collect(errors):
                composed.append(self.compose_assembled(each))
        return tuple(composed)

    def compose_assembled(self, assembled: AssembledIssue) -> ComposedIssue:
        """Compose an assembled issue. Raises `Mistakes` with everything wrong in its texts."""
        return ComposedIssue(assembled, self._editions(assembled))

    @cached_property
    def carriers(self) -> Mapping[str, tuple[str, ...]]:
        """Maps each article and link item to the folders of the frozen issues that carry it, oldest first."""
        return self.workspace.assembler.history.carriers()

    @cached_property
    def _issues(self) -> Mapping[str, Issue]:
        return {issue.folder: issue for issue in self.workspace.issues}

    @cached_property
    def portraits(self) -> Mapping[str, Image]:
        """The pictures in `[authors]`, by name. Raises `Mistakes` for those that are missing or broken."""
        return self.images.portraits(self.publication.authors.values())

    # --- content -----------------------------------------------------------------------------

    def logo(self, key: str = "logo") -> Image | None:
        """Return the theme's `logo`, or `logo_dark`.

        Raises `PressroomError` for a file that is no image, and for a logo without an alt text.
        """
        theme = self.publication.theme
        dark = key == "logo_dark"
        file, line = (theme.logo_dark, theme.logo_dark_line) if dark else (theme.logo, theme.logo_line)
        if file is None:
            return None
        try:
            logo = self.images.get(file, theme.logo_alt, SETTINGS_FILE, ImageUse.LOGO)
        except PressroomError as error:
            raise PressroomError(f"`{key}`: {error.message}", SETTINGS_FILE, line, error.hint) from error
        if not theme.logo_alt:
            hint = 'Say what it shows: `logo_alt = "…"`.'
            raise PressroomError("the logo has no `logo_alt`.", SETTINGS_FILE, line, hint)
        return logo

    def content(self, text: Text) -> Content:
        """Parse an article, a letter or a comment. Raises `Mistakes` with everything wrong in its text."""
        parsed = self.texts.parsed(text)
        raise_all(parsed.mistakes)
        return parsed.content

    # --- editions ----------------------------------------------------------------------------

    def _editions(self, assembled: AssembledIssue) -> tuple[ComposedEdition, ...]:
        errors: list[PressroomError] = []
        issue, letter = assembled.issue, Content(())
        for key, typed in (("subject", issue.subject), ("preview_text", issue.preview_text)):
            with collect(errors):
                self._line(issue, key, typed)
        with collect(errors):
            letter = self.content(issue)
        for item in {each.key: each for edition in assembled.editions for each in edition.items}.values():
            with collect(errors):
                self.content(item)
        raise_all(errors)
        for edition in assembled.editions:
            if edition.items:
                continue
            shown = for_audience(letter, Medium.EMAIL, edition.audience)
            words = "".join(content_texts(shown.blocks, shown.footnotes)).strip()
            if not (shown.images or words):
                errors.append(_nothing_to_read(issue, edition.audience, self.pool.noun))
        raise_all(errors)
        return tuple(self._edition(assembled, edition, letter) for edition in assembled.editions)

    def _edition(
        self, assembled: AssembledIssue, edition: Edition[PoolItem], letter: Content
    ) -> ComposedEdition:
        issue = assembled.issue
        public = is_public(self.publication, edition.audience)
        path = issue_path(issue, edition.audience)
        url = address(self.publication, path) if public else None
        letter = self._complete(letter, assembled.feed_identity, url)
        sections = edition.map(lambda item: self._item(item, assembled)).sections
        if not issue.show.section_titles:
            sections = tuple(replace(section, title="") for section in sections)
        preview = self._line(issue, "preview_text", issue.preview_text)
        summary = summary_of(letter, edition.audience)
        if not summary and len(articles_of(edition)) == 1:
            (article,) = articles_of(edition)
            summary = article.dek or summary_of(self.content(article), edition.audience)
        summary = summary or issue.title
        earlier = old_issue_paths(issue, edition.audience)
        earlier_paths = dict.fromkeys((*earlier, *assembled.addresses.get(edition.audience, ())))
        return ComposedEdition(
            issue=issue,
            audience=edition.audience,
            letter=letter,
            sections=sections,
            feed_identity=assembled.feed_identity,
            url=url,
            subject=self._line(issue, "subject", issue.subject) or merge.text(issue.title),
            preview_text=preview or merge.text(summary),
            summary=summary if preview.fields else preview or summary,
            disclaimers=self._disclaimers(edition.items),
            related=self._related(issue, articles_of(edition)),
            series=self._series(issue, edition),
            minutes=reading_minutes(letter, sections),
            earlier_paths=tuple(each for each in earlier_paths if each != path),
        )

    def _item(self, article: PoolItem, assembled: AssembledIssue) -> ComposedItem:
        content = self.content(article)
        if isinstance(article, LinkItem):
            return ComposedLink(article, content, quote(article.url, safe=ADDRESS_CHARACTERS))
        identity, url = assembled.feed_identities[article.slug], self.url_of(article)
        return ComposedArticle(
            article=article,
            content=self._complete(content, identity, url),
            feed_identity=identity,
            url=url,
            disclaimers=self._disclaimers([article]),
            issues=self.carriers.get(article.slug, (assembled.issue.folder,)),
            portraits={
                each.name: face for each in article.authors if (face := self.portraits.get(each.name))
            },
        )

    def _complete(self, content: Content, identity: FeedIdentity, url: str | None) -> Content:
        if not content.events and not content.audio:
            return content
        # Imported here with Jinja2, because few texts need it and `assemble` renders nothing.
        from pipeline.content.events import with_theme_words

        return with_theme_words(content, identity, url or "", self.publication, self._messages)

    @cached_property
    def _messages(self) -> Messages:
        from pipeline.config.i18n import load_messages

        return load_messages(self.workspace.templates, self.publication.language)

    def _line(self, issue: Issue, key: str, typed: str | None) -> MergeText:
        """Read the merge fields of a front matter line. Raises `PressroomError` for an unknown one."""
        try:
            return merge.read_line(typed or "", self.publication.merge_fields)
        except PressroomError as error:
            line = issue.lines.get(key)
            raise PressroomError(f"`{key}`: {error.message}", issue.place.path, line, error.hint) from error

    def _disclaimers(self, items: Iterable[PoolItem]) -> tuple[str, ...]:
        """Disclaimers required by the items' tags, then the articles' own; each text once."""
        items = tuple(items)
        tags = {tag for item in items for tag in item.tags}
        tied = [each.text for each in self.publication.disclaimers if tags.intersection(each.tags)]
        own = [item.disclaimer for item in items if isinstance(item, Article) and item.disclaimer]
        return tuple(dict.fromkeys((*tied, *own)))

    def _related(self, issue: Issue, articles: Iterable[Article]) -> dict[str, tuple[str, str]]:
        """Map the slugs that these articles name as related to title and address.

        Only an article that an earlier issue carried, not dated after this one, is included, so that a
        rebuilt issue does not change when later ones appear.
        """
        named = {slug for article in articles for slug in article.related}
        related = {}
        for slug in sorted(named & self.pool.keys()):
            if self._is_earlier(slug, issue) and (url := self.url_of(self.pool[slug])):
                related[slug] = (self.pool[slug].title, url)
        return related

    def _is_earlier(self, slug: str, issue: Issue) -> bool:
        """Whether an earlier issue, not dated after this one, carried an article first."""
        if slug not in self.carriers:
            return False
        first = self._issues[self.carriers[slug][0]]
        return first.number < issue.number and first.date <= issue.date

    def _series(self, issue: Issue, edition: Edition[PoolItem]) -> dict[str, SeriesPart]:
        articles = articles_of(edition)
        if not any(article.series for article in articles):
            return {}
        earlier = (each for each in self.pool.values() if each.series and self._is_earlier(each.slug, issue))
        return series_in_edition(articles, edition.audience, earlier, self.url_of)

    def url_of(self, article: Article) -> str | None:
        """Return the address of an article's page, or None if it is for private audiences only."""
        public = not article.audience or any(is_public(self.publication, a) for a in article.audience)
        return address(self.publication, article_path(article.slug)) if public else None

    # --- what is public ----------------------------------------------------------------------

    def published(self, issues: Iterable[ComposedIssue], now: datetime) -> Published:
        """Collect everything that is public at the moment `now`: frozen issues not dated after it."""
        editions: list[ComposedEdition] = []
        articles: dict[str, ComposedArticle] = {}
        for each in issues:
            if not each.assembled.frozen or each.assembled.issue.date > now:
                continue
            editions += [edition for edition in each.editions if edition.url]
            for edition in each.editions:
                articles |= {article.article.slug: article for article in edition.articles if article.url}
        editions.sort(
            key=lambda edition: (edition.feed_identity.published, edition.issue.number), reverse=True
        )
        newest_first = sorted(articles.values(), key=lambda each: each.article.slug)
        # The articles of one issue were published together; among them their own dates decide.
        newest_first.sort(key=lambda each: (each.feed_identity.published, each.article.date), reverse=True)
        return Published(
            publication=self.publication,
            editions=tuple(editions),
            articles=tuple(newest_first),
            tags=tuple(sorted({tag for each in newest_first for tag in each.article.tags})),
            logo=self.logo(),
            logo_dark=self.logo("logo_dark"),
        )


def _nothing_to_read(issue: Issue, audience: str, noun: str) -> PressroomError:
    whose = "" if audience == EVERYONE else f' for "{audience}"'
    return PressroomError(
        f"the issue{whose} selects no {noun}, and its letter has no words.",
        *issue.place,
        f"Write a letter, or see why each {noun} is out: pressroom plan {issue.number}",
    )
