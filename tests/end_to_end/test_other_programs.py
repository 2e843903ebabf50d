"""What is published, read by programs that are not ours: validators of feeds and pages, and feed readers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from builds_kit import Builds
from odd_publication import write_odd_publication
from programs_kit import NODE_MODULES, node_module, run_program
from workspace_kit import ROOT, WorkspaceRunner, article, issue

pytestmark = pytest.mark.slow  # what they read, others check; CI runs them once


@pytest.fixture(scope="module")
def sites(builds: Builds, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample, the issue of every block, odd texts, and publications with one issue and with none."""
    folder = tmp_path_factory.mktemp("odd")
    built = [builds.sample(), builds.golden()]
    for issues in (0, 1, 3):
        built.append(WorkspaceRunner(folder / str(issues)))
        write_odd_publication(built[-1], issues)
    return [each.root / "build/site" for each in built]


def files(sites: list[Path], *patterns: str) -> list[Path]:
    return [path for site in sites for pattern in patterns for path in sorted(site.rglob(pattern))]


def test_xmllint_reads_every_feed_site_map_and_list(sites: list[Path]) -> None:
    done = run_program("xmllint", "--noout", *files(sites, "*.xml", "*.opml"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("schema", "pattern"), [("atom.rng", "atom*.xml"), ("rss.rng", "feed*.xml")])
def test_jing_finds_each_feed_valid(sites: list[Path], schema: str, pattern: str) -> None:
    done = run_program("jing", ROOT / "pipeline/render/feeds/schemas" / schema, *files(sites, pattern))
    assert (done.returncode, done.stdout) == (0, "")


def test_feedsmith_and_rss_parser_read_what_json_feed_says(sites: list[Path]) -> None:
    for package in ("feedsmith", "rss-parser"):
        node_module(package)
    feeds = files(sites, "feed*.xml", "atom*.xml", "feed*.json")
    done = run_program("node", Path(__file__).parent / "read_feeds.mjs", NODE_MODULES, *feeds)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == sum(2 if path.suffix == ".xml" else 1 for path in feeds)
    for file, reader, items in found:
        path = Path(file)
        data = json.loads(path.with_name(path.name.replace("atom", "feed")).with_suffix(".json").read_bytes())
        expected = [[item[key] for key in ("id", "url", "title", "content_html")] for item in data["items"]]
        assert [item[:4] for item in items] == expected, (file, reader)
        dates = [datetime.fromisoformat(item["date_published"]) for item in data["items"]]
        assert [moment(item[4]) for item in items] == dates, (file, reader)


def moment(text: str) -> datetime:
    return parsedate_to_datetime(text) if text[0].isalpha() else datetime.fromisoformat(text)


def test_the_validator_of_html_and_css_finds_nothing(sites: list[Path]) -> None:
    jar = node_module("vnu-jar/build/dist/vnu.jar")
    options = ("--also-check-css", "--skip-non-html", "--format", "json")
    done = run_program("java", "-jar", jar, *options, *sites)
    messages = json.loads(done.stderr)["messages"]
    # As files the pages have no host, so that its own files are not those of 'self'.
    policy = "Content Security Policy"
    said = [f"{each.get('url')}:{each.get('lastLine')}: {each['message']}" for each in messages]
    assert [each for each in said if policy not in each] == []


# --- a reader that remembers -----------------------------------------------------------------

OLD, NEW, ISSUE = (
    "issues/articles/glutamate.md",
    "issues/articles/the-switch.md",
    "issues/001-the-plastic-brain",
)


def edits(workspace: WorkspaceRunner) -> Iterator[tuple[str, int]]:
    """What editors do to what is published, one after the other; how many items are new in feeds."""
    workspace.write({"issues/articles/waits.md": article("It waits", "2025-06-01", tags="[later]")})
    workspace.ok("assemble", "1", "--now", "2026-02-01")
    yield "the first issue, with two articles", 3
    workspace.write({f"{ISSUE}/issue.md": issue(letter="Hello, corrected.", title="A better title")})
    workspace.write({OLD: article("The glutamate switch", body="Other words.", updated="2099-01-01")})
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-03")
    yield "a corrected letter and article", 0
    more = "sections: [{title: Later, tags: {any: [later]}}]\n"
    workspace.write({"issues/002-next/issue.md": issue(2, "Next", "2026-02-08", more=more)})
    workspace.ok("assemble", "2", "--now", "2026-02-08")
    yield "an issue with an article that waited in the pool", 2
    (workspace.root / OLD).unlink()
    workspace.write({NEW: article("The glutamate switch", aliases="[glutamate]")})
    workspace.ok("assemble", "1", "--refresh", "--now", "2026-02-09")
    yield "a renamed article", 0
    (workspace.root / ISSUE).rename(workspace.root / "issues/001-renamed")
    yield "a renamed issue", 0
    settings = workspace.read("newsletter.toml").replace('"en-GB"', '"de"')
    workspace.write({"newsletter.toml": settings.replace("synapse.example/news", "synapse.example/letters")})
    yield "another language and address", 0


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_newsboat_sees_each_item_once_and_loses_none(
    workspace: WorkspaceRunner, tmp_path: Path, name: str
) -> None:
    site, cache = workspace.root / "build/site", tmp_path / "cache.db"
    urls, settings = tmp_path / "urls", tmp_path / "config"
    urls.write_text("".join(f"file://{site / folder / name}\n" for folder in ("", "articles")))
    settings.write_text("")
    known: set[str] = set()
    for day, (edit, new) in enumerate(edits(workspace), start=10):
        workspace.ok("build", "--now", f"2026-02-{day}")
        done = run_program("newsboat", "-u", urls, "-C", settings, "-c", cache, "-x", "reload")
        assert done.returncode == 0, done.stderr
        with sqlite3.connect(cache) as database:
            rows = database.execute("SELECT guid, unread FROM rss_item WHERE NOT deleted").fetchall()
            database.execute("UPDATE rss_item SET unread = 0")
        database.close()
        ids = {guid for guid, _ in rows}
        assert (len(ids), sum(unread for _, unread in rows)) == (len(rows), new), edit
        assert known <= ids, edit
        known = ids
