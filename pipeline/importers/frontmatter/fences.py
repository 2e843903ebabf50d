"""Front matter in a text: between fences, as a JSON object, or as bare lines of `Title: …`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from json import JSONDecodeError, JSONDecoder

_FENCES = {
    "---": "yaml",
    "---yaml": "yaml",
    "---yml": "yaml",
    "+++": "toml",
    "---toml": "toml",
    "---json": "json",
    ";;;": "json",
    "---js": "js",
    "---javascript": "js",
}
"""How a head begins, and its language; the words behind a fence are gray-matter's, which Eleventy takes."""

# A key of at most four words: `Title: …`, "og:title": …, - key: …
_KEY_LINE = re.compile(r"\s*(?:- )?(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"':\[|>*`]\S*?(?: \S+?){0,3})\s*:")
_BARE_KEY = re.compile(r" {0,3}([A-Za-z][A-Za-z0-9_-]*):(?:[ \t]+(.*))?$")
_BARE_SIGNS = frozenset({"date", "slug", "category", "tags", "author", "authors", "modified", "status"})
_EMAIL_SIGNS = frozenset({"from", "to", "subject", "received", "message-id", "mime-version", "return-path"})


class Language(StrEnum):
    """The language of a head; bare lines are Pelican's and MultiMarkdown's."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"
    SCRIPT = "js"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text's head and body, each with the line that it begins on; `closed` says whether the head ends."""

    language: Language
    head: str
    head_line: int
    body: str
    body_line: int
    closed: bool = True


def parts_of(text: str) -> SplitText | None:
    """The head and the body, or None for a text without front matter. Never raises."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines):
        return None
    kind = _FENCES.get(re.sub(r"\s+", "", lines[first]).lower())
    if kind is not None and lines[first][0] in "-+;":
        return _fenced(lines, first, Language(kind))
    if lines[first].startswith("{"):
        return _object(text)
    return _bare(lines, first)


def is_bare_head_of_an_article(parts: SplitText) -> bool:
    """Whether `Title: …` lines say more than a title, as those of a system do, and not what an email says."""
    keys = {match[1].lower() for line in parts.head.split("\n") if (match := _BARE_KEY.match(line))}
    return bool(keys & _BARE_SIGNS) and not keys & _EMAIL_SIGNS


def bare_fields(head: str) -> list[tuple[int, str, str]]:
    """The fields of bare lines: line from 0, key and value; an indented line goes on with the value above."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(head.split("\n")):
        if match := _BARE_KEY.match(line):
            found.append((number, match[1], (match[2] or "").strip()))
        elif found and line.strip():
            start, key, value = found[-1]
            found[-1] = (start, key, f"{value}\n{line.strip()}".strip())
    return found


def _fenced(lines: list[str], first: int, language: Language) -> SplitText | None:
    fence = lines[first].strip()[:3]
    ends = {fence, "..."} if language is Language.YAML else {fence}
    end = next((n for n in range(first + 1, len(lines)) if lines[n].rstrip() in ends), None)
    inner = lines[first + 1 : end]
    # A text may begin with a rule, `---`, and have another one further down.
    said = next((line for line in inner if line.strip() and not line.lstrip().startswith("#")), "")
    if (
        language is Language.YAML
        and said
        and not _KEY_LINE.match(said)
        and not said.lstrip().startswith(("{", "?"))
    ):
        return None
    if end is None:
        return (
            SplitText(language, "\n".join(inner), first + 2, "", len(lines), closed=False) if said else None
        )
    return SplitText(language, "\n".join(inner), first + 2, "\n".join(lines[end + 1 :]), end + 2)


def _object(text: str) -> SplitText | None:
    start = text.index("{")
    try:
        value, end = JSONDecoder(parse_int=str).raw_decode(text, start)
    except (JSONDecodeError, RecursionError):
        # `{{ … }}` and `{% … %}` begin a template, not an object.
        if re.match(r'\{\s*"[^"\n]*"\s*:', text[start:]):
            return SplitText(Language.JSON, text[start:], text.count("\n", 0, start) + 1, "", 1)
        return None
    rest = text[end:]
    # A feed or a list of settings is an object and nothing else; an article has words behind it.
    if not isinstance(value, dict) or not rest.strip():
        return None
    line = text.count("\n", 0, end) + 1
    return SplitText(Language.JSON, text[start:end], text.count("\n", 0, start) + 1, rest, line)


def _bare(lines: list[str], first: int) -> SplitText | None:
    end = next((n for n in range(first, len(lines)) if not lines[n].strip()), len(lines))
    block = lines[first:end]
    if not _BARE_KEY.match(block[0]):
        return None
    if any(not _BARE_KEY.match(line) and not line.startswith(("    ", "\t")) for line in block):
        return None
    if not any(match[1].lower() == "title" for line in block if (match := _BARE_KEY.match(line))):
        return None
    return SplitText(Language.LINES, "\n".join(block), first + 1, "\n".join(lines[end:]), end + 1)
