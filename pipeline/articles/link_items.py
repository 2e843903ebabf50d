"""Reads the link items of `issues/links/*.yaml`, and all mistakes in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from pipeline.config.fields import Field, Fields, plain_value
from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError, collect
from pipeline.model import LinkItem, Place
from pipeline.support.urls import normalized_address, path_part

LinkMistake = tuple[str, PressroomError]
"""The key of a link item, or the path of a file that cannot be read, and what is wrong."""


def link_id(url: str) -> str:
    """The id of a link item without one of its own: 12 hexadecimal digits made from its address."""
    return hashlib.sha256(normalized_address(url).encode()).hexdigest()[:12]


def read_links(files: WorkspaceFiles) -> tuple[tuple[LinkItem, ...], tuple[LinkMistake, ...]]:
    """Read every link item, in the order of the files, and the mistakes of each."""
    items: list[LinkItem] = []
    mistakes: list[LinkMistake] = []
    cache = files.cache
    for source in files.link_sources():
        errors: list[PressroomError] = []
        kept: tuple[LinkItem, ...] | None = cache.get(source.path)
        if kept is not None:
            items += kept
            continue
        with collect(errors), cache.noted() as stamps:
            cache.note(source.path)
            before = len(mistakes)
            parsed = parse_links(source.text(), source.path, files.zone, mistakes)
            items += parsed
            if len(mistakes) == before:
                cache.put(source.path, stamps, parsed)
        mistakes += [(source.path, error) for error in errors]
    return tuple(items), (*mistakes, *_taken_names(items))


def parse_links(text: str, path: str, zone: ZoneInfo, mistakes: list[LinkMistake]) -> tuple[LinkItem, ...]:
    """Parse the link items of a file. Adds the mistakes of each to `mistakes`.

    Raises `PressroomError` for a text that is not a YAML list.
    """
    items: list[LinkItem] = []
    from pipeline.config.front_matter import yaml_entries

    for entry in yaml_entries(text, path):
        errors: list[PressroomError] = []
        items.append(_read_link(entry, path, zone, errors))
        mistakes += [(items[-1].key, error) for error in errors]
    return tuple(items)


def _read_link(entry: Field, path: str, zone: ZoneInfo, errors: list[PressroomError]) -> LinkItem:
    """Read one entry. An entry without an address gets its place as id, and a mistake."""
    mapping = entry.value if isinstance(entry.value, dict) else {}
    if not isinstance(entry.value, dict):
        errors.append(
            PressroomError(
                f"the entry is {entry.kind} and must be a table of keys and values.",
                path,
                entry.line,
                "Write it as `- url: https://…` and, below it, `title: …`.",
            )
        )
        return LinkItem(f"{path}:{entry.line}", "", "", Place(path, entry.line), "")
    fields = Fields(mapping, path, errors, entry.line)
    url = fields.web_address("url", required=True)
    own_id = fields.text("id")
    if own_id and path_part(own_id) != own_id:
        hint = f'Write "{path_part(own_id)}".'
        fields.error("id", f'the id "{own_id}" must be lower-case letters, digits and hyphens.', hint)
    content = {key: plain_value(field) for key, field in sorted(mapping.items()) if key != "id"}
    item = LinkItem(
        id=own_id or (link_id(url) if url else f"{path}:{entry.line}"),
        url=url,
        title=fields.text("title", required=True),
        place=Place(path, entry.line),
        digest="sha256:" + hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        comment=fields.text("comment", multiline=True),
        tags=fields.texts("tags"),
        date=fields.date("date", zone),
        via=fields.text("via"),
        author=fields.author_name("author"),
        minutes=fields.integer("minutes"),
        lines={key: field.line for key, field in mapping.items()},
    )
    fields.check_unknown()
    return item


def _taken_names(items: list[LinkItem]) -> Iterator[LinkMistake]:
    """Yield a mistake for each id and each address that a second entry has."""
    first: dict[str, LinkItem] = {}
    for item in items:
        for key, name in (("id", item.id), ("url", normalized_address(item.url) if item.url else "")):
            other = first.setdefault(f"{key} {name}", item) if name else item
            # Without ids of their own, two entries with one address have one id too.
            if other is not item and (key == "url" or "id" in item.lines or "id" in other.lines):
                shown = item.url if key == "url" else name
                yield (
                    item.key,
                    PressroomError(
                        f"the {'address' if key == 'url' else 'id'} {shown} is taken by {other.place}.",
                        item.place.path,
                        item.lines.get(key) or item.place.line,
                        "Delete one of the two entries, the one that no issue has carried.",
                    ),
                )
