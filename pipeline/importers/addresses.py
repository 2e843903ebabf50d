"""The addresses in a Markdown text: each link and image, found where Markdown finds them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.content.spaced_addresses import SPACED_TAIL
from pipeline.importers.body.blocks import Kind, blocks_of, body_of


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image as written: the text in its brackets, its address, and its title."""

    text: str
    address: str
    title: str = ""
    image: bool = False

    @property
    def markdown(self) -> str:
        """It as Markdown, inline."""
        escaped = self.title.replace('"', '\\"')
        title = f' "{escaped}"' if self.title else ""
        plain = re.fullmatch(r"(?:[^\s()<>\\]|\([^\s()<>\\]*\))+", self.address) is not None
        address = self.address if plain else f"<{re.sub(r'[<>]', _percent, self.address)}>"
        return f"{'!' * self.image}[{self.text}]({address}{title})"


Change = Callable[[Reference], str]
"""Gives the Markdown that stands in a reference's place; its text is already changed."""

_DEFINITION = re.compile(r" {0,3}\[([^\[\]\\^][^\[\]\\]*)\]:[ \t]*(<[^<>]*>|\S+)(?:[ \t]+(.*))?")
_TAIL = re.compile(
    r"\(\s*(<[^<>\n]*>|(?:\\.|[^\s()<>\\]|\([^\s()<>]*\))*)"  # the address
    r"""(?:\s+("[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""  # a title
)
_LONGEST_TAIL = 600
_TICKS = re.compile("`+")
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_FENCE = re.compile(r"[ \t>*+-]*(`{3,}|~{3,})")


def changed(body: str, change: Change, unused: list[str] | None = None) -> str:
    """The body with each link and image as `change` gives it. Definitions of addresses are written out.

    Code stays as it is, and so do automatic links (`<https://…>`). Definitions that nothing uses go to
    `unused`.
    """
    blocks = blocks_of(body)
    definitions: dict[str, tuple[str, str]] = {}
    kept = []
    for block in blocks:
        match = _DEFINITION.fullmatch(block.text) if block.kind is Kind.REFERENCE else None
        if match:
            address = match[2].removeprefix("<").removesuffix(">")
            definitions.setdefault(_folded(match[1]), (address, (match[3] or "").strip("\"'()")))
        else:
            kept.append(block)
    walker = _Walker(definitions, change)
    made = [
        block if block.kind is Kind.CODE else replace(block, text=walker.text(block.text)) for block in kept
    ]
    if unused is not None:
        unused += [f"[{key}]: {definitions[key][0]}" for key in definitions if key not in walker.used]
    return body_of(made)


def references(text: str) -> tuple[Reference, ...]:
    """The links and images of a piece of Markdown whose addresses stand inline, by where they end."""
    found: list[Reference] = []

    def note(reference: Reference) -> str:
        found.append(reference)
        return reference.markdown

    _Walker({}, note).text(text)
    return tuple(found)


class _Walker:
    def __init__(self, definitions: dict[str, tuple[str, str]], change: Change) -> None:
        self.definitions = definitions
        self.change = change
        self.used: set[str] = set()

    def text(self, text: str) -> str:
        """Each line but those of fenced code; a link may go over lines, so that they stay together."""
        parts: list[str] = []
        run: list[str] = []
        fence = ""
        for line in text.split("\n"):
            found = _FENCE.match(line)
            if fence:
                run.append(line)
                if found and found[1].startswith(fence):
                    parts.append("\n".join(run))
                    run, fence = [], ""
            elif found and "`" not in line[found.end() :]:
                parts += [self._inline("\n".join(run))] if run else []
                run, fence = [line], found[1]
            else:
                run.append(line)
        rest = "\n".join(run)
        return "\n".join([*parts, *([rest if fence else self._inline(rest)] if run else [])])

    def _inline(self, text: str) -> str:
        ends = _code_ends(text) if "`" in text else {}
        out: list[str] = []
        opened: list[int] = []  # places in `out` where a bracket opened
        at = 0
        while at < len(text):
            character = text[at]
            if character == "\\":
                out.append(text[at : at + 2])
                at += 2
            elif character == "`":
                end = ends.get(at, at + 1)
                out.append(text[at:end])
                at = end
            elif text.startswith("![", at) or character == "[":
                opened.append(len(out))
                out.append("![" if character == "!" else "[")
                at += len(out[-1])
            elif character == "]" and opened:
                at = self._close(text, at, out, opened.pop())
            else:
                out.append(character)
                at += 1
        return "".join(out)

    def _close(self, text: str, at: int, out: list[str], start: int) -> int:
        """End the bracket that opened at `start` of `out`; gives where reading goes on."""
        label = "".join(out[start + 1 :])
        image = out[start] == "!["
        if tail := _TAIL.match(text, at + 1) or SPACED_TAIL.match(text, at + 1, at + _LONGEST_TAIL):
            address, title = tail[1].removeprefix("<").removesuffix(">"), (tail[2] or "")[1:-1]
            end = tail.end()
        else:
            named = _LABEL.match(text, at + 1)
            key = _folded(named[1] if named and named[1] else label)
            if key not in self.definitions or label.startswith("^"):
                out.append("]")
                return at + 1
            address, title = self.definitions[key]
            self.used.add(key)
            end = named.end() if named else at + 1
        # A link's text holds no link, but it may hold an image.
        reference = Reference(label, re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", address), title, image)
        del out[start:]
        out.append(self.change(reference))
        return end


def _code_ends(text: str) -> dict[int, int]:
    """Where each run of backticks leads: to the end of its code span, or of the run where there is none."""
    ends: dict[int, int] = {}
    following: dict[int, int] = {}  # by length: the end of the next run as long
    for run in reversed(list(_TICKS.finditer(text))):
        length = len(run[0])
        ends[run.start()] = following.get(length, run.end())
        following[length] = run.end()
    return ends


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
