"""What Markdown hands on: pieces of HTML that are not yet safe, cut at containers and notes.

Each block carries its line in `data-line`; a merge field stands as `<span data-field="N">` and a
reference to a note as `<sup data-note="N">`, both counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from pipeline.content.sanitize import FIELD, LINE, SCHEMES
from pipeline.errors import PressroomError
from pipeline.model import BlockKind

_RAW_FIELD = re.compile(r"\\\{\\?\{|\{\{(?:[^{}\n]*\}\})?")
_SCHEME = re.compile(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.\-]*):")
_FIRST_TAG = re.compile(r"\s*<[A-Za-z][^\s/>]*")


@dataclass(frozen=True, slots=True)
class ProseHtml:
    """A run of HTML outside or inside a container."""

    html: str
    line: int


@dataclass(frozen=True, slots=True)
class ContainerHtml:
    """A container with what stands in it."""

    kind: BlockKind
    title: str
    line: int
    pieces: tuple[ProseHtml | ContainerHtml, ...]


@dataclass(slots=True)
class MarkdownSource:
    """A text as Markdown reads it. Lines are those of the text's file.

    `notes` are the footnotes as HTML, by their number from 0. `fields` holds each merge field as
    written, with its line. `mistakes` have a line and no path.
    """

    pieces: tuple[ProseHtml | ContainerHtml, ...] = ()
    notes: dict[int, ProseHtml] = field(default_factory=dict)
    fields: list[tuple[str, int]] = field(default_factory=list)
    mistakes: list[PressroomError] = field(default_factory=list)


def field_html(source: MarkdownSource, written: str, line: int) -> str:
    """The mark that stands for a merge field, whose spelling the source keeps."""
    source.fields.append((written, line))
    return f'<span {FIELD}="{len(source.fields) - 1}"></span>'


def code_html(code: str, info: str, line: int) -> str:
    """A block of code; the first word of `info` names its language."""
    language = info.split()[0] if info.split() else ""
    named = f' class="language-{escape(language)}"' if language else ""
    return f'<pre {LINE}="{line}"><code{named}>{escape(code)}</code></pre>\n'


def raw_html(html: str, line: int, source: MarkdownSource) -> str:
    """Raw HTML as the editor wrote it, with its merge fields marked and its line in its first tag.

    Of two equal attributes a parser takes the first (HTML Standard, section 13.2.5.33), so that the
    editor's own `data-line` counts for nothing there.
    """
    match = _FIRST_TAG.match(html)
    at = match.end() if match else 0
    # The space after it keeps `<br/>` from becoming part of the value.
    head = f"{html[:at]} {LINE}={line} " if match else ""
    if "{{" not in html and "\\{" not in html:
        return head + html[at:]
    parts = re.split(r"(<[^>]*>)", html[at:]) if not match else _after_tag(html[at:])
    offset = html.count("\n", 0, at)
    for number, part in enumerate(parts):
        if number % 2 == 0:
            parts[number] = _with_fields(part, source, line + offset)
        offset += part.count("\n")
    return head + "".join(parts)


def words(tokens: Iterable[Any]) -> Iterator[str]:
    """The text of an image's description, given as markdown-it's tokens, without its markup."""
    for token in tokens:
        if token.type == "merge_field":
            yield str(token.meta["source"])
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from words(token.children or ())
        elif token.type in ("text", "code_inline", "text_special"):
            yield str(token.content)


def address_mistakes(address: str, line: int) -> Iterator[PressroomError]:
    """A mistake for an address of a kind that may not stand in content, such as `javascript:`."""
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in SCHEMES:
        yield PressroomError(
            f"an address that begins with `{scheme[1]}:` cannot stand here.",
            None,
            line,
            "Use https://…, mailto:… or the path of a file.",
        )


def note_mistakes(used: Mapping[str, int], defined: Mapping[str, int]) -> Iterator[PressroomError]:
    """Mistakes for footnotes without a text, and texts that no reference leads to.

    Both maps give the line of each label. Without this such notes would vanish without a word.
    """
    for label, line in used.items():
        if label not in defined:
            hint = f"Write `[^{label}]: …` below the text, or `\\[^` for the characters themselves."
            yield PressroomError(f"there is no footnote [^{label}].", None, line, hint)
    for label, line in defined.items():
        if label not in used:
            hint = f"Write [^{label}] in the text."
            yield PressroomError(f"nothing refers to the footnote [^{label}].", None, line, hint)


def _after_tag(html: str) -> list[str]:
    """Text and tags in turn, where the HTML goes on within a tag."""
    end = html.find(">") + 1 or len(html)
    return ["", html[:end], *re.split(r"(<[^>]*>)", html[end:])]


def _with_fields(text: str, source: MarkdownSource, line: int) -> str:
    def one(match: re.Match[str]) -> str:
        if match[0].startswith("\\"):
            return "{{"
        return field_html(source, match[0], line + text.count("\n", 0, match.start()))

    return _RAW_FIELD.sub(one, text)
