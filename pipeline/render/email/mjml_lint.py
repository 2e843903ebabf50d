"""Check the theme's MJML before mrml compiles it, because mrml reports few mistakes and no line.

mrml drops misspelt attributes silently, and writes unknown elements into the email as they are. So each
template is checked as it is read, also parts that no issue has used yet, and every tag is annotated with
its file and line. The rendered MJML is then checked for what shows only there: balance and nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.render.email.content_tokens import TOKEN
from pipeline.render.email.mjml_elements import ATTRIBUTES, CHILDREN, CONTAIN_HTML, FREE, VOID

MAX_NESTING = 120
"""Deeper nesting is a mistake; mrml ends the process at some twenty thousand levels."""

_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
_SKIPPED = re.compile(rf"{_JINJA}|<!--.*?-->", re.DOTALL)
_TAG_START = re.compile(rf"{_JINJA}|<!--.*?-->|(</?[A-Za-z][\w:-]*)", re.DOTALL)
_ANNOTATION = re.compile(r" zq:([^<>]*?):(\d+):zq")
_VALUE = r"""\s*=\s*(?:"[^"]*"|'[^']*')"""
_TAG = re.compile(
    rf"<!--.*?-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:-]*)"
    rf"(?P<rest>(?:\s+[^\s\"'<>/=]+(?:{_VALUE})?|[ ]zq:[^<>]*?:\d+:zq)*)\s*(?P<closed>/?)>|(?P<odd><)",
    re.DOTALL,
)
_ROUGH_TAG = re.compile(r"""<!--.*?-->|<(?:[^<>"']|"[^"]*"|'[^']*')*>|<""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")

_UNSUPPORTED = {
    "mj-include": 'Write {% include "email/parts/….mjml.j2" %} instead.',
    "mj-html-attributes": "Write the HTML itself in mj-text or mj-raw.",
    "mj-selector": "Write the HTML itself in mj-text or mj-raw.",
    "mj-html-attribute": "Write the HTML itself in mj-text or mj-raw.",
}


# A theme's templates are the same for all editions, and for each save in the preview.
@lru_cache(maxsize=128)
def annotate(source: str, path: str) -> str:
    """Add its file and line to each tag of a template. Files other than MJML stay as they are.

    Raises `PressroomError` with every mistake that the source alone shows.
    """
    if not path.endswith(".mjml.j2"):
        return source
    check_source(source, path)

    def add_place(start: re.Match[str]) -> str:
        if not start[1]:
            return start[0]
        return f"{start[1]} zq:{path}:{_line(source, start.start())}:zq"

    return _TAG_START.sub(add_place, source)


def strip_annotations(mjml: str) -> str:
    """Remove what `annotate` added."""
    return _ANNOTATION.sub("", mjml)


def check_source(source: str, path: str) -> None:
    """Check a template for unknown elements and attributes, and for tags that are not well formed.

    What Jinja will insert is not known yet and counts as empty. Raises `PressroomError` with every mistake.
    """
    # White space keeps the line numbers, and is valid between attributes and within a value.
    plain = _SKIPPED.sub(lambda skipped: re.sub(r"[^\n]", " ", skipped[0]), source)
    errors: list[PressroomError] = []
    for tag in _TAG.finditer(plain):
        here = _PlacedTag(tag["name"] or "", path, _line(source, tag.start()))
        if tag["odd"]:
            text = source[tag.start() : tag.start() + 30].partition("\n")[0]
            hint = 'Each attribute needs quotes and each tag a ">"; a plain "<" is written "&lt;".'
            errors.append(here.error(f'"{text}" is not a well-formed tag.', hint))
        elif here.name and not tag["end"]:
            errors.extend(_check_tag(here, tag["rest"]))
    raise_all(errors)


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


@dataclass(frozen=True, slots=True)
class _PlacedTag:
    name: str = ""
    path: str | None = None
    line: int | None = None

    def error(self, message: str, hint: str | None = None) -> PressroomError:
        return PressroomError(message, self.path, self.line, hint)


def check_rendered(mjml: str) -> None:
    """Check rendered, annotated MJML: balance, nesting, and tags again, for Jinja may have written some.

    Raises `PressroomError` at the first mistake.
    """
    stack: list[_PlacedTag] = []
    for rough in _ROUGH_TAG.finditer(mjml):
        tag = _rendered_tag(rough[0])
        if tag is None:
            text = strip_annotations(mjml[rough.start() : rough.start() + 60]).partition("\n")[0]
            raise (stack[-1] if stack else _PlacedTag()).error(f'"{text}" is not a well-formed tag.')
        here, kind = tag
        if not here.name:  # a comment
            continue
        if kind == "end":
            _close(stack, here)
            continue
        _check_nesting(stack[-1].name if stack else "", here)
        if kind == "open" and here.name not in VOID:
            stack.append(here)
            if len(stack) > MAX_NESTING:
                raise here.error(f"elements are nested more than {MAX_NESTING} deep.")
    if stack:
        raise stack[-1].error(f"<{stack[-1].name}> is never closed.")


# A template writes the same tags in every issue.
@lru_cache(maxsize=2048)
def _rendered_tag(text: str) -> tuple[_PlacedTag, str] | None:
    """Read an annotated tag or a comment; None if it is not well formed.

    Returns it with its kind: open, closed or end. Raises `PressroomError` for the first mistake in it.
    """
    tag = _TAG.fullmatch(text)
    if not tag or tag["odd"]:
        return None
    if not tag["name"]:  # a comment
        return _PlacedTag(), "closed"
    place = _ANNOTATION.search(tag["rest"])
    here = _PlacedTag(tag["name"], place[1], int(place[2])) if place else _PlacedTag(tag["name"])
    if tag["end"]:
        return here, "end"
    for error in _check_tag(here, tag["rest"]):
        raise error
    return here, "closed" if tag["closed"] else "open"


def _close(stack: list[_PlacedTag], here: _PlacedTag) -> None:
    if here.name in VOID:
        return
    if not stack:
        raise here.error(f"</{here.name}> closes nothing.")
    last = stack.pop()
    if last.name != here.name:
        opened = f", opened at {last.path}:{last.line}," if last.path else ""
        raise here.error(f"</{here.name}> comes while <{last.name}>{opened} is still open.")


def _check_nesting(parent: str, here: _PlacedTag) -> None:
    if not parent:
        if here.name != "mjml":
            raise here.error(f"<{here.name}> is outside <mjml>.", "Put it into a section.")
    elif here.name in ATTRIBUTES:
        if here.name not in CHILDREN.get(parent, ()):
            parents = sorted(
                name
                for name, children in CHILDREN.items()
                if here.name in children and name != "mj-attributes"
            )
            hint = f"It belongs in {' or '.join(parents)}." if parents else None
            raise here.error(f"<{here.name}> cannot be in <{parent}>.", hint)
    elif parent in CHILDREN or (parent in ATTRIBUTES and parent not in CONTAIN_HTML):
        raise here.error(f"<{here.name}> cannot be in <{parent}> itself.", "Put it into mj-text.")


def _check_tag(here: _PlacedTag, attributes: str) -> Iterator[PressroomError]:
    name = here.name
    # After a bare "mj-" Jinja will write the rest of the name.
    if name == "mj-" or not (name.startswith("mj-") or name == "mjml"):
        return
    if name not in ATTRIBUTES:
        what = "is not supported" if name in _UNSUPPORTED else "is not an element of MJML"
        yield here.error(f"<{name}> {what}.", _UNSUPPORTED.get(name) or suggest(name, ATTRIBUTES))
        return
    for attribute, double, single in _ATTRIBUTE.findall(_ANNOTATION.sub("", attributes)):
        if name == "mj-style" and attribute == "inline":
            yield here.error(
                '<mj-style inline="inline"> is not supported.',
                "Write the style on the element, or in email/content.css.j2 for an article's text.",
            )
        elif attribute not in ATTRIBUTES[name]:
            hint = suggest(attribute, sorted(ATTRIBUTES[name]))
            yield here.error(f'<{name}> has no attribute "{attribute}".', hint)
        elif attribute not in FREE and TOKEN.search(double or single):
            yield here.error(
                f'"{attribute}" of <{name}> is set from a text, which may contain anything.',
                "Use a value of the theme or a number.",
            )
