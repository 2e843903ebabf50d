"""A rule on where the email's look is written: inline, where no client drops it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.checks.context import CheckContext
from pipeline.checks.css import StyleRule, declarations
from pipeline.checks.rule import Rule, Violation
from pipeline.model import Severity

_LAYOUT = (
    "width display float font-size line-height text-align font-family font-weight color background "
    "background-color padding padding-top padding-right padding-bottom padding-left margin margin-top "
    "margin-right margin-bottom margin-left"
)
LAYOUT = frozenset(_LAYOUT.split())
"""What the email's look rests on; the rest of a sheet improves it."""

_TYPE = frozenset({"color", "font-size", "line-height", "text-align", "font-family", "font-weight"})
_SHORT = {"font-size": "font", "line-height": "font", "font-family": "font", "font-weight": "font"}
_ATTRIBUTES = {
    "width": "width",
    "text-align": "align",
    "background-color": "bgcolor",
    "background": "bgcolor",
}


def layout_in_sheet(subject: CheckContext) -> Iterator[Violation]:
    """A value that the layout needs and that stands in a style sheet alone: one finding for each."""
    seen: set[tuple[str, str]] = set()
    for element in subject.page.all():
        inline = {name for name, _, _ in declarations(element.get("style") or "")}
        for rule in subject.light.rules_of(element) if element.tag not in {"html", "body"} else ():
            for name in _needed(rule):
                if (rule.selector, name) in seen or _says(element, inline, name):
                    continue
                # An image's alt text is drawn in the type around it, which no attribute can say.
                if name in _TYPE and not "".join(element.itertext()).strip():
                    continue
                seen.add((rule.selector, name))
                yield Violation(
                    f"{name} of <{element.tag}> stands in a style sheet only, under {rule.selector}.",
                    subject.in_theme(rule.line, f"{rule.selector} {{", f"{rule.selector}{{"),
                )


def _needed(rule: StyleRule) -> Iterator[str]:
    """The layout's values of a rule for a class or id; the others reset what clients set."""
    if re.search(r"[.#]\w", rule.selector):
        yield from (name for name, _, _ in rule.declarations if name in LAYOUT)


def _says(element: Element, inline: set[str], name: str) -> bool:
    stem = name.partition("-")[0]
    if stem in {"padding", "margin", "background"}:
        said = name in inline or stem in inline or (name == stem and any(o.startswith(stem) for o in inline))
    else:
        said = name in inline or _SHORT.get(name) in inline
    return said or bool(element.get(_ATTRIBUTES.get(name, "")))


RULES = (
    Rule(
        "TYPE010",
        Severity.WARNING,
        "A value that the layout needs stands in a style sheet only",
        "The Gmail app drops style sheets for accounts that are not Google's, and the look is lost.",
        "Write it inline in the theme; let media queries only improve.",
        "caniemail.com, html-style, note 2",
        layout_in_sheet,
    ),
)
