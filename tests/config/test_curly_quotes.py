"""Curly quotes that were meant as those of YAML or TOML are an error with the remedy, wherever a value may be."""

from __future__ import annotations

import pytest
from workspace_kit import WorkspaceRunner, article

from pipeline.config.fields import Fields
from pipeline.config.front_matter import split_file, write_yaml
from pipeline.errors import PressroomError


def mistakes(head: str, fence: str = "---") -> list[str]:
    with pytest.raises(PressroomError) as caught:
        split_file(f"{fence}\n{head}\n{fence}\n", "a.md")
    return [str(each) for each in caught.value.errors]


@pytest.mark.parametrize(
    "head",
    [
        "title: “The lamp”", "title: ”The lamp”", "title: „The lamp“", "title: ‘The lamp’", "title: “Don’t”",
        "dek: “The lamp”  # a comment", "date: “2026-01-08”", "number: “4”", "tags: [“sleep”]", "tags:\n- “sleep”",
        "subject: “The lamp”", "“title”: The lamp", "authors:\n- name: “Ada”", "extra: {mood: “calm”}",
        "title: “A #1 hit, or”", "title: “A lamp #1 of them”", "tags: [“sleep, memory”]",
    ],
)  # fmt: skip
def test_curly_quotes_as_quotes_of_yaml_are_an_error_on_their_line(head: str) -> None:
    found = mistakes("layout: full\n" + head)
    assert found[0].startswith(f"a.md:{3 + head.count(chr(10))}: the curly quotes of ")
    assert "Write straight quotes" in found[0] and "put straight quotes around it" in found[0]


def test_the_remedy_quotes_the_value() -> None:
    assert mistakes("title: “The lamp”") == [
        "a.md:2: the curly quotes of “The lamp” would be part of the text. Write straight quotes, "
        '"The lamp", or none. To print a quotation, put straight quotes around it: "“The lamp”".'
    ]


def test_all_curly_quotes_of_a_file_are_named_at_once() -> None:
    found = mistakes("title: “The lamp”\ndek: ‘A light’\ntags: [“a”, “b”]")
    assert [each.split(" ")[0] for each in found] == ["a.md:2:", "a.md:3:", "a.md:4:", "a.md:4:"]


@pytest.mark.parametrize("head", ["title: “The lamp: a story”", "tags: [“sleep”, “a: b: c”: d: e]"])
def test_a_syntax_error_behind_curly_quotes_has_their_remedy(head: str) -> None:
    assert "Write straight quotes" in mistakes(head)[0]


@pytest.mark.parametrize(
    "head",
    ["title = “The lamp”", "title = ‘The lamp’", "tags = [“sleep”]", "“title” = 1", 'tags = ["a", “b”]'],
)
def test_curly_quotes_in_toml_have_their_remedy(head: str) -> None:
    (found,) = mistakes(head, "+++")
    assert found.startswith("a.md:2: this is not TOML") and "Write straight quotes" in found


@pytest.mark.parametrize(
    "title",
    [
        "“The lamp” and “the light”", "“Go,” she said", "A “lamp”", "«La lampe»", "’Tis the season", "‘Twas the night",
        "The dogs’", "‘One’ or ‘two’", "”Hej” sa hon", "5” of snow",
    ],
)  # fmt: skip
def test_a_title_with_quotations_in_it_stays_as_it_is(title: str) -> None:
    assert Fields(split_file(f"---\ntitle: {title}\n---\n", "a.md").fields, "a.md", []).text("title") == title


@pytest.mark.parametrize("title", ["“The lamp”", "‘The lamp’", "„Die Lampe“", "“The lamp"])
def test_a_quotation_as_headline_is_written_in_straight_quotes(title: str) -> None:
    for text in (f'---\ntitle: "{title}"\n---\n', f"---\n{write_yaml({'title': title})}---\n"):
        assert Fields(split_file(text, "a.md").fields, "a.md", []).text("title") == title


def test_curly_quotes_are_named_in_articles_issues_and_settings(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/bad.md": article("“The lamp”", tags="[“sleep”]")})
    error = workspace.error("build", "1")
    assert "issues/articles/bad.md:2: the curly quotes of “The lamp”" in error
    assert "issues/articles/bad.md:4: the curly quotes of “sleep”" in error and "one spelling" not in error
    workspace.write({"newsletter.toml": "title = “Synapse”\n"})
    assert "Write straight quotes" in workspace.error("build", "1")


def test_a_new_article_may_have_a_quotation_as_its_title(workspace: WorkspaceRunner) -> None:
    workspace.ok("new", "article", "“The lamp”")
    assert '"“The lamp”"' in workspace.read("issues/articles/the-lamp.md")
    workspace.ok("plan", "1")
