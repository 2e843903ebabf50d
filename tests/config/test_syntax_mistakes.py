"""A file that is not YAML or TOML is explained in an editor's words, never in a parser's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from workspace_kit import SETTINGS, WorkspaceRunner

from pipeline.config.front_matter import yaml_fields
from pipeline.config.toml import toml_fields
from pipeline.errors import PressroomError

ARTICLE = "issues/articles/bad.md"
REST = "tags: [research]\n---\nWords.\n"

# fmt: off
FRONT_MATTER = [
    ("a tab", "title: One\n\tdate: 2026-01-01\n", 3, "a tab indents this line", "Indent with spaces"),
    ("a tab in a list", "title: One\nauthors:\n\t- Ada\n", 4, "a tab indents this line", "Indent with spaces"),
    ("an unclosed quote", 'title: "The lamp\ndate: 2026-01-01\n', 2, "a quotation mark opens here", "Close it"),
    ("an unclosed quote above another", 'title: One\ndek: "The lamp\nslug: "lamp"\n', 3, "a quotation mark opens here", "Close it"),
    ("an apostrophe in single quotes", "title: 'It's late'\n", 2, "goes on after its closing quotation mark", "of the other kind"),
    ("quotes in quotes", 'title: "The "lamp" again"\n', 2, "goes on after its closing quotation mark", "of the other kind"),
    ("an indented key", "title: One\n  date: 2026-01-01\n", 3, "indentation of this line", "same column"),
    ("an indented first key", "  title: One\ndate: 2026-01-01\n", 3, "indentation of this line", "same column"),
    ("a colon in a text", "title: One: two\n", 2, '": "', "needs quotes"),
    ("no colon", "title One\ndate: 2026-01-01\n", 2, "is not `key: value`", "Write a colon"),
    ("no space after a first colon", "title:One\ndate: 2026-01-01\n", 2, "no space after `title:`", "after the"),
    ("no space after a colon", "title: One\ndate:2026-01-01\n", 3, "no space after `date:`", "after the"),
    ("a text of two lines", "title: One\nand two\ndate: 2026-01-01\n", 3, "is not `key: value`", "`|`"),
    ("an open list", "authors: [Ada, Bo\ndate: 2026-01-01\n", 2, "a list opens with `[`", "Close it with `]`"),
    ("an open table", "extra: {a: b\ndate: 2026-01-01\n", 2, "a table opens with `{`", "Close it with `}`"),
    ("a sign at the start", "title: @home\n", 2, "cannot begin with `@`", "into quotes"),
    ("an asterisk at the start", "title: *One*\n", 2, "cannot begin with `*`", "into quotes"),
    ("a backslash", 'title: "C:\\path"\n', 2, "a `\\` begins a special character", "single quotes"),
]
SETTINGS_LINES = [
    ("an unclosed quote", 'tagline = "The lamp\n', 'tagline', "a quotation mark opens here", "Close it"),
    ("an unclosed block", 'colophon = """\nWords\n', 'colophon', "a quotation mark opens here", "Close it"),
    ("a key twice", 'title = "Again"\n', 'title = "Again"', "the key `title` occurs twice", "Delete one"),
    ("no quotes", "tagline = lamp\n", "tagline", "the value of `tagline` needs quotes", 'tagline = "…"'),
    ("no value", "tagline =\n", "tagline", "the key `tagline` has no value", "delete the line"),
    ("a colon", "tagline: lamp\n", "tagline", "is not `key = value`", "equals sign"),
    ("quotes in quotes", 'tagline = "The "lamp" again"\n', "tagline", "goes on after its closing", '\\"'),
]
# fmt: on


def by_name(value: object) -> str | None:
    return value.replace(" ", "-") if isinstance(value, str) and "\n" not in value else ""


@pytest.mark.parametrize(("name", "head", "line", "what", "hint"), FRONT_MATTER, ids=by_name)
def test_front_matter_that_cannot_be_read_is_explained(
    workspace: WorkspaceRunner, name: str, head: str, line: int, what: str, hint: str
) -> None:
    workspace.write({ARTICLE: f"---\n{head}{REST}"})
    said = workspace.error("plan", "1")
    assert f"{ARTICLE}:{line}: this is not YAML: " in said
    assert what in said
    assert hint in said


@pytest.mark.parametrize(("name", "text", "place", "what", "hint"), SETTINGS_LINES, ids=by_name)
def test_settings_that_cannot_be_read_are_explained(
    workspace: WorkspaceRunner, name: str, text: str, place: str, what: str, hint: str
) -> None:
    settings = SETTINGS.replace("\n\n[[aud", f"\n{text}\n[[aud", 1)
    workspace.write({"newsletter.toml": settings})
    line = settings[: settings.rindex(place)].count("\n") + 1
    said = workspace.error("plan", "1")
    assert f"newsletter.toml:{line}: this is not TOML: " in said
    assert what in said
    assert hint in said


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_a_blank_line_above_the_front_matter_is_named(workspace: WorkspaceRunner, fence: str) -> None:
    workspace.write({ARTICLE: f"\n  \n{fence}\ntitle: One\n{fence}\nWords.\n"})
    said = workspace.error("plan", "1")
    assert f"{ARTICLE}:1: a blank line is above the front matter." in said
    assert "Delete it" in said


@pytest.mark.parametrize("table", ["[theme]", "[checks]", "[[audiences]]\nname = 'a'", "[theme.colors]"])
@pytest.mark.parametrize("key", ["reply_to", "timezone", "unsubscribe_url"])
def test_a_key_of_the_publication_below_a_table_is_told_where_it_belongs(
    workspace: WorkspaceRunner, table: str, key: str
) -> None:
    settings = re.sub(rf"(?m)^{key} = .*\n", "", SETTINGS) + f'\n{table}\n{key} = "x"\n'
    workspace.write({"newsletter.toml": settings})
    said = workspace.error("plan", "1")
    line = settings.count("\n")
    assert re.search(rf"newsletter\.toml:{line}: .*the key `{key}` is below a `\[table\]`", said)
    assert "above the first line in brackets" in said


def test_a_required_key_below_the_merge_fields_is_told_where_it_belongs(workspace: WorkspaceRunner) -> None:
    sender = 'sender = "Synapse <letters@synapse.example>"\n'
    workspace.write({"newsletter.toml": SETTINGS.replace(sender, "") + f"\n[merge_fields]\n{sender}"})
    assert "the key `sender` is below a `[table]`" in workspace.error("plan", "1")


@pytest.mark.parametrize("key", ["base_url", "hub", "unsubscribe_url"])
def test_an_address_for_readers_has_no_password(workspace: WorkspaceRunner, key: str) -> None:
    settings = re.sub(rf"(?m)^{key} = .*\n", "", SETTINGS)
    workspace.write({"newsletter.toml": f'{key} = "https://ada:s3cret@x.example/"\n{settings}'})
    said = workspace.error("plan", "1")
    assert f'`{key}` is "https://…@x.example' in said
    assert "must be a web address" in said


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("GMT+1", 'Write a city, such as "Europe/Paris". Without summer time it is "Etc/GMT-1".'),
        ("UTC-05:00", 'Write a city, such as "Europe/Paris". Without summer time it is "Etc/GMT+5".'),
        ("+2", 'Write a city, such as "Europe/Paris". Without summer time it is "Etc/GMT-2".'),
        ("CEST", 'Write a city, such as "Europe/London".'),
        ("Paris", 'Did you mean "Europe/Paris"?'),
        ("new york", 'Did you mean "America/New_York"?'),
        ("Europe/Berln", 'Did you mean "Europe/Berlin"?'),
    ],
)
def test_a_time_zone_that_is_not_known_is_never_answered_with_another_hour(
    workspace: WorkspaceRunner, zone: str, hint: str
) -> None:
    workspace.write({"newsletter.toml": SETTINGS.replace("Europe/London", zone)})
    said = workspace.error("plan", "1")
    assert f'the time zone "{zone}" is not known.\n    {hint}\n' in said


_SIGNS = """a key : = " ' \"\"\" [ ] { } , - # | > @ * & ! % ` ? \\ … “ \u2028 2026-01-01 1 true --- ..."""
_PIECES = st.sampled_from([*_SIGNS.split(" "), " ", ": ", " = ", "- ", "\n", "\n  ", "\n\t"])


@pytest.mark.parametrize("read", [yaml_fields, toml_fields])
@given(text=st.lists(_PIECES, max_size=30).map("".join))
def test_any_text_is_read_or_explained_without_a_parsers_words(
    read: Callable[[str, str], Any], text: str
) -> None:
    try:
        read(text, "a.md")
    except PressroomError as error:
        words = str(error)
        assert error.line is None or 1 <= error.line <= text.count("\n") + 1
        for raw in parsers_words(text):
            assert raw not in words


def parsers_words(text: str) -> list[str]:
    try:
        yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        return [each for each in (error.problem, error.context) if each]
    except yaml.YAMLError:
        pass
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [str(error).partition(" (")[0]]
    return []
