"""The containers of a text, `::: name` to `:::`: their names, and where each ends.

A line of as many colons closes the innermost open one, so that containers of equal colons nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.errors import PressroomError, suggest
from pipeline.model import BlockKind

_FENCE_LINE = re.compile(r"(:{3,})[ \t]*(.*)")
_CODE_FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})(.*)")
_AUDIENCE = re.compile(r"audience\s*=\s*(\"?)([\w-]+)\1")

# What an editor meant for a fence and what is none: within HTML, with two colons, with the wide colons of
# a Japanese keyboard, or behind an invisible character. As text it would publish what it was to hide.
_COLONS = r"[\s\u200b-\u200f\u2060\ufeff]*(?:[:\uff1a][\s\u200b-\u200f\u2060\ufeff]*){2,}"
_MEANT = re.compile(
    rf"{_COLONS}(?:only|email-only|web-only|cta|callout|sponsor|pullquote)(?![\w-]).*",
    re.IGNORECASE,
)
_FENCE_IN_HTML = re.compile(r"[ \t]*:{3,}[ \t]*(?:[a-z-]+.*)?", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"<(/?)(div|details|section|article|aside|table|ul|ol|dl|blockquote|figure|span)\b[^<>]*?(/?)>",
    re.IGNORECASE,
)

NAMES = {kind.value: kind for kind in BlockKind if kind is not BlockKind.PROSE}


@dataclass(frozen=True, slots=True)
class OpeningFence:
    """The first line of a container as written; a closing line has no name."""

    colons: int
    name: str
    argument: str


def read_fence(line: str) -> OpeningFence | None:
    """The container fence on this line, or None. Up to three spaces may stand before it."""
    text = line.lstrip(" ")
    if not text.startswith(":::") or len(line) - len(text) > 3:
        return None
    match = _FENCE_LINE.fullmatch(text.rstrip())
    if not match:
        return None
    name, _, argument = match[2].partition(" ")
    return OpeningFence(len(match[1]), name, argument.strip())


def meant_as_fence(line: str) -> bool:
    """Whether an editor meant this line for a fence, which it is not."""
    return _MEANT.fullmatch(line) is not None


def find_end(colons: int, lines: Iterable[str]) -> tuple[int | None, int]:
    """Where a container of this many colons ends within the lines after its first one.

    Gives the index of its last line, or None and the index (-1: its own) of the container that
    has no end. Fences inside blocks of code do not count.
    """
    opened = [(colons, -1)]
    code = ""
    for index, line in enumerate(lines):
        if ":::" not in line and "```" not in line and "~~~" not in line:
            continue
        fence = _CODE_FENCE.fullmatch(line)
        if code:
            if fence and fence[1].startswith(code) and not fence[2].strip():
                code = ""
            continue
        if fence:
            code = fence[1]
            continue
        found = read_fence(line)
        if not found:
            continue
        if found.name:
            opened.append((found.colons, index))
            continue
        innermost = opened[-1][0]
        if found.colons != innermost and any(count == found.colons for count, _ in opened):
            return None, opened[-1][1]
        if found.colons >= innermost:
            opened.pop()
        if not opened:
            return index, -1
    return None, opened[-1][1]


def read_opening(opening: OpeningFence, inside: Iterable[str]) -> tuple[BlockKind, str]:
    """The kind of a container and its title, name or audience. `inside` are its lines.

    Raises `PressroomError` without a place for an unknown name, an argument that does not fit, and
    HTML that begins inside the container and goes on behind it.
    """
    if tag := left_open(inside):
        raise PressroomError(
            f"<{tag}> does not begin and end inside this container.",
            hint="Begin and end it inside, or around it.",
        )
    kind = NAMES.get(opening.name)
    if kind is None:
        raise PressroomError(
            f"no container is named `{opening.name}`.",
            hint=suggest(opening.name, NAMES) or f"The containers are {', '.join(NAMES)}.",
        )
    argument = opening.argument
    if kind is BlockKind.ONLY:
        match = _AUDIENCE.fullmatch(argument)
        if not match:
            raise PressroomError("`::: only` does not say for whom.", hint="Write `::: only audience=NAME`.")
        return kind, match[2]
    if kind is BlockKind.SPONSOR and not argument:
        raise PressroomError("`::: sponsor` does not name the sponsor.", hint="Write `::: sponsor NAME`.")
    if kind not in {BlockKind.SPONSOR, BlockKind.CALLOUT, BlockKind.PULLQUOTE} and argument:
        raise PressroomError(
            f"`::: {kind}` takes nothing after its name.", hint=f'Put "{argument}" on a line of its own.'
        )
    if "{{" in argument:
        raise PressroomError(
            f"the line of `::: {kind}` holds no merge fields.", hint="Put them into the text below it."
        )
    return kind, argument


def lost_fences(tokens: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    """Line, message and hint for each line that was meant for a fence and is read as text or HTML.

    `tokens` are markdown-it's; lines count from 0.
    """
    for token in tokens:
        is_html = token.type == "html_block"
        if not token.map or not (is_html or token.type == "inline"):
            continue
        for number, line in enumerate(token.content.split("\n"), token.map[0]):
            if _MEANT.fullmatch(line) or (is_html and _FENCE_IN_HTML.fullmatch(line)):
                where = "stands inside HTML, where it is text" if is_html else "is not read as a container"
                yield (
                    number,
                    f'"{line.strip()}" {where}.',
                    "Write three plain colons at the margin, with an empty line before them.",
                )


def left_open(lines: Iterable[str]) -> str | None:
    """The HTML element that begins inside a container and does not end there, or the other way round.

    What it holds beyond the container would be published with the rest.
    """
    opened: list[str] = []
    for closing, tag, alone in _BLOCK_TAG.findall("\n".join(lines)):
        if alone:
            continue
        if not closing:
            opened.append(tag.lower())
        elif opened and opened[-1] == tag.lower():
            opened.pop()
        else:
            return str(tag).lower()
    return opened[-1] if opened else None
