"""Readers subscribe on the web pages: by a link to a page, or by a form that is posted to a service."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue

ISSUE, ARTICLE = "issues/001-first/index.html", "articles/one/index.html"
FORM = """
[subscribe]
form_action = "https://letters.example/embed/12?list=a&b=1"
email_field = "EMAIL"
fields = { l = "<list>" }
"""
PAGE = '\n[subscribe]\nurl = "https://letters.example/join"\n'


def build(root: Path, more: str = "") -> dict[str, html.HtmlElement]:
    """The pages of a small publication with these settings, by path."""
    workspace = WorkspaceRunner(root)
    workspace.write(
        {
            "newsletter.toml": SETTINGS + more,
            "issues/articles/one.md": article("One", tags="[research, sponsored, sleep]"),
            "issues/articles/two.md": article("Two", tags="[research, sleep]", date="2026-01-07"),
            "issues/articles/three.md": article("Three", tags="[research, bdnf]", date="2026-01-06"),
            "issues/001-first/issue.md": issue(more="aliases: [000-zero]\n"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    site = workspace.root / "build/site"
    return {
        path.relative_to(site).as_posix(): html.document_fromstring(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
    }


def policy(page: html.HtmlElement) -> str:
    (value,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return str(value)


def test_each_page_has_the_form_once_and_its_policy_allows_that_service_alone(tmp_path: Path) -> None:
    for path, page in build(tmp_path / "form", FORM).items():
        (form,) = page.xpath("//section[@id='_subscribe']//form")
        assert (form.get("action"), form.get("method")) == (
            "https://letters.example/embed/12?list=a&b=1",
            "post",
        )
        fields = {each.get("name"): (each.get("type"), each.get("value")) for each in form.iter("input")}
        assert fields == {"EMAIL": ("email", None), "l": ("hidden", "<list>")}, path
        assert page.xpath("//header[@class='masthead']//a[@class='button']/@href") == ["#_subscribe"]
        assert "form-action 'self' https://letters.example/" in policy(page)


def test_with_a_page_to_subscribe_at_each_page_leads_there_and_has_no_form(tmp_path: Path) -> None:
    for path, page in build(tmp_path / "link", PAGE).items():
        assert page.xpath("//a[text()='Subscribe']/@href") == ["https://letters.example/join"] * 2, path
        assert not page.xpath("//form") and "form-action 'none'" in policy(page)


def test_the_panel_is_after_the_letter_and_at_the_end_of_an_article(tmp_path: Path) -> None:
    pages = build(tmp_path / "panel", PAGE)
    (panel,) = pages[ISSUE].xpath("//*[@id='_subscribe']")
    assert panel.xpath("preceding-sibling::*[1]/@class") == ["prose letter"]
    (panel,) = pages[ARTICLE].xpath("//*[@id='_subscribe']")
    assert panel.xpath("../preceding-sibling::article") and not panel.xpath("ancestor::footer")


def test_without_the_setting_the_masthead_leads_to_the_feeds(tmp_path: Path) -> None:
    for page in build(tmp_path / "none").values():
        assert page.xpath("//header[@class='masthead']//a[@href='#_follow']/text()") == ["Follow"]
        assert not page.xpath("//*[@id='_subscribe']") and "form-action 'none'" in policy(page)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "subscribe: one of `url` and `form_action` is needed, and not both."),
        ('url = "https://a.example"\nform_action = "https://b.example"', "and not both."),
        ('form_action = "http://b.example/join"', "must begin with https://."),
        ('url = "letters.example"', '`url` is "letters.example" and must be a web address.'),
        ('link = "https://a.example"', "the key `link` is not known."),
    ],
)
def test_a_mistake_names_file_line_and_what_to_write(
    workspace: WorkspaceRunner, table: str, message: str
) -> None:
    workspace.write({"newsletter.toml": f"{SETTINGS}\n[subscribe]\n{table}\n"})
    said = workspace.error("build", "--now", "2026-02-02")
    assert "newsletter.toml:2" in said and message in said


# --- the tags that pages show ------------------------------------------------------------------


def test_home_lists_tags_of_several_articles_those_of_most_first(tmp_path: Path) -> None:
    pages = build(tmp_path / "tags")
    tags = "//ul[@class='tags']//a/@href"
    assert pages["index.html"].xpath(tags) == ["tags/research/", "tags/sleep/"]
    assert [each.split("/")[-2] for each in pages["tags/index.html"].xpath(tags)] == [
        *("research", "sleep", "bdnf", "sponsored"),
    ]


def test_a_hidden_tag_keeps_its_page_and_no_page_shows_it(tmp_path: Path) -> None:
    pages = build(tmp_path / "hidden", '\n[tags]\nhidden = ["sponsored", "research"]\n')
    assert "tags/sponsored/index.html" in pages
    for path, page in pages.items():
        if not path.startswith(("tags/sponsored", "tags/research")):
            text = html.tostring(page, encoding="unicode")
            assert "sponsored" not in text and "tags/research" not in text, path
    assert pages[ARTICLE].xpath("//p[@class='kicker']//text()") == ["sleep"]


def test_the_name_is_on_the_home_page_once_as_its_heading(tmp_path: Path) -> None:
    (name,) = build(tmp_path / "name")["index.html"].xpath("//body//*[normalize-space(text())='Synapse']")
    assert name.getparent().tag == "h1"
