"""The theme's settings as email templates see them: light and dark colours, fonts and sizes in pixels.

They are `Markup`, because mrml must read them and gets all other text as tokens. Their values are checked
where `newsletter.toml` and `theme.toml` are read (`config/themes.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipeline.config.i18n import direction
from pipeline.model import Palette, ThemeSettings
from pipeline.render.code_palette import code_palette
from pipeline.support.color_contrast import text_color_on
from pipeline.support.limits import EMAIL_GUTTER, EMAIL_WIDTH, THUMBNAIL_WIDTH
from pipeline.support.templating import Markup


@dataclass(frozen=True, slots=True)
class EmailColors(Palette):
    """A palette's colours, the colour of text on the accent, and those of code by class."""

    on_accent: str
    code: Mapping[str, Markup]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The steps of space in an email, in pixels. Padding and margins of the themes have no others."""

    xxs: int = 4
    xs: int = 8
    s: int = 12
    m: int = 16
    l: int = 24  # noqa: E741 (a size, as on clothes)
    xl: int = 32
    xxl: int = 48


@dataclass(frozen=True, slots=True)
class TypeStep:
    """A size of type and its line height, in pixels."""

    size: int
    line: int

    @property
    def css(self) -> Markup:
        """Both as declarations of CSS."""
        return Markup(f"font-size:{self.size}px;line-height:{self.line}px")


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The sizes of type in an email. The themes have no others, but for `text_size` of running text."""

    small: TypeStep = TypeStep(14, 21)
    text: TypeStep = TypeStep(16, 24)
    large: TypeStep = TypeStep(17, 24)
    lead: TypeStep = TypeStep(20, 30)
    heading: TypeStep = TypeStep(20, 28)
    title: TypeStep = TypeStep(24, 32)
    display: TypeStep = TypeStep(36, 42)


@dataclass(frozen=True, slots=True)
class ThemeView:
    """The settings that email templates see under the name `theme`.

    `width`, `gutter`, `thumbnail`, `text_size` and `text_line` (its line height) are in pixels. `start` and
    `end` are `left` and `right` by the direction of the language. `gap`, `type` and `corner` (the radius of
    rounded corners) are the one scale of all themes.
    """

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
    gap: Gaps = Gaps()
    type: TypeScale = TypeScale()
    corner: int = 4


def theme_view(theme: ThemeSettings, language: str) -> ThemeView:
    """The theme's settings for templates."""
    left_to_right = direction(language) == "ltr"
    return ThemeView(
        light=_colors(theme.colors),
        dark=_colors(theme.dark),
        body_font=_font(theme.body_font),
        heading_font=_font(theme.heading_font),
        text_size=theme.text_size,
        text_line=round(theme.text_size * 1.6),
        width=EMAIL_WIDTH,
        gutter=EMAIL_GUTTER,
        thumbnail=THUMBNAIL_WIDTH,
        direction=Markup(direction(language)),
        start=Markup("left" if left_to_right else "right"),
        end=Markup("right" if left_to_right else "left"),
    )


def _font(stack: str) -> Markup:
    """A list of fonts in single quotes, because it is written into double-quoted attributes."""
    return Markup(re.sub(r"[<>&{};]", "", stack.replace('"', "'")))


def _colors(palette: Palette) -> EmailColors:
    colors = {**asdict(palette), "on_accent": text_color_on(palette.accent, "#111111")}
    code = {name: Markup(color) for name, color in code_palette(palette).items()}
    return EmailColors(**{name: Markup(color) for name, color in colors.items()}, code=code)
