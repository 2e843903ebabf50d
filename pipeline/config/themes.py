"""Lists the themes and reads their settings from `theme.toml`.

A theme is a folder `templates/themes/NAME` that contains only what it changes: templates, and
optionally a `theme.toml`. `newsletter.toml` overrides the same settings, by the same keys.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from pipeline.config.colors import DARK, LIGHT, read_palette
from pipeline.config.fields import Fields
from pipeline.config.toml import toml_fields
from pipeline.errors import PressroomError
from pipeline.model import Layout, ThemeSettings
from pipeline.support.color_contrast import readable_on
from pipeline.support.files import read_source
from pipeline.support.template_files import THEMES, theme_folders

DEFAULT_THEME = ThemeSettings("default", LIGHT, DARK)

_SMALLEST_TEXT, _LARGEST_TEXT = 16, 22
"""Sizes of running text in pixels: smaller strains the eye, larger leaves a phone few words a line."""

_GENERIC_FONTS = ("serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui")


def theme_names(own: Path | None) -> tuple[str, ...]:
    """The names of all themes, sorted; `own` is the workspace's folder of templates."""
    names = {
        entry.name
        for folder, _ in theme_folders(own)
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.name.startswith((".", "_"))
    }
    return tuple(sorted({DEFAULT_THEME.name, *names}))


def read_theme(name: str, own: Path | None, errors: list[PressroomError]) -> ThemeSettings:
    """The settings of a theme: its `theme.toml` over those of the default theme.

    A workspace may override a packaged theme with a folder of the same name, so both are read, the
    packaged one first. Mistakes are added to `errors`.
    """
    theme = replace(DEFAULT_THEME, name=name)
    for folder, _ in reversed(theme_folders(own)):
        file, shown = folder / name / "theme.toml", f"templates/{THEMES}/{name}/theme.toml"
        if not file.is_file():
            continue
        try:
            fields = Fields(toml_fields(read_source(file, shown), shown), shown, errors)
        except PressroomError as error:
            errors.append(error)
            continue
        theme = replace(theme, description=fields.text("description", default=theme.description))
        theme = read_theme_settings(fields, theme)
        fields.check_unknown()
    return theme


def read_theme_settings(fields: Fields, base: ThemeSettings, prefix: str = "") -> ThemeSettings:
    """The layout, card pictures, colours and fonts that these fields set; all others are from `base`.

    `prefix` is written before the names of tables in messages.
    """
    fonts = fields.table("fonts", f"{prefix}fonts")
    heading = _font(fonts, "heading", base.heading_font)
    light_fields, dark_fields = (fields.table(each, f"{prefix}{each}") for each in ("colors", "dark"))
    colors, dark = read_palette(light_fields, base.colors), read_palette(dark_fields, base.dark)
    if light_fields.has("accent") and not dark_fields.has("accent"):
        dark = replace(dark, accent=readable_on(colors.accent, dark.surface, dark.background))
    settings = replace(
        base,
        layout=fields.choice("layout", Layout) or base.layout,
        card_pictures=fields.boolean("card_pictures", base.card_pictures),
        colors=colors,
        dark=dark,
        body_font=_font(fonts, "body", base.body_font),
        heading_font=heading,
        title_font=_font(fonts, "title", heading if fonts.has("heading") else base.title_font),
        text_size=_size(fonts, base.text_size),
    )
    fonts.check_unknown()
    return settings


def _size(fields: Fields, default: int) -> int:
    value = fields.integer("size") or default
    if not _SMALLEST_TEXT <= value <= _LARGEST_TEXT:
        fields.error(
            "size",
            f"`size` is {value} and must be {_SMALLEST_TEXT} to {_LARGEST_TEXT}.",
            "It is in pixels; as 17.",
        )
        return default
    return value


def _font(fields: Fields, name: str, default: str) -> str:
    value = fields.text(name, default=default)
    if not re.fullmatch(r"[\w ,'\-]+", value):
        fields.error(name, f"`{name}` must be a list of font names; quote a name with ' where needed.")
        return default
    if value.rsplit(",", 1)[-1].strip() not in _GENERIC_FONTS:
        fields.error(
            name,
            f"`{name}` does not end in a generic family.",
            f"Add one of {', '.join(_GENERIC_FONTS[:3])} at its end, for readers who lack the font.",
        )
    return value
