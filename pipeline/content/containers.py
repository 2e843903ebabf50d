"""The containers `::: name` to `:::`: their names and arguments, and where each ends.

A line of as many colons closes the innermost open container, so that containers with equal colons nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pipeline.config.fields import Field
from pipeline.errors import PressroomError, suggest
from pipeline.model import BlockKind

NAMES = {kind.value: kind for kind in BlockKind if kind is not BlockKind.PROSE}

_ARGUMENTS = {
    BlockKind.AUDIO: ("does not say which file it is", "talk.mp3"),
    BlockKind.CALLOUT: ("", "[TITLE]"),
    BlockKind.EVENT: ("does not say what it is", "TITLE"),
    BlockKind.ONLY: ("does not say for whom", "audience=NAME"),
    BlockKind.PERSON: ("does not say who it is", "NAME, ROLE"),
    BlockKind.PULLQUOTE: ("", "[NAME]"),
    BlockKind.SNIPPET: ("does not say which", "NAME"),
    BlockKind.SPONSOR: ("does not name the sponsor", "NAME"),
    BlockKind.VIDEO: ("does not say where the video is", "https://…"),
}
"""What may follow a container's name, and what is wrong where it is missing, unless it may be."""

_WITH_FIELDS = frozenset({BlockKind.AUDIO, BlockKind.EVENT})
_FIELD_LINE = re.compile(r"[A-Za-z][\w-]*[ \t]*:(?:[ \t].*)?")

_FENCE_LINE = re.compile(r" {0,3}(:{3,})[ \t]*(.*)")
_CODE_FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})(.*)")
_PATTERNS = {
    BlockKind.ONLY: re.compile(r"audience\s*=\s*(\"?)(?P<value>[\w-]+)\1"),
    BlockKind.VIDEO: re.compile(r"(?P<value>https?://[^\s/]\S*)"),
}

# Lines that an editor meant as a fence but that are not read as one: inside HTML, with two colons, with the
# wide colons of a Japanese keyboard, or after an invisible character. As text they would publish what a
# container was to hide.
_COLONS = r"[\s\u200b-\u200f\u2060\ufeff]*(?:[:\uff1a][\s\u200b-\u200f\u2060\ufeff]*){2,}"
_NEAR_FENCE = re.compile(rf"{_COLONS}(?:{'|'.join(NAMES)})(?![\w-]).*", re.IGNORECASE)
_FENCE_IN_HTML = re.compile(r"[ \t]*:{3,}[ \t]*(?:[a-z-]+.*)?", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"<(/?)(div|details|section|article|aside|table|ul|ol|dl|blockquote|figure|span)\b[^<>]*?(/?)>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OpeningFence:
    """The first line of a container as written; a closing line has no name."""

    colons: int
    name: str
    argument: str


def read_fence(line: str) -> OpeningFence | None:
    """The container fence on this line, or None. Up to three spaces may precede it."""
    match = _FENCE_LINE.fullmatch(line.rstrip())
    if not match:
        return None
    name, _, argument = match[2].partition(" ")
    return OpeningFence(len(match[1]), name, argument.strip())


def arguments_in(text: str, kind: BlockKind) -> tuple[str, ...]:
    """What follows the name of each container of a kind in a Markdown text; those in blocks of code too."""
    fences = (read_fence(line) for line in text.splitlines() if ":::" in line)
    return tuple(dict.fromkeys(each.argument for each in fences if each and each.name == kind))


def meant_as_fence(line: str) -> bool:
    """Whether an editor meant this line as a fence although it is not read as one."""
    return _NEAR_FENCE.fullmatch(line) is not None


def find_end(colons: int, lines: Iterable[str]) -> tuple[int | None, int]:
    """Find the end of a container of this many colons in the lines after its first one.

    Returns the index of its last line; or None and the index of the opening line (-1: its own) that has no
    end. Fences inside blocks of code do not count.
    """
    open_containers = [(colons, -1)]
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
        container = read_fence(line)
        if not container:
            continue
        if container.name:
            open_containers.append((container.colons, index))
            continue
        innermost = open_containers[-1][0]
        if container.colons != innermost and any(count == container.colons for count, _ in open_containers):
            return None, open_containers[-1][1]
        if container.colons >= innermost:
            open_containers.pop()
        if not open_containers:
            return index, -1
    return None, open_containers[-1][1]


def read_opening(opening: OpeningFence, inside: Iterable[str]) -> tuple[BlockKind, str]:
    """The kind of a container, and its title, name or audience. `inside` are its lines.

    Raises `PressroomError` without a place for an unknown name, an argument that does not fit, and an HTML
    element that does not begin and end inside the container.
    """
    if tag := unbalanced_tag(inside):
        raise PressroomError(
            f"<{tag}> does not begin and end inside this container.",
            hint="Begin and end it inside, or around it.",
        )
    kind = NAMES.get(opening.name)
    if kind is None:
        raise PressroomError(
            f"there is no container `{opening.name}`.",
            hint=suggest(opening.name, NAMES) or f"The containers are {', '.join(NAMES)}.",
        )
    argument = opening.argument
    if kind in _PATTERNS:
        match = _PATTERNS[kind].fullmatch(argument)
        argument = match["value"] if match else ""
    if kind not in _ARGUMENTS and argument:
        raise PressroomError(
            f"`::: {kind}` takes nothing after its name.", hint=f'Put "{argument}" on a line of its own.'
        )
    missing, form = _ARGUMENTS.get(kind, ("", ""))
    if missing and not argument:
        raise PressroomError(f"`::: {kind}` {missing}.", hint=f"Write `::: {kind} {form}`.")
    if "{{" in argument:
        raise PressroomError(
            f"the line of `::: {kind}` cannot contain merge fields.", hint="Put them into the text below it."
        )
    return kind, argument


def count_field_lines(kind: BlockKind, inside: Sequence[str]) -> int:
    """The number of lines at the beginning of a container that have its fields, up to an empty one."""
    if kind not in _WITH_FIELDS:
        return 0
    first = next((number for number, each in enumerate(inside) if each.strip()), 0)
    return first + len(list(takewhile(str.strip, inside[first:])))


def read_fields(kind: BlockKind, lines: Iterable[str], line: int) -> dict[str, Field]:
    """The fields in these lines of a container, the first of which is `line`.

    Raises `PressroomError` with a line and no path for what is not a field.
    """
    written = [each.strip() for each in lines]
    for number, each in enumerate(written, line):
        if each and not _FIELD_LINE.fullmatch(each):
            hint = "Write one `name: value` on a line, and an empty line above the words."
            raise PressroomError(f'"{each}" is not a field of `::: {kind}`.', None, number, hint)
        if "{{" in each:
            hint = "Put them into the text below the fields."
            problem = f"a field of `::: {kind}` cannot contain merge fields."
            raise PressroomError(problem, None, number, hint)
    from pipeline.config.front_matter import yaml_fields

    return yaml_fields("\n".join(written), "", line) if written else {}


def lost_fences(tokens: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    """Line (from 0), message and hint for each line that was meant as a fence but is text or HTML.

    `tokens` are markdown-it's.
    """
    for token in tokens:
        is_html = token.type == "html_block"
        if not token.map or not (is_html or token.type == "inline"):
            continue
        for number, line in enumerate(token.content.split("\n"), token.map[0]):
            if _NEAR_FENCE.fullmatch(line) or (is_html and _FENCE_IN_HTML.fullmatch(line)):
                problem = "is inside HTML, where it is text" if is_html else "is not read as a container"
                yield (
                    number,
                    f'"{line.strip()}" {problem}.',
                    "Write three plain colons at the margin, with an empty line before them.",
                )


def unbalanced_tag(lines: Iterable[str]) -> str | None:
    """The first HTML element that begins or ends inside a container, but not both; or None.

    It would reach beyond the container, and so publish what the container was to hide.
    """
    open_tags: list[str] = []
    for closing, tag, self_closing in _BLOCK_TAG.findall("\n".join(lines)):
        if self_closing:
            continue
        if not closing:
            open_tags.append(tag.lower())
        elif open_tags and open_tags[-1] == tag.lower():
            open_tags.pop()
        else:
            return str(tag).lower()
    return open_tags[-1] if open_tags else None
