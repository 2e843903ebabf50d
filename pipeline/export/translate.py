"""Translate a rendered email into a service's dialect: fields become its tags, lookalikes stay text.

What the service cannot express is refused with its place, all of it at once; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

from pipeline.errors import PressroomError, raise_all
from pipeline.export.dialect import EVERYWHERE, Dialect, MessagePart
from pipeline.model import MergeField, MergeText, Place, RenderedEmail
from pipeline.support import merge

Where = Callable[[str], Place | None]
"""Returns the place in a source file where a text, such as `{{ first_name`, is written."""

_STYLE = re.compile(r"(<style\b[^>]*>.*?</style>)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TranslatedEmail:
    """An email in a service's dialect. `fields` maps each of our fields to the tags that are used for it."""

    subject: str
    preview_text: str
    html: str
    text: str
    fields: Mapping[str, tuple[str, ...]]


def translate(
    rendered: RenderedEmail,
    service: str,
    dialect: Dialect,
    own_names: Mapping[str, str],
    constants: Mapping[str, str],
    where: Where,
    parts: frozenset[MessagePart] = EVERYWHERE,
) -> TranslatedEmail:
    """The email for the service of this title, in the parts that it takes; the others are empty.

    `own_names` are the service's names of declared fields. `constants` are values that are the same for every
    reader, used if the service has no such field. Raises every field and text that cannot be expressed.
    """
    writer = _Translator(service, dialect, own_names, constants, where)
    email = TranslatedEmail(
        writer.line(rendered.subject, MessagePart.SUBJECT),
        writer.line(rendered.preview_text, MessagePart.PREVIEW) if MessagePart.PREVIEW in parts else "",
        writer.html(rendered.html),
        writer.line(rendered.text, MessagePart.TEXT) if MessagePart.TEXT in parts else "",
        {name: tuple(dict.fromkeys(tags)) for name, tags in sorted(writer.tags.items())},
    )
    raise_all(writer.errors.values())
    return email


@dataclass(frozen=True, slots=True)
class _Translator:
    """Translates one email. `tags` are those used for each field; `errors` has each mistake once."""

    service: str
    dialect: Dialect
    own_names: Mapping[str, str]
    constants: Mapping[str, str]
    where: Where
    tags: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[tuple[str, Place | None], PressroomError] = field(default_factory=dict)

    def html(self, html: MergeText) -> str:
        """HTML: a lookalike is written with character references, which only mail programs decode."""
        parts = _STYLE.split(merge.marked(html))
        return "".join(self._style(part) if n % 2 else self._markup(part) for n, part in enumerate(parts))

    def line(self, text: MergeText, part: MessagePart) -> str:
        """Plain text: a lookalike is written as literal text of the service's language, or refused."""
        literal = self._literal if part in self.dialect.reads else str
        return self._translate(text.segments, part, literal)

    def _markup(self, html: str) -> str:
        def safe(run: str) -> str:
            return self.dialect.lookalike.sub(
                lambda match: re.sub(r"[^\w\s<>=\"'/&;.:-]", lambda sign: f"&#{ord(sign[0])};", match[0]), run
            )

        return self._translate(merge.segments(html), MessagePart.HTML, safe)

    def _style(self, style: str) -> str:
        if lookalike := self.dialect.lookalike.search(style):
            self._refuse(
                f"the style sheet has `{lookalike[0]}` in it, which {self.service} reads as a merge tag.",
                None,
                "Write it differently in the theme.",
            )
        return merge.unmarked(style)

    def _literal(self, run: str) -> str:
        def one(match: re.Match[str]) -> str:
            if self.dialect.literal:
                return self.dialect.literal(match[0])
            self._refuse(
                f"`{match[0]}` is text here, but {self.service} reads it as a merge tag, and has no way to "
                "write it as text.",
                self._place(run[match.start() :], len(match[0])),
                "Choose other words.",
            )
            return match[0]

        return self.dialect.lookalike.sub(one, run)

    def _place(self, text: str, least: int) -> Place | None:
        """Source position of the longest prefix of `text` that is found, of at least `least` characters."""
        lengths = (40, 20, 10, least)
        places = (self.where(text[:length]) for length in lengths if length >= least)
        return next(filter(None, places), None)

    def _translate(
        self, segments: Iterable[str | MergeField], part: MessagePart, literal: Callable[[str], str]
    ) -> str:
        """The text with each field as a tag; `literal` writes the runs of text between them."""
        return "".join(
            self._field(each, part) if isinstance(each, MergeField) else literal(each) for each in segments
        )

    def _field(self, field: MergeField, part: MessagePart) -> str:
        if field.encoded:
            return self._address_field(field)
        place = self.where(f"{{{{ {field.name}")
        tag = self.dialect.tag(field.name, self.own_names)
        in_html = part is MessagePart.HTML
        if tag is None or part not in tag.parts:
            if value := self.constants.get(field.name):
                return escape(value) if in_html else value
            what = "no such field" if tag is None else f"no such field in the {part}"
            hint = "Take it out, or see docs/targets.md for its name at the service."
            return self._refuse(f"`{{{{ {field.name} }}}}`: {self.service} has {what}.", place, hint)
        text = tag.in_html if in_html and tag.in_html else tag.plain
        if field.fallback:
            written = f"`{merge.neutral(field)}`"
            if not tag.with_fallback:
                hint = "Write it without one, or change the sentence so that it needs no fallback."
                return self._refuse(f"{written}: {self.service} has no fallback for this field.", place, hint)
            if bad := " ".join(sorted(set(field.fallback) & self.dialect.not_in_fallback)):
                message = f"{written}: in a fallback {self.service} cannot have {bad}"
                return self._refuse(message, place, "Choose other words.")
            words = escape(field.fallback, quote=False) if in_html else field.fallback
            text = tag.with_fallback.replace("{fallback}", words)
        self.tags.setdefault(field.name, []).append(text)
        return text

    def _address_field(self, field: MergeField) -> str:
        """A field within an address, percent-encoded by the service, and its fallback by us."""
        if constant := self.constants.get(field.name):
            return merge.encoded_value(constant)
        place, fallback = self.where(f"{{{{ {field.name}"), unquote(field.fallback)
        tag = self.dialect.address_tag(field.name, self.own_names)
        text = tag and (tag.with_fallback if fallback else tag.plain)
        if not text:
            message = f"`{{{{ {field.name} }}}}` within an address: {self.service} cannot percent-encode it."
            hint = "Take it out, or let a field of your own have the whole address."
            return self._refuse(message, place, hint)
        bad = " ".join(sorted(set(fallback) & self.dialect.not_in_fallback))
        if bad and "{fallback}" in text:
            message = f"`{{{{ {field.name} | {fallback} }}}}`: in a fallback {self.service} cannot have {bad}"
            return self._refuse(message, place, "Choose other words.")
        text = text.replace("{encoded}", field.fallback).replace("{fallback}", fallback)
        self.tags.setdefault(field.name, []).append(text)
        return text

    def _refuse(self, message: str, place: Place | None, hint: str) -> str:
        """Note a mistake. Returns an empty text, to be written in place of what is refused."""
        path, line = place or (None, None)
        self.errors.setdefault((message, place), PressroomError(message, path, line, hint))
        return ""
