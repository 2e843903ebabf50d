"""Composing: texts parsed, addresses and disclaimers resolved, so that an edition is ready to render.

Email, site and feeds are all rendered from what is composed here, so an article reads the same in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

from pipeline.articles.resolver import SourceResolver
from pipeline.articles.series import series_in_edition
from pipeline.config.i18n import Messages, load_messages
from pipeline.content.comment import comment_mistakes
from pipeline.content.compressed import compress
from pipeline.content.events import with_theme_words
from pipeline.content.medium import Medium, for_audience
from pipeline.content.opening import summary_of
from pipeline.content.parse import parse_content
from pipeline.content.reading_time import reading_minutes
from pipeline.content.tree_text import content_texts
from pipeline.errors import PressroomError, collect, raise_all, suggest
from pipeline.images.library import ImageLibrary
from pipeline.model import (
    EVERYONE,
    Article,
    AssembledIssue,
    Block,
    BlockKind,
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
from pipeline.support.file_stamps import Stamp
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.processes import spread
from pipeline.support.urls import ADDRESS_CHARACTERS, address, article_path, is_public, issue_path
from pipeline.workspace import Workspace

Text = Article | Issue | LinkItem

_COMPRESS_FROM = 500
"""Texts from which parsed ones are compressed in memory: below it the time costs more than the space."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A parsed article, letter or comment: its content and mistakes.

    `linked` maps the slugs of the articles that it links to to their files.
    """

    content: Content
    linked: Mapping[str, str]
    mistakes: tuple[PressroomError, ...]


class Composer:
    """Composes the editions of one workspace. Each text is parsed once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.publication = workspace.files.publication
        self.pool = workspace.pool
        self.images = ImageLibrary(workspace.files)
        self._parsed: dict[str, ParsedText] = {}

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
        self._parse_texts(assembled)
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
        """Return the theme's `logo`, or `logo_dark`. Raises `PressroomError` for a file that is no image."""
        theme = self.publication.theme
        file = theme.logo if key == "logo" else theme.logo_dark
        if file is None:
            return None
        try:
            return self.images.get(file, theme.logo_alt, SETTINGS_FILE, ImageUse.LOGO)
        except PressroomError as error:
            raise PressroomError(f"`{key}`: {error.message}", SETTINGS_FILE, hint=error.hint) from error

    def content(self, text: Text) -> Content:
        """Parse an article, a letter or a comment. Raises `Mistakes` with everything wrong in its text."""
        parsed = self.parsed_text(text)
        raise_all(parsed.mistakes)
        return parsed.content

    def _parse_texts(self, issues: Iterable[AssembledIssue]) -> None:
        """Parse every text of these issues that is not parsed yet, in several processes."""
        texts: dict[str, Text] = {}
        for each in issues:
            texts[_name(each.issue)] = each.issue
            for edition in each.editions:
                texts |= {_name(item): item for item in edition.items}
        missing = [text for name, text in texts.items() if not self._is_parsed(name)]
        for text, (parsed, files) in zip(missing, spread(self._parse_noted, missing, few=200), strict=True):
            if len(texts) > _COMPRESS_FROM:
                parsed = replace(parsed, content=compress(parsed.content))
            self._keep(_name(text), parsed, files)

    def _is_parsed(self, name: str) -> bool:
        """Whether a text is parsed, in this run or in an earlier one with the same files."""
        if name not in self._parsed:
            kept: ParsedText | None = self.workspace.files.cache.get(f"text {name}")
            if kept is None or not all(
                slug in self.pool and self.pool[slug].place.path == path for slug, path in kept.linked.items()
            ):
                return False
            self._parsed[name] = kept
        return True

    def _keep(self, name: str, parsed: ParsedText, files: dict[str, Stamp | None]) -> None:
        self._parsed[name] = parsed
        if not parsed.mistakes:
            self.workspace.files.cache.put(f"text {name}", files, parsed)

    def _parse_noted(self, text: Text) -> tuple[ParsedText, dict[str, Stamp | None]]:
        """Parse a text, and note the files that it shows."""
        cache = self.workspace.files.cache
        with cache.noted() as files:
            cache.note(text.place.path)
            return self._parse(text), files

    def _parse(self, text: Text) -> ParsedText:
        path = text.place.path
        resolver = SourceResolver(path, self.workspace.files, self.pool, self.images)
        mistakes: list[PressroomError] = []
        content, lead, thumbnail = Content(()), None, None
        try:
            if not isinstance(text, LinkItem) and text.image:
                lead = resolver.image(text.image, text.image_alt)
                if isinstance(text, Article):
                    thumbnail = resolver.image(text.image, text.image_alt, ImageUse.THUMBNAIL)
        except PressroomError as error:
            mistakes.append(PressroomError(error.message, path, text.lines.get("image"), error.hint))
        body, first_line = source_of(text)
        with collect(mistakes):
            content = parse_content(
                body,
                path=path,
                first_line=first_line,
                resolver=resolver,
                merge_fields=self.publication.merge_fields,
                lead=lead,
                language=self.publication.language,
                zone=self.workspace.files.zone,
            )
        mistakes += self._unknown_audiences(content.blocks, path)
        if isinstance(text, LinkItem):
            mistakes += comment_mistakes(content, path, first_line)
        content = replace(content, thumbnail=thumbnail)
        return ParsedText(content, resolver.linked, tuple(mistakes))

    def parsed_text(self, text: Text) -> ParsedText:
        """Parse a text once; its mistakes are in the result."""
        name = _name(text)
        if not self._is_parsed(name):
            self._keep(name, *self._parse_noted(text))
        return self._parsed[name]

    def _unknown_audiences(self, blocks: Iterable[Block], path: str) -> Iterator[PressroomError]:
        """Yield an error for each `::: only` whose audience the publication does not have."""
        known = [EVERYONE, *(each.name for each in self.publication.audiences)]
        for block in blocks:
            if block.kind is BlockKind.ONLY and block.title not in known:
                hint = suggest(block.title, known) or "Declare it in newsletter.toml under [[audiences]]."
                message = f'the audience "{block.title}" is not known.'
                yield PressroomError(message, path, block.line, hint)
            yield from self._unknown_audiences(block.blocks, path)

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
            shown = for_audience(letter, Medium.EMAIL, edition.audience)
            words = "".join(content_texts(shown.blocks, shown.footnotes)).strip()
            if not (edition.items or shown.images or words):
                errors.append(_nothing_to_read(issue, edition.audience))
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
        earlier = (issue_path(replace(issue, folder=alias), edition.audience) for alias in issue.aliases)
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
        return with_theme_words(content, identity, url or "", self.publication, self._messages)

    @cached_property
    def _messages(self) -> Messages:
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


def source_of(text: Text) -> tuple[str, int]:
    """The Markdown of a text, and its first line."""
    if isinstance(text, Article):
        return text.body, text.body_line
    return (text.letter, text.letter_line) if isinstance(text, Issue) else (text.comment, text.comment_line)


def _name(text: Text) -> str:
    """What tells a text from all others: several link items may be on one line."""
    return text.place.path if isinstance(text, Issue) else f"{text.place.path} {text.key}"


def _nothing_to_read(issue: Issue, audience: str) -> PressroomError:
    whose = "" if audience == EVERYONE else f' for "{audience}"'
    return PressroomError(
        f"the issue{whose} selects no article, and its letter has no words.",
        *issue.place,
        f"Write a letter, or see why each article is out: pressroom plan {issue.number}",
    )
