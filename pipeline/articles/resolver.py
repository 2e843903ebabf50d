"""Resolves the addresses in a text: links to other articles and to the web, images of the workspace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from pipeline.articles.audio_files import find_audio
from pipeline.articles.pool import Pool
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, suggest
from pipeline.images.library import ImageLibrary
from pipeline.model import Audio, Image, ImageUse
from pipeline.support.limits import ISSUE_FILE
from pipeline.support.urls import (
    PHONE_SCHEMES,
    SCHEMES,
    address,
    article_path,
    encoded_address,
    phone_address,
    scheme_of,
)


@dataclass(frozen=True, slots=True)
class SourceResolver:
    """Resolves the addresses in the source at `path`; `linked` maps slugs of linked articles to files."""

    path: str
    files: WorkspaceFiles
    pool: Pool
    images: ImageLibrary
    linked: dict[str, str] = field(default_factory=dict)

    def image(self, target: str, alt: str, use: ImageUse = ImageUse.FULL) -> Image:
        """The image at this path, resized for its use. Raises `PressroomError` if it does not exist."""
        return self.images.get(unquote(target), alt, self.path, use)

    def audio(self, target: str) -> Audio:
        """The audio at this path or address. Raises `PressroomError` as `find_audio` does."""
        return find_audio(target, self.path, self.files)

    def link(self, target: str) -> str:
        """The absolute address of a link as written.

        A path to an article's file (`other.md`, `../other/index.md`), whether it has a folder by now or not,
        becomes that article's address; web, mail and telephone addresses stay. Raises `PressroomError` for
        anything else.
        """
        scheme = scheme_of(target)
        if scheme in PHONE_SCHEMES:
            return phone_address(target)
        if scheme in SCHEMES:
            return encoded_address(target)
        if scheme or target.startswith("//"):
            raise PressroomError(
                f'the link "{target}" is not a web, mail or telephone address.',
                hint="Write it as https://…, mailto:…, tel:… or the path of an article's file.",
            )
        path, mark, fragment = target.partition("#")
        slug = self._slug(unquote(path), target)
        self.linked[slug] = self.pool[slug].place.path
        return address(self.files.publication, article_path(slug)) + mark + fragment

    def snippet(self, name: str) -> tuple[str, str, SourceResolver]:
        """The text of a snippet, its path and its resolver. Raises `PressroomError` if it does not exist."""
        source = self.files.snippet(name)
        return source.text(), source.path, replace(self, path=source.path)

    def _slug(self, path: str, target: str) -> str:
        file = self.files.path_of(self.files.locate(path, self.path))
        name = file.removesuffix("/index.md").removesuffix(".md")
        # An article moves from a.md to a/index.md with its first picture, and links to it stay as they are.
        for each in (file, f"{name}/index.md", f"{name}.md"):
            if slug := self.pool.slug_of(each):
                return slug
        hint = suggest(name.rpartition("/")[2], self.pool)
        folder = file.removesuffix(f"/{ISSUE_FILE}")
        if (self.files.root / folder / ISSUE_FILE).is_file():  # its page has the same path on the site
            hint = f"It is an issue: write {address(self.files.publication, folder)}/"
        raise PressroomError(
            f'the link "{unquote(target)}" leads to no article.',
            hint=hint or "Write it as https://… or the path of an article's file, or \\[…] if it is no link.",
        )
