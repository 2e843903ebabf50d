"""Preview variants of an email: colour scheme, Outlook's view, images from the preview itself."""

from __future__ import annotations

import re
from enum import StrEnum
from html import escape

from pipeline.checks.outlook_view import outlook_view
from pipeline.model import Image


class ColorScheme(StrEnum):
    """How the mail program colours the email: light, dark as the theme defines it, or inverted by force."""

    LIGHT = "light"
    DARK = "dark"
    FORCED = "forced"


_SCHEME_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_MEDIA_RULE = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_OFFICE_SETTINGS = re.compile(r"<(xml|noscript)\b.*?</\1>", re.DOTALL)
"""Settings that only Office reads, and that a browser would show as text."""

_INVERTED = """
html{background:#fff;filter:invert(1) hue-rotate(180deg)}
img,[background]{filter:invert(1) hue-rotate(180deg)}
"""
"""Inverts colours but not images: an approximation of programs that do not publish their algorithm."""


def with_color_scheme(html: str, scheme: ColorScheme) -> str:
    """Return the email as it looks in a colour scheme, whatever the scheme of the browser is."""
    dark = scheme is ColorScheme.DARK

    def query(match: re.Match[str]) -> str:
        # True for every width, or for no width.
        return "(min-width: 0px)" if (match[1] == "dark") == dark else "(max-width: 0px)"

    style = f":root{{color-scheme:{'dark' if dark else 'light'} only}}"
    style += _INVERTED if scheme is ColorScheme.FORCED else ""
    html = _SCHEME_QUERY.sub(query, html)
    head_end = max(html.lower().find("</head>"), 0)
    return f"{html[:head_end]}<style>{style}</style>{html[head_end:]}"


def as_outlook(html: str) -> str:
    """Return the email with the markup that Outlook for Windows takes, without what its engine ignores.

    The engine is Word, which reads no media queries.
    """
    return _OFFICE_SETTINGS.sub("", _MEDIA_RULE.sub("", outlook_view(html)))


def with_local_images(html: str, images: tuple[Image, ...], query: str) -> str:
    """Return the email with its images at the preview's own address; `query` names the edition."""
    for image in images:
        html = html.replace(escape(image.url), f"../images/{image.name}?{escape(query)}")
    return html
