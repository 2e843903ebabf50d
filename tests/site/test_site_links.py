"""Every address in a built site leads somewhere: in pages, feeds, lists of feeds, and the search."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds_kit import SAMPLE_URL, Builds
from site_links_kit import Site, broken_links
from table_kit import rows
from workspace_kit import SETTINGS, WorkspaceRunner, article, issue


@pytest.mark.parametrize(
    "base_url",
    rows(["https://letter.example", "https://letter.example/a/path"], {"https://letter.example/a/path"}),
)
def test_the_golden_issue_leads_nowhere_wrong(builds: Builds, base_url: str) -> None:
    workspace = builds.golden(base_url=base_url)
    assert broken_links(Site(workspace.root / "build/site", base_url)) == []


@pytest.mark.slow
def test_the_sample_publication_leads_nowhere_wrong(builds: Builds) -> None:
    # The page of a hidden tag is kept for those who have its address.
    hidden = ["tags/sponsored/index.html: no page links to it"]
    assert broken_links(Site(builds.sample().root / "build/site", SAMPLE_URL)) == hidden


def test_addresses_in_any_script_and_old_ones_lead_somewhere(tmp_path: Path) -> None:
    workspace, base_url = (
        WorkspaceRunner(tmp_path / "odd"),
        "https://synapse.example/%D0%BF%D0%BE%D1%88%D1%82%D0%B0",
    )
    workspace.write(
        {
            "newsletter.toml": SETTINGS.replace("https://synapse.example/news", base_url),
            "issues/articles/one.md": article(
                title="One", tags="[research, שלום, café & co, C++, 100%]", aliases="[an-old-name]"
            ),
            "issues/articles/two.md": article(
                title="Two", tags="[research, 100%, 日本]", body="## Höhe\n\n[up](#höhe)"
            ),
            "issues/007-seven/issue.md": issue(number=7, title="Seven", more="aliases: [006-six]\n"),
        }
    )
    workspace.ok("assemble", "7", "--now", "2026-02-01")
    workspace.ok("build", "--now", "2026-02-02")
    folder = workspace.root / "build/site"
    assert (folder / "articles/an-old-name/index.html").is_file()
    assert len(list(folder.glob("tags/*/index.html"))) == 6
    base_url = next(
        line.split('"')[1] for line in workspace.read("newsletter.toml").splitlines() if "base_url" in line
    )
    assert broken_links(Site(folder, base_url)) == []


# --- the check itself ------------------------------------------------------------------------

SOUND = {
    "index.html": '<p id="top"><a href="a/#there">a</a> <a href="https://other.example/x">out</a>',
    "a/index.html": '<p id="there"><a href="../">home</a>',
    "404.html": '<a href="/news/">home</a>',
    "old/index.html": '<meta http-equiv="refresh" content="0; url=../a/"><a href="../a/">a</a>',
    "feed.xml": '<rss><link>https://t.example/news/a/</link><d>&lt;a href="https://t.example/news/"&gt;</d></rss>',
    "feed.json": '{"items": [{"url": "https://t.example/news/a/#there"}]}',
    "style.css": "p { background: url(dot.png) }",
    "dot.png": "",
    "robots.txt": "Sitemap: https://t.example/news/feed.xml\n",
    "_redirects": "/news/old/ /news/a/ 301\n",
}


def checked(folder: Path, changes: dict[str, str]) -> list[str]:
    for path, text in (SOUND | changes).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return broken_links(Site(folder, "https://t.example/news"))


def test_a_sound_site_has_no_finding(tmp_path: Path) -> None:
    assert checked(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("index.html", SOUND["index.html"] + '<img src="x.png">', "index.html: x.png: no file stands there"),
        ("index.html", SOUND["index.html"] + '<img srcset="dot.png 1x, x.png 2x">', "index.html: x.png: no file stands there"),
        ("index.html", SOUND["index.html"] + '<a href="a">', "index.html: a: it is a folder's address without its slash"),
        ("index.html", SOUND["index.html"] + '<a href="a/#x">', "index.html: a/#x: no such place is on that page"),
        ("index.html", SOUND["index.html"] + '<a href="/a/">', "index.html: /a/: it leaves the path of base_url"),
        ("index.html", SOUND["index.html"] + '<i id="top">', "index.html: #top stands 2 times"),
        ("index.html", SOUND["index.html"] + '<meta property="og:image" content="x.png">', "index.html: x.png: no file stands there"),
        ("index.html", SOUND["index.html"] + '<script type="application/ld+json">{"@id": "https://t.example/news/x/"}</script>', "index.html: https://t.example/news/x/: no file stands there"),
        ("404.html", '<a href="a/">', "404.html: a/: no file stands there"),
        ("b/index.html", "<p>", "b/index.html: no page links to it"),
        ("old/index.html", '<meta http-equiv="refresh" content="0; url=../b/">', "old/index.html: ../b/: no file stands there"),
        ("feed.xml", "<rss><link>https://t.example/news/b/</link></rss>", "feed.xml: https://t.example/news/b/: no file stands there"),
        ("feed.xml", '<rss><a href="https://t.example/news/b/"/></rss>', "feed.xml: https://t.example/news/b/: no file stands there"),
        ("feed.xml", "<d>&lt;p&gt;&lt;img src='https://t.example/news/b.png'></d>", "feed.xml: https://t.example/news/b.png: no file stands there"),
        ("feed.json", '{"items": [{"url": "https://t.example/news/b/"}]}', "feed.json: https://t.example/news/b/: no file stands there"),
        ("feed.json", '[{"href": "b/"}]', "feed.json: b/: no file stands there"),
        ("style.css", "p { background: url('b.png') }", "style.css: b.png: no file stands there"),
        ("robots.txt", "Sitemap: https://t.example/news/b.xml\n", "robots.txt: https://t.example/news/b.xml: no file stands there"),
        ("_redirects", "/news/old/ /news/b/ 301\n", "_redirects: /news/b/: no file stands there"),
    ],
)  # fmt: skip
def test_a_wrong_address_is_found(tmp_path: Path, path: str, text: str, said: str) -> None:
    assert checked(tmp_path, {path: text}) == [said]
