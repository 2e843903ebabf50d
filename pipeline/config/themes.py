"""Themes: which there are, and the look that each brings in its `theme.toml`.

A theme is a folder `templates/themes/NAME` that holds only what it changes: templates, and
optionally a `theme.toml`. `newsletter.toml` changes the same look key by key, in the same words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from pipeline.config.fields import Fields, toml_fields
from pipeline.errors import PressroomError
from pipeline.model import Layout, Palette, ThemeSettings
from pipeline.support.files import read_source
from pipeline.support.templating import THEMES, theme_folders

DEFAULT = "default"
LOOK = "theme.toml"

SMALLEST, LARGEST = 16, 22
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
    return tuple(sorted({DEFAULT, *names}))


def read_theme(name: str, own: Path | None, errors: list[PressroomError]) -> ThemeSettings:
    """The look of a theme: what its `theme.toml` says, over the default theme's.

    A workspace may change a packaged theme by a folder of the same name, so both are read, the
    packaged one first. Mistakes go to `errors`.
    """
    theme = ThemeSettings(name)
    for folder, _ in reversed(theme_folders(own)):
        file, shown = folder / name / LOOK, f"templates/{THEMES}/{name}/{LOOK}"
        if not file.is_file():
            continue
        try:
            fields = Fields(toml_fields(read_source(file, shown), shown), shown, errors)
        except PressroomError as error:
            errors.append(error)
            continue
        theme = replace(theme, description=fields.text("description", default=theme.description))
        theme = read_look(fields, theme)
        fields.done()
    return theme


def read_look(fields: Fields, base: ThemeSettings, prefix: str = "") -> ThemeSettings:
    """Layout, pictures, colours and fonts over those of `base`, key by key.

    `prefix` stands before the names of tables in messages.
    """
    fonts = fields.table("fonts", f"{prefix}fonts")
    layout = fields.choice("layout", Layout)
    look = replace(
        base,
        layout=Layout(layout) if layout else base.layout,
        card_pictures=fields.flag("card_pictures", base.card_pictures),
        colors=_palette(fields.table("colors", f"{prefix}colors"), base.colors),
        dark=_palette(fields.table("dark", f"{prefix}dark"), base.dark),
        body_font=_font(fonts, "body", base.body_font),
        heading_font=_font(fonts, "heading", base.heading_font),
        text_size=_size(fonts, base.text_size),
    )
    if fonts:
        fonts.done()
    return look


def _palette(fields: Fields | None, base: Palette) -> Palette:
    if fields is None:
        return base
    found = {name: _color(fields, name, getattr(base, name)) for name in Palette.__slots__}
    fields.done()
    return Palette(**found)


def _color(fields: Fields, name: str, default: str) -> str:
    value = fields.text(name, default=default)
    # Clients differ on short forms, names and rgb(): six digits are read by all.
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        fields.error(name, f'`{name}` is "{value}" and must be a colour of six digits.', 'As "#1f5f5b".')
        return default
    return value.lower()


def _size(fields: Fields | None, default: int) -> int:
    if fields is None:
        return default
    value = fields.whole("size") or default
    if not SMALLEST <= value <= LARGEST:
        fields.error(
            "size", f"`size` is {value} and must be {SMALLEST} to {LARGEST}.", "It is in pixels; as 17."
        )
        return default
    return value


def _font(fields: Fields | None, name: str, default: str) -> str:
    if fields is None:
        return default
    value = fields.text(name, default=default)
    if not re.fullmatch(r"[\w ,'\-]+", value):
        fields.error(name, f"`{name}` must be a list of font names; quote a name with ' where needed.")
        return default
    if value.rsplit(",", 1)[-1].strip() not in _GENERIC_FONTS:
        fields.error(
            name,
            f"`{name}` does not end in a generic family.",
            f"Add one of {', '.join(_GENERIC_FONTS[:3])} at its end, for readers without the font.",
        )
    return value
