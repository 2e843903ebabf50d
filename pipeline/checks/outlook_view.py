"""The HTML as Outlook on Windows reads it: with its conditional comments applied.

The grammar is Internet Explorer's, which Word kept (Microsoft, "About conditional comments").
"""

from __future__ import annotations

import operator
import re

WORD = 16
"""The version that Outlook 2016 to 2024 give for `mso`."""

# A downlevel-revealed branch opens by a comment that closes itself: `<!--[if !mso]><!-->`.
_REVEALED = r"<!--\[if ([^\]]*)\]>(?:<!-->|<!-- -->)(.*?)<!--\s*<!\[endif\]-->"
_HIDDEN = r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->"
_BRANCH = re.compile(f"{_REVEALED}|{_HIDDEN}", re.DOTALL)
_WORD_OR_SIGN = re.compile(
    r"\s*(\(|\)|!|&|\||(?:gte|gt|lte|lt)\b|mso\b|IE\b|vml\b|true\b|false\b|\d+(?:\.\d+)?)"
)


def outlook_view(html: str) -> str:
    """The HTML that Outlook draws. Line breaks of what is left out stay, so lines keep their number."""

    def branch(found: re.Match[str]) -> str:
        condition, inside = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
        return inside if applies(condition) else "\n" * found[0].count("\n")

    return _BRANCH.sub(branch, html)


def applies(condition: str) -> bool:
    """Whether a condition such as `mso | IE` or `(gte mso 9)&(!IE)` holds in Outlook on Windows.

    What cannot be read does not hold, as with Word.
    """
    return bool(_value(condition))


def readable(condition: str) -> bool:
    """Whether a condition can be read at all."""
    return _value(condition) is not None


def _value(condition: str) -> bool | None:
    signs: list[str] = []
    at = 0
    text = condition.strip()
    while at < len(text):
        found = _WORD_OR_SIGN.match(text, at)
        if not found:
            return None
        signs.append(found[1])
        at = found.end()
    try:
        value, rest = _either(signs)
    except (IndexError, ValueError):
        return None
    return None if rest else value


def _either(signs: list[str]) -> tuple[bool, list[str]]:
    value, rest = _both(signs)
    while rest[:1] == ["|"]:
        other, rest = _both(rest[1:])
        value = value or other
    return value, rest


def _both(signs: list[str]) -> tuple[bool, list[str]]:
    value, rest = _one(signs)
    while rest[:1] == ["&"]:
        other, rest = _one(rest[1:])
        value = value and other
    return value, rest


def _one(signs: list[str]) -> tuple[bool, list[str]]:
    first, rest = signs[0], signs[1:]
    if first == "!":
        value, rest = _one(rest)
        return not value, rest
    if first == "(":
        value, rest = _either(rest)
        if rest[0] != ")":
            raise ValueError("a bracket is not closed")
        return value, rest[1:]
    if first in {"gte", "gt", "lte", "lt"}:
        name, number, rest = rest[0], float(rest[1]), rest[2:]
        compare = {"gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt}[first]
        return name == "mso" and compare(WORD, number), rest
    if first == "mso":
        if rest and rest[0][0].isdigit():
            return float(rest[0]) == WORD, rest[1:]
        return True, rest
    if first == "IE" and rest and rest[0][0].isdigit():
        rest = rest[1:]
    if first not in {"IE", "vml", "true", "false"}:
        raise ValueError(first)
    # Word draws VML, and is no Internet Explorer.
    return first in {"vml", "true"}, rest
