"""The theme is proved before mrml sees it, for mrml says little and never says where.

Misspelt attributes vanish in mrml without a word, unknown elements go into the email as they are,
and its errors have no line. So each template is looked through as it is read (also what no issue
has used yet), every tag is marked with its file and line, and the rendered whole is then checked
for what only shows there: balance and nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.errors import PressroomError, raise_all, suggest
from pipeline.render.email.content_tokens import TOKEN
from pipeline.render.email.mjml_elements import ATTRIBUTES, CHILDREN, FREE, HOLD_HTML, VOID

DEEPEST = 120
"""Nesting beyond this is a mistake; mrml ends the process at some twenty thousand levels."""

_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
_SKIPPED = re.compile(rf"{_JINJA}|<!--.*?-->", re.DOTALL)
_TAG_START = re.compile(rf"{_JINJA}|<!--.*?-->|(</?[A-Za-z][\w:-]*)", re.DOTALL)
_MARK = re.compile(r" zq:([^<>]*?):(\d+):zq")
_VALUE = r"""\s*=\s*(?:"[^"]*"|'[^']*')"""
_TAG = re.compile(
    rf"<!--.*?-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:-]*)"
    rf"(?P<rest>(?:\s+[^\s\"'<>/=]+(?:{_VALUE})?|[ ]zq:[^<>]*?:\d+:zq)*)\s*(?P<closed>/?)>|(?P<odd><)",
    re.DOTALL,
)
_ROUGH_TAG = re.compile(r"""<!--.*?-->|<(?:[^<>"']|"[^"]*"|'[^']*')*>|<""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")

_NOT_HERE = {
    "mj-include": 'Write {% include "email/parts/….mjml.j2" %} instead.',
    "mj-html-attributes": "Write the HTML itself in mj-text or mj-raw.",
    "mj-selector": "Write the HTML itself in mj-text or mj-raw.",
    "mj-html-attribute": "Write the HTML itself in mj-text or mj-raw.",
}


def annotate(source: str, path: str) -> str:
    """A template's source with each tag marked by its place. Other files than MJML stay as they are.

    Raises `PressroomError`, with every mistake that shows in the source alone.
    """
    if not path.endswith(".mjml.j2"):
        return source
    check_source(source, path)

    def mark(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        line = source.count("\n", 0, found.start()) + 1
        return f"{found[1]} zq:{path}:{line}:zq"

    return _TAG_START.sub(mark, source)


def strip_annotations(mjml: str) -> str:
    """MJML without the marks of `annotate`."""
    return _MARK.sub("", mjml)


def check_source(source: str, path: str) -> None:
    """Unknown elements and attributes of one template, and tags that are not well formed.

    What Jinja will put in is not known yet and counts as empty.
    """
    # White space keeps the lines; inside a tag it may stand between attributes or within a value.
    plain = _SKIPPED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    errors: list[PressroomError] = []
    for found in _TAG.finditer(plain):
        if found["odd"]:
            line = source.count("\n", 0, found.start()) + 1
            text = source[found.start() : found.start() + 30].partition("\n")[0]
            errors.append(
                PressroomError(
                    f'"{text}" is not a well-formed tag.',
                    path,
                    line,
                    'Each attribute needs quotes and each tag a ">"; a plain "<" is written "&lt;".',
                )
            )
        elif found["name"] and not found["end"]:
            line = source.count("\n", 0, found.start()) + 1
            errors.extend(_check_tag(found, path, line))
    raise_all(errors)


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    path: str | None
    line: int | None


def check_rendered(mjml: str) -> None:
    """The whole MJML, still marked: balance, nesting, and everything else once more.

    For Jinja may have written a tag or attribute. Raises `PressroomError` at the first mistake.
    """
    stack: list[_OpenTag] = []
    for found in _ROUGH_TAG.finditer(mjml):
        tag = _read_tag(found[0])
        if tag is None:
            around = strip_annotations(mjml[found.start() : found.start() + 60]).partition("\n")[0]
            place = stack[-1] if stack else _OpenTag("", None, None)
            raise PressroomError(f'"{around}" is not a well-formed tag.', place.path, place.line)
        here = tag.here
        if not here.name:
            continue
        if tag.end:
            _close(stack, here)
            continue
        for error in tag.errors:
            raise error
        _check_nesting(stack, here)
        if tag.holds:
            stack.append(here)
            if len(stack) > DEEPEST:
                raise PressroomError(f"elements are nested more than {DEEPEST} deep.", here.path, here.line)
    if stack:
        last = stack[-1]
        raise PressroomError(f"<{last.name}> is never closed.", last.path, last.line)


@dataclass(frozen=True, slots=True)
class _MjmlTag:
    """A tag as read: whether it ends an element, or begins one that holds something."""

    here: _OpenTag
    end: bool = False
    holds: bool = False
    errors: tuple[PressroomError, ...] = ()


@lru_cache(maxsize=8192)
def _read_tag(text: str) -> _MjmlTag | None:
    """A marked tag, or None for what is no well-formed one. Most tags recur from issue to issue."""
    found = _TAG.fullmatch(text)
    if not found or found["odd"]:
        return None
    name = found["name"]
    if not name:
        return _MjmlTag(_OpenTag("", None, None))
    mark = _MARK.search(found["rest"])
    here = _OpenTag(name, mark[1] if mark else None, int(mark[2]) if mark else None)
    if found["end"]:
        return _MjmlTag(here, end=True)
    errors = tuple(_check_tag(found, here.path, here.line))
    return _MjmlTag(here, holds=not found["closed"] and name not in VOID, errors=errors)


def _close(stack: list[_OpenTag], here: _OpenTag) -> None:
    if here.name in VOID:
        return
    if not stack:
        raise PressroomError(f"</{here.name}> closes nothing.", here.path, here.line)
    last = stack.pop()
    if last.name != here.name:
        opened = f", opened at {last.path}:{last.line}," if last.path else ""
        raise PressroomError(
            f"</{here.name}> stands where <{last.name}>{opened} is still open.", here.path, here.line
        )


def _check_nesting(stack: list[_OpenTag], here: _OpenTag) -> None:
    parent = stack[-1].name if stack else ""
    if not stack:
        if here.name != "mjml":
            raise PressroomError(
                f"<{here.name}> stands outside <mjml>.", here.path, here.line, "Put it into a section."
            )
        return
    if here.name in ATTRIBUTES:
        if here.name not in CHILDREN.get(parent, ()):
            homes = sorted(name for name, children in CHILDREN.items() if here.name in children)
            homes = [name for name in homes if name != "mj-attributes"]
            hint = f"It belongs in {' or '.join(homes)}." if homes else None
            raise PressroomError(f"<{here.name}> cannot stand in <{parent}>.", here.path, here.line, hint)
    elif parent in CHILDREN or (parent in ATTRIBUTES and parent not in HOLD_HTML):
        raise PressroomError(
            f"<{here.name}> cannot stand in <{parent}> itself.", here.path, here.line, "Put it into mj-text."
        )


def _check_tag(found: re.Match[str], path: str | None, line: int | None) -> Iterator[PressroomError]:
    name = found["name"]
    if not (name.startswith("mj-") or name == "mjml"):
        return
    if name == "mj-":  # the rest of the name is Jinja's to write
        return
    if name not in ATTRIBUTES:
        hint = _NOT_HERE.get(name) or suggest(name, ATTRIBUTES)
        what = "is not supported" if name in _NOT_HERE else "is not an element of MJML"
        yield PressroomError(f"<{name}> {what}.", path, line, hint)
        return
    for attribute, double, single in _ATTRIBUTE.findall(_MARK.sub("", found["rest"])):
        if attribute not in ATTRIBUTES[name]:
            if name == "mj-style" and attribute == "inline":
                yield PressroomError(
                    '<mj-style inline="inline"> is not supported.', path, line,
                    "Write the style on the element, or in email/content.css.j2 for an article's text.",
                )  # fmt: skip
                continue
            hint = suggest(attribute, sorted(ATTRIBUTES[name]))
            yield PressroomError(f'<{name}> has no attribute "{attribute}".', path, line, hint)
        elif attribute not in FREE and TOKEN.search(double or single):
            yield PressroomError(
                f'"{attribute}" of <{name}> is set from a text, which may hold anything.',
                path,
                line,
                "Use a value of the theme or a number.",
            )
