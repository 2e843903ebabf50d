"""Draws pictures of rectangles, lines of text and other pictures, for pages that have none of their own."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.images.pillow import ImageDraw, ImageFont, Pillow, open_image

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
    """A line of text: its left edge and base line, the size in pixels, a hex colour, the font.

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
    """A picture's bytes at a place and size in pixels; what is below shows where it is transparent."""

    left: int
    top: int
    width: int
    height: int
    data: bytes


def draw(width: int, height: int, parts: Iterable[DrawnBox | DrawnText | DrawnImage]) -> bytes:
    """A PNG of these parts, each over those before it: the same bytes for the same release of Pillow."""
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
            with open_image(part.data) as picture:
                resized = picture.convert("RGBA").resize((part.width, part.height), Pillow.Resampling.LANCZOS)
            canvas.paste(resized, (part.left, part.top), resized)
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()


def text_width(text: str, font: str, size: int) -> int:
    """The width in pixels of a line of text."""
    return round(_font(font, size).getlength(text))


def writable(text: str, font: str) -> str:
    """The text without emoji, or the empty string if the font lacks any other letter of it.

    The fonts lack, among others, all scripts whose letters join or run to the left.
    """
    known = _letters(font)
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = [letter for letter in spaced if letter in known or not _is_emoji(letter)]
    return " ".join("".join(kept).split()) if all(letter in known for letter in kept) else ""


def _is_emoji(letter: str) -> bool:
    """Whether the letter is an emoji or modifies one (Unicode's Emoji, UTS 51)."""
    return unicodedata.category(letter) in {"So", "Sk", "Cf"} or "\ufe00" <= letter <= "\ufe0f"


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout: the shaping library is not on every machine and places letters differently.
    return ImageFont.truetype(_FONTS / f"{name}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _letters(name: str) -> frozenset[str]:
    """The letters of a font, from the runs of code points that were written down when it was made."""
    runs = (_FONTS / f"{name}.txt").read_text(encoding="ascii").split()
    ends = [[int(end, 16) for end in run.split("-")] for run in runs]
    return frozenset(chr(code) for run in ends for code in range(run[0], run[-1] + 1))
