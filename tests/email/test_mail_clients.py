"""What mail clients do with an email that a browser does not: Word's tables, Outlook.com's marks, the text part."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builds_kit import Builds
from content_kit import parse
from email_kit import PUBLICATION, article, edition, render, theme
from html_kit import as_outlook
from workspace_kit import WorkspaceRunner
from workspace_kit import article as article_file

from pipeline.config.i18n import load_messages
from pipeline.config.themes import theme_names
from pipeline.content.html import blocks_to_html
from pipeline.content.html_nodes import HtmlOptions
from pipeline.content.medium import Medium
from pipeline.model import Layout
from pipeline.support.templating import Templates

ISSUE = "issues/001-every-block"


@pytest.mark.parametrize("name", theme_names(None))
def test_a_divider_keeps_to_the_grid_in_outlook(name: str, builds: Builds) -> None:
    html = as_outlook(builds.golden(name).read(f"build/{ISSUE}/email.html"))
    widths = re.findall(r'width="(\d+)" style="border-top:[^"]*font-size:1px', html)
    assert set(widths) == {"536"}


def test_a_zero_without_a_unit_in_a_theme_of_ones_own_does_no_harm(tmp_path: Path) -> None:
    own = theme(tmp_path, email__parts__between_mjml='<mj-divider padding="0 {{ theme.gutter }}px 0" />')
    one = (article(slug="one"), Layout.BRIEF)
    html = render(edition(("A", (one, (article(slug="two"), Layout.BRIEF)))), templates=own).html
    assert 'width="600" style="border-top' not in html


def test_every_inline_ground_has_a_colour_of_text_beside_it(builds: Builds) -> None:
    html = builds.golden().read(f"build/{ISSUE}/email.html")
    styles = re.findall(r'style="([^"]*background(?:-color)?:#[^"]*)"', html)
    assert len(styles) > 5
    assert [style for style in styles if not re.search(r"(?<![-\w])color:#", style)] == []


def test_the_charset_is_first_in_the_head() -> None:
    assert '<head><meta charset="utf-8"><title>' in render().html
    assert render().html.lower().count("charset") == 1


def test_the_message_names_its_language(builds: Builds) -> None:
    assert "\nContent-Language: he\n" in builds.golden(language="he").read(
        f"build/{ISSUE}/email.eml"
    ).replace("\r", "")


@pytest.mark.parametrize("name", theme_names(None))
def test_links_of_the_text_part_are_numbered_in_reading_order(name: str, builds: Builds) -> None:
    text, _, listed = builds.golden(name).read(f"build/{ISSUE}/email.txt").rpartition("\nLinks:\n")
    numbers = list(dict.fromkeys(map(int, re.findall(r"\[(\d+)\]", text))))
    assert numbers == list(range(1, len(listed.splitlines()) + 1))
    assert "[^" not in text and "H₂O.¹" in text and "\n¹ A note" in text


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "1 min read", "2 min read"),
        ("de", "1 Min. Lesezeit", "2 Min. Lesezeit"),
        ("fr", "1 min de lecture", "2 min de lecture"),
        ("es", "1 min de lectura", "2 min de lectura"),
        ("he", "דקת קריאה", "שתי דקות קריאה"),
        ("ar", "قراءة دقيقة واحدة", "قراءة دقيقتين"),
    ],
)
def test_one_minute_is_no_plural(language: str, one: str, two: str) -> None:
    messages = load_messages(Templates(), language)
    assert [messages.format("minutes", minutes=count) for count in (1, 2)] == [one, two]


def test_every_command_shows_one_size_of_an_email(workspace: WorkspaceRunner) -> None:
    workspace.write({"issues/articles/long.md": article_file(body="Words. " * 3000)})
    built = workspace.json("build", "1")["editions"][0]["html_bytes"]
    checked = workspace.json("check", "1", "--only", "SIZE001")["editions"][0]["budget"]["html"]["bytes"]
    (status,) = workspace.json("status")["issues"]
    assert built == checked == status["html_bytes"] > 10_000
    shown = f"{built / 1024:.0f} KB"
    assert f"email {shown}" in workspace.ok("build", "1")
    out = workspace.ok("check", "1", "--only", "SIZE001")
    assert f"email {shown} of 100 KB" in out and "A service adds " in out
    assert shown in workspace.ok("status")


def test_hebrew_keys_that_are_pressed_together_keep_their_order() -> None:
    written = blocks_to_html(parse("<kbd>Ctrl</kbd>+<kbd>C</kbd>").blocks, HtmlOptions(Medium.WEB))
    assert written == '<p><span dir="ltr"><kbd dir="ltr">Ctrl</kbd>+<kbd dir="ltr">C</kbd></span></p>'


def test_the_reading_time_in_a_hebrew_email_is_singular() -> None:
    html = render(replace(edition(), minutes=1), publication=replace(PUBLICATION, language="he")).html
    assert "· דקת קריאה".replace("דקת ", "דקת\u00a0") in html


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (("Yes", "No", "Not yet", "Never", "Ask me later"), 1),
        (("Very satisfied", "Satisfied", "Neither", "Dissatisfied", "Very dissatisfied"), 9),
        (("Donaudampfschifffahrtsgesellschaft", "Binnenschifffahrtsgesellschaft"), 3),
    ],
)
def test_buttons_are_one_below_the_other_where_a_row_would_cut_their_words(
    words: tuple[str, ...], rows: int
) -> None:
    links = "\n".join(f"[{each}](https://x.example/)" for each in words)
    blocks = tuple(parse(f"::: buttons\n{links}\n:::").blocks)
    html = render(edition(("A", ((article(blocks=blocks), Layout.FULL),)))).html
    row = html[html.index('<table class="row"') :]
    assert row[: row.index("</table>")].count("<tr>") == rows
