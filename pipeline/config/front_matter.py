"""Reads front matter: YAML between `---` lines or TOML between `+++` lines, at the start of a file.

YAML is read as its node graph, so that every value keeps its line and its spelling: PyYAML's own
YAML 1.1 rules would turn a tag `no` into False and `1:30` into 90, and accept a key twice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from pipeline.config.fields import Field
from pipeline.config.source_spans import KeySpan, Span
from pipeline.config.syntax_mistakes import yaml_mistake
from pipeline.config.toml import toml_fields, toml_spans
from pipeline.errors import PressroomError, raise_all
from pipeline.support.merge_conflict import refuse_merge_conflict

_MAX_DEPTH = 20
# libyaml composes by recursion in C: some 50,000 nested brackets end the process with a
# segmentation fault (PyYAML 6.0.3), but 10,000 do not. No front matter needs so many.
_MAX_COLLECTIONS = 5_000
_MAX_FOREIGN_FIELDS = 20_000
# Quotes that a word processor made curly: around a whole value, or before one that a comma or `#` cut short.
# `“One” and “two”` is a text, and nobody writes `«…»` for straight quotes.
_CURLY_QUOTES = re.compile("[“”„‟][^“”„‟]*[“”]?|‘[^‘]*’")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_CUT_OFF = re.compile(r"[ \t]+(#[^\s#].*)")
"""What begins a comment to YAML after an unquoted text, and was hardly meant as one: "The #1 kitchen"."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file split into its fields and its body; `body_line` is the line on which the body begins."""

    fields: dict[str, Field]
    body: str
    body_line: int


def split_file(text: str, path: str) -> ParsedFile:
    """Split a file into front matter and body. Raises `PressroomError` if the former is broken or missing."""
    lines, end = _find_end(text, path)
    head = "\n".join(lines[1:end])
    fields = toml_fields(head, path, 2) if lines[0].startswith("+") else yaml_fields(head, path, 2)
    return ParsedFile(fields, "\n".join(lines[end + 1 :]), end + 2)


def _find_end(text: str, path: str) -> tuple[list[str], int]:
    """The lines of a file, and the index of the one that closes its front matter."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if not fence and text.split(maxsplit=1)[:1] in (["---"], ["+++"]):
        hint = "Delete it: the file begins with that line."
        raise PressroomError("a blank line is above the front matter.", path, 1, hint)
    if fence not in {"---", "+++"}:
        refuse_merge_conflict(lines[0], path)
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
    """The places of a file's fields. `end` is the offset of the line that closes them."""

    toml: bool
    table: Span
    end: int


def find_front_matter(text: str, path: str) -> FrontMatter:
    """The places of the fields in a file that `split_file` can read, as offsets into the whole text.

    Raises `PressroomError` for TOML whose places cannot be found.
    """
    lines, closing = _find_end(text, path)
    start, end = len(lines[0]) + 1, sum(len(line) + 1 for line in lines[:closing])
    if lines[0].startswith("+"):
        try:
            return FrontMatter(True, toml_spans(text, start, end), end)
        except (ValueError, RecursionError) as error:
            raise PressroomError(
                "this TOML cannot be changed here.", path, 1, "Change it by hand."
            ) from error
    node = yaml.compose(text[start:end], Loader=_Loader)
    return FrontMatter(False, _yaml_span(node, start) if node else Span(start, end, flow=False), end)


def _yaml_span(node: yaml.Node, offset: int) -> Span:
    start, end = node.start_mark.index + offset, node.end_mark.index + offset
    if not isinstance(node, yaml.CollectionNode):
        return Span(start, end)
    flow = bool(node.flow_style)
    if isinstance(node, yaml.SequenceNode):
        return Span(start, end, flow, tuple(_yaml_span(each, offset) for each in node.value))
    entries = {
        str(key.value): KeySpan(
            key.start_mark.index + offset, key.end_mark.index + offset, _yaml_span(value, offset)
        )
        for key, value in node.value
    }
    return Span(start, end, flow, entries=entries)


def yaml_fields(text: str, path: str, first_line: int = 1, *, foreign: bool = False) -> dict[str, Field]:
    """The fields of a YAML mapping. Raises `PressroomError` with the line of a syntax error.

    `foreign` is for files of other systems: aliases are resolved, and a key that occurs twice becomes `key`
    and `key_2`.
    """
    node = _compose(text, path, first_line)
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise PressroomError("the front matter must be lines of `key: value`.", path, first_line)
    reader = _YamlReader(text, path, first_line, foreign)
    fields: dict[str, Field] = reader.field(node, 0).value
    raise_all(reader.mistakes)
    return fields


def yaml_entries(text: str, path: str) -> tuple[Field, ...]:
    """The entries of a file that is one YAML list. Raises `PressroomError` as `yaml_fields` does."""
    node = _compose(text, path, 1)
    if node is None:
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise PressroomError(
            "the file must be a list.", path, 1, "Begin each entry with a line `- title: …`, then `  url: …`."
        )
    reader = _YamlReader(text, path, 1, False)
    entries: tuple[Field, ...] = reader.field(node, 0).value
    raise_all(reader.mistakes)
    return entries


def _compose(text: str, path: str, first_line: int) -> yaml.Node | None:
    """The node graph of a YAML text. Raises `PressroomError` with the line of a syntax error."""
    refuse_merge_conflict(text, path, first_line)
    if sum(text.count(mark) for mark in ("[", "{", "- ", "? ")) > _MAX_COLLECTIONS:
        raise PressroomError(
            "there are too many lists and tables in one text.",
            path,
            first_line,
            "Divide it into several files.",
        )
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        start, mark = (each or error.problem_mark for each in (error.context_mark, error.problem_mark))
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = f"{error.context}: {error.problem}"
        mistake = yaml_mistake(text, problem, start.line if start else line, line, column)
        raise PressroomError(
            f"this is not YAML: {mistake.what}.", path, first_line + mistake.index, mistake.hint
        ) from error
    except yaml.YAMLError as error:
        raise PressroomError("this is not YAML: it has an invisible character.", path, first_line) from error
    except RecursionError as error:
        raise PressroomError("this YAML is nested too deeply.", path, first_line) from error


def yaml_comments(text: str) -> list[tuple[int, str]]:
    """The comments of a valid YAML text, each with its line from 0; a `#` inside a value is not a comment."""
    lines = text.split("\n")
    value_ends: dict[int, list[int]] = {}
    inside_value: set[int] = set()
    for token in yaml.scan(text, Loader=_Loader):
        if not isinstance(token, yaml.ScalarToken):
            continue
        start, end = token.start_mark, token.end_mark
        if token.style in {"|", ">"}:
            inside_value.update(range(start.line + 1, end.line + (end.column > 0)))
        else:
            inside_value.update(range(start.line + 1, end.line))
            value_ends.setdefault(end.line, []).append(end.column)
            if end.line > start.line:
                value_ends.setdefault(start.line, []).append(len(lines[start.line]))
    comments: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        begin = max(value_ends.get(number, [0]))
        if number not in inside_value and (match := _COMMENT.search(line, begin)):
            comments.append((number, match[0].strip()))
    return comments


def write_yaml(fields: Mapping[str, Any]) -> str:
    """Fields as YAML, as an editor would write them; `split_file` reads the same values again.

    Values are texts, numbers, booleans, None, dates, and lists and mappings of them.
    """
    return str(yaml.dump(dict(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9))


class _Dumper(yaml.SafeDumper):
    """Writes short lists on one line, texts of several lines as blocks, and times in ISO 8601."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def list_node(self, data: list[Any]) -> yaml.Node:
        short = all(isinstance(each, (str, int)) for each in data) and len(str(data)) < 90
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)

    def text_node(self, data: str) -> yaml.Node:
        # A block cannot contain lines that end in spaces, nor begin with a space.
        block = "\n" in data and not re.search(r"[ \t]\n|\A\s|\s\Z|[^\x20-\uffff\n]", data)
        style = "|" if block else '"' if _CURLY_QUOTES.fullmatch(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def time_node(self, data: datetime) -> yaml.Node:
        return self.represent_scalar("tag:yaml.org,2002:timestamp", data.isoformat())


_Dumper.add_representer(list, _Dumper.list_node)
_Dumper.add_representer(tuple, lambda dumper, data: dumper.list_node(list(data)))
_Dumper.add_representer(str, _Dumper.text_node)
_Dumper.add_representer(datetime, _Dumper.time_node)


class _YamlReader:
    """Turns the nodes of a YAML text into fields."""

    def __init__(self, text: str, path: str, first_line: int, foreign: bool) -> None:
        self.text = text
        self.path = path
        self.first_line = first_line
        self.foreign = foreign
        self.mistakes: list[PressroomError] = []
        self.node_ids: set[int] = set()
        self.field_count = 0

    def field(self, node: yaml.Node, depth: int) -> Field:
        line = self.first_line + node.start_mark.line
        if depth > _MAX_DEPTH:
            raise PressroomError(f"this is nested more than {_MAX_DEPTH} deep.", self.path, line)
        if isinstance(node, yaml.ScalarNode):
            text = str(node.value)
            self.check_quotes(node)
            if node.style:
                return Field(text, line)
            value = _plain_scalar(text)
            if isinstance(value, str) and not self.foreign:
                self.check_end(node)
            return Field(value, line, text)
        # An alias is the same node a second time; a few nested aliases expand without bound.
        if id(node) in self.node_ids and not self.foreign:
            raise PressroomError(
                "an alias (`*name`) is not allowed here.", self.path, line, "Write the value out again."
            )
        self.node_ids.add(id(node))
        self.field_count += 1 + len(node.value)
        if self.foreign and self.field_count > _MAX_FOREIGN_FIELDS:
            raise PressroomError("the front matter has too many lists and tables.", self.path, line)
        if isinstance(node, yaml.MappingNode):
            return Field(self.mapping(node, depth), line)
        return Field(tuple(self.field(each, depth + 1) for each in node.value), line)

    def check_quotes(self, node: yaml.ScalarNode) -> None:
        """Note curly quotes that were meant as YAML's own: they would be printed around the text."""
        text = str(node.value)
        if self.foreign or node.style or not _CURLY_QUOTES.fullmatch(text):
            return
        bare = re.sub("^[“”„‟‘]|[“”’]$", "", text)
        self.mistakes.append(
            PressroomError(
                f"the curly quotes of {text} would be part of the text.",
                self.path,
                self.first_line + node.start_mark.line,
                f'Write straight quotes, "{bare}", or none. To print a quotation, put straight quotes around '
                f'it: "“{bare}”".',
            )
        )

    def check_end(self, node: yaml.ScalarNode) -> None:
        """Note words that YAML leaves out as a comment."""
        if not (cut := _CUT_OFF.match(self.text, node.end_mark.index)):
            return
        whole = json.dumps(f"{node.value}{cut[0]}", ensure_ascii=False)  # as YAML quotes it, too
        self.mistakes.append(
            PressroomError(
                f'"{cut[1]}" would be left out: after a space, `#` begins a comment.',
                self.path,
                self.first_line + node.end_mark.line,
                f"Put the value in quotes, {whole}, or a space after the `#` of a comment.",
            )
        )

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        occurrences: Counter[str] = Counter()
        for key_node, value_node in node.value:
            line = self.first_line + key_node.start_mark.line
            if not isinstance(key_node, yaml.ScalarNode):
                raise PressroomError("a key must be a text.", self.path, line)
            key = str(key_node.value)
            self.check_quotes(key_node)
            if self.foreign and key in fields:
                key = _numbered_key(key, fields, occurrences)
            if key in fields:
                hint = "Delete one, or begin the next entry with `- `." if depth else "Delete one."
                raise PressroomError(f"the key `{key}` occurs twice.", self.path, line, hint)
            value = self.field(value_node, depth + 1)
            # A value's own line is where it begins; an editor looks for the key.
            fields[key] = Field(value.value, line, value.raw)
        return fields


def _numbered_key(key: str, taken: Container[str], occurrences: Counter[str]) -> str:
    """The first of `key_2`, `key_3`, … that is not taken; `occurrences` counts the keys so far."""
    while True:
        occurrences[key] += 1
        name = f"{key}_{occurrences[key] + 1}"
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
