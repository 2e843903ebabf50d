"""Markdown to HTML, with what a newsletter needs beside CommonMark 0.31.

markdown-it-py and mdit-py-plugins are wrapped here and nowhere else. Tables and footnotes come from
them; containers, merge fields and the typography are rules of our own:

- The containers of mdit-py-plugins close at the end of a text without a word, and see fences inside
  blocks of code.
- markdown-it's typographic replacements turn the enumeration (a), (b), (c) into (a), (b), ©.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from pipeline.content import containers
from pipeline.content.sanitize import LINE, NOTE
from pipeline.content.source import (
    ContainerHtml,
    MarkdownSource,
    ProseHtml,
    address_mistakes,
    code_html,
    field_html,
    note_mistakes,
    raw_html,
    words,
)
from pipeline.content.text_width import collapse_spaces
from pipeline.content.typography import quotation_marks, with_dashes
from pipeline.errors import PressroomError

_MAX_NESTING = 40
_FIELD = re.compile(r"\{\{[^{}\n]*\}\}")
_NOTE = re.compile(r"\[\^[^\s\[\]]{1,100}\]")
_ADDRESS_FIELD = re.compile(r"\{\{[^{}\n]*\}\}(?=[\s)]|\Z)")


def read(text: str, first_line: int, language: str, mistakes: list[PressroomError]) -> MarkdownSource:
    """Read Markdown whose first line is line `first_line` of its file.

    `language` (BCP 47) chooses the quotation marks. Raises `PressroomError` with a line, and no
    path, where the text cannot be read on; lesser mistakes are added to `mistakes`.
    """
    source = MarkdownSource(mistakes=mistakes)
    parser = _parser(language.lower().split("-")[0])
    env: dict[str, Any] = {"source": source, "first_line": first_line, "open": 0}
    tokens = parser.parse(text, env)
    for line, message, hint in containers.lost_fences(tokens):
        _mistake(env, line, message, hint)
    _TokenReader(parser, source, env, first_line).read(tokens)
    return source


def spans(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Type, first line, line behind the last (from 0) and mark of each outermost token of foreign Markdown.

    It is read as CommonMark with tables and footnotes; containers and merge fields are text there.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").use(footnote_plugin)
    for token in parser.parse(text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            yield token.type, token.map[0], token.map[1], token.tag or token.markup


class _CommonMark(MarkdownIt):
    """CommonMark that keeps every address for us to judge, and fields as addresses."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        if _FIELD.fullmatch(url):
            return url
        try:
            return super().normalizeLink(url)
        except ValueError:  # such as "https://[": no address at all; the resolver will say so
            return url


@lru_cache(maxsize=8)
def _parser(language: str) -> MarkdownIt:
    options: Any = {
        "typographer": True,
        "quotes": quotation_marks(language),
        "maxNesting": _MAX_NESTING,
        "xhtmlOut": False,
    }
    parser = _CommonMark("commonmark", options)
    helpers: Any = SimpleNamespace(
        parseLinkDestination=_link_destination, parseLinkLabel=parseLinkLabel, parseLinkTitle=parseLinkTitle
    )
    parser.helpers = helpers
    parser.enable(["table", "smartquotes"])
    footnote_plugin(parser)
    parser.inline.ruler.at("footnote_ref", _footnote_reference)
    ends: Any = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("table", "container", _container, ends)
    parser.block.ruler.before("container", "depth", _depth)
    parser.inline.ruler.before("escape", "merge_field", _merge_field)
    parser.core.ruler.before("footnote_tail", "footnote_definitions", _footnote_definitions)
    parser.core.ruler.before("smartquotes", "dashes", _dashes)
    for name, rule in _RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    return parser


# --- rules for blocks -------------------------------------------------------------------------


def _depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # markdown-it leaves out, without a word, what is nested deeper than its limit.
    if not silent and state.level >= _MAX_NESTING - 4:
        line = state.env["first_line"] + start
        raise PressroomError(
            "this is nested too deeply.", None, line, "Use fewer levels of lists, quotes or containers."
        )
    return False


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not table(state, start, end, silent):
        return False
    if not silent:
        widths = [_cells(state, line) for line in range(start, state.line) if line != start + 1]
        for offset, width in enumerate(widths[1:], start=2):
            if width > widths[0]:  # GFM, section 4.10: the excess is ignored; here no word is lost
                _mistake(
                    state.env,
                    start + offset,
                    f"this row has {width} cells, but the table has {widths[0]} columns.",
                    r"Write a bar that belongs to the text as `\|`.",
                )
    return True


def _cells(state: StateBlock, line: int) -> int:
    row = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    cells = escapedSplit(row)
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", begin) or state.is_code_block(start):
        return False
    opening = containers.read_fence(state.src[begin : state.eMarks[start]])
    if opening is None:
        return False
    if silent:
        return True
    state.line = start + 1
    # Everything that nests counts as a level; the library's parentType is not always put back.
    if state.level != state.env["open"]:
        if opening.name:
            _mistake(
                state.env,
                start,
                "a container stands inside a list, a quote or a note.",
                "It must stand at the top level: begin its lines at the margin.",
            )
        return True
    if not opening.name:
        _mistake(state.env, start, f"`{':' * opening.colons}` closes nothing.", "Delete it.")
        return True
    lines = (state.src[state.bMarks[line] : state.eMarks[line]] for line in range(start + 1, end))
    last, culprit = containers.find_end(opening.colons, lines)
    if last is None:
        raise PressroomError(
            "this container has no end.",
            None,
            state.env["first_line"] + start + 1 + culprit,
            "Close it with a line `:::` of as many colons.",
        )
    _container_tokens(state, opening, start, start + 1 + last)
    return True


def _container_tokens(state: StateBlock, opening: containers.OpeningFence, start: int, last: int) -> None:
    opened = state.push("container_open", "", 1)
    opened.map = [start, last]
    try:
        inside = (state.src[state.bMarks[n] : state.eMarks[n]] for n in range(start + 1, last))
        kind, title = containers.read_opening(opening, inside)
        opened.meta = {"kind": kind, "title": title}
    except PressroomError as error:
        _mistake(state.env, start, error.message, error.hint)
    line_max = state.lineMax
    state.lineMax = last  # or a paragraph would go on past the end
    state.env["open"] += 1
    state.md.block.tokenize(state, start + 1, last)
    state.env["open"] -= 1
    state.lineMax = line_max
    state.push("container_close", "", -1)
    state.line = last + 1


def _mistake(env: MutableMapping[str, Any], line: int, message: str, hint: str | None) -> None:
    env["source"].mistakes.append(PressroomError(message, None, env["first_line"] + line, hint))


# --- rules for text ---------------------------------------------------------------------------


def _merge_field(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("{{", state.pos):
        return False
    match = _FIELD.match(state.src, state.pos, state.posMax)
    source = match[0] if match else "{{"
    if not silent:
        token = state.push("merge_field", "", 0)
        token.content = "x"  # quotation marks beside a field turn as beside a letter
        token.meta = {"source": source}
    state.pos += len(source)
    return True


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    # The plugin's own rule reads to the end of the text for each "[^", and skips what is undefined.
    if not _NOTE.match(state.src, state.pos, state.posMax):
        return False
    return footnote_ref(state, silent, always_match=True)


def _link_destination(text: str, position: int, maximum: int) -> Any:
    """CommonMark's, but a merge field may be an address although it holds spaces."""
    match = _ADDRESS_FIELD.match(text, position, maximum)
    if match:
        return SimpleNamespace(ok=True, pos=match.end(), str=match[0])
    return parseLinkDestination(text, position, maximum)


def _footnote_definitions(state: StateCore) -> None:
    defined: dict[str, int] = {}
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            label, line = token.meta["label"], token.map[0] if token.map else 0
            if label in defined:
                _mistake(state.env, line, f"the footnote [^{label}] stands twice.", "Rename one of them.")
            defined[label] = line
    state.env["defined"] = defined


def _dashes(state: StateCore) -> None:
    """`--` and `---` to dashes and `...` to an ellipsis, where markdown-it would make them."""
    for token in state.tokens:
        if token.type != "inline" or not ("--" in token.content or "..." in token.content):
            continue
        automatic = False
        for child in token.children or ():
            if child.type in ("link_open", "link_close") and child.info == "auto":
                automatic = child.nesting > 0
            elif child.type == "text" and not automatic:
                child.content = with_dashes(child.content)


# --- to HTML ----------------------------------------------------------------------------------


def _render_code(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return code_html(token.content, token.info, int(token.attrs.get(LINE, 1)))


def _render_raw(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return raw_html(token.content, int(token.attrs.get(LINE, 1)), env["source"])


def _render_field(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    meta = tokens[index].meta
    return field_html(env["source"], meta["source"], meta["line"])


def _render_note(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f'<sup {NOTE}="{tokens[index].meta["id"]}"></sup>'


def _render_image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    token.attrs["alt"] = collapse_spaces("".join(words(token.children or ()))).strip()
    return renderer.renderToken(tokens, index, options, env)


_RENDER_RULES: dict[str, Any] = {
    "fence": _render_code,
    "code_block": _render_code,
    "html_block": _render_raw,
    "html_inline": _render_raw,
    "merge_field": _render_field,
    "footnote_ref": _render_note,
    "image": _render_image,
}


class _TokenReader:
    """Walks the tokens once: gives them their lines, and cuts them at containers and notes."""

    def __init__(
        self, parser: MarkdownIt, source: MarkdownSource, env: dict[str, Any], first_line: int
    ) -> None:
        self.parser = parser
        self.source = source
        self.env = env
        self.line = first_line
        self.first_line = first_line
        self.note_lines: dict[int, int] = {}
        self.labels: dict[str, int] = {}

    def read(self, tokens: list[Token]) -> None:
        """Fill the source."""
        body_end = next((n for n, token in enumerate(tokens) if token.type == "footnote_block_open"), None)
        self.source.pieces = self._pieces(tokens[:body_end])
        if body_end is not None:
            self._notes(tokens[body_end:])
        defined = {label: self.first_line + at for label, at in self.env.get("defined", {}).items()}
        self.source.mistakes.extend(note_mistakes(self.labels, defined))

    def _pieces(self, tokens: list[Token]) -> tuple[ProseHtml | ContainerHtml, ...]:
        stack: list[tuple[Token | None, int, list[ProseHtml | ContainerHtml]]] = [(None, 0, [])]
        run: list[Token] = []
        for token in tokens:
            if token.type == "container_open":
                self._flush(run, stack[-1][2])
                stack.append((token, self.first_line + (token.map or [0])[0], []))
            elif token.type == "container_close":
                self._flush(run, stack[-1][2])
                opened, line, pieces = stack.pop()
                if opened and opened.meta:
                    box = ContainerHtml(opened.meta["kind"], opened.meta["title"], line, tuple(pieces))
                    stack[-1][2].append(box)
                else:
                    stack[-1][2].extend(pieces)
            else:
                run.append(token)
        self._flush(run, stack[-1][2])
        return tuple(stack[-1][2])

    def _flush(self, run: list[Token], pieces: list[ProseHtml | ContainerHtml]) -> None:
        if run:
            pieces.append(self._prose(run))
            run.clear()

    def _prose(self, tokens: list[Token]) -> ProseHtml:
        first = next((self.first_line + token.map[0] for token in tokens if token.map), self.line)
        for token in tokens:
            if token.map:
                self.line = self.first_line + token.map[0]
            if token.type == "inline":
                self._inline(token.children or [])
            elif token.map and token.nesting >= 0:
                token.attrs[LINE] = self.line
            align = str(token.attrs.pop("style", ""))
            if align:  # the only style that markdown-it writes: text-align, in tables
                token.attrs["align"] = align.rpartition(":")[2]
        return ProseHtml(self.parser.renderer.render(tokens, self.parser.options, self.env), first)

    def _inline(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.type in ("softbreak", "hardbreak"):
                self.line += 1
            elif token.type in ("link_open", "image"):
                token.attrs[LINE] = self.line
                address = str(token.attrs.get("href", token.attrs.get("src", "")))
                self.source.mistakes.extend(address_mistakes(address, self.line))
            elif token.type == "html_inline":
                token.attrs[LINE] = self.line
                self.line += token.content.count("\n")
            elif token.type == "merge_field":
                token.meta["line"] = self.line
            elif token.type == "footnote_ref":
                self.note_lines.setdefault(token.meta["id"], self.line)
                if token.meta.get("label"):
                    self.labels.setdefault(token.meta["label"], self.line)

    def _notes(self, tokens: list[Token]) -> None:
        number, run = 0, list[Token]()
        for token in tokens:
            if token.type == "footnote_open":
                number, run = token.meta["id"], []
                self.line = self.note_lines.get(number, self.line)
            elif token.type == "footnote_close":
                self.source.notes[number] = self._prose(run)
            elif token.type != "footnote_anchor":
                run.append(token)
