"""Composing: content parsed, addresses known, disclaimers found; an edition ready to render.

Between assembly and the renderers: email, site and feeds all take what is made here, so that an
article reads the same in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.articles.pool import Pool
from pipeline.articles.resolver import SourceResolver
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.compressed import compress
from pipeline.content.html import Medium, select_blocks
from pipeline.content.parse import WORDS_PER_MINUTE, parse_content
from pipeline.content.text import LinkList, blocks_to_text
from pipeline.content.text_width import collapse_spaces
from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.images.library import ImageLibrary
from pipeline.images.resize import LOGO_BOX, THUMBNAIL_BOX
from pipeline.model import (
    EVERYONE,
    Article,
    AssembledIssue,
    Block,
    BlockKind,
    ComposedArticle,
    ComposedEdition,
    ComposedSection,
    Content,
    Edition,
    FeedIdentity,
    Finding,
    Image,
    Issue,
    Layout,
    Place,
    Published,
    Severity,
)
from pipeline.support import merge
from pipeline.support.urls import address, article_path, is_public, issue_path

_PREVIEW = (40, 90)  # visible characters that inbox lists show (EMAIL-RULES: preview text)


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What reading a text gave: its content, the slugs of the articles it links to, its mistakes."""

    content: Content
    linked: frozenset[str]
    mistakes: tuple[PressroomError, ...]


class Composer:
    """Composes the editions of one workspace; each text is parsed once, and held packed."""

    def __init__(self, workspace: WorkspaceFiles, pool: Pool) -> None:
        self.workspace = workspace
        self.publication = workspace.publication
        self.pool = pool
        self.images = ImageLibrary(workspace)
        self._readings: dict[str, ParsedText] = {}

    # --- content -----------------------------------------------------------------------------

    def logo(self) -> Image | None:
        """The theme's logo. Raises `PressroomError` where its file is missing or no image."""
        theme = self.publication.theme
        if theme.logo is None:
            return None
        try:
            return self.images.get(theme.logo, theme.logo_alt, "newsletter.toml", LOGO_BOX)
        except PressroomError as error:
            raise PressroomError(f"`logo`: {error.message}", "newsletter.toml", hint=error.hint) from error

    def content(self, text: Article | Issue) -> Content:
        """The content of an article, or of an issue's letter.

        Raises `Mistakes` with all that is wrong in its text.
        """
        reading = self._reading(text)
        raise_all(reading.mistakes)
        return reading.content

    def take(self, text: Article | Issue, reading: ParsedText) -> None:
        """Take over what `read` gave for this text, in another process perhaps."""
        self._readings[text.place.path] = reading

    def read(self, text: Article | Issue) -> ParsedText:
        """Read a text: parse it, find its pictures and what it links to."""
        path = text.place.path
        resolver = SourceResolver(path, self.workspace, self.pool, self.images)
        mistakes: list[PressroomError] = []
        content, lead, thumbnail = Content(()), None, None
        if isinstance(text, Article):
            body, first_line = text.body, text.body_line
            try:
                if text.image:
                    lead = resolver.image(text.image, text.image_alt)
                    thumbnail = resolver.image(text.image, text.image_alt, THUMBNAIL_BOX)
            except PressroomError as error:
                mistakes.append(PressroomError(error.message, path, text.lines.get("image"), error.hint))
        else:
            body, first_line = text.letter, text.letter_line
        try:
            content = parse_content(
                body,
                path=path,
                first_line=first_line,
                resolver=resolver,
                merge_fields=self.publication.merge_fields,
                lead=lead,
                language=self.publication.language,
            )
        except PressroomError as error:
            mistakes.append(error)
        mistakes += self._unknown_audiences(content.blocks, path)
        content = replace(content, thumbnail=thumbnail)
        return ParsedText(compress(content), frozenset(resolver.linked), tuple(mistakes))

    def _reading(self, text: Article | Issue) -> ParsedText:
        if text.place.path not in self._readings:
            self.take(text, self.read(text))
        return self._readings[text.place.path]

    def _unknown_audiences(self, blocks: Iterable[Block], path: str) -> list[PressroomError]:
        """An error for each `::: only` that is for nobody the publication knows."""
        known = [EVERYONE, *(each.name for each in self.publication.audiences)]
        errors: list[PressroomError] = []
        for block in blocks:
            if block.kind is BlockKind.ONLY and block.title not in known:
                hint = suggest(block.title, known) or "Declare it in newsletter.toml under [[audiences]]."
                message = f'the audience "{block.title}" is not known.'
                errors.append(PressroomError(message, path, block.line, hint))
            errors += self._unknown_audiences(block.blocks, path)
        return errors

    # --- editions ----------------------------------------------------------------------------

    def article(self, article: Article, record: FeedIdentity, issues: tuple[str, ...]) -> ComposedArticle:
        """An article with its content and address."""
        return ComposedArticle(
            article=article,
            content=self.content(article),
            record=record,
            url=self.url_of(article),
            disclaimers=self._disclaimers([article]),
            issues=issues,
        )

    def editions(
        self, assembled: AssembledIssue, carriers: Mapping[str, tuple[str, ...]]
    ) -> tuple[ComposedEdition, ...]:
        """Every edition of an issue. `carriers` maps slugs to the folders of the issues with them.

        Raises `Mistakes` with all that is wrong in the letter and the articles.
        """
        errors: list[PressroomError] = []
        issue, letter = assembled.issue, Content(())
        for key, typed in (("subject", issue.subject), ("preview_text", issue.preview_text)):
            try:
                self._line(issue, key, typed)
            except PressroomError as error:
                errors.append(error)
        try:
            letter = self.content(issue)
        except PressroomError as error:
            errors.append(error)
        for article in {a.slug: a for edition in assembled.editions for a in edition.articles}.values():
            try:
                self.content(article)
            except PressroomError as error:
                errors.append(error)
        raise_all(errors)
        return tuple(self._edition(assembled, edition, letter, carriers) for edition in assembled.editions)

    def _edition(
        self,
        assembled: AssembledIssue,
        edition: Edition,
        letter: Content,
        carriers: Mapping[str, tuple[str, ...]],
    ) -> ComposedEdition:
        issue = assembled.issue
        sections = tuple(
            ComposedSection(
                section.title,
                tuple(
                    (
                        self.article(
                            article,
                            assembled.records[article.slug],
                            carriers.get(article.slug, (issue.folder,)),
                        ),
                        layout,
                    )
                    for article, layout in section.articles
                ),
            )
            for section in edition.sections
        )
        public = is_public(self.publication, edition.audience)
        page = address(self.publication, issue_path(issue, edition.audience))
        return ComposedEdition(
            issue=issue,
            audience=edition.audience,
            letter=letter,
            sections=sections,
            record=assembled.record,
            url=page if public else None,
            subject=self._line(issue, "subject", issue.subject) or merge.literal_text(issue.title),
            preview_text=self._line(issue, "preview_text", issue.preview_text)
            or self._preview(letter, edition.audience)
            or merge.literal_text(issue.title),
            disclaimers=self._disclaimers(edition.articles),
            minutes=_minutes(letter, sections),
        )

    def _line(self, issue: Issue, key: str, typed: str | None) -> str:
        """A line of the front matter in neutral form. Raises `PressroomError` for an unknown field."""
        try:
            return merge.from_line(typed or "", self.publication.merge_fields)
        except PressroomError as error:
            line = issue.lines.get(key)
            raise PressroomError(f"`{key}`: {error.message}", issue.place.path, line, error.hint) from error

    def _disclaimers(self, articles: Sequence[Article]) -> tuple[str, ...]:
        """Those that the articles' tags ask for, then the articles' own; each text once."""
        tags = {tag for article in articles for tag in article.tags}
        tied = [each.text for each in self.publication.disclaimers if tags.intersection(each.tags)]
        own = [article.disclaimer for article in articles if article.disclaimer]
        return tuple(dict.fromkeys((*tied, *own)))

    def _preview(self, letter: Content, audience: str) -> str:
        """The letter's first words, by whole sentences or else by whole words."""
        # It is the summary on the web and in feeds as well, so that it holds what both forms show.
        blocks = _prose(
            select_blocks(select_blocks(tuple(letter.blocks), Medium.WEB, audience), Medium.TEXT, audience)
        )
        text = collapse_spaces(blocks_to_text(blocks, LinkList(), width=10_000)).strip()
        text = merge.fill(text, lambda field: field.fallback)
        text = re.sub(r" ?\[\d+\]", "", text)
        least, most = _PREVIEW
        text = merge.literal_text(text)
        end = 0
        for found in re.finditer(r"[.!?…]['\"’”)]*(?= |$)", text):
            if found.end() > most:
                break
            end = found.end()
            if end >= least:
                return text[:end]
        if len(text) <= most:
            return text
        return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"

    def related(
        self,
        edition: ComposedEdition,
        carriers: Mapping[str, tuple[str, ...]],
        dates: Mapping[str, datetime],
    ) -> dict[str, tuple[str, str]]:
        """Title and address of the articles that the edition's name as related, by slug.

        Only what an earlier issue carried that is not dated later is among them, so that a rebuilt
        issue does not change with later ones. `dates` are those of the issues, by their folders.
        """
        issue = edition.issue
        named = {slug for composed in edition.articles for slug in composed.article.related}
        return {
            slug: (self.pool[slug].title, url)
            for slug in sorted(named & carriers.keys() & self.pool.keys())
            if int(carriers[slug][0].partition("-")[0]) < issue.number
            and dates[carriers[slug][0]] <= issue.date
            and (url := self.url_of(self.pool[slug]))
        }

    def url_of(self, article: Article) -> str | None:
        """An article's page, or None where it is for private audiences only."""
        public = not article.audience or any(is_public(self.publication, a) for a in article.audience)
        return address(self.publication, article_path(article.slug)) if public else None

    # --- what is public ----------------------------------------------------------------------

    def published(
        self, issues: Iterable[tuple[AssembledIssue, tuple[ComposedEdition, ...]]], now: datetime
    ) -> Published:
        """All that is public at the moment `now`: frozen issues that are not dated ahead."""
        editions: list[ComposedEdition] = []
        articles: dict[str, ComposedArticle] = {}
        for assembled, composed in issues:
            if not assembled.frozen or assembled.issue.date > now:
                continue
            editions += [edition for edition in composed if edition.url]
            for edition in composed:
                for article in edition.articles:
                    if article.url:
                        articles[article.article.slug] = article
        editions.sort(key=lambda edition: (edition.record.published, edition.issue.number), reverse=True)
        ordered = sorted(articles.values(), key=lambda each: each.article.slug)
        ordered.sort(key=lambda each: each.record.published, reverse=True)
        return Published(
            publication=self.publication,
            editions=tuple(editions),
            articles=tuple(ordered),
            tags=tuple(sorted({tag for each in ordered for tag in each.article.tags})),
            logo=self.logo(),
        )

    def dead_links(self, published: Published) -> tuple[Finding, ...]:
        """A finding for each link from published text to an article that has no page.

        An error where it never will have one, being a draft or for a private audience.
        """
        pages = {each.article.slug for each in published.articles}
        texts: list[Article | Issue] = [each.article for each in published.articles]
        return self._dead_links([*texts, *(each.issue for each in published.editions)], pages)

    def dead_links_of(self, assembled: AssembledIssue, pages: set[str]) -> tuple[Finding, ...]:
        """The same for one issue, where `pages` are the articles that have a page."""
        carried = {article.slug: article for edition in assembled.editions for article in edition.articles}
        return self._dead_links([*carried.values(), assembled.issue], pages)

    def _dead_links(self, texts: Iterable[Article | Issue], pages: set[str]) -> tuple[Finding, ...]:
        return tuple(
            self._dead_link(self.pool[target], text.place.path)
            for text in texts
            for target in sorted(self._reading(text).linked - pages)
        )

    def _dead_link(self, target: Article, path: str) -> Finding:
        message = f'it links to the article "{target.slug}", which has no page'
        if target.draft or self.url_of(target) is None:
            why = "it is a draft" if target.draft else f"it is for {' and '.join(target.audience)} only"
            hint = "Take the link out: the article will have no page to lead to."
            return Finding("LINK002", Severity.ERROR, f"{message}: {why}.", Place(path), hint)
        hint = "The page appears with the first issue that carries the article."
        return Finding("LINK001", Severity.WARNING, f"{message} yet.", Place(path), hint)


def _prose(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The running prose alone, without headings, tables and the like."""
    kept: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.PROSE:
            nodes = tuple(n for n in block.nodes if not isinstance(n, str) and getattr(n, "tag", "") == "p")
            kept.append(replace(block, nodes=nodes))
    return tuple(kept)


def _minutes(letter: Content, sections: Iterable[ComposedSection]) -> int:
    """The reading time of what stands in the email itself: a card is its dek, not its article."""
    words = letter.words
    for section in sections:
        for composed, layout in section.articles:
            whole = layout is Layout.FULL or composed.url is None
            words += composed.content.words if whole else len(composed.article.dek.split())
    return max(1, -(-words // WORDS_PER_MINUTE))
