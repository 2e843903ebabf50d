"""The HTML as Outlook reads it: on Windows with its conditional comments applied, on the web with marks.

The grammar is Internet Explorer's, which Word kept (Microsoft, "About conditional comments").
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

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
    return "".join(drawn for _, drawn in outlook_pieces(html))


def outlook_pieces(html: str) -> Iterator[tuple[str, str]]:
    """The HTML in pieces, each as it is and as Outlook reads it: they differ in conditional comments."""
    start = 0
    for branch in _BRANCH.finditer(html):
        between = html[start : branch.start()]
        yield between, between
        condition, inside = (branch[1], branch[2]) if branch[1] is not None else (branch[3], branch[4])
        yield branch[0], inside if applies(condition) else "\n" * branch[0].count("\n")
        start = branch.end()
    yield html[start:], html[start:]


def outlook_com_view(page: HtmlPage) -> HtmlPage:
    """The page in Outlook.com's dark mode, which marks the elements whose colours it may change."""
    page = page.copy()
    for element in page.all():
        for mark in outlook_com_marks(element):
            element.set(mark, "")
    return page


def outlook_com_marks(element: Element) -> tuple[str, ...]:
    """The attributes that Outlook.com's dark mode adds to an element.

    `data-ogsb` marks a background, `data-ogsc` a colour:
    https://www.hteumeuleu.com/2019/dealing-with-outlook-com-s-dark-mode/
    """
    get = element.get
    return _marks(get("style") or "", bool(get("bgcolor")), bool(get("color")))


@lru_cache(maxsize=1024)
def _marks(style: str, background: bool, colour: bool) -> tuple[str, ...]:
    names = {name for name, _, _ in declarations(style)}
    background = background or not names.isdisjoint({"background", "background-color"})
    colour = colour or "color" in names
    return (*["data-ogsb"] * background, *["data-ogsc"] * colour)


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
