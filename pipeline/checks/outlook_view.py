"""The HTML as Outlook reads it: on Windows with its conditional comments applied, on the web with marks.

The grammar is Internet Explorer's, which Word kept (Microsoft, "About conditional comments").
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache

from pipeline.checks.html_page import HtmlPage
from pipeline.support.css import declarations

_WORD = 16
"""The version of `mso` in Outlook 2016 to 2024."""

# A branch for all other clients opens by a comment that closes itself: `<!--[if !mso]><!-->`.
_REVEALED = r"<!--\[if ([^\]]*)\]>(?:<!-->|<!-- -->)(.*?)<!--\s*<!\[endif\]-->"
_HIDDEN = r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->"
_BRANCH = re.compile(f"{_REVEALED}|{_HIDDEN}", re.DOTALL)

_COMPARE = {"gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt}
_TERM = re.compile(r"\b(?:(gte|gt|lte|lt)\s+)?(mso|IE|vml|true|false)(?:\s+(\d+(?:\.\d+)?))?\b")
# Brackets bind first, then not, and, or. Each step replaces what it can, and then the first is tried again.
_STEPS = (
    (r"\(([⊤⊥])\)", r"\1"),
    ("!⊤", "⊥"),
    ("!⊥", "⊤"),
    ("⊤&⊤", "⊤"),
    ("[⊤⊥]&[⊤⊥]", "⊥"),
    (r"(?<![!&])⊥\|⊥(?!&)", "⊥"),
    (r"(?<![!&])[⊤⊥]\|[⊤⊥](?!&)", "⊤"),
)


def outlook_view(html: str) -> str:
    """The HTML that Outlook draws. Line breaks of removed parts stay, so that lines keep their number."""

    def branch(match: re.Match[str]) -> str:
        condition, inside = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
        return inside if applies(condition) else "\n" * match[0].count("\n")

    return _BRANCH.sub(branch, html)


def outlook_com_view(page: HtmlPage) -> HtmlPage:
    """The page in Outlook.com's dark mode, which marks the elements whose colours it may change.

    Those with a background have `data-ogsb`, those with a colour `data-ogsc`
    (https://www.hteumeuleu.com/2019/dealing-with-outlook-com-s-dark-mode/).
    """
    page = page.copy()
    for element in page.all():
        names = {name for name, _, _ in declarations(element.get("style") or "")}
        if names & {"background", "background-color"} or element.get("bgcolor"):
            element.set("data-ogsb", "")
        if "color" in names or element.get("color"):
            element.set("data-ogsc", "")
    return page


def applies(condition: str) -> bool:
    """Whether a condition such as `mso | IE` or `(gte mso 9)&(!IE)` holds in Outlook on Windows.

    As in Word, a condition that cannot be read does not hold.
    """
    return _reduce(condition) == "⊤"


def readable(condition: str) -> bool:
    """Whether Outlook can read a condition at all."""
    return _reduce(condition) in {"⊤", "⊥"}


@lru_cache(maxsize=256)
def _reduce(condition: str) -> str:
    """A condition as ⊤ (true) or ⊥ (false), or what is left of one that cannot be read."""
    text = "".join(_TERM.sub(_term, condition).split())
    while True:
        for pattern, value in _STEPS:
            shorter = re.sub(pattern, value, text)
            if shorter != text:
                text = shorter
                break
        else:
            return text


def _term(match: re.Match[str]) -> str:
    comparison, name, number = match.groups()
    if bool(comparison) > bool(number) or (number and name not in {"mso", "IE"}):
        return "?"
    if name == "mso" and number:
        holds = _COMPARE.get(comparison, operator.eq)(_WORD, float(number))
    else:
        # Word draws VML, and is not Internet Explorer.
        holds = name in {"mso", "vml", "true"}
    return "⊤" if holds else "⊥"
