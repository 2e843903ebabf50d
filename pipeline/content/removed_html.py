r"""Finds what raw HTML keeps from readers: elements that `sanitize` removes whole, comments, unclosed tags.

It reads tags as the HTML Standard (section 13.2.5) does, because nh3 does. An element that is not closed
would take all that follows with it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.content.sanitize import KNOWN, RAW_TEXT, REMOVED_WHOLE, sanitise
from pipeline.content.unsafe_html import ParsedMarkdown
from pipeline.errors import PressroomError

_TAG = re.compile(
    r"""
    <(?P<closing>/?)(?P<name>[A-Za-z][^\s/>]*+)
    (?P<attributes>(?:
        [\s/]++
      | [^\s/>][^\s/>=]*+ (?: \s*+=\s*+ (?: "[^"]*+" | '[^']*+' | [^\s"'>][^\s>]*+ | (?=>) ) | (?!\s*+=) )
    )*+)>
    """,
    re.VERBOSE,
)
_OPENING = re.compile(r"<(?=[A-Za-z!?/])")
_EMPTY_COMMENT = re.compile(r"<!---?>")
_COMMENT_END = re.compile(r"--!?>")
_OTHER_MARKUP = re.compile(r"<(?:!\[CDATA\[|[!?/]?[^\s<>]*)")
_TAG_NAME = re.compile(r"</?[A-Za-z]")
_HREF = re.compile(r"(?<![\w-])href\s*=", re.IGNORECASE)
_SOURCE = re.compile(r"""(?<![\w-])(?:src|data)\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)

_VIDEO = re.compile(
    r"https?://(?:[\w-]+\.)*(?:youtube|youtube-nocookie|youtu|vimeo|loom|wistia|dailymotion)\.(?:com|be|net)/",
    re.IGNORECASE,
)
"""An address at a host of videos."""


@dataclass(slots=True)
class _Open:
    """An element or a comment (`!--`) that has begun with `tag`; `source` is the address in it."""

    name: str
    tag: str
    line: int
    source: str = ""
    held: bool = False

    @property
    def end(self) -> str:
        """What closes it."""
        return {"!--": "-->", "![CDATA[": "]]>", "": ">"}.get(self.name, f"</{self.name}>")


class RawHtmlReader:
    """Reads the raw HTML of one text in order, between its other words.

    What is not closed is added to `parsed.mistakes`, what is left out to `parsed.left_out`.
    """

    def __init__(self, parsed: ParsedMarkdown) -> None:
        self.parsed = parsed
        self._open: list[_Open] = []
        self._depths: Counter[str] = Counter()
        self._unknown: dict[str, tuple[str, int]] = {}

    def text(self) -> None:
        """Note that words come here."""
        if self._open:
            self._open[0].held = True

    def html(self, html: str, line: int) -> None:
        """Read raw HTML that begins at this line."""
        at = 0
        while at < len(html):
            end = self._step(html, at, line)
            line += html.count("\n", at, end)
            at = end

    def end(self) -> None:
        """End the text: what is open now is not closed."""
        if self._open:
            self._not_closed(self._open[-1])
        for tag, line in self._unknown.values():
            message = f"`{tag}` is left out: HTML has no element of that name."
            self._warn(message, line, f"{_as_text(tag)}.")
        self._open, self._unknown = [], {}
        self._depths.clear()

    def _step(self, html: str, at: int, line: int) -> int:
        """Read to the end of the next tag or comment. Returns where that is."""
        inside = self._open[-1].name if self._open else ""
        if inside == "!--":
            end = _COMMENT_END.search(html, at)
            if end:
                self._open.pop()
            return end.end() if end else len(html)
        opening = _OPENING.search(html, at)
        if inside in RAW_TEXT and not self._foreign:
            # A comment may hide the end of a script (HTML Standard, section 4.12.1.3).
            comment = "|<!--" if inside == "script" else ""
            pattern = rf"</(?={inside}[\s/>]){comment}" if inside != "plaintext" else r"(?!)"  # it has no end
            opening = re.compile(pattern, re.IGNORECASE).search(html, at)
        begin = opening.start() if opening else len(html)
        if html[at:begin].strip():
            self.text()
        if not opening:
            return begin
        line += html.count("\n", at, begin)
        tag = _TAG.match(html, begin)
        if not tag:
            return self._markup(html, begin, line)
        if tag["closing"]:
            self._close(tag["name"].lower())
        else:
            self._begin(tag, line)
        return tag.end()

    @property
    def _foreign(self) -> bool:
        """Whether it is inside an element in which the rules of XML hold."""
        return any(self._depths[name] for name in ("svg", "math"))

    def _begin(self, tag: re.Match[str], line: int) -> None:
        self.text()
        name, source = tag["name"].lower(), _SOURCE.search(tag["attributes"])
        if name == "source" and source and self._open:
            self._open[0].source = source[1]
        if name == "a" and _HREF.search(tag["attributes"]) and "href=" not in sanitise(f"{tag[0]}</a>"):
            message = f"`{tag[0]}` has an address that is not allowed here."
            hint = "Use https://…, mailto:…, tel:… or the path of a file."
            self.parsed.mistakes.append(PressroomError(message, None, line, hint))
        if name not in REMOVED_WHOLE:
            # A colon is a word processor's: `<o:p>`.
            if name not in KNOWN and ":" not in name and not self._open:
                self._unknown.setdefault(name, (tag[0], line))
            return
        opened = _Open(name, f"<{tag['name']}>", line, source[1] if source else "", source is not None)
        self._open.append(opened)
        self._depths[name] += 1
        if name == "embed" or (self._foreign and tag["attributes"].endswith("/")):
            self._close(name)

    def _close(self, name: str) -> None:
        self._unknown.pop(name, None)
        if not self._depths[name]:
            return
        closed = None
        while closed is None or closed.name != name:
            closed = self._open.pop()
            self._depths[closed.name] -= 1
        if not self._open and closed.held:
            self._left_out(closed)

    def _markup(self, html: str, at: int, line: int) -> int:
        """Read what is not a complete tag: a comment, a declaration, an unclosed tag."""
        if empty := _EMPTY_COMMENT.match(html, at):
            return empty.end()
        if html.startswith("<!--", at):
            self._open.append(_Open("!--", "<!--", line))
            return at + 4
        word = _OTHER_MARKUP.match(html, at)
        opened = _Open("", word[0] if word else "<", line)
        if opened.tag == "<![CDATA[":
            opened.name = "![CDATA["
        end = html.find(">", at)
        if end < 0 or _TAG_NAME.match(html, at) or html.find(opened.end, at) < 0:
            self._not_closed(opened)
            return len(html)
        if html[at + 2 : end].strip() and not self._open:
            if end - at < 40:
                opened.tag = html[at : end + 1]
            self._left_out(opened)
        return end + 1  # of all of these, a tag that a parser does not know ends at the first bracket

    def _not_closed(self, opened: _Open) -> None:
        message = f"`{opened.tag}` is not closed, so that what follows would be lost."
        hint = f"{_as_text(opened.tag)}, or close it with `{opened.end}`."
        self.parsed.mistakes.append(PressroomError(message, None, opened.line, hint))

    def _left_out(self, opened: _Open) -> None:
        message = f"`{opened.tag}` is left out with all that is in it."
        hint = f"{_as_text(opened.tag)} for the words themselves, or delete it."
        if re.match(r"(https?:)?//", opened.source):
            address = re.sub(r"^//", "https://", opened.source)
            hint = f"Write a link in its place, such as `[Watch it]({address})`."
            if _VIDEO.match(address):
                hint = f"Write `::: video {address}` with its poster, or a link in its place."
        self._warn(message, opened.line, hint)

    def _warn(self, message: str, line: int, hint: str) -> None:
        self.parsed.left_out.append(PressroomError(message, None, line, hint))


def _as_text(tag: str) -> str:
    return f"Write `\\{tag}` or code"
