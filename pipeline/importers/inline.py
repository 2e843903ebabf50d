"""Inline Markdown of foreign texts: words, links and images of a block, and changes outside of code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.content.spaced_addresses import SPACED_TAIL


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image as written: the text in its brackets, its address, and its title."""

    text: str
    address: str
    title: str = ""
    image: bool = False

    @property
    def markdown(self) -> str:
        """The reference as inline Markdown."""
        escaped = self.title.replace('"', '\\"')
        title = f' "{escaped}"' if self.title else ""
        return f"{'!' * self.image}[{self.text}]({target(self.address)}{title})"


Change = Callable[[Reference], str]
"""Returns the Markdown that replaces a reference; the reference's text is already changed."""

_TAIL = re.compile(
    r"\(\s*(<[^<>\n]*>|(?:\\.|[^\s()<>\\]|\([^\s()<>]*\))*)"  # the address
    r"""(?:\s+("(?:\\.|[^"\\])*"|'[^']*'|\([^()]*\)))?\s*\)"""  # a title
)
_LONGEST_TAIL = 600
_SPECIAL = re.compile(r"\\.?|`+|!?\[|\]", re.DOTALL)
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_FENCE = re.compile(r"[ \t>*+-]*(`{3,}|~{3,})")
_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")
_WHOLLY = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=[^\s\\])\1", re.DOTALL)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def target(address: str) -> str:
    """An address as Markdown writes it behind a link's text."""
    if re.fullmatch(r"(?:[^\s()<>\\]|\([^\s()<>\\]*\))+", address):
        return address
    return f"<{re.sub(r'[<>]', lambda match: f'%{ord(match[0]):02X}', ' '.join(address.split()))}>"


def change_references(
    text: str, change: Change, definitions: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """Markdown with each link and image replaced by what `change` returns; code and `<https://…>` stay.

    `definitions` are addresses and titles by their label, for references such as `[text][label]`.
    """
    if "[" not in text:
        return text
    return outside_code(text, lambda part: _change_inline(part, change, definitions or {}))


def references(text: str) -> tuple[Reference, ...]:
    """The links and images of a piece of Markdown whose addresses are inline, by where they end."""
    if "](" not in text:
        return ()
    seen: list[Reference] = []

    def note(reference: Reference) -> str:
        seen.append(reference)
        return reference.markdown

    change_references(text, note)
    return tuple(seen)


def _change_inline(text: str, change: Change, definitions: Mapping[str, tuple[str, str]]) -> str:
    out: list[str] = []
    opened: list[int] = []  # places in `out` where a bracket opened
    at = 0
    while special := _SPECIAL.search(text, at):
        out.append(text[at : special.start()])
        sign, at = special[0], special.end()
        if sign[0] == "`":
            closing = re.compile(rf"(?<!`){sign}(?!`)").search(text, at)
            at = closing.end() if closing else at
            out.append(text[special.start() : at])
        elif sign == "]" and opened:
            at = _close(text, at, out, opened.pop(), change, definitions)
        else:
            if sign in ("[", "!["):
                opened.append(len(out))
            out.append(sign)
    return "".join([*out, text[at:]])


def _close(
    text: str, at: int, out: list[str], start: int, change: Change, definitions: Mapping[str, tuple[str, str]]
) -> int:
    """End the bracket that opened at `start` of `out`; returns where reading goes on."""
    label = "".join(out[start + 1 :])
    if tail := _TAIL.match(text, at) or SPACED_TAIL.match(text, at, at + _LONGEST_TAIL):
        address, title = tail[1].removeprefix("<").removesuffix(">"), (tail[2] or "")[1:-1]
        at = tail.end()
    else:
        named = _LABEL.match(text, at)
        key = folded_label(named[1] if named and named[1] else label)
        if key not in definitions or label.startswith("^"):
            out.append("]")
            return at
        address, title = definitions[key]
        at = named.end() if named else at
    image = out[start] == "!["
    del out[start:]
    out.append(change(Reference(label, _ESCAPED.sub(r"\1", address), title.replace('\\"', '"'), image)))
    return at


def folded_label(label: str) -> str:
    """The label of a link definition as it is compared (CommonMark 0.31, section 4.7)."""
    return " ".join(label.split()).casefold()


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Markdown with each run of lines outside of fenced code changed; `change` gets them joined."""
    if "```" not in text and "~~~" not in text:
        return change(text)
    parts: list[str] = []
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            run.append(line)
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                parts.append("\n".join(run))
                run, fence = [], ""
        elif mark and not (mark[1][0] == "`" and "`" in line[mark.end() :]):
            parts += [change("\n".join(run))] if run else []
            run, fence = [line], mark[1]
        else:
            run.append(line)
    rest = "\n".join(run)
    return "\n".join([*parts, *([rest if fence else change(rest)] if run else [])])


def outside_spans(text: str, change: Callable[[str], str]) -> str:
    """Markdown with the text outside of code spans changed (CommonMark 0.31, section 6.1)."""
    if "`" not in text:
        return change(text)
    runs = [each for each in re.finditer("`+", text) if not _is_escaped(text, each.start())]
    following: dict[int, int] = {}  # by length: the next run as long
    closing: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        length = len(runs[number][0])
        if length in following:
            closing[number] = following[length]
        following[length] = number
    parts: list[str] = []
    done = at = 0
    while at < len(runs):
        if at in closing:
            end = closing[at]
            parts += [change(text[done : runs[at].start()]), text[runs[at].start() : runs[end].end()]]
            done, at = runs[end].end(), end
        at += 1
    return "".join([*parts, change(text[done:])])


def _is_escaped(text: str, at: int) -> bool:
    return (at - len(text[:at].rstrip("\\"))) % 2 == 1


_LINKED = re.compile(
    r"(?<!\\)!?\[((?:\\.|[^\[\]\\])*)\]\((?:<[^<>]*>|[^()\s]*)(?:\s+\"[^\"]*\")?\)", re.DOTALL
)
"""A link or picture whose brackets are not escaped."""


@lru_cache(maxsize=4096)
def readable(markdown: str) -> str:
    """The words of a piece of Markdown, on one line."""
    text = _LINKED.sub(r"\1", markdown)
    text = re.sub(r"<(https?://[^<>\s]+|[^<>\s@]+@[^<>\s]+)>", r"\1", text)
    text = re.sub(r"^ {0,3}(?:>[ \t]?)+", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\\)(?:\*+|`+|(?<!\w)_+|_+(?!\w))", "", _TAGS.sub("", text))
    return " ".join(_ESCAPED.sub(r"\1", text.replace("\\\n", " ")).split())


def unquoted(markdown: str) -> str:
    """The text of a block quote without its marks, one level."""
    return "\n".join(re.sub(r"^ {0,3}> ?", "", line) for line in markdown.split("\n"))


def inner(markdown: str) -> str:
    """The text within bold or italics, if these are around all of it; else the text itself."""
    text = markdown.strip()
    while (match := _WHOLLY.fullmatch(text)) and match[1] not in match[2].replace(f"\\{match[1][0]}", ""):
        text = match[2].strip()
    return text


def is_bold(markdown: str) -> bool:
    """Whether bold goes around all of it, and it is one line."""
    text = markdown.strip()
    return (
        inner(text) != text and re.fullmatch(r"(\*\*|__)(?![*_\s])[^\n]+?(?<![*_\s\\])\1", text) is not None
    )


def links(markdown: str) -> tuple[Reference, ...]:
    """Its links, automatic ones among them, without images."""
    automatic = re.findall(r"(?<![\w`\\])<((?:https?://|mailto:|tel:|sms:)[^<>\s]+)>", markdown)
    inline = (each for each in references(markdown) if not each.image)
    return (*inline, *(Reference(address, address) for address in automatic))


def images(markdown: str) -> tuple[Reference, ...]:
    """Its images."""
    return tuple(each for each in references(markdown) if each.image)
