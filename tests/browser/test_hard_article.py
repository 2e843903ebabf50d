"""An article with all that runs over an edge, where a mail program knows no `white-space` or `word-break`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_kit import MAIL, PageViewer, View, open_viewer
from table_kit import rows
from workspace_kit import WorkspaceRunner

from pipeline.checks.outlook_view import outlook_view

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

HARD = Path(__file__).parent / "hard"
SETTINGS = """\
title = "Hard Letter"
base_url = "https://hard.example"
language = "{language}"
sender = "Hard <letters@hard.example>"
postal_address = "1 Example Row, London"
unsubscribe_url = "https://hard.example/unsubscribe"

[[sections]]
title = "In full"
tags = {{ any = ["hard"] }}
layout = "full"

[theme]
name = "{theme}"
"""
ISSUE = "---\nnumber: 1\ntitle: Hard\ndate: 2026-02-01\n---\nHello.\n"
EMAIL = "build/issues/001-hard/email.html"
EDITIONS = [f"{theme}-{language}" for theme in ("default", "letter", "digest") for language in ("en", "he")]
_UNKNOWN = re.compile(r"(?<![-\w])(?:white-space|word-break|overflow-wrap|word-wrap)\s*:[^;\"}]*;?")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The email of each theme and language."""
    emails = {}
    for edition in EDITIONS:
        theme, language = edition.split("-")
        workspace = WorkspaceRunner(tmp_path_factory.mktemp(edition))
        workspace.write(
            {
                "newsletter.toml": SETTINGS.format(theme=theme, language=language),
                "issues/articles/hard.md": (HARD / f"{language}.md").read_text("utf-8"),
                "issues/001-hard/issue.md": ISSUE,
            }
        )
        workspace.ok("build", "1", "--now", "2026-02-02")
        emails[edition] = workspace.read(EMAIL)
    return emails


@pytest.fixture(scope="module")
def viewer(
    browser: Browser, built: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PageViewer]:
    folder = tmp_path_factory.mktemp("hard")
    for name, html in built.items():
        (folder / f"{name}.html").write_text(html, "utf-8")
        (folder / f"{name}-unbroken.html").write_text(_UNKNOWN.sub("", html), "utf-8")
        (folder / f"{name}-outlook.html").write_text(_UNKNOWN.sub("", outlook_view(html)), "utf-8")
    with open_viewer(browser, {MAIL: lambda: folder}) as viewer:
        yield viewer


by_edition = pytest.mark.parametrize("edition", rows(EDITIONS, EDITIONS[:1]))


@pytest.mark.parametrize("form", ["", "-unbroken"])
@pytest.mark.parametrize("width", rows([320, 375, 600, 1000], [320, 600]))
@by_edition
def test_nothing_is_wider_than_the_window(viewer: PageViewer, edition: str, width: int, form: str) -> None:
    shown = viewer.measure(f"{MAIL}/{edition}{form}.html", View(width))
    assert shown["overflowing"] == []
    assert shown["scrollWidth"] == width


@by_edition
def test_outlook_keeps_the_email_at_its_width(viewer: PageViewer, edition: str) -> None:
    with viewer.page(f"{MAIL}/{edition}-outlook.html", View(1000)) as page:
        widths = page.evaluate("[...document.querySelectorAll('table')].map((each) => each.offsetWidth)")
    assert max(widths) == 600


CUT_WORDS = """() => {
        const cut = [];
        for (const cell of document.querySelectorAll(".rows td, .rows th, .records td, th, td[align]")) {
            const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode())
                for (const word of node.data.matchAll(/[^\\s–-]+/g)) {
                    const range = document.createRange();
                    range.setStart(node, word.index);
                    range.setEnd(node, word.index + word[0].length);
                    const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
                    if (word[0].length < 30 && new Set(tops).size > 1) cut.push(word[0]);
                }
        }
        return cut;
    }"""
"""Evaluates to the numbers and short words of tables that are drawn in more than one line."""


@pytest.mark.parametrize("width", rows([320, 375, 600], [320]))
@by_edition
def test_a_table_cuts_no_number_and_no_short_word(viewer: PageViewer, edition: str, width: int) -> None:
    with viewer.page(f"{MAIL}/{edition}.html", View(width)) as page:
        assert page.evaluate(CUT_WORDS) == []


def test_a_table_that_fits_no_phone_is_there_row_by_row_and_each_cell_has_its_name(
    viewer: PageViewer,
) -> None:
    url = f"{MAIL}/default-en.html"
    assert "Participants: 1,234,567.89" in viewer.measure(url, View(320))["seen"]
    assert "Participants: 1,234,567.89" not in viewer.measure(url, View(600))["seen"]
    for width in (320, 600):
        assert "Amount: 987,654,321.00" in viewer.measure(url, View(width))["seen"]


@pytest.mark.parametrize("language", ["en", "he"])
def test_code_is_copied_as_it_was_written(viewer: PageViewer, language: str) -> None:
    source = re.findall(r"```python\n(.*?)```", (HARD / f"{language}.md").read_text("utf-8"), re.DOTALL)[0]
    with viewer.page(f"{MAIL}/default-{language}.html", View(375)) as page:
        copied = page.evaluate("""() => {
            const selection = getSelection();
            selection.selectAllChildren(document.querySelector(".code"));
            return selection.toString();
        }""")
    assert copied.replace("\u00a0", " ").rstrip("\n") == source.rstrip("\n")


def test_inline_code_keeps_its_order_in_hebrew(viewer: PageViewer) -> None:
    with viewer.page(f"{MAIL}/default-he.html", View(600)) as page:
        turned = page.evaluate("""() => [...document.querySelectorAll("code, kbd, samp")]
            .filter((each) => getComputedStyle(each).direction !== "ltr").length""")
    assert turned == 0


@pytest.mark.parametrize("width", rows([320, 600], [320]))
@by_edition
def test_every_line_has_another_colour_in_the_dark(viewer: PageViewer, edition: str, width: int) -> None:
    """The lines of tables, also where a phone shows a table row by row, of quotes, boxes and rules."""
    schemes = []
    for scheme in ("light", "dark"):
        with viewer.page(f"{MAIL}/{edition}.html", View(width, scheme)) as page:
            schemes.append(
                page.evaluate("""() => [...document.body.querySelectorAll("*")].flatMap((each) =>
                    ["Top", "Right", "Bottom", "Left"].map((side) => {
                        const style = getComputedStyle(each);
                        const seen = parseFloat(style[`border${side}Width`]) && each.getClientRects().length;
                        return seen ? [each.outerHTML.slice(0, 80), style[`border${side}Color`]] : null;
                    }))""")
            )
    lines = [(light, dark) for light, dark in zip(*schemes, strict=True) if light]
    assert lines
    assert [light for light, dark in lines if light == dark] == []
