"""The theme's colours, light and dark, and its fonts, as the site's style sheet uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import Palette, ThemeSettings
from pipeline.render.code_palette import code_palette
from pipeline.render.color_contrast import text_color_on


@dataclass(frozen=True, slots=True)
class StyleColors:
    """The colours of one scheme, the colour of text on the accent, and those of code by class."""

    colors: Palette
    on_accent: str
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StyleValues:
    """The values that `web/style.css.j2` sees; `text_size` is in per cent of the reader's own."""

    light: StyleColors
    dark: StyleColors
    body_font: str
    heading_font: str
    title_font: str
    text_size: str


def style_values(theme: ThemeSettings) -> StyleValues:
    """The theme's settings for the style sheet."""
    return StyleValues(
        StyleColors(theme.colors, text_color_on(theme.colors.accent), code_palette(theme.colors)),
        StyleColors(theme.dark, text_color_on(theme.dark.accent), code_palette(theme.dark)),
        _font(theme.body_font),
        _font(theme.heading_font),
        _font(theme.title_font),
        f"{theme.text_size * 100 / 16:g}%",
    )


def _font(stack: str) -> str:
    """A list of fonts without characters that could end a declaration."""
    return re.sub(r"[;{}<>\\\n\r]|/\*|\*/", "", stack)
