"""Rules on contrast, computed from the styles that come out in the light and in the dark scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.checks.css import Styles, colour, pixels
from pipeline.checks.rule import Found, Rule
from pipeline.checks.subject import Subject
from pipeline.checks.visible import ground, texts
from pipeline.email.theme import contrast
from pipeline.model import Palette, Place, Severity

NORMAL, LARGE = 4.5, 3.0
"""The ratios that WCAG 2.2 asks for (1.4.3): for text, and for text of 24 px, or 18.66 px and bold."""


def faint_in_light(subject: Subject) -> Iterator[Found]:
    """Text too near in colour to what it stands on."""
    yield from _faint(subject, subject.light, subject.publication.theme.colors, "")


def faint_in_dark(subject: Subject) -> Iterator[Found]:
    """The same in the dark scheme."""
    yield from _faint(subject, subject.dark, subject.publication.theme.dark, "in the dark scheme, ")


def no_dark_scheme(subject: Subject) -> Iterator[Found]:
    """No text changes its colour in the dark."""
    for element, _ in texts(subject.page, subject.light):
        if subject.light.of(element).get("color") != subject.dark.of(element).get("color"):
            return
    yield Found(
        "the email looks the same in the dark scheme.", subject.places.of_theme("</mj-head>") or subject.at()
    )


def _faint(subject: Subject, styles: Styles, palette: Palette, scheme: str) -> Iterator[Found]:
    """One finding for each pair of colours that is too near, with the first text that has it."""
    seen: set[tuple[str, str, bool]] = set()
    for element, text in texts(subject.page, styles):
        style = styles.of(element)
        ink = colour(style.get("color", "#000000"))
        if ink is None:
            continue
        behind, large = ground(subject.page, styles, element), _is_large(style)
        if (ink, behind, large) in seen:
            continue
        seen.add((ink, behind, large))
        ratio = contrast(ink, behind)
        if ratio < (LARGE if large else NORMAL):
            yield Found(
                f'{scheme}"{text[:40]}" is {ink} on {behind}: {ratio:.1f} to 1 '
                f"instead of {LARGE if large else NORMAL}.",
                _place(subject, ink, behind, palette, subject.page.lines[element]),
            )


def _is_large(style: Mapping[str, str]) -> bool:
    pixel = pixels(style.get("font-size", "")) or 16.0
    weight = style.get("font-weight", "normal")
    bold = weight == "bold" or (weight.isdigit() and int(weight) >= 700)
    return pixel >= 24 or (pixel >= 18.66 and bold)


def _place(subject: Subject, ink: str, behind: str, palette: Palette, line: int) -> Place:
    """The settings where both colours are the publication's own, else the theme's file."""
    own = {getattr(palette, name) for name in Palette.__slots__}
    if ink in own and behind in own:
        return Place("newsletter.toml")
    return subject.places.of_theme(ink) or subject.places.of_theme(behind) or subject.at(line)


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
