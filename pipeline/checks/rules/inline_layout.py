"""A rule on where the email's look is written: inline, where no client drops it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.html_page import text_pieces
from pipeline.checks.rule import Violation, rule
from pipeline.model import Severity
from pipeline.support.css import StyleRule, declarations

_LAYOUT_NAMES = (
    "width display float font-size line-height text-align font-family font-weight color background "
    "background-color padding padding-top padding-right padding-bottom padding-left margin margin-top "
    "margin-right margin-bottom margin-left"
)
_LAYOUT = frozenset(_LAYOUT_NAMES.split())
"""Properties that the email's look depends on; the others of a sheet only improve it."""

_TYPE = frozenset({"color", "font-size", "line-height", "text-align", "font-family", "font-weight"})
_SHORTHANDS = dict.fromkeys(("font-size", "line-height", "font-family", "font-weight"), "font")
_ATTRIBUTES = {
    "width": "width",
    "text-align": "align",
    "background-color": "bgcolor",
    "background": "bgcolor",
}


@rule(
    "TYPE010",
    Severity.WARNING,
    "A value that the layout needs is in a style sheet only",
    source="caniemail.com, html-style, note 2",
    remedy="Write it inline in the theme; let media queries only improve.",
)
def layout_in_sheet(context: CheckContext) -> Iterator[Violation]:
    """The Gmail app drops style sheets for accounts that are not Google's, and the look is lost."""
    for element in context.page.all():
        if element.tag in {"html", "body"}:
            continue
        for sheet_rule in context.light_styles.rules_of(element):
            selector = sheet_rule.selector
            for name in _needed(sheet_rule):
                inline = {name for name, _, _ in declarations(element.get("style") or "")}
                if _is_inline(element, inline, name):
                    continue
                # An image's alt text is drawn in the type around it, which no attribute can set.
                if name in _TYPE and not any(piece.text.strip() for piece in text_pieces(element, alt=False)):
                    continue
                yield Violation(
                    f"{name} of <{element.tag}> is in a style sheet only, under {selector}.",
                    context.in_theme(sheet_rule.line, f"{selector} {{", f"{selector}{{"),
                    about=(selector, name),
                )


@lru_cache(maxsize=512)
def _needed(sheet_rule: StyleRule) -> tuple[str, ...]:
    """The layout's properties in a rule for a class or id; other rules reset what clients set."""
    if not re.search(r"[.#]\w", sheet_rule.selector):
        return ()
    return tuple(name for name, _, _ in sheet_rule.declarations if name in _LAYOUT)


def _is_inline(element: Element, inline: set[str], name: str) -> bool:
    stem = name.partition("-")[0]
    written = name in inline or _SHORTHANDS.get(name) in inline
    if stem in {"padding", "margin", "background"}:
        written = written or stem in inline or (name == stem and any(o.startswith(stem) for o in inline))
    return written or bool(element.get(_ATTRIBUTES.get(name, "")))
