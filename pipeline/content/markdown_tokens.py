"""Renders the tokens of markdown-it as HTML with line numbers, cut at containers and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import unquote

from pipeline.content.removed_html import RawHtmlReader
from pipeline.content.sanitize import LINE, sanitise
from pipeline.content.unsafe_html import ContainerHtml, ParsedMarkdown, ProseHtml
from pipeline.errors import PressroomError
from pipeline.support.merge import FIELD_BESIDE_TEXT, FIELDS_IN_ADDRESSES
from pipeline.support.merge_conflict import refuse_merge_conflict
from pipeline.support.urls import PHONE_SCHEMES, SCHEMES, scheme_of


class TokenReader:
    """Renders the tokens of one text in one pass, and adds the HTML to `parsed`.

    `parser` is markdown-it's, `env` what its rules shared while they parsed the text.
    """

    def __init__(self, parser: Any, parsed: ParsedMarkdown, env: dict[str, Any], first_line: int) -> None:
        self.parser = parser
        self.parsed = parsed
        self.env = env
        self.line = first_line
        self.first_line = first_line
        self.footnote_lines: dict[int, int] = {}
        self.labels: dict[str, int] = {}

    def read(self, tokens: list[Any]) -> None:
        """Render the body, then the footnotes."""
        body_end = next((n for n, token in enumerate(tokens) if token.type == "footnote_block_open"), None)
        self.parsed.pieces = self._pieces(tokens[:body_end])
        if body_end is not None:
            self._footnotes(tokens[body_end:])
        defined = {label: self.first_line + line for label, line in self.env.get("defined", {}).items()}
        self.parsed.mistakes.extend(_footnote_mistakes(self.labels, defined))

    def _pieces(self, tokens: list[Any]) -> tuple[ProseHtml | ContainerHtml, ...]:
        stack: list[tuple[Any, int, list[ProseHtml | ContainerHtml]]] = [(None, 0, [])]
        run: list[Any] = []
        for token in tokens:
            if token.type == "container_open":
                self._flush(run, stack[-1][2])
                stack.append((token, self.first_line + (token.map or [0])[0], []))
            elif token.type == "container_close":
                self._flush(run, stack[-1][2])
                opened, line, pieces = stack.pop()
                if opened and opened.meta:
                    stack[-1][2].append(ContainerHtml(line=line, pieces=tuple(pieces), **opened.meta))
                else:
                    stack[-1][2].extend(pieces)
            else:
                run.append(token)
        self._flush(run, stack[-1][2])
        return tuple(stack[-1][2])

    def _flush(self, run: list[Any], pieces: list[ProseHtml | ContainerHtml]) -> None:
        if run:
            pieces.append(self._prose(run))
            run.clear()

    def _prose(self, tokens: list[Any]) -> ProseHtml:
        first = next((self.first_line + token.map[0] for token in tokens if token.map), self.line)
        raw = RawHtmlReader(self.parsed)
        for token in tokens:
            if token.map:
                self.line = self.first_line + token.map[0]
            if token.type == "html_block":
                raw.html(token.content, self.line)
                if "<pre" not in token.content.lower():
                    refuse_merge_conflict(token.content, None, self.line)
            elif token.type in ("fence", "code_block"):
                raw.text()
            if token.type == "inline":
                # Not in code: a text may be about git.
                refuse_merge_conflict(token.content, None, self.line)
                self._inline(token.children or [], raw)
            elif token.map and token.nesting >= 0:
                token.attrs[LINE] = self.line
            align = str(token.attrs.pop("style", ""))
            if align:  # the only style that markdown-it writes is text-align, in tables
                token.attrs["align"] = align.rpartition(":")[2]
        raw.end()
        return ProseHtml(self.parser.renderer.render(tokens, self.parser.options, self.env), first)

    def _inline(self, tokens: list[Any], raw: RawHtmlReader) -> None:
        for number, token in enumerate(tokens):
            if token.type == "html_inline":
                raw.html(token.content, self.line)
            elif token.type not in ("softbreak", "hardbreak", "text") or token.content.strip():
                raw.text()
            if token.type in ("softbreak", "hardbreak"):
                self.line += 1
            elif token.type in ("link_open", "image"):
                token.attrs[LINE] = self.line
                address = str(token.attrs.get("href", token.attrs.get("src", "")))
                self.parsed.mistakes.extend(_address_mistakes(address, self.line))
                if token.markup == "linkify" and [each.type for each in tokens[number + 3 : number + 4]] == [
                    "merge_field"
                ]:
                    message = f"the merge field after {address} would not be part of the link."
                    hint = f"Write words for readers: `[words]({address}{{{{ … }}}})`."
                    self.parsed.mistakes.append(PressroomError(message, None, self.line, hint))
                if token.info == "auto" and scheme_of(address) in PHONE_SCHEMES:
                    # A reader of `<tel:+44…>` is to see the number alone.
                    tokens[number + 1].content = tokens[number + 1].content.partition(":")[2]
            elif token.type == "html_inline":
                token.attrs[LINE] = self.line
                self.line += token.content.count("\n")
            elif token.type == "merge_field":
                token.meta["line"] = self.line
            elif token.type == "lost_address":
                self.parsed.mistakes.append(_lost(token.meta["address"], token.meta["image"], self.line))
            elif token.type == "lost_autolink":
                self.parsed.mistakes.append(_lost_autolink(token.meta["address"], self.line))
            elif token.type == "footnote_ref":
                self.footnote_lines.setdefault(token.meta["id"], self.line)
                if token.meta.get("label"):
                    self.labels.setdefault(token.meta["label"], self.line)

    def _footnotes(self, tokens: list[Any]) -> None:
        number, run = 0, list[Any]()
        for token in tokens:
            if token.type == "footnote_open":
                number, run = token.meta["id"], []
                self.line = self.footnote_lines.get(number, self.line)
            elif token.type == "footnote_close":
                self.parsed.footnotes[number] = self._prose(run)
            elif token.type != "footnote_anchor":
                run.append(token)


def alt_text(tokens: Iterable[Any]) -> Iterator[str]:
    """The alt text of an image, from the tokens of its description, without markup."""
    for token in tokens:
        if token.type == "merge_field":
            yield str(token.meta["source"])
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from alt_text(token.children or ())
        elif token.type in ("text", "code_inline", "text_special"):
            yield str(token.content)


def _address_mistakes(address: str, line: int) -> Iterator[PressroomError]:
    """A mistake for an address that `sanitize` would remove, such as that of a script or without a host."""
    scheme = scheme_of(address)
    if scheme and scheme not in SCHEMES:
        yield PressroomError(
            f"an address that begins with `{scheme}:` is not allowed here.",
            None,
            line,
            "Use https://…, mailto:…, tel:… or the path of a file.",
        )
    elif scheme and "href" not in sanitise(f'<a href="{escape(address)}">'):
        yield PressroomError(
            f'the address "{unquote(address)}" is not a web address.', None, line, "As https://example.org/…"
        )


def _lost(address: str, image: bool, line: int) -> PressroomError:
    """The mistake for an address with spaces that is neither a file's path nor a telephone number."""
    hint = f"Write `(<{address}>)`, or %20 for each space; a title has straight quotes."
    if "{{" in address and not address.startswith("http"):
        return _field_beside_text(address, line)
    if image:
        hint = "Write `![…](<my photo.png>)`, and a title in straight quotes, or rename the file."
    return PressroomError(f'the address "{address}" contains a space.', None, line, hint)


def _lost_autolink(address: str, line: int) -> PressroomError:
    """The mistake for `<address>` with a merge field, which a reader would see as it is written."""
    if not address.startswith(("http", "{{")):
        return _field_beside_text(address, line)
    message = f"`<{address}>` would show its merge field as it is written."
    return PressroomError(message, None, line, f"Write words for readers: `[words]({address})`.")


def _field_beside_text(address: str, line: int) -> PressroomError:
    message = f'the address "{address}" {FIELD_BESIDE_TEXT}'
    return PressroomError(message, None, line, FIELDS_IN_ADDRESSES)


def _footnote_mistakes(used: Mapping[str, int], defined: Mapping[str, int]) -> Iterator[PressroomError]:
    """Mistakes for references to undefined footnotes, and for footnotes without a reference.

    Both maps have the line of each label. Without this check such footnotes would silently disappear.
    """
    for label, line in used.items():
        if label not in defined:
            hint = f"Write `[^{label}]: …` below the text, or `\\[^` for the characters themselves."
            yield PressroomError(f"there is no footnote [^{label}].", None, line, hint)
    for label, line in defined.items():
        if label not in used:
            hint = f"Write [^{label}] in the text."
            yield PressroomError(f"nothing refers to the footnote [^{label}].", None, line, hint)
