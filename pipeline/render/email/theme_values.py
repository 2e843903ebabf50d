"""The theme's settings as templates see them: colours, fonts and measures.

They are markup and so pass into the MJML as they are, for mrml must see them; they are checked
where `newsletter.toml` is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.config.i18n import direction
from pipeline.model import Palette, ThemeSettings
from pipeline.support.templating import Markup

WIDTH = 600
"""The container's width in CSS pixels; wider ones break in Outlook and on tablets."""

GUTTER = 32  # leaves EMAIL_WIDTH of articles/forms.py for text and images
THUMBNAIL = 168


@dataclass(frozen=True, slots=True)
class EmailColors:
    """A palette's colours, and the colour of text on the accent."""

    accent: Markup
    on_accent: Markup
    text: Markup
    muted: Markup
    background: Markup
    surface: Markup
    line: Markup


@dataclass(frozen=True, slots=True)
class ThemeView:
    """Settings that mrml must see. They are checked where `newsletter.toml` is read."""

    light: EmailColors
    dark: EmailColors
    body_font: Markup
    heading_font: Markup
    text_size: int
    text_line: int
    width: int
    gutter: int
    thumbnail: int
    direction: Markup
    start: Markup
    end: Markup


def theme_view(theme: ThemeSettings, language: str) -> ThemeView:
    """The theme's settings for templates."""
    to_right = direction(language) == "ltr"
    return ThemeView(
        light=_scheme(theme.colors),
        dark=_scheme(theme.dark),
        body_font=_font(theme.body_font),
        heading_font=_font(theme.heading_font),
        text_size=theme.text_size,
        text_line=round(theme.text_size * 1.6),
        width=WIDTH,
        gutter=GUTTER,
        thumbnail=THUMBNAIL,
        direction=Markup(direction(language)),
        start=Markup("left" if to_right else "right"),
        end=Markup("right" if to_right else "left"),
    )


def _font(stack: str) -> Markup:
    """Single quotes, for the stack stands in double-quoted attributes."""
    return Markup(re.sub(r"[<>&{};]", "", stack.replace('"', "'")))


def _scheme(palette: Palette) -> EmailColors:
    on_accent = max("#ffffff", "#111111", key=lambda color: contrast(color, palette.accent))
    names = ("accent", "text", "muted", "background", "surface", "line")
    colors = {name: Markup(getattr(palette, name)) for name in names}
    return EmailColors(on_accent=Markup(on_accent), **colors)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit hex colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
