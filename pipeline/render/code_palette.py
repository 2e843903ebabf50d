"""The colours of code, readable on the grounds of any theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pipeline.model import Palette
from pipeline.support.color_contrast import readable_on, text_color_on

_ON_LIGHT = {
    "hc": "#5f6b76",
    "hk": "#8b2252",
    "hs": "#2d6a2f",
    "hm": "#8a4b08",
    "hf": "#1f4f8f",
    "ha": "#6a3f9c",
    "hi": "#1e6b34",
    "hd": "#a3202a",
}
_ON_DARK = {
    "hc": "#98a3ad",
    "hk": "#f08bb0",
    "hs": "#9bd39e",
    "hm": "#e5b070",
    "hf": "#8fbcf0",
    "ha": "#c4a5ee",
    "hi": "#8ddb9f",
    "hd": "#f59a9f",
}
"""Colours by class; `content/code_colors.py` says what each class is."""


@lru_cache(maxsize=16)
def code_palette(palette: Palette) -> Mapping[str, str]:
    """The colour of each class of code, with the contrast that small text needs on this palette's grounds."""
    colors = _ON_DARK if text_color_on(palette.background) == "#ffffff" else _ON_LIGHT
    grounds = (palette.background, palette.surface)
    return {name: readable_on(color, *grounds) for name, color in colors.items()}
