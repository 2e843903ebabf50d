"""Finds the images that sources refer to, checks them, and names them by their content.

An image is measured at its first use, and read again when it is written. Pillow is imported when one is
measured or resized.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, raise_all
from pipeline.model import Author, Image, ImageUse
from pipeline.support.limits import SETTINGS_FILE
from pipeline.support.urls import address, image_path, published_name

_MAX_FILE_BYTES = 50_000_000
_CACHE_BYTES = 32_000_000
"""Size of the cache of resized pictures, which the editions of an issue share."""


class ImageLibrary:
    """The images of one run. Each file is measured once for each use."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self.files = files
        self._images: dict[tuple[Path, ImageUse], Image] = {}
        self._resized: dict[tuple[str, str], bytes] = {}

    def get(self, target: str, alt: str, beside: str, use: ImageUse = ImageUse.FULL) -> Image:
        """The image at `target`, as written in the source at path `beside`, resized for its use.

        Raises `PressroomError` without a place if the file is missing, not an image, broken, or in a
        format that mail clients do not show.
        """
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            raise PressroomError(
                f'the image "{target}" is not in the workspace.',
                hint="Save it beside the article: a foreign server may change or lose it.",
            )
        file = self.files.locate(target, beside)
        if (file, use) not in self._images:
            self._images[file, use] = self._measure(file, target, use)
        return replace(self._images[file, use], alt=alt)

    def portraits(self, authors: Iterable[Author]) -> dict[str, Image]:
        """The pictures of authors, by name. Raises `Mistakes` for all that are missing or broken."""
        errors: list[PressroomError] = []
        portraits: dict[str, Image] = {}
        for author in authors:
            try:
                if author.picture:
                    portraits[author.name] = self.get(author.picture, "", SETTINGS_FILE, ImageUse.PORTRAIT)
            except PressroomError as error:
                place = SETTINGS_FILE, author.picture_line
                errors.append(PressroomError(error.message, *place, error.hint))
        raise_all(errors)
        return portraits

    def data(self, image: Image) -> bytes:
        """The bytes to publish under the image's name.

        Raises `PressroomError` if the file has changed since it was measured.
        """
        try:
            data = (self.files.root / image.source).read_bytes()
        except OSError as error:
            raise PressroomError(f"cannot be read: {error.strerror or error}.", image.source) from error
        if hashlib.sha256(data).hexdigest() != image.sha256:
            raise PressroomError("changed while it was being read.", image.source, hint="Run it again.")
        if not image.recipe:
            return data
        key = image.sha256, image.recipe
        if key not in self._resized:
            from pipeline.images.resize import make_image

            try:
                self._resized[key] = make_image(data, image.recipe)
            except PressroomError as error:
                raise PressroomError(error.message, image.source, hint=error.hint) from error
        resized = self._resized[key]
        while len(self._resized) > 1 and sum(map(len, self._resized.values())) > _CACHE_BYTES:
            del self._resized[next(iter(self._resized))]  # the oldest
        return resized

    def _measure(self, file: Path, target: str, use: ImageUse) -> Image:
        from pipeline.images.resize import plan_for

        if not file.is_file():
            raise self.files.missing("image", target, file)
        try:
            if file.stat().st_size > _MAX_FILE_BYTES:
                raise PressroomError(
                    f"is larger than {_MAX_FILE_BYTES // 1_000_000} MB.", hint="Make it smaller."
                )
            data = file.read_bytes()
            plan = plan_for(data, use)
        except OSError as error:
            raise PressroomError(
                f'the image "{target}" cannot be read: {error.strerror or error}.'
            ) from error
        except PressroomError as error:
            hint = error.hint
            if file.suffix.lower() == ".svg":
                hint = "Save it as PNG; most mail clients do not show SVG."
            raise PressroomError(f'the image "{target}" {error.message}', hint=hint) from error
        digest = hashlib.sha256(data).hexdigest()
        # Not from the resized bytes: another release of an encoder would change the address of each image.
        key = hashlib.sha256(f"{digest} {plan.recipe}".encode()).hexdigest() if plan.recipe else digest
        name = published_name(PurePosixPath(file.name).stem, "image", key, plan.ending)
        return Image(
            name=name,
            source=self.files.path_of(file),
            url=address(self.files.publication, image_path(name)),
            alt="",
            width=plan.width,
            height=plan.height,
            media_type=plan.media_type,
            sha256=digest,
            recipe=plan.recipe,
            edge=plan.edge,
            size=None if plan.recipe else len(data),
        )
