from __future__ import annotations

import string
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PressroomError
from pipeline.model import MergeField
from pipeline.support import merge

fallbacks = st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip)
names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
fields = st.builds(MergeField, names, fallbacks)
typed = st.text(st.sampled_from('{} "|abc\\'), max_size=40)


def test_a_field_without_a_fallback_is_its_name_in_braces() -> None:
    assert merge.neutral(MergeField("first_name")) == "{{ first_name }}"


def test_a_fallback_is_escaped_with_its_quotes() -> None:
    assert merge.neutral(MergeField("name", 'R&D "x"')) == "{{ name | R&amp;D &quot;x&quot; }}"


@given(field=fields)
def test_any_field_is_read_back_from_its_neutral_form(field: MergeField) -> None:
    assert merge.fields_in(f"a {merge.neutral(field)} b") == (field,)


@given(text=st.text())
def test_any_text_without_fields_comes_back_from_filling(text: str) -> None:
    written = merge.literal_text(text)
    assert merge.fields_in(written) == ()
    assert merge.fill(written, lambda field: "?") == text


@given(before=typed, field=fields, after=typed)
def test_braces_around_a_field_stay_apart_from_it(before: str, field: MergeField, after: str) -> None:
    written = merge.literal_text(before) + merge.neutral(field) + merge.literal_text(after)
    assert merge.fields_in(written) == (field,)
    assert merge.fill(written, lambda found: "VALUE") == before + "VALUE" + after


@given(before=typed, field=fields, after=typed)
def test_no_brace_of_html_touches_a_field(before: str, field: MergeField, after: str) -> None:
    start, end = (merge.literal_html(escape(text, quote=False)) for text in (before, after))
    written = start + merge.neutral(field) + end
    assert merge.fields_in(written) == (field,)
    assert "{{{" not in written
    assert "}}}" not in written


def test_fields_are_listed_once_in_order() -> None:
    written = "{{ b }} {{ a | x }} {{ b }} {{ a }}"
    assert merge.fields_in(written) == (MergeField("b"), MergeField("a", "x"), MergeField("a"))


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


def test_a_typed_line_becomes_neutral() -> None:
    assert merge.from_line(r"Hi {{first_name|R&D}}, \{{ x", {}) == (
        'Hi {{ first_name | R&amp;D }}, {{ "{{" }} x'
    )


def test_a_typed_line_with_an_open_field_is_refused() -> None:
    with pytest.raises(PressroomError, match="not a merge field"):
        merge.from_line("Hi {{ first_name", {})


@given(text=typed)
def test_a_typed_line_is_read_or_refused(text: str) -> None:
    try:
        line = merge.from_line(text, {"abc": "", "a": "", "b": "", "c": ""})
    except PressroomError:
        return
    merge.fill(line, lambda field: field.fallback)
