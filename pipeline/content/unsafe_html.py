"""The HTML that Markdown is rendered to, before `sanitize` makes it safe.

It is cut at containers and footnotes. Each block has its line in `data-line`. A merge field is written as
`<span data-field="N">` and a reference to a footnote as `<sup data-note="N">`, both counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from pipeline.config.fields import Field
from pipeline.content.sanitize import FIELD, LINE
from pipeline.errors import PressroomError
from pipeline.model import BlockKind
from pipeline.support.merge import TYPED, encode_escaped

_HREF = re.compile(r"""(?<![\w-])href\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_FIRST_TAG = re.compile(r"\s*<[A-Za-z][^\s/>]*")


@dataclass(frozen=True, slots=True)
class ProseHtml:
    """A run of HTML outside or inside a container."""

    html: str
    line: int


@dataclass(frozen=True, slots=True)
class ContainerHtml:
    """A container, the fields at its beginning (None if they cannot be read) and the pieces after them."""

    kind: BlockKind
    title: str
    line: int
    pieces: tuple[ProseHtml | ContainerHtml, ...]
    fields: Mapping[str, Field] | None


@dataclass(slots=True)
class ParsedMarkdown:
    """A Markdown text as unsafe HTML. Lines are those of the text's file.

    `footnotes` are by their number from 0. `fields` has each merge field as written, with its line.
    `left_out` (warnings on raw HTML) and `mistakes` have a line and no path.
    """

    pieces: tuple[ProseHtml | ContainerHtml, ...] = ()
    footnotes: dict[int, ProseHtml] = field(default_factory=dict)
    fields: list[tuple[str, int]] = field(default_factory=list)
    mistakes: list[PressroomError] = field(default_factory=list)
    left_out: list[PressroomError] = field(default_factory=list)


def field_html(field: str, line: int, parsed: ParsedMarkdown) -> str:
    """The placeholder for a merge field, which is added to `parsed.fields` as written."""
    parsed.fields.append((field, line))
    return f'<span {FIELD}="{len(parsed.fields) - 1}"></span>'


def code_html(code: str, info: str, line: int) -> str:
    """A block of code; the first word of `info` names its language."""
    language = info.split()[0] if info.split() else ""
    attribute = f' class="language-{escape(language)}"' if language else ""
    return f'<pre {LINE}="{line}"><code{attribute}>{escape(code)}</code></pre>\n'


def raw_html(html: str, line: int, parsed: ParsedMarkdown) -> str:
    """Raw HTML as the editor wrote it, with placeholders for merge fields and its line in the first tag.

    Of two equal attributes a parser takes the first (HTML Standard, section 13.2.5.33), so that an editor's
    own `data-line` has no effect there.
    """
    match = _FIRST_TAG.match(html)
    at = match.end() if match else 0
    # The space after it keeps `<br/>` from becoming part of the value.
    head = f"{html[:at]} {LINE}={line} " if match else ""
    if "{" not in html and "&" not in html:
        return head + html[at:]
    parts = re.split(r"(<[^>]*>)", html[at:]) if not match else _split_after_tag(html[at:])
    offset = html.count("\n", 0, at)
    for number, part in enumerate(parts):
        if number % 2 == 0:
            parts[number] = _mark_fields(part, line + offset, parsed)
        elif "&" in part:  # a parser decodes it, after which braces would be a field's
            parts[number] = _HREF.sub(lambda match: encode_escaped(match[0]), part)
        offset += part.count("\n")
    return head + "".join(parts)


def _split_after_tag(html: str) -> list[str]:
    """Text and tags in turn, for HTML that begins inside a tag."""
    end = html.find(">") + 1 or len(html)
    return ["", html[:end], *re.split(r"(<[^>]*>)", html[end:])]


def _mark_fields(text: str, line: int, parsed: ParsedMarkdown) -> str:
    def mark(match: re.Match[str]) -> str:
        if match[0].startswith("\\"):
            return "{{"
        return field_html(match[0], line + text.count("\n", 0, match.start()), parsed)

    return TYPED.sub(mark, text)
