"""The default theme's light and dark colours, and how `theme.toml` and `newsletter.toml` override them."""

from __future__ import annotations

import re

from pipeline.config.fields import Fields
from pipeline.model import Palette

LIGHT = Palette(
    accent="#1f5f5b",
    text="#1d2429",
    muted="#55606a",
    background="#f2f1f0",
    surface="#ffffff",
    line="#d9d6ce",
)
DARK = Palette(
    accent="#7cc9c1",
    text="#e8e6e1",
    muted="#a9b1b8",
    background="#161718",
    surface="#1f2022",
    line="#384046",
)


def read_palette(fields: Fields, base: Palette) -> Palette:
    """The colours of a table `colors` or `dark`; those it does not name are from `base`."""
    colors = {name: _color(fields, name, getattr(base, name)) for name in Palette.__slots__}
    fields.check_unknown()
    return Palette(**colors)


def _color(fields: Fields, name: str, default: str) -> str:
    value = fields.text(name, default=default)
    # Clients differ on short forms, names and rgb(); all of them read six digits.
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        fields.error(name, f'`{name}` is "{value}" and must be a colour of six digits.', 'As "#1f5f5b".')
        return default
    return value.lower()
