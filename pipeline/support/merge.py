"""Merge fields in neutral form: the one way in which finished HTML, text and subjects hold them.

A field is written `{{ first_name }}` or `{{ first_name | there }}`, its fallback always
HTML-escaped, so that the form reads the same wherever it stands. Literal braces never look like a
field: HTML holds `&#123;&#123;`, plain text holds `{{ "{{" }}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from pipeline.errors import PressroomError, suggest
from pipeline.model import MergeField, Publication

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

LITERAL = '{{ "{{" }}'
"""How plain text holds two braces that are no field."""

_FIELD = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*(?:\|([^{}\n]*))?\}\}", re.ASCII)
_NEUTRAL = re.compile(re.escape(LITERAL) + "|" + _FIELD.pattern, re.ASCII)
_TYPED = re.compile(r"\\\{\\?\{|\{\{(?:[^{}\n]*\}\})?")


def neutral(field: MergeField) -> str:
    """The neutral form of a field, alike in HTML and in text."""
    if not field.fallback:
        return f"{{{{ {field.name} }}}}"
    return f"{{{{ {field.name} | {_escape_fallback(field.fallback)} }}}}"


def literal_text(text: str) -> str:
    """Plain text, its double braces written so that they never read as a field."""
    return text.replace("{{", LITERAL) if "{{" in text else text


def literal_html(html: str) -> str:
    """Escaped HTML text, its braces written so that no neighbour makes a field of them.

    A single brace at either end is written as a reference too: beside a field it would make
    three of them, which some services read as another kind of field.
    """
    if "{" not in html and "}" not in html:
        return html
    return re.sub(r"\{\{+|\}\}+|\A[{}]|[{}]\Z", _as_references, html)


def fields_in(rendered: str) -> tuple[MergeField, ...]:
    """The fields of finished HTML, text or a subject: each once, in the order of the text."""
    found = (_from_match(match) for match in _NEUTRAL.finditer(rendered) if match[1])
    return tuple(dict.fromkeys(found))


def fill(rendered: str, write: Callable[[MergeField], str]) -> str:
    """`rendered` with each field as `write` gives it, and literal braces of text restored.

    `write` gets the fallback unescaped; what it returns stands in the result as it is.
    """
    if "{{" not in rendered:
        return rendered
    return _NEUTRAL.sub(lambda match: write(_from_match(match)) if match[1] else "{{", rendered)


def read(source: str, known: Mapping[str, str]) -> MergeField:
    """The field that an editor wrote as `{{ … }}`; `known` maps declared fields to fallbacks.

    Raises `PressroomError` without a place for anything that is not a known field.
    """
    match = _FIELD.fullmatch(source)
    if not match:
        raise PressroomError(
            f"`{source}` is not a merge field.",
            hint=r"Write `{{ first_name | there }}`, or `\{{` for braces.",
        )
    name, fallback = match[1], (match[2] or "").strip()
    names = tuple(dict.fromkeys((*BUILT_IN_FIELDS, *known)))
    if name not in names:
        near = suggest(name, names) or f"The merge fields are {', '.join(names)}."
        raise PressroomError(f"no merge field is named `{name}`.", hint=f"{near} Write `\\{{{{` for braces.")
    return MergeField(name, fallback or known.get(name, ""))


def from_line(text: str, known: Mapping[str, str]) -> str:
    r"""A line that an editor typed, such as a subject, as plain text in neutral form.

    Fields are read, `\{{` stands for two braces. Raises `PressroomError` without a place.
    """

    def one(match: re.Match[str]) -> str:
        source = match[0]
        return LITERAL if source.startswith("\\") else neutral(read(source, known))

    return _TYPED.sub(one, text)


def _from_match(match: re.Match[str]) -> MergeField:
    return MergeField(match[1], unescape((match[2] or "").strip()))


def _escape_fallback(text: str) -> str:
    # A brace, a bar or a line break would end the field early; a reference says the same.
    return re.sub(r"[{}|\r\n]", _as_references, escape(text))


def _as_references(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])


def public_value(field: MergeField, publication: Publication, page_url: str) -> str:
    """What a reader of the web or of a feed sees, who is no one in particular.

    The addresses that are a recipient's own lead to the public place behind them: `page_url`, the
    publication's page for it, or its home.
    """
    home = f"{publication.base_url}/"
    places = {
        "web_url": page_url,
        "unsubscribe_url": publication.unsubscribe_url,
        "preferences_url": publication.preferences_url,
    }
    if field.name in places:
        place = places[field.name] or home
        return home if "{{" in place else place
    if field.name == "postal_address":
        return publication.postal_line
    return field.fallback or publication.merge_fields.get(field.name, "")
