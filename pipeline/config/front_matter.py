"""Front matter: YAML between `---` lines or TOML between `+++` lines, at the head of a text.

YAML is read as its node graph, so that every value keeps its line and its spelling: PyYAML's own
YAML 1.1 rules would turn a tag `no` into False and `1:30` into 90, and take a key twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from pipeline.config.fields import Field, toml_fields
from pipeline.config.source_spans import KeySpan, Span, toml_spans
from pipeline.errors import PressroomError

_MAX_DEPTH = 20
# libyaml composes by recursion in C: some 50,000 nested brackets end the process with a
# segmentation fault (PyYAML 6.0.3), where 10,000 do not. No front matter needs so many.
_MAX_COLLECTIONS = 5_000
_MAX_FOREIGN_FIELDS = 20_000
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A text split into its fields and its body; `body_line` is the line the body starts on."""

    fields: dict[str, Field]
    body: str
    body_line: int


def split(text: str, path: str) -> ParsedFile:
    """Split a source text. Raises `PressroomError` for broken or missing front matter."""
    lines, end = _fenced(text, path)
    head = "\n".join(lines[1:end])
    fields = toml_fields(head, path, 2) if lines[0].startswith("+") else yaml_fields(head, path, 2)
    return ParsedFile(fields, "\n".join(lines[end + 1 :]), end + 2)


def _fenced(text: str, path: str) -> tuple[list[str], int]:
    """The lines of a text, and the index of the one that closes its front matter."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in {"---", "+++"}:
        raise PressroomError(
            "there is no front matter.",
            path,
            1,
            "Begin the file with a line `---`, then `title: …` and the other fields, then `---`.",
        )
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == fence), None)
    if end is None:
        raise PressroomError("the front matter has no end.", path, 1, f"Close it with a line `{fence}`.")
    return lines, end


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Where the fields of a text stand. `end` is the offset of the line that closes them."""

    toml: bool
    table: Span
    end: int


def find_front_matter(text: str, path: str) -> FrontMatter:
    """Where the fields stand in a text that `split` reads, with offsets into the whole text.

    Raises `PressroomError` for TOML in which no places are found.
    """
    lines, closing = _fenced(text, path)
    start, end = len(lines[0]) + 1, sum(len(line) + 1 for line in lines[:closing])
    if lines[0].startswith("+"):
        try:
            return FrontMatter(True, toml_spans(text, start, end), end)
        except (ValueError, RecursionError) as error:
            raise PressroomError(
                "this TOML cannot be changed here.", path, 1, "Change it by hand."
            ) from error
    node = yaml.compose(text[start:end], Loader=_Loader)
    return FrontMatter(False, _spot(node, start) if node else Span(start, end, flow=False), end)


def _spot(node: yaml.Node, add: int) -> Span:
    start, end = node.start_mark.index + add, node.end_mark.index + add
    if not isinstance(node, yaml.CollectionNode):
        return Span(start, end)
    flow = bool(node.flow_style)
    if isinstance(node, yaml.SequenceNode):
        return Span(start, end, flow, tuple(_spot(each, add) for each in node.value))
    entries = {
        str(key.value): KeySpan(key.start_mark.index + add, key.end_mark.index + add, _spot(value, add))
        for key, value in node.value
    }
    return Span(start, end, flow, entries=entries)


def yaml_fields(text: str, path: str, first_line: int = 1, *, foreign: bool = False) -> dict[str, Field]:
    """The fields of a YAML mapping. Raises `PressroomError` with the line of a syntax error.

    `foreign` is for what other systems wrote: aliases are written out, and a key that stands twice is
    `key` and `key_2`.
    """
    if sum(text.count(mark) for mark in ("[", "{", "- ", "? ")) > _MAX_COLLECTIONS:
        raise PressroomError("the front matter holds too many lists and tables.", path, first_line)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        what = error.problem or error.context or "it cannot be read"
        raise PressroomError(
            f"this is not YAML: {what}.", path, line, _yaml_hint(text, line - first_line)
        ) from error
    except yaml.YAMLError as error:
        raise PressroomError(f"this is not YAML: {error}.", path, first_line) from error
    except RecursionError as error:
        raise PressroomError("this YAML is nested too deeply.", path, first_line) from error
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise PressroomError("the front matter must be lines of `key: value`.", path, first_line)
    fields: dict[str, Field] = _YamlReader(path, first_line, foreign).field(node, 0).value
    return fields


def yaml_comments(text: str) -> list[tuple[int, str]]:
    """The comments of a YAML text that can be read, each with its line from 0; quoted signs are none."""
    lines = text.split("\n")
    marks: dict[int, list[int]] = {}
    inside: set[int] = set()
    for token in yaml.scan(text, Loader=_Loader):
        if not isinstance(token, yaml.ScalarToken):
            continue
        start, end = token.start_mark, token.end_mark
        if token.style in {"|", ">"}:
            inside.update(range(start.line + 1, end.line + (end.column > 0)))
        else:
            inside.update(range(start.line + 1, end.line))
            marks.setdefault(end.line, []).append(end.column)
            if end.line > start.line:
                marks.setdefault(start.line, []).append(len(lines[start.line]))
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        begin = max(marks.get(number, [0]))
        if number not in inside and (match := _COMMENT.search(line, begin)):
            found.append((number, match[0].strip()))
    return found


def write_yaml(fields: Mapping[str, Any]) -> str:
    """YAML lines for these fields, as an editor would write them; `split` reads the same values again.

    Values are texts, numbers, truth values, None, dates, and lists and mappings of them.
    """
    return str(yaml.dump(dict(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9))


class _Dumper(yaml.SafeDumper):
    """Short lists on one line, texts of several lines as blocks, moments as ISO 8601 writes them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def a_list(self, data: list[Any]) -> yaml.Node:
        short = all(isinstance(each, (str, int)) for each in data) and len(str(data)) < 90
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)

    def a_text(self, data: str) -> yaml.Node:
        # A block cannot hold what ends a line in spaces, nor what begins with them.
        block = "\n" in data and not re.search(r"[ \t]\n|\A\s|\s\Z|[^\x20-\uffff\n]", data)
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if block else None)

    def a_moment(self, data: datetime) -> yaml.Node:
        return self.represent_scalar("tag:yaml.org,2002:timestamp", data.isoformat())


_Dumper.add_representer(list, _Dumper.a_list)
_Dumper.add_representer(tuple, lambda dumper, data: dumper.a_list(list(data)))
_Dumper.add_representer(str, _Dumper.a_text)
_Dumper.add_representer(datetime, _Dumper.a_moment)


def _yaml_hint(text: str, index: int) -> str | None:
    """The commonest slip: a colon inside an unquoted text."""
    lines = text.split("\n")
    for line in lines[max(0, index - 1) : index + 1]:
        if re.match(r"\s*[\w-]+:\s+[^\"'\[{>|].*:\s", line):
            return 'A text that holds ": " needs quotes around it.'
    return None


class _YamlReader:
    """Turns YAML nodes into fields."""

    def __init__(self, path: str, first_line: int, foreign: bool) -> None:
        self.path = path
        self.first_line = first_line
        self.foreign = foreign
        self.seen: set[int] = set()
        self.count = 0

    def field(self, node: yaml.Node, depth: int) -> Field:
        line = self.first_line + node.start_mark.line
        if depth > _MAX_DEPTH:
            raise PressroomError(f"this is nested more than {_MAX_DEPTH} deep.", self.path, line)
        if isinstance(node, yaml.ScalarNode):
            text = str(node.value)
            return Field(_plain_scalar(text), line, text) if not node.style else Field(text, line)
        # An alias is the same node met again; a few of them in each other grow without bound.
        if id(node) in self.seen and not self.foreign:
            raise PressroomError(
                "an alias (`*name`) is not read here.", self.path, line, "Write the value out again."
            )
        self.seen.add(id(node))
        self.count += 1 + len(node.value)
        if self.foreign and self.count > _MAX_FOREIGN_FIELDS:
            raise PressroomError("the front matter holds too many lists and tables.", self.path, line)
        if isinstance(node, yaml.MappingNode):
            return Field(self.mapping(node, depth), line)
        return Field(tuple(self.field(each, depth + 1) for each in node.value), line)

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        times: Counter[str] = Counter()
        for key_node, value_node in node.value:
            line = self.first_line + key_node.start_mark.line
            if not isinstance(key_node, yaml.ScalarNode):
                raise PressroomError("a key must be a text.", self.path, line)
            key = str(key_node.value)
            if self.foreign and key in fields:
                key = _free(key, fields, times)
            if key in fields:
                raise PressroomError(f"the key `{key}` stands twice.", self.path, line, "Delete one.")
            value = self.field(value_node, depth + 1)
            # A value's own line is where it begins; an editor looks for the key.
            fields[key] = Field(value.value, line, value.raw)
        return fields


def _free(key: str, taken: Container[str], times: Counter[str]) -> str:
    """The first of `key_2`, `key_3`, … that is not taken; `times` counts how often each key was met."""
    while True:
        times[key] += 1
        name = f"{key}_{times[key] + 1}"
        if name not in taken:
            return name


def _plain_scalar(text: str) -> Any:
    """The value of an unquoted scalar by YAML 1.2's core schema (section 10.3.2), and dates."""
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE"}:
        return True
    if text in {"false", "False", "FALSE"}:
        return False
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", text):
        return float(text)
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            return text
    return text
