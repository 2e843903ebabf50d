"""Proves that an article which is to be written can be read: by the parser that the pool has."""

from __future__ import annotations

from pipeline.articles.pool import parse_article
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.content.html import heading_ids
from pipeline.content.parse import parse_content
from pipeline.errors import PressroomError, raise_all
from pipeline.importers.article_file import article_text
from pipeline.importers.cleanup.markup import with_text_at
from pipeline.importers.draft import Draft
from pipeline.importers.inline import references
from pipeline.importers.item import Item
from pipeline.model import Audio, Content, Image, ImageUse
from pipeline.support.files import text_from_line

_MOST_REPAIRS = 12


def prove(files: WorkspaceFiles, item: Item, draft: Draft, related: list[str]) -> tuple[Draft, str]:
    """Read the article as the pool will; a block that no article can hold becomes plain text.

    Raises the mistakes that remain.
    """
    for _ in range(_MOST_REPAIRS):
        text = article_text(draft, related)
        try:
            _parse(files, item, text)
            return draft, text
        except PressroomError as error:
            above = text.count("\n", 0, len(text) - len(draft.body))
            line = next((each.line - above for each in error.errors if each.line), 0)
            better = with_text_at(draft, line)
            if better is None:
                raise
            draft = better
    text = article_text(draft, related)
    _parse(files, item, text)
    return draft, text


def own_headings(files: WorkspaceFiles, item: Item) -> tuple[str, ...]:
    """The ids of the headings that links of the item's text may lead to.

    Empty for a text without such links, or with mistakes that `prove` is to mend.
    """
    if not any("#" in each.address for block in item.draft.blocks for each in references(block.text)):
        return ()
    try:
        return heading_ids(_content(files, item, item.draft.body, 1).blocks)
    except PressroomError:
        return ()


def _parse(files: WorkspaceFiles, item: Item, text: str) -> None:
    mistakes: list[PressroomError] = []
    article = parse_article(text, item.slug, item.path, files.publication, files.zone, mistakes)
    raise_all(mistakes)
    _content(files, item, text_from_line(text, article.body_line), article.body_line)


def _content(files: WorkspaceFiles, item: Item, body: str, first_line: int) -> Content:
    publication = files.publication
    return parse_content(
        body,
        path=item.path,
        first_line=first_line,
        resolver=_Anything(),
        merge_fields=publication.merge_fields,
        language=publication.language,
    )


class _Anything:
    """Takes every address: those of an import are settled already, and its pictures are not written yet."""

    def link(self, target: str) -> str:
        return f"https://example.org/{target.rpartition(':')[2]}"

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        return Image(target, target, f"https://example.org/{target}", alt, 1, 1, "image/png", 1, "")

    def audio(self, target: str) -> Audio:
        return Audio(f"https://example.org/{target}", "audio/mpeg", 1)

    def snippet(self, name: str) -> tuple[str, str, _Anything]:
        return "", name, self
