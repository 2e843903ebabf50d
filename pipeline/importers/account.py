"""The last look: whether each line of a source is somewhere, so that nothing is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pipeline.importers.draft import Draft, Left, Moment

_WORD = re.compile(r"[^\W\d_]+|\d+")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_BESIDE_NUMBERS = (
    "published posted on updated last modified st nd rd th am pm t z utc gmt mon tue wed thu fri sat sun "
    "monday tuesday wednesday thursday friday saturday sunday"
)
# What says how a text is marked up, and is no word of it.
_TAG = re.compile(
    r"</?[a-zA-Z][\w:-]*|\b(?:class|style|id|rel|target|width|height|loading|src|href|alt|title)\s*="
)
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?\s*[\w./-]+|\{%-?\s*\w+|^(?:!!!|\?\?\?|:::+)[ \t]*[\w-]*|\[!\w+\]")
_STYLE = re.compile(r"""\b(?:class|style|id)\s*=\s*(?:"[^"]*"|'[^']*')""")
_KEY = re.compile(r"\A\s*(?:-\s+)?[\"']?[\w.;-]+(?: [\w.-]+)?[\"']?\s*[:=](?=\s|$|[\"'\[{])")
_HEAD_KEY = re.compile(r"""["']?[\w.-]+["']?\s*[:=]""")
_FLAG = re.compile(
    r"""\s*["']?[\w.-]+["']?\s*[:=]\s*["']?(?:true|false|yes|no|on|off|0|1|published|publish|public|live|sent|"""
    r"""final|finished|done|imported|draft)["']?,?\s*""",
    re.IGNORECASE,
)
_FENCE = re.compile(r"(?:-{3}|\+{3}|;{3})\s*\w*\s*")
_TABLE = re.compile(r"\s*\[\[?[\w. \"'-]+\]\]?\s*")


_NOWHERE = "it found no place in the article"


def unplaced(source: str, article: str, draft: Draft, head: int = 0) -> tuple[Left, ...]:
    """The lines of a source with a word that is neither in the article's file nor in what was left out.

    The first `head` lines are front matter, of which the keys are no words of the text.
    """
    placed = {*_words(article), *_words(" ".join(_told(draft)))}
    for each in draft.left:
        placed.update(_words(each.text))
    found = []
    for number, line in enumerate(source.split("\n"), start=1):
        if not placed.issuperset(_words(_shown(line, in_head=number <= head))):
            is_flag = number <= head and _FLAG.fullmatch(line)
            reason = "whether it was published: it is, unless it is a draft" if is_flag else _NOWHERE
            found.append(Left(line.strip(), reason, number))
    return tuple(found)


def _shown(line: str, *, in_head: bool) -> str:
    """What a line says, without keys, tags and the names of shortcodes."""
    if in_head:
        return "" if _TABLE.fullmatch(line) or _FENCE.fullmatch(line) else _HEAD_KEY.sub(" ", line)
    return _KEY.sub(" ", _SHORTCODE.sub(" ", _TAG.sub(" ", _STYLE.sub(" ", line))))


def _told(draft: Draft) -> Iterable[str]:
    """What fields say in other words than the source: dates, and what was read out of a line."""
    for moment in (draft.date, draft.updated):
        if moment is not None:
            yield _spelled(moment)
    if draft.authors:
        yield "by written words text and"
    yield "index html"  # an address of a page, which became a slug
    for each in draft.inferred:
        yield f"{each.value} {each.why}"


def _spelled(moment: Moment) -> str:
    """A date in the words and numbers in which sources write it."""
    month = _MONTHS[moment.month - 1]
    numbers = f"{moment.day} {moment.day:02} {moment.month} {moment.month:02} {moment.year} 0 00 000"
    clock = f"{moment:%H %M %S %I %z}" if isinstance(moment, datetime) else ""
    return f"{numbers} {clock} {month} {month[:3]} {month[:4]} {_BESIDE_NUMBERS}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
