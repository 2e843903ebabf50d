"""The publication's square icon: of its pages in a browser's tabs and on a phone's screen, and of its feeds.

It is made from the logo if that is nearly square, and else has the first letter of the publication's name:
a name in a wide logo is too small to read at 16 pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.images.draw import Canvas, text_width, writable
from pipeline.model import Image, OutputFile, Publication
from pipeline.support import urls
from pipeline.support.color_contrast import text_color_on

SIDE = 512
"""Pixels that JSON Feed's `icon` is to have at least; browsers scale it down."""

_WIDEST = 1.5
_VERSION = "1"
"""Part of the name, so that a change of the drawing changes the address."""


@dataclass(frozen=True, slots=True)
class SiteIcon:
    """The content of the icon: the logo, or else a letter on the accent colour."""

    publication: Publication
    logo: Image | None

    @property
    def path(self) -> str:
        """The site path, named after everything that the icon shows."""
        theme = self.publication.theme
        shown = self.logo.name if self.logo else self.letter, theme.colors.surface, theme.colors.accent
        digest = hashlib.sha256(repr((shown, self.font, _VERSION)).encode()).hexdigest()
        return urls.image_path(f"icon-{digest[:12]}.png")

    @property
    def url(self) -> str:
        """The address."""
        return urls.address(self.publication, self.path)

    @property
    def font(self) -> str:
        """The font of the letter."""
        return "sans" if "sans-serif" in self.publication.theme.title_font.lower() else "serif"

    @property
    def letter(self) -> str:
        """The first letter of the name, or the empty text if the fonts lack it."""
        return writable(self.publication.title[:1].upper(), self.font)


def site_icon(publication: Publication, logo: Image | None) -> SiteIcon:
    """The icon of a publication with this logo."""
    square = logo and max(logo.width, logo.height) <= _WIDEST * min(logo.width, logo.height)
    return SiteIcon(publication, logo if square else None)


def draw_icon(icon: SiteIcon, image_data: Callable[[Image], bytes]) -> tuple[OutputFile]:
    """Draw the icon, without transparency, which a phone would fill with black.

    `image_data` returns the bytes of the logo.
    """
    colors = icon.publication.theme.colors
    if icon.logo:
        canvas = Canvas(SIDE, SIDE)
        canvas.box(0, 0, SIDE, SIDE, colors.surface)
        scale = SIDE * 0.84 / max(icon.logo.width, icon.logo.height)
        width, height = round(icon.logo.width * scale), round(icon.logo.height * scale)
        canvas.image((SIDE - width) // 2, (SIDE - height) // 2, width, height, image_data(icon.logo))
        return (OutputFile(icon.path, canvas.png()),)
    return (OutputFile(icon.path, _draw_letter(icon.letter, icon.font, colors.accent)),)


# The preview draws the icon again at each save.
@lru_cache(maxsize=8)
def _draw_letter(letter: str, font: str, color: str) -> bytes:
    canvas = Canvas(SIDE, SIDE)
    canvas.box(0, 0, SIDE, SIDE, color)
    size = round(SIDE * 0.7)
    left = (SIDE - text_width(letter, font, size)) // 2
    canvas.text(left, round(SIDE * 0.75), letter, size, text_color_on(color), font)
    return canvas.png()
