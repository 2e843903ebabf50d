"""The summary of a letter or an article, which everyone sees: no greeting, no merge field."""

from __future__ import annotations

import json

import pytest
from content_kit import parse
from hypothesis import given
from hypothesis import strategies as st
from property_kit import tries
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.content.opening import opening, summary_of

WORDS = "The season begins."


@pytest.mark.parametrize(
    "letter",
    [
        "Dear {{ first_name | there }}, the season begins.", "Hello {{ name }}! The season begins.",
        "Dear {{ first_name | there }},\n\nThe season begins.", "Dear readers,\n\nThe season begins.",
        "**Hi {{ first_name }}** – the season begins.", "{{ first_name | Reader }}: the season begins.",
        "Liebe Leserinnen und Leser,\n\nThe season begins.", "亲爱的 {{ name | 读者 }}，the season begins.",
        "مرحبا {{ name }}،\n\nThe season begins.", "Hello {{ name }} and welcome.\n\nThe season begins.",
        "## Heading\n\nThe season begins. It is yours, {{ name }}.", "The {{ city }} issue is here. The season begins.",
        "Dear {{ first_name | there }},\nthe season begins.", "Hello {{ first_name }} {{ last_name }}, the season begins.",
    ],
)  # fmt: skip
def test_a_greeting_and_sentences_with_a_field_are_left_out(letter: str) -> None:
    assert opening(parse(letter, city="your town").blocks) == WORDS


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        ("Water, bread and wine are back.", "Water, bread and wine are back."),
        ("Dear readers, the season begins.", "Dear readers, the season begins."),
        ("One line, then nothing", "One line, then nothing"),
        ("Hello {{ name }},", ""), ("Hello {{ name | there }}", ""), ("", ""),
        ("10^3 of them. Yes.\n\nMore.", "10^3 of them. Yes. More."),
    ],
)  # fmt: skip
def test_what_is_not_certainly_a_greeting_stays(letter: str, said: str) -> None:
    assert opening(parse(letter).blocks) == said


@tries(150)
@given(
    before=st.sampled_from(["", "Dear ", "A. ", "We, "]),
    after=st.text(st.sampled_from(" ,.!?abA…)”"), max_size=30),
    rest=st.text(st.sampled_from(" ,.ab\n"), max_size=30),
)
def test_no_merge_field_is_in_a_summary(before: str, after: str, rest: str) -> None:
    said = opening(parse(f"{before}{{{{ name | FALLBACK }}}}{after}\n\n{rest}").blocks)
    assert "FALLBACK" not in said and "name" not in said and "\x02" not in said


def test_no_public_page_or_feed_greets_anybody(workspace: WorkspaceRunner) -> None:
    workspace.write({
        "issues/001-the-plastic-brain/issue.md": issue(letter="Dear {{ first_name | there }}, the season begins."),
        "issues/articles/glutamate.md": article(body="Hello {{ first_name | there }}, an article begins."),
    })  # fmt: skip
    workspace.ok("assemble", "1")
    preview = 'preview_text: "Read on, {{ first_name | there }}"\n'
    workspace.write({
        "issues/002-next/issue.md": issue(2, "Next", letter="Spring is here.", more=preview),
        "issues/articles/second.md": article("Second"),
    })  # fmt: skip
    workspace.ok("assemble", "2")
    workspace.ok("build", "--now", "2026-03-01")
    site = workspace.tree("build/site")
    page = site["issues/001-the-plastic-brain/index.html"].decode()
    for tag in ('<meta name="description" content="', '<meta property="og:description" content="'):
        assert f"{tag}The season begins." in page
        assert f"{tag}Spring is here." in site["issues/002-next/index.html"].decode()
        assert f"{tag}An article begins." in site["articles/glutamate/index.html"].decode()
    items = json.loads(site["feed.json"])["items"]
    assert {"The season begins.", "Spring is here."} <= {each["summary"] for each in items}
    for path in ("index.html", "issues/index.html", "search-index.json"):
        assert "there" not in site.get(path, b"").decode(), path
    mailed = workspace.json("build", "2")
    assert mailed["editions"]
    assert "Read on, there" in workspace.read("build/issues/002-next/email.html")
    assert "The season begins." in workspace.read("build/issues/001-the-plastic-brain/email.html")


def test_a_script_without_spaces_is_cut_at_a_character_and_ends_its_sentences() -> None:
    sign = "\u6f22"
    long = parse(f"{sign} {sign * 200}")
    assert len(summary_of(long, "everyone")) == 90
    sentence = f"{sign * 50}\u3002"
    assert summary_of(parse(sentence + sign * 100), "everyone") == sentence
