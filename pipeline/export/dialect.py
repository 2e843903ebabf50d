"""The dialect of a service: how it writes `{{ field | fallback }}`, and what else it would execute.

A dialect only describes; `translate` applies it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.support.merge import BUILT_IN_FIELDS


class MessagePart(StrEnum):
    """A part of a message in which a service may write fields in its own way."""

    HTML = "HTML"
    TEXT = "text part"
    SUBJECT = "subject"
    PREVIEW = "preview text"


EVERYWHERE = frozenset(MessagePart)
BODY = frozenset({MessagePart.HTML, MessagePart.TEXT})


@dataclass(frozen=True, slots=True)
class FieldTag:
    """The tag of a field at a service.

    `plain` is the tag without a fallback; `with_fallback` has `{fallback}` in its place, and is empty if the
    service has no fallbacks. `{name}` is the name of a declared field. `parts` are those in which the service
    fills the tag in.
    """

    plain: str
    with_fallback: str = ""
    parts: frozenset[MessagePart] = EVERYWHERE
    in_html: str = ""
    """What HTML has instead of `plain`, if that differs."""

    def named(self, name: str) -> FieldTag:
        """This tag for the field of this name at the service."""
        plain, with_fallback = (tag.replace("{name}", name) for tag in (self.plain, self.with_fallback))
        return FieldTag(plain, with_fallback, self.parts)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A service's way to write fields.

    `custom` is the tag of a field declared in `newsletter.toml`, with `{name}` for its name at the service,
    which `own_name` derives from ours. Of Pressroom's own fields, `names` are those that are written like it,
    with their names at the service, and `fields` those that have another tag. `lookalike` matches what the
    service would execute; in HTML it is written with character references, in lines of text by `literal`, or
    refused if that is None. `not_in_fallback` are the characters that no fallback may have.
    """

    fields: Mapping[str, FieldTag]
    lookalike: re.Pattern[str]
    custom: FieldTag | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    own_name: Callable[[str], str] = str
    literal: Callable[[str], str] | None = None
    in_address: FieldTag | None = None
    """The tag of a field within an address, as the service documents that it percent-encodes a value.

    `{name}` is the value as in the field's own tag, and `{encoded}` the fallback, which we encode; one in
    place of `{fallback}` is encoded by the service. None if the service documents no such tag.
    """
    not_in_fallback: frozenset[str] = frozenset("{}\n")
    reads: frozenset[MessagePart] = EVERYWHERE
    """The parts in which the service executes anything: in others a lookalike is plain text."""

    @property
    def tags(self) -> dict[str, FieldTag]:
        """The tags of Pressroom's own fields."""
        if self.custom is None:
            return dict(self.fields)
        return {name: self.custom.named(own) for name, own in self.names.items()} | dict(self.fields)

    def tag(self, name: str, own_names: Mapping[str, str]) -> FieldTag | None:
        """The tag of a field, or None if the service has no such field.

        `own_names` maps our names to the service's, as the settings have it (`[targets.NAME.fields]`).
        """
        if name in own_names and self.custom:
            return self.custom.named(own_names[name])
        # A built-in field is never a field of the list's own.
        if name in BUILT_IN_FIELDS or self.custom is None:
            return self.tags.get(name)
        return self.custom.named(self.own_name(name))

    def address_tag(self, name: str, own_names: Mapping[str, str]) -> FieldTag | None:
        """The tag of a field within an address, or None if the service cannot percent-encode its value."""
        tag = self.tag(name, own_names)
        value = re.fullmatch(r"\W+([\w.]+?)\W+", tag.plain) if tag else None
        # No service documents a filter for the links that it makes itself.
        if (
            value is None
            or self.in_address is None
            or name in ("unsubscribe_url", "preferences_url", "web_url")
        ):
            return None
        return self.in_address.named(value[1])
