"""The places of values in front matter, so that one can be changed and all else stays as typed.

`front_matter` finds them in YAML, `toml` in TOML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A value between two offsets of a text: a list has `items`, a table has `entries`.

    `flow` is true for a list or table in brackets, false for one that is laid out in lines; the `end` of
    the latter is not exact, because white space decides it.
    """

    start: int
    end: int
    flow: bool = True
    items: tuple[Span, ...] | None = None
    entries: Mapping[str, KeySpan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A key of a table, between two offsets, and its value."""

    key_start: int
    key_end: int
    value: Span
