"""Merge fields: read where an editor types them, carried as values, written again at the edge.

`TYPED` is the only pattern of the syntax `{{ name | fallback }}`. A field that was read is a `MergeField`,
a finished text is a `MergeText`, which knows its fields. In between, writers put texts together from strings,
where a field is a mark between two control characters that no content can have (`support.files.FORBIDDEN`).

Files have fields in neutral form, with the fallback always HTML-escaped; within an address that is
`{{ name:url | fallback }}`. There literal braces never look like a field: HTML has `&#123;&#123;`, plain text
has `{{ "{{" }}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape as escape_html
from html import unescape
from urllib.parse import quote

from pipeline.errors import PressroomError, suggest
from pipeline.model import MergeField, MergeText

BUILT_IN_FIELDS = (
    "first_name",
    "last_name",
    "name",
    "email",
    "unsubscribe_url",
    "preferences_url",
    "web_url",
    "postal_address",
)
"""The fields that every publication has; `newsletter.toml` may declare more."""

OPEN, CLOSE, GLUE = "\x02", "\x03", "\x1f"
"""The ends of a mark, each as wide as the two braces that it replaces, and a space that does not break."""

TYPED = re.compile(
    r"""
    \\\{\\?\{
    | \{\{ (?:
        [^\S\n]* (?P<name>[A-Za-z_]\w*) [^\S\n]* (?: \| (?P<fallback>[^{}\n\x02]*) )? \}\}
        | [^{}\n]* \}\}
    )?
    """,
    re.ASCII | re.VERBOSE,
)
r"""What an editor types: `\{{` for two braces, a field, which has a `name`, or what was meant as a field."""

_IN_ADDRESS = ":url"
"""What the name of a field within an address ends in, in neutral form: its value is percent-encoded."""

_HOST = re.compile(r"https?://[^/?#{}\s]+[/?#]", re.IGNORECASE)
_BRACE = "&(?:#0*123|#x0*7b|lcub|lbrace);"
_ESCAPED_BRACES = re.compile(rf"\\\{{\\?\{{|{_BRACE}(?:{_BRACE}|\{{)|\{{{_BRACE}", re.IGNORECASE)
_LITERAL = '{{ "{{" }}'


# --- reading -----------------------------------------------------------------------------------


FIELD_BESIDE_TEXT = "has a merge field beside other text."
FIELDS_IN_ADDRESSES = (
    "A field may be a whole address, or follow the host: https://example.org/?to={{ email }}"
)
"""What is wrong with an address that has a merge field elsewhere, and what to do."""


def read(typed: str, known: Mapping[str, str]) -> MergeField:
    """Read a field from `{{ … }}`; `known` maps declared fields to their fallbacks.

    Raises `PressroomError` without a place for anything that is not a known field.
    """
    match = TYPED.fullmatch(typed)
    if not match or not match["name"]:
        raise PressroomError(
            f"`{typed}` is not a merge field.",
            hint=r"Write `{{ first_name | there }}`, or `\{{` for braces.",
        )
    name, fallback = match["name"], (match["fallback"] or "").strip()
    names = tuple(dict.fromkeys((*BUILT_IN_FIELDS, *known)))
    if name not in names:
        near = suggest(name, names) or f"The merge fields are {', '.join(names)}."
        raise PressroomError(f"no merge field is named `{name}`.", hint=f"{near} Write `\\{{{{` for braces.")
    return MergeField(name, fallback or known.get(name, ""))


def read_line(typed: str, known: Mapping[str, str]) -> MergeText:
    r"""Read a line such as a subject, in which `\{{` is two braces.

    Raises `PressroomError` without a place for what is not a known field.
    """
    return text(TYPED.sub(lambda m: "{{" if m[0][0] == "\\" else mark(read(m[0], known)), typed))


def read_address(typed: str, known: Mapping[str, str]) -> MergeText:
    """Read a web address, after whose host there may be fields; their fallbacks are percent-encoded.

    Raises `PressroomError` without a place for what is not a known field, and for one before the end of the
    host.
    """

    def mark_encoded(match: re.Match[str]) -> str:
        field = read(match[0], known)
        return mark(replace(field, fallback=quote(field.fallback, safe=""), encoded=True))

    address = text(TYPED.sub(mark_encoded, encode_escaped(typed)))
    if address.fields and not _HOST.match(typed):
        raise PressroomError(f'the address "{typed}" {FIELD_BESIDE_TEXT}', hint=FIELDS_IN_ADDRESSES)
    return address


def encode_escaped(address: str) -> str:
    r"""Percent-encode two braces that begin no field: `\{{`, or one of them a character reference."""
    return _ESCAPED_BRACES.sub(quote("{{"), address)


def encoded_value(value: str) -> str:
    """The value of a field within an address."""
    return quote(value, safe="@")


# --- in strings that are put together ----------------------------------------------------------


def mark(field: MergeField) -> str:
    """Mark a field in a string: its neutral form without braces and spaces, so that it has the same width."""
    return neutral(field).replace("{{", OPEN).replace("}}", CLOSE).replace(" ", GLUE)


def escape(text: str) -> str:
    """Escape a text for elements and quoted attributes; the fields of a `MergeText` are marked."""
    if not isinstance(text, MergeText):
        return literal_html(escape_html(text))
    return "".join(mark(each) if isinstance(each, MergeField) else escape(each) for each in text.segments)


def marked(text: str) -> str:
    """A text as a string with marks."""
    if not isinstance(text, MergeText):
        return text
    return "".join(mark(each) if isinstance(each, MergeField) else each for each in text.segments)


def text(marked: str) -> MergeText:
    """Finish plain text with marks."""
    return MergeText(unmarked(marked.replace("{{", _LITERAL)), segments(marked))


def html(marked: str) -> MergeText:
    """Finish HTML with marks, in which templates may have typed fields of any name.

    Braces of content are references in it.
    """

    def read_typed(match: re.Match[str]) -> str:
        return mark(_field(match["name"], match["fallback"] or "")) if match["name"] else match[0]

    return MergeText(unmarked(marked), segments(TYPED.sub(read_typed, marked) if "{{" in marked else marked))


def unmarked(marked: str) -> str:
    """Write the marks in a string in neutral form."""
    return marked.replace(OPEN, "{{").replace(CLOSE, "}}").replace(GLUE, " ")


def segments(marked: str) -> tuple[str | MergeField, ...]:
    """Split a string with marks into its texts and fields."""
    start, *rest = marked.split(OPEN)
    parts: list[str | MergeField] = [start.replace(GLUE, " ")]
    for piece in rest:
        written, _, after = piece.partition(CLOSE)
        name, _, fallback = written.replace(GLUE, " ")[1:-1].partition(" | ")
        field = _field(name.removesuffix(_IN_ADDRESS), fallback)
        parts += [replace(field, encoded=name.endswith(_IN_ADDRESS)), after.replace(GLUE, " ")]
    return tuple(filter(None, parts))


def _field(name: str, fallback: str) -> MergeField:
    return MergeField(name, unescape(fallback.strip()))


# --- neutral form ------------------------------------------------------------------------------


def neutral(field: MergeField) -> str:
    """The neutral form of a field, alike in HTML and in text."""
    name = field.name + _IN_ADDRESS * field.encoded
    if not field.fallback:
        return f"{{{{ {name} }}}}"
    # A brace, a bar or a line break would end the field early; a reference says the same.
    fallback = re.sub(r"[{}|\r\n]", _as_references, escape_html(field.fallback))
    return f"{{{{ {name} | {fallback} }}}}"


def literal_html(html: str) -> str:
    """Escaped HTML text, its braces written so that no neighbour makes a field of them.

    A single brace at either end is written as a reference too: beside a field it would make
    three of them, which some services read as another kind of field.
    """
    if "{" not in html and "}" not in html:
        return html
    return re.sub(r"\{\{+|\}\}+|\A[{}]|[{}]\Z", _as_references, html)


def _as_references(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])
