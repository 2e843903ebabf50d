"""A head in whatever language it is written, as fields with their lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.config.fields import Field
from pipeline.config.front_matter import yaml_comments
from pipeline.config.toml import toml_fields
from pipeline.errors import PressroomError
from pipeline.importers.draft import Inferred, Left
from pipeline.importers.frontmatter.fences import Language, SplitText, bare_fields
from pipeline.importers.frontmatter.mend import mended_fields

_MAX_DEPTH = 20
_TOML_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|(#[^\n]*)', re.DOTALL
)
_DOTTED = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){30}""")


@dataclass(frozen=True, slots=True)
class Head:
    """What a head says: its fields, the comments in it, and what was mended to read it."""

    fields: dict[str, Field]
    comments: tuple[Left, ...] = ()
    inferred: tuple[Inferred, ...] = ()


def head_of(parts: SplitText, path: str) -> Head:
    """The fields of a head. Raises `PressroomError` with the line that cannot be read."""
    if not parts.closed and parts.language is not Language.JSON:
        fence = "+++" if parts.language is Language.TOML else "---"
        raise PressroomError(
            "the front matter has no end.", path, parts.head_line - 1, f"Close it with a line `{fence}`."
        )
    try:
        head = _READERS[parts.language](parts, path)
        for field in head.fields.values():
            _check_depth(field, 1, path)
        return head
    except (RecursionError, ValueError) as error:  # a number of thousands of digits is a ValueError
        what = "is nested too deeply" if isinstance(error, RecursionError) else "holds a value of no use"
        raise PressroomError(f"the front matter {what}.", path, parts.head_line) from error


def _yaml(parts: SplitText, path: str) -> Head:
    fields, mends, text = mended_fields(parts.head, path, parts.head_line)
    return Head(
        _merged(fields),
        _comments([(parts.head_line + number, comment) for number, comment in yaml_comments(text)]),
        tuple(
            Inferred("front matter", text_, f"line {line} is no proper YAML; it is read as a text")
            for line, text_ in mends.items()
        ),
    )


def _merged(fields: dict[str, Field]) -> dict[str, Field]:
    """Fields that another table lends (`<<: *defaults`) are fields beside the file's own."""
    lent = fields.get("<<")
    if lent is None or not isinstance(lent.value, dict):
        return fields
    own = {key: field for key, field in fields.items() if key != "<<"}
    shadowed = {key: field for key, field in lent.value.items() if key in own}
    more = {"<<": Field(shadowed, lent.line)} if shadowed else {}
    return {**{key: field for key, field in lent.value.items() if key not in own}, **own, **more}


def _toml(parts: SplitText, path: str) -> Head:
    if dotted := _DOTTED.search(parts.head):
        line = parts.head_line + parts.head.count("\n", 0, dotted.start())
        raise PressroomError("this key is nested too deeply.", path, line)
    fields = toml_fields(parts.head, path, parts.head_line)
    found: list[tuple[int, str]] = []
    line, at = parts.head_line, 0
    for token in _TOML_TOKENS.finditer(parts.head):
        line += parts.head.count("\n", at, token.start())
        at = token.start()
        if token[1]:
            found.append((line, token[1].strip()))
    return Head(fields, _comments(found))


def _comments(found: list[tuple[int, str]]) -> tuple[Left, ...]:
    """Comments as what is left; those on lines that follow each other are one."""
    runs: list[tuple[int, list[str]]] = []
    for line, text in found:
        if runs and runs[-1][0] + len(runs[-1][1]) == line:
            runs[-1][1].append(text)
        else:
            runs.append((line, [text]))
    return tuple(Left("\n".join(texts), "a comment in the front matter", line) for line, texts in runs)


def _named_once(keys: Iterable[str]) -> list[str]:
    """The keys, with `key_2`, `key_3`, … for those that are there again."""
    names: dict[str, None] = {}
    times: Counter[str] = Counter()
    for key in keys:
        times[key] += 1
        name = key if times[key] == 1 else f"{key}_{times[key]}"
        while name in names:
            times[key] += 1
            name = f"{key}_{times[key]}"
        names[name] = None
    return list(names)


def _json(parts: SplitText, path: str) -> Head:
    text = parts.head.strip()
    text = text if text.startswith("{") else f"{{{text}}}"
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=_whole, parse_constant=str, strict=False)
    except json.JSONDecodeError as error:
        line = parts.head_line + error.lineno - 1
        hint = "Look for a comma or a quotation mark that is missing there, or on the line above."
        raise PressroomError("this is not JSON.", path, line, hint) from error
    if not isinstance(value, _Pairs):
        raise PressroomError("the front matter must be a JSON object.", path, parts.head_line)
    return Head(_from_json(value, parts.head_line, 0).value)


class _Pairs(tuple[Any, ...]):
    """The pairs of a JSON object; a key may be in it twice."""


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 18 else digits


def _from_json(value: Any, line: int, depth: int) -> Field:
    if depth > _MAX_DEPTH:
        raise RecursionError
    if isinstance(value, _Pairs):
        names = _named_once(key for key, _ in value)
        pairs = zip(names, value, strict=True)
        return Field({name: _from_json(each, line, depth + 1) for name, (_, each) in pairs}, line)
    if isinstance(value, list):
        return Field(tuple(_from_json(each, line, depth + 1) for each in value), line)
    return Field(value, line)


def _lines(parts: SplitText, path: str) -> Head:
    found = bare_fields(parts.head)
    names = _named_once(key for _, key, _ in found)
    return Head(
        {
            name: Field(value or None, parts.head_line + number, value)
            for name, (number, _, value) in zip(names, found, strict=True)
        }
    )


def _script(parts: SplitText, path: str) -> Head:
    raise PressroomError(
        "the front matter is a program, which is not run.",
        path,
        parts.head_line,
        "Write its values as YAML between `---` lines.",
    )


_READERS = {
    Language.YAML: _yaml,
    Language.TOML: _toml,
    Language.JSON: _json,
    Language.SCRIPT: _script,
    Language.LINES: _lines,
}


def _check_depth(field: Field, depth: int, path: str) -> None:
    if depth > _MAX_DEPTH:
        raise PressroomError(f"this is nested more than {_MAX_DEPTH} deep.", path, field.line)
    inner = field.value.values() if isinstance(field.value, dict) else field.value
    if isinstance(field.value, (dict, tuple)):
        for each in inner:
            _check_depth(each, depth + 1, path)
