"""Rules on client support, from the vendored data of caniemail.com (`data/`, with its licence)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.checks.css import at_rules, declarations, style_rules
from pipeline.checks.rule import Found, Rule
from pipeline.checks.subject import Subject
from pipeline.model import Place, Severity

_DATA = Path(__file__).parent / "data" / "caniemail.json"

FAMILIES = ("gmail", "outlook", "apple-mail", "yahoo", "samsung-email")
"""The families that most readers use, where a publication names none (Litmus, client market share)."""

HARMLESS: Mapping[str, str] = {
    "css-at-media": "where it is not read, the phone gets the desktop's layout, which flows",
    "css-at-media-prefers-color-scheme": "where it is not read, the light scheme stands or is inverted",
    "css-color-scheme": "the same",
    "html-meta-color-scheme": "the same",
    "css-selector-attribute": "only for Outlook.com's own marks, in a style element of their own",
    "css-selector-child": "only in rules that a client without it does not need",
    "css-selector-id": "mrml's #outlook, which names Outlook's own wrapper",
    "css-border-radius": "corners are square",
    "css-border-collapse": "cells keep their borders apart, and tables here have none between them",
    "css-max-width": "Outlook gets the width by attribute and by its own table",
    "css-width": "Outlook gets it by attribute",
    "css-height": "given only as auto, beside the attribute",
    "css-max-height": "only on the hidden preview text, beside display:none",
    "css-overflow": "the same",
    "css-hyphens": "words break elsewhere",
    "css-word-break": "a long word may widen a narrow column",
    "css-white-space": "code wraps as a paragraph",
    "css-outline": "mrml's reset of an image",
    "css-vertical-align": "Word takes it by attribute",
    "css-display": "Word sets blocks as it likes",
    "css-display-none": "the preview text is hidden for Outlook by mso-hide",
    "css-margin": "Outlook.com drops negative ones only, and there are none",
    "css-padding": "Word reads it on cells, where it stands",
    "css-letter-spacing": "letters stand as the font has them",
    "css-table-layout": "columns take their width from what stands in them",
    "css-list-style-type": "lists have the client's own marks",
    "css-font-weight": "the nearest weight is taken",
    "css-direction": "the attribute dir says the same",
    "css-text-decoration": "partial only for its longer forms",
    "css-background": "given beside bgcolor",
    "css-background-color": "the same",
    "css-font": "partial only for its short form",
    "css-unit-percent": "Word takes widths by attribute",
    "css-important": "only in rules that a client without it does not need",
    "css-word-spacing": "mrml's reset",
    "css-line-height": "partial only for units that are not used",
    "css-text-align": "partial only for start and end",
    "html-style": "every value that the layout needs is inline",
    "html-semantics": "headings and paragraphs have their styles inline",
    "html-aria-label": "names the email where it is read; elsewhere the title does",
    "html-role": "read by those clients that hand it to a screen reader",
    "html-lang": "stands on <html> and on each child of <body>",
    "html-dir": "the same",
    "html-width": "beside the style",
    "html-height": "beside the style",
    "html-align": "beside the style",
    "html-valign": "beside the style",
    "html-cellspacing": "beside the style",
    "html-cellpadding": "beside the style",
    "html-body": "webmail puts a div in its place; what it says stands on the wrapper too",
    "html-doctype": "webmail has its own",
    "html-comments": "only conditional ones",
    "css-comments": "only in the theme's source",
    "html-blockquote": "has its own style inline; clients fold quotes of replies only",
    "html-pre": "wraps by white-space",
    "html-code": "has its own style inline",
    "html-abbr": "the words stand there all the same",
    "html-small": "has the size of the text around it",
    "html-del": "struck through or not, the words stand there",
    "html-wbr": "a long word breaks elsewhere",
    "html-mailto-links": "opens the reader's own mail program",
    "html-anchor-links": "an in-page link has a rule of its own",
    "html-target": "opens where the client likes",
    "html-image-maps": "only in name: usemap is not used",
    "html-table": "the layout itself",
    "css-rgba": "beside a colour of six digits",
    "css-border": "in Outlook on cells alone, where those that matter stand",
    "css-border-spacing": "the attribute cellspacing says the same",
    "css-font-size": "partial only for units that are not used",
    "html-lists": "the marks differ",
}
"""Features that the default theme uses where a client may lack them, and why nobody loses anything.

Reviewed against the data of May 2026. What goes past this list is reported.
"""


@dataclass(frozen=True, slots=True)
class Support:
    """How one feature fares: families that lack it, families that have it in part, and their notes."""

    title: str
    url: str
    lacking: Mapping[str, str]
    partial: Mapping[str, str]


def unsupported(subject: Subject) -> Iterator[Found]:
    """A feature that a family of clients lacks."""
    for slug, place, support in _used(subject):
        if support.lacking and slug not in HARMLESS:
            message = f"{support.title} is not supported by {_named(support.lacking)}."
            yield Found(message, place, f"{_REMEDY} {support.url}")


def partly_supported(subject: Subject) -> Iterator[Found]:
    """A feature that a family of clients has in part."""
    for slug, place, support in _used(subject):
        if support.partial and not support.lacking and slug not in HARMLESS:
            message = f"{support.title} is supported in part by {_named(support.partial)}."
            yield Found(message, place, f"What is missing: {support.url}")


_REMEDY = "Say it by other means, or make sure that nothing is lost without it and silence the rule."


def _named(families: Mapping[str, str]) -> str:
    names = _data()["nicenames"]["family"]
    return "; ".join(
        f"{names[family]} ({note})" if note else names[family] for family, note in families.items()
    )


def _used(subject: Subject) -> Iterator[tuple[str, Place, Support]]:
    families = subject.publication.clients or FAMILIES
    seen: set[str] = set()
    for slug, text, line in features(subject):
        if slug in seen:
            continue
        seen.add(slug)
        support = support_of(slug, tuple(families))
        if support is not None:
            yield slug, subject.places.of_theme(text) or subject.at(line), support


def features(subject: Subject) -> Iterator[tuple[str, str, int]]:
    """The features that the page uses: caniemail's slug, the text that stands for it, and the line."""
    page = subject.page
    for element in page.all():
        line = page.lines[element]
        yield f"html-{_ELEMENTS.get(element.tag, element.tag)}", f"<{element.tag}", line
        for name in element.attrib:
            yield f"html-{name}", f"{name}=", line
        for name, value, _ in declarations(element.get("style") or ""):
            yield from _of_declaration(name, value, line)
        source = (element.get("src") or "").rpartition(".")[2].lower()
        if element.tag == "img" and source:
            yield f"image-{'jpg' if source == 'jpeg' else source}", source, line
    for sheet in page.all("style"):
        css, first = sheet.text or "", page.lines[sheet]
        for name, line, _ in at_rules(css):
            yield f"css-at-{name}", f"@{name}", first + line - 1
        for rule in style_rules(css, first):
            if feature := re.search(r"\((prefers-[a-z-]+|hover|orientation)", rule.media):
                yield f"css-at-media-{feature[1]}", feature[1], rule.line
            for pattern, slug in _SELECTORS:
                for found in pattern.findall(rule.selector):
                    yield slug.format(found), found, rule.line
            for name, value, _ in rule.declarations:
                yield from _of_declaration(name, value, rule.line)


_ELEMENTS = {f"h{n}": "h1-h6" for n in range(1, 7)} | {"ul": "lists", "ol": "lists", "meta": "", "a": ""}
_SELECTORS = (
    (re.compile(r"(?<!:):([a-z-]+)"), "css-pseudo-class-{}"),
    (re.compile(r"::([a-z-]+)"), "css-pseudo-element-{}"),
    (re.compile(r"\[[^\]]*\]"), "css-selector-attribute"),
    (re.compile(r"\+"), "css-selector-adjacent-sibling"),
    (re.compile(r"~"), "css-selector-general-sibling"),
    (re.compile(r">"), "css-selector-child"),
)


def _of_declaration(name: str, value: str, line: int) -> Iterator[tuple[str, str, int]]:
    if name.startswith(("mso-", "-webkit-", "-ms-", "-moz-")):
        return
    yield f"css-{name}", name, line
    if name == "display":
        yield f"css-display-{value}", f"display:{value}", line
    for function in re.findall(r"([a-z-]+)\(", value):
        slug = {"calc": "css-unit-calc", "var": "css-variables", "rgb": "css-rgb", "rgba": "css-rgba"}
        yield slug.get(function, f"css-function-{function}"), f"{function}(", line
        yield f"css-{function}", f"{function}(", line
    for unit in re.findall(r"\d(rem|em|vw|vh|vmin|vmax|ch|ex|cm|mm|in|pc)\b", value):
        yield f"css-unit-{unit}", unit, line


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    data["by_slug"] = {each["slug"]: each for each in data["data"]}
    return data


@lru_cache(maxsize=1024)
def support_of(slug: str, families: tuple[str, ...]) -> Support | None:
    """How these families support a feature; None where the data has none of that name.

    Of each platform the newest tested version counts; one platform that lacks it is enough.
    """
    feature = _data()["by_slug"].get(slug)
    if feature is None:
        return None
    lacking: dict[str, str] = {}
    partial: dict[str, str] = {}
    for family in families:
        for platform, versions in feature["stats"].get(family, {}).items():
            mark = list(versions.values())[-1].partition(" ")[0]
            said = str(_data()["nicenames"]["platform"].get(platform, platform))
            if mark == "n":
                lacking[family] = _joined(lacking.get(family), said)
            elif mark == "a":
                partial[family] = _joined(partial.get(family), said)
    return Support(feature["title"], feature["url"], lacking, partial)


def _joined(before: str | None, more: str) -> str:
    return more if not before else f"{before}, {more}"


RULES = (
    Rule(
        "CLIENT001",
        Severity.WARNING,
        "A mail client lacks a feature that the email uses",
        "Its readers see something else, or nothing.",
        _REMEDY,
        "caniemail.com, vendored data of May 2026",
        unsupported,
    ),
    Rule(
        "CLIENT002",
        Severity.NOTE,
        "A mail client has a feature only in part",
        "Some of what it does may not work there.",
        "Look at the note on caniemail.com.",
        "caniemail.com, vendored data of May 2026",
        partly_supported,
    ),
)
