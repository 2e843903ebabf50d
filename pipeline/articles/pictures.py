"""Pictures fit for an inbox: proved to be pictures, made no larger than shown, without what cameras add.

The only module that imports Pillow. What is done to a picture is a recipe, a short text that the
published name depends on: the same picture has the same address whatever encoder made its bytes.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from pipeline.articles import metadata
from pipeline.errors import PressroomError

SHOWN = ("PNG", "JPEG", "GIF")
"""What every client shows; Outlook on Windows has neither WebP nor AVIF nor SVG (caniemail.com)."""

_READ = ("WEBP", "AVIF", "BMP", "TIFF")
_TYPES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "GIF": ("image/gif", "gif")}
_MAX_PIXELS = 50_000_000
_QUALITY = 85
"""JPEG: below it gradients show bands, above it bytes are spent on what nobody sees."""

_DRAWN = 4096
"""A picture of fewer colours than this is a drawing, which JPEG would smear."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is published of a picture file.

    `recipe` is empty where the file is published as it is, `strip` where only metadata leaves it, and
    else `FORMAT WIDTHxHEIGHT`. `width` and `height` are the published ones, in pixels.
    """

    recipe: str
    width: int
    height: int
    media_type: str
    ending: str


def plan(data: bytes, box: tuple[int, int]) -> Picture:
    """What to publish of these bytes so that they fit into a box of width and height in pixels.

    Raises `PressroomError` without place or name for what is no picture, is broken, too large, or of a
    kind that cannot be shown in mail.
    """
    with _opened(data) as picture:
        kind = picture.format or ""
        if kind not in SHOWN and kind not in _READ:
            raise PressroomError(
                f"is {kind}, which many mail clients do not show.", hint="Save it as PNG, JPEG or GIF."
            )
        width, height = picture.size
        if width * height > _MAX_PIXELS:
            raise PressroomError("has too many pixels.", hint="Make it smaller.")
        turned = picture.getexif().get(_ORIENTATION, 1)
        if turned in _SIDEWAYS:
            width, height = height, width
        scale = min(1.0, box[0] / width, box[1] / height)
        moves = getattr(picture, "is_animated", False)
        if kind == "GIF" and moves:
            # Scaled, an animation loses its palette and grows: it stays as its author made it.
            scale = 1.0
        made = kind not in SHOWN or scale < 1 or turned not in (0, 1) or picture.mode == "CMYK"
        _prove(picture, data, decode=kind not in SHOWN)
        if not made:
            return Picture("strip" if metadata.has(data) else "", width, height, *_TYPES[kind])
        target = _target(picture, kind, moves)
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    return Picture(f"{target} {width}x{height}", width, height, *_TYPES[target])


def make(data: bytes, recipe: str) -> bytes:
    """The bytes to publish: the same for the same bytes, recipe and release of Pillow."""
    if not recipe:
        return data
    if recipe == "strip":
        return metadata.without(data)
    target, _, size = recipe.partition(" ")
    width, height = (int(each) for each in size.split("x"))
    out = io.BytesIO()
    with _opened(data) as picture:
        if target == "GIF":
            picture.save(out, "GIF", save_all=True)
            return out.getvalue()
        # A JPEG is decoded at a fraction of its size where that is enough, which saves most of the work.
        picture.draft("RGB", (width * 2, height * 2))
        fitted = _upright(picture, target).resize((width, height), Pillow.Resampling.LANCZOS)
        if target == "JPEG":
            fitted.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        else:
            fitted.save(out, "PNG", optimize=True)
    return out.getvalue()


_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
"""The EXIF orientations that swap width and height (Exif 2.32, tag 274)."""


class _opened:  # noqa: N801 (used as a context, like the function it wraps)
    """Pillow's picture, with all that it raises on a file that is none said in one way."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __enter__(self) -> Pillow.Image:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.picture: Pillow.Image = Pillow.open(io.BytesIO(self.data))
        except Exception as error:
            raise _unreadable(error) from error
        return self.picture

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.picture.close()
        if isinstance(error, Exception) and not isinstance(error, PressroomError):
            raise _unreadable(error) from error


def _unreadable(error: Exception) -> PressroomError:
    if isinstance(error, Pillow.DecompressionBombError):
        return PressroomError("has too many pixels.", hint="Make it smaller.")
    if not isinstance(error, (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError)):
        raise error
    return PressroomError(
        "is no image that can be read.", hint="Open it in an image program and save it as PNG or JPEG."
    )


def _prove(picture: Pillow.Image, data: bytes, decode: bool) -> None:
    """Find a file that is cut short, without decoding it where its format lets us."""
    if decode:
        picture.load()
    elif picture.format == "JPEG":
        # The end of image stands after the last scan; thumbnails in metadata stand before it.
        if data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
            raise OSError("truncated")
    elif picture.format == "GIF":
        if not metadata.gif_ends(data):
            raise OSError("truncated")
    else:
        # Pillow checks the sums of PNG's chunks; it closes what it verified, so it gets one of its own.
        with Pillow.open(io.BytesIO(data)) as other:
            other.verify()
        if b"IEND" not in data[-64:]:
            raise OSError("truncated")


def _target(picture: Pillow.Image, kind: str, moves: bool) -> str:
    if kind == "JPEG":
        return "JPEG"
    if moves:
        return "GIF"
    if kind in SHOWN or _see_through(picture) or picture.getcolors(_DRAWN) is not None:
        return "PNG"
    return "JPEG"


def _see_through(picture: Pillow.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _upright(picture: Pillow.Image, target: str) -> Pillow.Image:
    """The picture turned as its camera meant it, in sRGB, without a profile.

    Half the clients do not read profiles, so colours are converted to what they all take them for.
    """
    turned = ImageOps.exif_transpose(picture)
    mode = "RGBA" if target == "PNG" and _see_through(turned) else "RGB"
    profile = turned.info.get("icc_profile")
    if profile and turned.mode in {"RGB", "CMYK", "L"}:
        try:
            converted = ImageCms.profileToProfile(
                turned,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except ImageCms.PyCMSError:
            converted = None  # a broken profile: its colours are taken as they stand
        turned = converted or turned
    turned.info.pop("icc_profile", None)
    turned = turned.convert(mode)
    turned.info.clear()
    return turned
