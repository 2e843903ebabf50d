"""Parses Markdown: CommonMark 0.31 with what GitHub adds, footnotes, containers, merge fields, typography.

The only module that parses by markdown-it-py and mdit-py-plugins. Tables, strikethrough, bare addresses
and footnotes are theirs; the rules for containers, merge fields, task lists and typography are our own:

- The containers of mdit-py-plugins close silently at the end of a text, and see fences inside blocks of
  code.
- markdown-it's typographic replacements turn the enumeration (a), (b), (c) into (a), (b), ©.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
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
from pipeline.content.github_markdown import BareAddresses, task_lists
from pipeline.content.markdown_tokens import TokenReader, alt_text
from pipeline.content.sanitize import FOOTNOTE, LINE
from pipeline.content.spaced_addresses import find_autolink, find_lost, find_spaced, find_with_field
from pipeline.content.text_width import collapse_spaces
from pipeline.content.typography import dashes, quotation_marks
from pipeline.content.unsafe_html import ParsedMarkdown, code_html, field_html, raw_html
from pipeline.errors import PressroomError
from pipeline.support.merge import TYPED, encode_escaped

_MAX_NESTING = 40
_MOST_SIGNS = {"[": 2000, "{{": 2000, '"': 20_000, "'": 20_000}
"""In one paragraph. For brackets and quotation marks markdown-it takes time in the square of their number."""

_FOOTNOTE = re.compile(r"\[\^[^\s\[\]]{1,100}\]")
_DEFINITION = re.compile(r"\[((?!\^)[^\[\]\\]+)\]:[ \t]+([^<\s].*)")


def parse_markdown(
    text: str, first_line: int, language: str, mistakes: list[PressroomError]
) -> ParsedMarkdown:
    """Parse Markdown whose first line is line `first_line` of its file.

    `language` (BCP 47) chooses the quotation marks. Raises `PressroomError` with a line and no path for a
    mistake after which parsing cannot go on; all others are added to `mistakes`.
    """
    parsed = ParsedMarkdown(mistakes=mistakes)
    parser = _parser(language.lower().split("-")[0])
    env: dict[str, Any] = {"parsed": parsed, "first_line": first_line, "open": 0}
    tokens = parser.parse(text, env)
    for line, message, hint in containers.lost_fences(tokens):
        _mistake(env, line, message, hint)
    TokenReader(parser, parsed, env, first_line).read(tokens)
    return parsed


def spans(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Type, first line, line after the last (from 0) and mark of each outermost token of foreign Markdown.

    It is CommonMark with tables and footnotes. The words of a paragraph, which take longest, are not parsed.
    """
    for token in _foreign().disable("inline").parse(text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            yield token.type, token.map[0], token.map[1], token.tag or token.markup


def foreign_html(text: str) -> str:
    """Foreign Markdown as HTML, with the HTML that is in it: it must be washed."""
    return str(_foreign().render(text))


def _foreign() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").use(footnote_plugin)


class _CommonMark(MarkdownIt):
    """CommonMark that keeps every address for the resolver to check, and merge fields as addresses."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        if url.endswith("}}") and TYPED.fullmatch(url):
            return url
        try:
            address = super().normalizeLink(url.replace("%7B%7B", "%7b%7b"))
        except ValueError:  # such as "https://[", which the resolver will refuse
            return url
        # The library percent-encodes the braces of merge fields too. Those that an editor has encoded stay.
        address = address.replace("%7B%7B", "{{").replace("%7D%7D", "}}") if "{{" in url else address
        return address.replace("%7b%7b", "%7B%7B")


@lru_cache(maxsize=8)
def _parser(language: str) -> MarkdownIt:
    options: Any = {
        "typographer": True,
        "linkify": True,
        "quotes": quotation_marks(language),
        "maxNesting": _MAX_NESTING,
        "xhtmlOut": False,
    }
    parser = _CommonMark("commonmark", options)
    helpers: Any = SimpleNamespace(
        parseLinkDestination=_link_destination, parseLinkLabel=parseLinkLabel, parseLinkTitle=parseLinkTitle
    )
    parser.helpers = helpers
    parser.enable(["table", "strikethrough", "linkify", "smartquotes"])
    parser.linkify = BareAddresses()
    footnote_plugin(parser)
    parser.inline.ruler.at("footnote_ref", _footnote_reference)
    ends: Any = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("table", "container", _container, ends)
    parser.block.ruler.before("container", "depth", _limit_depth)
    parser.inline.ruler.before("escape", "merge_field", _merge_field)
    parser.inline.ruler.after("image", "lost_address", _lost_address)
    parser.inline.ruler.before("autolink", "lost_autolink", _lost_autolink)
    parser.block.ruler.before("reference", "lost_definition", _lost_definition)
    parser.core.ruler.before("inline", "limit_paragraphs", _limit_paragraphs)
    parser.core.ruler.before("footnote_tail", "footnote_definitions", _footnote_definitions)
    parser.core.ruler.before("smartquotes", "dashes", dashes)
    parser.core.ruler.after("inline", "task_lists", task_lists)
    for name, rule in _RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    return parser


# --- rules for blocks -------------------------------------------------------------------------


def _limit_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # markdown-it silently drops what is nested deeper than its limit.
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
        cells = [_count_cells(state, line) for line in range(start, state.line) if line != start + 1]
        for offset, count in enumerate(cells[1:], start=2):
            if count > cells[0]:  # GFM, section 4.10, ignores the excess cells; here no word is lost
                _mistake(
                    state.env,
                    start + offset,
                    f"this row has {count} cells, but the table has {cells[0]} columns.",
                    r"Write a bar that belongs to the text as `\|`.",
                )
    return True


def _count_cells(state: StateBlock, line: int) -> int:
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
    # Every nested block raises the level; the library does not always reset its parentType.
    if state.level != state.env["open"]:
        if opening.name:
            _mistake(
                state.env,
                start,
                "a container is inside a list, a quote or a footnote.",
                "It must be at the top level: begin its lines at the margin.",
            )
        return True
    if not opening.name:
        _mistake(state.env, start, f"`{':' * min(opening.colons, 20)}` closes nothing.", "Delete it.")
        return True
    lines = (state.src[state.bMarks[line] : state.eMarks[line]] for line in range(start + 1, end))
    last, unclosed = containers.find_end(opening.colons, lines)
    if last is None:
        raise PressroomError(
            "this container has no end.",
            None,
            state.env["first_line"] + start + 1 + unclosed,
            "Close it with a line `:::` of as many colons.",
        )
    _container_tokens(state, opening, start, start + 1 + last)
    return True


def _container_tokens(state: StateBlock, opening: containers.OpeningFence, start: int, last: int) -> None:
    opened = state.push("container_open", "", 1)
    opened.map = [start, last]
    inside = [state.src[state.bMarks[n] : state.eMarks[n]] for n in range(start + 1, last)]
    count, env = 0, state.env
    try:
        kind, title = containers.read_opening(opening, inside)
        opened.meta = {"kind": kind, "title": title, "fields": None}
        count = containers.count_field_lines(kind, inside)
        first_line = env["first_line"] + start + 1
        opened.meta["fields"] = containers.read_fields(kind, inside[:count], first_line)
    except PressroomError as error:
        for each in error.errors:
            line = each.line or env["first_line"] + start
            env["parsed"].mistakes.append(PressroomError(each.message, None, line, each.hint))
    line_max = state.lineMax
    state.lineMax = last  # otherwise a paragraph would go on after the end
    state.env["open"] += 1
    state.md.block.tokenize(state, start + 1 + count, last)
    state.env["open"] -= 1
    state.lineMax = line_max
    state.push("container_close", "", -1)
    state.line = last + 1


def _mistake(env: MutableMapping[str, Any], line: int, message: str, hint: str | None) -> None:
    env["parsed"].mistakes.append(PressroomError(message, None, env["first_line"] + line, hint))


# --- rules for text ---------------------------------------------------------------------------


def _merge_field(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("{{", state.pos):
        return False
    match = TYPED.match(state.src, state.pos, state.posMax)
    source = match[0] if match else ""
    if not silent:
        token = state.push("merge_field", "", 0)
        token.content = "x"  # quotation marks beside a field curl as beside a letter
        token.meta = {"source": source}
    state.pos += len(source)
    return True


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    # The plugin's own rule reads to the end of the text for each "[^", and skips what is undefined.
    if not _FOOTNOTE.match(state.src, state.pos, state.posMax):
        return False
    return footnote_ref(state, silent, always_match=True)


def _link_destination(text: str, position: int, maximum: int) -> Any:
    """CommonMark's rule, but an address may also be a merge field, or contain spaces where it is certain."""
    match = TYPED.match(text, position, maximum)
    if match and match[0].endswith("}}") and (text[match.end() : maximum] + ")")[0] in ") \t\n":
        return SimpleNamespace(ok=True, pos=match.end(), str=match[0])
    destination = parseLinkDestination(text, position, maximum)
    if "\\{" in (source := text[position : destination.pos]) or "&" in source:
        destination.str = unescapeAll(encode_escaped(source[1:-1] if source[0] == "<" else source))
    begin = position
    while begin and text[begin - 1] in " \t\n":
        begin -= 1
    if text[begin - 1] == "(":
        address = find_spaced(text, position, destination.pos if destination.ok else position, maximum)
    else:  # the definition of a reference
        address = find_with_field(text, position, destination.pos, maximum)
    if address is None:
        return destination
    meant = re.sub(r"[ \t]*\n[ \t]*", " ", address)
    return SimpleNamespace(ok=True, pos=position + len(address), str=unescapeAll(encode_escaped(meant)))


def _lost_address(state: StateInline, silent: bool) -> bool:
    """Note a link or an image that was meant, but that no rule before this one has read."""
    image = state.src.startswith("![", state.pos)
    bracket = state.pos + image
    if silent or state.src[bracket] != "[" or state.src.find("](", bracket, state.posMax) < 0:
        return False
    if not image and state.pos and state.src[state.pos - 1] == "!":
        return False  # noted as an image
    end = parseLinkLabel(state, bracket, not image)
    address = find_lost(state.src, end + 1, state.posMax, image=image) if end >= 0 else None
    if address is not None:
        state.push("lost_address", "", 0).meta = {"address": address, "image": image}
    return False


def _lost_autolink(state: StateInline, silent: bool) -> bool:
    """Note an address in angle brackets that has a merge field."""
    address = find_autolink(state.src, state.pos, state.posMax)
    if address is None:
        return False
    if not silent:
        state.push("lost_autolink", "", 0).meta = {"address": address}
    state.pos += len(address) + 2
    return True


def _lost_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Note the definition of a reference whose address has spaces, if the text refers to it."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = None if silent or state.is_code_block(start) else _DEFINITION.match(line)
    address = match and find_spaced(f"{match[2]})", 0, _first_space(match[2]), len(match[2]) + 1)
    if match and address and "{{" not in address:
        folded = state.env.setdefault("folded", state.src.casefold())
        if folded.count(f"[{match[1].casefold()}]") > 1:
            _mistake(
                state.env,
                start,
                f'the address "{match[2].strip()}" contains a space.',
                f"Write `[{match[1]}]: <…>` with the address between the angle brackets.",
            )
    return False


def _first_space(text: str) -> int:
    return len(text.split(maxsplit=1)[0])


def _limit_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        problems = [
            f"{count:,} times the sign `{sign}`"
            for sign, most in _MOST_SIGNS.items()
            if (count := token.content.count(sign)) > most
        ]
        if len(token.content) > 100_000 and max(map(len, token.content.split()), default=0) > 100_000:
            problems = ["a word of more than 100,000 characters"]
        if problems:
            line = state.env["first_line"] + (token.map[0] if token.map else 0)
            hint = "Divide it by empty lines, or write it as code."
            raise PressroomError(f"this paragraph has {problems[0]}.", None, line, hint)


def _footnote_definitions(state: StateCore) -> None:
    defined: dict[str, int] = {}
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            label, line = token.meta["label"], token.map[0] if token.map else 0
            if label in defined:
                _mistake(state.env, line, f"there are two footnotes [^{label}].", "Rename one of them.")
            defined[label] = line
    state.env["defined"] = defined


# --- to HTML ----------------------------------------------------------------------------------


def _render_code(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return code_html(token.content, token.info, int(token.attrs.get(LINE, 1)))


def _render_raw(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return raw_html(token.content, int(token.attrs.get(LINE, 1)), env["parsed"])


def _render_field(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    meta = tokens[index].meta
    return field_html(meta["source"], meta["line"], env["parsed"])


def _render_footnote_reference(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return f'<sup {FOOTNOTE}="{tokens[index].meta["id"]}"></sup>'


def _render_image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    token.attrs["alt"] = collapse_spaces("".join(alt_text(token.children or ()))).strip()
    return renderer.renderToken(tokens, index, options, env)


_RENDER_RULES: dict[str, Any] = {
    "fence": _render_code,
    "code_block": _render_code,
    "html_block": _render_raw,
    "html_inline": _render_raw,
    "merge_field": _render_field,
    "footnote_ref": _render_footnote_reference,
    "image": _render_image,
    "lost_address": lambda *_: "",
    "lost_autolink": lambda *_: "",
}
