"""Composing: texts parsed, addresses and disclaimers resolved, so that an edition is ready to render.

Email, site and feeds are all rendered from what is composed here, so an article reads the same in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import unquote

from pipeline.articles.resolver import SourceResolver
from pipeline.content.compressed import compress
from pipeline.content.html import heading_ids
from pipeline.content.links import links_of
from pipeline.content.medium import Medium, for_audience
from pipeline.content.opening import summary_of
from pipeline.content.parse import WORDS_PER_MINUTE, parse_content
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
    Content,
    Edition,
    Finding,
    Image,
    ImageUse,
    Issue,
    Layout,
    MergeText,
    Place,
    Published,
    Section,
    Severity,
)
from pipeline.support import merge
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.processes import spread
from pipeline.support.urls import address, article_path, is_public, issue_path
from pipeline.workspace import Workspace

_COMPRESS_FROM = 500
"""Texts from which parsed ones are compressed in memory: below it the time costs more than the space."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A parsed article or letter: its content, the slugs of the articles it links to, its mistakes."""

    content: Content
    linked: frozenset[str]
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
        """Assemble and compose these issues, but those with mistakes, which are added to `errors`."""
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
        """Maps each article to the folders of the frozen issues that carry it, oldest first."""
        return self.workspace.assembler.history.carriers()

    @cached_property
    def _issues(self) -> Mapping[str, Issue]:
        return {issue.folder: issue for issue in self.workspace.issues}

    # --- content -----------------------------------------------------------------------------

    def logo(self) -> Image | None:
        """Return the theme's logo. Raises `PressroomError` if its file is missing or is not an image."""
        theme = self.publication.theme
        if theme.logo is None:
            return None
        try:
            return self.images.get(theme.logo, theme.logo_alt, SETTINGS_FILE, ImageUse.LOGO)
        except PressroomError as error:
            raise PressroomError(f"`logo`: {error.message}", SETTINGS_FILE, hint=error.hint) from error

    def content(self, text: Article | Issue) -> Content:
        """Parse an article, or an issue's letter. Raises `Mistakes` with everything wrong in its text."""
        parsed = self._parsed_text(text)
        raise_all(parsed.mistakes)
        return parsed.content

    def _parse_texts(self, issues: Iterable[AssembledIssue]) -> None:
        """Parse every letter and article of these issues that is not parsed yet, in several processes."""
        texts: dict[str, Article | Issue] = {}
        for each in issues:
            texts[each.issue.place.path] = each.issue
            for edition in each.editions:
                texts |= {article.place.path: article for article in edition.articles}
        missing = [text for path, text in texts.items() if path not in self._parsed]
        for text, parsed in zip(missing, spread(self._parse, missing, few=200), strict=True):
            if len(texts) > _COMPRESS_FROM:
                parsed = replace(parsed, content=compress(parsed.content))
            self._parsed[text.place.path] = parsed

    def _parse(self, text: Article | Issue) -> ParsedText:
        path = text.place.path
        resolver = SourceResolver(path, self.workspace.files, self.pool, self.images)
        mistakes: list[PressroomError] = []
        content, lead, thumbnail = Content(()), None, None
        if isinstance(text, Article):
            body, first_line = text.body, text.body_line
        else:
            body, first_line = text.letter, text.letter_line
        try:
            if text.image:
                lead = resolver.image(text.image, text.image_alt)
            if text.image and isinstance(text, Article):
                thumbnail = resolver.image(text.image, text.image_alt, ImageUse.THUMBNAIL)
        except PressroomError as error:
            mistakes.append(PressroomError(error.message, path, text.lines.get("image"), error.hint))
        with collect(mistakes):
            content = parse_content(
                body,
                path=path,
                first_line=first_line,
                resolver=resolver,
                merge_fields=self.publication.merge_fields,
                lead=lead,
                language=self.publication.language,
            )
        mistakes += self._unknown_audiences(content.blocks, path)
        content = replace(content, thumbnail=thumbnail)
        return ParsedText(content, frozenset(resolver.linked), tuple(mistakes))

    def _parsed_text(self, text: Article | Issue) -> ParsedText:
        if text.place.path not in self._parsed:
            self._parsed[text.place.path] = self._parse(text)
        return self._parsed[text.place.path]

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
        for article in {a.slug: a for edition in assembled.editions for a in edition.articles}.values():
            with collect(errors):
                self.content(article)
        raise_all(errors)
        for edition in assembled.editions:
            shown = for_audience(letter, Medium.EMAIL, edition.audience)
            words = "".join(content_texts(shown.blocks, shown.footnotes)).strip()
            if not (edition.articles or shown.images or words):
                errors.append(_nothing_to_read(issue, edition.audience))
        raise_all(errors)
        return tuple(self._edition(assembled, edition, letter) for edition in assembled.editions)

    def _edition(
        self, assembled: AssembledIssue, edition: Edition[Article], letter: Content
    ) -> ComposedEdition:
        issue = assembled.issue
        sections = edition.map(lambda article: self._article(article, assembled)).sections
        if not issue.show.section_titles:
            sections = tuple(replace(section, title="") for section in sections)
        public = is_public(self.publication, edition.audience)
        preview = self._line(issue, "preview_text", issue.preview_text)
        summary = summary_of(letter, edition.audience)
        if not summary and len(edition.articles) == 1:
            (article,) = edition.articles
            summary = article.dek or summary_of(self.content(article), edition.audience)
        summary = summary or issue.title
        path = issue_path(issue, edition.audience)
        earlier = (issue_path(replace(issue, folder=alias), edition.audience) for alias in issue.aliases)
        earlier_paths = dict.fromkeys((*earlier, *assembled.addresses.get(edition.audience, ())))
        return ComposedEdition(
            issue=issue,
            audience=edition.audience,
            letter=letter,
            sections=sections,
            feed_identity=assembled.feed_identity,
            url=address(self.publication, path) if public else None,
            subject=self._line(issue, "subject", issue.subject) or merge.text(issue.title),
            preview_text=preview or merge.text(summary),
            summary=summary if preview.fields else preview or summary,
            disclaimers=self._disclaimers(edition.articles),
            related=self._related(issue, edition.articles),
            minutes=_minutes(letter, sections),
            earlier_paths=tuple(each for each in earlier_paths if each != path),
        )

    def _article(self, article: Article, assembled: AssembledIssue) -> ComposedArticle:
        return ComposedArticle(
            article=article,
            content=self.content(article),
            feed_identity=assembled.feed_identities[article.slug],
            url=self.url_of(article),
            disclaimers=self._disclaimers([article]),
            issues=self.carriers.get(article.slug, (assembled.issue.folder,)),
        )

    def _line(self, issue: Issue, key: str, typed: str | None) -> MergeText:
        """Read the merge fields of a front matter line. Raises `PressroomError` for an unknown one."""
        try:
            return merge.read_line(typed or "", self.publication.merge_fields)
        except PressroomError as error:
            line = issue.lines.get(key)
            raise PressroomError(f"`{key}`: {error.message}", issue.place.path, line, error.hint) from error

    def _disclaimers(self, articles: Iterable[Article]) -> tuple[str, ...]:
        """Disclaimers required by the articles' tags, then the articles' own; each text once."""
        articles = tuple(articles)
        tags = {tag for article in articles for tag in article.tags}
        tied = [each.text for each in self.publication.disclaimers if tags.intersection(each.tags)]
        own = [article.disclaimer for article in articles if article.disclaimer]
        return tuple(dict.fromkeys((*tied, *own)))

    def _related(self, issue: Issue, articles: Iterable[Article]) -> dict[str, tuple[str, str]]:
        """Map the slugs that these articles name as related to title and address.

        Only an article that an earlier issue carried, not dated after this one, is included, so that a
        rebuilt issue does not change when later ones appear.
        """
        named = {slug for article in articles for slug in article.related}
        related = {}
        for slug in sorted(named & self.carriers.keys() & self.pool.keys()):
            first = self._issues[self.carriers[slug][0]]
            earlier = first.number < issue.number and first.date <= issue.date
            if earlier and (url := self.url_of(self.pool[slug])):
                related[slug] = (self.pool[slug].title, url)
        return related

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
        )

    def dead_links(self, published: Published) -> tuple[Finding, ...]:
        """Report each link from a published text to an article that has no page.

        It is an error if the article never will have one: a draft, or for a private audience only.
        """
        pages = {each.article.slug for each in published.articles}
        texts: list[Article | Issue] = [each.article for each in published.articles]
        return self._dead_links([*texts, *(each.issue for each in published.editions)], pages)

    def dead_links_of(self, assembled: AssembledIssue) -> tuple[Finding, ...]:
        """Report the same for one issue; articles have a page if it or a frozen issue carries them."""
        carried = {article.slug: article for edition in assembled.editions for article in edition.articles}
        slugs = carried.keys() | (self.carriers.keys() & self.pool.keys())
        pages = {slug for slug in slugs if self.url_of(self.pool[slug])}
        return self._dead_links([*carried.values(), assembled.issue], pages)

    def _dead_links(self, texts: Iterable[Article | Issue], pages: set[str]) -> tuple[Finding, ...]:
        texts = tuple(texts)
        without_page = (
            self._dead_link(self.pool[target], text.place.path)
            for text in texts
            for target in sorted(self._parsed_text(text).linked - pages)
        )
        return (*without_page, *(finding for text in texts for finding in self._dead_anchors(text)))

    def _dead_anchors(self, text: Article | Issue) -> Iterator[Finding]:
        """Report each link to a heading that the text itself, or a linked article, does not have."""
        if not re.search(r"#[^\s#]", text.body if isinstance(text, Article) else text.letter):
            return
        parsed = self._parsed_text(text)
        own: tuple[str, ...] | None = None
        slugs = {address(self.publication, article_path(slug)): slug for slug in parsed.linked}
        for href, line in links_of(parsed.content):
            page, mark, fragment = href.partition("#")
            if not mark or isinstance(href, MergeText) or (page and page not in slugs):
                continue
            if page:
                target = self._parsed_text(self.pool[slugs[page]]).content
                ids, where = (
                    heading_ids(for_audience(target, Medium.WEB, EVERYONE).blocks),
                    f'"{slugs[page]}"',
                )
            else:
                own = heading_ids(parsed.content.blocks) if own is None else own
                ids, where = own, "this text"
            name = unquote(fragment)
            if name in ids:
                continue
            hint = suggest(name, ids) or (
                "Its headings are #" + ", #".join(ids) + "." if ids else "It has none."
            )
            message = f'it links to "#{name}", and no heading in {where} has that name.'
            yield Finding("LINK019", Severity.WARNING, message, Place(text.place.path, line), hint)

    def _dead_link(self, target: Article, path: str) -> Finding:
        message = f'it links to the article "{target.slug}", which has no page'
        if target.draft or self.url_of(target) is None:
            why = "it is a draft" if target.draft else f"it is for {' and '.join(target.audience)} only"
            hint = "Take the link out: the article will have no page to lead to."
            return Finding("LINK002", Severity.ERROR, f"{message}: {why}.", Place(path), hint)
        hint = "The page appears with the first issue that carries the article."
        return Finding("LINK001", Severity.WARNING, f"{message} yet.", Place(path), hint)


def _nothing_to_read(issue: Issue, audience: str) -> PressroomError:
    whose = "" if audience == EVERYONE else f' for "{audience}"'
    return PressroomError(
        f"the issue{whose} selects no article, and its letter has no words.",
        *issue.place,
        f"Write a letter, or see why each article is out: pressroom plan {issue.number}",
    )


def _minutes(letter: Content, sections: Iterable[Section[ComposedArticle]]) -> int:
    """Reading time of the email itself in minutes: of a card only the dek counts, not its article."""
    words = letter.words
    for section in sections:
        for composed, layout in section.articles:
            whole = layout is Layout.FULL or composed.url is None
            words += composed.content.words if whole else len(composed.article.dek.split())
    return max(1, -(-words // WORDS_PER_MINUTE))
