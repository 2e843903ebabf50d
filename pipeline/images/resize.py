"""Pictures fit for an inbox: proved to be pictures, made no larger than shown, without what cameras add.

And pictures drawn of rectangles and lines of type, for pages that have none of their own. The only
module that imports Pillow. What is done to a picture is a recipe, a short text that the published name
depends on: the same picture has the same address whatever encoder made its bytes.
"""

from __future__ import annotations

import io
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageCms, ImageDraw, ImageFont, ImageSequence, UnidentifiedImageError

from pipeline.errors import PressroomError
from pipeline.images import strip_metadata

SHOWN = ("PNG", "JPEG", "GIF")
"""What every client shows; Outlook on Windows has neither WebP nor AVIF nor SVG (caniemail.com)."""

_READ = ("WEBP", "AVIF", "BMP", "TIFF")
_MOVING = ("GIF", "PNG", "WEBP", "AVIF")
"""Whose further frames are a motion; those of a TIFF are pages, of which the first is shown."""

_TYPES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "GIF": ("image/gif", "gif")}
_MAX_PIXELS = 50_000_000
_QUALITY = 85
"""JPEG: below it gradients show bands, above it bytes are spent on what nobody sees."""

_DRAWN = 4096
"""A picture of fewer colours than this is a drawing, which JPEG would smear."""


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """What is published of a picture file.

    `recipe` is empty where the file is published as it is, `strip` where only metadata leaves it, and
    else `FORMAT WIDTHxHEIGHT`. `width` and `height` are the published ones, in pixels.
    """

    recipe: str
    width: int
    height: int
    media_type: str
    ending: str


def plan_image(data: bytes, box: tuple[int, int]) -> PublishedForm:
    """What to publish of these bytes so that they fit into a box of width and height in pixels.

    Raises `PressroomError` without place or name for what is no picture, is broken, too large, or of a
    kind that cannot be shown in mail.
    """
    with _open_image(data) as picture:
        # Phones append further pictures to a JPEG, a depth map for one (CIPA DC-007): the first is meant.
        kind = "JPEG" if picture.format == "MPO" else picture.format or ""
        if kind not in SHOWN and kind not in _READ:
            raise PressroomError(
                f"is {kind}, which many mail clients do not show.", hint="Save it as PNG, JPEG or GIF."
            )
        width, height = picture.size
        if width * height > _MAX_PIXELS:
            raise PressroomError("has too many pixels.", hint="Make it smaller.")
        moves = kind in _MOVING and getattr(picture, "is_animated", False)
        # Scaled, an animation loses its palette and grows: it stays as its author made it.
        kept = moves and kind in SHOWN
        turn = None if kept else _turn(picture, data)
        if turn in _SIDEWAYS:
            width, height = height, width
        scale = 1.0 if kept else min(1.0, box[0] / width, box[1] / height)
        made = kind not in SHOWN or scale < 1 or turn is not None or picture.mode == "CMYK"
        _prove(picture, data, kind)
        if not made:
            return PublishedForm(
                "strip" if strip_metadata.has_metadata(data) else "", width, height, *_TYPES[kind]
            )
        target = _target(picture, kind, moves)
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    return PublishedForm(f"{target} {width}x{height}", width, height, *_TYPES[target])


def make_image(data: bytes, recipe: str) -> bytes:
    """The bytes to publish: the same for the same bytes, recipe and release of Pillow."""
    if not recipe:
        return data
    if recipe == "strip":
        return strip_metadata.strip(data)
    target, _, measure = recipe.partition(" ")
    width, height = (int(each) for each in measure.split("x"))
    out = io.BytesIO()
    with _open_image(data) as picture:
        turn = _turn(picture, data)
        size = (height, width) if turn in _SIDEWAYS else (width, height)
        if target == "GIF":
            _save_moving(picture, size, turn, out)
            return out.getvalue()
        # A JPEG is decoded at a fraction of its size where that is enough, which saves most of the work.
        picture.draft("RGB", (size[0] * 2, size[1] * 2))
        fitted = _fitted(picture, size, target)
        fitted = fitted if turn is None else fitted.transpose(turn)
        if target == "JPEG":
            fitted.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        else:
            fitted.save(out, "PNG", optimize=True)
    return out.getvalue()


_ORIENTATION = 0x0112
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation but 1, which is upright (Exif 2.32, tag 274)."""

_SIDEWAYS = tuple(_TURNS[number] for number in (5, 6, 7, 8))
"""Those that swap width and height."""


class _open_image:  # noqa: N801 (used as a context, like the function it wraps)
    """Pillow's picture, with all that it raises on a file that is none said in one way."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __enter__(self) -> Pillow.Image:
        # Broken metadata makes Pillow warn at every step; a picture that is sound is not the user's concern.
        self.silence = warnings.catch_warnings()
        self.silence.__enter__()
        warnings.simplefilter("ignore")
        try:
            self.picture: Pillow.Image = Pillow.open(io.BytesIO(self.data))
        except BaseException as error:
            self.silence.__exit__(None, None, None)
            if not isinstance(error, Exception):
                raise
            raise _unreadable(error) from error
        return self.picture

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.picture.close()
        self.silence.__exit__(None, None, None)
        if isinstance(error, Exception) and not isinstance(error, PressroomError):
            raise _unreadable(error) from error


# What Pillow and its decoders raise on broken files, found by breaking files in every way.
_BROKEN = (
    *(UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, struct.error, zlib.error),
    *(RuntimeError, LookupError, ArithmeticError),
)


def _unreadable(error: Exception) -> PressroomError:
    if isinstance(error, Pillow.DecompressionBombError):
        return PressroomError("has too many pixels.", hint="Make it smaller.")
    if not isinstance(error, _BROKEN):
        raise error
    return PressroomError(
        "is no image that can be read.", hint="Open it in an image program and save it as PNG or JPEG."
    )


def _prove(picture: Pillow.Image, data: bytes, kind: str) -> None:
    """Find a file that is cut short, without decoding it where its format lets us."""
    if kind not in SHOWN:
        picture.load()
        return
    if kind == "PNG":
        # Pillow checks the sums of the chunks; it closes what it verified, so it gets one of its own.
        with Pillow.open(io.BytesIO(data)) as other:
            other.verify()
    if not strip_metadata.ends(data):
        raise OSError("truncated")


def _turn(picture: Pillow.Image, data: bytes) -> Pillow.Transpose | None:
    """What sets the picture upright, or None where it stands so."""
    if picture.format == "PNG" and (exif := strip_metadata.png_exif(data)):
        picture.info.setdefault("exif", exif)
    try:
        # The base class's: that of PNG decodes the whole picture, in search of what is found above.
        return _TURNS.get(Pillow.Image.getexif(picture).get(_ORIENTATION, 1))
    except Exception:
        return None  # Cameras write broken EXIF, on which Pillow raises what it will; the picture is sound.


def _target(picture: Pillow.Image, kind: str, moves: bool) -> str:
    if kind == "JPEG":
        return "JPEG"
    if moves:
        return "GIF"
    if kind in SHOWN or _shows_ground(picture) or _eight_bits(picture).getcolors(_DRAWN) is not None:
        return "PNG"
    return "JPEG"


def _see_through(picture: Pillow.Image) -> bool:
    # Not by the letter A alone, which is a colour in LAB.
    return picture.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in picture.info


def _shows_ground(picture: Pillow.Image) -> bool:
    """Whether any of it is see-through: many programs write an alpha channel that is solid all over."""
    if picture.mode in {"RGBA", "LA"}:
        return picture.getchannel("A").getextrema() != (255, 255)
    return _see_through(picture)


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """A grey picture of 16 bits with 8, which Pillow's own conversion would cut off at white."""
    if not picture.mode.startswith("I"):
        return picture
    # Pillow takes a function on these modes for its factor, and tries it with an object of its own.
    grey = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    value = picture.info.get("transparency")
    grey.info = {**picture.info, **({"transparency": value // 257} if isinstance(value, int) else {})}
    return grey


def _fitted(picture: Pillow.Image, size: tuple[int, int], target: str) -> Pillow.Image:
    """The picture in this size, before it is turned, and in sRGB, without a profile.

    Half the clients do not read profiles, so colours are converted to what they all take them for. It
    is made small first: a large photograph is then held once, and not once for each step.
    """
    profile = picture.info.get("icc_profile")
    picture = _eight_bits(picture)
    mode = "RGBA" if target == "PNG" and _see_through(picture) else "RGB"
    # A profile is for the colours that the file holds, so grey and print colours stay for it.
    held = picture.mode if profile and mode == "RGB" and picture.mode in {"L", "CMYK"} else mode
    if picture.mode != held:
        picture = picture.convert(held)
    small = picture.resize(size, Pillow.Resampling.LANCZOS)
    if profile:
        small = _in_srgb(small, profile)
    if small.mode != mode:
        small = small.convert(mode)
    small.info.clear()
    return small


def _in_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """The picture in the colours that a screen without a profile shows; a broken profile is no profile."""
    colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
    try:
        converted = ImageCms.profileToProfile(
            colours,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return picture
    if converted is None:
        return picture
    if picture.mode == "RGBA":
        converted.putalpha(picture.getchannel("A"))
    return converted


def _save_moving(
    picture: Pillow.Image, size: tuple[int, int], turn: Pillow.Transpose | None, out: io.BytesIO
) -> None:
    """A moving picture as GIF, each of its frames made to this size."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        small = frame.convert("RGBA" if _see_through(frame) else "RGB")
        small = small.resize(size, Pillow.Resampling.LANCZOS)
        frames.append(small if turn is None else small.transpose(turn))
        times.append(min(frame.info.get("duration", _FRAME), _LONGEST))
    first, *others = frames
    first.info.clear()
    first.save(
        out,
        "GIF",
        save_all=True,
        append_images=others,
        duration=times,
        loop=picture.info.get("loop", 0),
        disposal=2 if _see_through(first) else 0,
    )


_FRAME = 100
"""Milliseconds that a frame is shown which does not say for how long."""

_LONGEST = 655_350
"""Milliseconds: GIF counts hundredths of a second in 16 bits (GIF89a, 23)."""


# --- drawn pictures --------------------------------------------------------------------------

_FONTS = Path(__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A filled rectangle: left, top, width and height in pixels, and a hex colour."""

    left: int
    top: int
    width: int
    height: int
    color: str


@dataclass(frozen=True, slots=True)
class DrawnText:
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
class DrawnImage:
    """A picture's bytes at a place and size in pixels, seen through where it is transparent."""

    left: int
    top: int
    width: int
    height: int
    data: bytes


def draw(width: int, height: int, parts: Iterable[DrawnBox | DrawnText | DrawnImage]) -> bytes:
    """A PNG of these parts, each over those before it: the same for the same release of Pillow."""
    canvas = Pillow.new("RGB", (width, height))
    pen = ImageDraw.Draw(canvas)
    for part in parts:
        if isinstance(part, DrawnBox):
            edges = (part.left, part.top, part.left + part.width - 1, part.top + part.height - 1)
            pen.rectangle(edges, fill=part.color)
        elif isinstance(part, DrawnText):
            font = _font(part.font, part.size)
            pen.text((part.left, part.base), part.text, fill=part.color, font=font, anchor="ls")
        else:
            with _open_image(part.data) as picture:
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
