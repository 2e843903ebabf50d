"""Pictures fit for an inbox: proved to be pictures, made no larger than shown, without what cameras add.

And pictures drawn of rectangles and lines of type, for pages that have none of their own. The only
module that imports Pillow. What is done to a picture is a recipe, a short text that the published name
depends on: the same picture has the same address whatever encoder made its bytes.
"""

from __future__ import annotations

import io
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageCms, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

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


# --- drawn pictures --------------------------------------------------------------------------

_FONTS = Path(__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: left, top, width and height in pixels, and a hex colour."""

    left: int
    top: int
    width: int
    height: int
    color: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of type: where it begins, its base line, the size in pixels, a hex colour, the font.

    `font` is `serif` or `sans`, both bold.
    """

    left: int
    base: int
    text: str
    size: int
    color: str
    font: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """A picture's bytes at a place and size in pixels, seen through where it is transparent."""

    left: int
    top: int
    width: int
    height: int
    data: bytes


def draw(width: int, height: int, parts: Iterable[Box | Line | Pasted]) -> bytes:
    """A PNG of these parts, each over those before it: the same for the same release of Pillow."""
    canvas = Pillow.new("RGB", (width, height))
    pen = ImageDraw.Draw(canvas)
    for part in parts:
        if isinstance(part, Box):
            edges = (part.left, part.top, part.left + part.width - 1, part.top + part.height - 1)
            pen.rectangle(edges, fill=part.color)
        elif isinstance(part, Line):
            font = _font(part.font, part.size)
            pen.text((part.left, part.base), part.text, fill=part.color, font=font, anchor="ls")
        else:
            with _opened(part.data) as picture:
                fitted = picture.convert("RGBA").resize((part.width, part.height), Pillow.Resampling.LANCZOS)
            canvas.paste(fitted, (part.left, part.top), fitted)
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()


def text_width(text: str, font: str, size: int) -> int:
    """The width in pixels of a line of type."""
    return round(_font(font, size).getlength(text))


def writable(text: str, font: str) -> str:
    """The text as the font can set it, or nothing where it lacks what the text needs.

    Emoji are left out. Scripts whose letters join or run to the left are among what it lacks.
    """
    known = _letters(font)
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = [each for each in spaced if each in known or not _is_emoji(each)]
    return " ".join("".join(kept).split()) if all(each in known for each in kept) else ""


def _is_emoji(letter: str) -> bool:
    """Whether it is a picture, or says how one is to look (Unicode's Emoji, UTS 51)."""
    return unicodedata.category(letter) in {"So", "Sk", "Cf"} or "\ufe00" <= letter <= "\ufe0f"


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    # Without the shaping library, which is not on every machine, letters stand the same everywhere.
    return ImageFont.truetype(_FONTS / f"{name}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _letters(name: str) -> frozenset[str]:
    """What the font can set, written down as runs of code points when it was made."""
    runs = (_FONTS / f"{name}.txt").read_text(encoding="ascii").split()
    ends = [[int(end, 16) for end in run.split("-")] for run in runs]
    return frozenset(chr(code) for run in ends for code in range(run[0], run[-1] + 1))
