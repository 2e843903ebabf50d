"""CSS read into declarations, rules and colours (CSS Syntax 3). The only module that imports tinycss2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2
import tinycss2.color3

Declaration = tuple[str, str, bool]
"""Property, value, and whether it is `!important`."""


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One rule of a style sheet, with the media queries around it; `line` is its line in the page."""

    media: str
    selector: str
    declarations: tuple[Declaration, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ValueParts:
    """The parts of a value in lower case: its functions, units, words and `#` colours."""

    functions: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    hashes: frozenset[str]


@lru_cache(maxsize=1024)
def declarations(style: str) -> tuple[Declaration, ...]:
    """The declarations of a `style` attribute or of the inside of a rule."""
    return _declarations(tinycss2.parse_blocks_contents(style, True, True))


def _declarations(nodes: Iterable[Any]) -> tuple[Declaration, ...]:
    return tuple(
        (each.lower_name, tinycss2.serialize(each.value).strip(), bool(each.important))
        for each in nodes
        if each.type == "declaration"
    )


@lru_cache(maxsize=1024)
def declaration_errors(style: str) -> tuple[str, ...]:
    """What a client cannot read in a `style` attribute."""
    nodes = tinycss2.parse_blocks_contents(style, True, True)
    return tuple(each.message for each in nodes if each.type == "error")


# A theme's sheets are the same in all of its emails, and several checks read them.
@lru_cache(maxsize=64)
def style_rules(css: str, first_line: int = 1, media: str = "") -> tuple[StyleRule, ...]:
    """The rules of a style sheet, those in @media with its query."""
    return tuple(
        StyleRule(
            query,
            tinycss2.serialize(node.prelude).strip(),
            _declarations(tinycss2.parse_blocks_contents(node.content, True, True)),
            first_line + node.source_line - 1,
        )
        for node, query in _nodes(tinycss2.parse_stylesheet(css, True, True), media)
        if node.type == "qualified-rule"
    )


@lru_cache(maxsize=64)
def stylesheet_errors(css: str, first_line: int) -> tuple[tuple[str, int], ...]:
    """What a client cannot read in a style sheet, with its line. Selectors are not looked at."""
    errors: list[Any] = []
    for node, _ in _nodes(tinycss2.parse_stylesheet(css, True, True), ""):
        is_rule = node.type == "qualified-rule"
        inside = tinycss2.parse_blocks_contents(node.content, True, True) if is_rule else [node]
        errors += [
            (each.message, first_line + each.source_line - 1) for each in inside if each.type == "error"
        ]
    return tuple(errors)


@lru_cache(maxsize=64)
def at_rules(css: str, first_line: int) -> tuple[tuple[str, int, bool], ...]:
    """Each @-rule's name, its line, and whether another one is inside it."""
    rules = []
    for node in tinycss2.parse_stylesheet(css, True, True):
        if node.type == "at-rule":
            inside = tinycss2.parse_rule_list(node.content or [], True, True)
            nested = any(each.type == "at-rule" for each in inside)
            rules.append((node.lower_at_keyword, first_line + node.source_line - 1, nested))
    return tuple(rules)


def _nodes(nodes: Iterable[Any], media: str) -> Iterator[tuple[Any, str]]:
    """The nodes of a style sheet with their media query, and those inside @media."""
    for node in nodes:
        yield node, media
        if node.type == "at-rule" and node.lower_at_keyword == "media" and node.content:
            query = tinycss2.serialize(node.prelude).strip()
            inside = tinycss2.parse_rule_list(node.content, True, True)
            yield from _nodes(inside, f"{media} and {query}" if media else query)


@lru_cache(maxsize=2048)
def value_parts(value: str) -> ValueParts:
    """The parts of a declaration's value, also those inside functions."""
    functions, units, words, hashes = set(), set(), set(), set()

    def walk(tokens: Iterable[Any]) -> None:
        for token in tokens:
            if token.type == "function":
                functions.add(token.lower_name)
                walk(token.arguments)
            elif token.type == "url":
                functions.add("url")
            elif token.type in {"dimension", "percentage"}:
                units.add("%" if token.type == "percentage" else token.lower_unit)
            elif token.type == "ident":
                words.add(token.lower_value)
            elif token.type == "hash":
                hashes.add(f"#{token.value}")

    walk(tinycss2.parse_component_value_list(value))
    return ValueParts(frozenset(functions), frozenset(units), frozenset(words), frozenset(hashes))


def first_colour(value: str) -> str | None:
    """The first part of a value that is a colour, as written."""
    tokens = tinycss2.parse_component_value_list(value)
    return next((text for token in tokens if rgba(text := str(token.serialize()))), None)


@lru_cache(maxsize=1024)
def rgba(value: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue and opacity of a colour, each 0 to 1; None for anything else (CSS Color 3)."""
    colour = tinycss2.color3.parse_color(value)
    return (colour[0], colour[1], colour[2], colour[3]) if isinstance(colour, tuple) else None


def hex_colour(value: str) -> str | None:
    """A colour as six hex digits in lower case; None for a translucent one and for anything else."""
    colour = rgba(value)
    if colour is None or colour[3] < 1:
        return None
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in colour[:3])
