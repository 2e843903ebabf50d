"""Rules on client support, by the vendored data of caniemail.com (`data/`, with its licence)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.checks.client_features import FeatureUse, by_name, first_uses
from pipeline.checks.context import CheckContext
from pipeline.checks.rule import Violation, rule
from pipeline.model import Place, Severity

_DATA = Path(__file__).parent.parent / "data" / "caniemail.json"

_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
"""A link of Markdown; a line in a terminal keeps only its words."""

FAMILIES = ("gmail", "outlook", "apple-mail", "yahoo", "samsung-email")
"""The families that most readers use, where a publication names none (Litmus, client market share)."""

HARMLESS = by_name(
    {
        "where it is not read, the phone gets the desktop's layout, which flows": "css-at-media",
        "where it is not read, the light scheme stays or is inverted": "css-at-media-prefers-color-scheme "
        "css-color-scheme html-meta-color-scheme",
        "only for Outlook.com's own attributes, in a style element of their own": "css-selector-attribute",
        "only in rules that a client without it does not need": "css-selector-child css-important",
        "mrml's #outlook, which names Outlook's own wrapper": "css-selector-id",
        "corners are square": "css-border-radius",
        "cells keep their borders apart, and tables here have none between them": "css-border-collapse",
        "Outlook gets the width by attribute and by its own table": "css-max-width",
        "Outlook gets it by attribute": "css-width",
        "given only as auto, beside the attribute": "css-height",
        "only on the hidden preview text, beside display:none": "css-max-height css-overflow",
        "words break elsewhere": "css-hyphens",
        "a long word may widen a narrow column": "css-word-break",
        "code wraps as a paragraph": "css-white-space",
        "mrml's reset of an image": "css-outline",
        "Word takes it by attribute": "css-vertical-align",
        "Word sets blocks as it likes": "css-display",
        "the preview text is hidden for Outlook by mso-hide": "css-display-none",
        "Outlook.com drops negative ones only, and there are none": "css-margin",
        "Word reads it on cells, where the theme has it": "css-padding",
        "letters are spaced as the font has them": "css-letter-spacing",
        "columns take their width from their content": "css-table-layout",
        "lists have the client's own marks": "css-list-style-type",
        "the nearest weight is taken": "css-font-weight",
        "the attribute dir says the same": "css-direction",
        "partial only for its longer forms": "css-text-decoration",
        "given beside bgcolor": "css-background css-background-color",
        "partial only for its short form": "css-font",
        "Word takes widths by attribute": "css-unit-percent",
        "mrml's reset": "css-word-spacing",
        "partial only for units that are not used": "css-line-height css-font-size",
        "partial only for start and end": "css-text-align",
        "every value that the layout needs is inline": "html-style",
        "headings and paragraphs have their styles inline": "html-semantics",
        "names the email where it is read; elsewhere the title does": "html-aria-label",
        "read by those clients that pass it to a screen reader": "html-role",
        "is on <html> and on each child of <body>": "html-lang html-dir",
        "beside the style": "html-width html-height html-align html-valign html-cellspacing html-cellpadding",
        "webmail puts a div in its place; its attributes are on the wrapper too": "html-body",
        "webmail has its own": "html-doctype",
        "only conditional ones": "html-comments",
        "only in the theme's source": "css-comments",
        "has its own style inline; clients fold quotes of replies only": "html-blockquote",
        "wraps by white-space": "html-pre",
        "has its own style inline": "html-code",
        "the words are there all the same": "html-abbr html-bdi html-dfn html-strike",
        "has the size of the text around it": "html-small",
        "struck through or not, the words are there": "html-del",
        "a long word breaks elsewhere": "html-wbr",
        "opens the reader's own mail program": "html-mailto-links",
        "an in-page link has a rule of its own": "html-anchor-links",
        "opens where the client likes": "html-target",
        "only in name: usemap is not used": "html-image-maps",
        "the layout itself": "html-table",
        "beside a colour of six digits": "css-rgba",
        "in Outlook on cells alone, where those that matter are": "css-border",
        "the attribute cellspacing says the same": "css-border-spacing",
        "the marks differ": "html-lists",
        "only in rules that a client without style sheets does not need": "css-selector-class "
        "css-selector-descendant css-selector-grouping css-selector-type",
        "Outlook shows the first picture of a moving one": "image-gif",
    }
)
"""Features that the default theme uses although a client may lack them, by why nobody loses anything.

Reviewed against the data of May 2026. Every other feature is reported.
"""


_REMEDY = "Do it by other means, or make sure that nothing is lost without it and silence the rule."


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """Support of one feature: families that lack it, families with partial support, and notes."""

    title: str
    url: str
    lacking: Mapping[str, str]
    partial: Mapping[str, str]
    notes: tuple[str, ...] = ()


@rule(
    "CLIENT001",
    Severity.WARNING,
    "A mail client lacks a feature that the email uses",
    source="caniemail.com, vendored data of May 2026",
    remedy=_REMEDY,
)
def unsupported(context: CheckContext) -> Iterator[Violation]:
    """Its readers see something else, or nothing."""
    for use, support in _used(context):
        if support.lacking:
            message = f"{support.title} is not supported by {_named(support.lacking)}."
            # In a style sheet it only improves.
            severity = None if use.element is not None else Severity.NOTE
            yield Violation(message, _place(context, use), _hint(_REMEDY, support), severity)


@rule(
    "CLIENT002",
    Severity.NOTE,
    "A mail client has a feature only in part",
    source="caniemail.com, vendored data of May 2026",
    remedy="Look at the note on caniemail.com.",
)
def partly_supported(context: CheckContext) -> Iterator[Violation]:
    """Some of what it does may not work there."""
    for use, support in _used(context):
        if support.partial and not support.lacking:
            message = f"{support.title} is supported in part by {_named(support.partial)}."
            yield Violation(message, _place(context, use), _hint("See whether it matters.", support))


def _hint(remedy: str, support: ClientSupport) -> str:
    return " ".join((remedy, *support.notes, support.url))


def _place(context: CheckContext, use: FeatureUse) -> Place:
    forms = (use.written, use.written.replace(":", ": ", 1), use.written.rstrip(">"))
    if use.element is not None:
        return context.origin(use.element, *forms)
    return context.in_theme(use.line, *forms)


def _named(families: Mapping[str, str]) -> str:
    names = _data()["nicenames"]["family"]
    return "; ".join(
        f"{names[family]} ({platforms})" if platforms else names[family]
        for family, platforms in families.items()
    )


def _used(context: CheckContext) -> Iterator[tuple[FeatureUse, ClientSupport]]:
    """Each feature beyond the reviewed list, with its first use."""
    families = tuple(context.publication.clients or FAMILIES)
    for slug, use in first_uses(context.page).items():
        if slug not in HARMLESS and (support := support_of(slug, families)):
            yield use, support


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    data["by_slug"] = {each["slug"]: each for each in data["data"]}
    return data


def support_of(slug: str, families: tuple[str, ...]) -> ClientSupport | None:
    """How these families support a feature; None where the data has no such feature.

    Of each platform the newest tested version counts; one platform that lacks it is enough.
    """
    feature = _data()["by_slug"].get(slug)
    if feature is None:
        return None
    groups: dict[str, dict[str, list[str]]] = {"n": {}, "a": {}}
    notes: dict[str, None] = {}
    notes_by_number = feature["notes_by_num"] or {}
    for family in families:
        for platform, versions in feature["stats"].get(family, {}).items():
            mark, *numbers = list(versions.values())[-1].split()
            if mark in groups:
                name = str(_data()["nicenames"]["platform"].get(platform, platform))
                groups[mark].setdefault(family, []).append(name)
                texts = (notes_by_number.get(number.lstrip("#")) for number in numbers)
                notes |= {_LINK.sub(r"\1", text): None for text in texts if text}
    lacking, partial = (
        {family: ", ".join(names) for family, names in group.items()} for group in groups.values()
    )
    return ClientSupport(feature["title"], feature["url"], lacking, partial, tuple(notes))
