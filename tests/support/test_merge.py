from __future__ import annotations

import ast
import pickle
import re
import string
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_kit import ROOT

from pipeline.content.text_width import width, wrap
from pipeline.errors import PressroomError
from pipeline.model import MergeField
from pipeline.support import merge

fallbacks = st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip)
names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
fields = st.builds(MergeField, names, fallbacks, st.booleans())
typed = st.text(st.sampled_from('{} "|abc\\'), max_size=40)


def test_a_field_without_a_fallback_is_its_name_in_braces() -> None:
    assert merge.neutral(MergeField("first_name")) == "{{ first_name }}"


def test_a_fallback_is_escaped_with_its_quotes() -> None:
    assert merge.neutral(MergeField("name", 'R&D "x"')) == "{{ name | R&amp;D &quot;x&quot; }}"


@given(before=typed, field=fields, after=typed)
def test_a_marked_field_comes_back_between_any_texts(before: str, field: MergeField, after: str) -> None:
    written = merge.text(before + merge.mark(field) + after)
    assert written.fields == (field,)
    assert written.fill(lambda _: "VALUE") == before + "VALUE" + after
    assert merge.text(merge.marked(written)) == written
    assert pickle.loads(pickle.dumps(written)).segments == written.segments


@given(text=typed)
def test_text_without_fields_has_one_segment_and_escaped_braces(text: str) -> None:
    written = merge.text(text)
    assert written.segments == ((text,) if text else ())
    assert written.replace('{{ "{{" }}', "").count("{{") == 0


@given(before=typed, field=fields, after=typed)
def test_no_brace_of_html_touches_a_field(before: str, field: MergeField, after: str) -> None:
    written = merge.html(merge.escape(before) + merge.mark(field) + merge.escape(after))
    assert written.fields == (field,)
    assert unescape(written.fill(lambda _: "VALUE")) == before + "VALUE" + after
    assert "{{{" not in written
    assert "}}}" not in written


@given(field=fields)
def test_a_mark_is_as_wide_as_the_neutral_form_and_does_not_break(field: MergeField) -> None:
    mark = merge.mark(field)
    assert width(mark) == width(merge.neutral(field))
    assert wrap(f"word {mark}", 8) == ["word", mark]


def test_a_fallback_in_chinese_does_not_break() -> None:
    mark = merge.mark(MergeField("name", "亲爱的读者亲爱的读者"))
    assert wrap(f"你好{mark}", 8) == ["你", f"好{mark}"]


def test_a_field_that_a_template_typed_is_read_from_the_finished_html() -> None:
    written = merge.html('<a href="{{web_url}}">{{ first_name|R&amp;D }}</a> {{ a b }}')
    assert written.fields == (MergeField("web_url"), MergeField("first_name", "R&D"))
    assert written.fill(lambda field: field.name.upper()) == '<a href="WEB_URL">FIRST_NAME</a> {{ a b }}'


def test_fields_are_listed_once_in_order() -> None:
    written = merge.html("{{ b }} {{ a | x }} {{ b }} {{ a }}")
    assert written.fields == (MergeField("b"), MergeField("a", "x"), MergeField("a"))


def test_an_unknown_field_is_refused_with_a_suggestion() -> None:
    with pytest.raises(PressroomError) as caught:
        merge.read("{{ frist_name }}", {})
    assert "no merge field is named `frist_name`" in str(caught.value)
    assert 'Did you mean "first_name"?' in str(caught.value)


@pytest.mark.parametrize(
    "source", ["{{", "{{ }}", "{{ a b }}", "{{ #if x }}", "{{ user.name }}", "{{ näme }}"]
)
def test_what_is_no_field_is_refused_with_the_way_to_write_braces(source: str) -> None:
    with pytest.raises(PressroomError, match=r"is not a merge field.*\\\{\{"):
        merge.read(source, {})


def test_a_declared_field_brings_its_fallback() -> None:
    assert merge.read("{{clinic}}", {"clinic": "your clinic"}) == MergeField("clinic", "your clinic")
    assert merge.read("{{ clinic | us }}", {"clinic": "your clinic"}) == MergeField("clinic", "us")


def test_a_typed_line_becomes_segments() -> None:
    line = merge.read_line(r"Hi {{first_name|R&D}}, \{{ x", {})
    assert line.segments == ("Hi ", MergeField("first_name", "R&D"), ", {{ x")
    assert line == 'Hi {{ first_name | R&amp;D }}, {{ "{{" }} x'


def test_a_typed_line_with_an_open_field_is_refused() -> None:
    with pytest.raises(PressroomError, match="not a merge field"):
        merge.read_line("Hi {{ first_name", {})


@given(text=typed)
def test_a_typed_line_is_read_or_refused(text: str) -> None:
    try:
        line = merge.read_line(text, {"abc": "", "a": "", "b": "", "c": ""})
    except PressroomError:
        return
    assert merge.text(merge.marked(line)).segments == line.segments


@pytest.mark.slow
def test_no_other_module_has_a_pattern_for_fields() -> None:
    """Jinja's braces come with `{%`; what looks like a tag of a service is data about that service."""
    others = []
    for file in sorted((ROOT / "pipeline").rglob("*.py")):
        if file.relative_to(ROOT).parts[1] == "importers" or file.name == "merge.py":
            continue
        text = file.read_text(encoding="utf-8")
        if "\\{" not in text and "[{" not in text:
            continue  # no pattern for a brace, and to parse it costs more than all else
        tree = ast.parse(text)
        foreign = {
            id(node)
            for keyword in ast.walk(tree)
            if isinstance(keyword, ast.keyword) and keyword.arg == "lookalike"
            for node in ast.walk(keyword)
        }
        others += [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in foreign
            if re.search(r"(?:\\\{|\[\{\]){2}|\\\{.*(?:\{2|%7B)", node.value) and r"\{%" not in node.value
        ]
    assert others == []
