"""Says in an editor's words why a text is not YAML or TOML. A parser's own words never reach a user.

The sentences are chosen by the messages of libyaml (PyYAML 6.0.3) and of `tomllib` (Python 3.11 to 3.14); one
that is not known gets a general sentence, never the parser's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SyntaxMistake:
    """What is wrong in a text. `index` is the number of the line, from 0."""

    index: int
    what: str
    hint: str | None = None


STRAIGHT_QUOTES = 'Write straight quotes, "…", not the curly ones of a word processor.'
"""The hint for quotes that neither YAML nor TOML reads as such."""

_OPEN_QUOTE = "a quotation mark opens here and does not close"
_CLOSE_QUOTE = "Close it with the same mark at the end of the text."
_AFTER_QUOTE = "the line goes on after its closing quotation mark"
_BACKSLASH = r"in double quotes a `\` begins a special character"
_DOUBLE_BACKSLASH = r"Put the text into single quotes, or write `\\`."
_CURLY_YAML = re.compile(r"\s*(?:- +)?[\w-]+:\s+\[?\s*[“”„‟‘]")
_CURLY_TOML = re.compile(r"(?:^|[=\[{,.])\s*[“”„‟‘’]")
_COLON_IN_TEXT = re.compile(r"\s*(?:- +)?[\w-]+:\s+[^\s\"'\[{>|].*:(?:\s|$)")


def yaml_mistake(text: str, problem: str, start: int, line: int, column: int) -> SyntaxMistake:
    """The mistake in a text that libyaml refuses with this context and problem.

    `start` is the line on which its context begins; `line` and `column` are where it stopped, all from 0.
    """
    # libyaml also ends lines at U+2028 and U+2029.
    lines = text.split("\n")
    start, line = (min(number, len(lines) - 1) for number in (start, line))
    here = lines[line]
    sign = here[column : column + 1]
    if any(_CURLY_YAML.match(each) for each in lines[max(0, line - 1) : line + 1]):
        return SyntaxMistake(line, "a curly quotation mark is no mark of YAML", STRAIGHT_QUOTES)
    if re.match(r" *\t", here) or "tab character" in problem:
        return SyntaxMistake(line, "a tab indents this line", "Indent with spaces.")
    if "quoted scalar" in problem and re.search(r"end of stream|document indicator", problem):
        return SyntaxMistake(start, _OPEN_QUOTE, _CLOSE_QUOTE)
    opened = _open_quote(lines[:line], ":")
    if opened is not None and re.search(r"expected key|indicator|mapping values|document start", problem):
        return SyntaxMistake(opened, _OPEN_QUOTE, _CLOSE_QUOTE)
    if "mapping values" in problem:
        return _key_in_the_wrong_place(lines, line)
    if "expected ':'" in problem:
        return _no_key(lines, start)
    if "flow sequence" in problem:
        hint = "Close it with `]`, and put a comma between its entries."
        return SyntaxMistake(start, "a list opens with `[` here and does not close", hint)
    if "flow mapping" in problem:
        hint = "Close it with `}`, and put a comma between its entries."
        return SyntaxMistake(start, "a table opens with `{` here and does not close", hint)
    if re.search(r"expected key|expected '-'|document start", problem):
        return _line_that_does_not_fit(here, line, column)
    if re.search(r"escape|hexdecimal|Unicode", problem):
        return SyntaxMistake(line, _BACKSLASH, _DOUBLE_BACKSLASH)
    if "block sequence" in problem:
        hint = "Write each `- entry` on a line of its own below the key."
        return SyntaxMistake(line, "a list with `-` cannot begin on the line of its key", hint)
    if "block scalar" in problem:
        hint = "Begin the text on the next line, indented."
        return SyntaxMistake(line, "the line of a `|` or `>` has nothing else on it", hint)
    if "another document" in problem:
        return SyntaxMistake(line, "there is a second line `---` in it", "Delete it.")
    if re.search(r"alias|anchor|tag\b", problem):
        sign = here[here.find(":") + 1 :].strip()[:1]
    if sign.strip() and not sign.isalnum():
        return SyntaxMistake(line, f"a value cannot begin with `{sign}`", "Put it into quotes.")
    return _no_key(lines, line)


def _no_key(lines: list[str], line: int) -> SyntaxMistake:
    if key := re.match(r"\s*(?:- +)?([A-Za-z_][\w-]*):(?=[^\s/])", lines[line]):
        return SyntaxMistake(line, f"there is no space after `{key[1]}:`", "Write one after the colon.")
    return SyntaxMistake(line, *_NO_KEY)


_NO_KEY = (
    "this line is not `key: value`",
    "Write a colon and a space after the key. A text of several lines begins with `|`, and is indented.",
)


def _key_in_the_wrong_place(lines: list[str], line: int) -> SyntaxMistake:
    here, above = lines[line], lines[line - 1] if line else ""
    if _COLON_IN_TEXT.match(here):
        hint = 'A text that contains ": " needs quotes around it.'
        return SyntaxMistake(line, 'the text after the key contains ": "', hint)
    if here[:1] != " " and not re.search(r":(?:\s|$)", above):
        return _no_key(lines, line - 1)
    return SyntaxMistake(line, *_INDENTATION)


_INDENTATION = (
    "the indentation of this line does not fit the lines above",
    "Begin the keys that belong together in the same column.",
)


def _line_that_does_not_fit(here: str, line: int, column: int) -> SyntaxMistake:
    if re.search(r":\s+([\"']).*\1\s*[^\s#]", here):
        hint = """Put all of it into quotes of the other kind, as 'The "switch" and more'."""
        return SyntaxMistake(line, _AFTER_QUOTE, hint)
    if here[:column].strip():
        return SyntaxMistake(line, "the line goes on after its value", "Put the whole value into quotes.")
    return SyntaxMistake(line, *_INDENTATION)


def _open_quote(lines: list[str], separator: str) -> int | None:
    """The first line whose value begins with a quotation mark that the line does not close."""
    for number, line in enumerate(lines):
        match = re.match(rf"\s*(?:- +)?[\w.-]+\s*{separator}\s*([\"'])(.*)", line)
        if match and match[1] not in re.sub(r"\\.|''", "", match[2]):
            return number
    return None


def toml_mistake(text: str, problem: str, index: int) -> SyntaxMistake:
    """The mistake in a text that `tomllib` refuses with this problem at the line `index`, from 0."""
    lines = text.split("\n")
    here = lines[index]
    key = here.partition("=")[0].strip()
    if _CURLY_TOML.search(here):
        return SyntaxMistake(index, "a curly quotation mark is no mark of TOML", STRAIGHT_QUOTES)
    if re.match(r"Illegal character '\\n'|Unterminated|Expected [\"']'+[\"']", problem):
        opened = _open_block(lines)
        if opened is None:
            opened = _open_quote(lines, "=")
        return SyntaxMistake(index if opened is None else opened, _OPEN_QUOTE, _CLOSE_QUOTE)
    if "Unclosed" in problem:
        bracket, close = ("[", "]") if "array" in problem else ("{", "}")
        opened = next((n for n in range(index, -1, -1) if f"= {bracket}" in lines[n]), index)
        hint = f"Close it with `{close}`, and put a comma between its entries."
        return SyntaxMistake(opened, f"`{bracket}` opens here and does not close", hint)
    if named := re.match(r"Duplicate inline table key '(.*)'", problem):
        return SyntaxMistake(index, f"the key `{named[1]}` occurs twice", "Delete one.")
    if "overwrite" in problem and not here.lstrip().startswith("["):
        return SyntaxMistake(index, f"the key `{key}` occurs twice", "Delete one.")
    if re.search(r"overwrite|declare|mutate", problem):
        name = here.strip().strip("[]")
        return SyntaxMistake(index, f"the name `{name}` occurs twice", "Put all its keys in one place.")
    if "Expected '='" in problem:
        return SyntaxMistake(index, "this line is not `key = value`", "Write an equals sign after the key.")
    if problem == "Invalid value":
        if here.rstrip().endswith("="):
            return SyntaxMistake(index, f"the key `{key}` has no value", "Write one, or delete the line.")
        hint = f'Write it as: {key} = "…"; true and false are in small letters.'
        return SyntaxMistake(index, f"the value of `{key}` needs quotes around it", hint)
    if "newline" in problem and re.search(r"=\s*[\"']", here):
        return SyntaxMistake(index, _AFTER_QUOTE, r"Write a quotation mark within a text as \".")
    if "newline" in problem:
        hint = 'A text needs quotes around it: "…". A date is written as 2026-01-31.'
        return SyntaxMistake(index, "the line goes on after its value", hint)
    if "declaration" in problem:
        hint = "Write [name] or [[name]] on a line of its own."
        return SyntaxMistake(index, "the brackets of this table do not close", hint)
    if re.search(r"Unescaped|hex value|Escaped", problem):
        return SyntaxMistake(index, _BACKSLASH, _DOUBLE_BACKSLASH)
    if here.count("{") > here.count("}"):
        return SyntaxMistake(index, "a table in braces goes on in the next line", "Write it on one line.")
    hint = "A name of letters, digits, - and _ needs no quotes; every other one does."
    return SyntaxMistake(index, "this line begins with neither a key nor a [table]", hint)


def _open_block(lines: list[str]) -> int | None:
    """The line of the last mark of a text of several lines, if it is not closed."""
    for mark in ('"""', "'''"):
        marks = [number for number, line in enumerate(lines) for _ in range(line.count(mark))]
        if len(marks) % 2:
            return marks[-1]
    return None
