"""How a service writes what Pressroom writes as `{{ field | fallback }}`, and what it would take for a field.

A dialect only describes; `translate` reads and writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MessagePart(StrEnum):
    """Where in a letter a field stands; each may be written in its own way."""

    HTML = "HTML"
    TEXT = "text part"
    SUBJECT = "subject"
    PREVIEW = "preview text"


LINES = frozenset({MessagePart.SUBJECT, MessagePart.PREVIEW})
EVERYWHERE = frozenset(MessagePart)
BODY = frozenset({MessagePart.HTML, MessagePart.TEXT})


@dataclass(frozen=True, slots=True)
class FieldTag:
    """A field in a service's words.

    `plain` is the tag without a fallback; `otherwise` the one with it, where `{fallback}` stands for its
    words, or empty where the service knows none. `own_name` of a declared field stands for `{name}`.
    `parts` are the places where the service fills it in.
    """

    plain: str
    otherwise: str = ""
    parts: frozenset[MessagePart] = EVERYWHERE
    in_html: str = ""
    """What HTML holds instead of `plain`, where that differs."""


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Dialect:
    """A service's way to write fields.

    `tags` are its tags for Pressroom's own fields; `custom` is that of a field declared in `newsletter.toml`,
    with `{name}` for its name, which `own_name` makes of the declared one. `lookalike` finds what the
    service would execute; in HTML it is written with references, in lines of text by `literal`, or refused
    where that is None. `fallback` writes words within a tag, `not_in_fallback` are the characters that no
    fallback may hold.
    """

    tags: Mapping[str, FieldTag]
    lookalike: re.Pattern[str]
    custom: FieldTag | None = None
    own_name: Callable[[str], str] = _as_it_is
    literal: Callable[[str], str] | None = None
    fallback: Callable[[str], str] = _as_it_is
    not_in_fallback: frozenset[str] = field(default_factory=lambda: frozenset("{}\n"))
    reads: frozenset[MessagePart] = EVERYWHERE
    """The parts in which the service executes anything: in others a lookalike is what it is, text."""

    def tag(self, name: str, given: Mapping[str, str]) -> FieldTag | None:
        """The tag of a field, or None where the service has none.

        `given` are names that the settings map to the service's own (`[targets.NAME.fields]`).
        """
        if name in given and self.custom:
            return _named(self.custom, given[name])
        if name in self.tags:
            return self.tags[name]
        if name in _OURS or self.custom is None:
            return None
        return _named(self.custom, self.own_name(name))


_OURS = frozenset(
    {
        *("first_name", "last_name", "name", "email"),
        *("unsubscribe_url", "preferences_url", "web_url", "postal_address"),
    }
)
"""Fields that a service has or has not: none of them is a field of the list's own."""


def _named(tag: FieldTag, name: str) -> FieldTag:
    return FieldTag(
        tag.plain.replace("{name}", name),
        tag.otherwise.replace("{name}", name),
        tag.parts,
        tag.in_html.replace("{name}", name),
    )
