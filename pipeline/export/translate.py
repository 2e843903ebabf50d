"""A rendered email in a service's own words: fields become its tags, what only looks like one stays text.

What the service cannot say is refused with its place, all of it at once; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from pipeline.errors import PressroomError, raise_all
from pipeline.export.dialect import EVERYWHERE, Dialect, MessagePart
from pipeline.model import MergeField, MergeText, Place, RenderedEmail
from pipeline.support import merge

Where = Callable[[str], Place | None]
"""Gives the place in a source file where a text, such as `{{ first_name`, is written."""

_STYLE = re.compile(r"(<style\b[^>]*>.*?</style>)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TranslatedEmail:
    """An edition in a service's words. `fields` maps each field of ours to the tags that stand for it."""

    subject: str
    preview_text: str
    html: str
    text: str
    fields: Mapping[str, tuple[str, ...]]


def translate(
    rendered: RenderedEmail,
    service: str,
    dialect: Dialect,
    given: Mapping[str, str],
    known: Mapping[str, str],
    where: Where,
    parts: frozenset[MessagePart] = EVERYWHERE,
) -> TranslatedEmail:
    """The email for a service that is called `service`, in the parts that it takes; the others are empty.

    `given` are names of declared fields at the service, `known` the values that are the same for every
    reader, which stand in where the service has no such field. Raises all that cannot be said.
    """
    writer = _Translator(service, dialect, given, known, where)
    letter = TranslatedEmail(
        writer.line(rendered.subject, MessagePart.SUBJECT),
        writer.line(rendered.preview_text, MessagePart.PREVIEW) if MessagePart.PREVIEW in parts else "",
        writer.html(rendered.html),
        writer.line(rendered.text, MessagePart.TEXT) if MessagePart.TEXT in parts else "",
        {name: tuple(dict.fromkeys(tags)) for name, tags in sorted(writer.written.items())},
    )
    raise_all(dict.fromkeys(writer.errors))
    return letter


class _Translator:
    def __init__(
        self,
        service: str,
        dialect: Dialect,
        given: Mapping[str, str],
        known: Mapping[str, str],
        where: Where,
    ) -> None:
        self.service = service
        self.dialect = dialect
        self.given = given
        self.known = known
        self.where = where
        self.written: dict[str, list[str]] = {}
        self._errors: dict[tuple[str, Place | None], PressroomError] = {}

    @property
    def errors(self) -> Iterable[PressroomError]:
        """Each mistake once."""
        return self._errors.values()

    def html(self, html: MergeText) -> str:
        """HTML: a lookalike is written with references, so that only a reader's program sees it whole."""
        parts = _STYLE.split(merge.marked(html))
        return "".join(self._style(part) if n % 2 else self._markup(part) for n, part in enumerate(parts))

    def line(self, text: MergeText, part: MessagePart) -> str:
        """Plain text: a lookalike is written as the service's language writes literal text, or refused."""
        literal = self._literal if part in self.dialect.reads else str
        return self._each(text.segments, part, literal)

    def _markup(self, html: str) -> str:
        def safe(run: str) -> str:
            return self.dialect.lookalike.sub(
                lambda match: re.sub(r"[^\w\s<>=\"'/&;.:-]", lambda sign: f"&#{ord(sign[0])};", match[0]), run
            )

        return self._each(merge.segments(html), MessagePart.HTML, safe)

    def _style(self, style: str) -> str:
        if found := self.dialect.lookalike.search(style):
            self._refuse(
                f"the style sheet holds `{found[0]}`, which {self.service} reads as a merge tag.",
                None,
                "Write it otherwise in the theme.",
            )
        return merge.unmarked(style)

    def _literal(self, run: str) -> str:
        def one(match: re.Match[str]) -> str:
            if self.dialect.literal:
                return self.dialect.literal(match[0])
            self._refuse(
                f"`{match[0]}` is text here, but {self.service} reads it as a merge tag, and knows no way to "
                "write it as text.",
                self._place(run[match.start() :], len(match[0])),
                "Word it otherwise.",
            )
            return match[0]

        return self.dialect.lookalike.sub(one, run)

    def _place(self, text: str, least: int) -> Place | None:
        """Where a text stands that begins so; `least` characters of it must, more of it should."""
        lengths = (40, 20, 10, least)
        found = (self.where(text[:length]) for length in lengths if length >= least)
        return next(filter(None, found), None)

    def _each(
        self, segments: Iterable[str | MergeField], part: MessagePart, literal: Callable[[str], str]
    ) -> str:
        """The text with each field as a tag, and each run between them made literal."""
        return "".join(
            self._field(each, part) if isinstance(each, MergeField) else literal(each) for each in segments
        )

    def _field(self, field: MergeField, part: MessagePart) -> str:
        place = self.where(f"{{{{ {field.name}")
        tag = self.dialect.tag(field.name, self.given)
        if tag is None or part not in tag.parts:
            if self.known.get(field.name):
                value = self.known[field.name]
                return escape(value) if part is MessagePart.HTML else value
            what = "no such field" if tag is None else f"no such field in the {part}"
            hint = "Take it out, or see docs/targets.md for how a field is named there."
            self._refuse(f"`{{{{ {field.name} }}}}`: {self.service} has {what}.", place, hint)
            return ""
        plain = tag.in_html if part is MessagePart.HTML and tag.in_html else tag.plain
        if not field.fallback:
            return self._told(field, plain)
        if not tag.otherwise:
            hint = "Write it without one, or word the sentence so that it needs none."
            self._refuse(
                f"`{merge.neutral(field)}`: {self.service} has no fallback for this field.", place, hint
            )
            return ""
        if bad := sorted(set(field.fallback) & self.dialect.not_in_fallback):
            self._refuse(
                f"`{merge.neutral(field)}`: in a fallback {self.service} cannot have {' '.join(bad)}",
                place,
                "Choose other words.",
            )
            return ""
        words = escape(field.fallback, quote=False) if part is MessagePart.HTML else field.fallback
        return self._told(field, tag.otherwise.replace("{fallback}", self.dialect.fallback(words)))

    def _told(self, field: MergeField, tag: str) -> str:
        self.written.setdefault(field.name, []).append(tag)
        return tag

    def _refuse(self, message: str, place: Place | None, hint: str) -> None:
        path, line = (place.path, place.line) if place else (None, None)
        self._errors.setdefault((message, place), PressroomError(message, path, line, hint))
