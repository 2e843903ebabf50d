"""Front matter: what an editor wrote is what is read, in YAML and in TOML, and nothing else ends a run."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import WorkspaceRunner, article

from pipeline.config.fields import Fields, plain_value
from pipeline.config.front_matter import split_file
from pipeline.errors import PressroomError
from pipeline.support.urls import path_part

SETTINGS = tries(300)

# What a source file may hold at all: no controls, no surrogates, one line.
line = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff\u2028\u2029")
).map(str.strip)


def read(text: str) -> Fields:
    return Fields(split_file(text, "a.md").fields, "a.md", [])


@given(line)
@SETTINGS
def test_any_quoted_title_is_read_as_written_in_yaml_and_toml(title: str) -> None:
    quoted = json.dumps(title, ensure_ascii=False)
    for text in (f"---\ntitle: {quoted}\n---\n", f"+++\ntitle = {quoted}\n+++\n"):
        fields = read(text)
        assert fields.text("title") == title
        assert fields.errors == []


@given(st.text())
@SETTINGS
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    for source in (text, f"---\n{text}\n---\n", f"+++\n{text}\n+++\n"):
        try:
            found = split_file(source, "a.md")
        except PressroomError as error:
            assert all(each.path == "a.md" for each in error.errors)
        else:
            assert json.dumps({key: plain_value(field) for key, field in found.fields.items()}, default=str)


@pytest.mark.parametrize(
    "tag", ["no", "on", "off", "yes", "1:30", "2026", "1.0", "0x1F", "null", "~x", "2026-01-02", "true"]
)
def test_yaml_leaves_tags_as_they_are_written(tag: str) -> None:
    assert read(f"---\ntags: [{tag}]\n---\n").texts("tags") == (tag,)


def test_a_number_as_a_title_is_its_own_spelling() -> None:
    assert read("---\ntitle: 1984\n---\n").text("title") == "1984"
    assert read("---\ntitle: 1.10\n---\n").text("title") == "1.10"


def test_each_field_knows_its_line() -> None:
    text = "---\na: 1\n# note\nb:\n  - x\n  - y: 2\n---\n"
    fields = split_file(text, "a.md").fields
    assert (fields["a"].line, fields["b"].line) == (2, 4)
    assert [item.line for item in fields["b"].value] == [5, 6]
    text = '+++\na = """\n[x]\nb = 1\n"""\n\n[t]\nc = 2\n[[u]]\nd = 1\n[[u]]\nd = 2\n+++\n'
    fields = split_file(text, "a.md").fields
    assert (fields["a"].line, fields["t"].line, fields["t"].value["c"].line) == (2, 7, 8)
    assert [item.value["d"].line for item in fields["u"].value] == [10, 12]
    text = '+++\na = [\n  "x",  # ]\n  {k = 1, "l.m" = 2},\n]\nb.c = 1\n+++\n'
    fields = split_file(text, "a.md").fields
    assert [item.line for item in fields["a"].value] == [3, 4]
    assert fields["a"].value[1].value["l.m"].line == 4
    assert fields["b"].value["c"].line == 6


def test_the_body_begins_where_the_file_says() -> None:
    document = split_file("---\ntitle: x\n---\n\nfirst\n---\nlast", "a.md")
    assert (document.body, document.body_line) == ("\nfirst\n---\nlast", 4)


def test_windows_line_ends_and_a_byte_order_mark_are_taken(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {"issues/articles/x.md": b"\xef\xbb\xbf" + article("Windows").replace("\n", "\r\n").encode()}
    )
    assert "Windows" in [each["title"] for each in workspace.json("articles")]


@pytest.mark.parametrize("key", ["dek", "summary", "excerpt", "description"])
def test_other_words_for_the_dek_are_read(workspace: WorkspaceRunner, key: str) -> None:
    workspace.write(
        {"issues/articles/a-note.md": article("A note", tags="[notes]", **{key: "The line under it."})}
    )
    workspace.ok("build", "1")
    assert "The line under it." in workspace.read("build/issues/001-the-plastic-brain/email.txt")


@given(title=line.filter(bool), tags=st.lists(line.filter(bool), unique=True, max_size=3))
@tries(
    40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_new_article_is_read_back_as_it_was_asked_for(tmp_path: Path, title: str, tags: list[str]) -> None:
    workspace = WorkspaceRunner(tmp_path / "w")
    if not workspace.root.exists():
        WorkspaceRunner(tmp_path).ok("init", "w", "--now", "2026-01-01")
    arguments = [part for tag in tags for part in ("--tag=" + tag,)]
    result = workspace.run("new", "article", *arguments, "--date", "2026-01-02", "--", title)
    if result.exit_code == 0:
        file = workspace.root / result.stdout.strip()
        fields = read(file.read_text(encoding="utf-8"))
        assert fields.text("title") == title
        first_of_each_spelling = {path_part(tag): tag for tag in reversed(tags)}
        assert fields.texts("tags") == tuple(tag for tag in tags if tag in first_of_each_spelling.values())
        assert (
            fields.field("date") is not None
            and plain_value(fields.mapping["date"]) == date(2026, 1, 2).isoformat()
        )
        file.unlink()
    else:
        assert result.exit_code == 1 and result.stderr
