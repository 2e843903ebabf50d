"""The style sheets of the pages and of the feeds, with the theme's colours, light and dark, and its fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config.i18n import direction, load_messages
from pipeline.model import OutputFile, Palette, Publication, ThemeSettings
from pipeline.render.code_palette import code_palette
from pipeline.support.color_contrast import text_color_on
from pipeline.support.templating import Templates
from pipeline.support.urls import FEED_STYLE


@dataclass(frozen=True, slots=True)
class StyleColors:
    """The colours of one scheme, the colour of text on the accent, and those of code by class."""

    colors: Palette
    on_accent: str
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StyleValues:
    """The theme's values for templates of style sheets; `text_size` is in per cent of the reader's own."""

    light: StyleColors
    dark: StyleColors
    body_font: str
    heading_font: str
    title_font: str
    text_size: str


def site_style(publication: Publication, templates: Templates) -> OutputFile:
    """The style sheet of the pages."""
    return _style("style.css", publication, templates)


def feed_style(publication: Publication, templates: Templates) -> OutputFile:
    """The style sheet by which a browser shows a feed, with the words that say what it is."""
    words = load_messages(templates, publication.language).format("web.feed_text")
    values = {"direction": direction(publication.language), "feed_text": _css_string(words)}
    return _style(FEED_STYLE, publication, templates, **values)


def _style(name: str, publication: Publication, templates: Templates, **values: str) -> OutputFile:
    template = templates.environment().get_template(f"web/{name}.j2")
    css = template.render(theme=_style_values(publication.theme), **values)
    return OutputFile(name, f"{css}\n".encode())


def _style_values(theme: ThemeSettings) -> StyleValues:
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


def _css_string(text: str) -> str:
    """A text as a string of CSS, its signs as numbers where they need it (CSS Syntax 3, 4.3.7)."""
    return '"{}"'.format(re.sub(r'["\\\n\r\f]', lambda sign: f"\\{ord(sign[0]):x} ", text))
