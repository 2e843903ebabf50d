"""Contrast of two colours (WCAG 2.2), and the colour of text on another."""

from __future__ import annotations


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit hex colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_color_on(background: str, dark: str = "#000000") -> str:
    """White or `dark`, whichever has more contrast with the background."""
    return max("#ffffff", dark, key=lambda color: contrast(color, background))


def readable_on(color: str, *grounds: str) -> str:
    """The colour, or the nearest towards white or black that has a contrast of 4.5 on every ground.

    That is what text of any size needs (WCAG 2.2, 1.4.3). White or black itself if no other has it.
    """
    end = text_color_on(grounds[0])
    mixed = color
    for tenth in range(11):
        mixed = _mixed(color, end, tenth / 10)
        if all(contrast(mixed, ground) >= 4.5 for ground in grounds):
            break
    return mixed


def _mixed(one: str, other: str, share: float) -> str:
    """A colour between two, with this share of the other."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(first + (second - first) * share):02x}" for first, second in pairs)


def _luminance(color: str) -> float:
    """Relative luminance, 0 to 1, of a six-digit hex colour (WCAG 2.2, "relative luminance")."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
