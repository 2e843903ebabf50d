"""`series`: the parts of a series, by date, on pages and in emails, which no later part changes."""

from __future__ import annotations

import json
import re

import pytest
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

NOW = ("--now", "2026-06-01")
MONTHS = ("02", "03", "04", "05")


def part(number: int, **more: str) -> str:
    """Part of a series, dated in the month before its issue."""
    return article(
        f"Part the {number}", f"2026-0{number}-10", body="Words of it.", series="Sleep & light", **more
    )


def add_issue(workspace: WorkspaceRunner, number: int, *slugs: str, more: str = "") -> None:
    pins = f"sections:\n  - title: Series\n    layout: full\n    pin: [{', '.join(slugs)}]\n"
    text = issue(number, f"Issue {number}", f"2026-{MONTHS[number - 1]}-01", more=pins + more)
    workspace.write({f"issues/{number:03d}-issue/issue.md": text})
    workspace.ok("assemble", str(number), *NOW)


@pytest.fixture
def series(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceRunner:
    """Three issues with a part each, and a fourth part that no issue carries."""
    workspace = WorkspaceRunner(tmp_path_factory.mktemp("series"))
    workspace.write(
        {"newsletter.toml": SETTINGS, **{f"issues/articles/part-{n}.md": part(n) for n in (1, 2, 3, 4)}}
    )
    for number in (1, 2, 3):
        add_issue(workspace, number, f"part-{number}")
    return workspace


def page_of(workspace: WorkspaceRunner, slug: str) -> str:
    return workspace.read(f"build/site/articles/{slug}/index.html")


def links_in(page: str) -> list[str]:
    (nav,) = re.findall(r'<nav class="series".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]*)"', nav)


def test_a_page_counts_the_published_parts_and_links_to_those_around(series: WorkspaceRunner) -> None:
    series.ok("build", *NOW)
    pages = [page_of(series, f"part-{n}") for n in (1, 2, 3)]
    for number, page in enumerate(pages, 1):
        assert f"Part {number} of 3 of the series “Sleep &amp; light”" in page
        assert "Part the 4" not in page
    assert [links_in(page) for page in pages] == [
        ["../part-2/"],
        ["../part-1/", "../part-3/"],
        ["../part-2/"],
    ]
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', pages[1])
    assert json.loads(data)["position"] == 2
    assert json.loads(data)["isPartOf"][0] == {"@type": "CreativeWorkSeries", "name": "Sleep & light"}


def test_a_page_of_an_earlier_moment_knows_only_what_was_public_then(series: WorkspaceRunner) -> None:
    series.ok("build", "--now", "2026-03-15")
    assert "Part 2 of 2 of the series" in page_of(series, "part-2")
    assert links_in(page_of(series, "part-2")) == ["../part-1/"]


def test_the_link_to_the_page_is_not_among_the_related_and_links_are_numbered_as_read(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "newsletter.toml": SETTINGS,
            "issues/articles/part-1.md": part(1),
            "issues/articles/part-2.md": part(2, related="[aside]"),
            "issues/articles/aside.md": article("Aside", "2026-01-10", body="Words."),
        }
    )
    add_issue(workspace, 2, "part-2", "part-1", "aside")
    workspace.ok("build", "2", *NOW)
    html, text = (workspace.read(f"build/issues/002-issue/email.{form}") for form in ("html", "txt"))
    assert "Previous part: “Part the 1” [1]\n\n“Part the 2” on the web [2]\n\nRelated:\n- Aside [3]\n" in text
    assert html.index("“Part the 2” on the web") < html.index(">Related<")


def test_an_email_names_the_parts_before_it_in_html_and_text(series: WorkspaceRunner) -> None:
    series.ok("build", *NOW)
    html, text = (series.read(f"build/issues/002-issue/email.{form}") for form in ("html", "txt"))
    for form in (html, text):
        assert (
            "Part 2 of the series “Sleep &amp; light”".replace("&amp;", "&" if form is text else "&amp;")
            in form
        )
        assert "Previous part: “Part the 1”" in form and "Next part" not in form
    assert re.search(r'href="https://synapse.example/news/articles/part-1/"[^>]*>Previous part', html)
    assert re.search(r"Previous part: “Part the 1” \[\d+\]", text)


def test_an_email_of_a_frozen_issue_keeps_its_bytes_when_a_later_part_appears(
    series: WorkspaceRunner,
) -> None:
    def emails() -> dict[str, bytes]:
        return {
            path: data
            for path, data in series.tree("build/issues").items()
            if path[:3] in {"001", "002", "003"}
        }

    series.ok("build", *NOW)
    before = emails()
    add_issue(series, 4, "part-4")
    series.write({"issues/articles/between.md": part(1).replace("2026-01-10", "2026-02-01")})
    series.ok("build", *NOW)
    assert emails() == before
    assert "Part 3 of 4 of the series" in page_of(series, "part-3")
    assert "Part 4 of the series" in series.read("build/issues/004-issue/email.html")


def test_parts_of_one_issue_know_each_other(series: WorkspaceRunner) -> None:
    series.write(
        {"issues/articles/part-5.md": part(4).replace("2026-04-10", "2026-04-11").replace("4", "5", 1)}
    )
    add_issue(series, 4, "part-5", "part-4")
    series.ok("build", *NOW)
    html = series.read("build/issues/004-issue/email.html")
    for words in ("Part 4 of the series", "Part 5 of the series", "Next part", "Previous part: “Part the 3”"):
        assert words in html


def test_a_part_for_a_private_audience_is_neither_counted_nor_linked_for_others(
    series: WorkspaceRunner,
) -> None:
    series.write(
        {
            "issues/articles/part-4.md": part(4, audience="clinicians"),
            "issues/articles/part-5.md": part(4).replace("04-10", "04-20"),
        }
    )
    add_issue(series, 4, "part-4", "part-5", more="audience: [everyone, clinicians]\n")
    series.ok("build", *NOW)
    assert "Part 4 of 4 of the series" in page_of(series, "part-5")
    assert links_in(page_of(series, "part-5")) == ["../part-3/"]
    everyone = series.read("build/issues/004-issue/email.html")
    clinicians = series.read("build/issues/004-issue/clinicians/email.html")
    assert "Part 4 of the series" in everyone and "Part 5 of the series" not in everyone
    assert "Part 5 of the series" in clinicians
    assert clinicians.count("Previous part") == 1  # the one before part 5 has no page


def test_a_series_that_is_spelt_in_two_ways_is_said(series: WorkspaceRunner) -> None:
    series.write({"issues/articles/part-4.md": part(4).replace("Sleep & light", "sleep & Light")})
    result = series.run("articles")
    assert (
        'issues/articles/part-4.md:5: warning: the series "sleep & Light" is spelt "Sleep & light" in '
        in " ".join(result.stderr.split())
    )


@pytest.mark.parametrize("language", rows(["de", "es", "fr", "ar", "he"], {"fr", "he"}))
def test_each_language_has_the_words(language: str, series: WorkspaceRunner) -> None:
    series.write({"newsletter.toml": SETTINGS.replace("en-GB", language)})
    series.ok("build", *NOW)
    text = series.read("build/issues/003-issue/email.txt")
    assert "Sleep & light" in text and "Part the 2" in text and "of the series" not in text
