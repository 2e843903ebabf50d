"""Long archives: years, pages, and the pages and feeds of authors."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from site_links_kit import Site, broken_links
from workspace_kit import ROOT, SETTINGS, WorkspaceRunner, article, issue, png

from pipeline.actions.assemble import assemble_issue
from pipeline.render.site import list_pages, paging, search_index
from pipeline.workspace import open_workspace

ADDRESS = "https://synapse.example/news"
LONG_DEK = (
    "A summary as long as editors write them, with a comma, and a second thought that takes it to the end."
)


def write_issues(workspace: WorkspaceRunner, count: int) -> None:
    """Issues with one article each, five a year."""
    workspace.write({"newsletter.toml": SETTINGS})
    for number in range(1, count + 1):
        date = f"{2020 + number // 5 % 10}-{number % 5 + 1:02}-{number // 50 + 1:02}"
        author = "Ada Example" if number % 4 else "Élise O'Neil"
        workspace.write(
            {
                f"issues/articles/piece-{number}.md": article(
                    f"Piece {number}", date, authors=f'["{author}"]', dek=f'"{LONG_DEK}"'
                ),
                f"issues/{number:03}-issue/issue.md": issue(
                    number,
                    f"Title {number}",
                    date,
                    more=f"sections: [{{title: Research, pin: [piece-{number}]}}]\n",
                ),
            }
        )
    opened = open_workspace(workspace.root)  # once: the command would read all for each issue
    for each in opened.issues:
        assemble_issue(opened, each, datetime(2030, 1, 1, tzinfo=UTC))
    workspace.ok("build", "--now", "2030-01-01")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceRunner:
    workspace = WorkspaceRunner(tmp_path_factory.mktemp("archive") / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        for module in (paging, list_pages, search_index):
            patch.setattr(module, "PAGE", 8)
        write_issues(workspace, 12)
    return workspace


def page(workspace: WorkspaceRunner, folder: str) -> html.HtmlElement:
    return html.document_fromstring(workspace.read(f"build/site/{folder}index.html"))


def titles(page: html.HtmlElement) -> list[str]:
    return [str(each) for each in page.xpath("//main//*[@class='card']//h3/a/text() | //main//h2/a/text()")]


def test_more_than_a_page_of_articles_has_a_page_for_each_year(built: WorkspaceRunner) -> None:
    first = page(built, "articles/")
    assert titles(first) == [f"Piece {number}" for number in range(12, 4, -1)]
    years = first.xpath("//nav[@aria-label='By year']//a")
    assert [(each.get("href"), each.text_content()) for each in years] == [
        *(("year/2022/", "2022 3"), ("year/2021/", "2021 5"), ("year/2020/", "2020 4")),
    ]
    assert titles(page(built, "articles/year/2020/")) == [f"Piece {number}" for number in range(4, 0, -1)]


def test_home_shows_a_page_of_issues_and_leads_to_all(built: WorkspaceRunner) -> None:
    home = page(built, "")
    assert len(home.xpath("//ol[@class='rows']/li")) == 8
    assert home.xpath("//section[@id='issues']//a[text()='All issues']/@href") == ["issues/"]
    rows = page(built, "issues/year/2021/").xpath("//p[@class='row-title']/a/@href")
    assert rows == [f"../../{number:03}-issue/" for number in range(9, 4, -1)]


def test_a_long_list_has_pages_that_lead_to_each_other(built: WorkspaceRunner) -> None:
    first, second = page(built, "tags/research/"), page(built, "tags/research/page/1/")
    assert (len(titles(first)), len(titles(second))) == (4, 8)
    (older,), (newer,) = (each.xpath("//nav[@class='neighbours']/a") for each in (first, second))
    assert (older.get("href"), older.text_content()) == ("page/1/", "Olderresearch (1)")
    assert (newer.get("href"), newer.text_content()) == ("../../", "Newerresearch")
    assert second.findtext(".//title") == "research (1) · Synapse"
    assert second.xpath("//link[@rel='alternate']/@href")[0] == "../../feed.xml"


@given(st.integers(0, 400))
def test_a_page_of_a_list_keeps_its_items_when_newer_ones_are_added(count: int) -> None:
    before, after = ([*paging.list_pages("x/", range(n, 0, -1))] for n in (count, count + 1))
    assert [item for each in after for item in each.items] == [*range(count + 1, 0, -1)]
    assert min(count, paging.PAGE // 2) <= len(before[0].items) < 1.5 * paging.PAGE
    assert all(len(each.items) == paging.PAGE for each in before[1:])
    kept = {each.number: (each.folder, each.items, each.older) for each in after}
    assert all(kept[each.number] == (each.folder, each.items, each.older) for each in before[1:])


def test_every_address_leads_somewhere_and_the_sitemap_has_every_page(built: WorkspaceRunner) -> None:
    site = built.root / "build/site"
    assert broken_links(Site(site, ADDRESS)) == []
    sitemap = etree.fromstring(built.read("build/site/sitemap.xml").encode())
    named = {each.text for each in sitemap.iter("{*}loc")}
    folders = {file.parent.relative_to(site).as_posix() for file in site.rglob("index.html")} - {
        "search",
        ".",
    }
    assert named == {f"{ADDRESS}/", *(f"{ADDRESS}/{quote(folder)}/" for folder in folders)}


def test_an_author_has_a_page_and_feeds(built: WorkspaceRunner) -> None:
    author = page(built, "authors/élise-o-neil/")
    assert author.findtext(".//h1") == "Élise O'Neil"
    assert titles(author) == [f"Piece {number}" for number in range(12, 0, -4)]
    feed = json.loads(built.read("build/site/authors/élise-o-neil/feed.json"))
    assert [each["title"] for each in feed["items"]] == titles(author)
    assert feed["title"] == "Synapse: Élise O'Neil"
    assert "authors/ada-example/feed.xml" in built.read("build/site/feeds.opml")
    byline = page(built, "articles/piece-4/").xpath("//p[@class='byline']//a/@href")
    assert byline == ["../../authors/%C3%A9lise-o-neil/"]


def test_an_authors_page_shows_what_the_settings_say(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            "newsletter.toml": SETTINGS
            + '\n[authors."Ada Example"]\nrole = "neurologist"\nurl = "https://ada.example/me"\n',
            "issues/articles/one.md": article("One", authors="[Ada Example, ada example]"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    author = page(workspace, "authors/ada-example/")
    assert author.xpath("//header//p[@class='dek']/text()") == ["neurologist"]
    assert author.xpath("//a[@rel='me']/@href") == ["https://ada.example/me"]
    assert titles(author) == ["One"]


def test_page_data_tell_organisations_from_persons_and_have_the_publishers_logo(
    workspace: WorkspaceRunner,
) -> None:
    workspace.write(
        {
            "newsletter.toml": SETTINGS
            + '\n[theme]\nlogo = "logo.png"\nlogo_alt = "Synapse"\n'
            + '\n[authors."The Institute"]\norganization = true\nrole = "editor"\n',
            "logo.png": png(100, 50),
            "issues/articles/one.md": article("One", authors="[Ada Example, The Institute, Synapse]"),
        }
    )
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    data = json.loads(page(workspace, "articles/one/").findtext(".//script"))
    assert data["author"] == [
        {"@type": "Person", "name": "Ada Example", "url": f"{ADDRESS}/authors/ada-example/"},
        {"@type": "Organization", "name": "The Institute", "url": f"{ADDRESS}/authors/the-institute/"},
        {"@type": "Organization", "name": "Synapse", "url": f"{ADDRESS}/authors/synapse/"},
    ]
    assert data["publisher"]["logo"]["width"] == 100


@pytest.mark.slow
def test_500_issues_make_no_page_over_60_kb_compressed(tmp_path: Path) -> None:
    workspace = WorkspaceRunner(tmp_path / "workspace")
    write_issues(workspace, 500)
    for file in (workspace.root / "build/site").rglob("*"):
        if file.suffix in {".html", ".js", ".css"} or file.parent.name == "search":
            assert len(gzip.compress(file.read_bytes())) < 60_000, file


def test_a_copied_template_that_counts_on_every_page_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (paging, list_pages, search_index):
        monkeypatch.setattr(module, "PAGE", 8)
    workspace = WorkspaceRunner(tmp_path / "workspace")
    write_issues(workspace, 12)
    copy = (ROOT / "templates/web/tag.html.j2").read_text(encoding="utf-8")
    workspace.write(
        {
            "templates/web/tag.html.j2": copy.replace("{% if count %}", "").replace(
                "</span> {% endif %}", "</span> "
            )
        }
    )
    assert (
        'templates/web/tag.html.j2:8: this template failed: "web.count" has no value for "count" on this page; '
        "write it within {% if count %}."
    ) in " ".join(workspace.error("build", "--now", "2030-01-01").split())
