"""Addresses with spaces, such as `![A photo](my photo.png)`, which CommonMark does not read as addresses.

No reader may see their raw brackets. What is certainly an address is read as meant: the resolver finds
the file, or says that it does not exist. `[1](see the notes below)` may be prose and stays as it is: only
what has a file's ending, or begins as an address does, is certain. An image is always certain, because
nobody writes `![` in prose.
"""

from __future__ import annotations

import re

from pipeline.support.merge import TYPED

_ENDINGS = (
    "avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp|csv|docx?|epub|html?|ics|markdown|md|mov|mp3|mp4|odt|pdf|pptx?"
    "|rtf|txt|xlsx?|zip"
)
_TITLE = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))"""
_END = rf"(?:\s+{_TITLE})?\s*\)"
_INSIDE = r"(?:[^()`<>\n]|\n(?!\s*\n)|\([^()`<>\n]*\))"
_WITH_FIELD = r"https?:// (?:[^\s(){`<>]|\{[^{}\n]*\}|\{)+"
_ADDRESS = rf"""
    (?: (?!\w+:) (?!{_INSIDE}*?\]\() {_INSIDE}+? \.(?:{_ENDINGS})
        (?:[?#] (?:[^()`<>{{\n"'] | (?<!\s)["'])*?)?                                  # the name of a file
    | (?:tel|sms): [^()`<>\n]* (?:\([^()`<>\n]*\)[^()`<>\n]*)*?                      # a telephone number
    | {_WITH_FIELD}
    )
"""
_SPACED_ADDRESS = re.compile(rf"({_ADDRESS})(?={_END})", re.IGNORECASE | re.VERBOSE)
SPACED_TAIL = re.compile(rf"\(\s*({_ADDRESS})(?:\s+({_TITLE}))?\s*\)", re.IGNORECASE | re.VERBOSE)
"""What follows the words of a link whose address may contain spaces: the address and its title."""

_ADDRESS_WITH_FIELD = re.compile(_WITH_FIELD, re.IGNORECASE | re.VERBOSE)
_CLOSING = re.compile(_END)
_LONGEST = 600
_LOST = re.compile(r"\(\s*((?:[^()`]|\([^()`]*\))*)\)")
_BEGINS_AS_ADDRESS = re.compile(
    # Or a file's name before words, such as a title in curly quotes.
    rf"(?:https?://|mailto:|www\.)\S|{{{{|\S+\.(?:{_ENDINGS})(?:\s|[?#]\S)",
    re.IGNORECASE,
)

_IN_ANGLES = re.compile(r"<([^<>\n]+)>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)


def find_spaced(text: str, position: int, end: int, maximum: int) -> str | None:
    """The address with spaces at this position, or None if CommonMark reads one that ends at `end`."""
    if _CLOSING.match(text, end, min(maximum, end + _LONGEST)):
        return None
    match = _SPACED_ADDRESS.match(text, position, min(maximum, position + _LONGEST))
    return match[1] if match else None


def find_with_field(text: str, position: int, end: int, maximum: int) -> str | None:
    """The web address with a merge field at this position, or None if CommonMark reads it up to `end`."""
    match = _ADDRESS_WITH_FIELD.match(text, position, min(maximum, position + _LONGEST))
    return match[0] if match and "{{" in match[0] and match.end() > end else None


def find_lost(text: str, position: int, maximum: int, *, image: bool) -> str | None:
    """The words in round brackets at this position that were meant as an address but are not one; or None."""
    match = _LOST.match(text, position, min(maximum, position + _LONGEST))
    return " ".join(match[1].split()) if match and (image or _BEGINS_AS_ADDRESS.match(match[1])) else None


def find_autolink(text: str, position: int, maximum: int) -> str | None:
    """The address with a merge field in angle brackets at this position, or None."""
    match = _IN_ANGLES.match(text, position, min(maximum, position + _LONGEST))
    field = TYPED.search(match[1]) if match else None
    if not match or not field or not field["name"]:
        return None
    is_address = _SCHEME.match(match[1]) or (field.start() == 0 and field["name"].endswith("_url"))
    return match[1] if is_address else None
