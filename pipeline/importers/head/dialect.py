"""What Markdown means in one system alone: Obsidian's links and marks, MDX's code, marks of an excerpt's end.

Shortcodes, admonitions and raw HTML are met in every form; the common steps of `body` see to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from pipeline.importers.draft import Left

_FENCE = re.compile(r"[ \t>*+-]*(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")
_MORE = re.compile(
    r"<!--+\s*(?:more|excerpt|end[ _-]?excerpt|read[ _-]?more|truncate|preview)\s*--+>"
    r"|\{/\*\s*(?:truncate|more)\s*\*/\}|\{%-?\s*(?:end)?excerpt\s*-?%\}",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"<!--\s*buttondown-editor-mode:[^<>]*-->")
_MDX_COMMENT = re.compile(r"\{/\*(.{0,2000}?)\*/\}")
_HIDDEN = re.compile(r"%%(.+?)%%")
_WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]*)(?:\|([^\[\]\n]*))?\]\]")
_HIGHLIGHT = re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]*[^\s=])==(?![\w=])")
_BLOCK_ID = re.compile(r"[ \t]\^[a-z0-9-]{4,}[ \t]*$", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)
_IMPORT = re.compile(r"import\s+(?:[\w*{][^;\"']{0,500}\sfrom\s*)?[\"'][^\"'\n]+[\"'];?\s*$")
_EXPORT = re.compile(r"export\s+(?:(?:const|let|var|function|async|default|class)\b|[{*])")


@dataclass
class _Reading:
    """What was taken out so far, and the line that is being read."""

    line: int
    obsidian: bool
    runs: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def leave(self, text: str, reason: str, *, whole: bool = False) -> None:
        """Note a part of the line; `whole` lines that follow each other are left as one."""
        if whole and self.runs:
            line, why, texts = self.runs[-1]
            if why == reason and line + len(texts) == self.line:
                texts.append(text)
                return
        self.runs.append((self.line, reason, [text]))

    @property
    def left(self) -> tuple[Left, ...]:
        return tuple(Left("\n".join(texts), reason, line) for line, reason, texts in self.runs)


def common(body: str, first_line: int, *, mdx: bool) -> tuple[str, tuple[Left, ...]]:
    """The body in Markdown as all read it, and what was taken out; code stays as it is.

    `first_line` is the body's in its source. No line is added or removed, so that lines stay where they were.
    """
    reading = _Reading(first_line, obsidian="[[" in body)
    lines = body.split("\n")
    fence = ""
    code = hidden = False  # within a block of MDX's code, or of Obsidian's comments
    for number, line in enumerate(lines):
        reading.line = first_line + number
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line[found.end() :].strip():
                fence = ""
            continue
        if found and "`" not in line[found.end() :]:
            fence = found[1]
            continue
        if line.startswith(("    ", "\t")) and not code:
            continue
        code = bool(line.strip()) and (code or _begins_code(line, mdx))
        if line.strip() == "%%":
            hidden = not hidden
        if code or hidden or line.strip() == "%%":
            what = "code of the page's program (MDX)" if code else "a comment (Obsidian)"
            if line.strip():
                reading.leave(line, what, whole=True)
            lines[number] = ""
            code = code and (mdx or not line.rstrip().endswith((";", "'", '"')))
        else:
            lines[number] = _outside_code(line, lambda text: _translated(text, reading, mdx))
    return "\n".join(lines), reading.left


def _begins_code(line: str, mdx: bool) -> bool:
    return _IMPORT.match(line) is not None or (
        mdx and (_EXPORT.match(line) is not None or re.match(r"import\s+[\w{*]", line) is not None)
    )


def _outside_code(line: str, change: Callable[[str], str]) -> str:
    """The line with what stands outside of code spans changed."""
    parts: list[str] = []
    done = at = 0
    ticks = list(_TICKS.finditer(line))
    while at < len(ticks):
        opening = ticks[at]
        end = next((n for n in range(at + 1, len(ticks)) if len(ticks[n][0]) == len(opening[0])), None)
        if end is None:
            at += 1
            continue
        parts += [change(line[done : opening.start()]), line[opening.start() : ticks[end].end()]]
        done, at = ticks[end].end(), end + 1
    return "".join([*parts, change(line[done:])])


def _translated(text: str, reading: _Reading, mdx: bool) -> str:
    def left(reason: str) -> Callable[[re.Match[str]], str]:
        def drop(match: re.Match[str]) -> str:
            reading.leave(match[0].strip(), reason)
            return ""

        return drop

    text = _MORE.sub(left("marks where the excerpt ends"), text)
    text = _EDITOR.sub(left("says with which editor it was written"), text)
    if mdx:
        text = _MDX_COMMENT.sub(left("a comment (MDX)"), text)
    if reading.obsidian:
        text = _HIDDEN.sub(left("a comment (Obsidian)"), text)
        text = _BLOCK_ID.sub(left("the name of a paragraph (Obsidian)"), text)
        text = _WIKI.sub(lambda match: _wiki(match, reading), text)
    return _HIGHLIGHT.sub(_strong, text)


def _strong(match: re.Match[str]) -> str:
    """A highlight: the nearest that an email can show is strong text."""
    return match[0][2:-2] if "**" in match[1] or "__" in match[1] else f"**{match[1]}**"


def _wiki(match: re.Match[str], reading: _Reading) -> str:
    """`[[Page#Heading|text]]` as a link to the page's file, `![[picture.png|text]]` as an image."""
    target, text = match[2].strip(), (match[3] or "").strip()
    page, mark, part = target.partition("#")
    if not target or (not page and not part):
        return match[0]
    if match[1] and _PICTURE.search(page):
        if re.fullmatch(r"\d+(?:x\d+)?", text):
            reading.leave(match[0], "the picture's size")
            text = ""
        return f"![{text}]({_path(page)})"
    if match[1]:
        reading.leave(match[0], "the text of another note, which is not in this file: a link stands for it")
    fragment = f"#{_fragment(part)}" if mark and part and not part.startswith("^") else ""
    if mark and part.startswith("^"):
        reading.leave(match[0], "the name of a paragraph (Obsidian)")
    if not page and not fragment:
        return text or match[0]
    shown = text or (f"{page} › {part}" if page and fragment else page or part.rpartition("#")[2])
    name = page if re.search(r"\.\w{1,5}$", page) or not page else f"{page}.md"
    return f"[{shown}]({_path(name)}{fragment})"


def _path(path: str) -> str:
    return quote(path, safe="/.-_~!$&'*+,;=:@")


def _fragment(heading: str) -> str:
    return quote(re.sub(r"[^\w]+", "-", heading.rpartition("#")[2].lower()).strip("-"))
