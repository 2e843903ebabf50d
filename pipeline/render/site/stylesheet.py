"""The theme's colours and fonts as the style sheet takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model import Palette, ThemeSettings


@dataclass(frozen=True, slots=True)
class StyleColors:
    """The colours of one scheme; `on_accent` is the one of black and white that reads best on the accent."""

    colors: Palette
    on_accent: str


@dataclass(frozen=True, slots=True)
class StyleValues:
    """What `web/style.css.j2` sees; `text_size` is in per cent of the reader's own."""

    light: StyleColors
    dark: StyleColors
    body_font: str
    heading_font: str
    text_size: str


def style_values(theme: ThemeSettings) -> StyleValues:
    """The settings, with what could end a declaration taken out of the fonts."""
    return StyleValues(
        StyleColors(theme.colors, on_accent(theme.colors.accent)),
        StyleColors(theme.dark, on_accent(theme.dark.accent)),
        _font(theme.body_font),
        _font(theme.heading_font),
        f"{theme.text_size * 100 / 16:g}%",
    )


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1, of a six-digit hex colour (WCAG 2.2)."""
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def on_accent(color: str) -> str:
    """Black or white, whichever contrasts more with the colour."""
    light = luminance(color) + 0.05
    return "#ffffff" if 1.05 / light >= light / 0.05 else "#000000"


def _font(stack: str) -> str:
    return re.sub(r"[;{}<>\\\n\r]|/\*|\*/", "", stack)
