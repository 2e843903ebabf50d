"""The texts of a workspace: articles, letters and comments, each parsed once.

What parses a text is imported when one is parsed: most are kept from the last run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.articles.pool import Pool
from pipeline.articles.resolver import SourceResolver
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.comment import comment_mistakes
from pipeline.content.compressed import compress
from pipeline.errors import PressroomError, collect, suggest
from pipeline.images.library import ImageLibrary
from pipeline.model import Article, Block, BlockKind, Content, ImageUse, Issue, LinkItem
from pipeline.support.file_stamps import Stamp
from pipeline.support.processes import spread
from pipeline.support.urls import address, article_path

Text = Article | Issue | LinkItem

_MISSING_ALT = 'Say what it shows: `image_alt: "…"` (or `image_alt: ""` for mere decoration).'


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A parsed article, letter or comment: its content, which is compressed, and its mistakes.

    `linked` maps the slugs of the articles that it links to to their files. `links` are its links to these
    and to a place on a page, each with its line.
    """

    content: Content
    linked: Mapping[str, str]
    links: tuple[tuple[str, int | None], ...]
    mistakes: tuple[PressroomError, ...]


class Texts:
    """Parses the texts of one workspace, and keeps them for later runs with the same files."""

    def __init__(self, files: WorkspaceFiles, pool: Pool, images: ImageLibrary) -> None:
        self.files = files
        self.pool = pool
        self.images = images
        self._parsed: dict[str, ParsedText] = {}

    def parse_all(self, texts: Iterable[Text]) -> None:
        """Parse those of these texts that are not parsed yet, in several processes."""
        by_name = {_name(text): text for text in texts}
        missing = [text for name, text in by_name.items() if not self._is_parsed(name)]
        for text, (parsed, stamps) in zip(missing, spread(self._parse_noted, missing, few=200), strict=True):
            self._keep(_name(text), parsed, stamps)

    def parsed(self, text: Text) -> ParsedText:
        """Parse a text once; its mistakes are in the result."""
        name = _name(text)
        if not self._is_parsed(name):
            self._keep(name, *self._parse_noted(text))
        return self._parsed[name]

    def _is_parsed(self, name: str) -> bool:
        """Whether a text is parsed, in this run or in an earlier one with the same files."""
        if name not in self._parsed:
            kept: ParsedText | None = self.files.cache.get(f"text {name}")
            if kept is None or not all(
                slug in self.pool and self.pool[slug].place.path == path for slug, path in kept.linked.items()
            ):
                return False
            self._parsed[name] = kept
        return True

    def _keep(self, name: str, parsed: ParsedText, stamps: dict[str, Stamp | None]) -> None:
        self._parsed[name] = parsed
        if not parsed.mistakes:
            self.files.cache.put(f"text {name}", stamps, parsed)

    def _parse_noted(self, text: Text) -> tuple[ParsedText, dict[str, Stamp | None]]:
        """Parse a text, and note the files that it shows."""
        cache = self.files.cache
        with cache.noted() as stamps:
            cache.note(text.place.path)
            return self._parse(text), stamps

    def _parse(self, text: Text) -> ParsedText:
        from pipeline.content.links import links_of
        from pipeline.content.parse import parse_content

        path = text.place.path
        resolver = SourceResolver(path, self.files, self.pool, self.images)
        mistakes: list[PressroomError] = []
        content, lead, thumbnail = Content(()), None, None
        try:
            if not isinstance(text, LinkItem) and text.image:
                lead = resolver.image(text.image, text.image_alt)
                if isinstance(text, Article):
                    thumbnail = resolver.image(text.image, text.image_alt, ImageUse.THUMBNAIL)
                if "image_alt" not in text.lines:
                    raise PressroomError("the image has no `image_alt`.", hint=_MISSING_ALT)
        except PressroomError as error:
            mistakes.append(PressroomError(error.message, path, text.lines.get("image"), error.hint))
        first_line = _first_line(text)
        with collect(mistakes):
            content = parse_content(
                self._source(text),
                path=path,
                first_line=first_line,
                resolver=resolver,
                merge_fields=self.files.publication.merge_fields,
                lead=lead,
                language=self.files.publication.language,
                zone=self.files.zone,
            )
        mistakes += self._unknown_audiences(content.blocks, path)
        if isinstance(text, LinkItem):
            mistakes += comment_mistakes(content, path, first_line)
        content = replace(content, thumbnail=thumbnail)
        pages = {address(self.files.publication, article_path(slug)) for slug in resolver.linked}
        links = tuple(link for link in links_of(content) if "#" in link[0] or link[0] in pages)
        return ParsedText(compress(content), resolver.linked, links, tuple(mistakes))

    def _source(self, text: Text) -> str:
        if isinstance(text, Article):
            return self.files.body_of(text)
        return text.letter if isinstance(text, Issue) else text.comment

    def _unknown_audiences(self, blocks: Iterable[Block], path: str) -> Iterator[PressroomError]:
        """Yield an error for each `::: only` whose audience the publication does not have."""
        known = self.files.publication.audience_names
        for block in blocks:
            if block.kind is BlockKind.ONLY and block.title not in known:
                hint = suggest(block.title, known) or "Declare it in newsletter.toml under [[audiences]]."
                message = f'the audience "{block.title}" is not known.'
                yield PressroomError(message, path, block.line, hint)
            yield from self._unknown_audiences(block.blocks, path)


def _first_line(text: Text) -> int:
    if isinstance(text, Article):
        return text.body_line
    return text.letter_line if isinstance(text, Issue) else text.comment_line


def _name(text: Text) -> str:
    """What tells a text from all others: several link items may be on one line."""
    return text.place.path if isinstance(text, Issue) else f"{text.place.path} {text.key}"
