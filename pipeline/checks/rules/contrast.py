"""Rules on contrast, computed from the resolved styles in the light and in the dark scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

from pipeline.checks.cascade import Styles, font_size
from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import HtmlPage
from pipeline.checks.page_text import visible_texts
from pipeline.checks.rule import Violation, rule
from pipeline.model import Palette, Severity
from pipeline.support.color_contrast import contrast
from pipeline.support.css import rgba
from pipeline.support.numbers_in_text import whole_number

_NORMAL, _LARGE = 4.5, 3.0
"""The ratios that WCAG 2.2 asks for (1.4.3): for text, and for text of 24 px, or 18.66 px and bold."""

_CONTRAST = f"WCAG 2.2, 1.4.3 Contrast (Minimum): {_NORMAL:g} to 1, large text {_LARGE:g} to 1"

_DAY = ("#000000", "#ffffff")
_NIGHT = ("#ffffff", "#121212")
"""Text and background where no style sets them; Apple Mail's page follows the scheme."""


@rule(
    "COLOR001",
    Severity.ERROR,
    "Text is too faint",
    source=_CONTRAST,
    remedy="Darken the text or lighten the background, under [theme.colors] or in the theme.",
)
def faint_in_light(context: CheckContext) -> Iterator[Violation]:
    """One reader in twelve, and everyone in the sun, cannot read it."""
    yield from _faint(context, context.light_styles, context.publication.theme.colors)


@rule(
    "COLOR002",
    Severity.ERROR,
    "Text is too faint in the dark scheme",
    source=_CONTRAST,
    remedy="Change the colours under [theme.dark] or in the theme's dark rules.",
)
def faint_in_dark(context: CheckContext) -> Iterator[Violation]:
    """A third of all mail is read in dark mode."""
    palette = context.publication.theme.dark
    yield from _faint(context, context.dark_styles, palette, "in the dark scheme, ", _NIGHT)


@rule(
    "COLOR004",
    Severity.ERROR,
    "Text is too faint in Outlook.com's dark mode",
    source="Outlook.com marks what has an inline background or colour by data-ogsb and data-ogsc (measured)",
    remedy="Write an inline color beside each inline background, on the page too, and rules for both marks.",
)
def faint_in_outlook_com(context: CheckContext) -> Iterator[Violation]:
    """Grounds turn dark and the text on them stays dark, or the other way round."""
    palette = context.publication.theme.dark
    yield from _faint(context, context.outlook_com_styles, palette, "in Outlook.com's dark mode, ")


@rule(
    "COLOR003",
    Severity.WARNING,
    "There is no dark scheme",
    source="caniemail.com, @media (prefers-color-scheme)",
    remedy="Add rules under @media (prefers-color-scheme: dark), as the default theme has them.",
)
def no_dark_scheme(context: CheckContext) -> Iterator[Violation]:
    """Clients that invert colours by themselves do it badly where the email does not say how."""
    for element, _, _ in visible_texts(context.page, context.light_styles):
        if context.light_styles.of(element).get("color") != context.dark_styles.of(element).get("color"):
            return
    theme = context.publication.theme
    if theme.dark == theme.colors:
        place = context.setting_place("theme.dark", "theme.colors", "theme")
        yield Violation("[theme.dark] has the same colours as [theme.colors].", place)
    else:
        place = context.in_theme(None, "dark.colors", "<mj-style")
        yield Violation("the email looks the same in the dark scheme.", place)


def _faint(
    context: CheckContext,
    styles: Styles,
    palette: Palette,
    scheme: str = "",
    default: tuple[str, str] = _DAY,
) -> Iterator[Violation]:
    """One finding for each pair of colours with too little contrast, with the first text that has it."""
    page = context.page
    default_ink, default_background = default
    table = "theme.dark" if scheme else "theme.colors"
    behind_of: dict[Element | None, str] = {None: default_background}
    legible: set[tuple[int, str]] = set()
    for element, text, _ in visible_texts(page, styles):
        style = styles.of(element)
        behind = _background(page, styles, element, behind_of)
        # Elements that look the same share one style.
        if (id(style), behind) in legible:
            continue
        large = is_large(style)
        ink = _blend(style.get("color", default_ink), behind) or default_ink
        ratio, least = contrast(ink, behind), _LARGE if large else _NORMAL
        if ratio >= least:
            legible.add((id(style), behind))
            continue
        about = (ink, behind, large)
        named = _names(ink, behind, palette)
        pair = named[0] if named else f"{ink} on {behind}"
        message = f'{scheme}"{text[:40]}" is {pair}: {ratio:.1f} to 1 instead of {least:g}.'
        if named:
            keys = named[1]
            place = context.setting_place(*(f"{table}.{key}" for key in keys), table)
            hint = f"Change one of the two under [{table}]."
            yield Violation(message, place, hint, about=about)
        else:
            settings = {getattr(palette, name) for name in Palette.__slots__}
            # The colour that is not a setting leads to its place in the theme.
            others = (colour for colour in (ink, behind) if colour not in settings)
            needles = (form for colour in others for form in (colour, colour.upper()))
            place = context.in_theme(page.lines[element], *needles)
            yield Violation(message, place, about=about)


def is_large(style: Mapping[str, str]) -> bool:
    """Whether text is large in the sense of WCAG: 24 px, or 18.66 px and bold."""
    size = font_size(style)
    weight = style.get("font-weight", "normal")
    bold = weight == "bold" or (whole_number(weight) or 0) >= 700
    return size >= 24 or (size >= 18.66 and bold)


def _names(ink: str, behind: str, palette: Palette) -> tuple[str, tuple[str, ...]] | None:
    """The pair in words and its keys in the settings, where these alone decide the two colours."""

    def setting(colour: str, *names: str) -> str | None:
        return next((name for name in names if getattr(palette, name) == colour), None)

    text, below = setting(ink, "text", "muted", "accent"), setting(behind, "surface", "background", "accent")
    if below == "accent" and ink in {"#ffffff", "#111111"}:
        # The theme chooses the better of these two by itself, so that only the accent can be changed.
        return f"{ink} on accent ({behind})", ("accent",)
    if not text or not below or text == below:
        return None
    return f"{text} ({ink}) on {below} ({behind})", (text, below)


def _background(page: HtmlPage, styles: Styles, element: Element, known: dict[Element | None, str]) -> str:
    """The colour behind an element: its own background, blended with those of its ancestors."""
    if element not in known:
        parent = page.parents.get(element)
        behind = known[None] if parent is None else _background(page, styles, parent, known)
        known[element] = _blend(styles.of(element).get("background-color", ""), behind) or behind
    return known[element]


# A page has few colours and many texts.
@lru_cache(maxsize=256)
def _blend(colour: str, behind: str) -> str | None:
    """A colour as it looks over another, in six digits; None where it cannot be read."""
    channels = rgba(colour) if colour else None
    if channels is None:
        return None
    *top, opacity = channels
    below = (int(behind[at : at + 2], 16) / 255 for at in (1, 3, 5))
    mixed = (over * opacity + under * (1 - opacity) for over, under in zip(top, below, strict=True))
    return "#" + "".join(f"{round(255 * each):02x}" for each in mixed)
