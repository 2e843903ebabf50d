"""Image files: proved to be images, measured, and named by their content.

Pillow is wrapped here and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import replace
from pathlib import Path, PurePosixPath

from PIL import Image as Picture
from PIL import UnidentifiedImageError

from pipeline.addresses import address, image_path, path_part
from pipeline.errors import PressroomError, suggest
from pipeline.model import Image, Publication
from pipeline.workspace import Workspace

# What every client shows; Outlook on Windows has neither WebP nor AVIF nor SVG (caniemail.com).
_TYPES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "GIF": ("image/gif", "gif")}
_MAX_BYTES = 20_000_000
_MAX_PIXELS = 50_000_000


class Images:
    """The images of one run: each file is measured once; its bytes are not held."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._known: dict[Path, Image] = {}

    def get(self, target: str, alt: str, beside: str) -> Image:
        """The image that a source at path `beside` names as `target`.

        Raises `PressroomError` without a place for a file that is missing, is no image, or is in
        a format that mail clients do not show.
        """
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            raise PressroomError(
                f'the image "{target}" is not in the workspace.',
                hint="Save it beside the article: a foreign server may change or lose it.",
            )
        file = self.workspace.locate(target, beside)
        if file not in self._known:
            self._known[file] = _measure(file, target, self.workspace)
        return replace(self._known[file], alt=alt)

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
        return data


def _measure(file: Path, target: str, workspace: Workspace) -> Image:
    if not file.is_file():
        near = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else []
        raise PressroomError(f'the image "{target}" does not exist.', hint=suggest(file.name, near))
    if file.stat().st_size > _MAX_BYTES:
        raise PressroomError(f'the image "{target}" is larger than {_MAX_BYTES // 1_000_000} MB.')
    try:
        data = file.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            with Picture.open(file) as picture:
                kind, (width, height) = picture.format or "", picture.size
                if kind in _TYPES:
                    picture.verify()  # finds a PNG that is cut short, without decoding it
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        hint = (
            "Save it as PNG; most mail clients do not show SVG."
            if file.suffix.lower() == ".svg"
            else "Open it in an image program and save it as PNG or JPEG."
        )
        raise PressroomError(f'"{target}" is no image that can be read.', hint=hint) from error
    except (Picture.DecompressionBombError, Picture.DecompressionBombWarning) as error:
        raise PressroomError(f'the image "{target}" has too many pixels.', hint="Make it smaller.") from error
    if kind not in _TYPES:
        raise PressroomError(
            f'the image "{target}" is {kind}, which many mail clients do not show.',
            hint="Save it as PNG, JPEG or GIF.",
        )
    if width * height > _MAX_PIXELS:
        raise PressroomError(f'the image "{target}" has too many pixels.', hint="Make it smaller.")
    return _named(workspace.publication, data, file, workspace.path_of(file), kind, (width, height))


def _named(
    publication: Publication, data: bytes, file: Path, source: str, kind: str, size: tuple[int, int]
) -> Image:
    media_type, ending = _TYPES[kind]
    digest = hashlib.sha256(data).hexdigest()
    readable = re.sub(r"[^a-z0-9-]", "", path_part(PurePosixPath(file.name).stem))[:40].strip("-") or "image"
    name = f"{readable}-{digest[:12]}.{ending}"
    return Image(
        name=name,
        source=source,
        url=address(publication, image_path(name)),
        alt="",
        width=size[0],
        height=size[1],
        media_type=media_type,
        size=len(data),
        sha256=digest,
    )
