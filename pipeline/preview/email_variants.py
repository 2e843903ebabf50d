"""An email as one of its readers' programs takes it: dark or light, by Outlook, for someone by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from html import escape

from pipeline.model import Image, MergeField
from pipeline.support import merge


class ForcedScheme(StrEnum):
    """How the reader's program colours mail."""

    LIGHT = "light"
    DARK = "dark"
    FORCED = "forced"


_WHEN_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_NOT_OUTLOOK = re.compile(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)
_CONDITION = re.compile(r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL)
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_ISLAND = re.compile(r"<(xml|noscript)\b.*?</\1>", re.DOTALL)
"""What is for Office's own reader of settings, and would be text in a browser."""

_WORD = 16
"""The version of Word that lays out mail in Outlook for Windows since 2016."""

_TURNED = """
html{background:#fff;filter:invert(1) hue-rotate(180deg)}
img,[background]{filter:invert(1) hue-rotate(180deg)}
"""
"""Colours turned over, pictures turned back: what programs do whose own arithmetic is not published."""


def filled(text: str, value: Callable[[MergeField], str], *, html: bool) -> str:
    """The text with each merge field as `value` gives it."""
    return merge.fill(text, lambda field: escape(value(field)) if html else value(field))


def reads(known: Callable[[MergeField], str], row: Mapping[str, str]) -> Callable[[MergeField], str]:
    """What fields read for a recipient: a row of a list, and else what a reader without one gets."""
    return lambda field: row.get(field.name) or known(field)


def coloured(html: str, scheme: ForcedScheme) -> str:
    """The email as it looks in a scheme, whatever the scheme of the browser that shows it."""
    dark = scheme is ForcedScheme.DARK

    def always(match: re.Match[str]) -> str:
        # A width that every window has, and one that none has.
        return "(min-width: 0px)" if (match[1] == "dark") == dark else "(max-width: 0px)"

    style = f":root{{color-scheme:{'dark' if dark else 'light'} only}}"
    turned = _TURNED if scheme is ForcedScheme.FORCED else ""
    return _with_style(_WHEN_DARK.sub(always, html), style + turned)


def by_outlook(html: str) -> str:
    """The email with the branches that Outlook for Windows takes, and without what its Word cannot read.

    Source: Microsoft, "About conditional comments"; Word reads no media queries.
    """
    html = _NOT_OUTLOOK.sub("", html)
    html = _CONDITION.sub(lambda match: match[2] if _holds(match[1]) else "", html)
    return _ISLAND.sub("", _MEDIA.sub("", html))


def shown_here(html: str, images: tuple[Image, ...], query: str) -> str:
    """The email with its pictures at the preview's own address, which `query` tells of which edition."""
    for image in images:
        html = html.replace(escape(image.url), f"../images/{image.name}?{escape(query)}")
    return html


def _holds(condition: str) -> bool:
    """Whether Outlook's Word takes a branch: `mso`, `gte mso 9`, `(gte mso 9)|(IE)`, `mso & !IE`."""
    return any(
        all(_holds_alone(part) for part in each.split("&"))
        for each in re.sub(r"[()]", "", condition).split("|")
    )


def _holds_alone(part: str) -> bool:
    words = part.split()
    negated = bool(words) and words[0].startswith("!")
    if negated:
        words[0] = words[0][1:]
    if not words or "mso" not in words:
        return negated
    compared = {"gt": _number(words) < _WORD, "gte": _number(words) <= _WORD, "lt": _number(words) > _WORD}
    compared["lte"] = _number(words) >= _WORD
    same = words[0] == "mso" and (len(words) == 1 or _number(words) == _WORD)
    return compared.get(words[0], same) != negated


def _number(words: list[str]) -> float:
    try:
        return float(words[-1])
    except ValueError:
        return 0.0


def _with_style(html: str, style: str) -> str:
    added = f"<style>{style}</style>"
    head = html.lower().find("</head>")
    return f"{html[:head]}{added}{html[head:]}" if head >= 0 else f"{added}{html}"
