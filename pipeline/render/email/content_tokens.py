"""Tokens keep an editor's texts out of mrml; they are replaced by the texts in the compiled layout.

mrml damages what passes through it (escapes in attributes, white space), so a template that prints a text
prints an ASCII token instead, and the token is replaced in mrml's output. With tokens the MJML depends on
the shape of the layout alone, so that issues of the same shape are compiled once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError
from pipeline.support.merge import escape, unmarked
from pipeline.support.templating import Markup

TOKEN = re.compile(r"zq([TC])(\d+)zq")


class ContentHtml(str):
    """Finished, safe HTML of content, its merge fields marked. It must not be printed inside an attribute."""


_printed: ContextVar[list[str]] = ContextVar("printed")


@contextmanager
def printed_values() -> Iterator[list[str]]:
    """The texts and content that templates print in this block, in the order of their tokens."""
    before = _printed.set([])
    try:
        yield _printed.get()
    finally:
        _printed.reset(before)


def print_token(value: Any) -> Any:
    """Print a value in a template: a text as a token, and anything else as it is.

    Other values are markup, from macros and theme settings, and numbers, which are sizes.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    values = _printed.get()
    values.append(value)
    # Markup, so that autoescape leaves the token alone.
    return Markup(f"zq{'C' if isinstance(value, ContentHtml) else 'T'}{len(values) - 1}zq")


def mark_safe(value: Any) -> Any:
    """The template filter `safe`: a text whose author says that it is safe, as content."""
    return value if isinstance(value, Markup) else ContentHtml(value)


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document cut at its tokens: the text between them, and the tokens.

    `fixed` has one more item than `slots`. A slot is a token's number and whether it is in an attribute.
    """

    fixed: tuple[str, ...]
    slots: tuple[tuple[int, bool], ...]

    def fill(self, texts: Iterable[str]) -> str:
        """Replace every token by the text for its slot."""
        pieces = [self.fixed[0]]
        for text, after in zip(texts, self.fixed[1:], strict=True):
            pieces += (text, after)
        return "".join(pieces)


def cut(document: str) -> CutDocument:
    """Cut a document at its tokens. Raises `PressroomError` for content inside an attribute."""
    fixed: list[str] = []
    slots: list[tuple[int, bool]] = []
    at = 0
    inside = False
    for token in TOKEN.finditer(document):
        before = document[at : token.start()]
        last = max(before.rfind("<"), before.rfind(">"))
        if last >= 0:
            # mrml repeats the title in an attribute, so it counts as one; neither has markup in it.
            inside = before[last] == "<" or before.endswith(("<mj-title>", "<title>"))
        if inside and token[1] == "C":
            raise PressroomError("a template prints HTML inside an attribute.")
        fixed.append(before)
        slots.append((int(token[2]), inside))
        at = token.end()
    return CutDocument((*fixed, document[at:]), tuple(slots))


def check_counts(mjml: CutDocument, compiled: CutDocument, issued: int, content: frozenset[int]) -> None:
    """Raise `PressroomError` unless mrml kept every token and added no unknown one.

    `content` has the numbers of those that are content: they must occur exactly as often as before. A text
    must occur at least as often, because mrml repeats the title.
    """
    before = Counter(number for number, _ in mjml.slots)
    after = Counter(number for number, _ in compiled.slots)
    for number in before | after:
        kept = after[number] == before[number] if number in content else after[number] >= before[number]
        if not (before[number] and kept and number < issued):
            raise PressroomError(
                "the theme lost or doubled a piece of content.",
                hint="Print content inside mj-text or mj-raw, and only once.",
            )


def as_html(value: str) -> str:
    """Write a printed value as HTML with marked merge fields: content as it is, a text escaped."""
    return value if isinstance(value, ContentHtml) else escape(value)


def fill_mjml(mjml: CutDocument, written: Sequence[str]) -> str:
    """Replace every token of the MJML; in attributes only ASCII, because mrml damages the rest."""

    def write_slot(number: int, inside: bool) -> str:
        if not inside:
            return written[number]
        text = written[number].replace("&quot;", "&#34;").replace("&#x27;", "&#39;").replace("\n", "&#10;")
        return text.encode("ascii", "xmlcharrefreplace").decode("ascii")

    return unmarked(mjml.fill(write_slot(*slot) for slot in mjml.slots))
