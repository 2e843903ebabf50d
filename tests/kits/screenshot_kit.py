"""Pictures of pages, held against reference pictures. Lengths are in pixels, colours 0 to 255."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

BLUR, STEP, BAND, SHARE = 1.0, 32, 100, 0.005
"""Two pictures agree where, after a blur of `BLUR`, at most a `SHARE` of the pixels of each `BAND` of rows
differs by more than `STEP` in a channel. Versions of FreeType and Skia draw the edges of letters a little
differently: blurred, that is below `STEP`. A line that moves by two pixels, a colour or a rule that changes is above it,
and a band is small enough for a button to count."""


def read_screenshot(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def most_common_colour(picture: Image.Image, box: Mapping[str, float]) -> tuple[int, ...]:
    """The colour that most pixels of a box have."""
    left, top = round(box["x"]), round(box["y"])
    cut = picture.crop((left, top, left + max(1, round(box["width"])), top + max(1, round(box["height"]))))
    colours = cut.getcolors(cut.width * cut.height) or []
    return max(colours)[1]  # type: ignore[return-value]


def accept(made: bytes, held: Path) -> None:
    """Keep a picture as the reference, in 128 colours: letters on plain grounds need no more."""
    held.parent.mkdir(parents=True, exist_ok=True)
    small = read_screenshot(made).quantize(128, dither=Image.Dither.NONE)
    small.save(held, optimize=True)


def compare(made: bytes, held: Path, folder: Path) -> None:
    """Raise `AssertionError` where they differ; the new picture and the difference are then in `folder`."""
    new = read_screenshot(made)
    old = Image.open(held).convert("RGB") if held.exists() else Image.new("RGB", (1, 1))
    why = f"{old.size} became {new.size}" if new.size != old.size else worst_band(new, old)
    if not why:
        return
    size = max(new.width, old.width), max(new.height, old.height)
    canvases = [Image.new("RGB", size) for _ in range(2)]
    for canvas, picture in zip(canvases, (new, old), strict=True):
        canvas.paste(picture)
    (folder / held.name).write_bytes(made)
    ImageChops.difference(*canvases).point(lambda value: min(255, value * 3)).save(
        folder / f"difference-{held.name}"
    )
    raise AssertionError(
        f"{held.name} is not what it was: {why}. The new picture and the difference are in {folder}; "
        f"where the change is wanted: PRESSROOM_ACCEPT=1 python -m pytest tests/browser/test_email_in_browser.py"
    )


def worst_band(new: Image.Image, old: Image.Image) -> str:
    """Where two pictures of one size differ most, in words; nothing where they agree."""
    blurred = [picture.filter(ImageFilter.GaussianBlur(BLUR)) for picture in (new, old)]
    red, green, blue = ImageChops.difference(*blurred).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    differs = most.point(lambda value: 255 if value > STEP else 0)
    shares = {}
    for top in range(0, new.height, BAND):
        band = differs.crop((0, top, new.width, min(top + BAND, new.height)))
        shares[top] = band.histogram()[255] / (band.width * band.height)
    top = max(shares, key=lambda each: shares[each])
    if shares[top] <= SHARE:
        return ""
    return f"{shares[top]:.1%} of the pixels differ between {top} and {top + BAND} px from the top"
