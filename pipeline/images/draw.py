"""Draws pictures of rectangles, lines of text and other pictures, for pages that have none of their own."""

from __future__ import annotations

import io
import unicodedata
from functools import cache, lru_cache
from itertools import chain, product
from pathlib import Path

from pipeline.images.pillow import ImageColor, ImageDraw, ImageFont, Pillow, open_image

_FONTS = Path(__file__).parent / "fonts"

_STEPS = 20
"""Steps from a ground to an ink: at the edge of a letter nobody sees more."""

_APART = 12
"""How far the colours of edges are from all others in one channel at least.

Pillow looks for the nearest colour from the corner of a cell of 4 x 4 x 4, and might find one beside a colour
that was drawn exactly (libImaging/Palette.c).
"""


class Canvas:
    """A picture drawn part by part, each over those before it. Measures are in pixels, colours in hex."""

    def __init__(self, width: int, height: int) -> None:
        self._picture = Pillow.new("RGB", (width, height))
        self._pen = ImageDraw.Draw(self._picture)
        self._grounds: list[str] = []
        self._inks: list[str] = []
        self._has_image = False

    def box(self, left: int, top: int, width: int, height: int, color: str) -> None:
        """Draw a filled rectangle."""
        self._pen.rectangle((left, top, left + width - 1, top + height - 1), fill=color)
        self._grounds.append(color)

    def text(self, left: int, base: int, text: str, size: int, color: str, font: str) -> None:
        """Draw a line of text by its left edge and base line; `font` is `serif` or `sans`, both bold."""
        self._pen.text((left, base), text, fill=color, font=_font(font, size), anchor="ls")
        self._inks.append(color)

    def image(self, left: int, top: int, width: int, height: int, data: bytes) -> None:
        """Draw a picture resized; what is below shows where it is transparent."""
        with open_image(data) as picture:
            resized = picture.convert("RGBA").resize((width, height), Pillow.Resampling.LANCZOS)
        self._picture.paste(resized, (left, top), resized)
        self._has_image = True

    def png(self) -> bytes:
        """The picture as PNG: the same bytes for the same release of Pillow.

        Without another picture in it, its colours are boxes, letters and the edges between them. As a palette
        it is written in a third of the time and has half of the bytes.
        """
        picture, out = self._picture, io.BytesIO()
        if not self._has_image:
            colors = Pillow.new("P", (1, 1))
            colors.putpalette(_palette(tuple(dict.fromkeys(self._grounds)), tuple(dict.fromkeys(self._inks))))
            picture = picture.quantize(palette=colors, dither=Pillow.Dither.NONE)
        picture.save(out, "PNG")
        return out.getvalue()


# Most pictures of a publication have the same colours.
@lru_cache(maxsize=8)
def _palette(ground_colors: tuple[str, ...], ink_colors: tuple[str, ...]) -> bytes:
    """At most 256 colours: what was drawn with, and steps from each ground to each ink, for the edges."""
    grounds, inks = (list(map(ImageColor.getrgb, colors)) for colors in (ground_colors, ink_colors))
    drawn = list(dict.fromkeys((*grounds, *inks)))
    steps = (
        tuple(round(a + (b - a) * step / _STEPS) for a, b in zip(ground, ink, strict=True))
        for ground, ink in product(grounds, inks)
        for step in range(1, _STEPS)
    )
    edges = (step for step in steps if all(_distance(step, color) >= _APART for color in drawn))
    return bytes(chain.from_iterable((*drawn, *edges)))[: 3 * 256]


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def play_mark(side: int) -> Pillow.Image:
    """A white triangle on a dark disc, transparent around it: the sign of a video."""
    large = 4 * max(side, 8)  # drawn large, so that its edges are smooth
    mark = Pillow.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((0, 0, large - 1, large - 1), fill=(0, 0, 0, 190))
    # The triangle's centre of mass is the disc's centre.
    left, right, half = large * 0.37, large * 0.76, large * 0.22
    pen.polygon([(left, large / 2 - half), (left, large / 2 + half), (right, large / 2)], fill="#ffffff")
    return mark.resize((large // 4, large // 4), Pillow.Resampling.LANCZOS)


# Who breaks a title at several widths measures the same lines again.
@lru_cache(maxsize=1024)
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
