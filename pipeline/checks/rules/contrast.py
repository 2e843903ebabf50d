"""Rules on contrast, computed from the styles that come out in the light and in the dark scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.checks.context import CheckContext
from pipeline.checks.css import Styles, pixels
from pipeline.checks.rule import Rule, Violation
from pipeline.checks.visible_text import background, blend, visible_texts
from pipeline.model import Palette, Place, Severity
from pipeline.render.color_contrast import contrast

_SETTINGS = "newsletter.toml"

NORMAL, LARGE = 4.5, 3.0
"""The ratios that WCAG 2.2 asks for (1.4.3): for text, and for text of 24 px, or 18.66 px and bold."""


_DAY = ("#000000", "#ffffff")
_NIGHT = ("#ffffff", "#121212")
"""Text and ground where nothing is said; Apple Mail's page follows the scheme."""


def faint_in_light(subject: CheckContext) -> Iterator[Violation]:
    """Text too near in colour to what it stands on."""
    yield from _faint(subject, subject.light, subject.publication.theme.colors, dark=False)


def faint_in_dark(subject: CheckContext) -> Iterator[Violation]:
    """The same in the dark scheme."""
    yield from _faint(subject, subject.dark, subject.publication.theme.dark, dark=True)


def no_dark_scheme(subject: CheckContext) -> Iterator[Violation]:
    """No text changes its colour in the dark."""
    for element, _ in visible_texts(subject.page, subject.light):
        if subject.light.of(element).get("color") != subject.dark.of(element).get("color"):
            return
    theme = subject.publication.theme
    if theme.dark == theme.colors:
        yield Violation("[theme.dark] has the same colours as [theme.colors].", Place(_SETTINGS))
    else:
        yield Violation(
            "the email looks the same in the dark scheme.", subject.in_theme(None, "dark.colors", "<mj-style")
        )


def _faint(subject: CheckContext, styles: Styles, palette: Palette, *, dark: bool) -> Iterator[Violation]:
    """One finding for each pair of colours that is too near, with the first text that has it."""
    seen: set[tuple[str, str, bool]] = set()
    blank_ink, blank = _NIGHT if dark else _DAY
    table = "theme.dark" if dark else "theme.colors"
    for element, text in visible_texts(subject.page, styles):
        style = styles.of(element)
        behind, large = background(subject.page, styles, element, blank), is_large(style)
        ink = blend(style.get("color", blank_ink), behind) or blank_ink
        if (ink, behind, large) in seen:
            continue
        seen.add((ink, behind, large))
        ratio, asked = contrast(ink, behind), LARGE if large else NORMAL
        if ratio >= asked:
            continue
        scheme = "in the dark scheme, " if dark else ""
        told = f'{scheme}"{text[:40]}" is {{}}: {ratio:.1f} to 1 instead of {asked:g}.'
        if names := _names(ink, behind, palette):
            yield Violation(told.format(names), Place(_SETTINGS), f"Change one of the two under [{table}].")
        else:
            own = {getattr(palette, name) for name in Palette.__slots__}
            # The colour that is no setting tells where the theme says it.
            needles = [form for each in (ink, behind) if each not in own for form in (each, each.upper())]
            yield Violation(
                told.format(f"{ink} on {behind}"), subject.in_theme(subject.page.lines[element], *needles)
            )


def is_large(style: Mapping[str, str]) -> bool:
    """Whether text is large in the sense of WCAG: 24 px, or 18.66 px and bold."""
    pixel = pixels(style.get("font-size", "")) or 16.0
    weight = style.get("font-weight", "normal")
    bold = weight == "bold" or (weight.isdigit() and int(weight) >= 700)
    return pixel >= 24 or (pixel >= 18.66 and bold)


def _names(ink: str, behind: str, palette: Palette) -> str | None:
    """A pair by its names in the settings, where these alone decide how it looks."""
    text = next((name for name in ("text", "muted", "accent") if getattr(palette, name) == ink), None)
    grounds = ("surface", "background", "accent")
    below = next((name for name in grounds if getattr(palette, name) == behind), None)
    if below == "accent" and ink in {"#ffffff", "#111111"}:
        # The theme writes whichever of the two stands out more, so that only the accent can help.
        return f"{ink} on accent ({behind})"
    return f"{text} ({ink}) on {below} ({behind})" if text and below and text != below else None


RULES = (
    Rule(
        "COLOR001",
        Severity.ERROR,
        "Text is too faint",
        "One reader in twelve, and everyone in the sun, cannot read it.",
        "Darken the text or lighten the ground, under [theme.colors] or in the theme.",
        "WCAG 2.2, 1.4.3 Contrast (Minimum)",
        faint_in_light,
    ),
    Rule(
        "COLOR002",
        Severity.ERROR,
        "Text is too faint in the dark scheme",
        "A third of all mail is read in dark mode.",
        "Change the colours under [theme.dark] or in the theme's dark rules.",
        "WCAG 2.2, 1.4.3 Contrast (Minimum)",
        faint_in_dark,
    ),
    Rule(
        "COLOR003",
        Severity.WARNING,
        "There is no dark scheme",
        "Clients that invert colours by themselves do it badly where the email does not say how.",
        "Add rules under @media (prefers-color-scheme: dark), as the default theme has them.",
        "caniemail.com, @media (prefers-color-scheme)",
        no_dark_scheme,
    ),
)
