"""The images that sources name: found, proved, and named by their content.

A picture is measured when it is first named, and read again when it is written. Of what was made, only
the last few megabytes are held: those that the editions of an issue share.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, suggest
from pipeline.images.resize import PublishedForm, make_image, plan_image
from pipeline.model import Image
from pipeline.support.urls import address, image_path, path_part

WHOLE = (1200, 12_000)
"""The largest width and height published: twice the email's container, for dense screens."""

THUMBNAIL = (336, 3360)
"""The same beside a card's text, where an image stands 168 px wide."""

LOGO = (480, 112)
"""The same for a logo, which stands at most 240 by 56 px."""

_MAX_BYTES = 50_000_000
_HELD = 32_000_000
"""Bytes of made pictures that are held, so that an edition does not make anew what the last one showed."""


class ImageLibrary:
    """The images of one run: each file is measured once for each box."""

    def __init__(self, workspace: WorkspaceFiles) -> None:
        self.workspace = workspace
        self._known: dict[tuple[Path, tuple[int, int]], Image] = {}
        self._made: dict[tuple[str, str], bytes] = {}

    def get(self, target: str, alt: str, beside: str, box: tuple[int, int] = WHOLE) -> Image:
        """The image that a source at path `beside` names as `target`, made to fit into a box.

        Raises `PressroomError` without a place for a file that is missing, is no image, is broken, or is
        in a format that mail clients do not show.
        """
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            raise PressroomError(
                f'the image "{target}" is not in the workspace.',
                hint="Save it beside the article: a foreign server may change or lose it.",
            )
        file = self.workspace.locate(target, beside)
        if (file, box) not in self._known:
            self._known[file, box] = self._measured(file, target, box)
        return replace(self._known[file, box], alt=alt)

    def data(self, image: Image) -> bytes:
        """The bytes to publish under the image's name.

        Raises `PressroomError` where the file is no longer the one that was measured.
        """
        try:
            data = (self.workspace.root / image.source).read_bytes()
        except OSError as error:
            raise PressroomError(f"cannot be read: {error.strerror or error}.", image.source) from error
        if hashlib.sha256(data).hexdigest() != image.sha256:
            raise PressroomError("changed while it was being read.", image.source, hint="Run it again.")
        if not image.recipe:
            return data
        key = image.sha256, image.recipe
        if key not in self._made:
            try:
                self._made[key] = make_image(data, image.recipe)
            except PressroomError as error:
                raise PressroomError(error.message, image.source, hint=error.hint) from error
        made = self._made[key]
        while len(self._made) > 1 and sum(map(len, self._made.values())) > _HELD:
            del self._made[next(iter(self._made))]  # the oldest
        return made

    def _measured(self, file: Path, target: str, box: tuple[int, int]) -> Image:
        if not file.is_file():
            near = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
            raise PressroomError(f'the image "{target}" does not exist.', hint=suggest(file.name, near))
        try:
            if file.stat().st_size > _MAX_BYTES:
                raise PressroomError(f"is larger than {_MAX_BYTES // 1_000_000} MB.", hint="Make it smaller.")
            data = file.read_bytes()
            picture = plan_image(data, box)
        except OSError as error:
            raise PressroomError(
                f'the image "{target}" cannot be read: {error.strerror or error}.'
            ) from error
        except PressroomError as error:
            hint = error.hint
            if file.suffix.lower() == ".svg":
                hint = "Save it as PNG; most mail clients do not show SVG."
            raise PressroomError(f'the image "{target}" {error.message}', hint=hint) from error
        return self._named(file, data, picture)

    def _named(self, file: Path, data: bytes, picture: PublishedForm) -> Image:
        digest = hashlib.sha256(data).hexdigest()
        # Not from the bytes made: another release of an encoder would change the address of each image.
        key = hashlib.sha256(f"{digest} {picture.recipe}".encode()).hexdigest() if picture.recipe else digest
        readable = re.sub(r"[^a-z0-9-]", "", path_part(PurePosixPath(file.name).stem))[:40].strip("-")
        name = f"{readable or 'image'}-{key[:12]}.{picture.ending}"
        return Image(
            name=name,
            source=self.workspace.path_of(file),
            url=address(self.workspace.publication, image_path(name)),
            alt="",
            width=picture.width,
            height=picture.height,
            media_type=picture.media_type,
            sha256=digest,
            recipe=picture.recipe,
            size=None if picture.recipe else len(data),
        )
