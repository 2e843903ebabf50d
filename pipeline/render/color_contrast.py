"""Contrast of two colours (WCAG 2.2), and the colour of text on another."""

from __future__ import annotations


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit hex colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_color_on(background: str, dark: str = "#000000") -> str:
    """White or `dark`, whichever has more contrast with the background."""
    return max("#ffffff", dark, key=lambda color: contrast(color, background))


def _luminance(color: str) -> float:
    """Relative luminance, 0 to 1, of a six-digit hex colour (WCAG 2.2, "relative luminance")."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
