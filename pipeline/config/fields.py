"""Reads typed values out of front matter and TOML, and notes every mistake with its line.

A file's fields are a tree of `Field`s. `Fields` reads one mapping key by key. A wrong value is added to a
shared list of errors and replaced by a default, so that one run reports all mistakes of a workspace.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.errors import PressroomError, suggest
from pipeline.support.files import check_characters
from pipeline.support.limits import YEARS
from pipeline.support.urls import ascii_address, web_address_hint

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its line.

    `value` is str, int, float, bool, None, date, datetime, a tuple of Fields or a dict of Fields.
    `raw` is a YAML plain scalar as written, so that a tag `no` or `1:30` can stay a text.
    """

    value: Any
    line: int
    raw: str | None = None

    @property
    def text(self) -> str | None:
        """The value as text, or None if it is not a text."""
        return self.raw if self.raw is not None else self.value if isinstance(self.value, str) else None

    @property
    def kind(self) -> str:
        """What the value is, for messages."""
        for types, kind in _KINDS:
            if isinstance(self.value, types):
                return kind
        return "empty" if self.value is None else "a text"

    @property
    def shown(self) -> str:
        """The value as an error message quotes it."""
        value = plain_value(self) if self.raw is None else self.raw
        return f'"{value}"' if isinstance(value, str) else repr(value)


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (date, "a date"),
    (tuple, "a list"),
    (dict, "a table"),
)


def plain_value(field: Field) -> Any:
    """The value without its lines, for keys that are a user's own."""
    if isinstance(field.value, dict):
        return {key: plain_value(value) for key, value in field.value.items()}
    if isinstance(field.value, tuple):
        return [plain_value(value) for value in field.value]
    if isinstance(field.value, date):
        return field.value.isoformat()
    return field.value


class Fields:
    """Reads the keys of one mapping; mistakes are added to `errors`.

    `what` names the mapping in messages, such as `section "Research"`. `read_keys` are those that a method
    has read; `check_unknown` reports all others. `top_keys` are known keys of the whole file's own level.
    """

    def __init__(
        self,
        mapping: Mapping[str, Field],
        path: str,
        errors: list[PressroomError],
        line: int | None = None,
        what: str = "",
        top_keys: Container[str] = (),
    ) -> None:
        self.mapping = mapping
        self.path = path
        self.errors = errors
        self.line = line
        self.what = what
        self.top_keys = top_keys
        self.read_keys: list[str] = []
        self._missing: dict[str, PressroomError] = {}

    def line_of(self, key: str) -> int | None:
        """The line of a key, or of the mapping if the key is missing."""
        field = self.mapping.get(key)
        return field.line if field else self.line

    def error(self, key: str, message: str, hint: str | None = None, line: int | None = None) -> None:
        """Note a mistake at a key, or at a line of its value."""
        prefix = f"{self.what}: " if self.what else ""
        self.errors.append(PressroomError(prefix + message, self.path, line or self.line_of(key), hint))

    @property
    def is_toml(self) -> bool:
        """Whether the file is TOML, as a hint has to be then."""
        return self.path.endswith(".toml")

    def written(self, key: str, value: str = "") -> str:
        """A line for the file, as a hint shows it; without a value, that of a text."""
        sign, text = (" =", '"…"') if self.is_toml else (":", "…")
        return f"{key}{sign} {value or text}"

    def written_list(self, key: str, items: Iterable[str]) -> str:
        """A line for the file with a list of texts, as a hint shows it."""
        quote = '"' if self.is_toml else ""
        texts = ", ".join(f"{quote}{item.strip()}{quote}" for item in items if item.strip())
        return self.written(key, f"[{texts}]")

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.field(key) is not None

    def field(self, key: str, *, required: bool = False, hint: str = "") -> Field | None:
        """The field of a key, or None if it is missing or empty."""
        if key not in self.read_keys:
            self.read_keys.append(key)
        field = self.mapping.get(key)
        if field is not None and (field.value is not None or field.raw not in {None, "", "~"}):
            return field
        if required:
            self.error(key, f"`{key}` is missing.", hint or f"Add a line `{self.written(key)}`.")
            self._missing[key] = self.errors[-1]
        return None

    def text(
        self, key: str, *, required: bool = False, default: str = "", multiline: bool = False, hint: str = ""
    ) -> str:
        """A text of one line (or more, if `multiline`), without white space around it."""
        field = self.field(key, required=required, hint=hint)
        if field is None:
            return default
        if field.text is None:
            self.error(key, f"`{key}` is {field.kind} and must be a text.", hint or None)
            return default
        text = field.text.strip()
        if required and not text:
            self.error(key, f"`{key}` is empty.", hint or f"Write the {key}.")
        if not self._characters_ok(text, field.line):
            return default
        if "\n" in text and not multiline:
            self.error(key, f"`{key}` contains a line break.", "Write it on one line.")
            return " ".join(text.split())
        return text

    def _characters_ok(self, text: str, line: int) -> bool:
        try:
            check_characters(text, self.path, line)
        except PressroomError as error:
            self.errors.append(error)
            return False
        return True

    def author_name(self, key: str, *, required: bool = False) -> str:
        """The name of an author. An address in it is an error: pages and feeds would publish it."""
        name = self.text(key, required=required)
        if re.search(r"\S@\S+\.\S", name):
            self.error(key, f'"{name}" has an email address in it.', "Write the name alone: it is public.")
        return name

    def feed_id(self) -> str:
        """The id in `id`, by which readers of an earlier feed know the item; empty if it has none."""
        value = self.text("id")
        if re.search(r"\s", value) or len(value) > 500:
            self.error(
                "id",
                "`id` must be at most 500 characters without spaces.",
                "Copy what the item's <guid> or <id> was in the earlier feed.",
            )
            return ""
        return value

    def texts(self, key: str, *, or_one: bool = False) -> tuple[str, ...]:
        """A list of texts, each once; `or_one` also accepts a single text as a list of one."""
        field = self.field(key)
        if field is None:
            return ()
        if field.text is not None:
            if or_one:
                return (field.text.strip(),) if self._characters_ok(field.text, field.line) else ()
            hint = f"Write `{self.written_list(key, re.split('[,;]', field.text))}`."
            self.error(key, f"`{key}` is a text and must be a list.", hint)
            return ()
        if not isinstance(field.value, tuple):
            self.error(key, f"`{key}` is {field.kind} and must be a list of texts.")
            return ()
        texts: list[str] = []
        for item in field.value:
            text = item.text.strip() if item.text is not None else None
            if not text or "\n" in text:
                kind = item.kind if text is None else "an empty text"
                self.error(
                    key, f"`{key}` contains {kind}; each entry must be a text of one line.", line=item.line
                )
            elif not self._characters_ok(text, item.line):
                continue
            elif text in texts:
                self.error(key, f'`{key}` names "{text}" twice.', "Delete one.", item.line)
            else:
                texts.append(text)
        return tuple(texts)

    def choice(self, key: str, choices: type[_Choice]) -> _Choice | None:
        """One of a few words."""
        text = self.text(key)
        if not text:
            return None
        if text not in list(choices):
            known = ", ".join(choices)
            self.error(key, f'`{key}` is "{text}" and must be one of {known}.', suggest(text, choices))
            return None
        return choices(text)

    def web_address(self, key: str, *, required: bool = False) -> str:
        """An `http` or `https` address with a host, in ASCII."""
        value = self.text(key, required=required)
        try:
            address = ascii_address(value)
            parts = urlsplit(value)
            sound = not value or bool(
                re.fullmatch(r"https?://\S+", value, re.IGNORECASE) and parts.hostname and parts.port != 0
            )
        except ValueError:  # of a port that is no number, and of brackets without an IPv6 address
            sound = False
        if "{{" in value:  # it would be published as the signs %7B%7B
            self.error(key, f"`{key}` is the same for all readers and has no merge field.", "Delete {{ … }}.")
        elif not sound:
            self.error(key, f'`{key}` is "{value}" and must be a web address.', web_address_hint(value))
        return address if sound else ""

    def boolean(self, key: str, default: bool = False) -> bool:
        """True or false; also written `yes`, `no`, `on` or `off`."""
        field = self.field(key)
        if field is None:
            return default
        if isinstance(field.value, bool):
            return field.value
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        word = field.raw.lower() if field.raw is not None else ""
        if word not in words:
            self.error(key, f"`{key}` is {field.kind} and must be true or false.")
        return words.get(word, default)

    def integer(self, key: str, *, required: bool = False) -> int | None:
        """A whole number of at least 1."""
        field = self.field(
            key, required=required, hint=f"Add a line `{self.written(key, '…')}` with a whole number."
        )
        if field is None:
            return None
        if isinstance(field.value, bool) or not isinstance(field.value, int) or field.value < 1:
            self.error(key, f"`{key}` is {field.shown} and must be a whole number of at least 1.")
            return None
        return field.value

    def date(
        self,
        key: str,
        zone: ZoneInfo,
        *,
        required: bool = False,
        end: bool = False,
        example: str = "2026-01-31",
    ) -> datetime | None:
        """A date or a date with time, as an aware datetime.

        A date alone is the first moment of that day in the publication's time zone (the last one,
        if `end`); a time without an offset is in that zone too.
        """
        field = self.field(key, required=required, hint=f"Add a line `{self.written(key, example)}`.")
        if field is None:
            return None
        value = field.value
        if isinstance(value, str):
            text = value.strip()
            try:
                value = datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
            except ValueError:
                if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                    self.error(key, f"`{key}` is {field.shown}, and there is no such day.")
                    return None
                value = None
        if isinstance(value, date) and value.year not in YEARS:
            self.error(key, f"`{key}` is in the year {value.year}.", f"Write it as {example}.")
            return None
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        if isinstance(value, date):
            return datetime.combine(value, time(23, 59, 59) if end else time(0), tzinfo=zone)
        self.error(key, f"`{key}` is {field.shown} and must be a date.", f"Write it as {example}.")
        return None

    def table(self, key: str, what: str = "") -> Fields:
        """A mapping below this one, empty if it is missing; messages name it by `what` or else its key."""
        field = self.field(key)
        mapping: Mapping[str, Field] = {}
        if field and isinstance(field.value, dict):
            mapping = field.value
        elif field:
            self.error(key, f"`{key}` is {field.kind} and must be a table of keys and values.")
        return Fields(mapping, self.path, self.errors, self.line_of(key), what or key, self.top_keys)

    def tables(self, key: str) -> tuple[Fields, ...]:
        """A list of mappings."""
        field = self.field(key)
        if field is None:
            return ()
        items = field.value if isinstance(field.value, tuple) else None
        if items is None or not all(isinstance(item.value, dict) for item in items):
            self.error(key, f"`{key}` must be a list of tables of keys and values.")
            return ()
        return tuple(
            Fields(item.value, self.path, self.errors, item.line, top_keys=self.top_keys) for item in items
        )

    def plain_table(self, key: str) -> dict[str, Any]:
        """A user's own mapping, as plain values."""
        return {name: plain_value(value) for name, value in self.table(key).mapping.items()}

    def misplaced(self, key: str) -> None:
        """Note a key that belongs to the file's own level and is below a `[table]`."""
        hint = "Move it up, above the first line in brackets: below one, a key belongs to that table."
        self.error(key, f"the key `{key}` is below a `[table]`, where it does not belong.", hint)

    def check_unknown(self, *also: str, hint: str = "") -> None:
        """Note every key that no method has read, with the nearest known key."""
        for key in self.mapping:
            if key not in self.read_keys and key in self.top_keys:
                self.misplaced(key)
            elif key not in self.read_keys:
                near = suggest(key, [*self.read_keys, *also])
                self.error(key, f"the key `{key}` is not known.", near or hint or None)
                for missing, error in self._missing.items():
                    if near == suggest(missing, [missing]) and error in self.errors:
                        self.errors.remove(error)  # it is there, misspelt
