"""A head being read: what is looked up by the table of keys, and what is left of it in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.config.fields import Field
from pipeline.importers.decode import cleaned
from pipeline.importers.draft import Inferred, Left
from pipeline.importers.frontmatter.keys import CONTAINERS, LOOKED_UP, folded
from pipeline.importers.frontmatter.values import free_key, is_empty, kept, scalar

Path = tuple[str, ...]
"""The keys that lead to a value, as written."""

_GONE = object()


class Tree:
    """The fields of a head. What is taken out of it is not in `extra`.

    `inferred` and `left` collect what an editor should know of how it was read.
    """

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.inferred: list[Inferred] = []
        self.left: list[Left] = []
        self._taken: dict[Path, Any] = {}
        self._around: set[Path] = set()  # the tables that something was taken out of
        self._places: dict[str, list[Path]] = {}
        for key, field in fields.items():
            self._index((key,), folded(key), field)
        for key, field in fields.items():
            if folded(key) in CONTAINERS and isinstance(field.value, dict):
                for inner, each in field.value.items():
                    self._index((key, inner), folded(inner), each)

    def _index(self, path: Path, name: str, field: Field) -> None:
        self._places.setdefault(name, []).append(path)
        if isinstance(field.value, dict):
            for inner in field.value:
                self._places.setdefault(f"{name}.{folded(inner)}", []).append((*path, inner))

    def candidates(self, name: str) -> Iterator[tuple[Path, Field]]:
        """What may be this field of an article, by the order of the table; nothing that is taken or empty."""
        for key in LOOKED_UP[name]:
            for path in self._places.get(key, ()):
                field = self._at(path)
                if not is_empty(field) and path not in self._taken:
                    yield path, field

    def _at(self, path: Path) -> Field:
        field = self.fields[path[0]]
        for key in path[1:]:
            field = field.value[key]
        return field

    def has(self, name: str, text: str) -> bool:
        """Whether a key of this name says this text."""
        return any(scalar(self._at(path)).strip() == text for path in self._places.get(folded(name), ()))

    def take(self, path: Path, rest: Any = None) -> None:
        """A value has found its place, but for `rest`, which goes under `extra`."""
        self._taken[path] = _GONE if rest is None else rest
        self._around.update(path[:depth] for depth in range(1, len(path)))

    def infer(self, field: str, value: str, why: str) -> None:
        """Note how a field was found."""
        self.inferred.append(Inferred(field, value, why))

    def leave(self, path: Path, reason: str) -> None:
        """Note what an editor should know of a value that stays under `extra`."""
        field = self._at(path)
        self.left.append(Left(f"{'.'.join(path)}: {scalar(field)}", reason, field.line))

    def extra(self) -> dict[str, Any]:
        """What has no home in an article, under its own keys. Empty fields are noted as left."""
        found: dict[str, Any] = {}
        inner: dict[str, Any] = {}
        for key, field in self.fields.items():
            if (key,) in self._taken and self._taken[(key,)] is _GONE:
                continue
            if is_empty(field):
                shown = field.raw if field.raw is not None else field.value
                text = f"{key}: {shown or ''}".strip()
                self.left.append(Left(cleaned(text), "an empty field of the front matter", field.line))
                continue
            value = self._rest((key,), field)
            if value is _GONE:
                continue
            if key == "extra" and isinstance(value, dict):
                inner = value
            else:
                found[free_key(cleaned(key), found)] = value
        if any(key in found for key in inner):
            return {**found, free_key("extra", found): inner}
        return {**found, **inner}

    def _rest(self, path: Path, field: Field) -> Any:
        if path in self._taken:
            return self._taken[path]
        if path not in self._around or not isinstance(field.value, dict):
            return kept(field)
        found: dict[str, Any] = {}
        for key, each in field.value.items():
            value = self._rest((*path, key), each)
            if value is not _GONE:
                found[free_key(cleaned(key), found)] = value
        return found or _GONE


def key_of(path: Path) -> str:
    """The key as an editor would name it."""
    return ".".join(path)
