"""Plain text as Markdown that means just it: only what Markdown would read as markup is escaped."""

from __future__ import annotations

import re

from pipeline.importers.shapes import ADDRESS, without_tail

# CommonMark 0.31, section 2.4 (backslash escapes), 2.5 (entities), 6.2 (emphasis), 6.6 (raw HTML).
_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)"
    r"|`|(?<=\S)\*|\*(?=\S)|(?<![^\W_])_|_(?![^\W_])"
    r"|<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]{1,31};)|\^(?=\[)"
)
_LINKS = re.compile(r"\](?:[(:]|\[)|\[\^")
_START = re.compile(r"([-+*>](?=\s|$)|>|#{1,6}(?=\s|$)|(?:[-*_=][ \t]*){2,}$|~{3}|\||<{7} )")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escaped(text: str) -> str:
    """A paragraph's text as one line of Markdown. Addresses with a scheme become `<https://…>`.

    Merge fields and container fences (`{{`, `:::`) are left to the common steps.
    """
    return _first(text, _with_addresses(text))


def foreign(text: str) -> str:
    """The same with merge fields and fences escaped too, for words that no common step sees."""
    return re.sub(r"(?=\{\{|~~|^:::)", r"\\", escaped(text))


def heading(text: str) -> str:
    """The same for the text of a heading, where only its end can be markup (section 4.2)."""
    return re.sub(r"(?<=\s)(#+)$", r"\\\1", _with_addresses(text))


def plain(text: str) -> str:
    """The same for a text in which addresses are to stay text, such as a link's."""
    return _first(text, _inline(text, True))


def inline(text: str) -> str:
    """The same for a piece within a paragraph, whose start and addresses others see to."""
    return _inline(text, _LINKS.search(text) is not None)


def begun(line: str) -> str:
    """A line of finished Markdown, escaped where its first characters would begin a block."""
    return _first(line, line)


def _with_addresses(text: str) -> str:
    parts: list[str] = []
    at = 0
    brackets = _LINKS.search(text) is not None
    for match in ADDRESS.finditer(text):
        written = without_tail(match[0])
        parts += [_inline(text[at : match.start()], brackets), f"<{written}>"]
        at = match.start() + len(written)
    parts.append(_inline(text[at:], brackets))
    return "".join(parts)


def _inline(text: str, brackets: bool) -> str:
    text = _INLINE.sub(lambda match: "\\" + match[0], text)
    return re.sub(r"[\[\]]", lambda match: "\\" + match[0], text) if brackets else text


def _first(text: str, written: str) -> str:
    """What at the start of a line begins a list, a heading, a quote or a rule (sections 4 and 5)."""
    if match := _NUMBER.match(text):
        return f"{match[1]}\\{written[match.end(1) :]}"
    if _START.match(text) and not written.startswith("\\"):
        return "\\" + written
    return written
