"""Resizes pictures for the inbox and converts them to PNG, JPEG or GIF in sRGB, without metadata.

What is done to a picture is its recipe, a short text. The published name comes from the file's
bytes and the recipe, so that a picture keeps its address whatever encoder made the published bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from pipeline.errors import PressroomError
from pipeline.images import strip_metadata
from pipeline.images.draw import play_mark
from pipeline.images.pillow import (
    ImageChops,
    ImageCms,
    ImageFilter,
    ImageSequence,
    ImageStat,
    Pillow,
    open_image,
)
from pipeline.model import ImageUse
from pipeline.support.limits import EMAIL_WIDTH, PORTRAIT_WIDTH, THUMBNAIL_WIDTH

_FULL_BOX = (2 * EMAIL_WIDTH, 12_000)

_BOXES = {
    ImageUse.FULL: _FULL_BOX,
    ImageUse.THUMBNAIL: (2 * THUMBNAIL_WIDTH, 3360),
    ImageUse.LOGO: (480, 112),  # shown at most 240 by 56 px
    ImageUse.PORTRAIT: (2 * PORTRAIT_WIDTH, 2 * PORTRAIT_WIDTH),
    ImageUse.POSTER: _FULL_BOX,
}
"""The width that images are resized to, and the greatest height: twice what is shown, for dense screens."""

_FINISHES = {ImageUse.PORTRAIT: "square", ImageUse.POSTER: "play"}
"""What is done beside: the middle is cut out as a square, or a play mark is drawn into the picture."""

SHOWN_FORMATS = ("PNG", "JPEG", "GIF")
"""What every client shows; Outlook on Windows has neither WebP nor AVIF nor SVG (caniemail.com)."""

_CONVERTED_FORMATS = ("WEBP", "AVIF", "BMP", "TIFF")
_ANIMATED_FORMATS = ("GIF", "PNG", "WEBP", "AVIF")
"""Formats whose frames are an animation; those of a TIFF are pages, of which the first is shown."""

_MEDIA_TYPES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "GIF": ("image/gif", "gif")}
_MAX_PIXELS = 50_000_000
_JPEG_QUALITY = 85
"""Below it gradients show bands, above it bytes are spent on what nobody sees."""

_DRAWING_COLORS = 4096
"""A picture of at most so many colours is a drawing, which JPEG would smear."""


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """How a picture file is published.

    `recipe` is empty if the file is published unchanged, `strip` if only its metadata is removed, and
    `FORMAT WIDTHxHEIGHT` otherwise, with `square` or `play` after it. `width` and `height` are
    the published ones, in pixels. `edge` is the colour at the edges of what is drawn on a transparent
    ground, of six digits, or empty.
    """

    recipe: str
    width: int
    height: int
    media_type: str
    ending: str
    edge: str = ""


def plan_for(data: bytes, use: ImageUse) -> ImagePlan:
    """Plan how to publish a picture for this use; see `plan_image`."""
    return plan_image(data, _BOXES[use], _FINISHES.get(use, ""))


def plan_image(data: bytes, box: tuple[int, int], finish: str = "") -> ImagePlan:
    """Plan how to publish a picture so that it fits into a box of width and height in pixels.

    `finish` is `square` or `play`; then an animation stays at its first frame.

    Raises `PressroomError` without place or name if the bytes are not a picture, or the picture is
    broken, too large, or of a format that cannot be shown in mail.
    """
    with open_image(data) as picture:
        # Phones append further pictures to a JPEG, such as a depth map (CIPA DC-007): the first is shown.
        kind = "JPEG" if picture.format == "MPO" else picture.format or ""
        if kind not in SHOWN_FORMATS and kind not in _CONVERTED_FORMATS:
            raise PressroomError(
                f"is {kind}, which many mail clients do not show.", hint="Save it as PNG, JPEG or GIF."
            )
        width, height = picture.size
        if width * height > _MAX_PIXELS:
            raise PressroomError("has too many pixels.", hint="Make it smaller.")
        animated = kind in _ANIMATED_FORMATS and getattr(picture, "is_animated", False)
        # Resized, an animation loses its palette and grows in bytes: it stays as its author made it.
        animated = animated and not finish
        unchanged = animated and kind in SHOWN_FORMATS
        turn = None if unchanged else _turn(picture, data)
        if turn in _SIDEWAYS:
            width, height = height, width
        if finish == "square":
            width = height = min(width, height)
        scale = 1.0 if unchanged else min(1.0, box[0] / width, box[1] / height)
        converted = kind not in SHOWN_FORMATS or scale < 1 or turn is not None or picture.mode == "CMYK"
        _check_complete(picture, data, kind)
        edge = _edge_color(picture)
        if not converted and not finish:
            recipe = "strip" if strip_metadata.strip(data) != data else ""
            return ImagePlan(recipe, width, height, *_MEDIA_TYPES[kind], edge)
        target = _target_format(picture, kind, animated)
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    recipe = f"{target} {width}x{height} {finish}".rstrip()
    return ImagePlan(recipe, width, height, *_MEDIA_TYPES[target], edge)


def make_image(data: bytes, recipe: str) -> bytes:
    """The bytes to publish, which depend on the bytes, the recipe and the release of Pillow only."""
    if not recipe:
        return data
    if recipe == "strip":
        return strip_metadata.strip(data)
    target, measure, finish = f"{recipe} ".split(" ")[:3]
    width, height = (int(each) for each in measure.split("x"))
    out = io.BytesIO()
    with open_image(data) as picture:
        turn = _turn(picture, data)
        size = (height, width) if turn in _SIDEWAYS else (width, height)
        if target == "GIF":
            _save_animation(picture, size, turn, out)
            return out.getvalue()
        # A JPEG is decoded at a fraction of its size if that is enough, which saves most of the work.
        picture.draft("RGB", (size[0] * 2, size[1] * 2))
        resized = _resized(_middle(picture) if finish == "square" else picture, size, target)
        resized = resized if turn is None else resized.transpose(turn)
        if finish == "play":
            mark = play_mark(min(width, height) // 3)
            resized.paste(mark, ((width - mark.width) // 2, (height - mark.height) // 2), mark)
        if target == "JPEG":
            resized.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True)
        else:
            resized.save(out, "PNG", optimize=True)
    return out.getvalue()


def _middle(picture: Pillow.Image) -> Pillow.Image:
    """The largest square in the middle of a picture."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


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
"""The turn that undoes each EXIF orientation but 1, which is upright (Exif 2.32, tag 274)."""

_SIDEWAYS = tuple(_TURNS[number] for number in (5, 6, 7, 8))
"""The turns that swap width and height."""


def _check_complete(picture: Pillow.Image, data: bytes, kind: str) -> None:
    """Raise `OSError` for a file that is cut short, without decoding it if its format allows that."""
    if kind not in SHOWN_FORMATS:
        picture.load()
        return
    if kind == "PNG":
        # Pillow checks the checksums of the chunks, then closes the picture: so it gets a second one.
        with Pillow.open(io.BytesIO(data)) as second:
            second.verify()
    if not strip_metadata.is_complete(data):
        raise OSError("truncated")


def _turn(picture: Pillow.Image, data: bytes) -> Pillow.Transpose | None:
    """The turn that sets the picture upright, or None if it is upright."""
    if picture.format == "PNG" and (exif := strip_metadata.png_exif(data)):
        picture.info.setdefault("exif", exif)
    try:
        # The base class's method: that of PNG decodes the whole picture to search for what is set above.
        return _TURNS.get(Pillow.Image.getexif(picture).get(_ORIENTATION, 1))
    except Exception:
        return None  # Cameras write broken EXIF, on which Pillow raises anything; the picture is sound.


def _target_format(picture: Pillow.Image, kind: str, animated: bool) -> str:
    if kind == "JPEG":
        return "JPEG"
    if animated:
        return "GIF"
    if (
        kind in SHOWN_FORMATS
        or _shows_transparency(picture)
        or _to_eight_bits(picture).getcolors(_DRAWING_COLORS) is not None
    ):
        return "PNG"
    return "JPEG"


def _has_transparency(picture: Pillow.Image) -> bool:
    # Not by the letter A alone, which is a colour in LAB.
    return picture.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in picture.info


def _shows_transparency(picture: Pillow.Image) -> bool:
    """Whether any pixel is transparent: many programs write an alpha channel that is opaque everywhere."""
    if picture.mode in {"RGBA", "LA"}:
        return picture.getchannel("A").getextrema() != (255, 255)
    return _has_transparency(picture)


def _edge_color(picture: Pillow.Image) -> str:
    """The mean colour at the edges of what is drawn, if a quarter of the picture is transparent, or more.

    With less, such as round corners, the picture has a ground of its own.
    """
    if not _shows_transparency(picture):
        return ""
    shown = _to_eight_bits(picture).convert("RGBA")
    shown = shown.reduce(max(1, shown.width // (2 * EMAIL_WIDTH)))
    drawn = shown.getchannel("A").point([0] * 128 + [255] * 128)
    edges = ImageChops.subtract(drawn, drawn.filter(ImageFilter.MinFilter(3)))
    if ImageStat.Stat(drawn).mean[0] > 255 * 0.75 or not edges.getbbox():
        return ""
    red, green, blue = ImageStat.Stat(shown.convert("RGB"), edges).mean
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def _to_eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Convert a grey picture of 16 bits to 8 bits; Pillow's own conversion would cut it off at white."""
    if not picture.mode.startswith("I"):
        return picture
    # For these modes Pillow finds the factor of the function by calling it with an object of its own.
    grey = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    value = picture.info.get("transparency")
    grey.info = {**picture.info, **({"transparency": value // 257} if isinstance(value, int) else {})}
    return grey


def _resized(picture: Pillow.Image, size: tuple[int, int], target: str) -> Pillow.Image:
    """The picture in this size, not yet turned, in sRGB and without a colour profile.

    Half the clients do not read profiles and take all colours for sRGB. The picture is resized first, so
    that memory contains the large one once, and not once for each step.
    """
    profile = picture.info.get("icc_profile")
    picture = _to_eight_bits(picture)
    mode = "RGBA" if target == "PNG" and _has_transparency(picture) else "RGB"
    # A profile applies to the colours of the file, so grey and CMYK are kept until it is applied.
    working_mode = picture.mode if profile and mode == "RGB" and picture.mode in {"L", "CMYK"} else mode
    if picture.mode != working_mode:
        picture = picture.convert(working_mode)
    small = picture.resize(size, Pillow.Resampling.LANCZOS)
    if profile:
        small = _to_srgb(small, profile)
    if small.mode != mode:
        small = small.convert(mode)
    small.info.clear()
    return small


def _to_srgb(picture: Pillow.Image, profile: bytes) -> Pillow.Image:
    """Convert a picture from its colour profile to sRGB; a broken profile is ignored."""
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


def _save_animation(
    picture: Pillow.Image, size: tuple[int, int], turn: Pillow.Transpose | None, out: io.BytesIO
) -> None:
    """Save an animation as GIF, each of its frames resized."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        small = frame.convert("RGBA" if _has_transparency(frame) else "RGB")
        small = small.resize(size, Pillow.Resampling.LANCZOS)
        frames.append(small if turn is None else small.transpose(turn))
        times.append(min(frame.info.get("duration", _DEFAULT_FRAME_TIME), _LONGEST_FRAME_TIME))
    first, *others = frames
    first.info.clear()
    first.save(
        out,
        "GIF",
        save_all=True,
        append_images=others,
        duration=times,
        loop=picture.info.get("loop", 0),
        disposal=2 if _has_transparency(first) else 0,
    )


_DEFAULT_FRAME_TIME = 100
"""Milliseconds, for a frame that does not say how long it is shown."""

_LONGEST_FRAME_TIME = 655_350
"""Milliseconds: GIF counts hundredths of a second in 16 bits (GIF89a, 23)."""
